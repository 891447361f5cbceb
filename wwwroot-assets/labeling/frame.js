// One picture as it stands on the stage: waiting, shown, blurred or failed, with its zoom and reveal buttons.
import { icon, make, releaseFocus } from './dom.js';
import { t } from '../js/texts.js';

const peekAfter = 250;

export function makeFrame(picture, name, controller) {
  const frame = make('span', { className: 'frame', style: `aspect-ratio: ${picture.width} / ${picture.height}` }, picture.element);
  frame.classList.toggle('blurs', picture.blurs);
  const show = () => {
    frame.classList.toggle('loading', !picture.loaded && !picture.failed);
    frame.classList.toggle('failed', picture.failed);
    frame.classList.toggle('blurred', !picture.revealed);
    frame.classList.toggle('seen', picture.seen);
  };
  for (const kind of ['load', 'reveal', 'seen']) picture.addEventListener(kind, show, { signal: controller.signal });
  show();
  frame.picture = picture;
  return frame;
}

/** The small buttons over a picture; they stand beside the picture's own button, never inside it. */
export function makeTools(picture, name, controller) {
  const tools = make('span', { className: 'frame-tools' });
  const retry = make('button', { type: 'button', className: 'button retry', hidden: !picture.failed, onclick: () => picture.load() }, t('Load again'));
  picture.addEventListener('load', () => { retry.hidden = !picture.failed; }, { signal: controller.signal });
  tools.append(retry, make('button', { type: 'button', className: 'tool', 'aria-label': t('Zoom {0}', name), title: t('Zoom'), onclick: event => { releaseFocus(event); controller.zoom(picture); } }, icon('zoom')));
  if (picture.blurs) {
    const eye = make('button', { type: 'button', className: 'tool', 'aria-pressed': 'false', 'aria-label': t('Show {0} without blur', name), title: t('Show without blur') }, icon('review'));
    eye.addEventListener('click', event => { releaseFocus(event); picture.keep(!picture.kept); });
    picture.addEventListener('reveal', () => eye.setAttribute('aria-pressed', String(picture.revealed)), { signal: controller.signal });
    tools.append(eye);
  }
  return tools;
}

/**
 * What a pointer does to a picture: a click (or tap) means `choose`, a right click or long press means `other`.
 * A blurred picture is revealed first: for good by a click, for as long as it is held by holding.
 */
export function listen(target, picture, controller, { choose, other }) {
  let timer = 0;
  let held = false;
  const start = event => {
    if (event.button !== 0) return;
    held = false;
    const wasBlurred = !picture.revealed;
    timer = setTimeout(() => {
      held = true;
      if (wasBlurred) picture.peek(true);
      else if (event.pointerType === 'touch' && other) other();
    }, wasBlurred ? peekAfter : 500);
    const end = () => {
      clearTimeout(timer);
      if (held && wasBlurred) picture.peek(false);
    };
    for (const kind of ['pointerup', 'pointercancel', 'pointerleave']) target.addEventListener(kind, end, { once: true });
  };
  target.addEventListener('pointerdown', start, { signal: controller.signal });
  target.addEventListener('contextmenu', event => {
    event.preventDefault();
    if (event.pointerType !== 'touch') other?.();
  }, { signal: controller.signal });
  target.addEventListener('click', event => {
    releaseFocus(event);
    if (held) { held = false; return; }
    if (!picture.revealed && event.detail > 0) picture.keep(true);
    else choose(event);
  }, { signal: controller.signal });
  target.addEventListener('pointerenter', () => { controller.pointed = picture; }, { signal: controller.signal });
  target.addEventListener('focus', () => { controller.pointed = picture; }, { signal: controller.signal });
}
