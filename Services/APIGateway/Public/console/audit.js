// Who did what: all transitions backwards, and what happens while one looks.
import { button, checkbox, fill, frame, h, row } from './element.js';
import { json, query } from './api.js';
import { onEvent, store, subscribe } from './intents.js';
import { SERVICES } from './metrics.js';
import { intentLink, phasePill } from './phase.js';
import { empty, loading, problemBox } from './problem.js';
import { current, setQuery } from './route.js';
import { moment } from './time.js';
import { T } from './texts.js';

const PAGE = 200;
const MOST = 1000;

export function auditView(root) {
  let cursor;
  let people = !current().query.has('all');
  let turn = 0;
  let { begun } = store;
  /** What is shown: an event may come live and with a page. */
  const seen = new Set();
  const name = (event) => `${event.id} ${event.at} ${event.phase} ${event.detail || ''}`;
  const isNew = (event) => !seen.has(name(event)) && seen.add(name(event));
  const body = h('tbody');
  const foot = h('div');
  const check = checkbox({ checked: people, onchange: () => { people = check.checked; setQuery({ all: people ? '' : 'true' }); restart(); } });
  const rowOf = (event) => row([moment(event.at), h('strong', event.by), phasePill(event.phase, true), h('span.break', event.detail || ''),
    intentLink(event.id, store.byID.get(event.id)?.request?.intent || event.id)], { 'data-event': name(event) });
  const more = async () => {
    turn += 1;
    const mine = turn;
    fill(foot, loading());
    try {
      // A page may hold nothing of interest although there is more.
      for (let count = 0; count < 10; count += 1) {
        const page = await json(`/v1/audit${query({ limit: PAGE, cursor, people: people ? 'true' : '' })}`);
        if (mine !== turn) return;
        body.append(...page.items.filter(isNew).map(rowOf));
        cursor = page.nextCursor;
        if (!cursor || page.items.length) break;
      }
      fill(foot, cursor && body.childElementCount < MOST ? button(T.older, more) : body.childElementCount ? [] : empty(T.nothingHappened));
    } catch (error) {
      if (mine === turn) fill(foot, problemBox(error, more));
    }
  };
  const restart = () => {
    cursor = undefined;
    seen.clear();
    fill(body, []);
    more();
  };
  fill(root, [h('div.filters', h('label.check', check, ' ', T.peopleOnly)),
    h('div.card', frame(T.pages.audit, [T.time, T.by, T.phase, T.what, T.intent], body), foot)]);
  restart();
  const leaves = [subscribe(() => {
    // What happened before the stream began may be on no page that was read before.
    if (begun !== store.begun) {
      begun = store.begun;
      restart();
    }
  }), onEvent((event) => {
    if ((people && SERVICES.includes(event.by)) || !isNew(event)) return;
    body.prepend(rowOf(event));
    while (body.childElementCount > MOST) {
      seen.delete(body.lastElementChild.dataset.event);
      body.lastElementChild.remove();
    }
    if (foot.querySelector('.empty')) fill(foot, []);
  })];
  return () => {
    turn += 1;
    for (const leave of leaves) leave();
  };
}
