// The phases of an intent as people see them: their look, their place on the way, what may be decided there.
import { h } from './element.js';
import { href } from './route.js';
import { T } from './texts.js';

/** Where an intent is on its way; the board filters by these. */
export const STAGES = [
  { id: 'understand', phases: ['received', 'interpreting'] },
  { id: 'question', phases: ['awaiting_clarification'], isWaiting: true },
  { id: 'plan', phases: ['planning'] },
  { id: 'approve', phases: ['awaiting_approval'], isWaiting: true },
  { id: 'carry', phases: ['rendering', 'executing'] },
  { id: 'verify', phases: ['verifying'] },
  { id: 'done', phases: ['published', 'fulfilled'] },
  { id: 'ended', phases: ['refused', 'cancelled', 'superseded', 'rolled_back'] },
  { id: 'failed', phases: ['failed'] },
];

/** Of phases that last: those that wait for a person, and the ends. */
const LOOKS = {
  fulfilled: ['good', '✓'], published: ['good', '✓'], failed: ['bad', '✕'], refused: ['bad', '✕'], cancelled: ['still', '–'],
  superseded: ['still', '–'], rolled_back: ['still', '↩'], awaiting_clarification: ['wait', '?'], awaiting_approval: ['wait', '!'],
};
const STAGE_OF = new Map(STAGES.flatMap((stage) => stage.phases.map((phase) => [phase, stage])));
/** The five steps of a row's track, by phase: how many are behind it. */
const STEPS = { received: 0, interpreting: 0, awaiting_clarification: 0, planning: 1, awaiting_approval: 1, rendering: 2, executing: 2, verifying: 3, fulfilled: 5, published: 5 };
export const TRACK_LENGTH = 5;

export const isTerminal = (phase) => phase in LOOKS && !isWaiting(phase);
export const isDone = (phase) => phase === 'published' || phase === 'fulfilled';
export const isWaiting = (phase) => phase === 'awaiting_clarification' || phase === 'awaiting_approval';
export const stageOf = (phase) => STAGE_OF.get(phase)?.id || 'understand';
export const lookOf = (phase) => LOOKS[phase]?.[0] || 'live';
export const stepsDone = (phase) => STEPS[phase] ?? TRACK_LENGTH;

/** Phases beyond those this console knows are shown by their name. */
export const phaseName = (phase) => T.phases[phase] || String(phase).replaceAll('_', ' ');

export const phaseText = (phase) => `${LOOKS[phase]?.[1] || '•'} ${phaseName(phase)}`;

export const pill = (look, ...words) => h('span', { class: `phase ${look || 'still'}` }, words);

/** A step that others have followed no longer breathes. */
export function phasePill(phase, isPast = false) {
  const look = isPast && lookOf(phase) === 'live' ? 'still' : lookOf(phase);
  return pill(look, phaseText(phase));
}

export const intentLink = (id, words = T.show) => h('a', { href: href('intent', id) }, words);

/** What a person may decide about an intent; `canUndo` when it did something that could be undone. */
export function decisionsFor(phase, canUndo = true) {
  if (phase === 'awaiting_approval') return ['approve', 'reject'];
  if (phase === 'failed') return ['retry'];
  if (isDone(phase)) return canUndo ? ['rollback'] : [];
  return isTerminal(phase) ? [] : ['cancel'];
}
