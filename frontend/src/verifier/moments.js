/** Dates as documents write them: XML Schema dateTimeStamp (XML Schema 1.1 Part 2 §3.4.28). */

/** Clocks of issuer and verifier are this far apart at most, in milliseconds. */
export const SKEW = 5 * 60 * 1000;

const DATE_TIME_STAMP = new RegExp(
  '^([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))T((?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2})' +
    '(?:\\.([0-9]{1,12}))?(Z|([+-])(0[0-9]|1[0-3]|14(?=:00)):([0-5][0-9]))?$',
);
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The moment in milliseconds since 1970; null where `value` is no dateTimeStamp. Without a zone it would be a different
 * moment for every reader, so it is none; `withoutZone`: it then is in UTC.
 */
export function readMoment(value, {withoutZone = false} = {}) {
  const match = typeof value === 'string' ? DATE_TIME_STAMP.exec(value) : null;
  if (!match || (match[4] === undefined && !withoutZone)) {
    return null;
  }
  const [, date, time, fraction = '', , sign, hours, minutes] = match;
  const local = Date.parse(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  // Some readers take the 30th of February for the 2nd of March.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 10) !== date) {
    return null;
  }
  const offset = sign ? (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1) : 0;
  const moment = local - offset;
  return local >= EARLIEST && moment >= EARLIEST && moment <= LATEST ? moment : null;
}
