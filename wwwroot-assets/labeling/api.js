// The server's answers as values: a refusal is an ApiError with its status and one clear line.
import { t } from '../js/texts.js';
export class ApiError extends Error {
  constructor(status, message, retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** An identity that needs no secure context, which crypto.randomUUID does. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export class Api {
  #token;

  constructor(account, token) {
    this.account = account;
    this.#token = token;
  }

  get(path) {
    return this.#ask(path, {});
  }

  async post(path, body) {
    try {
      return await this.#send(path, body);
    } catch (error) {
      if (error.code !== 'antiforgery') throw error;
      // The token is older than the sign-in; one fresh one, if the account is still the same.
      const session = await this.get('/api/session');
      if (session.account !== this.account) throw new ApiError(409, t('Somebody else has signed in in this browser.'));
      this.#token = session.token;
      return this.#send(path, body);
    }
  }

  #send(path, body) {
    return this.#ask(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'RequestVerificationToken': this.#token },
      body: JSON.stringify(body),
    });
  }

  async #ask(path, options) {
    const response = await fetch(path, { credentials: 'same-origin', redirect: 'manual', signal: AbortSignal.timeout(20_000), ...options });
    if (response.type === 'opaqueredirect') throw new ApiError(401, t('You are signed out.'));
    if (response.ok) return response.status === 204 ? null : response.json();
    const problem = await response.json().catch(() => ({}));
    const error = new ApiError(response.status, problem.detail || problem.title || t('The server answered {0}.', response.status), Number(response.headers.get('Retry-After')) || 0);
    error.code = problem.code;
    throw error;
  }
}
