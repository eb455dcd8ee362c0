// Packages as a tree of files, each beside what is published.
import { fill, h, pre } from './element.js';
import { json, text } from './api.js';
import { diffLines, hunks } from './diff.js';
import { empty, loading, problemBox } from './problem.js';
import { T } from './texts.js';

/** What is published of a package, by file; empty when nothing is. */
async function published(path, revision) {
  try {
    const { files } = await json(`/v1/packages/${path}${revision ? `?revision=${revision}` : ''}`);
    return new Map(files.map((file) => [file.path, file.content]));
  } catch (error) {
    if (error.status === 404) return new Map();
    throw error;
  }
}

function diffView(before, after) {
  const lines = before === undefined ? null : hunks(diffLines(before, after));
  if (!lines?.length) return pre(after);
  return h('pre.diff', { tabindex: '0' }, lines.map(([sign, line]) => (sign === '…' ? h('span.skipped', `${T.unchangedLines(line)}\n`)
    : h(sign === '+' ? 'ins' : sign === '-' ? 'del' : 'span', {}, `${sign} ${line}\n`))));
}

function fileView(name, before, after) {
  const state = before === undefined ? 'new' : after === undefined ? 'gone' : before === after ? 'same' : 'changed';
  const lines = state === 'changed' ? diffLines(before, after) : [];
  const count = (sign) => lines.filter((line) => line[0] === sign).length;
  const details = h('details', { open: state === 'changed' },
    h('summary', h('code', name), ' ', h('span', { class: `file ${state}` }, T.fileStates[state]), state === 'changed' ? h('span', ' ', h('ins', `+${count('+')}`), ' ', h('del', `−${count('-')}`)) : null));
  const show = () => { if (details.childElementCount === 1) details.append(state === 'gone' ? pre(before) : diffView(before, after)); };
  // Made when it is looked at.
  details.addEventListener('toggle', show);
  if (state === 'changed') show();
  return details;
}

/** `packages`: `[{path, files: [{path, content}]}]`; `base` gives what each is compared with, null for nothing. */
async function tree(packages, base) {
  return Promise.all(packages.map(async (item) => {
    const before = base ? await base(item.path) : new Map();
    const after = new Map(item.files.map((file) => [file.path, file.content]));
    const names = [...new Set([...after.keys(), ...before.keys()])].sort();
    const changed = names.filter((name) => before.get(name) !== after.get(name)).length;
    return h('details.package', { open: true }, h('summary', h('code', item.path), ' ', h('span.muted', before.size ? after.size ? T.filesChanged(names.length, changed) : T.filesGone(names.length) : T.filesNew(names.length))),
      h('div.files', names.map((name) => fileView(name, before.get(name), after.get(name)))));
  }));
}

/** Shown when opened; `load` gives the tree. */
function lazy(title, hint, load, isOpen) {
  const body = h('div');
  const details = h('details.manifests', h('summary', h('h3', title), ' ', h('span.muted', hint)), body);
  let isLoaded = false;
  const show = async () => {
    if (!details.open || isLoaded) return;
    isLoaded = true;
    fill(body, loading());
    try {
      fill(body, await load());
    } catch (error) {
      isLoaded = false;
      fill(body, error.status === 404 ? empty(T.noManifests) : problemBox(error, show));
    }
  };
  details.addEventListener('toggle', show);
  if (isOpen) details.open = true;
  return details;
}

/** Of a dry run: beside what is published now. */
export function plannedManifests(packages) {
  return packages?.length ? lazy(T.manifests, T.againstPublished, () => tree(packages, (path) => published(path))) : null;
}

/** `# path` before each document of `/v1/intents/{id}/manifests` names its file. */
export function splitStream(stream, known) {
  const packages = new Map();
  for (const part of stream.split(/^---\n(?=# )/m)) {
    const match = /^# (\S+)\n/.exec(part);
    if (!match) continue;
    const path = known.find((name) => match[1].startsWith(`${name}/`)) || match[1].split('/').slice(0, 3).join('/');
    if (!packages.has(path)) packages.set(path, []);
    packages.get(path).push({ path: match[1].slice(path.length + 1), content: part.slice(match[0].length) });
  }
  return [...packages].map(([path, files]) => ({ path, files }));
}

/** Only the files that a stream has, without the mark that begins a document. */
const comparable = (files) => new Map([...files].filter(([name]) => name.endsWith('.yaml') || name === 'Kptfile').map(([name, content]) => [name, content.replace(/^---\n/, '')]));

const before = (revision) => (Number(revision.slice(1)) > 1 ? `v${Number(revision.slice(1)) - 1}` : null);

/** Of an intent: what it published beside the revision before, or what waits beside what is published. */
export function intentManifests(record, isOpen) {
  const done = new Map((record.packages || []).map((item) => [item.path, item]));
  const planned = (record.plan?.packages || []).filter((item) => item.change !== 'none' && !done.has(item.path));
  const changes = [...done.values(), ...planned];
  if (!changes.length) return null;
  return lazy(T.manifests, done.size ? T.againstBefore : T.againstPublished, async () => {
    // What is removed has no files any more, and is not in the stream.
    const hasFiles = changes.some((item) => item.change !== 'delete');
    const packages = hasFiles ? splitStream(await text(`/v1/intents/${record.id}/manifests`, { accept: 'application/yaml' }), changes.map((item) => item.path)) : [];
    const gone = changes.filter((item) => item.change === 'delete').map((item) => ({ path: item.path, files: [] }));
    return tree([...packages, ...gone], async (path) => {
      const item = done.get(path);
      if (!item) return comparable(await published(path));
      const revision = item.change === 'create' ? null : before(item.revision);
      return revision ? comparable(await published(path, revision)) : new Map();
    });
  }, isOpen);
}
