// Before and after lie on each other; a slider says how much of which is seen.
function slide(input, at) {
  input.value = at;
  input.closest('.comparison').querySelector('.slide').style.setProperty('--at', `${at}%`);
}

document.addEventListener('input', event => {
  if (event.target.matches?.('[data-slide]')) slide(event.target, event.target.value);
  if (event.target.matches?.('[data-slide-all]'))
    for (const one of document.querySelectorAll('[data-slide]')) slide(one, event.target.value);
});
