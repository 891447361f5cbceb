// Hears every key of the page and tells the controller what is meant; typing in a field or a dialog is left alone.
import { digitOf, isTyping, pressesFocus } from './keys.js';

export class Keyboard {
  #controller;

  constructor(controller, signal) {
    this.#controller = controller;
    document.addEventListener('keydown', event => { if (this.#down(event)) event.preventDefault(); }, { signal });
    document.addEventListener('keyup', event => this.#up(event), { signal });
    window.addEventListener('blur', () => controller.letGo(), { signal });
  }

  // True when the key meant something here.
  #down(event) {
    const controller = this.#controller;
    if (isTyping(event) && !controller.isZoomed || pressesFocus(event)) return false;
    if (event.key === 'Escape') { controller.closeOpen(); return false; }
    const action = controller.keys.actionOf(event);
    // A held key repeats; no repetition may judge anything.
    if (event.repeat) return action !== null;
    if (event.ctrlKey || event.metaKey || event.altKey) return controller.act(action, event.timeStamp);
    const digit = digitOf(event);
    if (controller.isZoomed && digit) { controller.zoomTo(digit); return true; }
    const key = digit !== null ? String(digit) : event.key.toLowerCase();
    return Boolean(controller.view?.key?.(key) || digit !== null && controller.view?.digit?.(digit, event.shiftKey)) || controller.act(action, event.timeStamp);
  }

  #up(event) {
    const { zoom, reveal } = this.#controller.keys.bindings;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === zoom) this.#controller.closeZoom();
    if (key === reveal) this.#controller.peek(false);
  }
}
