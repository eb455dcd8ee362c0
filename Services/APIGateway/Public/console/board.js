// The board: every intent on its way, live.
import { $, announce, button, checkbox, debounced, fill, focus, h, searchField, viewTitle } from './element.js';
import { archiveSearch } from './archive.js';
import { BulkBar } from './bulk.js';
import { MOST, reload, store, subscribe } from './intents.js';
import { STAGES, stageOf } from './phase.js';
import { empty, isSilence, loading, problemBox } from './problem.js';
import { current, href, setQuery } from './route.js';
import { makeRow, updateRow } from './row.js';
import { T } from './texts.js';
import { VirtualRows } from './virtual.js';

const PRIORITIES = ['critical', 'high', 'medium', 'low'];

class Board {
  constructor(root) {
    const asked = current().query;
    this.filter = { stage: asked.get('stage') || '', priority: asked.get('priority') || '', q: asked.get('q') || '' };
    this.selection = new Set();
    this.active = 0;
    this.last = -1;
    this.bulk = new BulkBar(this.selection, () => {
      this.selection.clear();
      this.update();
    });
    this.chips = new Map();
    this.state = h('div');
    this.archive = h('div');
    this.build(root);
    this.rows = new VirtualRows({
      scroller: this.scroller, spacer: this.spacer, make: () => makeRow({ onToggle: (item, isRange) => this.toggle(item, isRange) }),
      update: (row, item, index) => updateRow(row, item, index, { isSelected: this.selection.has(item.id), isActive: index === this.active }),
    });
    this.unsubscribe = subscribe(() => this.update());
    this.timer = setInterval(() => this.rows.draw(), 1000);
    this.update();
  }

  build(root) {
    const search = searchField(T.searchBoard, { id: 'board-search', value: this.filter.q, oninput: debounced(() => this.setFilter({ q: search.value.trim() }), 120) });
    const priority = h('select', { 'aria-label': T.priority, onchange: () => this.setFilter({ priority: priority.value }) },
      h('option', { value: '' }, T.allPriorities), PRIORITIES.map((name) => h('option', { value: name, selected: name === this.filter.priority }, T.priorities[name])));
    const chips = [{ id: '' }, ...STAGES].map((stage) => {
      const count = h('b', '0');
      const chip = button([count, h('span', stage.id ? T.stages[stage.id] : T.all)], () => this.setFilter({ stage: stage.id }), { class: `chip ${stage.id}` });
      this.chips.set(stage.id, { chip, count });
      return chip;
    });
    this.all = checkbox({ 'aria-label': T.selectAll, onclick: () => this.toggleAll() });
    this.spacer = h('div.spacer', { role: 'presentation' });
    this.scroller = h('div.scroller', { role: 'rowgroup' }, this.spacer);
    this.grid = h('div.grid', { role: 'grid', 'aria-label': T.board, 'aria-multiselectable': 'true', onkeydown: (event) => this.key(event) },
      h('div', { role: 'rowgroup' }, h('div.board-head', { role: 'row', 'aria-rowindex': '1' },
        h('span.pick', { role: 'columnheader' }, this.all), [['what', T.intent], ['way', T.way], ['prio', T.priority], ['by', T.by], ['when', T.ageHead]].map(([name, text]) => h('span', { role: 'columnheader', class: name }, text)))),
      this.scroller);
    this.mode = h('span.mode', { role: 'status' });
    fill(root, [
      h('div.row', viewTitle(T.board), this.mode),
      h('div.chips', { role: 'group', 'aria-label': T.stage }, chips),
      h('div.filters', search, priority), this.bulk.element, this.state, this.grid, this.archive,
    ]);
  }

  setFilter(change) {
    Object.assign(this.filter, change);
    setQuery(this.filter);
    this.scroller.scrollTop = 0;
    this.active = 0;
    fill(this.archive, []);
    this.update();
    announce(T.shown(this.items.length));
  }

  update() {
    const { stage, priority, q } = this.filter;
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    const counts = new Map();
    const items = [];
    for (const item of store.order) {
      if (priority && item.request?.priority !== priority) continue;
      if (words.length && !words.every((word) => item.words.includes(word))) continue;
      const its = stageOf(item.phase);
      counts.set(its, (counts.get(its) || 0) + 1);
      if (!stage || its === stage) items.push(item);
    }
    const active = this.items?.[this.active];
    this.items = items;
    // The active row stays active wherever its intent has come to.
    if (active && this.active > 0) this.active = Math.max(0, items.indexOf(active));
    let sum = 0;
    for (const count of counts.values()) sum += count;
    for (const [id, { chip, count }] of this.chips) {
      const text = (id ? counts.get(id) || 0 : sum).toLocaleString('en');
      if (count.textContent !== text) count.textContent = text;
      chip.setAttribute('aria-pressed', String(id === stage));
      chip.classList.toggle('zero', text === '0');
    }
    this.grid.hidden = !items.length;
    this.grid.setAttribute('aria-rowcount', items.length + 1);
    this.rows.set(items);
    this.all.checked = items.length > 0 && this.selection.size >= items.length;
    this.bulk.show();
    this.showState(items);
  }

  showState(items) {
    const mode = store.mode === 'live' ? T.live : store.mode === 'polled' ? T.polled : T.notLive;
    if (this.mode.textContent !== mode) {
      this.mode.textContent = mode;
      this.mode.className = `mode ${store.mode}`;
    }
    const isNothing = !store.order.length;
    const kind = store.error && !isSilence(store.error) ? `error ${store.error.code}` : isNothing && store.isLoading ? 'loading' : isNothing && store.error ? 'silent' : isNothing ? 'empty'
      : items.length ? (store.hasMore ? 'more' : '') : 'none';
    if (kind + this.filter.q === this.kind) return;
    this.kind = kind + this.filter.q;
    const search = this.filter.q ? button(T.searchEnded(this.filter.q), () => archiveSearch(this.archive, this.filter.q)) : null;
    fill(this.state, {
      loading: () => loading(),
      empty: () => empty(T.noIntents, T.noIntentsHint, h('a.button.primary', { href: href('write') }, T.writeFirst)),
      none: () => empty(T.noneMatch, T.noneMatchHint, [button(T.clearFilters, () => this.clear()), search]),
      silent: () => empty(T.disconnected, T.disconnectedDetail),
      more: () => h('p.muted', T.newest(MOST), ' ', search),
      '': () => (search ? h('p.muted', search) : []),
    }[kind]?.() ?? problemBox(store.error, reload));
  }

  clear() {
    $('board-search').value = '';
    this.grid.parentNode.querySelector('.filters select').value = '';
    this.setFilter({ stage: '', priority: '', q: '' });
  }

  toggle(item, isRange) {
    const index = this.items.indexOf(item);
    const isOn = !this.selection.has(item.id);
    const [from, to] = isRange && this.last >= 0 ? [Math.min(this.last, index), Math.max(this.last, index)] : [index, index];
    for (let at = from; at <= to; at += 1) {
      if (isOn) this.selection.add(this.items[at].id);
      else this.selection.delete(this.items[at].id);
    }
    this.last = index;
    this.update();
  }

  toggleAll() {
    if (this.all.checked) for (const item of this.items) this.selection.add(item.id);
    else this.selection.clear();
    this.update();
  }

  key(event) {
    const row = event.target.closest('.intent-row');
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: this.rows.page, PageUp: -this.rows.page, Home: -Infinity, End: Infinity };
    const index = this.items.indexOf(row.item);
    if (event.key in moves) this.go(Math.min(this.items.length - 1, Math.max(0, index + moves[event.key])));
    else if (event.key === 'Enter' && event.target === row) location.hash = href('intent', row.item.id);
    else if (event.key === ' ') this.toggle(row.item, event.shiftKey);
    else return;
    event.preventDefault();
  }

  go(index) {
    this.active = index;
    focus(this.rows.show(index));
  }

  close() {
    clearInterval(this.timer);
    this.unsubscribe();
    this.rows.close();
  }
}

export function boardView(root) {
  const board = new Board(root);
  return () => board.close();
}
