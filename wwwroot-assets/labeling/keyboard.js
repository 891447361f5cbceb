// Hears every key of the page and tells the desk what is meant; typing in a field or a dialog is left alone.
import { digitOf, isTyping, pressesFocus } from './keys.js';

export class Keyboard {
  #desk;

  constructor(desk, signal) {
    this.#desk = desk;
    document.addEventListener('keydown', event => { if (this.#down(event)) event.preventDefault(); }, { signal });
    document.addEventListener('keyup', event => this.#up(event), { signal });
    window.addEventListener('blur', () => desk.letGo(), { signal });
  }

  // True when the key meant something here.
  #down(event) {
    const desk = this.#desk;
    if (isTyping(event) && !desk.isZoomed || pressesFocus(event)) return false;
    if (event.key === 'Escape') { desk.closeOpen(); return false; }
    const action = desk.keys.actionOf(event);
    // A held key repeats; no repetition may judge anything.
    if (event.repeat) return action !== null;
    if (event.ctrlKey || event.metaKey || event.altKey) return desk.act(action, event.timeStamp);
    const digit = digitOf(event);
    if (desk.isZoomed && digit) { desk.zoomTo(digit); return true; }
    const key = digit !== null ? String(digit) : event.key.toLowerCase();
    return Boolean(desk.view?.key?.(key) || digit !== null && desk.view?.digit?.(digit, event.shiftKey)) || desk.act(action, event.timeStamp);
  }

  #up(event) {
    const { zoom, reveal } = this.#desk.keys.bindings;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === zoom) this.#desk.closeZoom();
    if (key === reveal) this.#desk.peek(false);
  }
}
