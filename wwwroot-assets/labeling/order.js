// An order with ties: places from the best on, each with the index of its picture or of several that are tied.
export class Order {
  #places;

  constructor(places = []) { this.#places = places.map(tied => [...tied]); }

  get places() { return this.#places.map(tied => [...tied].sort((a, b) => a - b)); }

  has(index) { return this.#placeOf(index) >= 0; }

  isTied(index) { return this.has(index) && this.#places[this.#placeOf(index)].length > 1; }

  /** 1 for the best; after two that share the first place comes the third. */
  rank(index) { return 1 + this.#places.slice(0, this.#placeOf(index)).flat().length; }

  /** How the pictures stand, best first. */
  get flat() { return this.places.flat(); }

  /** It comes last of those that have a place. */
  append(index) { this.#put(this.#places.length, index); }

  remove(index) { this.#places = this.#places.map(tied => tied.filter(one => one !== index)).filter(tied => tied.length > 0); }

  /** By one place up (−1) or down (1); out of a tie it goes to a place of its own beside it. */
  move(index, by) {
    const place = this.#placeOf(index);
    if (this.isTied(index)) {
      this.remove(index);
      this.#put(place + (by > 0 ? 1 : 0), index);
    } else if (place + by >= 0 && place + by < this.#places.length) {
      this.remove(index);
      this.#put(place + by, index);
    }
  }

  /** Beside another: 'before' or 'after' its place, or 'tie' to share it. */
  putBeside(index, other, side) {
    if (index === other) return;
    this.remove(index);
    const place = this.#placeOf(other);
    if (side === 'tie') this.#places[place].push(index);
    else this.#put(place + (side === 'after' ? 1 : 0), index);
  }

  /** Shares the place before its own; one that is tied gets a place of its own again. */
  toggleTie(index) {
    const place = this.#placeOf(index);
    if (this.isTied(index)) this.move(index, 1);
    else if (place > 0) this.putBeside(index, this.#places[place - 1][0], 'tie');
  }

  /** Pairs of a better and a worse picture. */
  get pairs() {
    const pairsOf = count => count * (count - 1) / 2;
    return this.#places.reduce((pairs, tied) => pairs - pairsOf(tied.length), pairsOf(this.flat.length));
  }

  #placeOf(index) { return this.#places.findIndex(tied => tied.includes(index)); }
  #put(place, index) { this.#places.splice(place, 0, [index]); }
}
