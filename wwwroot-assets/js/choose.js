// Several pictures at once: how many are chosen, and all of a page.
import { t } from './texts.js';

const boxes = form => [...form.querySelectorAll('[data-choose]')];

function tell(form) {
  const all = boxes(form), chosen = all.filter(box => box.checked).length;
  form.querySelector('[data-chosen]').textContent = chosen === 0 ? '' : t('{0} chosen', chosen);
  const every = form.querySelector('[data-choose-all]');
  every.checked = chosen > 0 && chosen === all.length;
  every.indeterminate = chosen > 0 && chosen < all.length;
}

document.addEventListener('change', event => {
  const form = event.target.closest?.('[data-choosing]');
  if (!form) return;
  if (event.target.matches('[data-choose-all]'))
    for (const box of boxes(form)) box.checked = event.target.checked;
  tell(form);
});
