/**
 * When an issuer's anchoring keys count: the `publicKey` entries of its profile (Blockcerts v3; the DID document names
 * the profile as a service).
 *
 * The block says when an anchor was made, and nobody can choose that afterwards. So a key that ended later than the
 * block made a good anchor, which stays good.
 */
import {textOf} from './bytes.js';
import {readObject} from './json_text.js';
import {isObject} from './json_values.js';
import {DID_DOCUMENT} from './limits.js';
import {readMoment} from './moments.js';

const MAX_KEYS = 200;
const KIND = 'ecdsa-koblitz-pubkey:';
const ENDS = ['expires', 'revoked'];

/**
 * The keys in the profile `raw`, `{address, created, ends}` each; null where it is no JSON object, or has too many. A
 * key without a date of creation is not listed; one whose end cannot be read never counted.
 */
export function readProfileKeys(raw) {
  let profile;
  try {
    profile = readObject(textOf(raw), DID_DOCUMENT);
  } catch {
    return null;
  }
  const entries = Object.hasOwn(profile, 'publicKey') ? [profile.publicKey].flat() : [];
  return entries.length > MAX_KEYS ? null : entries.map(periodOf).filter(Boolean);
}

/** Whether `address` was the issuer's at the moment `at`, in milliseconds. */
export function counts(periods, address, at) {
  return periods.some((each) => each.address === address && each.created <= at && at < each.ends);
}

function periodOf(entry) {
  if (!isObject(entry) || typeof entry.id !== 'string') {
    return null;
  }
  const created = momentOf(entry.created);
  const ends = ENDS.map((name) => entry[name])
    .filter((value) => value !== undefined && value !== null)
    .map((value) => momentOf(value) ?? -Infinity);
  const address = (entry.id.startsWith(KIND) ? entry.id.slice(KIND.length) : entry.id).toLowerCase();
  return created === null ? null : {address, created, ends: Math.min(Infinity, ...ends)};
}

function momentOf(value) {
  return readMoment(value, {withoutZone: true});
}
