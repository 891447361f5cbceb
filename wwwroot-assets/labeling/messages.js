// What the page says: a warning that stays, an echo of what was chosen, and both in words for those who do not see them.
import { t } from '../js/texts.js';
export class Messages {
  #live;
  #warning;
  #mark;
  #echoing = null;

  constructor(root) {
    this.#live = root.querySelector('[data-live]');
    this.#warning = root.querySelector('[data-warning]');
    this.#mark = root.querySelector('[data-echo]');
  }

  get warning() { return this.#warning.textContent; }

  say(text) { this.#live.textContent = text; }

  warn(text) {
    this.#warning.textContent = text;
    this.#warning.hidden = !text;
  }

  clear() {
    this.say('');
    this.warn('');
  }

  /** Shows for a moment what was chosen, while the next is already there. */
  echo({ echo, side }, isNext) {
    this.#mark.textContent = echo;
    this.#mark.dataset.side = side ?? '';
    this.#echoing?.cancel();
    this.#echoing = this.#mark.animate([{ opacity: 1 }, { opacity: 1, offset: 0.5 }, { opacity: 0 }], { duration: 300, easing: 'ease-out' });
    this.say(isNext ? t('{0}. Next.', echo) : t('{0}.', echo));
  }
}
