// One image of an item: fetched and decoded before its turn, and a witness of whether it was really seen.
const widths = [256, 512, 1024];

/** The smallest stored size that fills a square of so many CSS pixels on this screen. */
export function addressOf(hash, cssPixels) {
  const wanted = cssPixels * Math.min(devicePixelRatio || 1, 2);
  return `/api/images/${hash}/${widths.find(width => width >= wanted) ?? widths.at(-1)}.webp`;
}

export const originalOf = hash => `/api/images/${hash}/original`;

export class Picture extends EventTarget {
  #onScreen = false;
  #retries = 0;

  constructor(image, blurred, cssPixels) {
    super();
    this.image = image;
    this.blurs = blurred;
    this.kept = false;
    this.peeking = false;
    this.displayed = false;
    this.unblurred = false;
    this.loaded = false;
    this.failed = false;
    this.element = new Image();
    this.element.alt = '';
    this.element.draggable = false;
    this.element.decoding = 'async';
    this.element.width = image.width;
    this.element.height = image.height;
    this.#address = addressOf(image.hash, cssPixels);
    this.load();
  }

  #address;

  async load() {
    this.failed = false;
    this.element.src = this.#retries === 0 ? this.#address : `${this.#address}?again=${this.#retries}`;
    try {
      await this.element.decode();
      this.loaded = true;
      this.look();
    } catch {
      this.failed = true;
      this.#retries++;
    }
    this.dispatchEvent(new Event('load'));
  }

  get width() { return this.image.width; }
  get height() { return this.image.height; }

  set onScreen(value) {
    this.#onScreen = value;
    this.look();
  }

  get revealed() { return !this.blurs || this.kept || this.peeking; }

  /** Without blur for as long as a key or pointer is held. */
  peek(value) {
    this.peeking = value;
    this.#uncovered();
  }

  /** Without blur until it is covered again. */
  keep(value) {
    this.kept = value;
    this.#uncovered();
  }

  #uncovered() {
    this.look();
    this.dispatchEvent(new Event('reveal'));
  }

  /** Takes note of what the person can see at this moment. */
  look() {
    if (!this.#onScreen || !this.loaded || document.hidden) return;
    const before = this.displayed && this.unblurred;
    this.displayed = true;
    this.unblurred ||= this.revealed;
    if (!before) this.dispatchEvent(new Event('seen'));
  }

  /** Seen as the domain counts it: on the screen, and without blur where the project blurs. */
  get seen() { return this.displayed && this.unblurred; }
}

/** Tells pictures when their frame is in sight; one for the whole stage. */
export class Sight {
  #observer;
  #pictures = new Map();

  constructor(signal) {
    this.#observer = new IntersectionObserver(entries => {
      for (const entry of entries) {
        const picture = this.#pictures.get(entry.target);
        if (picture) picture.onScreen = entry.isIntersecting && entry.intersectionRatio >= 0.6;
      }
    }, { threshold: [0, 0.6, 1] });
    signal.addEventListener('abort', () => this.#observer.disconnect());
    document.addEventListener('visibilitychange', () => this.#pictures.forEach(picture => picture.look()), { signal });
  }

  watch(frame, picture) {
    this.#pictures.set(frame, picture);
    this.#observer.observe(frame);
  }

  clear() {
    this.#pictures.forEach((picture, frame) => { this.#observer.unobserve(frame); picture.onScreen = false; });
    this.#pictures.clear();
  }
}
