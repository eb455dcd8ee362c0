// Signing in: in the middle of the page where a key is needed.
import { $, fill, h } from './element.js';
import { hooks } from './api.js';
import { key, onSession, signIn, signOut } from './session.js';
import { T } from './texts.js';

/** `unknown` until an answer says whether the key, or none, will do. */
let verdict = 'unknown';
let isExpired = false;

function show() {
  const isIn = verdict === 'accepted' && key() !== '';
  fill($('access-state'), verdict === 'refused' ? (key() ? T.keyRefused : T.keyNeeded) : isIn ? T.keyAccepted : '');
  fill($('gate-problem'), verdict === 'refused' && key() ? h('p.problem', isExpired ? T.keyExpired : T.keyRefused) : []);
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
    isExpired = verdict === 'accepted';
    verdict = next;
    show();
    if (verdict === 'refused') $('gate-key').focus();
  };
  $('gate-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = $('gate-key').value;
    $('gate-key').value = '';
    signIn(text);
  });
  $('sign-out').addEventListener('click', signOut);
  onSession(() => {
    verdict = 'unknown';
    show();
  });
  fill($('gate'), [h('h2', T.gateTitle), h('p', T.gateHint), h('div', { id: 'gate-problem', role: 'alert' }), $('gate-form')]);
  show();
}
