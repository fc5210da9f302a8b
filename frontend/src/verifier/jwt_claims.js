/**
 * A token's claims → the credential that it secures.
 *
 * Three ways are in use: VC 1.1 puts the credential into `vc` and some of its members into claims (§6.3.1); Open Badges
 * 3.0 (§8.2.1) writes the credential itself and those claims beside it; VC-JOSE-COSE (§3.1.1) writes the credential
 * itself. Where a claim and a member say the same, they must agree.
 */
import {Refusal} from './errors.js';
import {readMoment} from './moments.js';

// RFC 7519 §4.1: what is about the token; taken away where the credential is the payload itself.
const REGISTERED = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];
const MAX_SECONDS = 253_402_300_799; // the end of the year 9999
const CREDENTIALS_V2 = 'https://www.w3.org/ns/credentials/v2';

/**
 * `{credential, notBefore, expires}` of the claims of a token whose `typ` is `kind`; undefined where it has none.
 *
 * Throws Refusal: `not_a_credential`, `unsupported_format` (a presentation), `malformed_proof`.
 */
export function readClaims(claims, kind) {
  if (Object.hasOwn(claims, 'vp')) {
    throw new Refusal('unsupported_format');
  }
  const [notBefore, expires] = [seconds(claims, 'nbf'), seconds(claims, 'exp')];
  seconds(claims, 'iat');
  const credential = credentialIn(claims, kind);
  if (!Object.hasOwn(credential, '@context') || !Object.hasOwn(credential, 'type')) {
    throw new Refusal('not_a_credential');
  }
  fill(credential, 'id', text(claims, 'jti'));
  fillInside(credential, 'issuer', text(claims, 'iss'));
  fillInside(credential, 'credentialSubject', text(claims, 'sub'));
  if (kind === 'JWT' || Object.hasOwn(claims, 'vc')) {
    const [starts, ends] = datesOf(credential);
    fillDate(credential, starts, notBefore);
    fillDate(credential, ends, expires);
  }
  return {credential, notBefore, expires};
}

function credentialIn(claims, kind) {
  if (!Object.hasOwn(claims, 'vc')) {
    return Object.fromEntries(Object.entries(claims).filter(([name]) => !REGISTERED.includes(name)));
  }
  if (!['JWT', undefined].includes(kind) || Object.hasOwn(claims, '@context') || !isObject(claims.vc)) {
    throw malformed();
  }
  return {...claims.vc};
}

function text(claims, name) {
  if (Object.hasOwn(claims, name) && typeof claims[name] !== 'string') {
    throw malformed();
  }
  return claims[name];
}

/** A NumericDate (RFC 7519 §2); null where there is none. */
function seconds(claims, name) {
  if (!Object.hasOwn(claims, name)) {
    return null;
  }
  const value = claims[name];
  if (typeof value !== 'number' || value < 0 || value > MAX_SECONDS) {
    throw malformed();
  }
  return value;
}

function fill(members, name, value) {
  if (value !== undefined && Object.hasOwn(members, name) && members[name] !== value) {
    throw malformed();
  }
  if (value !== undefined) {
    members[name] = value;
  }
}

/** `value` is the `id` of the member `name`; there is one such object, since one claim cannot name several. */
function fillInside(credential, name, value) {
  if (value === undefined) {
    return;
  }
  const member = Object.hasOwn(credential, name) ? credential[name] : null;
  if (Array.isArray(member) && member.length === 1) {
    credential[name] = [withId(member[0], value)];
  } else {
    credential[name] = member === null && name === 'issuer' ? value : withId(member, value);
  }
}

function withId(member, value) {
  if (member === value) {
    return member;
  }
  if (!isObject(member)) {
    throw malformed();
  }
  const copy = {...member};
  fill(copy, 'id', value);
  return copy;
}

/** What the data model calls them. */
function datesOf(credential) {
  const isSecond = [credential['@context']].flat().includes(CREDENTIALS_V2);
  return isSecond ? ['validFrom', 'validUntil'] : ['issuanceDate', 'expirationDate'];
}

/** Claims count seconds; a member may be finer, and then agrees when its second is the same. */
function fillDate(credential, name, value) {
  if (value === null) {
    return;
  }
  const second = Math.floor(value);
  if (!Object.hasOwn(credential, name)) {
    credential[name] = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    return;
  }
  const own = readMoment(credential[name]);
  if (own === null || Math.floor(own / 1000) !== second) {
    throw malformed();
  }
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function malformed() {
  return new Refusal('malformed_proof');
}
