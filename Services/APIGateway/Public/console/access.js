// Signing in: in the bar, and in the middle of the page where a key is needed.
import { $, fill, h } from './element.js';
import { hooks } from './api.js';
import { key, onSession, signIn, signOut } from './session.js';
import { T } from './texts.js';

/** `unknown` until an answer says whether the key, or none, will do. */
let verdict = 'unknown';

function show() {
  const isIn = verdict === 'accepted' && key() !== '';
  fill($('access-state'), verdict === 'refused' ? (key() ? T.keyRefused : T.keyNeeded) : isIn ? T.keyAccepted : '');
  $('key-field').hidden = isIn || verdict === 'refused';
  $('sign-out').hidden = !key();
  const gate = $('gate');
  gate.hidden = verdict !== 'refused';
  $('view').hidden = verdict === 'refused';
  $('attention').classList.toggle('gated', verdict === 'refused');
}

export function startAccess() {
  const answer = hooks.answer;
  hooks.answer = (response) => {
    answer(response);
    // What needs no key says nothing about it.
    if (!new URL(response.url).pathname.startsWith('/v1/')) return;
    const next = response.status === 401 ? 'refused' : 'accepted';
    if (next === verdict) return;
    verdict = next;
    show();
    if (verdict === 'refused') $('gate-key').focus();
  };
  for (const [form, field] of [['access', 'key'], ['gate-form', 'gate-key']]) {
    $(form).addEventListener('submit', (event) => {
      event.preventDefault();
      const text = $(field).value;
      $(field).value = '';
      signIn(text);
    });
  }
  $('sign-out').addEventListener('click', signOut);
  onSession(() => {
    verdict = 'unknown';
    show();
  });
  fill($('gate'), [h('h2', T.gateTitle), h('p', T.gateHint), $('gate-form')]);
  show();
}
