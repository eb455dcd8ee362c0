// Prometheus text (exposition format 0.0.4) as numbers, and what is computed from two or more scrapes.
import { text } from './api.js';

export const SERVICES = ['api-gateway', 'llm-processor', 'rag-api', 'manifest-generator', 'oran-adaptor', 'nephio-bridge'];

/** `[{name, labels, value}]`. */
function parse(text) {
  const samples = [];
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!match) continue;
    const labels = {};
    for (const [, name, value] of (match[2] || '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) labels[name] = value.replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign));
    samples.push({ name: match[1], labels, value: match[3] === '+Inf' ? Infinity : Number(match[3]) });
  }
  return samples;
}

/** What a process of the service says now. */
export const scraped = async (service) => parse(await text(`/v1/services/${service}/metrics`, { accept: 'text/plain' }));

const fits = (labels, wanted) => Object.entries(wanted).every(([name, value]) => (value instanceof Set ? value.has(labels[name]) : labels[name] === value));

/** The sum of what has the name and the labels; null where there is none: that is not zero. */
export function sum(samples, name, labels = {}) {
  let found = null;
  for (const sample of samples) if (sample.name === name && fits(sample.labels, labels)) found = (found ?? 0) + sample.value;
  return found;
}

/** Cumulative counts by upper bound. */
function buckets(samples, name, labels) {
  const found = new Map();
  for (const sample of samples) {
    if (sample.name !== `${name}_bucket` || !fits(sample.labels, labels)) continue;
    const bound = sample.labels.le === '+Inf' ? Infinity : Number(sample.labels.le);
    found.set(bound, (found.get(bound) || 0) + sample.value);
  }
  return found;
}

/** A quantile of what was observed between two scrapes, as Prometheus estimates it; null without observations. */
export function quantile(before, after, name, q, labels = {}) {
  const old = buckets(before, name, labels);
  const counts = [...buckets(after, name, labels)].sort((a, b) => a[0] - b[0]).map(([bound, count]) => [bound, count - (old.get(bound) || 0)]);
  const total = counts.at(-1)?.[1] || 0;
  if (total <= 0) return null;
  const rank = q * total;
  let low = 0;
  let below = 0;
  for (const [bound, count] of counts) {
    if (count >= rank) return bound === Infinity ? low : low + (bound - low) * ((rank - below) / (count - below || 1));
    low = bound;
    below = count;
  }
  return low;
}

/** What a counter grew by; what began anew began at zero. */
export function increase(before, after, name, labels = {}) {
  const now = sum(after, name, labels);
  if (now === null) return null;
  const old = sum(before, name, labels) ?? 0;
  return now >= old ? now - old : now;
}

/** So many processes are remembered. */
const MOST = 64;

/** What each process said when it was last read. A service may be several processes, and each reading is one's: only readings of the same are compared. */
export class Readings {
  constructor() { this.last = new Map(); }

  /** @returns `{before, after, seconds}`; null for a process that is read for the first time. */
  add(service, after, at = Date.now()) {
    const process = `${service} ${sum(after, 'process_start_time_seconds')}`;
    const old = this.last.get(process);
    this.last.delete(process);
    this.last.set(process, { samples: after, at });
    if (this.last.size > MOST) this.last.delete(this.last.keys().next().value);
    return old ? { before: old.samples, after, seconds: (at - old.at) / 1000 } : null;
  }

  /** The newest of every process. */
  get samples() { return [...this.last.values()].flatMap(({ samples }) => samples); }
}
