// Renders /openapi.json: operations by tag, their parameters, bodies and answers, and the schemas. No framework.
'use strict';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
let specification;

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Follows `#/components/…` to what it names. */
function resolve(node) {
  let found = node;
  for (let depth = 0; found?.$ref && depth < 16; depth += 1) {
    const target = found.$ref.slice(2).split('/').reduce((value, name) => value?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], specification);
    const { $ref, ...beside } = found;
    found = { ...target, ...beside };
  }
  return found || {};
}

/** Paragraphs, and code between backticks. */
function prose(text) {
  return (text || '').trim().split(/\n\s*\n/).filter(Boolean).map((paragraph) =>
    h('p', {}, paragraph.split(/`([^`]*)`/).map((part, index) => (index % 2 ? h('code', {}, part) : part))));
}

const inline = (text) => (text || '').split(/`([^`]*)`/).map((part, index) => (index % 2 ? h('code', {}, part) : part));

// ------------------------------------------------------------------------------------------------------------ Schemas

/** One line: a link to a named schema, or its type with its bounds. */
function typeOf(schema) {
  if (!schema) return 'anything';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return h('a', { href: `#schema-${name}` }, name);
  }
  if (schema.const !== undefined) return h('code', {}, JSON.stringify(schema.const));
  const choice = schema.anyOf || schema.oneOf;
  if (choice) return choice.flatMap((option, index) => (index ? [' or ', typeOf(option)] : [typeOf(option)]));
  if (schema.enum) return ['one of ', schema.enum.flatMap((value, index) => (index ? [', ', h('code', {}, String(value))] : [h('code', {}, String(value))]))];
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type || 'anything';
  if (type === 'array') return ['list of ', typeOf(schema.items)];
  if (type === 'object' && schema.additionalProperties && !schema.properties) return ['object of ', typeOf(schema.additionalProperties)];
  return type + bounds(schema);
}

function bounds(schema) {
  const facts = [];
  if (schema.format) facts.push(schema.format);
  if (schema.minimum !== undefined || schema.maximum !== undefined) facts.push(`${schema.minimum ?? ''}…${schema.maximum ?? ''}`);
  if (schema.minLength !== undefined || schema.maxLength !== undefined) facts.push(`${schema.minLength ?? 0}…${schema.maxLength ?? ''} characters`);
  if (schema.default !== undefined) facts.push(`default ${JSON.stringify(schema.default)}`);
  return facts.length ? ` (${facts.join(', ')})` : '';
}

function members(schema) {
  if (!schema) return null;
  if (schema.type === 'array' && schema.items && !schema.items.$ref) return members(schema.items);
  if (!schema.properties) return null;
  const required = new Set(schema.required || []);
  return h('dl', { class: 'members' }, Object.entries(schema.properties).map(([name, member]) => [
    h('dt', {}, h('code', {}, name), ' ', typeOf(member), required.has(name) ? h('strong', {}, ' required') : ''),
    h('dd', {}, member.description ? h('span', { class: 'muted' }, inline(member.description)) : null, member.$ref ? null : members(member)),
  ]));
}

function contentOf(content) {
  return Object.entries(content || {}).map(([type, media]) => [
    h('p', {}, h('code', {}, type), ': ', typeOf(media.schema), media.schema?.description ? [' — ', inline(media.schema.description)] : ''),
    media.schema && !media.schema.$ref ? members(media.schema) : null,
    media.example !== undefined ? h('pre', { tabindex: '0' }, typeof media.example === 'string' ? media.example : JSON.stringify(media.example, null, 2)) : null,
  ]);
}

// --------------------------------------------------------------------------------------------------------- Operations

function table(caption, heads, rows) {
  if (!rows.length) return null;
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, h('table', {},
    h('caption', {}, caption),
    h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell) => h('td', {}, cell)))))));
}

function operationView(path, method, operation, shared) {
  const parameters = [...(shared || []), ...(operation.parameters || [])].map(resolve);
  const body = operation.requestBody ? resolve(operation.requestBody) : null;
  const security = operation.security ?? specification.security ?? [];
  const isOpen = !security.length || security.some((choice) => !Object.keys(choice).length);
  return h('article', { class: 'card', id: `op-${operation.operationId}` },
    h('h3', {}, h('span', { class: `method ${method}` }, method.toUpperCase()), ' ', h('code', {}, path)),
    h('p', {}, h('strong', {}, operation.summary || ''), isOpen ? h('span', { class: 'muted' }, security.length ? ' · key not needed from loopback' : ' · no key needed') : ''),
    prose(operation.description),
    table('Parameters', ['Name', 'In', 'Type', 'Meaning'], parameters.map((parameter) => [
      [h('code', {}, parameter.name), parameter.required ? h('strong', {}, ' required') : ''], parameter.in, typeOf(parameter.schema), inline(parameter.description),
    ])),
    body ? h('div', {}, h('h4', {}, 'Body', body.required ? '' : ' (optional)'), prose(body.description), contentOf(body.content)) : null,
    h('h4', {}, 'Answers'),
    Object.entries(operation.responses || {}).map(([status, response]) => {
      const answer = resolve(response);
      const headers = Object.entries(answer.headers || {});
      return h('details', { open: status.startsWith('2') },
        h('summary', {}, h('code', {}, status), ' ', inline(answer.description)),
        headers.length ? table('Headers', ['Name', 'Meaning'], headers.map(([name, header]) => [h('code', {}, name), inline(resolve(header).description)])) : null,
        contentOf(answer.content));
    }));
}

function render() {
  const operations = Object.entries(specification.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method], shared: item.parameters })));
  const tags = specification.tags || [{ name: 'operations' }];
  const schemas = Object.entries(specification.components?.schemas || {});

  document.getElementById('contents').replaceChildren(
    ...tags.flatMap((tag) => [
      h('strong', {}, tag.name),
      h('ul', {}, operations.filter((entry) => entry.operation.tags?.includes(tag.name)).map((entry) =>
        h('li', {}, h('a', { href: `#op-${entry.operation.operationId}` }, h('span', { class: `method ${entry.method}` }, entry.method.toUpperCase()), ' ', entry.path)))),
    ]),
    h('strong', {}, 'schemas'),
    h('ul', {}, schemas.map(([name]) => h('li', {}, h('a', { href: `#schema-${name}` }, name)))));

  document.getElementById('content').replaceChildren(
    h('section', { class: 'card' },
      h('h2', {}, `${specification.info.title} API ${specification.info.version}`),
      prose(specification.info.description),
      Object.entries(specification.components?.securitySchemes || {}).map(([name, scheme]) =>
        [h('h3', {}, 'Authentication'), h('p', {}, h('code', {}, `Authorization: ${scheme.scheme === 'bearer' ? 'Bearer …' : name}`)), prose(scheme.description)])),
    ...tags.flatMap((tag) => [
      h('h2', { id: `tag-${tag.name}` }, tag.name),
      ...prose(tag.description),
      ...operations.filter((entry) => entry.operation.tags?.includes(tag.name)).map((entry) => operationView(entry.path, entry.method, entry.operation, entry.shared)),
    ]),
    h('h2', {}, 'schemas'),
    ...schemas.map(([name, schema]) => h('article', { class: 'card', id: `schema-${name}` },
      h('h3', {}, name), prose(schema.description), schema.properties ? null : h('p', {}, typeOf(schema)), members(schema))));

  // The browser looked for the fragment before there was anything to find.
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

async function start() {
  try {
    const response = await fetch('/openapi.json', { credentials: 'omit' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    specification = await response.json();
    render();
  } catch (error) {
    document.getElementById('content').replaceChildren(h('div', { class: 'problem', role: 'alert' }, h('strong', {}, 'The specification cannot be shown: '), error.message));
  }
}

start();
