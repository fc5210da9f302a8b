/** Where the reader of an evidence file names a node of the anchor's chain. Nothing is asked before. */
import {element} from './dom.js';
import {text} from './texts.js';
import {headlineOf} from './verdicts.js';

/**
 * The form. `network`: the anchor's, undefined where it is not known; one of its addresses is proposed, where it has
 * some. `look(url)` → a promise of the report with what the node said.
 */
export function nodeForm(network, look) {
  const label = text('anchor_node', {network: network?.title ?? '?'});
  const input = element('input', {
    id: 'ovc-node',
    type: 'url',
    required: true,
    dir: 'ltr',
    autocomplete: 'off',
    spellcheck: 'false',
    value: network?.urls?.[0],
    'aria-describedby': 'ovc-node-hint',
  });
  const said = element('p', {id: 'ovc-node-said', role: 'status'});
  const form = element(
    'form',
    {id: 'ovc-ask', class: 'ovc-paste ovc-no-print'},
    element('label', {for: 'ovc-node'}, label),
    input,
    element('p', {id: 'ovc-node-hint', class: 'ovc-hint'}, text('anchor_node_hint')),
    element('button', {class: 'ovc-button', type: 'submit'}, text('anchor_look_up')),
    said,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    said.textContent = text('checking_files');
    try {
      said.textContent = headlineOf(await look(input.value.trim()));
    } catch (error) {
      said.textContent = text('script_failed', {message: error.message});
    }
  });
  return form;
}
