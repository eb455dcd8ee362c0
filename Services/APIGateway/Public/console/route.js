// Addresses within the console: `#/board?stage=failed`. They can be shared: they hold no key.

export function current() {
  const [path, search] = location.hash.replace(/^#/, '').split('?');
  const parts = path.split('/').filter(Boolean).map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  return { view: parts[0] || 'write', rest: parts.slice(1), query: new URLSearchParams(search || '') };
}

export const href = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

/** Changes the query of the address in place: no step back for each letter of a search. */
export function setQuery(values) {
  const { view, rest } = current();
  const search = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
  history.replaceState(null, '', href(view, ...rest) + (search ? `?${search}` : ''));
}
