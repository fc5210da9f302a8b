/**
 * The anchor of a proof, looked up: what the chain has, and whether the account that sent it was the issuer's at the
 * time. Each transaction and each profile is asked for once. `core/checks/anchors.py`, `flows/steps/anchor_checking.py`.
 */
import {sameBytes} from './bytes.js';
import {Once} from './finding.js';
import {DID_DOCUMENT} from './limits.js';
import {nameOfAnchor} from './merkle_proof.js';
import {counts, readProfileKeys} from './profile_keys.js';
import {timestamp} from './report.js';

export const CONFIRMED = 'signature_valid';
export const ON_TEST_NETWORK = 'test_network_anchor';
export const NOT_CHECKED = 'anchor_not_checked';
export const NOT_FOUND = 'anchor_not_found';
const WRONG_SENDER = 'anchor_wrong_sender';

/** Whether an anchor is where its proof says, as it should be. */
export function isGoodAnchor(code) {
  return code === CONFIRMED || code === ON_TEST_NETWORK;
}

/** What an anchor says of itself: its network, and whether that is known as one for tests. */
export function namedAnchor({chain, network, isTestNetwork}) {
  return {network: `${chain}:${network}`, testNetwork: isTestNetwork};
}

/** `networks`: those of the page, with the addresses at which they may be asked; `chains` asks them. */
export class AnchorChecker {
  constructor(chains, finder, networks) {
    Object.assign(this, {chains, finder, networks, transactions: new Once(), profiles: new Once()});
  }

  /**
   * What becomes of a sound proof with this anchor: `{code, detail, at}`; `at`: the time of its block in milliseconds,
   * null where it is in none. `document`: that of the DID of the key that `proof` names, or the code that says why it
   * could not be had.
   */
  async check(proof, merkle, anchor, document) {
    const found = await this.transactions.get(nameOfAnchor(anchor), () => this.chains.find(anchor));
    if (found.code) {
      return {code: found.code, detail: {}, at: null};
    }
    const code =
      typeof document === 'string' ? 'key_unavailable' : await this.judge(merkle.root, found, proof.method, document);
    return {code, detail: shown(found), at: found.time};
  }

  async judge(root, found, methodId, document) {
    const address = document.find(methodId)?.address ?? null;
    if (!sameBytes(found.root, root)) {
      return 'invalid_anchor';
    }
    if (address === null || found.sender !== address) {
      return WRONG_SENDER;
    }
    if (document.profile) {
      const periods = await this.profiles.get(document.profile, () => this.periods(document.profile));
      if (periods === null) {
        return NOT_CHECKED;
      }
      if (!counts(periods, found.sender, found.time)) {
        return WRONG_SENDER;
      }
    }
    return found.isTestNetwork ? ON_TEST_NETWORK : CONFIRMED;
  }

  async periods(address) {
    const {raw, problem} = await this.finder.find(address, DID_DOCUMENT.maxBytes);
    return problem ? null : readProfileKeys(raw);
  }
}

/** What the chain says of it. */
function shown({network, isTestNetwork, sender, time, state}) {
  return {network, testNetwork: isTestNetwork, sender, time: timestamp(new Date(time)), state};
}
