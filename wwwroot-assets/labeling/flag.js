// Flag the bad images of a group: a digit or a click per bad one, Enter says that the rest are normal.
import { fit, icon, keycap, make, releaseFocus } from './dom.js';
import { listen, makeFrame, makeTools } from './frame.js';
import { t } from '../js/texts.js';

const kinds = { deformed: { bit: 1, is: 'deformed', word: t('deformed'), icon: 'warning' }, unsafe: { bit: 2, is: 'unsafe', word: t('unsafe'), icon: 'unsafe' } };
for (const kind of Object.values(kinds)) kind.name = kind.word[0].toUpperCase() + kind.word.slice(1);
const smallest = 132;
const gap = 10;

export class FlagView {
  #controller;
  #card;
  #flags;
  #tiles;
  #kinds;

  constructor(controller, card, project) {
    this.#controller = controller;
    this.#card = card;
    this.#kinds = project.flags.map(flag => kinds[flag]);
    this.#flags = card.pictures.map((_, n) => card.verdict?.tiles?.[n]?.flags ?? this.#first?.[n] ?? 0);
    this.#tiles = card.pictures.map((picture, n) => this.#makeTile(picture, n));
    this.element = make('div', { className: 'grid', role: 'group', 'aria-label': t('{0} pictures', card.pictures.length) }, ...this.#tiles.map(tile => tile.element));
    this.controls = this.#kinds.length > 1 ? [this.#makeMode()] : [];
    this.#flags.forEach((_, n) => this.#paint(n));
  }

  resize(width, height) {
    const { width: w, height: h } = this.#card.pictures[0];
    const { columns, size } = fit(this.#tiles.length, width, height, w / h, gap, smallest);
    this.element.style.setProperty('--columns', columns);
    this.element.style.setProperty('--size', `${size}px`);
  }

  digit(digit, shift) {
    const n = digit === 0 ? 9 : digit - 1;
    if (n >= this.#flags.length) return false;
    this.toggle(n, shift ? this.#other : this.#controller.flagMode);
    return true;
  }

  toggle(n, kind) {
    const { bit } = this.#kinds[Math.min(kind, this.#kinds.length - 1)];
    this.#flags[n] ^= bit;
    this.#paint(n);
    this.#controller.pointed = this.#card.pictures[n];
    this.#controller.say(this.#said(n));
    this.#controller.changed();
  }

  /** Another person's flags, where they are to be checked. */
  get #first() { return this.#card.item.check ?? null; }

  get #isConfirmed() { return this.#first?.every((flags, n) => flags === this.#flags[n]); }

  get hint() { return this.#first && t('These are another person\u2019s flags. Confirm them, or change what is wrong.'); }

  get commitName() { return !this.#first ? null : this.#isConfirmed ? t('Confirm') : t('Save changes'); }

  get flagged() { return this.#flags.filter(flags => flags !== 0).length; }
  get most() { const half = Math.floor(this.#flags.length / 2); return half * (this.#flags.length - half); }
  get signal() { return this.flagged * (this.#flags.length - this.flagged); }

  commit() {
    const counts = this.#kinds.map(kind => [kind, this.#flags.filter(flags => flags & kind.bit).length]).filter(([, count]) => count > 0);
    const echo = this.#isConfirmed ? t('Confirmed') : counts.length === 0 ? t('All normal') : counts.map(([kind, count]) => t('{0} {1}', count, kind.word)).join(t(', '));
    const tiles = this.#card.pictures.map((picture, index) => ({ index, flags: this.#flags[index], displayed: picture.displayed, unblurred: picture.unblurred }));
    return { verdict: { kind: 'flags', tiles }, echo };
  }

  /** Shows where a known answer says something else. */
  mark(gold) {
    this.#tiles.forEach((tile, n) => tile.element.classList.toggle('wrong', gold.tiles?.find(right => right.index === n)?.flags !== this.#flags[n]));
  }

  get #other() { return this.#controller.flagMode === 0 ? 1 : 0; }

  #makeTile(picture, n) {
    const name = t('Picture {0}', n + 1);
    const badges = make('span', { className: 'badges' });
    const button = make('button', { type: 'button', className: 'tile-button', 'data-tile': String(n + 1), 'aria-pressed': 'false' },
      makeFrame(picture, name, this.#controller), n < 10 ? make('span', { className: 'digit', 'aria-hidden': 'true' }, String((n + 1) % 10)) : null, badges);
    listen(button, picture, this.#controller, {
      choose: event => this.toggle(n, event.shiftKey ? this.#other : this.#controller.flagMode),
      other: this.#kinds.length > 1 ? () => this.toggle(n, this.#other) : null,
    });
    return { button, badges, element: make('div', { className: 'tile' }, button, makeTools(picture, name, this.#controller)) };
  }

  #words(n) {
    return this.#kinds.filter(kind => this.#flags[n] & kind.bit).map(kind => kind.word).join(t(' and ')) || t('not flagged');
  }

  #said(n) { return t('Picture {0}: {1}', n + 1, this.#words(n)); }

  #paint(n) {
    const { button, badges, element } = this.#tiles[n];
    const given = this.#kinds.filter(kind => this.#flags[n] & kind.bit);
    button.setAttribute('aria-pressed', String(given.length > 0));
    button.setAttribute('aria-label', this.#said(n));
    element.classList.toggle('deformed', Boolean(this.#flags[n] & 1));
    element.classList.toggle('unsafe', Boolean(this.#flags[n] & 2));
    element.classList.toggle('changed', this.#first !== null && this.#first[n] !== this.#flags[n]);
    badges.replaceChildren(...given.map(kind => make('span', { className: `badge-${kind.is}` }, icon(kind.icon), kind.name)));
  }

  // Which flag a digit, a click or a tap gives; Shift, the right button or a long press gives the other.
  #makeMode() {
    const mode = make('div', { className: 'segments', role: 'group', 'aria-label': t('A digit or click flags as') });
    const paint = () => mode.replaceChildren(...this.#kinds.map((kind, n) => make('button', {
      type: 'button', className: `segment ${kind.is}`, 'aria-pressed': String(n === this.#controller.flagMode),
      onclick: event => { releaseFocus(event); this.#controller.flagMode = n; paint(); },
    }, icon(kind.icon), kind.name, n === this.#controller.flagMode ? null : keycap('⇧ 1…7'))));
    paint();
    return mode;
  }
}
