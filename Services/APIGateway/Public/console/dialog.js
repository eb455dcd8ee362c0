// Asking before something is done. A native dialog: it keeps the focus, gives it back, and Escape closes it.
import { $, button, fill, h } from './element.js';
import { T } from './texts.js';

/**
 * Asks for confirmation, and for a reason where `hasReason`.
 * @returns the reason, perhaps empty; null when it is not to be done.
 */
export function confirm({ title, detail, action, isDangerous = false, hasReason = true }) {
  const dialog = $('dialog');
  const reason = hasReason ? h('input', { id: 'dialog-reason', maxlength: '1000', autocomplete: 'off', autofocus: true }) : null;
  return new Promise((resolve) => {
    let answer = null;
    dialog.onclose = () => {
      fill(dialog, []);
      resolve(answer);
    };
    fill(dialog, h('form', {
      onsubmit: (event) => {
        event.preventDefault();
        answer = reason ? reason.value.trim() : '';
        dialog.close();
      },
    },
    h('h2', { id: 'dialog-title' }, title), detail ? h('div.detail', detail) : null,
    reason ? [h('label', { for: 'dialog-reason' }, T.reason), reason] : null,
    h('div.actions', h('button', { type: 'submit', class: isDangerous ? 'danger' : 'primary' }, action), button(T.back, () => dialog.close()))));
    dialog.showModal();
  });
}

/** Shows something until it is closed. */
export function tell(title, ...children) {
  const dialog = $('dialog');
  dialog.onclose = () => fill(dialog, []);
  fill(dialog, [h('h2', { id: 'dialog-title' }, title), children, h('div.actions', button(T.close, () => dialog.close(), { class: 'primary', autofocus: true }))]);
  dialog.showModal();
}
