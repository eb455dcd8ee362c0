// The key. It lives in this variable and nowhere else: no storage, no cookie, no address.

import { Listeners } from './listeners.js';

let secret = '';
const listeners = new Listeners();

export const key = () => secret;

export function signIn(text) {
  secret = text.trim();
  listeners.tell();
}

export const signOut = () => signIn('');

export const onSession = (listener) => listeners.add(listener);

/** `#key=…` is taken and at once removed from the address, so that it is not kept in the history. */
export function takeKeyFromAddress() {
  const text = location.hash.slice(1);
  if (!/(^|&)(key|intent)=/.test(text)) return;
  const fragment = new URLSearchParams(text);
  const intent = fragment.get('intent');
  history.replaceState(null, '', location.pathname + (intent ? `#/intent/${encodeURIComponent(intent)}` : ''));
  if (fragment.has('key')) signIn(fragment.get('key'));
}
