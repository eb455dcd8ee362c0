// What went wrong, as the service says it, with what can be done about it; and the states every view has in common.
import { button, h } from './element.js';
import { APIProblem } from './api.js';
import { T } from './texts.js';

export function problemBox(error, retry) {
  const problem = error.problem || { title: T.wentWrong, detail: error.message };
  return h('div.problem',
    h('strong', problem.title || T.wentWrong), ' ', problem.detail !== problem.title ? problem.detail : '',
    problem.errors?.length ? h('ul', problem.errors.map((item) => h('li', h('code', item.pointer || '/'), ' ', item.detail))) : null,
    problem.code === 'forbidden' ? h('p', T.forbiddenHint) : null,
    h('p.muted', [problem.code && T.code(problem.code), error.retryAfter && T.retryAfter(error.retryAfter)].filter(Boolean).join(' · ')),
    retry ? h('p', button(T.tryAgain, retry)) : null);
}

export const loading = (text = T.loading) => h('p.state', { role: 'status' }, h('span.spinner', { 'aria-hidden': 'true' }), text);

/** Nothing there: says so, and what would change that. */
export const empty = (title, hint, action) => h('div.state.empty', h('strong', title), hint ? h('span', hint) : null, action);

/** An error that is not the gateway's silence, which the banner tells of. */
export const isSilence = (error) => error instanceof APIProblem && error.code === 'unreachable';
