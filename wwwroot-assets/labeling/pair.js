// Choose the better of two images. The server has drawn which of them stands on the left.
import { keycap, largest, make, releaseFocus } from './dom.js';
import { listen, makeFrame, makeTools } from './frame.js';
import { t } from '../js/texts.js';

const picks = {
  left: { name: t('Left'), choose: t('Choose the left picture'), action: 'left' },
  tie: { name: t('Tie'), action: 'tie' },
  bothBad: { name: t('Both bad'), action: 'bothBad' },
  right: { name: t('Right'), choose: t('Choose the right picture'), action: 'right' },
};
// What the two are called where they stand beside each other, and where one stands below the other.
const places = {
  left: { beside: [t('Left'), t('Choose the left picture')], stacked: [t('Upper'), t('Choose the upper picture')] },
  right: { beside: [t('Right'), t('Choose the right picture')], stacked: [t('Lower'), t('Choose the lower picture')] },
};

export class PairView {
  #controller;
  #pictures;

  constructor(controller, card) {
    this.#controller = controller;
    this.#pictures = card.pictures;
    this.element = make('div', { className: 'pair', role: 'group', 'aria-label': t('Two pictures') },
      ...['left', 'right'].map((side, n) => this.#makeSide(side, n, card.verdict?.pick)));
    this.controls = [make('div', { className: 'choices row-choices', role: 'group', 'aria-label': t('Which is better') },
      ...Object.keys(picks).map(pick => this.#makeButton(pick, card.verdict?.pick)))];
  }

  resize(width, height) {
    const { width: w, height: h } = this.#pictures[0];
    const most = largest(w);
    const beside = Math.min((width - 16) / 2, height * w / h, most);
    const below = Math.min(width, (height - 16) / 2 * w / h, most);
    const stacked = below > beside;
    this.element.classList.toggle('stacked', stacked);
    for (const side of ['left', 'right']) {
      const [name, choose] = stacked ? places[side].stacked : places[side].beside;
      picks[side].name = name;
      this.controls[0].querySelector(`[data-pick=${side}] .choice-name`).textContent = name;
      this.element.querySelector(`.${side} .tile-button`).setAttribute('aria-label', choose);
    }
    this.element.style.setProperty('--size', `${Math.floor(Math.max(beside, below))}px`);
  }

  act(action) {
    const arrow = { previous: 'left', next: 'right' }[action] ?? action;
    const pick = Object.keys(picks).find(name => picks[name].action === arrow);
    if (!pick) return false;
    this.#choose(pick);
    return true;
  }

  commit() { return null; }

  #choose(pick) {
    const displayed = this.#pictures.every(picture => picture.displayed);
    const unblurred = this.#pictures.every(picture => picture.unblurred);
    // Which image stood on the left is the server's to say, whatever is sent.
    this.#controller.commit({ verdict: { kind: 'pair', pick, firstOnLeft: true, displayed, unblurred }, echo: picks[pick].name, side: pick });
  }

  #makeSide(side, n, chosen) {
    const picture = this.#pictures[n];
    const name = side === 'left' ? t('the left picture') : t('the right picture');
    const button = make('button', { type: 'button', className: 'tile-button', 'aria-label': picks[side].choose, 'aria-pressed': String(chosen === side) },
      makeFrame(picture, name, this.#controller), make('span', { className: 'digit', 'aria-hidden': 'true' }, this.#controller.keys.name(side)));
    listen(button, picture, this.#controller, { choose: () => this.#choose(side), other: null });
    return make('div', { className: `tile ${side}` }, button, makeTools(picture, name, this.#controller));
  }

  #makeButton(pick, chosen) {
    const { name, action } = picks[pick];
    return make('button', {
      type: 'button', className: 'choice-button', 'aria-pressed': String(chosen === pick), 'data-pick': pick,
      onclick: event => { releaseFocus(event); this.#choose(pick); },
    }, keycap(this.#controller.keys.name(action)), make('span', { className: 'choice-name' }, name));
  }
}
