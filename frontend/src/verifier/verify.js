/**
 * A document in, a report out: the same report as the service's own verifier makes. Nothing is asked of the network but
 * through `fetch` and `ask`, and the report is told to nobody.
 */
import {AnchorChecker} from './anchors.js';
import {bytesOf} from './bytes.js';
import {Chains} from './chain.js';
import {judgeDates} from './dates.js';
import {Refusal} from './errors.js';
import {Finder} from './finding.js';
import {issuerOf} from './issuer.js';
import {holderOf, isPresentation, ofHolder, readCredentials, unsigned} from './presentation.js';
import {Prover} from './proving.js';
import {readInput, understand} from './reading.js';
import {check, report} from './report.js';
import {StatusChecker} from './status_checking.js';
import {startsLater} from './tokens.js';

const NOT_REACHED = [
  'schema_not_reached',
  'not_reached',
  'issuer_not_reached',
  'status_not_reached',
  'dates_not_reached',
];
// As long as the page is open.
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
 * @param {{challenge?: string, domain?: string}} [options.expected] what the proof of a presentation must be made for
 * @param {object[]} [options.networks] chains that anchors may be on, see networks.js; those with `urls` can be asked
 * @param {?function(string, string, unknown[]): Promise<unknown>} [options.ask] (address, method, parameters) → the result
 *   of one call of a chain's node; throws FetchError. `browserAsk` is one; without any no anchor is looked up.
 * @param {Map<string, number>} [options.seen] which versions of status lists were seen; kept for the page by default
 * @returns {Promise<object>}
 */
export async function verify(input, options = {}) {
  const {
    fetch = null,
    now = new Date(),
    at = now,
    documents = {},
    disclosed = null,
    expected = {},
    networks = [],
    ask = null,
    seen = SEEN,
  } = options;
  const finder = new Finder(documents, fetch);
  const anchors = new AnchorChecker(new Chains(networks, ask), finder, networks);
  const verifier = new Verifier(finder, anchors, {now: now.getTime(), at: at.getTime(), disclosed, seen});
  return verifier.verify(rawOf(input), expected);
}

/** The JSON of `input`, in whatever form it comes, for a page to show; nothing is checked. Throws Refusal. */
export function readDocument(input) {
  return readInput(rawOf(input)).document;
}

class Verifier {
  constructor(finder, anchors, {now, at, disclosed, seen}) {
    Object.assign(this, {now, at, disclosed, prover: new Prover(finder, anchors, now)});
    this.status = new StatusChecker(finder, this.prover, seen);
  }

  async verify(raw, expected) {
    const understood = await understand(raw);
    if (understood.why) {
      return this.notReached(understood.why);
    }
    return isPresentation(understood.document) ? this.presentation(understood, expected) : this.credential(understood);
  }

  async credential(understood) {
    const {document, schema, token} = understood;
    const whose = issuerOf(document);
    const proven = await this.prover.prove(understood, whose, {purpose: 'assertionMethod', moment: this.at});
    // What was not signed as it stands names an address that somebody else may have chosen.
    const status =
      proven.signature.outcome === 'failed'
        ? check('status_not_reached')
        : await this.status.check(document, whose, this.at, this.now);
    const dates =
      token && startsLater(token, this.at) ? check('not_yet_valid') : judgeDates(document, this.at, proven.created);
    return this.report([schema, proven.signature, proven.issuer, status, dates, this.disclosure()]);
  }

  async presentation(understood, {challenge = null, domain = null}) {
    const {document, schema} = understood;
    const wanted = {purpose: 'authentication', moment: this.at, challenge, domain};
    let members;
    try {
      members = readCredentials(document);
    } catch (error) {
      if (error instanceof Refusal) {
        return this.notReached(check(error.code));
      }
      throw error;
    }
    let [signature, holder] = unsigned(wanted);
    if (Object.hasOwn(document, 'proof')) {
      const proven = await this.prover.prove(understood, holderOf(document), wanted);
      [signature, holder] = [proven.signature, ofHolder(proven.issuer)];
    }
    const credentials = [];
    for (const each of members) {
      credentials.push(await this.inside(each));
    }
    return this.report([schema, signature, holder], credentials);
  }

  /** A credential of a presentation; a presentation in a presentation is none. */
  async inside(member) {
    const understood = await understand(member);
    if (understood.why) {
      return this.notReached(understood.why);
    }
    return isPresentation(understood.document)
      ? this.notReached(check('not_a_credential'))
      : this.credential(understood);
  }

  /** The report of a document that cannot be understood: `why`, of the schema or the signature check, says why. */
  notReached(why) {
    const found = [...NOT_REACHED.map((code) => check(code)), this.disclosure()];
    return this.report(found.map((each) => (each.check === why.check ? why : each)));
  }

  disclosure() {
    return check(this.disclosed === null ? 'disclosure_unknown' : this.disclosed ? 'disclosed' : 'withheld');
  }

  report(checks, credentials = []) {
    return report(checks, new Date(this.at), credentials);
  }
}

function rawOf(input) {
  return typeof input === 'string' ? bytesOf(input) : input instanceof Uint8Array ? input : new Uint8Array(input);
}
