// Finding intents that have ended, however old.
import { button, fill, h } from './element.js';
import { json, query } from './api.js';
import { intentLink, phasePill } from './phase.js';
import { empty, loading, problemBox } from './problem.js';
import { moment } from './time.js';
import { T } from './texts.js';

/** Shows what the archive holds of these words, page by page. */
export async function archiveSearch(root, words) {
  const list = h('ol.plain');
  const foot = h('div', loading());
  fill(root, h('section.card', h('h3', T.endedWith(words)), list, foot));
  const page = async (cursor) => {
    try {
      const { items, nextCursor } = await json(`/v1/archive${query({ query: words, limit: 20, cursor })}`, { isAction: true });
      list.append(...items.map((item) => h('li', intentLink(item.id, item.request.intent), ' ', phasePill(item.phase), ' ', moment(item.createdAt))));
      fill(foot, nextCursor ? button(T.older, () => page(nextCursor)) : list.childElementCount ? [] : empty(T.nothingFound));
    } catch (error) {
      fill(foot, problemBox(error, () => page(cursor)));
    }
  };
  await page();
}
