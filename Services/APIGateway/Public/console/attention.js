// What needs a person: at the top of every page, oldest first, with its age.
import { $, button, debounced, fill, h } from './element.js';
import { json } from './api.js';
import { onEvent, store, subscribe } from './intents.js';
import { isWaiting, phasePill } from './phase.js';
import { key, onSession } from './session.js';
import { href } from './route.js';
import { age } from './time.js';
import { T } from './texts.js';

const SHOWN = 3;
const LIMIT = 200;
let waiting = new Map();
let isComplete = true;
let isOpen = false;

/** A list for each phase: the store may not reach back as far as the oldest question. */
async function load() {
  const asker = key();
  try {
    const pages = await Promise.all(['awaiting_approval', 'awaiting_clarification'].map((phase) => json(`/v1/intents?phase=${phase}&limit=${LIMIT}`)));
    if (asker !== key()) return;
    waiting = new Map(pages.flatMap((page) => page.items || []).map((item) => [item.id, item]));
    isComplete = pages.every((page) => !page.nextCursor);
  } catch { return; /* the views say what is wrong; what is known stays */ }
  show();
}

function show() {
  // What the stream has told since the list was made.
  const items = [...waiting.values()].map((item) => store.byID.get(item.id) || item).filter((item) => isWaiting(item.phase)).sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1));
  const bar = $('attention');
  bar.hidden = !items.length;
  document.title = items.length ? `(${items.length}) ${T.title}` : T.title;
  if (!items.length) return;
  const shown = isOpen ? items.slice(0, 50) : items.slice(0, SHOWN);
  const focused = bar.contains(document.activeElement) ? document.activeElement.getAttribute('data-id') : null;
  fill(bar, [
    h('h2', h('span.count', `${items.length}${isComplete ? '' : '+'}`), ' ', T.needsYou(items.length)),
    h('ul.plain', shown.map((item) => h('li', h('a', { href: href('intent', item.id), 'data-id': item.id },
      phasePill(item.phase), h('span.text', item.request?.intent ?? item.id), h('span.age', T.waitsFor(age(item.updatedAt))))))),
    items.length > SHOWN ? button(isOpen ? T.showFewer : T.showAll(items.length), () => { isOpen = !isOpen; show(); }, { 'data-id': 'more', 'aria-expanded': String(isOpen) }) : null,
  ]);
  if (focused) bar.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}

export function startAttention() {
  const soon = debounced(load, 200);
  onSession(() => { waiting = new Map(); show(); soon(); });
  onEvent((event) => { if (isWaiting(event.phase) || waiting.has(event.id)) soon(); });
  // A key that may not follow all intents: whenever the store has asked anew.
  let wasLoading = false;
  subscribe(() => {
    if (wasLoading && !store.isLoading) soon();
    wasLoading = store.isLoading;
  });
  setInterval(() => { if (!document.hidden) show(); }, 5000);
  load();
}
