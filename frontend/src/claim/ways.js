/** How an offer gets into the wallet: by its link on the same device, or by its QR code on another one. */
import {copyable} from './copying.js';
import {isHandheld, storesFor} from './device.js';
import {element, link, png, sentence} from './html.js';

const STORES = {android: 'get_android', ios: 'get_ios'};

/**
 * Both ways, the likelier one first.
 *
 * @param {object} app
 * @param {object} wallet of the list
 * @param {{deeplink: string, qrcode: string}} offer
 */
export function waysToWallet(app, wallet, offer) {
  return isHandheld()
    ? [byLink(app, wallet, offer, true), byCode(app, wallet, offer, false)]
    : [byCode(app, wallet, offer, true), byLink(app, wallet, offer, false)];
}

function byLink(app, {name: wallet}, {deeplink}, isFirst) {
  const {texts} = app;
  const look = {class: app.looks.button(isFirst ? 'main' : 'plain'), 'data-ovc-key': 'open-wallet'};
  // One child: some styles put children apart.
  const open = link(deeplink, look, element('span', {}, ...sentence(texts, 'open_in_wallet', {wallet})));
  const steps = [
    sentence(texts, 'step_open_wallet', {wallet}),
    [texts.text('step_follow_link'), element('p', {class: 'ovc-row'}, open)],
    [texts.text('step_accept')],
  ];
  return element(
    'section',
    {class: 'ovc-way ovc-way-link'},
    app.heading(1, {}, texts.text('offer_here')),
    numbered(steps),
    ...copyable(app, {key: 'copy-offer', address: deeplink}),
  );
}

function byCode(app, {name: wallet}, {qrcode}, isFirst) {
  const {texts} = app;
  const steps = [
    sentence(texts, 'step_open_wallet', {wallet}),
    [texts.text('step_add_credential')],
    [texts.text('step_scan')],
    [texts.text('step_accept')],
  ];
  const code = png(qrcode, texts.text('qr_alt', {wallet}));
  return element(
    'section',
    {class: 'ovc-way ovc-way-code'},
    app.heading(1, {}, texts.text(isFirst ? 'offer_elsewhere' : 'offer_other_device')),
    element('div', {class: 'ovc-beside'}, numbered(steps), element('div', {class: 'ovc-code-frame'}, code)),
  );
}

function numbered(steps) {
  return element('ol', {class: 'ovc-steps'}, ...steps.map((nodes) => element('li', {}, ...nodes)));
}

/** Where the wallet is had, for those who have none; nothing where nobody says so. */
export function storeLinks(app, wallet, offer) {
  const {texts} = app;
  const addresses = {
    android: offer.app_link_android ?? wallet.app_link_android,
    ios: offer.app_link_ios ?? wallet.app_link_ios,
  };
  const outside = {target: '_blank', rel: 'noopener', class: 'ovc-touch-link'};
  const links = storesFor(navigator.userAgent)
    .filter((store) => addresses[store])
    .map((store) => {
      const label = sentence(texts, STORES[store], {wallet: wallet.name});
      return element('li', {}, link(addresses[store], {...outside, 'data-ovc-key': store}, ...label));
    });
  if (!links.length) {
    return null;
  }
  const list = element('ul', {class: 'ovc-plain-list'}, ...links);
  return element('div', {class: 'ovc-stores'}, element('p', {}, texts.text('no_wallet_yet')), list);
}
