// What stands on the stage when no picture does. The words are templates of the page; here they get their figures.
export function makeNotice(root, situation, outbox) {
  const template = root.querySelector(`template[data-notice="${situation.state}"]`) ?? root.querySelector('template[data-notice=error]');
  const notice = template.content.firstElementChild.cloneNode(true);
  const figures = { ...situation.sampling, waiting: outbox.waiting.length, message: situation.message };
  for (const slot of notice.querySelectorAll('[data-slot]')) slot.textContent = figures[slot.dataset.slot] ?? '';
  const bar = notice.querySelector('progress');
  if (bar && situation.sampling) {
    bar.max = Math.max(1, situation.sampling.total);
    bar.value = situation.sampling.done;
  }
  notice.dataset.state = situation.state;
  return notice;
}

/** Seconds until it is worth asking again. */
export const patience = { loading: 1, sampling: 2, training: 5, held: 5, done: 15, offline: 5, error: 5, exposure: 60, 'signed-out': 30 };
