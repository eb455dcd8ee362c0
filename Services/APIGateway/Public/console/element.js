// The one place where elements are made. Text only ever becomes text nodes: nothing here, or anywhere, parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

function build(create, name, parts) {
  const [tag, ...classes] = name.split('.');
  const element = create(tag);
  const attributes = parts[0]?.constructor === Object ? parts.shift() : {};
  if (classes.length) element.setAttribute('class', classes.join(' '));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  return fill(element, parts, true);
}

/** An element, `tag.class.class`, perhaps with attributes and listeners (`onclick`), and children; strings become text, nothing becomes nothing. */
export const h = (name, ...parts) => build((tag) => document.createElement(tag), name, parts);

export const svg = (name, ...parts) => build((tag) => document.createElementNS(SVG, tag), name, parts);

export const $ = (id) => document.getElementById(id);

/** Replaces what is in an element. */
export function fill(element, children, keeps = false) {
  const nodes = [children].flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false && child !== '');
  if (keeps) element.append(...nodes);
  else element.replaceChildren(...nodes);
  return element;
}

export const button = (label, onclick, attributes = {}) => h('button', { type: 'button', onclick, ...attributes }, label);

export const searchField = (label, attributes) => h('input', { type: 'search', placeholder: label, 'aria-label': label, autocomplete: 'off', spellcheck: 'false', ...attributes });

/** The title of a view: takes the focus when it is come to. */
export const viewTitle = (...parts) => h('h2', { id: 'view-title', tabindex: '-1' }, parts);

export const section = (title, ...children) => h('section.part', h('h3', title), ...children);

/** A table that can be scrolled sideways, also by keyboard, around a body whose rows come and go. */
export function frame(caption, heads, body, attributes = {}) {
  return h('div.scroll', { tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', attributes, h('caption.visually-hidden', caption), h('thead', h('tr', heads.map((head) => h('th', { scope: 'col' }, head)))), body));
}

export const row = (cells, attributes = {}) => h('tr', attributes, cells.map((cell) => h('td', cell ?? '')));

/** `rows` are lists of cells; null without any. */
export const table = (caption, heads, rows, attributes) => (rows.length
  ? frame(caption, heads, h('tbody', rows.map((cells) => row(cells))), attributes) : null);

/** The same below its title. */
export const tableSection = (title, heads, rows) => (rows.length ? section(title, table(title, heads, rows)) : null);

/** Where problems are said, also to who cannot see them. */
export const alerts = () => h('div', { role: 'alert' });

export const checkbox = (attributes) => h('input', { type: 'checkbox', ...attributes });

/** Without scrolling to it. */
export const focus = (element) => element?.focus({ preventScroll: true });

/** Text as it is written, that can be scrolled by keyboard. */
export const pre = (...children) => h('pre', { tabindex: '0' }, children);

/** What is shown when it is opened. */
export const fold = (title, ...children) => h('details', h('summary', title), children);

/** A list of names and values. */
export function facts(pairs) {
  return h('dl.facts', pairs.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
    .map(([name, value]) => h('div', h('dt', name), h('dd', value))));
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
