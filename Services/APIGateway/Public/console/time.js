// Times and sizes as people read them.
import { h } from './element.js';
import { T } from './texts.js';

const parsed = (text) => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
};

const whole = new Intl.DateTimeFormat([], { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const exact = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });

/** Day and second. */
export const dateText = (text) => (parsed(text) ? whole.format(parsed(text)) : text || '');

export const moment = (text) => h('time', { datetime: text, title: text }, dateText(text));

/** To the millisecond. */
export const clock = (text) => h('time', { datetime: text, title: text }, parsed(text) ? exact.format(parsed(text)) : text || '');

/** How long something takes or took: `850 ms`, `4 s`, `3 min`. */
export function duration(milliseconds) {
  if (!Number.isFinite(milliseconds)) return '–';
  const value = Math.max(0, milliseconds);
  if (value < 1000) return `${value < 10 ? number(value) : Math.round(value)} ms`;
  if (value < 60_000) return `${value < 10_000 ? (value / 1000).toFixed(1) : Math.round(value / 1000)} s`;
  if (value < 3_600_000) return `${Math.round(value / 60_000)} min`;
  if (value < 172_800_000) return `${Math.round(value / 3_600_000)} h`;
  return T.days(Math.round(value / 86_400_000));
}

/** How long ago; in whole seconds, since it is shown while it grows. */
export function age(text, now = Date.now()) {
  const date = parsed(text);
  if (!date) return '';
  const passed = Math.max(0, now - date.getTime());
  return passed < 10_000 ? `${Math.round(passed / 1000)} s` : duration(passed);
}

export const number = (value) => (Number.isInteger(value) ? value.toLocaleString('en') : Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 }));

export const percent = (ratio) => `${Number((ratio * 100).toPrecision(4))} %`;
