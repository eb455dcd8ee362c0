// The rollout: which colour is active, how the new version is judged, and the two decisions about it.
import { alerts, announce, button, facts, fill, h, section, table } from './element.js';
import { json, post } from './api.js';
import { confirm } from './dialog.js';
import { pill } from './phase.js';
import { polled } from './poll.js';
import { empty, problemBox } from './problem.js';
import { duration, moment, number, percent } from './time.js';
import { T } from './texts.js';

const LOOKS = { waiting: 'wait', done: 'good', watching: 'good', rolledBack: 'bad', aborted: 'bad', rollingBack: 'bad' };
const OVER = new Set(['done', 'rolledBack', 'aborted']);

const colour = (name) => h('span', { class: `colour ${name}` }, name);

/** What may be asked now, `[name, title, detail, path, body]`: of who drives the run, or, where nobody does, of the ledger itself. */
function decisions({ active, preview, run, wish }) {
  if (run && !OVER.has(run.state)) {
    if (wish?.verb === 'abort' || run.state === 'rollingBack') return [];
    const path = `/v1/rollout/runs/${run.id}`;
    const back = ['abort', T.abortRun, T.abortDetail(run), `${path}/abort`];
    return run.state === 'waiting' && !wish ? [['promote', T.promoteRun, T.promoteDetail(run), `${path}/promote`], back] : [back];
  }
  if (!active || !preview) return [];
  return [['promote', T.promoteColour(preview), T.colourDetail, '/v1/rollout/promote', { colour: preview, active }],
    ['abort', T.abortColour(preview), T.colourDetail, '/v1/rollout/abort', { colour: preview }]];
}

function runOf(run, actions) {
  return section(T.lastRollout, h('div.card',
    facts([[T.state, [pill(LOOKS[run.state], T.rolloutStates[run.state] || run.state), run.detail && run.state !== 'waiting' ? ` ${run.detail}` : '']],
      [T.colour, [colour(run.from), ' → ', colour(run.to)]], [T.executables, h('code.break', run.toDirectory)], [T.begun, moment(run.startedAt)], [T.lastChange, moment(run.updatedAt)]]),
    table(T.measurements, [T.time, T.measuredOf, T.requests, T.succeeded, 'p95', T.fault], run.measurements.map((it) => [
      moment(it.at), it.of, number(it.requests), percent(it.successRate), duration(it.p95Seconds * 1000), it.fault || '–']).reverse()), actions));
}

export function rolloutView(root) {
  const problems = alerts();
  const list = h('div');
  let drawn = '';
  fill(root, [problems, list]);
  const decide = async ([name, title, detail, path, body]) => {
    if (await confirm({ title, detail, action: T[name], isDangerous: name === 'abort', hasReason: false }) === null) return;
    fill(problems, []);
    try {
      await post(path, body);
      announce(T.rolloutDone);
      view.again();
    } catch (error) {
      fill(problems, problemBox(error));
    }
  };
  const view = polled(list, () => json('/v1/rollout'), (it, body) => {
    // The buttons stay where they are, and keep the focus, while nothing changes.
    const said = JSON.stringify(it);
    if (said === drawn && body.childElementCount) return;
    drawn = said;
    const actions = h('div.actions', decisions(it).map((decision) => button(T[decision[0]], () => decide(decision), { class: decision[0] === 'abort' ? 'danger' : 'primary', 'data-rollout': decision[0] })));
    const isOfRun = it.run && !OVER.has(it.run.state);
    fill(body, [
      it.wish ? h('p.notice', { role: 'status' }, T.wished(it.wish)) : null,
      it.run ? runOf(it.run, isOfRun ? actions : null) : empty(T.noRollout, T.noRolloutHint),
      section(T.rolesTitle, h('div.card', table(T.rolesTitle, [T.partitions, T.active, T.preview, T.epoch], it.rules.map((rule) => [
        number(rule.partitions), rule.active ? colour(rule.active) : T.everybody, rule.preview ? colour(rule.preview) : '–', number(rule.epoch)])), isOfRun ? null : actions))]);
  }, 2000);
  return view.close;
}
