// Server-Sent Events with a key in the header, resumed after every break with the last event seen.
import { call } from './api.js';

/** Yields `{id, data}` for each event (HTML Living Standard §9.2.6), and what has an `id` alone: where the stream begins. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  let event = { id: undefined, data: [] };
  let last;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value;
      let start = 0;
      // A lone CR at the end may be the first half of CRLF.
      const ends = /\r\n|\n|\r(?!$)/g;
      for (let match = ends.exec(buffer); match; match = ends.exec(buffer)) {
        const line = buffer.slice(start, match.index);
        start = ends.lastIndex;
        if (line === '') {
          if (event.data.length || event.id !== last) yield { id: event.id, data: event.data.join('\n') };
          last = event.id;
          event = { id: last, data: [] };
        } else if (!line.startsWith(':')) {
          const colon = line.indexOf(':');
          const field = colon < 0 ? line : line.slice(0, colon);
          const text = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
          if (field === 'data') event.data.push(text);
          else if (field === 'id') event.id = text;
        }
      }
      buffer = buffer.slice(start);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Waits; sooner when aborted, or when the browser is back online. */
const pause = (milliseconds, signal) => new Promise((resolve) => {
  const end = () => {
    clearTimeout(timer);
    window.removeEventListener('online', end);
    signal.removeEventListener('abort', end);
    resolve();
  };
  const timer = setTimeout(end, milliseconds);
  window.addEventListener('online', end);
  signal.addEventListener('abort', end);
});

/**
 * Follows a stream until `close()`, or until it may not be followed.
 *
 * `onEvent(object, id)` is told of each event once, in order; `onState` of `live`, `down` (it goes on trying) and `denied`;
 * `isOver()` says whether an end of the stream is its natural end.
 */
export class Stream {
  constructor(path, { onEvent, onState = () => {}, isOver = () => false }) {
    Object.assign(this, { path, onEvent, onState, isOver, last: undefined, abort: new AbortController() });
    this.run();
  }

  close() { this.abort.abort(); }

  async run() {
    const { signal } = this.abort;
    // A page that is kept for the way back holds no connection: a browser has six for all its pages of one origin.
    window.addEventListener('pagehide', () => this.connection?.abort(), { signal });
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const headers = this.last === undefined ? {} : { 'Last-Event-ID': this.last };
        this.connection = new AbortController();
        signal.addEventListener('abort', () => this.connection.abort());
        const response = await call(this.path, { accept: 'text/event-stream', signal: this.connection.signal, headers });
        attempt = 0;
        this.onState('live');
        for await (const { id, data } of events(response)) {
          if (signal.aborted) return;
          if (!data) {
            this.last = id ?? this.last;
            continue;
          }
          let object;
          try { object = JSON.parse(data); } catch { continue; }
          this.onEvent(object, id);
          // After it was taken: what fails in taking it is asked for again.
          if (id !== undefined) this.last = id;
        }
      } catch (error) {
        if (signal.aborted) return;
        if ([401, 403, 404].includes(error.status)) {
          this.onState('denied', error);
          return;
        }
      }
      if (signal.aborted || this.isOver()) return;
      this.onState('down');
      await pause(Math.min(8000, 250 * 2 ** attempt) * (0.5 + Math.random() / 2), signal);
    }
  }
}
