// What was not seen is never judged.
import { t } from '../js/texts.js';

// What is missing; null when everything was seen.
function complaintAbout(card, verdict, keys) {
  const unseen = card.pictures.filter(picture => !picture.seen);
  if (unseen.length === 0) return null;
  const all = unseen.length === card.pictures.length;
  const one = unseen.length === 1;
  const who = all && one ? t('The picture') : one ? t('One picture') : all ? t('The pictures') : t('{0} pictures', unseen.length);
  const blurred = unseen.some(picture => picture.displayed && !picture.unblurred);
  const what = blurred ? t('still blurred: hold {0} or click to look.', keys.name('reveal')) : unseen.some(picture => picture.failed) ? t('not loaded.') : t('not seen yet.');
  // A group can be judged without the ones that were not seen; one picture or a pair cannot,
  // and nobody confirms what they have not seen.
  const mayLeaveOut = verdict.kind === 'flags' && !all && !card.item.check && !card.item.practice;
  const again = mayLeaveOut ? ` ${one ? t('{0} again leaves it out.', keys.name('commit')) : t('{0} again leaves them out.', keys.name('commit'))}` : '';
  return { text: `${one ? t('{0} is {1}', who, what) : t('{0} are {1}', who, what)}${again}`, mayLeaveOut, first: unseen[0] };
}

/** The warning about what was not seen; it goes, or says what is left, as pictures come into sight. */
export class UnseenWarning {
  #messages;
  #keys;
  #about = null;

  constructor(messages, keys) {
    this.#messages = messages;
    this.#keys = keys;
  }

  /** The first press shows what was not seen, the second leaves it out. */
  mayJudge(card, verdict) {
    const complaint = complaintAbout(card, verdict, this.#keys);
    if (!complaint || complaint.mayLeaveOut && this.#about?.card === card) return true;
    this.#about = { card, verdict, text: complaint.text };
    this.#messages.warn(complaint.text);
    complaint.first.element.scrollIntoView({ block: 'center', behavior: 'smooth' });
    return false;
  }

  /** A picture was loaded or seen. */
  refresh() {
    // Another warning may stand there by now.
    if (!this.#about || this.#messages.warning !== this.#about.text) return;
    const text = complaintAbout(this.#about.card, this.#about.verdict, this.#keys)?.text ?? '';
    if (text !== this.#about.text) this.#messages.warn(this.#about.text = text);
  }

  forget() { this.#about = null; }
}
