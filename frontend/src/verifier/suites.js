/**
 * What the suites sign (Data Integrity §4; vc-di-eddsa §3.2, §3.3 and §3.6; vc-di-ecdsa §3.2): 64 bytes, the hash of the
 * proof without its value, then that of the document with the proofs that come before.
 */
import {concatBytes, readBase58, sha256OfText} from './bytes.js';
import {canonicalJson} from './canonical.js';
import {EDDSA_JCS, malformed} from './proof_sets.js';

const SIGNATURE_BYTES = 64;
const MAX_CHARACTERS = 95;

/** `[proof without its value, the 64 bytes of the value]`. Throws Refusal `malformed_proof`. */
export function splitProof({proofValue, ...configuration}) {
  const signature = readBase58(proofValue, MAX_CHARACTERS);
  if (signature?.length !== SIGNATURE_BYTES) {
    throw malformed();
  }
  return [configuration, signature];
}

/** The document as each of its proofs signs it; its canonical form is made once for those that sign the same. */
export class Secured {
  constructor(document, proofs, canonicalize) {
    const {proof: _, ...bare} = document;
    Object.assign(this, {context: document['@context'], bare, proofs, canonicalize, hashes: new Map()});
  }

  /** Hash of the configuration, hash of the document with the proofs that come before (Data Integrity §4.5, step 4). */
  async signingInput(proof, configuration) {
    const isJcs = proof.suite === EDDSA_JCS;
    return concatBytes(
      await this.configurationHash(configuration, isJcs),
      await this.hash(this.previous(proof), isJcs),
    );
  }

  /** What a Merkle proof may be over: the document with those that come before it, or alone. */
  async leaves(proof) {
    if (proof.previous.length) {
      return [await this.hash(this.previous(proof))];
    }
    return [await this.hash([]), await this.hash(this.proofs.slice(0, proof.number).map(({number}) => number))];
  }

  async configurationHash(configuration, isJcs) {
    if (isJcs) {
      return sha256OfText(canonicalJson(configuration));
    }
    const {'@context': _, ...options} = configuration;
    return sha256OfText(await this.canonicalize({'@context': this.context, ...options}));
  }

  previous(proof) {
    const named = this.proofs.filter(({members}) => Object.hasOwn(members, 'id'));
    const numbers = new Map(named.map(({members, number}) => [members.id, number]));
    if (!proof.previous.every((name) => (numbers.get(name) ?? proof.number) !== proof.number)) {
      throw malformed();
    }
    return proof.previous.map((name) => numbers.get(name));
  }

  async hash(previous, isJcs = false) {
    const key = `${isJcs} ${previous}`;
    if (!this.hashes.has(key)) {
      const document = {...this.bare};
      if (previous.length) {
        document.proof = previous.map((number) => this.proofs[number].members);
      }
      this.hashes.set(key, sha256OfText(isJcs ? canonicalJson(document) : await this.canonicalize(document)));
    }
    return this.hashes.get(key);
  }
}
