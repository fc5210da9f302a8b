/**
 * A document in, a report out. Nothing is fetched but through `fetch`, and the report is told to nobody.
 */
import {bytesOf} from './bytes.js';
import {remembering} from './canonical.js';
import {judgeDates, validFrom} from './dates.js';
import {addressOf, documentOfKey, readDidDocument} from './did_documents.js';
import {Refusal} from './errors.js';
import {Finder, Once} from './finding.js';
import {concludeProofs, judgeProofs, readProofs} from './proofs.js';
import {controllerOf, judgeIssuer, lookUp} from './issuer.js';
import {isObject, member} from './json_values.js';
import {DID_DOCUMENT, LIST_DOCUMENT} from './limits.js';
import {readInput, readListDocument} from './reading.js';
import {check, report} from './report.js';
import {checkSchema} from './schema.js';
import {REVOCATION_LIST_1EDTECH, concludeStatus, judge1EdTech, judgeEntry, readEntries, readList} from './status.js';

const ASSERTION_METHOD = 'assertionMethod';
const NOT_REACHED = ['not_reached', 'issuer_not_reached', 'status_not_reached', 'dates_not_reached'];
const ISSUER_PROBLEMS = {
  unreachable: 'issuer_unreachable',
  too_large: 'issuer_unreachable',
  refused: 'issuer_refused',
  offline: 'offline',
};
const STATUS_PROBLEMS = {
  unreachable: 'status_unreachable',
  too_large: 'status_list_invalid',
  refused: 'status_refused',
  offline: 'status_offline',
};
// The newest version of each list that this page saw, so that nobody can pass an older one off as the current one.
const SEEN = new Map();

/**
 * The report on `input`, in the JSON shape of `Report.as_json()`. Never rejects for what a document says.
 *
 * @param {Uint8Array|ArrayBuffer|string} input a JSON-LD document, a VC-JWT, a baked PNG or SVG, as it came
 * @param {object} [options]
 * @param {?function(string, {maxBytes: number, fresh: boolean}): Promise<Uint8Array>} [options.fetch] gets a DID document
 *   or status list; throws FetchError. `browserFetch` is one; without any the report says "offline".
 * @param {Date} [options.now] the time it is
 * @param {Date} [options.at] the moment to judge for; now where it is not given
 * @param {Record<string, string|Uint8Array>} [options.documents] DID documents and lists that are at hand, by address
 * @param {?boolean} [options.disclosed] what the issuer's own page knows: true, false, or null elsewhere
 * @returns {Promise<object>}
 */
export async function verify(input, options = {}) {
  const {fetch = null, now = new Date(), at = now, documents = {}, disclosed = null, seen = SEEN} = options;
  const verifier = new Verifier({finder: new Finder(documents, fetch), now: now.getTime(), disclosed, seen});
  return verifier.verify(rawOf(input), at.getTime());
}

/** The JSON of `input`, in whatever form it comes, for a page to show; nothing is checked. Throws Refusal. */
export function readDocument(input) {
  return readInput(rawOf(input)).document;
}

class Verifier {
  constructor(means) {
    Object.assign(this, means, {dids: new Once(), lists: new Once(), canonicalize: remembering()});
  }

  async verify(raw, at) {
    let document;
    try {
      ({document} = readInput(raw));
    } catch (error) {
      return this.notReached(checkOf(error), at);
    }
    const schema = await checkSchema(document, this.canonicalize);
    if (schema.outcome !== 'passed') {
      return this.notReached(schema, at);
    }
    const proven = await this.prove(document, {purpose: ASSERTION_METHOD, moment: at});
    const status = await this.status(document, proven, at);
    const dates = judgeDates(document, at, proven.created);
    return report([schema, proven.signature, proven.issuer, status, dates, this.disclosure()], new Date(at));
  }

  notReached(schema, at) {
    return report([schema, ...NOT_REACHED.map((code) => check(code)), this.disclosure()], new Date(at));
  }

  disclosure() {
    return check(this.disclosed === null ? 'disclosure_unknown' : this.disclosed ? 'disclosed' : 'withheld');
  }

  /** Signature and issuer: `{signature, issuer, issuerId, created}`. */
  async prove(document, expected) {
    const issuerId = issuerOf(document);
    let found;
    try {
      found = readProofs(document);
    } catch (error) {
      return {signature: checkOf(error), issuer: check('issuer_not_reached'), issuerId, created: []};
    }
    const findings = new Map();
    for (const proof of found.filter(({suite}) => suite !== null)) {
      findings.set(proof.number, await this.lookUp(proof));
    }
    const findKey = ({number}) => findings.get(number).publicKey;
    const results = await judgeProofs(document, found, {findKey, expected, canonicalize: this.canonicalize});
    const known = results.filter(({proof}) => findings.has(proof.number));
    return {
      signature: concludeProofs(results),
      issuer: judgeIssuer(issuerId, known.map((result) => [result, findings.get(result.proof.number)])),
      issuerId,
      created: found.map(({created}) => created).filter((created) => created !== null),
    };
  }

  async lookUp(proof) {
    const did = controllerOf(proof.method);
    return lookUp(proof, await this.dids.get(did, () => this.resolve(did)), this.now);
  }

  /** The DID document, or the code that says why there is none. */
  async resolve(did) {
    if (did.startsWith('did:key:')) {
      return documentOfKey(did) ?? 'unsupported_issuer';
    }
    const url = addressOf(did);
    if (url === null) {
      return 'unsupported_issuer';
    }
    const {raw, problem} = await this.finder.find(url, DID_DOCUMENT.maxBytes);
    if (problem) {
      return ISSUER_PROBLEMS[problem];
    }
    try {
      return readDidDocument(raw, did);
    } catch (error) {
      return codeOf(error);
    }
  }

  async status(document, {signature, issuerId}, at) {
    if (signature.outcome === 'failed') {
      return check('status_not_reached');
    }
    let entries;
    try {
      entries = readEntries(document);
    } catch (error) {
      return checkOf(error);
    }
    const found = [];
    for (const entry of entries) {
      found.push(await this.entry(entry, document, issuerId, at));
    }
    return concludeStatus(found);
  }

  async entry(entry, document, issuerId, at) {
    if (entry === null) {
      return check('unsupported_status');
    }
    const {kind, url} = entry;
    // A list says what is so now, whenever the document is judged for; a given one says what was so then.
    const moment = this.finder.isGiven(url) ? at : Math.max(at, this.now);
    const name = `${kind === REVOCATION_LIST_1EDTECH} ${url}`;
    const found = await this.lists.get(name, () => this.findList(entry, moment));
    if (typeof found === 'string') {
      return check(found, {statusListCredential: url});
    }
    if (kind === REVOCATION_LIST_1EDTECH) {
      return judge1EdTech(found, member(document, 'id'), issuerId, url);
    }
    return judgeEntry(entry, issuerId, found, moment);
  }

  /** The list that `entry` names, or the code that says why it does not count. */
  async findList({kind, url}, moment) {
    const {raw, problem} = await this.finder.find(url, LIST_DOCUMENT.maxBytes, {fresh: true});
    if (problem) {
      return STATUS_PROBLEMS[problem];
    }
    try {
      const document = readListDocument(raw, LIST_DOCUMENT);
      return kind === REVOCATION_LIST_1EDTECH ? document : await this.provenList(document, url, moment);
    } catch (error) {
      return codeOf(error) && 'status_list_invalid';
    }
  }

  async provenList(document, url, moment) {
    const {signature, issuer, issuerId} = await this.prove(document, {purpose: ASSERTION_METHOD, moment});
    if (signature.outcome !== 'passed' || issuer.outcome !== 'passed') {
      return 'status_list_invalid';
    }
    const found = await readList(document, issuerId);
    const version = validFrom(document);
    if (!this.finder.isGiven(url) && version !== null) {
      const newest = Math.max(this.seen.get(url) ?? version, version);
      this.seen.set(url, newest);
      if (version < newest) {
        return 'status_list_stale';
      }
    }
    return found;
  }
}

function issuerOf(document) {
  const issuer = member(document, 'issuer');
  const id = isObject(issuer) ? issuer.id : issuer;
  return typeof id === 'string' ? id : '';
}

function checkOf(error) {
  return check(codeOf(error), error.detail);
}

/** The code of a refusal; anything else is a fault of ours, and not hidden. */
function codeOf(error) {
  if (error instanceof Refusal) {
    return error.code;
  }
  throw error;
}

function rawOf(input) {
  return typeof input === 'string' ? bytesOf(input) : input instanceof Uint8Array ? input : new Uint8Array(input);
}
