// Where the view of one card stands, or a notice when there is none: gives it its room and notes which pictures are in sight.
import { Sight } from './picture.js';

export class Stage {
  #element;
  #controls;
  #sight;
  // What is left for a view, told by the observer: asking for it after a change would lay the page out at once.
  #room = null;

  constructor(root, signal) {
    this.#element = root.querySelector('[data-stage]');
    this.#controls = root.querySelector('[data-controls]');
    this.#sight = new Sight(signal);
    this.view = null;
    const observer = new ResizeObserver(([{ contentRect }]) => { this.#room = contentRect; this.#resize(); });
    observer.observe(this.#element);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  /** CSS pixels across of a picture as it stands now; undefined while there is none. */
  get pictureSize() { return this.#element.querySelector('.tile')?.clientWidth; }

  /** @param notice makes what stands here where there is no view. */
  show(view, notice) {
    this.#sight.clear();
    this.view = view;
    this.#element.replaceChildren(view ? view.element : notice());
    this.#controls.replaceChildren(...(view?.controls ?? []));
    this.#resize();
    for (const frame of this.#element.querySelectorAll('.frame')) this.#sight.watch(frame, frame.picture);
  }

  #resize() {
    if (this.#room) this.view?.resize(this.#room.width, this.#room.height);
  }
}
