/**
 * The issuer check: whether the key that signed is the issuer's, for this purpose, and still to be believed (Data
 * Integrity §4.4; CID 1.0 §3.3).
 *
 * A DID document says what is so now: CID 1.0 §2.2 lets nobody conclude from a date inside a proof, which whoever held
 * the key could choose. A key that is revoked is not believed, whatever the date.
 */
import {ON_TEST_NETWORK} from './anchors.js';
import {isObject, member} from './json_values.js';
import {VALID} from './proofs.js';
import {keyFromMultibase, writeMultikey} from './public_keys.js';
import {check, outcomeOf, timestamp} from './report.js';

export const CONFIRMED = 'issuer_confirmed';
// Of several proofs by the issuer, the best is believed.
const BEST_FIRST = ['passed', 'warning', 'not_checked', 'failed'];

/**
 * What is known of the key that `proof` names, as it is at the moment `now`: `{controller, code, publicKey, since}`.
 * `document`: that of its DID, or the code that says why it could not be had.
 */
export function lookUp(proof, document, now) {
  const controller = controllerOf(proof.method);
  const finding = (code, publicKey = null, since = null) => ({controller, code, publicKey, since});
  if (typeof document === 'string') {
    return finding(document, keyInFragment(proof.method));
  }
  const method = document.find(proof.method);
  if (!method) {
    return finding('method_not_listed');
  }
  const {publicKey, revoked, expires} = method;
  if (revoked !== null && revoked <= now) {
    return finding('key_revoked', publicKey, revoked);
  }
  if (method.controller !== controller) {
    return finding('not_the_issuers_key', publicKey);
  }
  if (!document.lists(method.id, proof.purpose)) {
    return finding('method_not_listed', publicKey);
  }
  return expires !== null && expires <= now
    ? finding('key_expired', publicKey, expires)
    : finding(CONFIRMED, publicKey);
}

/**
 * The key of a proof whose anchor is in a block of the moment `at`: nobody chooses that moment afterwards, so the key
 * counts as it was then. Where the issuer's profile dates its keys, one that ended since may be listed for nothing any
 * more, and what it anchored before stays.
 */
export function lookUpAnchor(proof, document, at) {
  const found = lookUp(proof, document, at);
  const isDated = document.profile && document.find(proof.method);
  return found.code === 'method_not_listed' && isDated ? {...found, code: CONFIRMED} : found;
}

/**
 * The check, of a document that says it is `issuer`'s. What is valid decides; where nothing is, what is anchored on a
 * test network; where nothing is either, what was looked at.
 * `results` has `[{proof, code}, finding]` of the suites that are known; `unknown`: the methods that other proofs name.
 */
export function judgeIssuer(issuer, results, unknown = []) {
  const having = (wanted) => results.filter(([{code}]) => code === wanted);
  const valid = [having(VALID), having(ON_TEST_NETWORK), results].find(({length}) => length) ?? [];
  const theirs = valid.map(([, finding]) => finding).filter(({controller}) => controller === issuer);
  if (!valid.length || (!theirs.length && unknown.map(controllerOf).includes(issuer))) {
    return check('issuer_not_reached', {issuer});
  }
  if (!theirs.length) {
    return issuer.startsWith('did:')
      ? check('not_the_issuers_key', {issuer, controllers: valid.map(([, {controller}]) => controller)})
      : check('unsupported_issuer', {issuer});
  }
  const rank = ({code}) => BEST_FIRST.indexOf(outcomeOf(code));
  const best = theirs.reduce((first, second) => (rank(second) < rank(first) ? second : first));
  const detail = {issuer};
  const multikey = best.publicKey && writeMultikey(best.publicKey);
  if (multikey) {
    detail.publicKeyMultibase = multikey;
  }
  if (best.since !== null && Number.isFinite(best.since)) {
    detail.since = timestamp(new Date(best.since));
  }
  return check(best.code, detail);
}

/** Whose the document says it is; "" where it does not say. */
export function issuerOf(document) {
  const issuer = member(document, 'issuer');
  const id = isObject(issuer) ? member(issuer, 'id') : issuer;
  return typeof id === 'string' ? id : '';
}

/** The DID, or other address, of which `method` is a fragment. */
export function controllerOf(method) {
  return method.split('#', 1)[0];
}

/**
 * Some issuers are named by a web address and put their key into its fragment: what it signed can be checked, whose it
 * is cannot.
 */
function keyInFragment(method) {
  const address = controllerOf(method);
  return address.startsWith('did:') ? null : keyFromMultibase(method.slice(address.length + 1));
}
