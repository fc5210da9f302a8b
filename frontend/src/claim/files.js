/** A credential's files: had through the client that is logged in, saved by the browser. */
import {CLOCK} from './clock.js';
import {isAbort} from './errors.js';
import {button, element, heard} from './html.js';
import {failure} from './notices.js';

const FORMS = {json: 'file_json', png: 'file_png', svg: 'file_svg', pdf: 'file_pdf', anchored: 'file_anchored'};
/** What a file's name ends in, where that is not a dot and its form. */
const ENDINGS = {anchored: '-anchored.json'};
/** How long a browser may take to start saving. */
const KEPT = 60_000;

/**
 * A button for each form in which the credential can be had.
 *
 * @param {object} app
 * @param {{uuid: string, title: string, files: Object<string, string>}} credential
 * @param {string} at where on the page: the same buttons may be there twice
 */
export function fileButtons(app, credential, at) {
  const {texts} = app;
  const trouble = element('div', {});
  const buttons = Object.entries(FORMS)
    .filter(([form]) => typeof credential.files?.[form] === 'string')
    .map(([form, label]) => {
      const key = `file-${form}-${credential.uuid}-${at}`;
      const run = () => saveOnce(app, credential, {form, key, trouble});
      const name = texts.text('save_file', {
        title: credential.title || texts.text('untitled'),
        form: texts.text(label),
      });
      return button(
        app,
        {key, run, 'data-ovc-form': form},
        heard(name),
        element('span', {'aria-hidden': 'true'}, texts.text(label)),
      );
    });
  return buttons.length ? [element('p', {class: 'ovc-row'}, ...buttons), trouble] : [];
}

function saveOnce(app, credential, {form, key, trouble}) {
  return app.once.run(key, async () => {
    const {texts} = app;
    trouble.replaceChildren();
    try {
      const blob = await app.api.file(credential.files[form], app.signal);
      const name = fileName(credential, form);
      save(blob, name, app.signal);
      app.say(texts.text('file_saved', {name}));
    } catch (error) {
      if (!isAbort(error)) {
        const retry = () => saveOnce(app, credential, {form, key, trouble});
        app.noteSession(error, retry);
        trouble.replaceChildren(failure(app, error, {title: texts.text('failed_file'), key, retry}));
      }
    }
  });
}

/** `Introduction-to-Computing-1a2b3c4d.png`: letters and digits of any script, and the start of the uuid. */
export function fileName({uuid, title}, form) {
  const words = (title ?? '').normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const start = [...words.join('-')].slice(0, 60).join('');
  return `${start || 'credential'}-${uuid.replace(/-/g, '').slice(0, 8)}${ENDINGS[form] ?? `.${form}`}`;
}

function save(blob, name, signal) {
  const address = URL.createObjectURL(blob);
  element('a', {href: address, download: name}).click();
  const forget = () => URL.revokeObjectURL(address);
  CLOCK.sleep(KEPT, signal).then(forget, forget);
}
