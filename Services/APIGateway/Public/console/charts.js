// Rates, latencies, caches, cost and error budget, from the services' own metrics: sampled while this page is open.
import { fill, h } from './element.js';
import { text } from './api.js';
import { chart } from './chart.js';
import { increase, parse, quantile, sum } from './metrics.js';
import { loading, problemBox } from './problem.js';
import { number, percent, duration } from './time.js';
import { T } from './texts.js';

const EVERY = 5000;
const KEPT = 120;
/** Of intents that end: those that failed for no fault of their own may be so many. */
const OBJECTIVE = 0.9995;
const SLOW = 2;
const SERVICES = ['llm-processor', 'rag-api', 'manifest-generator', 'oran-adaptor', 'nephio-bridge'];
const DONE = new Set(['published', 'fulfilled', 'refused', 'cancelled', 'rolled_back', 'superseded']);

/** Of all services together, as they are known so far. Outlives the view. */
const scrapes = [];
let timer = 0;
let isAsking = false;
const listeners = new Set();

/** One scrape of every service; those that are silent are left out of it, and named. */
async function scrape() {
  if (isAsking || document.hidden) return;
  isAsking = true;
  try {
    const parts = await Promise.allSettled([text('/metrics', { accept: 'text/plain' }), ...SERVICES.map((name) => text(`/v1/services/${name}/metrics`, { accept: 'text/plain' }))]);
    const failed = parts.find((part) => part.status === 'rejected')?.reason;
    const silent = ['api-gateway', ...SERVICES].filter((_, index) => parts[index].status === 'rejected');
    const samples = parts.flatMap((part) => (part.status === 'fulfilled' ? parse(part.value) : []));
    if (samples.length) {
      // A rate needs the same services before and after.
      scrapes.push({ at: new Date().toISOString(), samples, silent: silent.join() });
      if (scrapes.length > KEPT) scrapes.shift();
    }
    for (const listener of listeners) listener(samples.length ? null : failed, silent);
  } finally {
    isAsking = false;
  }
}

/** What `value` gives for each pair of neighbouring scrapes. */
const pairs = (value) => scrapes.slice(1).map((after, index) => {
  const before = scrapes[index];
  return before.silent === after.silent ? value(before.samples, after.samples, (new Date(after.at) - new Date(before.at)) / 1000) : null;
});
const ratio = (part, whole) => (whole > 0 ? part / whole : null);

/** The part of the error budget that is left, counted from the services' start. */
function budget(samples) {
  const total = sum(samples, 'nephoran_intents_processed_total');
  const failed = sum(samples, 'nephoran_intents_processed_total', { outcome: 'failed' });
  return total > 0 ? Math.max(0, 1 - failed / total / (1 - OBJECTIVE)) : null;
}

function draw(root) {
  const times = scrapes.slice(1).map((scraped) => scraped.at);
  const gateway = { service: 'api-gateway', method: 'POST', route: '/v1/intents' };
  const quantiles = (name, labels) => [['p50', 0.5], ['p95', 0.95], ['p99', 0.99]].map(([title, q]) => ({ name: title, values: pairs((before, after) => quantile(before, after, name, q, labels)) }));
  const seconds = (value) => duration(value * 1000);
  const cache = (level) => pairs((before, after) => ratio(increase(before, after, 'nephoran_cache_hits_total', { cache_level: level }), increase(before, after, 'nephoran_cache_requests_total', { cache_level: level })));
  const perMinute = (labels) => pairs((before, after, time) => { const grown = increase(before, after, 'nephoran_intents_processed_total', labels); return grown === null ? null : (grown / time) * 60; });
  const isOpen = [...root.querySelectorAll('details')].map((details) => details.open);
  fill(root, [
    chart({ title: T.rateChart, hint: T.rateHint, times, format: number, series: [{ name: T.ended, values: perMinute({ outcome: DONE }) }, { name: T.failedOnes, values: perMinute({ outcome: 'failed' }) }] }),
    chart({ title: T.intentLatency, hint: T.intentLatencyHint, times, format: seconds, limit: SLOW, series: quantiles('nephoran_intent_duration_seconds', { outcome: new Set(['published', 'fulfilled']) }) }),
    chart({ title: T.acceptLatency, hint: T.acceptLatencyHint, times, format: seconds, series: quantiles('http_request_duration_seconds', gateway) }),
    chart({ title: T.cacheChart, hint: T.cacheHint, times, format: percent, max: 1, limit: 0.7, series: [{ name: 'L1', values: cache('l1') }, { name: 'L2', values: cache('l2') }] }),
    chart({ title: T.costChart, hint: T.costHint, times: scrapes.map((scraped) => scraped.at), format: (value) => `${number(value)} USD`, series: [{ name: T.cost, values: scrapes.map(({ samples }) => sum(samples, 'llm_token_costs_usd_total')) }] }),
    chart({ title: T.budgetChart, hint: T.budgetHint(percent(OBJECTIVE)), times: scrapes.map((scraped) => scraped.at), format: percent, max: 1, series: [{ name: T.left, values: scrapes.map(({ samples }) => budget(samples)) }] }),
  ]);
  root.querySelectorAll('details').forEach((details, index) => { details.open = Boolean(isOpen[index]); });
}

export function chartsView(root) {
  const state = h('div', {});
  const grid = h('div', { class: 'charts' });
  fill(root, [h('p', { class: 'muted' }, T.sampled(EVERY / 1000)), state, grid]);
  const show = (error, silent = []) => {
    fill(state, error ? problemBox(error, scrape) : silent.length ? h('p', { class: 'notice' }, T.silentServices(silent.join(', '))) : scrapes.length < 2 ? loading(T.sampling) : []);
    // Not under somebody's eyes who reads the values.
    if (scrapes.length && !grid.contains(document.activeElement)) draw(grid);
  };
  listeners.add(show);
  show(null);
  scrape();
  clearInterval(timer);
  timer = setInterval(scrape, EVERY);
  return () => {
    listeners.delete(show);
    clearInterval(timer);
  };
}
