// The original of one picture over everything, while Z is held or until the next click or Esc.
import { make } from './dom.js';
import { originalOf } from './picture.js';
import { t } from '../js/texts.js';

export class Zoom {
  #end = null;

  open(picture, held) {
    this.close();
    picture.peek(true);
    const image = make('img', { alt: t('Enlarged picture'), width: picture.width, height: picture.height, src: picture.element.currentSrc || picture.element.src });
    const original = new Image();
    original.src = originalOf(picture.image.hash);
    original.decode().then(() => { image.src = original.src; }, () => {});
    image.style.setProperty('--aspect', picture.width / picture.height);
    const layer = make('dialog', { className: 'zoom', 'aria-label': t('Enlarged picture'), onclick: () => this.close() }, image);
    // Its close event comes later, when the next picture may be open already: whatever ends it, it goes at once and only once.
    const end = () => {
      if (this.#end !== end) return;
      this.#end = null;
      picture.peek(false);
      layer.remove();
    };
    layer.addEventListener('close', end);
    document.body.append(layer);
    this.#end = end;
    // While Z is held the page keeps the keyboard, so that the key's release is heard and digits change the picture.
    if (held) layer.show(); else layer.showModal();
  }

  get isOpen() { return this.#end !== null; }
  close() { this.#end?.(); }
}
