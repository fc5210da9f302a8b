/**
 * The dates check (VCDM 1.1 §4.6 and §4.7, VCDM 2.0 §4.9): a document is in force from its first moment to its last.
 *
 * Clocks differ: five minutes either way are let pass.
 */
import {SKEW, readMoment} from './moments.js';
import {check, timestamp} from './report.js';

// Each data model has its own names; a document that has both is held to both.
const FROM = ['issuanceDate', 'validFrom'];
const UNTIL = ['expirationDate', 'validUntil'];

/** The check of `document` for the moment `at` (milliseconds); `proofsCreated`: the dates that its proofs bear. */
export function judgeDates(document, at, proofsCreated = []) {
  const names = [...FROM, ...UNTIL].filter((name) => Object.hasOwn(document, name));
  const moments = new Map(names.map((name) => [name, readMoment(document[name])]));
  const malformed = names.filter((name) => moments.get(name) === null).sort();
  if (malformed.length) {
    return check('malformed_dates', {members: malformed});
  }
  const starts = Math.max(...FROM.map((name) => moments.get(name) ?? -Infinity));
  const ends = Math.min(...UNTIL.map((name) => moments.get(name) ?? Infinity));
  const detail = Object.fromEntries([...moments].map(([name, moment]) => [name, timestamp(new Date(moment))]));
  if (ends < starts) {
    return check('malformed_dates', {members: names.sort(), ...detail});
  }
  if (at > ends + SKEW) {
    return check('expired', detail);
  }
  if (at < starts - SKEW) {
    return check('not_yet_valid', detail);
  }
  return check(proofsCreated.some((created) => created > at + SKEW) ? 'proof_in_the_future' : 'in_force', detail);
}

/** Since when the document says to be in force; null where it does not. */
export function validFrom(document) {
  const moments = FROM.map((name) => readMoment(document[name])).filter((moment) => moment !== null);
  return moments.length ? Math.max(...moments) : null;
}
