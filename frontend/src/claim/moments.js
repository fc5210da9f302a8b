/** Dates and times. A fact with a day is a day wherever it is read; a moment is told in the reader's own zone, named. */
import {element, foreign} from '../pages/dom.js';
import {dayOf, momentOf} from '../pages/moments.js';

/** `<time>` with the day of `value` in UTC; the value itself where it is no date. */
export function dayElement(value, language) {
  return timeElement(value, dayOf(value, language));
}

/** `<time>` with the moment of `value` in the reader's zone. */
export function momentElement(value, language) {
  return timeElement(value, momentOf(value, language));
}

function timeElement(value, shown) {
  return shown ? element('time', {datetime: value}, shown) : foreign(value);
}

/** Whole minutes from `now` (milliseconds) until `value`, rounded down; never negative. */
export function minutesLeft(value, now) {
  const left = Date.parse(value) - now;
  return Number.isFinite(left) ? Math.max(Math.floor(left / 60_000), 0) : 0;
}

/** Whether `value` lies in the past. */
export function isOver(value, now) {
  return Date.parse(value) <= now;
}
