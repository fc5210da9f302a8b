/** Signature and issuer of a document: its keys are found, each DID document once, and its proofs judged. */
import {addressOf, documentOfKey, readDidDocument} from './did_documents.js';
import {Refusal} from './errors.js';
import {Once} from './finding.js';
import {controllerOf, judgeIssuer, lookUp, lookUpAnchor} from './issuer.js';
import {DID_DOCUMENT} from './limits.js';
import {readProofs} from './proof_sets.js';
import {concludeProofs, judgeProofs} from './proofs.js';
import {check} from './report.js';
import {asProof, findKeyInHeader, findMethod, judgeToken} from './tokens.js';

const PROBLEMS = {
  unreachable: 'issuer_unreachable',
  too_large: 'issuer_unreachable',
  refused: 'issuer_refused',
  offline: 'offline',
};

/**
 * Proves documents, and keeps the DID documents it found for the next one. `anchors`: an AnchorChecker; `now`:
 * milliseconds.
 */
export class Prover {
  constructor(finder, anchors, now) {
    Object.assign(this, {finder, anchors, now, dids: new Once()});
  }

  /**
   * What the proofs of a document prove that says it is `whose`: `{signature, issuer, created}`; "": it does not say, and
   * the controller of the key that signed will do.
   */
  async prove({document, token, canonicalize}, whose, expected) {
    if (token) {
      return this.proveToken(token, whose, expected);
    }
    let found;
    try {
      found = readProofs(document);
    } catch (error) {
      if (error instanceof Refusal) {
        return {signature: check(error.code), issuer: check('issuer_not_reached'), created: []};
      }
      throw error;
    }
    const findings = new Map();
    for (const proof of found.filter(({suite}) => suite !== null)) {
      findings.set(proof.number, await this.lookUp(proof, expected.moment));
    }
    const findKey = ({number}) => findings.get(number).publicKey;
    const findAnchor = async (proof, merkle, anchor) => {
      const published = await this.document(controllerOf(proof.method));
      const {at, ...verdict} = await this.anchors.check(proof, merkle, anchor, published);
      if (at !== null && typeof published !== 'string') {
        findings.set(proof.number, lookUpAnchor(proof, published, at));
      }
      return verdict;
    };
    const {networks} = this.anchors;
    const results = await judgeProofs(document, found, {findKey, findAnchor, expected, networks, canonicalize});
    const known = results
      .filter(({proof}) => findings.has(proof.number))
      .map((result) => [result, findings.get(result.proof.number)]);
    const unknown = found.filter(({suite}) => suite === null).map(({method}) => method);
    return {
      signature: concludeProofs(results),
      issuer: judgeIssuer(whose || (known[0]?.[1].controller ?? ''), known, unknown),
      created: found.map(({created}) => created).filter((created) => created !== null),
    };
  }

  async proveToken(token, whose, expected) {
    const proof = asProof(token, whose);
    if (!proof.method && whose.startsWith('did:')) {
      const document = await this.document(whose);
      proof.method = (typeof document === 'string' ? '' : findMethod(token, document)) || whose;
    }
    let finding = await this.lookUp(proof, expected.moment);
    const result = await judgeToken(token, proof, finding.publicKey ?? findKeyInHeader(token), expected);
    if (!controllerOf(proof.method)) {
      // Nothing says whose the key is.
      finding = {...finding, controller: whose, code: 'unsupported_issuer'};
    }
    return {signature: concludeProofs([result]), issuer: judgeIssuer(whose, [[result, finding]]), created: []};
  }

  async lookUp(proof, at) {
    const did = controllerOf(proof.method);
    // A DID document says what is so now, for whatever moment is asked; a given one says what was so then.
    const moment = this.finder.isGiven(addressOf(did) ?? '') ? at : Math.max(at, this.now);
    return lookUp(proof, await this.document(did), moment);
  }

  document(did) {
    return this.dids.get(did, () => this.resolve(did));
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
      return PROBLEMS[problem];
    }
    try {
      return readDidDocument(raw, did);
    } catch (error) {
      if (error instanceof Refusal) {
        return error.code;
      }
      throw error;
    }
  }
}
