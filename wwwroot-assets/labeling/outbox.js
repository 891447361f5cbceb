// Votes on their way. Each is written down before it is sent and forgotten only when the server has acknowledged it.
import * as store from './store.js';

const batch = 20;
const longestWait = 30_000;

export class Outbox extends EventTarget {
  #api;
  #entries = [];
  #pending = new Set();
  #signal;
  #sending = false;
  #again = false;
  #timer = 0;
  #failures = 0;
  #memoryOrder = 0;

  constructor(api, signal) {
    super();
    this.#api = api;
    this.#signal = signal;
    this.state = 'saved';
    this.problem = '';
    this.durable = true;
    window.addEventListener('online', () => this.send(), { signal });
    window.addEventListener('offline', () => this.#change(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.send(), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
  }

  /** What an earlier page left behind. */
  async load() {
    try {
      const left = await store.listOf(this.#api.account);
      const known = new Set(this.#entries.map(entry => entry.body.key));
      this.#entries = [...left.filter(entry => !known.has(entry.body.key)), ...this.#entries];
    } catch {
      this.durable = false;
    }
    this.#change();
    this.send();
  }

  get waiting() { return this.#entries.filter(entry => !entry.refused); }
  get refused() { return this.#entries.filter(entry => entry.refused); }

  /** Items of votes that the server may not know yet. */
  get items() { return this.waiting.map(entry => entry.body.item); }

  add(body, note) {
    const entry = { account: this.#api.account, body, note, created: Date.now() };
    this.#entries.push(entry);
    this.#change();
    const written = store.add(entry).catch(() => {
      this.durable = false;
      entry.order = `memory-${++this.#memoryOrder}`;
    });
    this.#pending.add(written);
    written.then(() => { this.#pending.delete(written); this.send(); });
  }

  async again(entry) {
    delete entry.refused;
    if (typeof entry.order === 'number') await store.replace(entry);
    this.#change();
    this.send();
  }

  async discard(entry) {
    await this.#forget(entry);
    this.#change();
  }

  /** Forgets a vote that the server refused; false when it is not one of those. */
  withdrawRefused(key) {
    const entry = this.refused.find(refused => refused.body.key === key);
    if (entry) this.discard(entry);
    return Boolean(entry);
  }

  async send() {
    if (this.#sending) { this.#again = true; return; }
    if (this.#signal.aborted || this.waiting.length === 0) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    try {
      await Promise.all(this.#pending);
      await this.#alone(() => this.#sendAll());
      this.#failures = 0;
      this.problem = '';
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#sending = false;
      this.#change();
    }
    if (this.#again) { this.#again = false; this.send(); }
  }

  // Two tabs of one account share the store; only one of them sends.
  #alone(work) {
    return navigator.locks ? navigator.locks.request(`outbox-${this.#api.account}`, work) : work();
  }

  async #sendAll() {
    while (this.waiting.length > 0 && !this.#signal.aborted) {
      const next = this.waiting.slice(0, batch);
      try {
        await this.#sendBatch(next);
      } catch (error) {
        if (error.status !== 400 && error.status !== 413) throw error;
        // One of them is malformed: alone, each gets its own answer.
        for (const entry of next) await this.#sendOne(entry);
      }
    }
  }

  async #sendOne(entry) {
    try {
      await this.#sendBatch([entry]);
    } catch (error) {
      if (error.status !== 400 && error.status !== 413) throw error;
      await this.#refuse(entry, error.message);
    }
  }

  async #sendBatch(entries) {
    const answer = await this.#api.post('/api/votes', { account: this.#api.account, entries: entries.map(entry => entry.body) });
    for (const result of answer.results) {
      const entry = entries.find(candidate => candidate.body.key === result.key);
      if (result.outcome === 'refused') await this.#refuse(entry, result.message);
      else await this.#forget(entry);
    }
    this.dispatchEvent(new CustomEvent('acknowledged', { detail: answer }));
    this.#change();
  }

  async #refuse(entry, reason) {
    entry.refused = reason;
    if (typeof entry.order === 'number') await store.replace(entry);
  }

  async #forget(entry) {
    this.#entries = this.#entries.filter(other => other !== entry);
    if (typeof entry.order === 'number') await store.remove(entry.order);
  }

  #failed(error) {
    this.#failures++;
    this.problem = error.status === 401 ? 'signed-out' : error.status === 409 ? 'other-account' : error.status ? error.message : '';
    if (error.status === 401 || error.status === 409) return;
    const backoff = Math.min(longestWait, 500 * 2 ** Math.min(this.#failures, 7));
    this.#timer = setTimeout(() => this.send(), Math.max(backoff * (0.75 + Math.random() / 2), (error.retryAfter ?? 0) * 1000));
  }

  #change() {
    this.state = this.problem === 'signed-out' || this.problem === 'other-account' ? this.problem
      : this.refused.length > 0 ? 'refused'
      : this.waiting.length === 0 ? (navigator.onLine ? 'saved' : 'offline')
      : !navigator.onLine || this.#failures > 0 ? 'offline' : 'waiting';
    this.dispatchEvent(new Event('change'));
  }
}
