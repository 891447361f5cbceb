// What every page needs from a script: the switch of colors, confirmation of what cannot be undone, closing of menus.
import { t } from './texts.js';
const themes = ['system', 'light', 'dark'];
let kept = Promise.resolve();

function switchTheme() {
  const root = document.documentElement;
  const next = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
  root.dataset.theme = next;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `theme=${next}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  // Kept with the account too, for other devices. The sign-out form has the page's token.
  const token = document.querySelector('.topbar input[name="__RequestVerificationToken"]');
  if (!token) return;
  // One after the other, so that the last press is the one that stays.
  kept = kept.then(() => fetch('/account/theme', { method: 'POST', body: new URLSearchParams({ theme: next, [token.name]: token.value }) })).catch(() => { /* the cookie holds it */ });
}

// A form with data-confirm="question" asks first, in a dialog of the page; the button's own text is repeated in it.
function confirmed(form, button) {
  if (!form.dataset.confirm || form.dataset.confirmed) return true;
  const dialog = document.createElement('dialog');
  const question = document.createElement('p');
  question.textContent = form.dataset.confirm;
  const actions = document.createElement('div');
  actions.className = 'actions';
  const no = makeButton(t('Cancel'), 'button', () => dialog.close());
  const yes = makeButton(button?.textContent.trim() || t('Yes'), 'button danger', () => {
    form.dataset.confirmed = 'yes';
    dialog.close();
    form.requestSubmit(button ?? undefined);
    delete form.dataset.confirmed;
  });
  actions.append(no, yes);
  dialog.append(question, actions);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
  return false;
}

function makeButton(text, style, press) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = style;
  button.textContent = text;
  button.addEventListener('click', press);
  return button;
}

document.addEventListener('click', event => {
  if (event.target.closest('[data-theme-switch]')) switchTheme();
  // Blazor handles links of the page itself and would only scroll.
  if (event.target.closest('.skip')) document.getElementById('main').focus();
  const reload = event.target.closest('[data-reload]');
  if (reload) { event.preventDefault(); location.reload(); }
  const copy = event.target.closest('[data-copy]');
  if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => { copy.textContent = t('Copied'); });
  for (const open of document.querySelectorAll('details.dropdown[open]'))
    if (!open.contains(event.target)) open.open = false;
  if (event.target.closest('.drawer a')) document.getElementById('drawer').hidePopover();
});

// On a phone the tab that is open may stand outside of what the row shows.
function showTab() {
  document.querySelector('.tabs a.active')?.scrollIntoView({ block: 'nearest', inline: 'center' });
}
showTab();
addEventListener('DOMContentLoaded', () => window.Blazor?.addEventListener('enhancedload', showTab));

// Islands ask for it when the rest of their page no longer says how things stand; see Polling.cs.
globalThis.refreshPage = () => globalThis.Blazor.navigateTo(location.href, { replaceHistoryEntry: true });

// A file that the server made for one page, such as a table as it is shown.
globalThis.saveFile = async (name, type, stream) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([await stream.arrayBuffer()], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};

document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  for (const open of document.querySelectorAll('details.dropdown[open]')) {
    open.open = false;
    open.querySelector('summary').focus();
  }
});

document.addEventListener('submit', event => {
  if (!confirmed(event.target, event.submitter)) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

// A file that the server would refuse is refused here, before minutes of sending it.
document.addEventListener('change', event => {
  const most = Number(event.target.dataset?.maxBytes);
  if (!most || event.target.type !== 'file') return;
  const large = [...event.target.files].find(file => file.size > most);
  event.target.setCustomValidity(large ? t('{0} has {1} MB; the most is {2} MB.', large.name, Math.ceil(large.size / 1048576), Math.floor(most / 1048576)) : '');
  event.target.reportValidity();
});
