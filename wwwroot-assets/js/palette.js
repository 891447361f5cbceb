// Ctrl+K: somebody types a part of a name and goes there. The server finds only what they may use; see /api/places.
import { t } from './texts.js';
const pause = 120;
const sprite = document.querySelector('.icon use')?.getAttribute('href').split('#')[0] ?? '';
let asked = 0, shown = 0, goes = false, timer = 0, wanted = false, last = 0, kept = 0;
let request = new AbortController();

const palette = () => document.getElementById('palette');
const field = () => palette().querySelector('[role=combobox]');
const list = () => palette().querySelector('[role=listbox]');
const options = () => [...list().children];
const chosen = () => options().findIndex(option => option.getAttribute('aria-selected') === 'true');

function open(typed = '', number = 0, entered = false) {
  // A question that is open is answered first.
  if (!palette() || document.querySelector('dialog[open]')) return;
  field().value = typed;
  show([], '');
  kept = number;
  palette().showModal();
  wanted = true;
  field().focus();
  ask(0);
  goes = entered;
}

function ask(wait) {
  clearTimeout(timer);
  request.abort();
  request = new AbortController();
  goes = false;
  const number = ++asked;
  timer = setTimeout(look, wait, number, request.signal);
}

async function look(number, signal) {
  try {
    const answer = await fetch(`/api/places?q=${encodeURIComponent(field().value.trim())}`, { signal, headers: { accept: 'application/json' } });
    if (answer.status === 401) throw new Error(t('You are signed out. Load the page again to sign in.'));
    if (!answer.ok || answer.redirected) throw new Error(t('The server cannot look now. Try again in a moment.'));
    const { places } = await answer.json();
    if (number !== asked) return;
    shown = number;
    show(places, places.length === 0 ? t('Nothing has that name.') : '');
    if (goes && places.length > 0) go(0);
  } catch (error) {
    if (number !== asked) return;
    shown = number;
    show([], error instanceof TypeError ? t('There is no connection to the server.') : error.message);
  }
}

function show(places, note) {
  list().replaceChildren(...places.map(optionOf));
  palette().querySelector('.places-note').textContent = note;
  field().setAttribute('aria-expanded', String(places.length > 0));
  choose(places.length > 0 ? Math.min(kept, places.length - 1) : -1);
  kept = 0;
}

function optionOf(place, number) {
  const option = document.createElement('a');
  Object.assign(option, { id: `place-${number}`, tabIndex: -1, href: place.address });
  option.setAttribute('role', 'option');
  option.append(iconOf(place.icon), span('place', place.text), span('place-kind', place.detail));
  return option;
}

function span(style, text) {
  return Object.assign(document.createElement('span'), { className: style, textContent: text });
}

function iconOf(name) {
  const [icon, use] = ['svg', 'use'].map(tag => document.createElementNS('http://www.w3.org/2000/svg', tag));
  icon.setAttribute('class', 'icon');
  icon.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${sprite}#${name}`);
  icon.append(use);
  return icon;
}

function choose(number) {
  last = Math.max(0, number);
  for (const [n, option] of options().entries()) option.setAttribute('aria-selected', String(n === number));
  const option = options()[number];
  if (option) field().setAttribute('aria-activedescendant', option.id); else field().removeAttribute('aria-activedescendant');
  option?.scrollIntoView({ block: 'nearest' });
}

function go(number) { options()[number].click(); }

function pressed(event) {
  const { key } = event;
  if (event.isComposing) return false;
  const many = options().length;
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    if (many > 0) choose((chosen() + (key === 'ArrowDown' ? 1 : -1) + many) % many);
    return true;
  }
  if (key !== 'Enter') return false;
  // What was typed last may still be on its way; then the first answer is meant.
  if (shown !== asked) goes = true;
  else if (chosen() >= 0) go(chosen());
  return true;
}

document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k' && palette()) {
    event.preventDefault();
    if (!event.repeat) { if (palette().open) palette().close(); else open(); }
  } else if (palette()?.open && event.target === field() && pressed(event)) event.preventDefault();
});

document.addEventListener('input', event => { if (palette()?.contains(event.target)) ask(pause); });

document.addEventListener('click', event => {
  if (event.target.closest('[data-palette]')) open();
  // Beside the dialog is its backdrop; a place that was chosen leads away by itself.
  else if (event.target === palette() || event.target.closest('#palette a')) { wanted = false; palette().close(); }
});

// Escape cancels at once; that it is closed is told later, when a page may have arrived that would open it again.
for (const kind of ['cancel', 'close']) document.addEventListener(kind, event => { if (event.target === palette()) wanted = false; }, true);

// A page that arrives while somebody types or chooses brings a palette of its own, which is closed.
addEventListener('DOMContentLoaded', () => window.Blazor?.addEventListener('enhancedload', () => {
  if (wanted && palette() && !palette().open) open(field().value, last, goes);
}));
