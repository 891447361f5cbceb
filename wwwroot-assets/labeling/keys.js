// From a key press to the name of an action. Bindings come from the account; the server has checked them against its list.
import { t } from '../js/texts.js';
const names = { ' ': t('Space'), ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

export const keyName = key => names[key] ?? (key.length === 1 ? key.toUpperCase() : key);

/** True while a key press belongs to a field, an open dialog or an input method. */
export function isTyping(event) {
  return event.isComposing || Boolean(document.querySelector('dialog[open]'))
    || Boolean(event.target.closest?.('input, textarea, select, [contenteditable=""], [contenteditable="true"]'));
}

/** True where Enter or Space already mean "press the button that the keyboard is on". */
export function pressesFocus(event) {
  if (event.key !== 'Enter' && event.key !== ' ') return false;
  const focused = document.activeElement;
  if (!focused?.matches('button, a[href], summary')) return false;
  // On a picture of the grid, Enter still commits; Space flags the picture that has the focus.
  return !(event.key === 'Enter' && focused.matches('[data-tile]'));
}

/** The digit of a key in any layout, digits above the letters and on the number pad alike. */
export function digitOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  return digit ? Number(digit[1]) : null;
}

export class Keys {
  #actions = new Map();

  /** @param bindings action to key; only @param used actions listen. */
  constructor(bindings, used) {
    this.bindings = bindings;
    for (const action of used) this.#actions.set(bindings[action], action);
  }

  name(action) { return keyName(this.bindings[action] ?? ''); }

  actionOf(event) {
    if (event.key === 'F1') return 'help';
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'z') return 'undo';
    if (event.ctrlKey || event.metaKey || event.altKey) return null;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const digit = digitOf(event);
    return this.#actions.get(key) ?? (digit !== null && !event.shiftKey ? this.#actions.get(String(digit)) : null) ?? null;
  }
}
