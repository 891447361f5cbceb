// How long a person looked at each card: only while it is in front and the page is in sight.
export class Stopwatch {
  #card = null;
  #since = 0;

  constructor(signal) {
    document.addEventListener('visibilitychange', () => document.hidden ? this.#pause() : this.start(this.#card), { signal });
  }

  start(card) {
    this.#pause();
    this.#card = card;
    this.#since = performance.now();
  }

  /** Milliseconds so far. */
  read() {
    this.#pause();
    return Math.round(this.#card?.elapsed ?? 0);
  }

  #pause() {
    const now = performance.now();
    if (this.#card) this.#card.elapsed += now - this.#since;
    this.#since = now;
  }
}
