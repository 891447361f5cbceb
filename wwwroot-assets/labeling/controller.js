// The labeling page at work: the deck gives cards, a view per task shows one, keys and buttons act, the outbox carries votes away.
import { Api, newKey } from './api.js';
import { Deck } from './deck.js';
import { askReason, showRefused } from './dialogs.js';
import { releaseFocus } from './dom.js';
import { Keyboard } from './keyboard.js';
import { Keys } from './keys.js';
import { Messages } from './messages.js';
import { showHint, showProgress, showSaved, showSignal } from './meters.js';
import { makeNotice, patience } from './notices.js';
import { Outbox } from './outbox.js';
import { Practice } from './practice.js';
import { Stage } from './stage.js';
import { Stopwatch } from './stopwatch.js';
import { UnseenWarning } from './unseen.js';
import { Views } from './views.js';
import { Zoom } from './zoom.js';
import { t } from '../js/texts.js';

const always = ['commit', 'skip', 'undo', 'previous', 'next', 'zoom', 'reveal', 'help', 'guidelines'];

// The second press of a double click comes sooner than anybody has looked at the next card.
const soonest = 300;

export class Controller {
  #root;
  #project;
  #stage;
  #messages;
  #unseen;
  #watch;
  #counted = 0;
  #answered = -Infinity;
  #seenBefore = 0;
  #settling = 0;
  #zoom = new Zoom();
  #poll = 0;
  #flagMode = 0;
  #views;
  #practice;

  constructor(root, config, signal) {
    this.#root = root;
    this.#project = config.project;
    this.#views = new Views(this, config.project);
    this.signal = signal;
    this.keys = new Keys(config.keys, [...always, ...(['pair', 'rank'].includes(config.project.task) ? ['left', 'right', 'tie', 'bothBad'] : [])]);
    this.#stage = new Stage(root, signal);
    this.#messages = new Messages(root);
    this.#unseen = new UnseenWarning(this.#messages, this.keys);
    this.#watch = new Stopwatch(signal);
    this.pointed = null;
    this.outbox = new Outbox(new Api(config.account, config.token), signal);
    this.deck = new Deck(new Api(config.account, config.token), config.project, this.outbox, signal, () => this.#stage.pictureSize);
    this.#practice = new Practice(root, config.project, new Api(config.account, config.token), this.deck, signal);
    signal.addEventListener('abort', () => { clearTimeout(this.#poll); clearTimeout(this.#settling); });
  }

  async start() {
    this.#listen();
    this.#show();
    await this.outbox.load();
    try { await this.deck.recall(); } catch { /* Without it there is only less to undo. */ }
    await this.deck.fill();
  }

  #listen() {
    const { signal } = this;
    this.outbox.addEventListener('change', () => this.#outboxChanged(), { signal });
    this.outbox.addEventListener('acknowledged', ({ detail }) => {
      this.#counted = performance.now();
      showProgress(this.#root, detail.progress[this.#project.id]);
    }, { signal });
    this.deck.addEventListener('filled', () => this.#filled(), { signal });
    this.deck.addEventListener('decoded', () => {
      this.#root.dataset.ready = this.deck.readyAhead;
      this.#unseen.refresh();
    }, { signal });
    this.deck.addEventListener('seen', () => this.#unseen.refresh(), { signal });
    new Keyboard(this, signal);
    window.addEventListener('online', () => this.deck.fill(), { signal });
    for (const cap of this.#root.querySelectorAll('[data-key-of]')) cap.textContent = this.keys.name(cap.dataset.keyOf);
    this.#root.addEventListener('click', event => {
      event.target.closest('[data-close]')?.closest('dialog').close();
      const button = event.target.closest('[data-action]');
      if (button) { releaseFocus(event); this.act(button.dataset.action); }
    }, { signal });
  }

  /** How the card in front is shown; null while none is. */
  get view() { return this.#stage.view; }

  closeOpen() {
    if (this.isZoomed) this.closeZoom();
    else if (!this.#root.querySelector('[data-guidelines]').hidden) this.#toggleGuidelines();
  }

  /** No key is held any more. */
  letGo() {
    this.closeZoom();
    this.peek(false);
  }

  /** True when the action was one. */
  act(action, started) {
    if (!action) return false;
    if (this.view?.act?.(action)) return true;
    switch (action) {
      case 'commit': this.commit(this.view?.commit(), started); break;
      case 'skip': this.#skip(); break;
      case 'undo': this.#undo(); break;
      case 'previous': this.#step(-1); break;
      case 'next': this.#step(1); break;
      case 'zoom': if (this.#target) this.zoom(this.#target, true); break;
      case 'reveal': this.peek(true); break;
      case 'help': this.#root.querySelector('[data-dialog=keys]').showModal(); break;
      case 'guidelines': this.#toggleGuidelines(); break;
      case 'saved': this.#savedPressed(); break;
      case 'retry': this.deck.fill(); break;
      case 'practice-again': this.#practice.again().then(fault => fault ? this.#messages.warn(fault) : this.#show()); break;
      default: return false;
    }
    return true;
  }

  get #target() {
    const pictures = this.deck.current?.pictures ?? [];
    return pictures.includes(this.pointed) ? this.pointed : pictures[0];
  }

  zoom(picture, held = false) { this.#zoom.open(picture, held); }

  /** Which of the project's flags a digit or click gives. */
  get flagMode() { return this.#flagMode; }
  set flagMode(mode) {
    this.#flagMode = mode;
    this.#views.forget();
  }

  get isZoomed() { return this.#zoom.isOpen; }
  closeZoom() { this.#zoom.close(); }

  zoomTo(digit) {
    const picture = this.deck.current?.pictures[digit - 1];
    if (picture) { this.pointed = picture; this.zoom(picture, true); }
  }

  /** Blurred pictures without blur while a key is held. */
  peek(value) {
    if (this.#project.blurred) this.deck.current?.pictures.forEach(picture => picture.peek(value));
  }

  /** Takes the judgment of the card in front and shows the next at once; sending is the outbox's affair. */
  commit(judgment, started = performance.now()) {
    const card = this.deck.current;
    if (!card || !judgment) return;
    if (this.#isTooSoon) { this.say(t('Not taken: that came before anybody can have looked.')); return; }
    if (judgment.verdict.kind !== 'skip' && !this.#unseen.mayJudge(card, judgment.verdict)) return;
    if (card.item.practice) { this.#answerPractice(card, judgment); return; }
    if (card.vote) this.#send({ op: 'undo', vote: card.vote.key }, card, t('Undo'));
    const key = newKey();
    this.#send({ op: 'vote', key, verdict: judgment.verdict, durationMs: this.#watch.read(), at: new Date().toISOString() }, card, judgment.echo);
    this.deck.advance(key, judgment.verdict);
    this.#show();
    this.#echo(judgment);
    this.#settle();
    requestAnimationFrame(() => setTimeout(() => performance.measure('key-to-next', { start: started, end: performance.now() })));
  }

  async #answerPractice(card, judgment) {
    const fault = await this.#practice.answer(card, judgment.verdict, gold => this.view?.mark?.(gold));
    this.#settle();
    if (fault) this.#messages.warn(fault);
    else this.#show();
  }

  // A card that was in front long enough before, as one gone back to, may be answered at once.
  get #isTooSoon() { return performance.now() - this.#answered < soonest && this.#seenBefore < soonest; }

  // Counted from the frame that shows the next card: a busy machine shows it late, and nobody looks before.
  #settle() {
    this.#root.classList.add('just-answered');
    const shown = () => {
      this.#answered = performance.now();
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.#root.classList.remove('just-answered'), soonest);
    };
    shown();
    requestAnimationFrame(() => requestAnimationFrame(shown));
  }

  #send(body, card, echo) {
    this.outbox.add({ key: newKey(), project: this.#project.id, item: card.item.item, ...body }, { echo, item: card.item });
  }

  #skip() {
    if (!this.deck.current) return;
    askReason(this.#root.querySelector('[data-dialog=reason]'), reason => this.commit({ verdict: { kind: 'skip', reason }, echo: t('Not sure') }));
  }

  #undo() {
    const vote = this.deck.takeBack();
    if (!vote) { this.#messages.warn(t('Nothing left to take back here.')); return; }
    // A vote that the server refused is not there to be taken back.
    if (!this.outbox.withdrawRefused(vote)) this.#send({ op: 'undo', vote }, this.deck.current, t('Undo'));
    this.#show();
    this.#echo({ echo: t('Taken back') });
  }

  #step(by) {
    if (!this.deck.step(by)) { this.#messages.warn(by < 0 ? t('This is the first one here.') : t('Judge one of these before you go on.')); return; }
    this.#show();
  }

  #show() {
    const card = this.deck.current;
    this.closeZoom();
    this.#unseen.forget();
    this.#messages.clear();
    this.#stage.show(this.#views.of(card), () => makeNotice(this.#root, this.deck.status, this.outbox));
    this.#root.classList.toggle('resting', !card);
    this.#root.classList.toggle('looking-back', Boolean(card?.vote));
    this.#root.querySelector('[data-prompt]').textContent = card?.item.prompt ?? '';
    this.changed();
    this.#root.dataset.ready = this.deck.readyAhead;
    this.#watch.start(card);
    this.#seenBefore = card?.elapsed ?? 0;
    if (!card) this.#wait();
    this.#prepareNext();
  }

  #prepareNext() { this.#views.prepare(() => this.deck.next); }

  #filled() {
    if (!this.view) this.#show();
    this.#prepareNext();
    // An answer that was asked for before the last acknowledgement does not count its vote yet.
    if ((this.deck.status.asked ?? 0) >= this.#counted) showProgress(this.#root, this.deck.status.progress);
  }

  #wait() {
    clearTimeout(this.#poll);
    const seconds = patience[this.deck.status.state];
    if (seconds) this.#poll = setTimeout(() => document.hidden ? this.#wait() : this.deck.fill(), seconds * 1000);
  }

  /** The judgment in front has changed. */
  changed() {
    showSignal(this.#root, this.view);
    showHint(this.#root, this.view, this.#practice?.hint(this.deck.current));
  }

  #outboxChanged() {
    showSaved(this.#root, this.outbox);
    if (this.outbox.state === 'saved' && !this.deck.current) this.deck.fill();
  }

  #savedPressed() {
    if (this.outbox.state === 'refused') showRefused(this.#root.querySelector('[data-dialog=refused]'), this.outbox);
    else if (this.outbox.state === 'signed-out') location.assign(`/sign-in?returnUrl=${encodeURIComponent(location.pathname)}`);
    else this.outbox.send();
  }

  #toggleGuidelines() {
    const panel = this.#root.querySelector('[data-guidelines]');
    panel.hidden = !panel.hidden;
    this.#root.querySelector('[data-action=guidelines]').setAttribute('aria-expanded', String(!panel.hidden));
  }

  say(text) { this.#messages.say(text); }

  warn(text) { this.#messages.warn(text); }

  #echo(judgment) { this.#messages.echo(judgment, Boolean(this.deck.current)); }
}
