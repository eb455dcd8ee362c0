// Starts the console, and shows the view that the address names.
import { $, fill, focus, h } from './element.js';
import { startAccess } from './access.js';
import { startAttention } from './attention.js';
import { boardView } from './board.js';
import { composerView } from './composer.js';
import { watchConnection } from './connection.js';
import { watchActions } from './curl.js';
import { intentView } from './intent.js';
import { startIntents } from './intents.js';
import { operateView } from './operate.js';
import { current, href } from './route.js';
import { onSession, takeKeyFromAddress } from './session.js';
import { showKeys, startShortcuts } from './shortcuts.js';
import { T } from './texts.js';

const VIEWS = { write: composerView, board: boardView, intent: intentView, operate: operateView };
let leave = () => {};
let shown = '';

function show(isAnew = false) {
  const { view, rest } = current();
  const name = view in VIEWS ? view : 'write';
  const address = `${name}/${rest.join('/')}`;
  if (address === shown && !isAnew) return;
  const isFirst = shown === '';
  shown = address;
  leave();
  const root = h('div', { class: `view-${name}` });
  fill($('view'), root);
  leave = VIEWS[name](root, ...rest);
  for (const link of document.querySelectorAll('.bar nav a')) {
    if (link.hash === href(name) || (name === 'operate' && link.hash.startsWith('#/operate'))) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (isFirst) return;
  window.scrollTo(0, 0);
  if (name !== 'write') focus($('view-title'));
}

/** The words of the page's frame come from the one file, too. */
function translate() {
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = T[element.dataset.text];
}

translate();
takeKeyFromAddress();
watchConnection();
watchActions();
startAccess();
startIntents();
startAttention();
startShortcuts();
$('show-keys').addEventListener('click', showKeys);
window.addEventListener('hashchange', () => {
  takeKeyFromAddress();
  show();
});
// What one key was shown is not shown to the next: the view begins anew.
onSession(() => show(true));
show();
document.documentElement.dataset.ready = 'true';
