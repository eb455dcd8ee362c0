// What a person decides about an intent: asked for a reason, sent, and its answer.
import { alerts, announce, button, h } from './element.js';
import { post } from './api.js';
import { confirm } from './dialog.js';
import { decisionsFor } from './phase.js';
import { problemBox } from './problem.js';
import { T } from './texts.js';

const LOOKS = { approve: 'primary', reject: 'danger', cancel: 'danger', rollback: 'danger', retry: 'primary' };

export const isDangerous = (name) => LOOKS[name] === 'danger';

export const path = (id, name) => `/v1/intents/${id}/${name}`;

export const send = (id, name, reason) => post(path(id, name), reason ? { reason } : {});

/** The buttons for what may be decided in a phase, and where to say what went wrong; null when nothing may be. */
export function decisionBar(record, onDone) {
  const names = decisionsFor(record.phase, Object.keys(record.tracks || {}).length > 0);
  if (!names.length) return null;
  const problems = alerts();
  const decide = async (name) => {
    const reason = await confirm({ title: T.confirm[name], detail: h('p.quote', record.request.intent), action: T.decisions[name], isDangerous: isDangerous(name) });
    if (reason === null) return;
    problems.replaceChildren();
    try {
      onDone(await send(record.id, name, reason));
      announce(T.decided[name]);
    } catch (error) {
      problems.replaceChildren(problemBox(error));
    }
  };
  return h('div.decisions', h('div.actions', names.map((name) => button(T.decisions[name], () => decide(name), { class: LOOKS[name], 'data-decision': name }))), problems);
}
