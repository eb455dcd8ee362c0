// Writing an intent: explained while it is typed, planned before it is sent.
import { $, alerts, announce, button, checkbox, debounced, fill, focus, fold, h, section, viewTitle } from './element.js';
import { json, newKey, post } from './api.js';
import { onBack } from './connection.js';
import { remember } from './intents.js';
import { expectationTable, markedText, provenanceView, refusalBox } from './interpretation.js';
import { plannedManifests } from './manifests.js';
import { approvalView, conflictsView, planView } from './plan.js';
import { loading, problemBox } from './problem.js';
import { questionForm } from './questions.js';
import { href } from './route.js';
import { T } from './texts.js';

const PAUSE = 350;
/** What is being written survives a look elsewhere. */
const draft = { text: '', priority: 'medium', namespace: '', cluster: '', approval: false };
/** The submission whose outcome is unknown: repeating it uses the same idempotency key. */
let pending = null;

function body() {
  const all = { intent: draft.text.trim(), priority: draft.priority };
  for (const name of ['namespace', 'cluster']) if (draft[name]) all[name] = draft[name];
  if (draft.approval) all.approval = 'required';
  return all;
}

/** With an idempotency key that stays the same until the outcome is known. */
async function submit(headers = {}) {
  const all = body();
  const text = JSON.stringify(all);
  if (pending?.text !== text) pending = { text, key: newKey() };
  const accepted = await post('/v1/intents', all, { headers: { 'Idempotency-Key': pending.key, ...headers } });
  pending = null;
  draft.text = '';
  return accepted;
}

/** The first line of the explanation: what would happen if it were sent now. */
function verdict(result) {
  const plan = result.plan;
  if (result.interpretation.refusal || result.problem) return ['bad', T.wouldRefuse];
  if (result.clarifications?.length) return ['wait', T.wouldAsk(result.clarifications.length)];
  if (result.conflicts?.length) return ['wait', T.wouldConflict];
  if (plan?.approvalReasons?.length || draft.approval) return ['wait', T.wouldWait];
  if (plan?.answer) return ['good', T.wouldAnswer];
  if (plan && [...plan.packages, ...plan.policies].every((change) => change.change === 'none')) return ['still', T.wouldChangeNothing];
  return ['good', T.wouldDo];
}

class Composer {
  constructor(root) {
    this.abort = null;
    this.explanation = h('div.explanation');
    this.problems = alerts();
    this.field = h('textarea', {
      id: 'intent', rows: '3', maxlength: '4096', required: true, placeholder: T.examples[0], 'aria-describedby': 'intent-help', spellcheck: 'true',
      oninput: () => this.changed(),
      onkeydown: (event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        this.send();
      },
    });
    this.field.value = draft.text;
    this.explainSoon = debounced(() => this.explain(), PAUSE);
    this.submit = h('button.primary', { type: 'submit' }, T.submit);
    this.form = h('form.card.composer', { onsubmit: (event) => { event.preventDefault(); this.send(); } },
      viewTitle(h('label', { for: 'intent' }, T.writeTitle)), this.field,
      h('p.muted', { id: 'intent-help' }, T.writeHelp),
      h('div.examples', { role: 'group', 'aria-label': T.examplesTitle }, h('span.muted', T.examplesTitle), T.examples.map((text) => button(text, () => this.write(text), { class: 'example' }))),
      h('div.fields', this.choice('priority', T.priority, Object.entries(T.priorities)), this.name('namespace', T.namespace, T.namespaceHint), this.name('cluster', T.cluster, T.clusterHint),
        h('label.check', checkbox({ id: 'approval', checked: draft.approval, onchange: (event) => { draft.approval = event.target.checked; this.changed(); } }), T.waitForMe)),
      h('div.actions', this.submit, button(T.dryRun, () => this.explain(true), { id: 'dry-run' }), h('span.muted', T.dryRunHint)), this.problems);
    fill(root, [this.form, this.explanation]);
    this.leave = onBack(() => this.explain());
    if (draft.text) this.explain();
    else this.rest();
  }

  choice(name, label, options) {
    return h('div', h('label', { for: name }, label), h('select', { id: name, onchange: (event) => { draft[name] = event.target.value; this.changed(); } },
      options.map(([value, text]) => h('option', { value, selected: value === draft[name] }, text))));
  }

  name(name, label, hint) {
    return h('div', h('label', { for: name }, label), h('input', {
      id: name, maxlength: '63', pattern: '[a-z0-9]([\\-a-z0-9]*[a-z0-9])?', title: T.nameRule, placeholder: hint, spellcheck: 'false', autocapitalize: 'none', value: draft[name],
      oninput: (event) => { draft[name] = event.target.value.trim(); this.changed(); },
    }));
  }

  write(text) {
    this.field.value = text;
    this.field.focus();
    this.changed();
  }

  changed() {
    draft.text = this.field.value;
    fill(this.problems, []);
    this.explainSoon();
  }

  say(...parts) { fill(this.explanation, h('div.card', parts)); }

  rest() { fill(this.explanation, h('div.card.state.empty', h('strong', T.explainTitle), h('span', T.explainHint))); }

  /** Dry runs the text as it stands; an older answer never replaces a newer one. */
  async explain(isAction = false) {
    this.abort?.abort();
    const all = body();
    if (!all.intent) {
      this.rest();
      if (isAction) this.form.reportValidity();
      return;
    }
    if (!this.form.checkValidity()) {
      if (isAction) this.form.reportValidity();
      return;
    }
    const abort = new AbortController();
    this.abort = abort;
    this.explanation.classList.add('stale');
    if (!this.explanation.querySelector('.verdict')) this.say(loading(T.reading));
    try {
      const result = await json('/v1/intents?dryRun=true', { method: 'POST', body: all, signal: abort.signal, isAction });
      if (abort.signal.aborted) return;
      this.show(all.intent, result);
      if (isAction) announce(verdict(result)[1]);
    } catch (error) {
      if (!abort.signal.aborted) this.say(problemBox(error, () => this.explain()));
    }
    this.explanation.classList.remove('stale');
  }

  show(text, result) {
    const [look, words] = verdict(result);
    const { interpretation } = result;
    this.say(
      h('p', { class: `verdict ${look}` }, words),
      markedText(text, interpretation),
      interpretation.refusal ? refusalBox(interpretation.refusal) : result.problem ? problemBox({ problem: result.problem }) : null,
      result.clarifications?.length ? section(T.questions, h('p.muted', T.questionsHint), questionForm(result.clarifications, T.submitAnswered, (answers) => this.sendAnswered(answers))) : null,
      approvalView(result.plan), conflictsView(result.conflicts),
      expectationTable(interpretation),
      planView(result.plan), plannedManifests(result.packages),
      fold(T.provenance, provenanceView(interpretation)));
  }

  async send() {
    if (!this.form.reportValidity()) return;
    this.submit.disabled = true;
    try {
      const accepted = await submit();
      location.hash = href('intent', accepted.id);
    } catch (error) {
      fill(this.problems, problemBox(error));
    } finally {
      this.submit.disabled = false;
    }
  }

  /** Sends it, waits until it asks, and answers what was asked here: two calls. If the second fails, the intent's page asks again. */
  async sendAnswered(answers) {
    let record = await submit({ Prefer: 'wait=10' });
    if (record.phase === 'awaiting_clarification') {
      const asked = record.clarifications || [];
      const known = answers.filter((answer) => asked.some((question) => question.expectation === answer.expectation && question.field === answer.field));
      try {
        if (known.length) record = await post(`/v1/intents/${record.id}/clarify`, { answers: known });
      } catch (error) {
        announce(error.message);
      }
      remember(record);
    }
    location.hash = href('intent', record.id);
  }

  close() {
    this.abort?.abort();
    this.leave();
  }
}

export function composerView(root) {
  const composer = new Composer(root);
  focus($('intent'));
  return () => composer.close();
}
