/** A question before something that cannot be taken back. The browser's own dialog: it keeps the focus, and Esc closes it. */
import {isAbort} from './errors.js';
import {button, element} from './html.js';
import {failure} from './notices.js';

/**
 * Asks; closes once `act` has succeeded, and says there where it has not. Closing it takes nothing back that was sent:
 * `done` is called then, too.
 *
 * @param {object} app
 * @param {{key: string, title: string, text: (string|Node)[][], yes: string, no: string, failed: string,
 *   act: function(): Promise<any>, done: function(): void}} question `text`: paragraphs; `done` is called after closing
 */
export function ask(app, {key, title, text, yes, no, failed, act, done}) {
  const id = app.id('dialog');
  const trouble = element('div', {});
  const run = () =>
    app.once.run(key, async () => {
      trouble.replaceChildren();
      try {
        await act();
        if (dialog.open) {
          dialog.close('done');
        } else {
          done();
        }
      } catch (error) {
        if (!isAbort(error)) {
          trouble.replaceChildren(failure(app, error, {title: failed, key, retry: run, alone: true}));
        }
      }
    });
  const keep = button(app, {key: `${key}-keep`, run: () => dialog.close(), autofocus: true}, no);
  const dialog = element(
    'dialog',
    {class: 'ovc-dialog', 'aria-labelledby': id, 'aria-describedby': `${id}-text`},
    app.heading(0, {id}, title),
    element('div', {id: `${id}-text`}, ...text.map((each) => element('p', {}, ...each))),
    trouble,
    element('p', {class: 'ovc-row'}, button(app, {key, look: 'bad', run}, yes), keep),
  );
  const asked = document.activeElement?.dataset?.ovcKey;
  dialog.addEventListener('close', () => {
    dialog.remove();
    // The list may have been drawn anew meanwhile.
    app.focusKey(asked);
    if (dialog.returnValue === 'done') {
      done();
    }
  });
  app.root.append(dialog);
  dialog.showModal();
}
