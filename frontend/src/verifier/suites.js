/**
 * The securing suites: how the message is made that a proof signs (Data Integrity §4; vc-di-eddsa §3.2, §3.3 and §3.6;
 * vc-di-ecdsa §3.2). Each signs 64 bytes: the hash of the proof without its value, then that of the document.
 */
import {concatBytes, readBase58, sha256OfText} from './bytes.js';
import {canonicalJson} from './canonical.js';
import {Refusal} from './errors.js';

const EDDSA_JCS_2022 = 'eddsa-jcs-2022';

/** The algorithm that the key of a suite must have. */
export const ALGORITHMS = {
  'eddsa-rdfc-2022': 'Ed25519',
  [EDDSA_JCS_2022]: 'Ed25519',
  Ed25519Signature2020: 'Ed25519',
  'ecdsa-rdfc-2019': 'P-256',
};
const SIGNATURE_BYTES = 64;
const MAX_CHARACTERS = 95;

/** `[proof without its value, the 64 bytes of the value]`. Throws Refusal `malformed_proof`. */
export function splitProof({proofValue, ...configuration}) {
  const signature = readBase58(proofValue, MAX_CHARACTERS);
  if (signature?.length !== SIGNATURE_BYTES) {
    throw new Refusal('malformed_proof');
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
    const previous = this.previous(proof);
    if (proof.suite === EDDSA_JCS_2022) {
      return concatBytes(sha256OfText(canonicalJson(configuration)), await this.documentHash(previous, true));
    }
    const {'@context': _, ...options} = configuration;
    const hashed = sha256OfText(await this.canonicalize({'@context': this.context, ...options}));
    return concatBytes(hashed, await this.documentHash(previous, false));
  }

  previous(proof) {
    const numbers = new Map(
      this.proofs.filter(({members}) => typeof members.id === 'string').map(({members, number}) => [members.id, number]),
    );
    if (!proof.previous.every((name) => numbers.has(name) && numbers.get(name) !== proof.number)) {
      throw new Refusal('malformed_proof');
    }
    return proof.previous.map((name) => numbers.get(name));
  }

  async documentHash(previous, isJcs) {
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
