// What was not seen is never judged. Says what is missing; null when everything was seen.
import { t } from '../js/texts.js';
export function complaintAbout(card, verdict, keys) {
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
