// All intents this page knows, newest first, kept fresh by the event stream. One store, many views.
import { json, query } from './api.js';
import { framed } from './element.js';
import { onBack } from './connection.js';
import { Listeners } from './listeners.js';
import { isTerminal } from './phase.js';
import { onSession } from './session.js';
import { Stream } from './stream.js';

/** So many are kept; older ones are found by the archive's search. */
export const MOST = 5000;
const PAGE = 200;
/** Without the right to follow all intents they are asked for anew this often. */
const POLL = 4000;

/** `begun`: how often the stream began anew, with nothing to resume from; `mode`: `live`, `polled` (the key may not follow all intents), `down`. */
export const store = { byID: new Map(), order: [], isLoading: false, hasMore: false, error: null, mode: 'down', begun: 0 };

const listeners = new Listeners();
const told = new Listeners();
const notify = framed(() => listeners.tell());
let stream = null;
let poll = 0;
let epoch = 0;
/** Ids that events named and no list has told of yet. */
const unknown = new Map();

export const subscribe = (listener) => listeners.add(listener);

/** Told of every event, also of intents that are not kept. */
export const onEvent = (listener) => told.add(listener);

/** Puts an intent in its place: ids are in the order of time. True when it was new. */
function insert(item) {
  const known = store.byID.get(item.id);
  if (known) {
    // An event may have told more than a list that was made before it; two steps may be of the same millisecond.
    const isNewer = item.updatedAt > known.updatedAt || (item.updatedAt === known.updatedAt && item.phase !== known.phase && !isTerminal(known.phase));
    if (isNewer) Object.assign(known, item, { stamp: known.stamp + 1 });
    return false;
  }
  const event = unknown.get(item.id);
  unknown.delete(item.id);
  if (event && event.at > item.updatedAt) Object.assign(item, { phase: event.phase, updatedAt: event.at });
  item.stamp = 0;
  // Lower-cased once, for the search.
  item.words = `${item.request?.intent || ''} ${item.id} ${item.request?.requestedBy || ''}`.toLowerCase();
  store.byID.set(item.id, item);
  const { order } = store;
  if (!order.length || item.id < order.at(-1).id) order.push(item);
  else if (item.id > order[0].id) order.unshift(item);
  else {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[middle].id > item.id) low = middle + 1;
      else high = middle;
    }
    order.splice(low, 0, item);
  }
  return true;
}

function trim() {
  while (store.order.length > MOST) {
    store.byID.delete(store.order.pop().id);
    store.hasMore = true;
  }
}

/** What a decision or a look at an intent brought. */
export function remember(record) {
  insert({ id: record.id, phase: record.phase, createdAt: record.createdAt, updatedAt: record.updatedAt, request: record.request });
  trim();
  notify();
}

/** Newest first, page by page, until all or `MOST` are here; or only until a page that holds nothing new. */
async function load(onlyNew) {
  const mine = epoch;
  let cursor;
  for (let count = 0; count < MOST; count += PAGE) {
    const page = await json(`/v1/intents${query({ limit: PAGE, cursor })}`);
    if (mine !== epoch) return;
    let fresh = 0;
    for (const item of page.items || []) fresh += insert(item) ? 1 : 0;
    cursor = page.nextCursor;
    if (!onlyNew) store.hasMore = Boolean(cursor);
    trim();
    notify();
    if (!cursor || (onlyNew && !fresh)) return;
  }
}

async function refresh(onlyNew) {
  if (store.isLoading) return;
  store.isLoading = true;
  notify();
  const mine = epoch;
  try {
    await load(onlyNew);
    if (mine !== epoch) return;
    store.error = null;
  } catch (error) {
    if (mine !== epoch) return;
    store.error = error;
  } finally {
    if (mine === epoch) store.isLoading = false;
    notify();
  }
}

let fetching = 0;
/** Many new intents at once are fetched by one list; what is told of while it is made, by the next. */
function fetchUnknown(after = 150) {
  fetching ||= setTimeout(async () => {
    fetching = 0;
    if (!store.isLoading) {
      const asked = [...unknown.keys()];
      await refresh(true);
      // What a list does not show belongs to another tenant, or is older than what is kept.
      if (!store.error) for (const id of asked) unknown.delete(id);
    }
    if (unknown.size) fetchUnknown(store.error ? 2000 : 150);
  }, after);
}

function take(event) {
  const item = store.byID.get(event.id);
  if (!item) {
    unknown.set(event.id, event);
    fetchUnknown();
  } else if (event.at >= item.updatedAt) {
    Object.assign(item, { phase: event.phase, updatedAt: event.at, stamp: item.stamp + 1 });
  }
  told.tell(event);
  notify();
}

function follow() {
  stream?.close();
  stream = new Stream('/v1/events', {
    onEvent: take,
    onState: (state, error) => {
      // Lists that were asked for before the stream began may lack what happened between.
      if (state === 'live' && stream.last === undefined) {
        store.begun += 1;
        epoch += 1;
        store.isLoading = false;
        refresh(false);
      }
      if (state !== 'denied') store.mode = state;
      else if (error.status === 403) {
        store.mode = 'polled';
        schedulePoll();
      } else store.mode = 'down';
      notify();
    },
  });
}

function schedulePoll() {
  clearTimeout(poll);
  poll = setTimeout(async () => {
    if (store.mode !== 'polled') return;
    if (!document.hidden) await refresh(false);
    schedulePoll();
  }, POLL);
}

/** From nothing, with the key as it is now. First the stream, then the lists: nothing that happens between them is missed. */
export function restart() {
  epoch += 1;
  clearTimeout(poll);
  unknown.clear();
  Object.assign(store, { byID: new Map(), order: [], isLoading: false, hasMore: false, error: null, mode: 'down' });
  follow();
  refresh(false);
  notify();
}

export const reload = () => refresh(false);

export function startIntents() {
  onSession(restart);
  onBack(() => { if (store.error) refresh(false); });
  restart();
}
