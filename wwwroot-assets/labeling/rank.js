// Bring a group into an order: a digit or a click makes a picture the next best, carrying it puts it anywhere, Enter commits.
import { fit, keycap, make, releaseFocus } from './dom.js';
import { Drag } from './drag.js';
import { listen, makeFrame, makeTools } from './frame.js';
import { Order } from './order.js';
import { t } from '../js/texts.js';

const smallest = 96;
const gap = 10;
const ordinal = n => n === 1 ? t('1st') : n === 2 ? t('2nd') : n === 3 ? t('3rd') : t('{0}th', n);

export class RankView {
  #controller;
  #pictures;
  #order;
  #tiles;
  #picked = null;
  #warned = false;
  #tie;

  constructor(controller, card) {
    this.#controller = controller;
    this.#pictures = card.pictures;
    this.#order = new Order(card.verdict?.order);
    this.#tiles = card.pictures.map((picture, n) => this.#makeTile(picture, n));
    this.element = make('div', { className: 'grid ranking', role: 'group', 'aria-label': t('{0} pictures, best first', card.pictures.length) }, ...this.#tiles.map(tile => tile.element));
    new Drag(this.#tiles.map(tile => tile.element), controller.signal, (n, other, side) => this.#carry(n, other, side));
    this.#tie = make('button', { type: 'button', className: 'choice-button', 'data-tie': '', onclick: event => { releaseFocus(event); this.#toggleTie(); } },
      keycap(controller.keys.name('tie')), make('span', { className: 'choice-name' }, t('As good as the one before')));
    this.controls = [make('div', { className: 'choices row-choices' }, this.#tie)];
    this.#paint();
  }

  resize(width, height) {
    const { width: w, height: h } = this.#pictures[0];
    const { columns, size } = fit(this.#tiles.length, width, height, w / h, gap, smallest);
    this.element.style.setProperty('--columns', columns);
    this.element.style.setProperty('--size', `${size}px`);
  }

  digit(digit) {
    if (digit === 0) this.#toggleTie();
    else if (digit > this.#pictures.length) return false;
    else this.#choose(digit - 1);
    return true;
  }

  // While a picture is picked, the keys that otherwise go to the cards beside this one move it.
  key(key) {
    const { previous, next } = this.#controller.keys.bindings;
    const by = key === previous.toLowerCase() ? -1 : key === next.toLowerCase() ? 1 : 0;
    if (by === 0 || this.#picked === null) return false;
    this.#order.move(this.#picked, by);
    this.#changed(this.#picked);
    return true;
  }

  act(action) {
    if (action !== 'tie') return false;
    this.#toggleTie();
    return true;
  }

  get most() { return this.#pictures.length * (this.#pictures.length - 1) / 2; }
  get signal() { return this.#whole.pairs; }
  get silence() { return this.#order.flat.length === 0 ? t('Nothing has a place yet.') : t('All are tied: right if that is what you see, but this group teaches nothing.'); }

  commit() {
    const left = this.#left.length;
    if (left === this.#pictures.length) {
      this.#controller.warn(t('Nothing has a place yet: give the best picture its digit, click it or carry it.'));
      return null;
    }
    if (left > 1 && !this.#warned) {
      this.#warned = true;
      this.#controller.warn(t('{0} pictures have no place yet. {1} again lets them share the last one.', left, this.#controller.keys.name('commit')));
      return null;
    }
    const order = this.#whole.places;
    const echo = order.map(tied => tied.map(index => index + 1).join(' = ')).join(', ');
    return {
      verdict: { kind: 'ranking', order, displayed: this.#pictures.every(picture => picture.displayed), unblurred: this.#pictures.every(picture => picture.unblurred) },
      echo,
    };
  }

  get #left() { return this.#pictures.map((_, n) => n).filter(n => !this.#order.has(n)); }

  // What has no place comes last: one picture alone, several tied.
  get #whole() { return this.#order.flat.length === 0 || this.#left.length === 0 ? this.#order : new Order([...this.#order.places, this.#left]); }

  // The next best; or picks one that has a place already, and takes it back the second time.
  #choose(n) {
    if (!this.#order.has(n)) {
      if (!this.#isThere(n)) return;
      this.#order.append(n);
      this.#picked = n;
    } else if (this.#picked === n) {
      this.#order.remove(n);
      this.#picked = null;
    } else {
      this.#picked = n;
    }
    this.#changed(n);
  }

  #carry(n, other, side) {
    if (!this.#isThere(n)) return;
    if (this.#order.has(other)) this.#order.putBeside(n, other, side);
    else { this.#order.remove(n); this.#order.append(n); }
    this.#picked = n;
    this.#changed(n);
  }

  #toggleTie() {
    if (this.#picked === null) { this.#controller.say(t('Pick a picture that has a place first.')); return; }
    this.#order.toggleTie(this.#picked);
    this.#changed(this.#picked);
  }

  // Nobody can place what they cannot see yet.
  #isThere(n) {
    if (this.#pictures[n].loaded) return true;
    this.#controller.warn(t('Picture {0} is not loaded yet.', n + 1));
    return false;
  }

  #changed(n) {
    this.#warned = false;
    this.#controller.warn('');
    this.#controller.pointed = this.#pictures[n];
    this.#paint();
    this.#controller.say(this.#words(n));
    this.#controller.changed();
  }

  #words(n) {
    if (!this.#order.has(n)) return t('Picture {0}: no place yet', n + 1);
    const place = [n + 1, ordinal(this.#order.rank(n)), this.#pictures.length];
    return this.#order.isTied(n) ? t('Picture {0}: {1} of {2}, tied', ...place) : t('Picture {0}: {1} of {2}', ...place);
  }

  #makeTile(picture, n) {
    const name = t('Picture {0}', n + 1);
    const place = make('span', { className: 'place', 'aria-hidden': 'true' });
    const button = make('button', { type: 'button', className: 'tile-button', 'data-tile': String(n + 1) },
      makeFrame(picture, name, this.#controller), make('span', { className: 'digit', 'aria-hidden': 'true' }, String(n + 1)), place);
    listen(button, picture, this.#controller, { choose: () => this.#choose(n), other: null });
    return { button, place, element: make('div', { className: 'tile' }, button, makeTools(picture, name, this.#controller)) };
  }

  // The elements stay where they are, so that focus and sight stay; only their order on the screen follows the places.
  #paint() {
    [...this.#order.flat, ...this.#left].forEach((n, at) => {
      const { button, place, element } = this.#tiles[n];
      const isPlaced = this.#order.has(n);
      element.style.order = at;
      element.classList.toggle('placed', isPlaced);
      element.classList.toggle('picked', n === this.#picked);
      place.textContent = isPlaced ? `${this.#order.isTied(n) ? '= ' : ''}${ordinal(this.#order.rank(n))}` : '';
      button.setAttribute('aria-label', this.#words(n));
      button.setAttribute('aria-pressed', String(isPlaced));
      button.setAttribute('aria-current', String(n === this.#picked));
    });
    this.#tie.disabled = this.#picked === null || this.#order.rank(this.#picked) === 1 && !this.#order.isTied(this.#picked);
    this.#tie.setAttribute('aria-pressed', String(this.#picked !== null && this.#order.isTied(this.#picked)));
  }
}
