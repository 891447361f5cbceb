// The items in this person's hands: some behind (judged), one in front, some ahead with their pictures decoded.
import { Picture } from './picture.js';

// Asked for when fewer than `low` unjudged ones are in hand, the front one included.
const low = 5;
const high = 6;
const most = 10;
const behind = 20;
const heartbeat = 60_000;

export class Deck extends EventTarget {
  #api;
  #project;
  #outbox;
  #pictureSize;
  #filling = null;
  #judged = 0;

  /** @param pictureSize CSS pixels of a picture as it stands now; undefined while none is shown. */
  constructor(api, project, outbox, signal, pictureSize) {
    super();
    this.#api = api;
    this.#project = project;
    this.#outbox = outbox;
    this.#pictureSize = pictureSize;
    this.cards = [];
    this.at = 0;
    this.status = { state: 'loading' };
    const timer = setInterval(() => this.#keepAlive(), heartbeat);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  /** Cards after the front one whose pictures are all decoded. */
  get readyAhead() { return this.#unjudged.slice(1).filter(card => card.pictures.every(picture => picture.loaded)).length; }

  get current() { return this.cards[this.at] ?? null; }

  /** The unjudged card that comes to the front when the front one is judged. */
  get next() {
    const isLeft = card => !card.vote && card !== this.current;
    return this.cards.slice(this.at).find(isLeft) ?? this.cards.find(isLeft) ?? null;
  }

  get #unjudged() { return this.cards.slice(this.at).filter(card => !card.vote); }

  /**
   * What was judged last, from the server and from the outbox, so that undo outlives a reload. The answer may come after
   * something was judged here: it goes behind what is in hand, and what is in front stays there.
   */
  async recall() {
    const recent = await this.#api.get(`/api/projects/${this.#project.id}/votes/recent`);
    const waiting = this.#outbox.waiting;
    const taken = new Set(waiting.filter(entry => entry.body.op === 'undo').map(entry => entry.body.vote));
    const known = new Set(this.cards.map(card => card.item.item));
    const past = [];
    const add = (item, key, verdict) => {
      if (known.has(item.item) || taken.has(key)) return;
      known.add(item.item);
      past.push(this.#card(item, { key }, verdict));
    };
    for (const vote of recent.votes) add(vote.item, vote.key, vote.verdict);
    for (const { body, note } of waiting)
      if (body.op === 'vote' && note && body.project === this.#project.id) add(note.item, body.key, body.verdict);
    const kept = past.slice(-behind);
    kept.forEach((card, place) => { card.vote.order = place - kept.length; });
    this.cards = [...kept, ...this.cards];
    this.at += kept.length;
  }

  /** Asks for more when little is left; resolves when the answer is there. */
  fill() {
    if (this.#unjudged.length >= low) return Promise.resolve();
    this.#filling ??= this.#fetch().finally(() => { this.#filling = null; });
    return this.#filling;
  }

  async #fetch() {
    const holding = new Set([...this.cards.filter(card => !card.vote).map(card => card.item.item), ...this.#outbox.items]);
    const take = Math.min(high - this.#unjudged.length, most - this.cards.filter(card => !card.vote).length);
    if (take <= 0) return;
    const asked = performance.now();
    try {
      const answer = await this.#api.get(`/api/projects/${this.#project.id}/queue?take=${take}&holding=${[...holding].slice(-60)}`);
      for (const item of answer.items)
        if (!this.cards.some(card => card.item.item === item.item) && !this.#outbox.items.includes(item.item)) this.cards.push(this.#card(item));
      this.status = { ...answer, asked };
    } catch (error) {
      this.status = { ...this.status, state: error.status === 401 ? 'signed-out' : error.status === 404 ? 'gone' : error.status ? 'error' : 'offline', message: error.message };
    }
    this.dispatchEvent(new Event('filled'));
  }

  /** The item in front is judged: the next unjudged one comes to the front at once. */
  advance(key, verdict) {
    const { next } = this;
    Object.assign(this.current, { vote: { key, order: ++this.#judged }, verdict });
    this.at = next ? this.cards.indexOf(next) : this.cards.length;
    this.#trim();
    this.fill();
  }

  /** The last judged item comes back to the front, as it was judged. Null when there is nothing to take back. */
  takeBack() {
    const last = this.cards.reduce((latest, card) => card.vote && !(latest?.vote.order > card.vote.order) ? card : latest, null);
    if (!last) return null;
    const key = last.vote.key;
    last.vote = null;
    this.at = this.cards.indexOf(last);
    return key;
  }

  /** The item in front leaves for good, as one of the practice does. */
  drop() {
    this.cards.splice(this.at, 1);
    return this.fill();
  }

  /** Looks at the item before or after without judging. */
  step(by) {
    const to = this.at + by;
    const end = this.cards.length;
    if (to < 0 || to > end || (to === end && (this.current === null || !this.current.vote))) return false;
    this.at = to;
    this.fill();
    return true;
  }

  #card(item, vote = null, verdict = null) {
    const make = () => {
      const size = this.#pictureSize() ?? 360;
      return item.images.map(image => {
        const picture = new Picture(image, this.#project.blurred, size);
        picture.addEventListener('load', () => this.dispatchEvent(new Event('decoded')));
        picture.addEventListener('seen', () => this.dispatchEvent(new Event('seen')));
        return picture;
      });
    };
    const card = { item, vote, verdict, elapsed: 0, made: null, get pictures() { return (this.made ??= make()); } };
    // Pictures of what was judged on an earlier page are fetched when somebody goes back to it.
    if (!vote) card.made = make();
    return card;
  }

  #trim() {
    while (this.at > behind && this.cards[0].vote) { this.cards.shift(); this.at--; }
  }

  async #keepAlive() {
    const held = this.cards.filter(card => !card.vote).map(card => card.item.item);
    if (held.length === 0 || document.hidden) return;
    try {
      const answer = await this.#api.post(`/api/projects/${this.#project.id}/leases`, { items: held });
      const lost = new Set(answer.items);
      if (lost.size === 0) return;
      // Given to somebody else after a long absence. The one in front stays: its vote is still welcome as a surplus.
      const front = this.current;
      this.cards = this.cards.filter(card => card === front || card.vote || !lost.has(card.item.item));
      this.at = front ? this.cards.indexOf(front) : this.cards.length;
      this.fill();
    } catch {
      // The outbox shows that the network is away; the next beat tries again.
    }
  }
}
