/**
 * Asks politely whether something has happened: soon at first, then less often; not while nobody is there; at once when
 * somebody is back.
 */
import {CLOCK} from './clock.js';
import {ClaimError, isAbort} from './errors.js';
import {PRESENCE} from './presence.js';

export const FIRST_SECONDS = 2;
export const LONGEST_SECONDS = 10;
const SLOWER_BY = 1.25;
/** After these, asking again may help. */
const MAY_PASS = new Set(['network', 'server', 'throttled']);

/**
 * Asks until `take` says that it is over, by returning true.
 *
 * @param {{ask: function(AbortSignal): Promise<object>, take: function(object): boolean, trouble: function(ClaimError): void,
 *   signal: AbortSignal, clock?: object, presence?: object, first?: number, longest?: number}} options `trouble`: an
 *   answer was missing, and will be asked for again; `first`, `longest`: seconds between questions
 * @returns {Promise<void>} Throws ClaimError where asking again is of no use, and what isAbort knows.
 */
export async function poll({
  ask,
  take,
  trouble,
  signal,
  clock = CLOCK,
  presence = PRESENCE,
  first = FIRST_SECONDS,
  longest = LONGEST_SECONDS,
}) {
  let seconds = first;
  for (;;) {
    const wasAway = await pass(seconds, {signal, clock, presence});
    seconds = wasAway ? first : Math.min(seconds * SLOWER_BY, longest);
    try {
      const answer = await ask(signal);
      signal.throwIfAborted();
      if (take(answer)) {
        return;
      }
    } catch (error) {
      if (isAbort(error) || !(error instanceof ClaimError) || !MAY_PASS.has(error.kind)) {
        throw error;
      }
      seconds = Math.max(error.wait ?? 0, longest);
      trouble(error);
    }
  }
}

/** Lets the time pass; whether somebody came back meanwhile, which ends it. */
async function pass(seconds, {signal, clock, presence}) {
  if (presence.isAway()) {
    await presence.returned(signal);
    return true;
  }
  const ending = new AbortController();
  const stop = () => ending.abort(signal.reason);
  signal.addEventListener('abort', stop, {once: true});
  try {
    const slept = clock.sleep(seconds * 1000, ending.signal).then(() => false);
    const back = presence.returned(ending.signal).then(() => true);
    // The one that is left is ended below; nobody waits for it.
    back.catch(() => {});
    slept.catch(() => {});
    const wasAway = await Promise.race([slept, back]);
    if (presence.isAway()) {
      await presence.returned(signal);
      return true;
    }
    return wasAway;
  } finally {
    signal.removeEventListener('abort', stop);
    ending.abort();
  }
}
