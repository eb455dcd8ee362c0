// Searching the knowledge that models and people are shown.
import { fill, fold, h, searchField } from './element.js';
import { json, query } from './api.js';
import { empty, loading, problemBox } from './problem.js';
import { current, setQuery } from './route.js';
import { number } from './time.js';
import { T } from './texts.js';

/** `<mark>` and `</mark>` in a snippet are signs of what was found, not markup: everything else is text. */
export function marked(snippet) {
  return snippet.split(/<mark>(.*?)<\/mark>/s).map((part, index) => (index % 2 ? h('mark.found', part) : part));
}

export function knowledgeView(root) {
  const results = h('div', { 'aria-live': 'polite' });
  const field = searchField(T.searchKnowledge, { id: 'knowledge', value: current().query.get('q') || '', maxlength: '4096' });
  let abort = new AbortController();
  const search = async () => {
    const words = field.value.trim();
    setQuery({ q: words });
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    if (!words) {
      fill(results, empty(T.knowledgeTitle, T.knowledgeHint));
      return;
    }
    fill(results, loading());
    try {
      const answer = await json(`/v1/knowledge${query({ query: words, limit: 12 })}`, { isAction: true, signal });
      fill(results, answer.results.length ? [h('p.muted', T.foundPassages(answer.results.length, answer.mode), answer.note ? ` — ${answer.note}` : ''), h('ol.plain.passages', answer.results.map((passage) => h('li.card',
        h('h3', passage.title || passage.documentId), passage.heading ? h('p.muted', passage.heading) : null, h('p', marked(passage.snippet || passage.text)),
        fold(T.wholePassage, h('p.prose', passage.text)),
        h('p.muted', h('code', passage.chunkId), ' · ', [T.score(number(passage.score)), passage.source].filter(Boolean).join(' · ')))))] : empty(T.nothingFound, T.otherWords));
    } catch (error) {
      if (!signal.aborted) fill(results, problemBox(error, search));
    }
  };
  fill(root, [h('form.filters', { role: 'search', onsubmit: (event) => { event.preventDefault(); search(); } }, field, h('button.primary', { type: 'submit' }, T.search)), results]);
  search();
  return () => abort.abort();
}
