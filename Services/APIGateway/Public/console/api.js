// Every call of the console: documented routes of this gateway only.
import { key } from './session.js';
import { T } from './texts.js';

/** An answer that is no success, or none at all (`code` is `unreachable`). */
export class APIProblem extends Error {
  constructor(problem, retryAfter) {
    super(problem.detail || problem.title);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get code() { return this.problem.code; }

  get status() { return this.problem.status || 0; }
}

const SILENT = new Set([502, 503, 504]);
const UNREACHABLE = { title: T.disconnected, detail: T.unreachableDetail, code: 'unreachable' };

/** Told of each call that a person caused, of each answer, and of none. */
export const hooks = { action: () => {}, answer: () => {}, silence: () => {} };

export function headersOf(accept, headers, hasBody) {
  const all = { Accept: `${accept}, application/problem+json`, ...headers };
  if (key()) all.Authorization = `Bearer ${key()}`;
  if (hasBody) all['Content-Type'] = 'application/json';
  return all;
}

/**
 * @param options.isAction whether a person asked for it: it is then shown as `curl`.
 * @returns the response of a success; throws APIProblem otherwise, AbortError when aborted.
 */
export async function call(path, { method = 'GET', body, headers = {}, accept = 'application/json', signal, isAction = false } = {}) {
  if (isAction) hooks.action({ method, path, headers, body, accept });
  const text = body === undefined ? undefined : JSON.stringify(body);
  let response;
  try {
    response = await fetch(path, { method, headers: headersOf(accept, headers, text !== undefined), body: text, signal, cache: 'no-store', credentials: 'omit' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    hooks.silence();
    throw new APIProblem(UNREACHABLE);
  }
  // What stands before the gateway says so itself when nobody is behind it, and not as a problem document.
  if (SILENT.has(response.status) && !response.headers.get('Content-Type')?.includes('json')) {
    hooks.silence();
    throw new APIProblem(UNREACHABLE);
  }
  hooks.answer(response);
  if (response.ok) return response;
  let problem = { title: `HTTP ${response.status}`, detail: response.statusText, code: `http_${response.status}`, status: response.status };
  try { problem = { ...problem, ...(await response.json()) }; } catch { /* not a problem document */ }
  throw new APIProblem(problem, response.headers.get('Retry-After'));
}

/** Decoded JSON. An answer that breaks off is no answer. */
export async function json(path, options) {
  const response = await call(path, options);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new APIProblem({ title: T.brokenAnswer, detail: error.message, code: 'broken_answer' });
  }
}

export const text = async (path, options) => (await call(path, options)).text();

export const post = (path, body, options) => json(path, { method: 'POST', body, isAction: true, ...options });

/** A space is `%20`: `+` is one in forms only (RFC 3986). */
export const query = (values) => {
  const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '')).toString().replaceAll('+', '%20');
  return text ? `?${text}` : '';
};

/** A name for a submission; `randomUUID` is missing outside secure contexts. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
