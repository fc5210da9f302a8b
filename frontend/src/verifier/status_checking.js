/** The status of a credential: its lists are found, each once, and proven like any document. */
import {validFrom} from './dates.js';
import {Refusal} from './errors.js';
import {Once} from './finding.js';
import {issuerOf} from './issuer.js';
import {member} from './json_values.js';
import {LIST_DOCUMENT} from './limits.js';
import {SKEW} from './moments.js';
import {readPlainObject, understand} from './reading.js';
import {check} from './report.js';
import {REVOCATION_LIST_1EDTECH, concludeStatus, judge1EdTech, judgeEntry, readEntries, readList} from './status.js';

const PROBLEMS = {
  unreachable: 'status_unreachable',
  too_large: 'status_list_invalid',
  refused: 'status_refused',
  offline: 'status_offline',
};
// Why the list's own issuer could not be asked, in words about the list.
const ISSUERS = {
  issuer_unreachable: 'status_unreachable',
  issuer_refused: 'status_refused',
  offline: 'status_offline',
};

/**
 * Checks credentials, and keeps the lists it found for the next one. `seen`: the newest version of each list that was
 * seen, so that nobody can pass an older one off as the current one.
 */
export class StatusChecker {
  constructor(finder, prover, seen) {
    Object.assign(this, {finder, prover, seen, lists: new Once()});
  }

  /**
   * The check of a credential of `issuer` for the moment `at`. A list says what is so now, whatever moment the credential
   * is judged for; one that the caller brought says what was so then.
   */
  async check(document, issuer, at, now) {
    let entries;
    try {
      entries = readEntries(document);
    } catch (error) {
      return check(codeOf(error));
    }
    const found = [];
    for (const entry of entries) {
      const moment = entry && this.finder.isGiven(entry.url) ? at : Math.max(at, now);
      const credentialId = member(document, 'id');
      found.push(entry ? await this.judge(entry, credentialId, issuer, moment) : check('unsupported_status'));
    }
    return concludeStatus(found);
  }

  async judge(entry, credentialId, issuer, moment) {
    const {kind, url} = entry;
    const is1EdTech = kind === REVOCATION_LIST_1EDTECH;
    const found = await this.lists.get(`${is1EdTech} ${url}`, () => this.find(url, is1EdTech, moment));
    if (typeof found === 'string') {
      return check(found, {statusListCredential: url});
    }
    return is1EdTech ? judge1EdTech(found, credentialId, issuer, url) : judgeEntry(entry, issuer, found, moment);
  }

  /** The list at `url`, or the code that says why it does not count. */
  async find(url, is1EdTech, moment) {
    const {raw, problem} = await this.finder.find(url, LIST_DOCUMENT.maxBytes, {fresh: true});
    if (problem) {
      return PROBLEMS[problem];
    }
    try {
      if (is1EdTech) {
        return readPlainObject(raw, LIST_DOCUMENT);
      }
      const understood = await understand(raw, LIST_DOCUMENT);
      return understood.why ? 'status_list_invalid' : await this.read(understood, url, moment);
    } catch (error) {
      return codeOf(error) && 'status_list_invalid';
    }
  }

  async read(understood, url, moment) {
    const {document} = understood;
    const whose = issuerOf(document);
    const {signature, issuer} = await this.prover.prove(understood, whose, {purpose: 'assertionMethod', moment});
    if (signature.outcome !== 'passed' || issuer.outcome !== 'passed') {
      return Object.hasOwn(ISSUERS, issuer.code) ? ISSUERS[issuer.code] : 'status_list_invalid';
    }
    const found = await readList(document, whose);
    const version = validFrom(document);
    if (version === null || version > moment + SKEW || this.finder.isGiven(url)) {
      return found;
    }
    // Of this issuer: what another one serves at the address makes nothing of theirs old.
    return this.isOlder(`${whose} ${url}`, version) ? 'status_list_stale' : found;
  }

  /** Whether a newer one was seen; otherwise this one is remembered. */
  isOlder(name, version) {
    const newest = this.seen.get(name) ?? version;
    this.seen.set(name, Math.max(newest, version));
    return version < newest;
  }
}

/** The code of a refusal; anything else is a fault of ours, and not hidden. */
function codeOf(error) {
  if (error instanceof Refusal) {
    return error.code;
  }
  throw error;
}
