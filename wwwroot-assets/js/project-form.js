// A project's form is looked at as it is typed: the server answers what is wrong, what an epoch takes and what people will see.
const pause = 400;
let timer = 0, request = new AbortController();

function later(event) {
  const form = event.target.closest?.('form[data-check]');
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(check, pause, form);
}

async function check(form) {
  request.abort();
  request = new AbortController();
  const typed = new FormData(form);
  typed.delete('PromptFile');
  try {
    const answer = await fetch(form.dataset.check, { method: 'POST', body: typed, signal: request.signal, redirect: 'error' });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.querySelector('[data-checked]')?.replaceChildren(...page.body.childNodes);
  } catch (error) {
    // Without a connection what was last said stays; saving says everything again.
    if (error.name !== 'AbortError' && !(error instanceof TypeError)) throw error;
  }
}

document.addEventListener('input', later);
document.addEventListener('change', later);
// What is folded away and missing could not be shown by the browser.
document.addEventListener('invalid', event => {
  for (let folded = event.target.closest('details:not([open])'); folded; folded = folded.parentElement.closest('details:not([open])')) folded.open = true;
}, true);
