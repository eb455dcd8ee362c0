// The services: how each is, which version and colour, how fast it answers, and the breakers between them.
import { fill, h, table } from './element.js';
import { json } from './api.js';
import { scraped } from './metrics.js';
import { pill } from './phase.js';
import { polled } from './poll.js';
import { duration } from './time.js';
import { T } from './texts.js';

/** By the value of the metric. */
const BREAKERS = ['closed', 'halfOpen', 'open'];
const LOOKS = { ok: 'good', degraded: 'wait', unavailable: 'bad', silent: 'bad', closed: 'good', open: 'bad', halfOpen: 'wait' };

/** The breakers a service has towards others, as its metrics say. */
async function breakers(name) {
  try {
    return (await scraped(name)).filter((sample) => sample.name === 'nephoran_circuit_breaker_state').map((sample) => [sample.labels.upstream, BREAKERS[sample.value]]);
  } catch { return null; }
}

/** Where nobody has named colours, everybody takes all work. */
const roleOf = (colour, { active, preview }) => (!active || colour === active ? T.active : colour === preview ? T.preview : T.idle);

async function load() {
  const [own, { services }, roles] = await Promise.all([json('/health'), json('/v1/services'), json('/v1/rollout').catch(() => null)]);
  const all = [{ name: own.service, report: own, breaker: null, latencyMs: null }, ...services];
  return Promise.all(all.map(async (service) => ({
    ...service, role: service.report && roles && roleOf(service.report.colour, roles), breakers: service.report ? await breakers(service.name) : null,
  })));
}

/** Those that are not closed by name; the others as a number. */
function breakerList(list) {
  if (list === null) return '–';
  if (!list.length) return T.noBreakers;
  const closed = list.filter(([, state]) => state === 'closed').length;
  return h('ul.plain', list.filter(([, state]) => state !== 'closed').map(([name, state]) => h('li', pill(LOOKS[state], T.breakers[state] || '?'), ' ', name)), closed ? h('li', pill(LOOKS.closed, T.closedBreakers(closed))) : null);
}

function dependencies(report) {
  const down = report.dependencies.filter((item) => item.state === 'down' || item.detail);
  return [T.dependencies(report.dependencies.filter((item) => item.state === 'up').length, report.dependencies.length),
    down.length ? h('ul.plain', down.map((item) => h('li', h('strong', item.name), item.state === 'down' ? ` ${T.down}` : '', item.detail ? ` — ${item.detail}` : ''))) : null];
}

export function servicesView(root) {
  const view = polled(root, load, (services, body) => {
    fill(body, h('div.card', table(T.pages.services, [T.service, T.state, T.version_, T.colour, T.role, T.upSince, T.latency, T.breakerToIt, T.itsBreakers, T.dependenciesHead], services.map((service) => [
      h('strong', service.name), service.report ? pill(LOOKS[service.report.status], T.health[service.report.status] || service.report.status) : [pill(LOOKS.silent, T.silent), h('p.muted', service.detail)],
      service.report?.version, service.report && h('span', { class: `colour ${service.report.colour}` }, service.report.colour), service.role, service.report && duration(service.report.uptimeSeconds * 1000),
      service.latencyMs === null ? '–' : duration(service.latencyMs), service.breaker ? pill(LOOKS[service.breaker], T.breakers[service.breaker]) : '–', breakerList(service.breakers),
      service.report ? dependencies(service.report) : '',
    ]))));
  });
  return view.close;
}
