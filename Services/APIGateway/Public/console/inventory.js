// What runs where, since when, from which intent; and each package with its files and history.
import { button, debounced, fill, fold, h, pre, searchField, table } from './element.js';
import { json } from './api.js';
import { intentLink } from './phase.js';
import { itemCells, itemHeads } from './plan.js';
import { polled } from './poll.js';
import { empty, loading, problemBox } from './problem.js';
import { current, href, setQuery } from './route.js';
import { moment } from './time.js';
import { T } from './texts.js';

async function openPackage(root, item) {
  fill(root, h('section.card', loading()));
  try {
    const [shown, history] = await Promise.all([json(`/v1/packages/${item.path}`, { isAction: true }), json(`/v1/packages/${item.path}/history?limit=50`)]);
    const title = h('h3', { tabindex: '-1' }, T.package, ' ', h('code', item.path));
    fill(root, h('section.card', h('div.row', title, button(T.close, () => fill(root, []))),
      h('h4', T.files), shown.files.map((file) => fold(h('code', file.path), pre(file.content))),
      h('h4', T.history), table(T.history, [T.revision, T.time, T.by, T.what, T.commit, T.intent], history.items.map((commit) => [
        commit.revision || '–', moment(commit.at), commit.by, commit.subject, h('code.commit', commit.commit), commit.intentId ? intentLink(commit.intentId) : T.person]))));
    title.focus();
  } catch (error) {
    fill(root, h('section.card', problemBox(error, () => openPackage(root, item))));
  }
}

export function inventoryView(root) {
  let items = [];
  const results = h('div');
  const opened = h('div');
  const filter = searchField(T.filterInventory, { value: current().query.get('q') || '', oninput: debounced(() => { setQuery({ q: filter.value.trim() }); draw(); }, 120) });
  const list = h('div');
  fill(root, [list, opened]);
  const draw = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = items.filter((item) => words.every((word) => `${item.instance} ${item.function} ${item.cluster} ${item.namespace}`.toLowerCase().includes(word)));
    if (results.contains(document.activeElement)) return;
    fill(results, !items.length ? empty(T.nothingRuns, T.nothingRunsHint, h('a.button.primary', { href: href('write') }, T.writeFirst)) : !shown.length ? empty(T.noneMatch)
      : [h('p.muted', T.shown(shown.length)), table(T.pages.inventory, [...itemHeads, ''], shown.slice(0, 500).map((item) => [
        ...itemCells(item), button(T.openPackage, () => openPackage(opened, item), { 'aria-label': `${T.openPackage} ${item.path}` })]))]);
  };
  const view = polled(list, async () => (await json('/v1/inventory')).items, (loaded, body) => {
    items = loaded;
    if (!body.childElementCount) fill(body, [h('div.filters', filter), h('div.card', results)]);
    draw();
  }, 10_000);
  return view.close;
}
