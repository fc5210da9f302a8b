/** What each credential will say, and what is left out of it. */
import {factList} from './fact_rows.js';
import {element, sentence} from './html.js';

/**
 * Of one credential its facts; of several, one that can be opened for each.
 *
 * @param {object} app
 * @param {object[]} credentials of the preview
 * @param {?Set<string>} open certificates of those that are opened; null: the first
 */
export function previewOf(app, credentials, open) {
  const {texts} = app;
  if (credentials.length === 1) {
    const [only] = credentials;
    const heading = app.heading(1, {}, texts.text('preview_title'));
    return [element('div', {'data-ovc-certificate': only.certificate}, heading, ...parts(app, only))];
  }
  return credentials.map((each, index) => {
    const {certificate, title} = each;
    const isOpen = open ? open.has(certificate) : index === 0;
    const summary = element(
      'summary',
      {'data-ovc-key': `says-${certificate}`},
      ...sentence(texts, 'preview_of', {title}),
    );
    return element('details', {'data-ovc-certificate': certificate, open: isOpen}, summary, ...parts(app, each));
  });
}

function parts(app, credential) {
  return [factList(app, credential), leftOut(app.texts, credential)];
}

function leftOut(texts, {left_out: claims}) {
  if (!claims?.length) {
    return null;
  }
  const list = new Intl.ListFormat(texts.language, {type: 'conjunction'});
  const names = list.format(claims.map((each) => claimName(texts, each)));
  return element('p', {class: 'ovc-left-out'}, texts.text('left_out', {claims: names}));
}

/** How a claim is called; one that is not known here, by its name. */
export function claimName(texts, claim) {
  const key = `claim_${claim}`;
  return texts.has(key) ? texts.text(key) : claim;
}
