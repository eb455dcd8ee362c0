// A line chart drawn by hand, with its last values in words and all values in a table.
import { fold, h, svg, table } from './element.js';
import { clock } from './time.js';
import { T } from './texts.js';

const WIDTH = 320;
const HEIGHT = 96;
const FEWEST = 24;
const STYLES = ['one', 'two', 'three'];

/** A round number not below the largest value. */
function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

/** Breaks where there is no value; a value alone is a dot. The newest is at the right, however few there are. */
function lineOf(values, top) {
  const step = WIDTH / Math.max(FEWEST, values.length - 1);
  let text = '';
  let isDrawing = false;
  values.forEach((value, index) => {
    if (value === null || !Number.isFinite(value)) {
      isDrawing = false;
      return;
    }
    text += `${isDrawing ? 'L' : 'M'}${(WIDTH - (values.length - 1 - index) * step).toFixed(1)} ${(HEIGHT - (Math.min(value, top) / top) * HEIGHT).toFixed(1)}${isDrawing ? '' : 'h0'}`;
    isDrawing = true;
  });
  return text;
}

/**
 * @param series `[{name, values}]`, values null where there was nothing to measure.
 * @param times one for each value; `format` writes a value; `limit` is a line not to be crossed.
 */
export function chart({ title, hint, series, times, format, limit, max }) {
  const all = series.flatMap((line) => line.values).filter((value) => Number.isFinite(value));
  const top = max ?? ceiling(Math.max(...all, limit ?? 0, 0));
  const last = series.map((line) => line.values.findLast((value) => value !== null && Number.isFinite(value)));
  const summary = series.map((line, index) => `${line.name} ${last[index] === undefined ? T.noValue : format(last[index])}`).join(', ');
  return h('figure.card.chart',
    h('figcaption', h('h3', title), h('p.muted', hint)),
    h('p.chart-values', series.map((line, index) => h('span', { class: `series ${STYLES[index]}` }, h('b', last[index] === undefined ? '–' : format(last[index])), ' ', line.name))),
    all.length ? svg('svg', { viewBox: `0 -4 ${WIDTH} ${HEIGHT + 8}`, role: 'img', 'aria-label': `${title}: ${summary}`, preserveAspectRatio: 'none' },
      [0, 0.5, 1].map((part) => svg('line.rule', { x1: 0, x2: WIDTH, y1: HEIGHT * part, y2: HEIGHT * part })),
      limit === undefined ? null : svg('line.limit', { x1: 0, x2: WIDTH, y1: HEIGHT - (limit / top) * HEIGHT, y2: HEIGHT - (limit / top) * HEIGHT }),
      series.map((line, index) => svg('path', { class: STYLES[index], d: lineOf(line.values, top) }))) : h('p.state', T.noSamples),
    h('p.axis.muted', h('span', times.length ? T.sinceTime(clock(times[0]).textContent) : ''), h('span', T.upTo(format(top)))),
    fold(T.values, table(title, [T.time, ...series.map((line) => line.name)],
      times.map((time, index) => [clock(time), ...series.map((line) => (line.values[index] === null || line.values[index] === undefined ? '–' : format(line.values[index])))]).reverse().slice(0, 40))));
}
