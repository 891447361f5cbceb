// How a card looks for each task, and the next card's view made ahead, while the person looks at the one before.
import { ChoiceView } from './choice.js';
import { FlagView } from './flag.js';
import { PairView } from './pair.js';
import { RankView } from './rank.js';

const kinds = { flag: FlagView, pair: PairView, categorise: ChoiceView, score: ChoiceView, rank: RankView };
const whenIdle = window.requestIdleCallback ?? setTimeout;

export class Views {
  #controller;
  #project;
  #ahead = null;

  constructor(controller, project) {
    this.#controller = controller;
    this.#project = project;
  }

  /** The view of a card that comes to the front; null for none. */
  of(card) {
    const view = card && this.#isReady(card) && !card.vote ? this.#ahead.view : this.#make(card);
    this.#ahead = null;
    return view;
  }

  /** Makes the view of the card that `next` tells, when there is nothing else to do. */
  prepare(next) {
    whenIdle(() => {
      const card = next();
      if (card && !this.#isReady(card) && !this.#controller.signal.aborted) this.#ahead = { card, view: this.#make(card) };
    });
  }

  /** What was made ahead shows something that has changed. */
  forget() { this.#ahead = null; }

  #isReady(card) { return this.#ahead?.card === card; }

  #make(card) {
    if (!card) return null;
    const View = this.#project.task === 'rank' && card.item.pair ? PairView : kinds[this.#project.task];
    return new View(this.#controller, card, this.#project);
  }
}
