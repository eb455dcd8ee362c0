// Keys for who does not like the mouse. Single letters can be turned off (WCAG 2.1.4); they never act while something is typed.
import { $, checkbox, h } from './element.js';
import { tell } from './dialog.js';
import { href } from './route.js';
import { T } from './texts.js';

let isOn = true;

const go = (...parts) => { location.hash = href(...parts); };
const KEYS = {
  w: () => go('write'), b: () => go('board'), o: () => go('operate', 'services'),
  n: () => { $('attention').querySelector('a')?.focus(); },
  '/': () => { document.querySelector('main input[type=search], #intent')?.focus(); },
  c: () => { $('curl-panel').open = !$('curl-panel').open; },
  '?': () => showKeys(),
};

export function showKeys() {
  const box = checkbox({ checked: isOn, onchange: () => { isOn = box.checked; } });
  tell(T.keysTitle, h('dl.keys', T.keys.map(([key, words]) => h('div', h('dt', h('kbd', key)), h('dd', words)))), h('label.check', box, ' ', T.keysOn));
}

export function startShortcuts() {
  document.addEventListener('keydown', (event) => {
    if (!isOn || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || $('dialog').open) return;
    if (event.target.closest?.('input, textarea, select, [contenteditable]')) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
