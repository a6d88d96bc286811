// One person's chat with the bot in Telegram: messages, answers to taps, and the composer.
import { bubbleOf } from './bubbles.js';
import { Composer } from './composer.js';
import { el, finePointer, setText } from './dom.js';
import { notice, tell } from './notices.js';

const toastMs = 4000;
const nearBottomPx = 90;

export class Chat {
  constructor({ person, bot, actions }) {
    this.actions = actions;
    this.shown = new Map();
    this.botName = bot.name || bot.username;
    this.build(person, bot);
    this.toastSeen = JSON.stringify(person.telegram.toast);
    this.update(person);
  }

  build(person, bot) {
    this.composer = new Composer({ say: (text) => this.say(text), shareContact: () => tell(this.actions.shareContact()) });
    this.list = el('ol', { class: 'messages', role: 'log', 'aria-live': 'polite', 'aria-label': `Chat of ${person.name} with ${bot.name}`, testid: 'messages' });
    this.scroller = el('div', { class: 'chat-scroll', tabindex: '0', 'aria-label': 'Messages' }, this.buildWelcome(bot), this.list);
    this.keepAtBottom();
    this.toast = el('div', { class: 'toast', role: 'status', testid: 'toast', hidden: true });
    this.alert = this.buildAlert();
    this.blocked = el('p', { class: 'chat-blocked', testid: 'blocked', hidden: true }, 'This person has blocked the bot.');
    this.nudge = el('button', { type: 'button', class: 'chat-nudge', testid: 'nudge', hidden: true });
    this.node = el('section', { class: 'chat', testid: 'chat', 'data-phone': person.phone.replace(/\D/g, ''), 'aria-label': `Telegram of ${person.name}` },
      this.buildHead(bot), this.nudge, this.scroller, this.blocked, this.toast, this.composer.node, this.alert);
  }

  buildHead(bot) {
    this.about = `@${bot.username} · bot`;
    this.status = el('small', {}, this.about);
    return el('header', { class: 'chat-head' },
      el('span', { class: 'chat-face', 'aria-hidden': 'true' }, (bot.name || 'M').slice(0, 1)),
      el('div', { class: 'chat-name' }, el('b', {}, bot.name || bot.username), this.status),
      el('small', { class: 'chat-where' }, 'Telegram'));
  }

  buildWelcome(bot) {
    this.description = el('p', {});
    this.welcome = el('div', { class: 'chat-welcome' },
      this.description,
      el('button', { type: 'button', class: 'strong', testid: 'chat-start', onclick: () => this.say('/start') }, 'Start'));
    return this.welcome;
  }

  buildAlert() {
    this.alertText = el('p', {});
    this.alertOk = el('button', { type: 'button', class: 'strong', testid: 'alert-ok', onclick: () => this.closeAlert() }, 'OK');
    const box = el('div', { class: 'alert-box', role: 'alertdialog', 'aria-modal': 'true', 'aria-label': 'Message from the bot', testid: 'alert' }, this.alertText, this.alertOk);
    const veil = el('div', { class: 'alert', hidden: true }, box);
    veil.addEventListener('keydown', (event) => event.key === 'Escape' && this.closeAlert());
    return veil;
  }

  say(text) {
    this.isAtBottom = true;
    return tell(this.actions.say(text));
  }

  // The same answer to a second tap is news again, so what was seen is forgotten first.
  tap(message, button) {
    if (button.copy) return this.copy(button.copy);
    this.toastSeen = 'null';
    return tell(this.actions.tap(message.id, button.data));
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.showToast('Copied');
    } catch {
      notice(`This browser does not let the page copy. The text is: ${text}`);
    }
  }

  /** New facts about this person. Tells whether the bot wrote or changed something. */
  update(person) {
    const { messages, keyboard, toast, blocked, tapping, action, commands, description } = person.telegram;
    this.composer.commands = commands;
    setText(this.description, description || `This is a new chat with ${this.botName}.`);
    const news = this.drawMessages(messages);
    this.welcome.hidden = messages.length > 0;
    this.blocked.hidden = !blocked;
    this.composer.offer(keyboard);
    this.answer(toast);
    this.markTapped(tapping);
    setText(this.status, action ? 'typing…' : this.about);
    if (this.isAtBottom) this.toBottom();
    return news;
  }

  drawMessages(messages) {
    let news = false;
    const wanted = new Set(messages.map((message) => String(message.id)));
    for (const [id, { node }] of this.shown) if (!wanted.has(id)) this.forget(id, node);
    for (const message of messages) news = this.drawMessage(message, messages) || news;
    return news;
  }

  drawMessage(message, messages) {
    const id = String(message.id);
    const drawn = JSON.stringify(message);
    const before = this.shown.get(id);
    if (before?.drawn === drawn) return false;
    const answered = message.reply_to ? messages.find((one) => one.id === message.reply_to) : null;
    const node = bubbleOf(message, { tap: (button) => this.tap(message, button), answered });
    if (before) this.replace(before.node, node);
    else this.list.append(node);
    this.shown.set(id, { node, drawn });
    return !message.out;
  }

  // A button that had the focus hands it on to the one in the same place, so that a keyboard user is not thrown out.
  replace(old, node) {
    const place = [...old.querySelectorAll('.inline-button')].indexOf(document.activeElement);
    old.replaceWith(node);
    node.classList.add('changed');
    if (place >= 0) (node.querySelectorAll('.inline-button')[place] || node.querySelector('.inline-button'))?.focus({ preventScroll: true });
  }

  forget(id, node) {
    node.remove();
    this.shown.delete(id);
  }

  // Until the bot answers, the tapped button is shown at work, as in the app.
  markTapped(tapping) {
    for (const busy of this.list.querySelectorAll('.inline-button.busy')) busy.classList.remove('busy');
    if (!tapping) return;
    const message = this.shown.get(String(tapping.message));
    message?.node.querySelector(`[data-testid="${CSS.escape(`inline-${tapping.data}`)}"]`)?.classList.add('busy');
  }

  answer(toast) {
    const seen = JSON.stringify(toast);
    if (seen === this.toastSeen) return;
    this.toastSeen = seen;
    if (!toast?.text) return;
    if (toast.alert) this.openAlert(toast.text);
    else this.showToast(toast.text);
  }

  showToast(text) {
    setText(this.toast, text);
    this.toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { this.toast.hidden = true; }, toastMs);
  }

  openAlert(text) {
    setText(this.alertText, text);
    this.alert.hidden = false;
    if (this.node.contains(document.activeElement)) this.alertOk.focus();
  }

  closeAlert() {
    this.alert.hidden = true;
    if (finePointer()) this.composer.input.focus({ preventScroll: true });
  }

  /** A line above the messages that leads to the phone, or none. */
  point(text, run) {
    this.nudge.hidden = !text;
    if (!text) return;
    setText(this.nudge, text);
    this.nudge.onclick = run;
  }

  // Whoever reads the newest message goes on seeing the newest: when the chat is shown, a keyboard takes half of it,
  // or a picture arrives late. Whoever scrolled up stays there.
  keepAtBottom() {
    this.isAtBottom = true;
    let height = 0;
    const follow = () => {
      height = this.scroller.clientHeight;
      if (this.isAtBottom) this.toBottom();
    };
    // A scroll that comes together with a change of height was nobody's wish.
    const note = () => { if (this.scroller.clientHeight === height) this.isAtBottom = this.isNearBottom(); };
    this.scroller.addEventListener('scroll', note, { passive: true });
    this.list.addEventListener('load', follow, { capture: true });
    new ResizeObserver(follow).observe(this.scroller);
  }

  isNearBottom() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < nearBottomPx;
  }

  toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}
