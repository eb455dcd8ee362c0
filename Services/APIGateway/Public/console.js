// The console: one page over the public API, without a framework. Text of people and services only ever becomes text nodes.
'use strict';

const EXAMPLES = [
  'Deploy a high-availability AMF with auto-scaling in core5g',
  'Scale the SMF in core5g to 5 replicas',
  'Create a URLLC slice for remote surgery with latency below 5 ms',
  'Remove the UPF upf-edge from edge-west',
  'What is running in core5g?',
];
const TERMINAL = new Set(['fulfilled', 'published', 'refused', 'failed', 'cancelled', 'superseded', 'rolled_back']);
const CANCELLABLE = new Set(['received', 'interpreting', 'awaiting_clarification', 'planning', 'awaiting_approval', 'rendering', 'executing', 'verifying']);
const LOOKS = {
  fulfilled: ['good', '✓'], published: ['good', '✓'],
  failed: ['bad', '✕'], refused: ['bad', '✕'],
  cancelled: ['still', '–'], superseded: ['still', '–'], rolled_back: ['still', '↩'],
  awaiting_clarification: ['wait', '?'], awaiting_approval: ['wait', '!'],
};

/** The key lives in this variable and nowhere else. */
let key = '';
/** The intent on view: its id, record, events and the request that follows it. */
let current = null;
/** The submission whose outcome is unknown: repeating it uses the same idempotency key. */
let pending = null;
let nextCursor = null;

const $ = (id) => document.getElementById(id);

/** An element with attributes, listeners (`onclick`) and children; strings become text. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

// ---------------------------------------------------------------------------------------------------------------- API

class APIProblem extends Error {
  constructor(problem, retryAfter) {
    super(problem.detail || problem.title);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

async function request(path, { method = 'GET', body, headers = {}, accept = 'application/json', signal } = {}) {
  const all = { Accept: `${accept}, application/problem+json`, ...headers };
  if (key) all.Authorization = `Bearer ${key}`;
  if (body !== undefined) all['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, { method, headers: all, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: 'no-store', credentials: 'omit' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new APIProblem({ title: 'The gateway cannot be reached', detail: 'Nothing was heard back. Repeating the request is safe.', code: 'unreachable' });
  }
  announceMaintenance(response);
  if (!response.ok) {
    let problem = { title: `HTTP ${response.status}`, detail: response.statusText, code: `http_${response.status}` };
    try { problem = { ...problem, ...(await response.json()) }; } catch { /* not a problem document */ }
    if (response.status === 401) askForKey();
    throw new APIProblem(problem, response.headers.get('Retry-After'));
  }
  return response;
}

const getJSON = async (path, options) => (await request(path, options)).json();

function announceMaintenance(response) {
  const notice = response.headers.get('Nephoran-Maintenance');
  $('banner').hidden = !notice;
  $('banner').textContent = notice ? `Maintenance: ${notice}` : '';
}

/** A name for a submission; `randomUUID` is missing outside secure contexts. */
function submissionKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Yields `{id, data}` for each event of a stream (HTML Living Standard §9.2.6). */
async function* serverSentEvents(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  let event = { id: undefined, data: [] };
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value;
      // A lone CR at the end may be the first half of CRLF.
      let match;
      while ((match = /\r\n|\n|\r(?!$)/.exec(buffer))) {
        const line = buffer.slice(0, match.index);
        buffer = buffer.slice(match.index + match[0].length);
        if (line === '') {
          if (event.data.length) yield { id: event.id, data: event.data.join('\n') };
          event = { id: event.id, data: [] };
        } else if (!line.startsWith(':')) {
          const colon = line.indexOf(':');
          const field = colon < 0 ? line : line.slice(0, colon);
          const text = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
          if (field === 'data') event.data.push(text);
          else if (field === 'id') event.id = text;
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// ------------------------------------------------------------------------------------------------------------- Pieces

function problemBox(error) {
  const problem = error.problem || { title: 'Something went wrong', detail: error.message };
  return h('div', { class: 'problem' },
    h('strong', {}, problem.title || 'Error'), ' ', problem.detail !== problem.title ? problem.detail : '',
    problem.errors?.length ? h('ul', {}, problem.errors.map((item) => h('li', {}, h('code', {}, item.pointer || '/'), ' ', item.detail))) : null,
    h('p', { class: 'muted' }, [problem.code && `code ${problem.code}`, error.retryAfter && `try again in ${error.retryAfter} s`].filter(Boolean).join(' · ')));
}

/** A step that others have followed no longer breathes. */
function phasePill(phase, isPast = false) {
  const [look, sign] = LOOKS[phase] || [isPast ? 'still' : 'live', '•'];
  return h('span', { class: `phase ${look}` }, `${sign} ${phase.replaceAll('_', ' ')}`);
}

function time(text, withDate) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return h('time', {}, text || '');
  const clock = date.toLocaleTimeString([], { hourCycle: 'h23' }) + '.' + String(date.getMilliseconds()).padStart(3, '0');
  return h('time', { datetime: text, title: text }, withDate ? date.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }) : clock);
}

function table(caption, heads, rows) {
  if (!rows.length) return null;
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell) => h('td', {}, cell ?? '')))))));
}

/** The text of the intent with the words marked from which something was read. */
function quote(text, interpretation) {
  const bytes = new TextEncoder().encode(text);
  const spans = (interpretation?.expectations || [])
    .flatMap((expectation) => [expectation.object?.span, ...(expectation.targets || []).map((target) => target.span)])
    .filter((span) => span && span.start < span.end && span.end <= bytes.length)
    .sort((a, b) => a.start - b.start);
  const decode = (start, end) => new TextDecoder().decode(bytes.subarray(start, end));
  const parts = [];
  let position = 0;
  for (const span of spans) {
    if (span.start < position) continue;
    parts.push(decode(position, span.start), h('mark', {}, decode(span.start, span.end)));
    position = span.end;
  }
  parts.push(decode(position, bytes.length));
  return h('p', { class: 'quote' }, parts);
}

const CONDITIONS = { equals: '=', atLeast: '≥', atMost: '≤', lessThan: '<', greaterThan: '>', increaseBy: '+', decreaseBy: '−', multiplyBy: '×', between: 'between' };

function targetText(target) {
  const value = Array.isArray(target.value) ? target.value.join(' and ') : String(target.value);
  return `${target.attribute} ${CONDITIONS[target.condition] || target.condition} ${value}${target.unit ? ` ${target.unit}` : ''}`;
}

function contextText(context) {
  return Object.entries(context || {})
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}

function interpretationView(interpretation) {
  if (!interpretation) return null;
  return [
    h('h3', {}, 'Understood'),
    interpretation.refusal ? h('p', {}, h('strong', {}, 'Refused'), ` (${interpretation.refusal.reason.replaceAll('_', ' ')}): ${interpretation.refusal.detail}`) : null,
    table('Expectations', ['', 'Verb', 'Object', 'Targets', 'Where and when', 'Confidence'], (interpretation.expectations || []).map((expectation) => [
      expectation.id,
      expectation.verb,
      [expectation.object.type || expectation.object.kind, expectation.object.name ? ` “${expectation.object.name}”` : ''],
      (expectation.targets || []).map(targetText).join(', '),
      contextText(expectation.context),
      `${Math.round(expectation.confidence * 100)} %`,
    ])),
    h('p', { class: 'muted' }, `Read by ${interpretation.provenance?.interpreter || 'unknown'}${interpretation.provenance?.model ? ` (${interpretation.provenance.model})` : ''}`
      + `${interpretation.provenance?.notes?.length ? `; ${interpretation.provenance.notes.join('; ')}` : ''}`),
  ];
}

function figuresTable(change, title) {
  return table(title, ['Figure', 'Value', 'From', 'Why'], (change.figures || []).map((figure) => [figure.name, h('code', {}, figure.value), figure.source, figure.reason]));
}

function planView(plan) {
  if (!plan) return null;
  const packages = plan.packages || [];
  const policies = plan.policies || [];
  return [
    h('h3', {}, 'Plan'),
    plan.approvalReasons?.length ? h('div', {}, h('strong', {}, 'Needs approval: '), h('ul', {}, plan.approvalReasons.map((reason) => h('li', {}, reason)))) : null,
    plan.notes?.length ? h('ul', {}, plan.notes.map((note) => h('li', {}, note))) : null,
    packages.map((change) => [
      h('p', {}, h('strong', {}, change.change === 'none' ? 'no change' : change.change), ` ${change.function} `, h('code', {}, change.path)),
      figuresTable(change, `Figures of ${change.instance}`),
    ]),
    policies.map((change) => [
      h('p', {}, h('strong', {}, change.change), ` policy ${change.policyType} `, h('code', {}, change.policyId), change.ric ? ` on ${change.ric}` : '', change.reason ? ` — ${change.reason}` : ''),
      figuresTable(change, `Figures of ${change.policyId}`),
      h('details', {}, h('summary', {}, 'Policy document'), h('pre', { tabindex: '0' }, indented(change.document))),
    ]),
    !packages.length && !policies.length && !plan.answer ? h('p', {}, 'Nothing would change.') : null,
    answerView(plan.answer),
  ];
}

/** Live intents that want something else of the same objects. */
function conflictsView(conflicts) {
  if (!conflicts?.length) return null;
  return [h('h3', {}, 'Conflicts'), h('ul', {}, conflicts.map((conflict) => h('li', {}, conflict.detail, ' ',
    h('button', { type: 'button', onclick: () => show(conflict.intent) }, 'show'))))];
}

function indented(json) {
  try { return JSON.stringify(JSON.parse(json), null, 2); } catch { return json; }
}

function answerView(answer) {
  if (!answer) return null;
  return [
    h('h3', {}, 'Answer'),
    h('p', {}, answer.text),
    table('What runs where', ['Instance', 'Function', 'Cluster', 'Namespace', 'Replicas', 'Revision', 'State', 'Since', 'Intent'], (answer.items || []).map((item) => [
      item.instance, item.function, item.cluster, item.namespace, item.replicas ?? '', item.revision, item.observed === 'notObserved' ? 'not observed' : item.observed, time(item.updatedAt, true),
      item.intentId ? h('button', { type: 'button', onclick: () => show(item.intentId) }, 'show') : '',
    ])),
  ];
}

// ----------------------------------------------------------------------------------------------------------- Dry run

function dryRunView(text, result) {
  return h('div', { class: 'card' },
    h('div', { class: 'row' }, h('h2', {}, 'Dry run'), h('span', { class: 'muted' }, 'nothing was stored or changed')),
    quote(text, result.interpretation),
    result.clarifications?.length
      ? [h('h3', {}, 'It would ask'), h('ul', {}, result.clarifications.map((item) => h('li', {}, item.question, item.options?.length ? ` (${item.options.join(', ')})` : '')))]
      : null,
    result.problem ? problemBox({ problem: result.problem }) : null,
    interpretationView(result.interpretation),
    planView(result.plan),
    conflictsView(result.conflicts),
    result.packages?.length ? [
      h('h3', {}, 'Manifests'),
      result.packages.map((item) => (item.files || []).map((file) =>
        h('details', {}, h('summary', {}, h('code', {}, `${item.path}/${file.path}`)), h('pre', { tabindex: '0' }, file.content)))),
    ] : null);
}

// ------------------------------------------------------------------------------------------------------------ Record

/** History of the record and events newer than it, each once, in order. */
function steps(state) {
  const seen = new Map();
  for (const step of [...(state.record?.history || []), ...state.events]) seen.set(`${step.at} ${step.phase} ${step.detail || ''}`, step);
  return [...seen.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function phaseOf(state) {
  return steps(state).at(-1)?.phase || state.record?.phase || 'received';
}

function questionsView(state) {
  const questions = state.record.clarifications?.length ? state.record.clarifications : state.record.interpretation?.clarifications || [];
  if (state.record.phase !== 'awaiting_clarification' || !questions.length) return null;
  const form = h('form', { onsubmit: (event) => { event.preventDefault(); answerQuestions(state, form, questions); } },
    h('h3', {}, 'Questions'),
    questions.map((item, index) => h('fieldset', {},
      h('legend', {}, item.question),
      item.options?.length ? h('div', { class: 'options' }, item.options.map((option) => h('label', { class: 'check' }, h('input', { type: 'radio', name: `q${index}`, value: option }), option))) : null,
      h('label', { for: `q${index}-text` }, item.options?.length ? 'Or something else' : 'Answer'),
      h('input', { id: `q${index}-text`, name: `q${index}-text`, autocomplete: 'off' }))),
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, 'Answer')));
  return form;
}

/** What was typed, as the number or boolean it looks like where the question is about a target. */
function answerValue(field, text) {
  if (/^(true|yes)$/i.test(text) && (field === 'confirm' || field.startsWith('targets.'))) return true;
  if (/^(false|no)$/i.test(text) && (field === 'confirm' || field.startsWith('targets.'))) return false;
  if (field.startsWith('targets.') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text;
}

async function answerQuestions(state, form, questions) {
  const data = new FormData(form);
  const answers = questions.flatMap((item, index) => {
    const text = String(data.get(`q${index}-text`) || '').trim() || data.get(`q${index}`);
    return text ? [{ expectation: item.expectation, field: item.field, value: answerValue(item.field, text) }] : [];
  });
  if (answers.length) await decide(state, 'clarify', { answers });
}

function decisionsView(state) {
  const phase = state.record.phase;
  const actions = [
    phase === 'awaiting_approval' && ['approve', 'Approve', 'primary'],
    phase === 'awaiting_approval' && ['reject', 'Reject', 'danger'],
    CANCELLABLE.has(phase) && phase !== 'awaiting_approval' && ['cancel', 'Cancel', 'danger'],
    phase === 'failed' && ['retry', 'Try again', 'primary'],
    (phase === 'published' || phase === 'fulfilled') && Object.keys(state.record.tracks || {}).length && ['rollback', 'Roll back', 'danger'],
  ].filter(Boolean);
  if (!actions.length) return null;
  return h('div', {},
    h('label', { for: 'reason' }, 'Reason (optional)'),
    h('input', { id: 'reason', maxlength: '1000', autocomplete: 'off' }),
    h('div', { class: 'actions' }, actions.map(([name, label, look]) => h('button', {
      type: 'button', class: look,
      onclick: () => {
        const reason = $('reason').value.trim();
        decide(state, name, reason ? { reason } : {});
      },
    }, label))));
}

async function decide(state, name, body) {
  state.problem = null;
  try {
    await request(`/v1/intents/${state.id}/${name}`, { method: 'POST', body });
    follow(state);
    await refreshRecord(state);
    loadRecent();
  } catch (error) {
    state.problem = error;
    render(state);
  }
}

const VERIFICATIONS = { observed: 'observed in the network', notObserved: 'not observed (nothing here watches the network)', notNeeded: 'not needed' };

function resultView(record) {
  return [
    record.problem ? problemBox({ problem: record.problem }) : null,
    answerView(record.answer),
    table('Published packages', ['Package', 'Change', 'Revision', 'Commit', 'Repository'], (record.packages || []).map((item) => [
      h('code', {}, item.path), item.change, item.revision, h('code', { title: item.commit }, (item.commit || '').slice(0, 12)), h('code', {}, item.repository),
    ])),
    table('Policies', ['Policy', 'Type', 'RIC', 'Change', 'Status'], (record.policies || []).map((item) => [
      h('code', {}, item.policyId), item.policyType, item.ric, item.change, [item.enforceStatus, item.enforceReason].filter(Boolean).join(': '),
    ])),
    record.verification ? h('p', {}, h('strong', {}, 'Verification: '), VERIFICATIONS[record.verification.state] || record.verification.state,
      record.verification.checks?.length ? h('ul', {}, record.verification.checks.map((check) => h('li', {}, check))) : null) : null,
  ];
}

function manifestsView(state) {
  if (!(state.record.plan?.packages || []).some((change) => change.change !== 'none' && change.change !== 'delete')) return null;
  const output = h('pre', { tabindex: '0' }, state.manifests || 'Loading …');
  return h('details', {
    open: state.showsManifests,
    ontoggle: async (event) => {
      state.showsManifests = event.target.open;
      if (!event.target.open || state.manifests) return;
      try {
        state.manifests = await (await request(`/v1/intents/${state.id}/manifests`, { accept: 'application/yaml' })).text();
        output.textContent = state.manifests || 'There are no manifests.';
      } catch (error) {
        output.textContent = error.message;
      }
    },
  }, h('summary', {}, 'Manifests'), output);
}

function render(state) {
  if (state !== current) return;
  const phase = phaseOf(state);
  const active = document.activeElement;
  // A person is typing here: the page must not change under their hands.
  if ($('view').contains(active) && ['INPUT', 'TEXTAREA'].includes(active.tagName) && active.value && state.rendered === phase) return;
  state.rendered = phase;
  const record = state.record;
  $('view').replaceChildren(h('div', { class: 'card' },
    h('div', { class: 'row' }, h('h2', {}, 'Intent'), phasePill(phase)),
    record ? quote(record.request.intent, record.interpretation) : h('p', { class: 'quote' }, state.text || ''),
    h('p', { class: 'muted' }, h('code', {}, state.id), record ? [` · ${record.request.priority} · by ${record.request.requestedBy || 'unknown'} · `, time(record.createdAt, true)] : ''),
    h('ol', { class: 'timeline', 'aria-label': 'Phases' }, steps(state).map((step, index, all) => h('li', {}, time(step.at), phasePill(step.phase, index < all.length - 1),
      h('span', { class: 'detail' }, step.detail && step.detail === record?.answer?.text ? 'answered, see below' : step.detail || '', ' ', h('span', { class: 'muted' }, step.by || ''))))),
    state.problem ? h('div', { role: 'alert' }, problemBox(state.problem)) : null,
    record ? [record.waitsFor ? h('p', {}, h('strong', {}, 'Waits '), record.waitsFor) : null, conflictsView(record.conflicts), questionsView(state), record.phase === 'awaiting_approval' ? planView(record.plan) : null, decisionsView(state), resultView(record), manifestsView(state),
      record.phase === 'awaiting_approval' ? null : detailsOf('Interpretation and plan', [interpretationView(record.interpretation), planView(record.answer && record.plan ? { ...record.plan, answer: undefined } : record.plan)])] : null));
}

function detailsOf(title, children) {
  const present = children.flat(Infinity).filter(Boolean);
  return present.length ? h('details', {}, h('summary', {}, title), present) : null;
}

async function refreshRecord(state) {
  try {
    state.record = await getJSON(`/v1/intents/${state.id}`);
  } catch (error) {
    state.problem = error;
  }
  render(state);
}

/** Shows an intent and follows it until it has ended. */
function show(id, text) {
  current?.abort?.abort();
  current = { id, text, record: null, events: [], problem: null };
  history.replaceState(null, '', `#intent=${id}`);
  for (const button of $('recent').querySelectorAll('button')) button.toggleAttribute('aria-current', button.dataset.id === id);
  render(current);
  refreshRecord(current);
  follow(current);
  $('view').focus({ preventScroll: true });
  $('view').scrollIntoView({ block: 'nearest' });
}

async function follow(state) {
  state.abort?.abort();
  const abort = new AbortController();
  state.abort = abort;
  for (let attempt = 0; state === current && !abort.signal.aborted && attempt < 30; attempt += 1) {
    try {
      const response = await request(`/v1/intents/${state.id}/events`, {
        accept: 'text/event-stream', signal: abort.signal, headers: state.lastEvent ? { 'Last-Event-ID': state.lastEvent } : {},
      });
      for await (const event of serverSentEvents(response)) {
        if (abort.signal.aborted || state !== current) return;
        attempt = 0;
        if (event.id !== undefined) state.lastEvent = event.id;
        let step;
        try { step = JSON.parse(event.data); } catch { continue; }
        state.events.push(step);
        announce(step);
        render(state);
        if (TERMINAL.has(step.phase) || step.phase.startsWith('awaiting_')) {
          await refreshRecord(state);
          loadRecent();
        }
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      if (error.problem && [401, 403, 404].includes(error.problem.status)) {
        state.problem = error;
        render(state);
        return;
      }
    }
    await refreshRecord(state);
    if (TERMINAL.has(state.record?.phase)) return;
    await pause(Math.min(8000, 250 * 2 ** attempt) * (0.5 + Math.random() / 2));
  }
  if (state !== current || abort.signal.aborted) return;
  state.problem = new APIProblem({ title: 'No longer following', detail: 'The gateway was not heard for some minutes. Choose the intent in the list to go on.', code: 'unreachable' });
  render(state);
}

function announce(step) {
  $('announcement').textContent = `The intent is ${step.phase.replaceAll('_', ' ')}${step.detail ? `: ${step.detail}` : ''}`;
}

// ---------------------------------------------------------------------------------------------------------- Composer

function submission() {
  const body = { intent: $('intent').value.trim(), priority: $('priority').value };
  for (const name of ['namespace', 'cluster']) {
    const value = $(name).value.trim();
    if (value) body[name] = value;
  }
  if ($('approval').checked) body.approval = 'required';
  return body;
}

async function withComposer(work) {
  if (!$('composer').reportValidity()) return;
  const buttons = $('composer').querySelectorAll('.actions button');
  $('composer-problem').replaceChildren();
  for (const button of buttons) button.disabled = true;
  try {
    await work(submission());
  } catch (error) {
    $('composer-problem').replaceChildren(problemBox(error));
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

const submit = () => withComposer(async (body) => {
  const text = JSON.stringify(body);
  if (pending?.text !== text) pending = { text, key: submissionKey() };
  const accepted = await getJSON('/v1/intents', { method: 'POST', body, headers: { 'Idempotency-Key': pending.key } });
  pending = null;
  show(accepted.id, body.intent);
  loadRecent();
});

const dryRun = () => withComposer(async (body) => {
  const result = await getJSON('/v1/intents?dryRun=true', { method: 'POST', body });
  current?.abort?.abort();
  current = null;
  $('view').replaceChildren(dryRunView(body.intent, result));
  $('announcement').textContent = 'The dry run is ready';
  $('view').focus({ preventScroll: true });
});

// ------------------------------------------------------------------------------------------------------------ Recent

async function loadRecent(cursor) {
  try {
    const page = await getJSON(`/v1/intents?limit=20${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    nextCursor = page.nextCursor || null;
    const items = (page.items || []).map((item) => h('li', {}, h('button', {
      type: 'button', 'data-id': item.id, 'aria-current': current?.id === item.id, onclick: () => show(item.id, item.request?.intent),
    }, h('span', { class: 'text' }, item.request?.intent ?? item.intent ?? item.id), phasePill(item.phase), ' ', h('span', { class: 'muted' }, time(item.createdAt, true)))));
    if (cursor) $('recent').append(...items);
    else $('recent').replaceChildren(...(items.length ? items : [h('li', { class: 'muted' }, 'None yet.')]));
    $('more').hidden = !nextCursor;
    $('recent-problem').replaceChildren();
    $('access-state').textContent = key ? 'key accepted' : '';
  } catch (error) {
    if (error.problem?.status !== 401) $('recent-problem').replaceChildren(problemBox(error));
  }
}

// -------------------------------------------------------------------------------------------------------------- Start

function askForKey() {
  $('access-state').textContent = key ? 'this key is not accepted' : 'a key is needed';
}

/** `#key=…&intent=…`: the key is taken and at once removed from the address, so that it is not kept in the history. */
function readFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (fragment.has('key')) {
    key = fragment.get('key');
    fragment.delete('key');
    history.replaceState(null, '', location.pathname + (String(fragment) ? `#${fragment}` : ''));
  }
  return fragment.get('intent');
}

function start() {
  $('examples').append(...EXAMPLES.map((text) => h('button', { type: 'button', onclick: () => { $('intent').value = text; $('intent').focus(); } }, text)));
  $('composer').addEventListener('submit', (event) => { event.preventDefault(); submit(); });
  $('intent').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); submit(); }
  });
  $('dry-run').addEventListener('click', dryRun);
  $('refresh').addEventListener('click', () => loadRecent());
  $('more').addEventListener('click', () => loadRecent(nextCursor));
  $('access').addEventListener('submit', (event) => {
    event.preventDefault();
    key = $('key').value.trim();
    $('key').value = '';
    loadRecent();
    if (current) show(current.id, current.text);
  });
  window.addEventListener('hashchange', () => {
    const intent = readFragment();
    if (intent && intent !== current?.id) show(intent); else loadRecent();
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) loadRecent(); });
  const intent = readFragment();
  loadRecent();
  if (intent) show(intent);
}

start();
