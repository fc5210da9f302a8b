/** What the learner holds in their hand: it decides whether the link or the QR code comes first. */

const SMALL = 480;

/**
 * A phone or tablet: the browser says so, the finger is the pointer, or the screen is small. On one, the wallet is most
 * likely on the same device.
 *
 * @param {Window} [view]
 */
export function isHandheld(view = globalThis) {
  const {navigator, screen} = view;
  const isCoarse = view.matchMedia?.('(pointer: coarse)').matches ?? false;
  return navigator?.userAgentData?.mobile === true || isCoarse || (screen?.width > 0 && screen.width <= SMALL);
}

/** Which of a wallet's store links fits the device; both where that cannot be told. */
export function storesFor(userAgent) {
  if (/android/i.test(userAgent)) {
    return ['android'];
  }
  return /iphone|ipad|ipod/i.test(userAgent) ? ['ios'] : ['android', 'ios'];
}
