// Carries a picture to another one, by mouse, finger or pen. Until it has moved a little, a press is a click.
const slack = 8;
// The middle of a picture means "as good as this one", its edges "before" and "after".
const edge = 0.3;

export class Drag {
  #tiles;
  #drop;
  #from = null;
  #over = null;
  #moved = false;

  /** @param drop is told which tile was carried, to which, and on which side: before, after or tie. */
  constructor(tiles, signal, drop) {
    this.#tiles = tiles;
    this.#drop = drop;
    tiles.forEach((tile, n) => this.#listen(tile, n, signal));
  }

  #listen(tile, n, signal) {
    const button = tile.querySelector('.tile-button');
    button.addEventListener('pointerdown', event => {
      this.#moved = false;
      if (event.button === 0 && event.isPrimary) this.#from = { n, tile, id: event.pointerId, x: event.clientX, y: event.clientY };
    }, { signal });
    button.addEventListener('pointermove', event => this.#move(event, button), { signal });
    button.addEventListener('pointerup', event => this.#end(event, true), { signal });
    button.addEventListener('pointercancel', event => this.#end(event, false), { signal });
    // What ends a carrying is no click.
    tile.addEventListener('click', event => {
      if (!this.#moved || event.detail === 0) return;
      this.#moved = false;
      event.stopPropagation();
      event.preventDefault();
    }, { signal, capture: true });
  }

  #move(event, button) {
    const from = this.#from;
    if (from?.id !== event.pointerId) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (!this.#moved && Math.hypot(x, y) < slack) return;
    if (!this.#moved) {
      this.#moved = true;
      button.setPointerCapture(event.pointerId);
      from.tile.classList.add('carried');
    }
    from.tile.style.translate = `${x}px ${y}px`;
    this.#mark(this.#at(event.clientX, event.clientY));
  }

  #end(event, drop) {
    const from = this.#from;
    if (from?.id !== event.pointerId) return;
    this.#from = null;
    from.tile.classList.remove('carried');
    from.tile.style.translate = '';
    const over = this.#over;
    this.#mark(null);
    if (drop && this.#moved && over) this.#drop(from.n, over.n, over.side);
  }

  // The tile under the pointer, or the nearest; null over the carried one's own place.
  #at(x, y) {
    const [dx, dy] = this.#from.tile.style.translate.split(' ').map(parseFloat).concat(0);
    const boxes = this.#tiles.map((tile, n) => {
      const box = tile.getBoundingClientRect();
      const left = n === this.#from.n ? box.left - dx : box.left;
      const top = n === this.#from.n ? box.top - dy : box.top;
      return { n, left, width: box.width, far: Math.hypot(x - left - box.width / 2, y - top - box.height / 2) };
    });
    const { n, left, width } = boxes.reduce((near, box) => box.far < near.far ? box : near);
    if (n === this.#from.n) return null;
    const across = (x - left) / width;
    return { n, side: across < edge ? 'before' : across > 1 - edge ? 'after' : 'tie' };
  }

  #mark(over) {
    if (this.#over) delete this.#tiles[this.#over.n].dataset.drop;
    if (over) this.#tiles[over.n].dataset.drop = over.side;
    this.#over = over;
  }
}
