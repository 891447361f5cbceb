// The figures of the bar: is everything saved, how far along, what is this group worth.
import { t } from '../js/texts.js';
const pairs = count => count === 1 ? t('1 pair') : t('{0} pairs', count);

const marks = {
  saved: () => [t('Saved'), t('Every vote is on the server.')],
  waiting: n => [t('{0} waiting', n), t('Being sent to the server.')],
  offline: n => [n === 0 ? t('Offline') : t('Offline, {0} waiting', n), t('No connection. Votes are kept in this browser and sent when it is back; go on judging. Press to try now.')],
  refused: (_, r) => [t('{0} refused', r), t('The server did not accept this. Press to see why.')],
  'signed-out': n => [t('Signed out, {0} waiting', n), t('Sign in again and the votes that wait are sent. Press to sign in.')],
  'other-account': n => [t('Other account, {0} waiting', n), t('Somebody else has signed in in this browser. Your votes are kept for you and never sent under their name.')],
};

export function showSaved(root, outbox) {
  const mark = root.querySelector('[data-saved]');
  let [text, explanation] = marks[outbox.state](outbox.waiting.length, outbox.refused.length);
  mark.dataset.saved = outbox.state;
  mark.querySelector('[data-text]').textContent = text;
  if (outbox.state === 'offline' && navigator.onLine && outbox.problem) explanation = t('The server could not take the votes: {0} They are kept in this browser; press to try again.', outbox.problem);
  mark.title = outbox.durable ? explanation : `${explanation} ${t('This browser lets the page keep nothing: do not close it while votes are waiting.')}`;
}

export function showProgress(root, progress) {
  if (!progress) return;
  const set = (name, text) => { const at = root.querySelector(`[data-figure=${name}]`); if (at) at.textContent = text; };
  set('today', progress.today);
  set('round', `${progress.roundDone} / ${progress.roundTotal}`);
  set('pairs', progress.pairsToday);
  const bar = root.querySelector('[data-round]');
  bar.max = Math.max(1, progress.roundTotal);
  bar.value = progress.roundDone;
}

/** k flagged of n make k(n − k) pairs that teach, none where all or none are flagged; a ranking n(n − 1)/2, none of what is tied. */
export function showSignal(root, view) {
  const meter = root.querySelector('[data-signal]');
  meter.hidden = view?.signal === undefined;
  if (meter.hidden) return;
  const most = view.most;
  meter.querySelector('[data-text]').textContent = pairs(view.signal);
  meter.querySelector('meter').max = most;
  meter.querySelector('meter').value = view.signal;
  meter.title = view.signal === 0
    ? view.silence ?? t('Flagged all or none: right if that is what you see, but this group teaches nothing.')
    : t('{0} of a better and a worse picture: what the model learns from. A group gives at most {1}.', pairs(view.signal), most);
}

/** What is special about the card in front, and what committing it does. */
export function showHint(root, view, practice) {
  const [hint, commit] = [root.querySelector('[data-hint]'), root.querySelector('[data-commit]')];
  const text = practice || view?.hint || '';
  hint.hidden = !text;
  hint.classList.toggle('practice', Boolean(practice));
  if (hint.textContent !== text) hint.textContent = text;
  if (commit) commit.textContent = view?.commitName ?? commit.dataset.commit;
}
