// What was understood: the sentence with what was read from it underlined by role, and each reading in words.
import { facts, fill, h, section, tableSection } from './element.js';
import { number, percent } from './time.js';
import { T } from './texts.js';

export const conditionText = (target) => {
  const value = Array.isArray(target.value) ? target.value.join(' – ') : String(target.value);
  return `${target.attribute} ${T.conditions[target.condition] || target.condition} ${value}${target.unit ? ` ${target.unit}` : ''}`;
};

export const objectText = (object) => `${object.type || T.kinds[object.kind] || object.kind}${object.name ? ` “${object.name}”` : ''}`;

/** `sst 1, sd 000001` of an object, `a, b` of a list. */
const words = (value) => (Array.isArray(value) ? value.map(words).join(', ') : value && typeof value === 'object' ? Object.entries(value).map(([name, its]) => `${name} ${words(its)}`).join(', ') : String(value));

/** Where words stand that a model says it read something from, if they stand in one place alone. */
function located(text, evidence) {
  const at = evidence ? text.indexOf(evidence) : -1;
  if (at < 0 || text.indexOf(evidence, at + 1) >= 0) return null;
  const start = length(text.slice(0, at));
  return { start, end: start + length(evidence) };
}

const length = (text) => new TextEncoder().encode(text).length;

/** The action, or by member of the context (`namespace`, `qualities.edge`) where, when and what for. */
function circumstance({ verb, context }, name) {
  if (name === 'verb') return { role: 'action', text: T.verbs[verb] || verb, why: T.actions[verb] };
  const member = name.split('.', 1)[0];
  return { role: 'place', text: `${T.members[member] || member} = ${name.slice(member.length + 1) || words(context?.[member])}`, why: T.saidHere };
}

/** What was read from where: `{start, end, role, texts, why}`, offsets in bytes. What the same words became stands together. */
function readings(text, interpretation) {
  const found = new Map();
  const add = (span, { role, text: became, why }) => {
    if (!span || span.start >= span.end || span.end > length(text)) return;
    const name = `${span.start}-${span.end}`;
    if (!found.has(name)) found.set(name, { ...span, role, why, texts: new Set() });
    found.get(name).texts.add(became);
  };
  for (const expectation of interpretation?.expectations || []) {
    const { object } = expectation;
    for (const [name, span] of Object.entries(expectation.spans || {})) add(span, circumstance(expectation, name));
    // Without a type or a name nothing in particular was meant.
    if (object.type || object.name) add(object.span ?? located(text, object.evidence), { role: 'object', text: objectText(object), why: object.type && T.kinds[object.kind] });
    for (const target of expectation.targets || []) add(target.span ?? located(text, target.evidence), { role: 'target', text: conditionText(target), why: T.saidHere });
  }
  return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

const ROLES = ['action', 'object', 'target', 'place'];

/**
 * The sentence, marked. Marks take the focus and say in a line below what they became.
 * Within a mark another is not shown: the table has them all.
 */
export function markedText(text, interpretation) {
  const bytes = new TextEncoder().encode(text);
  const decode = (start, end) => new TextDecoder().decode(bytes.subarray(start, end));
  const parts = [];
  let position = 0;
  const note = h('p.reading-note', { 'aria-live': 'polite' });
  const roles = new Set();
  for (const { start, end, role, texts, why } of readings(text, interpretation)) {
    if (start < position) continue;
    const said = decode(start, end);
    const became = [...texts].join('; ');
    const tell = () => fill(note, [h('b', said), ' → ', h('span', { class: `key ${role}` }, T.roles[role]), ' ', became, why ? h('span.muted', ` — ${why}`) : null]);
    roles.add(role);
    parts.push(decode(position, start), h('mark', { class: role, tabindex: '0', role: 'button', title: became, 'aria-label': `${said}: ${T.roles[role]} ${became}`, onmouseenter: tell, onfocus: tell, onclick: tell }, said));
    position = end;
  }
  parts.push(decode(position, bytes.length));
  if (roles.size) fill(note, h('span.muted', T.pointAtMarks));
  return h('div.marked', h('p.quote', parts),
    roles.size ? [h('p.muted', ROLES.filter((role) => roles.has(role)).map((role) => [h('span', { class: `key ${role}` }, T.roles[role]), ' '])), note] : null);
}

export function refusalBox(refusal) {
  return h('div.problem', h('strong', T.refused), ` ${T.refusals[refusal.reason] || refusal.reason}. `, h('span', refusal.detail));
}

/** Every expectation as a row. */
export function expectationTable(interpretation) {
  return tableSection(T.understood, [T.verb, T.object, T.targets, T.where, T.confidence], (interpretation?.expectations || []).map((expectation) => [
    h('strong', T.verbs[expectation.verb] || expectation.verb),
    objectText(expectation.object),
    h('ul.plain', (expectation.targets || []).map((target) => h('li', conditionText(target)))),
    h('ul.plain', Object.entries(expectation.context || {}).map(([name, value]) => h('li', `${T.members[name] || name} ${words(value)}`))),
    percent(expectation.confidence),
  ]));
}

/** Who read it, with what, at what cost. */
export function provenanceView(interpretation) {
  const provenance = interpretation?.provenance;
  if (!provenance) return null;
  return section(T.provenance,
    facts([
      [T.readBy, provenance.interpreter === 'embedded' ? T.embedded : provenance.interpreter], [T.model, provenance.model], [T.promptVersion, h('code', provenance.promptVersion)],
      [T.language, interpretation.language], [T.tokens, provenance.tokens && number(provenance.tokens)], [T.cost, `${number(provenance.costUSD || 0)} USD`],
    ]),
    provenance.passages?.length ? [h('p', T.passages), h('ul', provenance.passages.map((passage) => h('li', h('a', { href: `#/operate/knowledge?q=${encodeURIComponent(passage.split('#')[0])}` }, passage))))] : h('p.muted', T.noPassages),
    provenance.notes?.length ? h('ul', provenance.notes.map((note) => h('li', note))) : null);
}
