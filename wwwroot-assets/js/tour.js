// Shows somebody around: a few steps, each beside what it is about. Begins by itself once, and again when it is asked for.
const distance = 12, edge = 8, patience = 15_000;
let open = null;

const template = () => document.getElementById('tour');
const shown = selector => [...document.querySelectorAll(selector)].find(element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0);

function start() {
  if (open || !template()) return;
  const content = template().content;
  const steps = [...content.querySelectorAll('li')].map(step => ({ at: step.dataset.at, title: step.querySelector('h3').textContent, text: step.querySelector('p').textContent }))
    .filter(step => shown(step.at));
  if (steps.length === 0 || document.querySelector('dialog[open]')) return;
  const dialog = content.querySelector('dialog').cloneNode(true);
  open = { dialog, steps, at: 0, target: null, name: template().dataset.name, token: content.querySelector('form input') };
  const listening = new AbortController();
  const { signal } = listening;
  dialog.querySelector('[data-tour-skip]').addEventListener('click', () => dialog.close());
  dialog.querySelector('[data-tour-back]').addEventListener('click', () => show(open.at - 1));
  dialog.querySelector('[data-tour-next]').addEventListener('click', () => { if (open.at + 1 < steps.length) show(open.at + 1); else dialog.close(); });
  dialog.addEventListener('keydown', event => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by && steps[open.at + by]) { event.preventDefault(); show(open.at + by); }
  });
  for (const kind of ['resize', 'scroll']) addEventListener(kind, place, { signal, passive: true });
  dialog.addEventListener('close', () => { listening.abort(); leave(); });
  document.body.append(dialog);
  dialog.showModal();
  show(0);
}

function show(number) {
  const { dialog, steps } = open;
  open.at = number;
  open.target?.classList.remove('toured');
  open.target = shown(steps[number].at) ?? null;
  open.target?.classList.add('toured');
  open.target?.scrollIntoView({ block: 'nearest' });
  const count = dialog.querySelector('[data-count]');
  count.textContent = count.dataset.count.replace('{0}', number + 1).replace('{1}', steps.length);
  dialog.querySelector('h2').textContent = steps[number].title;
  dialog.querySelector('#tour-text').textContent = steps[number].text;
  const [back, next] = [dialog.querySelector('[data-tour-back]'), dialog.querySelector('[data-tour-next]')];
  next.dataset.next ??= next.textContent;
  next.textContent = number + 1 < steps.length ? next.dataset.next : next.dataset.last;
  back.hidden = number === 0;
  place();
  // Read from its title on, also where the keyboard was on a button that stays.
  dialog.querySelector('h2').focus();
}

// Below what it is about, above it where there is no room, and never outside of the window.
function place() {
  const { dialog, target } = open;
  if (!target) return;
  const [box, own] = [target.getBoundingClientRect(), dialog.getBoundingClientRect()];
  const below = box.bottom + distance + own.height <= innerHeight - edge;
  const above = box.top - distance - own.height >= edge;
  const top = below ? box.bottom + distance : above ? box.top - distance - own.height : innerHeight - own.height - edge;
  const left = Math.max(edge, Math.min(box.left, innerWidth - own.width - edge));
  Object.assign(dialog.style, { top: `${Math.round(top)}px`, left: `${Math.round(left)}px` });
}

function leave() {
  const { dialog, target, name, token } = open;
  open = null;
  target?.classList.remove('toured');
  dialog.remove();
  template()?.removeAttribute('data-start');
  // Without a connection it is shown once more.
  fetch('/account/tour', { method: 'POST', body: new URLSearchParams({ tour: name, [token.name]: token.value }), keepalive: true }).catch(() => {});
}

// What the first step is about may come later than the page, as pictures do.
function begin() {
  if (template()?.dataset.start === undefined) return;
  const until = performance.now() + patience;
  const first = template().content.querySelector('li').dataset.at;
  const look = () => {
    if (open || template()?.dataset.start === undefined) return;
    if (shown(first) && !document.querySelector('[data-stage] [data-state=loading]')) start();
    else if (performance.now() < until) setTimeout(look, 200);
  };
  look();
}

document.addEventListener('click', event => {
  const again = event.target.closest('[data-tour]');
  if (!again || !template()) return;
  // Elsewhere the link leads to where there is a tour.
  event.preventDefault();
  again.closest('dialog')?.close();
  for (const menu of document.querySelectorAll('details.dropdown[open]')) menu.open = false;
  start();
});
begin();
addEventListener('DOMContentLoaded', () => window.Blazor?.addEventListener('enhancedload', begin));
