// A view that asks again and again while it is looked at.
import { isSilence, loading, problemBox } from './problem.js';
import { onBack } from './connection.js';
import { fill, focus, h } from './element.js';

/** A table that is drawn anew stays where it was scrolled to sideways, and keeps the focus. */
function keepingPlace(body, draw) {
  const before = body.querySelector('.scroll');
  const place = before && { left: before.scrollLeft, isFocused: document.activeElement === before };
  draw();
  const after = body.querySelector('.scroll');
  if (!place || !after || after === before) return;
  after.scrollLeft = place.left;
  if (place.isFocused) focus(after);
}

/**
 * @param load gives the data; `show(data)` draws it into `body`. What was drawn stays while the gateway is silent.
 * @returns `{again, close}`.
 */
export function polled(root, load, show, every = 5000) {
  const state = h('div');
  const body = h('div');
  let isClosed = false;
  let hasData = false;
  let timer = 0;
  let turn = 0;
  fill(root, [state, body]);
  fill(state, loading());
  const again = async () => {
    clearTimeout(timer);
    turn += 1;
    const mine = turn;
    try {
      const data = document.hidden && hasData ? null : await load();
      if (isClosed || mine !== turn) return;
      if (data) {
        keepingPlace(body, () => show(data, body));
        hasData = true;
      }
      fill(state, []);
    } catch (error) {
      if (isClosed || mine !== turn) return;
      // The banner tells of silence, and it is asked again; an error is better than old figures.
      if (!isSilence(error)) fill(state, problemBox(error, again));
    }
    timer = setTimeout(again, every);
  };
  const leave = onBack(again);
  again();
  return {
    again,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      leave();
    },
  };
}
