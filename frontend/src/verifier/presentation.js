/**
 * Presentations: what is inside, whose it is, and whether its holder signed it (VCDM 1.1 §4.10, VCDM 2.0 §4.13).
 *
 * A holder authenticates; an issuer asserts. So the proof of a presentation is made for the purpose of authentication, by
 * the holder's key, and the report of each credential in it stands for itself.
 */
import {bytesOf} from './bytes.js';
import {Refusal} from './errors.js';
import {CONFIRMED} from './issuer.js';
import {isObject, listOf, member, typesOf} from './json_values.js';
import {check} from './report.js';

const MAX_CREDENTIALS = 50;
const ENVELOPE = 'data:application/vc+jwt,';
const HOLDERS = {[CONFIRMED]: 'holder_confirmed', not_the_issuers_key: 'not_the_holders_key'};

/** Whether `document` presents credentials, rather than being one. */
export function isPresentation(document) {
  return typesOf(document).includes('VerifiablePresentation');
}

/**
 * Where `document` is a presentation, it has not too many credentials: found out before any of them is looked at. Throws
 * Refusal `malformed`.
 */
export function requireFew(document) {
  if (isPresentation(document) && listOf(member(document, 'verifiableCredential')).length > MAX_CREDENTIALS) {
    throw new Refusal('malformed', {at: '/verifiableCredential'});
  }
}

/**
 * Each credential in it: an object, or the bytes of what stands in its place, a compact JWS where it is enveloped (VCDM
 * 2.0 §4.13.1) or a string (VC 1.1 §6.3.1). Throws Refusal: `malformed`, `unsupported_format`.
 */
export function readCredentials(document) {
  return listOf(member(document, 'verifiableCredential')).map(readOne);
}

/** Whose it says it is; "" where it does not say. */
export function holderOf(document) {
  const holder = member(document, 'holder');
  const id = isObject(holder) ? member(holder, 'id') : holder;
  return typeof id === 'string' ? id : '';
}

/** Signature and issuer of a presentation without a proof: an envelope, and no answer to a challenge. */
export function unsigned({challenge, domain}) {
  if ((challenge ?? null) !== null || (domain ?? null) !== null) {
    return [check('no_proof'), check('issuer_not_reached')];
  }
  return [check('unsigned_presentation'), check('no_holder')];
}

/** The issuer check of a presentation, in words about its holder. */
export function ofHolder({code, detail}) {
  return check(Object.hasOwn(HOLDERS, code) ? HOLDERS[code] : code, detail);
}

function readOne(each) {
  if (typeof each === 'string') {
    return bytesOf(each);
  }
  if (!isObject(each)) {
    throw new Refusal('malformed');
  }
  return typesOf(each).includes('EnvelopedVerifiableCredential') ? tokenIn(each) : each;
}

function tokenIn(each) {
  const address = member(each, 'id');
  if (typeof address !== 'string' || !address.startsWith('data:')) {
    throw new Refusal('malformed');
  }
  if (!address.startsWith(ENVELOPE)) {
    throw new Refusal('unsupported_format');
  }
  return bytesOf(address.slice(ENVELOPE.length));
}
