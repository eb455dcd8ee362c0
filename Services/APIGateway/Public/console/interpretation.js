// What was understood: the sentence with what was read from it underlined by role, and each reading in words.
import { facts, fill, h, section, table } from './element.js';
import { number, percent } from './time.js';
import { T } from './texts.js';

const PLACES = ['namespace', 'cluster', 'region', 'site', 'zone', 'tenant', 'from'];

export const conditionText = (target) => {
  const value = Array.isArray(target.value) ? target.value.join(' – ') : String(target.value);
  return `${target.attribute} ${T.conditions[target.condition] || target.condition} ${value}${target.unit ? ` ${target.unit}` : ''}`;
};

export const objectText = (object) => `${object.type || T.kinds[object.kind] || object.kind}${object.name ? ` “${object.name}”` : ''}`;

/** `sst 1, sd 000001` of an object, `a, b` of a list. */
const words = (value) => (Array.isArray(value) ? value.map(words).join(', ') : value && typeof value === 'object' ? Object.entries(value).map(([name, its]) => `${name} ${words(its)}`).join(', ') : String(value));

/** What was read from where: `{start, end, role, text, why}`, offsets in bytes. */
function readings(interpretation) {
  return (interpretation?.expectations || []).flatMap((expectation) => [
    expectation.object.span && { ...expectation.object.span, role: 'object', text: `${T.verbs[expectation.verb] || expectation.verb} → ${objectText(expectation.object)}`, why: T.saidAs(expectation.object.evidence) },
    ...(expectation.targets || []).map((target) => target.span && { ...target.span, role: 'target', text: conditionText(target), why: T.saidAs(target.evidence) }),
    ...PLACES.map((name) => expectation.spans?.[name] && { ...expectation.spans[name], role: 'place', text: `${name} = ${expectation.context?.[name]}`, why: T.saidHere }),
  ]).filter((span) => span && span.start < span.end).sort((a, b) => a.start - b.start || b.end - a.end);
}

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
  const found = readings(interpretation).filter((span) => span.end <= bytes.length);
  const roles = new Set();
  for (const span of found) {
    if (span.start < position) continue;
    const tell = () => fill(note, [h('b', decode(span.start, span.end)), ' → ', span.text, span.why ? h('span.muted', ` — ${span.why}`) : null]);
    roles.add(span.role);
    parts.push(decode(position, span.start), h('mark', { class: span.role, tabindex: '0', role: 'button', 'aria-label': `${decode(span.start, span.end)}: ${span.text}`, onmouseenter: tell, onfocus: tell, onclick: tell }, decode(span.start, span.end)));
    position = span.end;
  }
  parts.push(decode(position, bytes.length));
  if (roles.size) fill(note, h('span.muted', T.pointAtMarks));
  return h('div.marked', h('p.quote', parts),
    roles.size ? h('p.legend.muted', ['object', 'target', 'place'].filter((role) => roles.has(role)).map((role) => [h('span', { class: `key ${role}` }, T.roles[role]), ' '])) : null,
    roles.size ? note : null);
}

export function refusalBox(refusal) {
  return h('div.problem', h('strong', T.refused), ` ${T.refusals[refusal.reason] || refusal.reason}. `, h('span', refusal.detail));
}

/** Every expectation as a row. */
export function expectationTable(interpretation) {
  return table(T.understood, [T.verb, T.object, T.targets, T.where, T.confidence], (interpretation?.expectations || []).map((expectation) => [
    h('strong', T.verbs[expectation.verb] || expectation.verb),
    objectText(expectation.object),
    h('ul.plain', (expectation.targets || []).map((target) => h('li', conditionText(target)))),
    h('ul.plain', Object.entries(expectation.context || {}).map(([name, value]) => h('li', `${name} ${words(value)}`))),
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
