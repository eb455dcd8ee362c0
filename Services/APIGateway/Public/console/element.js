// The one place where elements are made. Text only ever becomes text nodes: nothing here, or anywhere, parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  return fill(element, children, true);
}

/** An element with attributes, listeners (`onclick`) and children; strings become text, nothing becomes nothing. */
export const h = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);

export const svg = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

export const $ = (id) => document.getElementById(id);

/** Replaces what is in an element. */
export function fill(element, children, keeps = false) {
  const nodes = [children].flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false && child !== '');
  if (keeps) element.append(...nodes);
  else element.replaceChildren(...nodes);
  return element;
}

export const button = (label, onclick, attributes = {}) => h('button', { type: 'button', onclick, ...attributes }, label);

export const section = (title, ...children) => h('section', { class: 'part' }, h('h3', {}, title), ...children);

/** A table whose rows can be scrolled sideways, also by keyboard; null without rows. `rows` are lists of cells. */
export function table(caption, heads, rows, attributes = {}) {
  if (!rows.length) return null;
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', attributes,
      h('caption', { class: 'visually-hidden' }, caption),
      h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell) => h('td', {}, cell ?? '')))))));
}

/** A list of names and values. */
export function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
    .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

/** Calls `work` once, `milliseconds` after the last call. */
export function debounced(work, milliseconds) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), milliseconds);
  };
}

/** Calls `work` at most once a frame. */
export function framed(work) {
  let frame = 0;
  return () => {
    frame ||= requestAnimationFrame(() => { frame = 0; work(); });
  };
}

/** Says something to who cannot see it. */
export function announce(text) { $('announcement').textContent = text; }
