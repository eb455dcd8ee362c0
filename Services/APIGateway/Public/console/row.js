// A row of the board: made once, filled anew for whatever intent it stands for.
import { checkbox, h } from './element.js';
import { lookOf, phaseText, stepsDone, TRACK_LENGTH } from './phase.js';
import { href } from './route.js';
import { age } from './time.js';
import { T } from './texts.js';

const cell = (name, ...children) => h('div', { role: 'gridcell', class: name }, ...children);

export function makeRow({ onToggle }) {
  const parts = {
    box: checkbox({ tabindex: '-1' }),
    link: h('a', { tabindex: '-1' }),
    steps: Array.from({ length: TRACK_LENGTH }, () => h('i')),
    pill: h('span'),
    priority: h('span'),
    by: h('span'),
    age: h('time'),
  };
  const track = h('span.track', { 'aria-hidden': 'true' }, parts.steps);
  const row = h('div.intent-row', { role: 'row', tabindex: '-1' },
    cell('pick', parts.box), cell('what', parts.link), cell('way', track, parts.pill), cell('prio', parts.priority), cell('by', parts.by), cell('when', parts.age));
  row.addEventListener('animationend', () => row.classList.remove('moved'));
  parts.box.addEventListener('click', (event) => onToggle(row.item, event.shiftKey));
  row.parts = parts;
  return row;
}

const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };

export function updateRow(row, item, index, { isSelected, isActive }) {
  const { parts } = row;
  const isNew = row.item !== item;
  if (isNew || row.stamp !== item.stamp) {
    // A change of the same intent is seen; another intent in the same row is none.
    if (!isNew) row.classList.add('moved');
    else row.classList.remove('moved');
    row.item = item;
    row.stamp = item.stamp;
    row.dataset.id = item.id;
    row.dataset.phase = item.phase;
    const text = item.request?.intent ?? item.id;
    set(parts.link, text);
    parts.link.title = text;
    parts.link.href = href('intent', item.id);
    parts.box.setAttribute('aria-label', T.select(text));
    const look = lookOf(item.phase);
    parts.pill.className = `phase ${look}`;
    set(parts.pill, phaseText(item.phase));
    const done = stepsDone(item.phase);
    parts.steps.forEach((step, position) => { step.className = position < done ? look : position === done ? `${look} now` : ''; });
    parts.priority.className = `priority ${item.request?.priority}`;
    set(parts.priority, T.priorities[item.request?.priority] || '');
    set(parts.by, item.request?.requestedBy || '');
    parts.age.dateTime = item.createdAt;
    parts.age.title = item.createdAt;
  }
  if (row.position !== index) {
    row.position = index;
    row.setAttribute('aria-rowindex', index + 2);
  }
  if (parts.box.checked !== isSelected) parts.box.checked = isSelected;
  if (row.isSelected !== isSelected) row.setAttribute('aria-selected', String(row.isSelected = isSelected));
  const tab = isActive ? 0 : -1;
  if (row.tabIndex !== tab) row.tabIndex = tab;
  set(parts.age, age(item.createdAt));
}
