// The key. It lives in this variable and nowhere else: no storage, no cookie, no address.

let secret = '';
const listeners = new Set();

export const key = () => secret;

export function signIn(text) {
  secret = text.trim();
  for (const listener of listeners) listener();
}

export const signOut = () => signIn('');

/** @returns what ends it. */
export function onSession(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** `#key=…` is taken and at once removed from the address, so that it is not kept in the history. */
export function takeKeyFromAddress() {
  const text = location.hash.slice(1);
  if (!/(^|&)(key|intent)=/.test(text)) return;
  const fragment = new URLSearchParams(text);
  const intent = fragment.get('intent');
  history.replaceState(null, '', location.pathname + (intent ? `#/intent/${encodeURIComponent(intent)}` : ''));
  if (fragment.has('key')) signIn(fragment.get('key'));
}
