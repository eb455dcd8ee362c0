// The difference of two texts by lines.

/** Beyond so many cells the middle is shown as replaced whole. */
const MOST_CELLS = 4_000_000;
const CONTEXT = 3;

/** `[sign, line]` with a sign of ` `, `-` or `+`: the longest common subsequence stays. */
export function diffLines(before, after) {
  const a = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const b = after === '' ? [] : after.replace(/\n$/, '').split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  return [...a.slice(0, head).map((line) => [' ', line]), ...middle(left, right), ...a.slice(a.length - tail).map((line) => [' ', line])];
}

function middle(a, b) {
  const replaced = () => [...a.map((line) => ['-', line]), ...b.map((line) => ['+', line])];
  if (!a.length || !b.length || a.length * b.length > MOST_CELLS) return replaced();
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push([' ', a[i]]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
      lines.push(['-', a[i]]);
      i += 1;
    } else {
      lines.push(['+', b[j]]);
      j += 1;
    }
  }
  return lines;
}

/** Only what changed, with some lines around; what is left out is `['…', count]`. */
export function hunks(lines) {
  const keeps = new Uint8Array(lines.length);
  lines.forEach(([sign], index) => {
    if (sign !== ' ') keeps.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  });
  const shown = [];
  let skipped = 0;
  lines.forEach((line, index) => {
    if (keeps[index]) {
      if (skipped) shown.push(['…', skipped]);
      skipped = 0;
      shown.push(line);
    } else skipped += 1;
  });
  if (skipped && shown.length) shown.push(['…', skipped]);
  return shown;
}
