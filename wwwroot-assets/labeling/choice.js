// Put one image in a category, or give it a score whose definition is in sight.
import { keycap, largest, make, releaseFocus } from './dom.js';
import { listen, makeFrame, makeTools } from './frame.js';
import { keyName } from './keys.js';
import { t } from '../js/texts.js';

export class ChoiceView {
  #controller;
  #picture;
  #choices;

  constructor(controller, card, project) {
    this.#controller = controller;
    this.#picture = card.pictures[0];
    this.#choices = project.choices;
    const button = make('button', { type: 'button', className: 'tile-button', 'aria-label': t('The picture') }, makeFrame(this.#picture, t('The picture'), controller));
    listen(button, this.#picture, controller, { choose: () => controller.zoom(this.#picture), other: null });
    const options = make('div', { className: 'choices', role: 'group', 'aria-label': project.task === 'score' ? t('Score') : t('Category') },
      ...this.#choices.map(choice => this.#makeButton(choice, card.verdict?.name)));
    this.element = make('div', { className: `single ${project.task}` }, make('div', { className: 'tile' }, button, makeTools(this.#picture, t('The picture'), controller)), options);
    this.controls = [];
  }

  resize(width, height) {
    const beside = width >= 760;
    this.element.classList.toggle('beside', beside);
    const aspect = this.#picture.width / this.#picture.height;
    const options = this.element.lastElementChild;
    const across = beside ? width - options.offsetWidth - 24 : width;
    const down = beside ? height : Math.max(height - options.offsetHeight - 12, height * 0.35);
    this.element.style.setProperty('--size', `${Math.floor(Math.max(120, Math.min(across, down * aspect, largest(this.#picture.width))))}px`);
  }

  key(key) {
    const choice = this.#choices.find(option => option.key === key);
    if (!choice) return false;
    this.#choose(choice);
    return true;
  }

  commit() { return null; }

  #choose(choice) {
    const { displayed, unblurred } = this.#picture;
    this.#controller.commit({ verdict: { kind: 'choice', name: choice.name, displayed, unblurred }, echo: choice.name });
  }

  #makeButton(choice, chosen) {
    return make('button', {
      type: 'button', className: 'choice-button', 'aria-pressed': String(chosen === choice.name), 'data-choice': choice.name,
      onclick: event => { releaseFocus(event); this.#choose(choice); },
    }, keycap(keyName(choice.key)), make('span', { className: 'choice-name' }, choice.name),
    choice.definition ? make('span', { className: 'choice-definition' }, choice.definition) : null,
    choice.example ? make('img', { className: 'choice-example', src: `/examples/${choice.example}.svg`, alt: '', width: 72, height: 54 }) : null);
  }
}
