// The panel that shows the last action as the command that does the same.
import { $, button, fill, h } from './element.js';
import { hooks } from './api.js';
import { T } from './texts.js';

let last = null;

/** For a POSIX shell: nothing within single quotes is special but the quote. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The key is not shown: the command reads it from the environment. */
export function curlOf({ method, path, headers, body, accept }) {
  const lines = [`curl -fsS${method === 'GET' ? '' : ` -X ${method}`} ${quoted(location.origin + path)}`, '-H "Authorization: Bearer $NEPHORAN_TOKEN"'];
  if (accept !== 'application/json') lines.push(`-H ${quoted(`Accept: ${accept}`)}`);
  for (const [name, value] of Object.entries(headers || {})) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push(`-H 'Content-Type: application/json'`, `--data ${quoted(JSON.stringify(body))}`);
  return lines.join(' \\\n  ');
}

function show() {
  fill($('curl'), last
    ? [h('pre', { tabindex: '0', 'aria-label': T.curlTitle }, last), h('p.muted', T.curlHint), h('div.actions', button(T.copy, copy), h('span.muted', { id: 'copied', role: 'status' }))]
    : h('p.muted', T.curlNone));
}

async function copy() {
  try {
    await navigator.clipboard.writeText(last);
    $('copied').textContent = T.copied;
  } catch {
    getSelection().selectAllChildren($('curl').querySelector('pre'));
    $('copied').textContent = T.copyByHand;
  }
}

export function watchActions() {
  show();
  hooks.action = (action) => {
    last = curlOf(action);
    show();
  };
}
