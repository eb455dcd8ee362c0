// What is going to change: packages and policies, each figure with where it comes from and why.
import { fold, h, pre, section, table } from './element.js';
import { intentLink } from './phase.js';
import { moment } from './time.js';
import { T } from './texts.js';

const changePill = (change) => h('span', { class: `change ${change}` }, T.changes[change] || change);

const figures = (change, title) => table(T.figuresOf(title), [T.figure, T.value, T.from, T.why], (change.figures || []).map((figure) => [
  figure.name, h('code', figure.value), h('span', { class: `source ${figure.source}` }, T.sources[figure.source] || figure.source), [figure.reason, figure.step ? ` (${figure.step})` : ''],
]), { class: 'figures' });

const cost = (change) => (change.resources ? h('span.muted', T.takes(change.resources)) : null);

export function indented(json) {
  try { return JSON.stringify(JSON.parse(json), null, 2); } catch { return json; }
}

export const itemHeads = [T.instance, T.function, T.cluster, T.namespace, T.replicas, T.revision, T.observed, T.since, T.intent];

/** What runs somewhere, as the cells of a row. */
export const itemCells = (item) => [
  h('strong', item.instance), item.function, item.cluster, item.namespace, item.replicas ?? '–', item.revision, T.observedAs[item.observed] || item.observed, moment(item.updatedAt),
  item.intentId ? intentLink(item.intentId) : '–',
];

export function answerView(answer) {
  return answer ? section(T.answer, h('p', answer.text), table(T.answer, itemHeads, (answer.items || []).map(itemCells))) : null;
}

/** Live intents that want something else of the same objects. */
export function conflictsView(conflicts) {
  if (!conflicts?.length) return null;
  return section(T.conflicts, h('ul.conflicts', conflicts.map((one) => h('li', h('span.change.delete', T.conflictKinds[one.kind] || one.kind), ' ',
    one.detail, ' ', one.intent ? intentLink(one.intent, T.theOther) : null))));
}

/** What policy demands of a person before it is done. */
export function approvalView(plan) {
  if (!plan?.approvalReasons?.length) return null;
  return h('div.callout', h('strong', T.needsApproval), h('ul', plan.approvalReasons.map((reason) => h('li', reason))));
}

export function policiesView(policies) {
  return (policies || []).map((change) => h('article.change-card',
    h('h4', changePill(change.change), ` ${T.policy} `, h('code', change.policyType), ' ', h('code', change.policyId), change.ric ? ` ${T.onRIC(change.ric)}` : ''),
    change.reason ? h('p', change.reason) : null, figures(change, change.policyId),
    fold(T.policyDocument, pre(indented(change.document)))));
}

export function planView(plan) {
  if (!plan) return null;
  const packages = plan.packages || [];
  const policies = plan.policies || [];
  const isNothing = !packages.length && !policies.length && !plan.answer;
  return [
    packages.length || policies.length || isNothing || plan.notes?.length ? section(T.plan,
      plan.window?.start || plan.window?.end ? h('p', T.window(plan.window)) : null,
      isNothing ? h('p', T.nothingChanges) : null,
      plan.notes?.length ? h('ul.notes', plan.notes.map((note) => h('li', note))) : null,
      packages.map((change) => h('article.change-card', h('h4', changePill(change.change), ` ${change.function} `, h('code', change.path)), cost(change), figures(change, change.instance))),
      policiesView(policies)) : null,
    answerView(plan.answer),
  ];
}
