/** What is known of a credential of the list: whether it counts, and where it is. */
import {CLOCK} from './clock.js';
import {sentence} from './html.js';
import {dayElement, isOver, momentElement} from './moments.js';

const WHY = {
  revoked: 'issued_revoked_why',
  superseded: 'issued_superseded_why',
  suspended: 'issued_suspended_why',
  compromised: 'issued_compromised_why',
  expired: 'issued_expired_why',
};

/** What the service says; that its time is over, the list does not. */
export function stateOf({state, valid_until: until}) {
  return state === 'valid' && until && isOver(until, CLOCK.now()) ? 'expired' : state;
}

/** The key of the text that says why it does not count; undefined where it does. */
export function reasonOf(state) {
  return Object.hasOwn(WHY, state) ? WHY[state] : undefined;
}

/** Lines of nodes. */
export function factsOf(texts, {issuer, issued_at: issued, valid_until: until, wallet, bound, holder}) {
  const place = bound && wallet ? {wallet: wallet.name ?? '', holder: holder ?? ''} : null;
  const whereKey = place?.holder ? 'issued_to_wallet' : 'issued_to_wallet_only';
  return [
    issuer && sentence(texts, 'issued_by', {issuer}),
    sentence(texts, 'issued_on', {moment: momentElement(issued, texts.language)}),
    place ? sentence(texts, whereKey, place) : [texts.text('issued_as_file')],
    until && sentence(texts, 'issued_valid_until', {date: dayElement(until, texts.language)}),
  ].filter(Boolean);
}
