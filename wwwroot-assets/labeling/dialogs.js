// What opens over the stage: reasons for "not sure", what was refused. The rest are plain dialogs of the page.
import { make } from './dom.js';
import { digitOf } from './keys.js';
import { t } from '../js/texts.js';

/** Asks why; digits pick a reason at once, the field takes any other. Calls `choose` with the reason. */
export function askReason(dialog, choose) {
  const field = dialog.querySelector('input[type=text]');
  const finish = reason => { dialog.close(); choose(reason); };
  const listening = new AbortController();
  const { signal } = listening;
  field.value = '';
  dialog.querySelectorAll('[data-reason]').forEach(button => button.addEventListener('click', () => finish(button.dataset.reason), { signal }));
  dialog.querySelector('form').addEventListener('submit', event => {
    event.preventDefault();
    if (field.value.trim()) finish(field.value.trim()); else field.focus();
  }, { signal });
  dialog.addEventListener('keydown', event => {
    const digit = digitOf(event);
    if (event.target === field || event.ctrlKey || event.metaKey || event.altKey || digit === null) return;
    const button = dialog.querySelectorAll('[data-reason]')[digit - 1];
    if (button) { event.preventDefault(); finish(button.dataset.reason); }
  }, { signal });
  dialog.addEventListener('close', () => listening.abort(), { once: true });
  dialog.showModal();
  dialog.querySelector('[data-reason]').focus();
}

/** Lists refused votes with the server's words; each can be tried again or let go. */
export function showRefused(dialog, outbox) {
  const list = dialog.querySelector('[data-list]');
  const fill = () => {
    if (outbox.refused.length === 0) dialog.close();
    list.replaceChildren(...outbox.refused.map(entry => make('li', {},
      make('p', {}, `${new Date(entry.created).toLocaleTimeString(document.documentElement.lang)}: ${entry.note?.echo ?? t('Undo')}. ${entry.refused}`),
      make('button', { type: 'button', className: 'button', onclick: async () => { await outbox.again(entry); fill(); } }, t('Try again')),
      make('button', { type: 'button', className: 'button danger', onclick: async () => { await outbox.discard(entry); fill(); } }, t('Let it go')))));
  };
  fill();
  if (outbox.refused.length > 0) dialog.showModal();
}
