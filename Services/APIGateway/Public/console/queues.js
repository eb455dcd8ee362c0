// The queues: how much waits and how long, what goes through, what was given up and can be tried again.
import { announce, button, checkbox, fill, fold, frame, h, pre, row, table } from './element.js';
import { json, post, query } from './api.js';
import { confirm } from './dialog.js';
import { increase, Readings, scraped } from './metrics.js';
import { polled } from './poll.js';
import { empty, loading, problemBox } from './problem.js';
import { intentLink } from './phase.js';
import { duration, moment, number } from './time.js';
import { T } from './texts.js';

const PAGE = 50;
/** Which service works off which queue, under which name in its metrics. */
const WORKERS = {
  interpret: ['llm-processor', 'intent-processing'], plan: ['manifest-generator', 'resource-planning'], publish: ['nephio-bridge', 'gitops-deployment'], policy: ['oran-adaptor', 'oran'], verify: ['nephio-bridge', 'deployment-verification'],
};

class Letters {
  constructor(onChange) {
    Object.assign(this, { onChange, stage: null, selected: new Set() });
    this.element = h('div', { id: 'letters' });
    this.outcome = h('div', { role: 'status' });
  }

  async open(stage) {
    this.stage = stage;
    this.selected.clear();
    fill(this.outcome, []);
    this.body = h('tbody');
    this.foot = h('div', loading());
    this.chosen = button(T.redriveChosen(0), () => this.redrive([...this.selected]), { disabled: true });
    fill(this.element, h('section.card', { 'aria-labelledby': 'letters-title' },
      h('div.row', h('h3', { id: 'letters-title', tabindex: '-1' }, T.deadLettersOf(T.queueNames[stage] || stage)),
        h('div.actions', this.chosen, button(T.redriveAll, () => this.redrive(null), { class: 'primary' }), button(T.purgeAll, () => this.purge(), { class: 'danger' }), button(T.close, () => fill(this.element, [])))),
      this.outcome,
      frame(T.deadLetters, [h('span.visually-hidden', T.chosen), T.since, T.error, T.intent, T.track, T.attempts], this.body), this.foot));
    this.element.querySelector('h3').focus();
    await this.page();
  }

  async page(cursor) {
    try {
      const { items, nextCursor } = await json(`/v1/queues/${this.stage}/dead${query({ limit: PAGE, cursor })}`, { isAction: true });
      this.body.append(...items.map((letter) => this.row(letter)));
      fill(this.foot, nextCursor ? button(T.older, () => this.page(nextCursor)) : this.body.childElementCount ? [] : empty(T.noDeadLetters));
    } catch (error) {
      fill(this.foot, problemBox(error, () => this.page(cursor)));
    }
  }

  row(letter) {
    const box = checkbox({ 'aria-label': T.select(letter.intentId || letter.id), onchange: () => {
      if (box.checked) this.selected.add(letter.id);
      else this.selected.delete(letter.id);
      this.chosen.disabled = !this.selected.size;
      this.chosen.textContent = T.redriveChosen(this.selected.size);
    } });
    return row([box, moment(letter.at), h('div.break', letter.error, letter.raw ? fold(T.rawMessage, pre(letter.raw)) : null),
      letter.intentId ? intentLink(letter.intentId) : '–', letter.track, letter.attempts]);
  }

  /** @param ids null for all that are there. */
  async redrive(ids) {
    if (await confirm({ title: ids ? T.redriveChosen(ids.length) : T.redriveAll, detail: T.redriveDetail, action: T.redrive, hasReason: false }) === null) return;
    await this.send(() => post(`/v1/queues/${this.stage}/dead/redrive${ids ? '' : '?all=true'}`, ids ? { ids } : undefined),
      (answer) => [T.redriven(answer), answer.notes.length ? h('ul', answer.notes.map((note) => h('li', `${note.outcome}: ${note.note || ''}`))) : null]);
  }

  async purge() {
    if (await confirm({ title: T.purgeAll, detail: T.purgeDetail, action: T.purge, isDangerous: true, hasReason: false }) === null) return;
    await this.send(() => json(`/v1/queues/${this.stage}/dead?all=true`, { method: 'DELETE', isAction: true }), (answer) => T.purged(answer.purged));
  }

  async send(work, words) {
    try {
      const said = words(await work());
      await this.open(this.stage);
      fill(this.outcome, h('p.notice', said));
      announce(this.outcome.textContent);
      this.onChange();
    } catch (error) {
      fill(this.outcome, problemBox(error));
    }
  }
}

/** Per second since the last look at the same process, by queue; what cannot be scraped is not known. */
class Throughput {
  constructor() { this.readings = new Readings(); }

  async look() {
    const names = [...new Set(Object.values(WORKERS).map(([name]) => name))];
    const pairs = new Map(await Promise.all(names.map(async (name) => [name, await scraped(name).then((said) => this.readings.add(name, said), () => null)])));
    const rates = new Map();
    for (const [stage, [name, controller]] of Object.entries(WORKERS)) {
      const pair = pairs.get(name);
      const grown = pair ? increase(pair.before, pair.after, 'nephoran_processing_total', { controller }) : null;
      if (grown !== null) rates.set(stage, grown / pair.seconds);
    }
    return rates;
  }
}

export function queuesView(root) {
  const throughput = new Throughput();
  const list = h('div');
  const letters = new Letters(() => view.again());
  fill(root, [list, letters.element]);
  const load = async () => {
    const [{ queues }, rates] = await Promise.all([json('/v1/queues'), throughput.look()]);
    return { queues, rates };
  };
  const view = polled(list, load, ({ queues, rates }, body) => {
    // Pressed by keyboard, a button that is drawn anew would lose the focus.
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.stage : null;
    fill(body, h('div.card', table(T.pages.queues, [T.queue, T.depth, T.oldest, T.throughput, T.delayed, T.deadLetters], queues.map((queue) => [
      h('strong', T.queueNames[queue.stage] || queue.stage), number(queue.depth), queue.depth ? duration(queue.ageSeconds * 1000) : '–', rates.has(queue.stage) ? T.perSecond(number(rates.get(queue.stage))) : '–', number(queue.delayed),
      queue.dead ? button(T.showDead(queue.dead), () => letters.open(queue.stage), { class: 'danger', 'data-stage': queue.stage }) : '0',
    ]))));
    if (focused) body.querySelector(`[data-stage="${focused}"]`)?.focus();
  }, 3000);
  return view.close;
}
