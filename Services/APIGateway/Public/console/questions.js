// Questions about an intent, with their options.
import { alerts, fill, h } from './element.js';
import { problemBox } from './problem.js';
import { T } from './texts.js';

/** What was typed, as the number or boolean it looks like where the question is about a target. */
export function answerValue(field, text) {
  const isTarget = field.startsWith('targets.');
  if (isTarget || field === 'confirm') {
    if (/^(true|yes)$/i.test(text)) return true;
    if (/^(false|no)$/i.test(text)) return false;
  }
  return isTarget && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

let serial = 0;

/**
 * A form of questions; `onAnswer(answers)` is awaited, and what it throws is shown.
 * Every question needs an answer: sent one by one they would be asked again.
 */
export function questionForm(questions, label, onAnswer) {
  serial += 1;
  const name = (index) => `question-${serial}-${index}`;
  const problems = alerts();
  const submit = h('button.primary', { type: 'submit' }, label);
  const form = h('form', {
    class: 'questions', novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      const data = new FormData(form);
      const answers = [];
      let missing = null;
      questions.forEach((question, index) => {
        const text = String(data.get(`${name(index)}-text`) || '').trim() || data.get(name(index));
        if (text) answers.push({ expectation: question.expectation, field: question.field, value: answerValue(question.field, text) });
        else missing ??= index;
      });
      if (missing !== null) {
        fill(problems, h('p.problem', T.answerMissing(questions[missing].question)));
        form.querySelector(`[name^="${name(missing)}"]`)?.focus();
        return;
      }
      fill(problems, []);
      submit.disabled = true;
      try {
        await onAnswer(answers);
      } catch (error) {
        fill(problems, problemBox(error));
      } finally {
        submit.disabled = false;
      }
    },
  },
  questions.map((question, index) => {
    const other = h('input', { id: `${name(index)}-text`, name: `${name(index)}-text`, autocomplete: 'off', class: 'other', 'aria-label': question.options?.length ? T.somethingElse : question.question, placeholder: question.options?.length ? T.somethingElse : T.answerHere,
      oninput: () => { if (other.value) for (const radio of form.querySelectorAll(`input[type=radio][name="${name(index)}"]`)) radio.checked = false; } });
    // What can only be confirmed or denied has no third answer.
    other.hidden = question.options?.join() === 'yes,no';
    return h('fieldset', h('legend', question.question),
      h('div.options', (question.options || []).map((option) => h('label.option', h('input', { type: 'radio', name: name(index), value: option, onchange: () => { other.value = ''; } }), option)), other));
  }),
  problems, h('div.actions', submit));
  return form;
}
