// One decision about many intents: one documented call each, a few at a time, and what came of them.
import { announce, button, fill, h } from './element.js';
import { confirm } from './dialog.js';
import { isDangerous, send } from './decision.js';
import { remember, store } from './intents.js';
import { decisionsFor } from './phase.js';
import { T } from './texts.js';

const AT_ONCE = 6;
const NAMES = ['approve', 'reject', 'cancel', 'retry', 'rollback'];

/** The bar below the filters while something is selected. */
export class BulkBar {
  constructor(selection, onChange) {
    Object.assign(this, { selection, onChange, isBusy: false });
    this.bar = h('div.bulk', { role: 'region', 'aria-label': T.bulk, hidden: true });
    this.result = h('div.bulk-result', { role: 'status' });
    this.element = h('div', this.bar, this.result);
    this.shown = '';
  }

  /** Only rebuilt when it changes: a button that has the focus keeps it. */
  show() {
    const items = [...this.selection].map((id) => store.byID.get(id)).filter(Boolean);
    const counts = NAMES.map((name) => items.filter((item) => decisionsFor(item.phase).includes(name)).length);
    const state = `${items.length} ${counts} ${this.isBusy}`;
    if (state === this.shown) return;
    this.shown = state;
    this.bar.hidden = !items.length;
    fill(this.bar, [
      h('strong', T.selected(items.length)),
      NAMES.map((name, index) => (counts[index] ? button(T.bulkAction(T.decisions[name], counts[index]), () => this.run(name), { class: isDangerous(name) ? 'danger' : '', disabled: this.isBusy }) : null)),
      button(T.clearSelection, () => this.onChange(), { disabled: this.isBusy }),
    ]);
  }

  async run(name) {
    const items = [...this.selection].map((id) => store.byID.get(id)).filter((item) => item && decisionsFor(item.phase).includes(name));
    const examples = items.slice(0, 5).map((item) => h('li', item.request.intent));
    const reason = await confirm({
      title: T.bulkConfirm(T.decisions[name], items.length), action: T.bulkAction(T.decisions[name], items.length), isDangerous: isDangerous(name),
      detail: h('ul', examples, items.length > 5 ? h('li.muted', T.andMore(items.length - 5)) : null),
    });
    if (reason === null) return;
    this.isBusy = true;
    this.show();
    const failures = [];
    let next = 0;
    let done = 0;
    const work = async () => {
      while (next < items.length) {
        const item = items[next];
        next += 1;
        try {
          remember(await send(item.id, name, reason));
          done += 1;
        } catch (error) {
          failures.push(`${item.request.intent}: ${error.message}`);
        }
        fill(this.result, T.bulkProgress(done + failures.length, items.length));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.isBusy = false;
    fill(this.result, [T.bulkDone(T.decisions[name], done, failures.length),
      failures.length ? h('ul', failures.slice(0, 10).map((text) => h('li', text))) : null]);
    announce(T.bulkDone(T.decisions[name], done, failures.length));
    this.onChange();
  }
}
