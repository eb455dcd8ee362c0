// Rates, latencies, caches, cost and error budget, from the services' own metrics: sampled while this page is open.
import { fill, focus, h } from './element.js';
import { chart } from './chart.js';
import { Listeners } from './listeners.js';
import { increase, quantile, Readings, scraped, SERVICES, sum } from './metrics.js';
import { loading, problemBox } from './problem.js';
import { onSession } from './session.js';
import { number, percent, duration } from './time.js';
import { T } from './texts.js';

const EVERY = 5000;
const KEPT = 120;
/** Of intents that end: those that failed for no fault of their own may be so many. */
const OBJECTIVE = 0.9995;
const SLOW = 2;
const DONE = new Set(['published', 'fulfilled', 'refused', 'cancelled', 'rolled_back', 'superseded']);

/** `{at, pairs, cost, budget}`: of each service that answered its two readings, null for one that cannot be compared yet. Outlives the view. */
const scrapes = [];
let readings = new Readings();
let timer = 0;
let turn = 0;
let isAsking = false;
const listeners = new Listeners();

onSession(() => {
  turn += 1;
  isAsking = false;
  scrapes.length = 0;
  readings = new Readings();
});

/** One scrape of every service; those that are silent are left out of it, and named. */
async function scrape() {
  if (isAsking || document.hidden) return;
  isAsking = true;
  const mine = turn;
  const parts = await Promise.allSettled(SERVICES.map((name) => scraped(name)));
  if (mine !== turn) return;
  isAsking = false;
  const silent = SERVICES.filter((_, index) => parts[index].status === 'rejected');
  const pairs = SERVICES.flatMap((name, index) => (parts[index].status === 'fulfilled' ? [readings.add(name, parts[index].value)] : []));
  if (pairs.length) {
    scrapes.push({ at: new Date().toISOString(), pairs, cost: sum(readings.samples, 'llm_token_costs_usd_total'), budget: budget(readings.samples) });
    if (scrapes.length > KEPT) scrapes.shift();
  }
  listeners.tell(pairs.length ? null : parts[0].reason, silent);
}

/** What `value` gives for the readings of each scrape but the first: a list of pairs. */
const compared = (value) => scrapes.slice(1).map(({ pairs }) => (pairs.includes(null) ? null : value(pairs)));
const all = (pairs, side) => pairs.flatMap((pair) => pair[side]);
/** The sum of what `value` gives for each service; null where none has any. */
const total = (pairs, value) => pairs.map(value).reduce((whole, part) => (part === null ? whole : (whole ?? 0) + part), null);
const ratio = (part, whole) => (whole > 0 ? part / whole : null);

/** The part of the error budget that is left, counted from the services' start. */
function budget(samples) {
  const ended = sum(samples, 'nephoran_intents_processed_total');
  const failed = sum(samples, 'nephoran_intents_processed_total', { outcome: 'failed' });
  return ended > 0 ? Math.max(0, 1 - failed / ended / (1 - OBJECTIVE)) : null;
}

function draw(root) {
  const ever = scrapes.map(({ at }) => at);
  const line = (name, format, series, more) => chart({ title: T.charts[name][0], hint: T.charts[name][1], times: ever.slice(1), format, series: series.map(([name, values]) => ({ name, values })), ...more });
  const gateway = { service: 'api-gateway', method: 'POST', route: '/v1/intents' };
  const quantiles = (name, labels) => [['p50', 0.5], ['p95', 0.95], ['p99', 0.99]].map(([title, q]) => [title, compared((pairs) => quantile(all(pairs, 'before'), all(pairs, 'after'), name, q, labels))]);
  const seconds = (value) => duration(value * 1000);
  const grown = (pairs, name, labels) => total(pairs, ({ before, after }) => increase(before, after, name, labels));
  const cache = (level) => compared((pairs) => ratio(grown(pairs, 'nephoran_cache_hits_total', { cache_level: level }), grown(pairs, 'nephoran_cache_requests_total', { cache_level: level })));
  const perMinute = (labels) => compared((pairs) => total(pairs, ({ before, after, seconds: time }) => { const more = increase(before, after, 'nephoran_intents_processed_total', labels); return more === null ? null : (more / time) * 60; }));
  const isOpen = [...root.querySelectorAll('details')].map((details) => details.open);
  const focused = [...root.querySelectorAll('summary')].indexOf(document.activeElement);
  fill(root, [
    line('rate', number, [[T.ended, perMinute({ outcome: DONE })], [T.failedOnes, perMinute({ outcome: 'failed' })]]),
    line('published', seconds, quantiles('nephoran_intent_duration_seconds', { outcome: new Set(['published', 'fulfilled']) }), { limit: SLOW }),
    line('accepted', seconds, quantiles('http_request_duration_seconds', gateway)),
    line('cache', percent, [['L1', cache('l1')], ['L2', cache('l2')]], { max: 1, limit: 0.7 }),
    line('cost', (value) => `${number(value)} USD`, [[T.cost, scrapes.map(({ cost }) => cost)]], { times: ever }),
    line('budget', percent, [[T.left, scrapes.map((it) => it.budget)]], { max: 1, times: ever }),
  ]);
  root.querySelectorAll('details').forEach((details, index) => { details.open = Boolean(isOpen[index]); });
  focus(root.querySelectorAll('summary')[focused]);
}

export function chartsView(root) {
  const state = h('div');
  const grid = h('div.charts');
  fill(root, [h('p.muted', T.sampled(EVERY / 1000)), state, grid]);
  const show = (error, silent = []) => {
    fill(state, error ? problemBox(error, scrape) : silent.length ? h('p.notice', T.silentServices(silent.join(', '))) : scrapes.length < 2 ? loading(T.sampling) : []);
    // Not under somebody's eyes who reads the values.
    if (scrapes.length && !(grid.contains(document.activeElement) && document.activeElement.closest('details[open]'))) draw(grid);
  };
  const leave = listeners.add(show);
  show(null);
  scrape();
  clearInterval(timer);
  timer = setInterval(scrape, EVERY);
  return () => {
    leave();
    clearInterval(timer);
  };
}
