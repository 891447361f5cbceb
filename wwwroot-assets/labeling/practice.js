// The practice before votes count: each answer is sent at once and answered with what is right. Nothing of it is a vote.
import { newKey } from './api.js';
import { t } from '../js/texts.js';

// A key that is still down, or the second press of a double click, closes nothing that has not been read.
const soonest = 300;

export class Practice {
  #address;
  #api;
  #deck;
  #dialog;
  #keys = new WeakMap();
  #isAsking = false;
  #close = null;

  constructor(root, project, api, deck, signal) {
    this.#address = `/api/projects/${project.id}/practice`;
    this.#api = api;
    this.#deck = deck;
    this.#dialog = root.querySelector('[data-dialog=practice]');
    this.#dialog.querySelector('[data-next]').addEventListener('click', () => this.#close?.(), { signal });
    this.#dialog.addEventListener('cancel', event => { event.preventDefault(); this.#close?.(); }, { signal });
  }

  /** What is said above a card of the practice; nothing above others. */
  hint(card) {
    const standing = this.#deck.status.practice;
    return card?.item.practice ? t('Practice, {0} of {1}. You are told what is right; none of it counts as a vote.', card.item.practice, standing?.of ?? '?') : '';
  }

  /** Sends an answer, tells what is right and waits until that has been read; returns what went wrong, or nothing. */
  async answer(card, verdict, mark) {
    if (this.#isAsking) return null;
    this.#isAsking = true;
    try {
      if (!this.#keys.has(card)) this.#keys.set(card, newKey());
      const told = await this.#api.post(this.#address, { key: this.#keys.get(card), item: card.item.item, verdict });
      mark(told.gold);
      await this.#tell(told);
      await this.#deck.drop();
      return null;
    } catch (error) {
      return error.status ? error.message : t('No connection: press again when it is back.');
    } finally {
      this.#isAsking = false;
    }
  }

  async again() {
    try {
      await this.#api.post(`${this.#address}/again`, {});
      await this.#deck.fill();
      return null;
    } catch (error) {
      return error.message;
    }
  }

  #tell({ right, answer, note, practice }) {
    const set = (name, text) => { this.#dialog.querySelector(`[data-${name}]`).textContent = text ?? ''; };
    const passed = practice.state === 'passed';
    this.#dialog.dataset.right = right;
    set('title', right ? passed ? t('Right: you have passed') : t('Right answer') : passed ? t('Not right: you have passed') : t('Not right'));
    set('answer', right ? '' : t('Right is: {0}', answer));
    set('note', note);
    set('standing', passed ? t('Your votes count from now on.') : t('{0} right of {1}; {2} of {3} pass.', practice.right, practice.answered, practice.needed, practice.of));
    set('next', passed ? t('Start') : practice.state === 'practice' ? t('Next') : t('See the result'));
    this.#dialog.showModal();
    const ready = setTimeout(() => { this.#dialog.dataset.open = ''; }, soonest);
    return new Promise(resolve => {
      this.#close = () => {
        if (this.#dialog.dataset.open === undefined) return;
        clearTimeout(ready);
        delete this.#dialog.dataset.open;
        this.#close = null;
        this.#dialog.close();
        resolve();
      };
    });
  }
}
