// The history of an intent, step by step, with how long each took.
import { fill, h } from './element.js';
import { isTerminal, phasePill } from './phase.js';
import { clock, duration, moment } from './time.js';
import { T } from './texts.js';

const between = (a, b) => duration(Math.max(0, new Date(b) - new Date(a)));

/** An ordered list that grows: steps that are there stay as they are. */
export class Timeline {
  constructor() {
    this.list = h('ol.plain.timeline');
    this.total = h('p.muted');
    this.element = h('div', this.total, this.list);
    this.count = 0;
  }

  show(steps) {
    if (steps.length === this.count) return;
    this.count = steps.length;
    fill(this.list, steps.map((step, index) => h('li',
      clock(step.at), phasePill(step.phase, index < steps.length - 1),
      h('span.took', index ? `+${between(steps[index - 1].at, step.at)}` : ''),
      h('span.detail', step.detail || '', ' ', h('span.muted', T.byWhom(step.by))))));
    const [first, last] = [steps[0], steps.at(-1)];
    if (first) fill(this.total, [moment(first.at), isTerminal(last.phase) ? ` · ${T.took(between(first.at, last.at))}` : ` · ${T.underWay}`]);
  }
}
