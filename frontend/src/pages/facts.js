/**
 * What a document says, for people: rows of a key and texts. Pure. Documents come from anywhere: a member that does not
 * have the form it should have is left out, and long texts are cut.
 */

const LONGEST = 600;
const MOST = 20;
/** Control characters, and those that turn the direction of what follows. Joiners stay: scripts and emoji need them. */
const UNSEEN = /[\p{Cc}\s\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]+/gu;

/**
 * The rows of a credential: `{key, values: string[]}` or `{key: 'issuer', did, domain, name}` or
 * `{key, date: string}`; in the order in which they are shown.
 */
export function factsOf(credential) {
  if (!isObject(credential)) {
    return [];
  }
  const subject = first(credential.credentialSubject);
  const achievement = isObject(subject) ? first(subject.achievement) : null;
  return [
    row('awarded_to', recipients(credential)),
    row('achievement', [line(achievement?.name) || line(credential.name) || titleOf(credential)]),
    row('description', [line(achievement?.description) || line(credential.description)]),
    row('criteria', [unescaped(line(first(achievement?.criteria)?.narrative))]),
    row('result', resultsOf(subject, achievement)),
    issuerOf(credential),
    dated('issued_on', credential.validFrom ?? credential.issuanceDate ?? credential.awardedDate),
    dated('expires_on', credential.validUntil ?? credential.expirationDate),
    row('identifier', [line(credential.id)]),
  ].filter(Boolean);
}

/** The credentials of a presentation in their order, or the credential itself. */
export function credentialsOf(document) {
  if (!isObject(document)) {
    return [];
  }
  return document.verifiableCredential === undefined ? [document] : list(document.verifiableCredential);
}

/** The host of a did:web, as the DID names it: `did:web:example.org%3A8000:issuers:a` → `example.org:8000`; else null. */
export function domainOf(did) {
  const match = /^did:web:([A-Za-z0-9.-]+(?:%3[Aa][0-9]+)?)(?::|$)/.exec(did);
  return match ? decodeURIComponent(match[1]).toLowerCase() : null;
}

/** A member that should be a text: a string, a language map or a value object; cleaned of control characters. */
export function line(value) {
  const found = first(value);
  const written = typeof found === 'string' ? found : isObject(found) ? localised(found) : '';
  const cleaned = written.replace(UNSEEN, ' ').trim();
  return cleaned.length > LONGEST ? `${cleaned.slice(0, LONGEST)}…` : cleaned;
}

/** Markdown read as text: what was escaped stands for itself (CommonMark §2.4). */
function unescaped(markdown) {
  return markdown.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

function localised(value) {
  const found = value['@value'] ?? value.en ?? Object.values(value).find((each) => typeof each === 'string');
  return typeof found === 'string' ? found : '';
}

function row(key, values) {
  const filled = values.filter(Boolean).slice(0, MOST);
  return filled.length ? {key, values: filled} : null;
}

function dated(key, value) {
  const date = line(value);
  return date ? {key, date} : null;
}

function issuerOf({issuer}) {
  const found = first(issuer);
  const did = line(isObject(found) ? found.id : found);
  const name = isObject(found) ? line(found.name) : '';
  return did || name ? {key: 'issuer', did, domain: domainOf(did), name} : null;
}

/** Open Badges 3.0 §B.1.9: a name that is not hashed. Blockcerts and others name the subject themselves. */
function recipients({credentialSubject}) {
  return list(credentialSubject)
    .filter(isObject)
    .flatMap((subject) => {
      const named = list(subject.identifier)
        .filter((each) => isObject(each) && each.hashed === false && ['name', 'emailAddress'].includes(each.identityType))
        .map((each) => line(each.identityHash));
      const names = [...named, line(subject.name)].filter(Boolean);
      return names.length ? names.slice(0, 2) : [line(subject.id)];
    });
}

function titleOf(credential) {
  const subject = first(credential.credentialSubject);
  return isObject(subject) ? line(first(subject.degree)?.name) || line(first(subject.claim)?.title) : '';
}

function resultsOf(subject, achievement) {
  if (!isObject(subject)) {
    return [];
  }
  const meanings = list(achievement?.resultDescription).filter(isObject);
  return list(subject.result)
    .filter(isObject)
    .map((result) => {
      const meaning = meanings.find(({id}) => id !== undefined && id === result.resultDescription);
      return [line(meaning?.name), line(result.value)].filter(Boolean).join(': ');
    });
}

function list(value) {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function first(value) {
  return Array.isArray(value) ? value[0] : value;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
