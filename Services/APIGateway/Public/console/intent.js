// The page of one intent: where it is, what was understood and planned, what was done, what may be decided.
import { $, announce, button, facts, fill, focus, fold, h, pre, section, tableSection, viewTitle } from './element.js';
import { json, post, query } from './api.js';
import { decisionBar, path } from './decision.js';
import { onBack } from './connection.js';
import { onEvent, remember, store, subscribe } from './intents.js';
import { expectationTable, markedText, provenanceView, refusalBox } from './interpretation.js';
import { intentManifests } from './manifests.js';
import { isDone, isTerminal, phaseName, phasePill } from './phase.js';
import { answerView, approvalView, conflictsView, planView } from './plan.js';
import { isSilence, loading, problemBox } from './problem.js';
import { questionForm } from './questions.js';
import { href } from './route.js';
import { Stream } from './stream.js';
import { moment } from './time.js';
import { Timeline } from './timeline.js';
import { T } from './texts.js';

/** JSON that is the same for the same data: members have no order, and come in any. */
const steady = (value, space) => JSON.stringify(value, (_, it) => (it && typeof it === 'object' && !Array.isArray(it) ? Object.fromEntries(Object.keys(it).sort().map((name) => [name, it[name]])) : it), space);

const RETRY = 2000;

class IntentPage {
  constructor(root, id) {
    Object.assign(this, { root, id, path: `/v1/intents/${encodeURIComponent(id)}`, record: null, steps: [], sections: new Map(), timeline: new Timeline(), isClosed: false });
    fill(root, h('div.card', h('div.visually-hidden', viewTitle(T.intent)), loading()));
    this.read();
    this.leaves = [onBack(() => this.read()), onEvent((event) => { if (event.id === id) this.readSoon(); }), subscribe(() => this.follow())];
    this.follow();
  }

  get phase() { return this.steps.at(-1)?.phase || this.record?.phase || 'received'; }

  /** The stream of all intents tells of this one, too. A key that may not follow it follows this one, until its end: it may go on after that. */
  follow() {
    if (store.mode !== this.mode) {
      this.mode = store.mode;
      if (this.mode === 'live') this.readSoon();
    }
    const isNeeded = this.mode === 'polled' && this.record && !isTerminal(this.record.phase);
    if (isNeeded && !this.stream) {
      this.stream = new Stream(`${this.path}/events`, { onEvent: () => this.readSoon(), isOver: () => isTerminal(this.phase) });
    } else if (!isNeeded && this.stream) {
      this.stream.close();
      this.stream = null;
    }
  }

  readSoon(after = 60) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), after);
  }

  async read() {
    try {
      this.use(await json(this.path));
    } catch (error) {
      if (this.isClosed) return;
      // What is being read or typed stays, unless it may not be seen any more.
      if (this.record && ![401, 403, 404].includes(error.status)) {
        if (!isSilence(error)) this.readSoon(RETRY);
        return;
      }
      fill(this.root, h('div.card', viewTitle(T.intent), problemBox(error, () => this.read()), h('p', h('a', { href: href('board') }, T.toBoard))));
      this.sections.clear();
    }
  }

  use(record) {
    if (this.isClosed) return;
    const isFirst = !this.sections.size;
    // An answer that was overtaken.
    if (record.history.length < this.steps.length) return;
    this.record = record;
    const last = record.history.at(-1);
    if (!isFirst && last && record.history.length > this.steps.length) announce(`${phaseName(last.phase)}${last.detail ? `: ${last.detail}` : ''}`);
    this.steps = record.history;
    remember(record);
    if (isFirst) this.build();
    this.show();
    this.follow();
  }

  build() {
    const place = (name, className = '') => {
      const element = h('div', { class: className });
      this.sections.set(name, { element, data: undefined });
      return element;
    };
    fill(this.root, [
      h('div.card.head', place('head'), place('problem'), place('decide')),
      h('div.columns',
        h('div', ['answer', 'ask', 'packages', 'policies', 'verification', 'understood', 'plan', 'manifests', 'provenance', 'raw'].map((name) => place(name, 'card'))),
        h('div', h('section.card.sticky', { tabindex: '0', 'aria-labelledby': 'timeline-title' }, h('h3', { id: 'timeline-title' }, T.timeline), this.timeline.element, place('tracks')))),
    ]);
    focus($('view-title'));
  }

  /** Built again only when its data changed: what is being typed or read there stays. */
  part(name, data, build) {
    const place = this.sections.get(name);
    const text = steady(data) ?? '';
    if (place.data === text) return;
    place.data = text;
    fill(place.element, build() ?? []);
    place.element.hidden = !place.element.childElementCount;
  }

  showLive() {
    this.timeline.show(this.steps);
    const pill = $('intent-phase');
    if (pill) fill(pill, phasePill(this.phase));
  }

  show() {
    const { record } = this;
    const { interpretation, plan, request } = record;
    const ended = isTerminal(record.phase);
    this.part('head', [request, interpretation], () => [
      h('div.visually-hidden', viewTitle(T.intent, ': ', request.intent)),
      h('div.row', h('span', { id: 'intent-phase' }, phasePill(this.phase)), h('span.muted', [T.priorities[request.priority], request.requestedBy && T.byWhom(request.requestedBy)].filter(Boolean).join(' · '), ' · ', moment(record.createdAt)),
        h('span.copy', h('code', record.id), button(T.copyLink, (event) => this.copyLink(event.target)))),
      markedText(request.intent, interpretation),
    ]);
    this.showLive();
    this.part('problem', [record.problem, interpretation?.refusal, record.waitsFor, ended], () => [
      interpretation?.refusal ? refusalBox(interpretation.refusal) : record.problem ? problemBox({ problem: record.problem }) : null,
      record.waitsFor && !ended ? h('p.callout', T.waits(record.waitsFor)) : null,
    ]);
    this.part('decide', [record.phase, plan?.approvalReasons, record.approval, record.conflicts, Object.keys(record.tracks)], () => [
      record.phase === 'awaiting_approval' ? approvalView(plan) : null,
      record.approval ? h('p', T.approvedBy(record.approval.by, record.approval.reason), ' ', moment(record.approval.at)) : null,
      conflictsView(record.conflicts), this.outcome(), decisionBar(record, (after) => this.use(after)),
    ]);
    const open = record.phase === 'awaiting_clarification' ? (record.clarifications?.length ? record.clarifications : interpretation?.clarifications || []) : [];
    this.part('ask', open, () => (open.length ? [h('h3', T.questions), questionForm(open, T.answerNow, async (answers) => {
      this.use(await post(path(this.id, 'clarify'), { answers }));
      announce(T.decided.clarify);
    })] : null));
    this.part('answer', record.answer || plan?.answer, () => answerView(record.answer || plan?.answer));
    this.part('understood', interpretation?.expectations, () => expectationTable(interpretation));
    this.part('plan', plan, () => (plan && (plan.packages.length || plan.policies.length || plan.notes?.length || !plan.answer) ? planView({ ...plan, answer: undefined }) : null));
    this.part('packages', record.packages, () => tableSection(T.published, [T.package, T.change, T.revision, T.commit, T.repository], record.packages.map((item) => [
      h('code', item.path), T.changes[item.change] || item.change, item.revision, h('code.commit', item.commit), h('code', item.repository)])));
    this.part('policies', record.policies, () => tableSection(T.appliedPolicies, [T.policy, T.type, T.ric, T.change, T.enforcement], record.policies.map((item) => [
      h('code', item.policyId), item.policyType, item.ric, T.changes[item.change] || item.change, [item.enforceStatus || '', item.enforceReason ? ` (${item.enforceReason})` : '']])));
    this.part('manifests', [record.packages, plan?.packages?.map((item) => [item.path, item.result]), record.phase === 'awaiting_approval', ended], () => intentManifests(record, record.phase === 'awaiting_approval'));
    this.part('verification', record.verification, () => (record.verification ? section(T.verification, h('p', T.verified[record.verification.state] || record.verification.state, ' · ', moment(record.verification.at)),
      h('ul', record.verification.checks.map((check) => h('li.break', check)))) : null));
    this.part('provenance', interpretation?.provenance, () => provenanceView(interpretation));
    this.part('tracks', record.tracks, () => (Object.keys(record.tracks).length ? [h('h4', T.tracks), facts(Object.entries(record.tracks).map(([name, track]) => [T.trackNames[name] || name, [h('span', { class: `track-state ${track.state}` }, T.trackStates[track.state] || track.state), track.detail ? ` ${track.detail}` : '']]))] : null));
    this.part('raw', record, () => {
      const details = fold(h('h3', T.rawRecord));
      details.addEventListener('toggle', () => { if (details.open && details.childElementCount === 1) details.append(pre(steady(record, 2))); });
      details.open = this.rawIsOpen;
      details.addEventListener('toggle', () => { this.rawIsOpen = details.open; });
      return details;
    });
  }

  /** What has come of it, and where to go from there. */
  outcome() {
    const { phase, packages, policies, answer, plan } = this.record;
    const isNothing = isDone(phase) && !packages.length && !policies.length;
    const words = isNothing ? !answer && !plan?.answer && T.outcomes.nothing : T.outcomes[phase];
    if (!words) return null;
    const there = isDone(phase) && packages.find((item) => item.change !== 'delete');
    return h('p', words, ' ', there ? [h('a', { href: href('operate', 'inventory') + query({ q: `${there.instance} ${there.path.split('/')[1]}` }) }, T.seeInventory), ' · '] : null, h('a', { href: href('write') }, T.writeAnother));
  }

  async copyLink(target) {
    try {
      await navigator.clipboard.writeText(`${location.origin}/${href('intent', this.id)}`);
      target.textContent = T.copied;
    } catch { target.textContent = T.copyFromBar; }
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.stream?.close();
    for (const leave of this.leaves) leave();
  }
}

export function intentView(root, id) {
  const page = new IntentPage(root, id);
  return () => page.close();
}
