// What was not seen is never judged. Says what is missing; null when everything was seen.
export function complaintAbout(card, verdict, keys) {
  const unseen = card.pictures.filter(picture => !picture.seen);
  if (unseen.length === 0) return null;
  const all = unseen.length === card.pictures.length;
  const one = unseen.length === 1;
  const who = all && one ? 'The picture is' : one ? 'One picture is' : `${all ? 'The' : unseen.length} pictures are`;
  const blurred = unseen.some(picture => picture.displayed && !picture.unblurred);
  const what = blurred ? `still blurred: hold ${keys.name('reveal')} or click to look` : unseen.some(picture => picture.failed) ? 'not loaded' : 'not seen yet';
  // A group can be judged without the ones that were not seen; one picture or a pair cannot,
  // and nobody confirms what they have not seen.
  const mayLeaveOut = verdict.kind === 'flags' && !all && !card.item.check && !card.item.practice;
  const again = mayLeaveOut ? ` ${keys.name('commit')} again leaves ${one ? 'it' : 'them'} out.` : '';
  return { text: `${who} ${what}.${again}`, mayLeaveOut, first: unseen[0] };
}
