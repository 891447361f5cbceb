// What stands on the stage when no picture does. The words are templates of the page; here they get their figures.
export function makeNotice(root, status, outbox) {
  const template = root.querySelector(`template[data-notice="${status.state}"]`) ?? root.querySelector('template[data-notice=error]');
  const notice = template.content.firstElementChild.cloneNode(true);
  const figures = { ...status.sampling, ...status.practice, waiting: outbox.waiting.length, message: status.message };
  for (const slot of notice.querySelectorAll('[data-slot]')) slot.textContent = figures[slot.dataset.slot] ?? '';
  const bar = notice.querySelector('progress');
  if (bar && status.sampling) {
    bar.max = Math.max(1, status.sampling.total);
    bar.value = status.sampling.done;
  }
  notice.dataset.state = status.state;
  return notice;
}

/** Seconds until it is worth asking again. */
export const patience = { loading: 1, sampling: 2, training: 5, held: 5, 'practice-missing': 15, 'practice-over': 15, done: 15, checking: 15, offline: 5, error: 5, exposure: 60, 'quota-day': 60, quota: 60, 'signed-out': 30 };
