/** What is said of the anchors of a proof. Nothing but the first was looked up: others are never said to be anywhere. */
import {NOT_CHECKED, isGoodAnchor} from '../verifier/anchors.js';
import {check} from '../verifier/report.js';
import {momentOf} from './moments.js';
import {sentence, text} from './texts.js';

/** Of a proof with anchors; `said`: the code of the check, whose sentence stands there already. */
export function anchorSentences({code, anchor, anchors: [first, ...others]}, said, language) {
  if (code === NOT_CHECKED) {
    return [notLookedUp([first, ...others])];
  }
  const more = others.length ? [notLookedUp(others)] : [];
  if (!isGoodAnchor(code) || !anchor?.state) {
    return [text('anchor_named', {anchor: first}), ...(code === said ? [] : [sentence(check(code))]), ...more];
  }
  const {network, state} = anchor;
  const time = momentOf(anchor.time, language);
  return [text('anchor_found', {anchor: first, network, time}), text(`anchor_${state}`), ...more];
}

function notLookedUp(anchors) {
  return text('anchor', {anchor: anchors.join(', ')});
}
