// Whether the gateway is heard, and the banner that says so when it is not.
import { $, announce, button, fill, h } from './element.js';
import { call, hooks } from './api.js';
import { Listeners } from './listeners.js';
import { T } from './texts.js';

const state = { isSilent: false, maintenance: '', timer: 0 };
const back = new Listeners();

/** Told when the gateway is heard again after a silence. */
export const onBack = (listener) => back.add(listener);

function show() {
  const banner = $('banner');
  banner.hidden = !state.isSilent && !state.maintenance;
  banner.className = state.isSilent ? 'notice bad' : 'notice';
  if (state.isSilent) fill(banner, [h('span', h('strong', T.disconnected, '.'), ' ', T.disconnectedDetail), button(T.tryNow, probe)]);
  else fill(banner, state.maintenance ? T.maintenance(state.maintenance) : '');
}

/** Looks whether it is back, until it is. */
async function probe() {
  clearTimeout(state.timer);
  try {
    await call('/health');
  } catch (error) {
    // An answer, whatever it says, is one.
    if (error.code !== 'unreachable') return;
    state.timer = setTimeout(probe, 2000);
  }
}

export function watchConnection() {
  hooks.silence = () => {
    if (!state.isSilent) {
      state.isSilent = true;
      announce(T.disconnected);
      show();
      state.timer = setTimeout(probe, 1000);
    }
  };
  hooks.answer = (response) => {
    const notice = response.headers.get('Nephoran-Maintenance') || '';
    const isBack = state.isSilent;
    if (!isBack && notice === state.maintenance) return;
    Object.assign(state, { isSilent: false, maintenance: notice });
    clearTimeout(state.timer);
    show();
    if (!isBack) return;
    announce(T.connectedAgain);
    back.tell();
  };
}
