// The platform's API, as this browser's session may use it.

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

/** What the API answered in place of what was asked for. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.error?.message ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem.code ?? problem.error?.code;
    this.violations = problem.violations ?? [];
  }
}

/** Headers that every request of the session needs; a change needs the token. */
export function headers(more = {}) {
  const all = { 'X-CSRF-Token': meta('csrf-token') ?? '', ...more };
  const tenant = meta('acting-tenant');
  return tenant ? { ...all, 'x-heddle-tenant': tenant } : all;
}

/** Asks, and answers the response if it is a good one; else throws a Refusal. */
export async function ask(method, path, body, more = {}, signal = undefined) {
  const json = body !== undefined && typeof body !== 'string' && !(body instanceof Blob);
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: headers(json ? { 'Content-Type': 'application/json', ...more } : more),
      body: json ? JSON.stringify(body) : body,
      credentials: 'same-origin',
      signal,
    });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Refusal(0, { detail: 'The server cannot be reached. Check the connection and try again.' });
  }
  if (response.ok) return response;
  if (response.status === 401) {
    location.assign('/console/sign-in?next=' + encodeURIComponent(location.pathname));
  }
  throw new Refusal(response.status, await response.json().catch(() => ({})));
}

/** The answer's JSON; null if it has none. */
export async function json(method, path, body, more) {
  const text = await (await ask(method, path, body, more)).text();
  return text ? JSON.parse(text) : null;
}
