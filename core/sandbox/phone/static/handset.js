// One feature phone: its body, its keys and what they do on each screen.
// The handset keeps only what a phone keeps by itself (a number half dialled, which message is open);
// everything else comes from the practice world through update().
import { buildCasing } from './casing.js';
import { el, moment, setText } from './dom.js';
import { notice, tell } from './notices.js';
import { isUnread, markOf, markRead } from './readmarks.js';
import { screenOf } from './screens.js';
import { Typing } from './typing.js';

const scrollPx = 34;
const newsWithinMs = 250;
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const fresh = () => ({ dialling: false, calling: false, paying: false, dismissed: null, arrived: 0, inInbox: false, reading: null, chosen: 0 });

// Messages come oldest first; two of the same second stay in the order in which they came.
const newestFirst = (messages) => [...messages].reverse().sort((a, b) => moment(b.at) - moment(a.at));

export class Handset {
  constructor({ person, ussdCode, actions }) {
    this.digits = person.phone.replace(/\D/g, '');
    this.ussdCode = ussdCode;
    this.actions = actions;
    this.local = fresh();
    this.updates = 0;
    this.known = new Set(person.sms.map((sms) => markOf(this.digits, sms)));
    this.does = this.verbs();
    this.build(person);
    this.typing = new Typing(this.input);
    this.update(person);
    setInterval(() => this.screen.kind === 'idle' && this.render(), 15000);
  }

  // ---- what the keys can do -------------------------------------------------------------------------------------

  verbs() {
    return {
      call: () => this.dial(this.input.value.trim()),
      shortcut: () => this.dial(this.ussdCode),
      send: () => this.send(),
      hangup: () => this.hangup(),
      dismiss: () => this.dismiss(),
      pay: () => this.pay(),
      refuse: () => this.answerPrompt(() => this.actions.refuse(this.person.mpesa.prompt.id)),
      erase: () => this.typing.erase(),
      inbox: () => this.show({ inInbox: true, reading: null, arrived: 0 }),
      home: () => this.show({ inInbox: false, reading: null, arrived: 0, chosen: 0 }),
      showArrived: () => (this.local.arrived === 1 ? this.read(this.person.sms[0]) : this.does.inbox()),
      openChosen: () => this.read(this.person.sms[this.local.chosen]),
      read: (sms) => this.read(sms),
    };
  }

  async dial(code) {
    if (!code || this.local.calling) return;
    this.lastDialled = code;
    this.show({ ...fresh(), arrived: this.local.arrived, calling: true });
    await this.hop(this.actions.dial(code));
    this.show({ calling: false });
  }

  async send() {
    const text = this.input.value;
    if (!text.trim()) return notice('Type an answer first, then Send.');
    this.show({ calling: true });
    const sent = await this.hop(this.actions.reply(text));
    this.show({ calling: false });
    if (!sent && this.screen.kind === 'session') this.input.value = text;
  }

  // The answer and the news of it come on two lines; whichever is first, the old screen must not flash up in between.
  async hop(call) {
    const before = this.updates;
    const done = await tell(call);
    const isSettled = this.updates > before && !this.person.ussd?.waiting;
    if (done && !isSettled) await Promise.race([new Promise((resolve) => { this.heard = resolve; }), pause(newsWithinMs)]);
    return done;
  }

  async hangup() {
    this.show({ calling: false });
    await tell(this.actions.hangup());
  }

  async dismiss() {
    this.show({ dismissed: this.person.ussd?.screen ?? null });
    await tell(this.actions.hangup());
  }

  async pay() {
    const pin = this.input.value;
    if (!/^\d{4}$/.test(pin)) return notice('An M-PESA PIN has four digits.');
    await this.answerPrompt(() => this.actions.pay(this.person.mpesa.prompt.id, pin));
  }

  // The message that started the prompt is over by now: when the prompt goes, the phone is idle again.
  async answerPrompt(answer) {
    if (!this.person.mpesa.prompt || this.local.paying) return;
    this.input.value = '';
    this.show({ paying: true, dismissed: this.person.ussd?.screen ?? null });
    await tell(answer());
    this.show({ paying: false });
  }

  read(sms) {
    if (!sms) return;
    markRead(this.digits, sms);
    this.show({ inInbox: true, reading: sms, arrived: 0, chosen: this.person.sms.findIndex((one) => one.id === sms.id) });
    this.body.scrollTop = 0;
  }

  openInbox() {
    if (this.isBusy()) return notice('Finish what is on the screen first; the messages wait.');
    this.does.inbox();
  }

  isBusy() {
    return ['mpesa', 'waiting', 'session'].includes(this.screen.kind);
  }

  // ---- keys -----------------------------------------------------------------------------------------------------

  press(key) {
    const { line } = this.screen;
    if (!line) return this.quickChoice(key);
    if (line.busy) return;
    this.typing.press(key, { plain: Boolean(line.plain), at: performance.now() });
    this.render();
  }

  quickChoice(key) {
    if (this.screen.kind === 'inbox' && /[1-9]/.test(key)) this.read(this.person.sms[Number(key) - 1]);
  }

  soft(side) {
    const key = this.screen[side];
    if (key && !key.off) key.run();
  }

  green() {
    if (this.screen.kind === 'idle') return this.redial();
    this.soft('left');
  }

  // The green key on an idle phone brings back the last number, as it always did.
  redial() {
    this.typing.set(this.lastDialled || this.ussdCode);
    this.focusLine();
  }

  red() {
    const { kind } = this.screen;
    if (kind === 'dialling') this.typing.set('');
    else if (kind === 'session' || kind === 'waiting') this.hangup();
    else if (kind === 'mpesa') this.does.refuse();
    else if (kind === 'end' || kind === 'error') this.dismiss();
    else this.does.home();
  }

  move(step) {
    if (this.screen.kind !== 'inbox') return this.body.scrollBy({ top: step * scrollPx });
    const chosen = this.local.chosen + step;
    if (chosen >= 0 && chosen < this.person.sms.length) this.show({ chosen });
    this.body.querySelector('[data-chosen]')?.scrollIntoView({ block: 'nearest' });
  }

  /** A key of the computer's keyboard while the phone (not a text field) has the attention. True when it was used. */
  keyboard(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (/^[0-9*#]$/.test(event.key)) this.press(event.key);
    else if (event.key === 'Enter') this.soft('left');
    else if (event.key === 'Escape') this.screen.right ? this.soft('right') : this.red();
    else if (event.key === 'Backspace' && this.screen.line) this.typing.erase();
    else if (event.key === 'ArrowUp') this.move(-1);
    else if (event.key === 'ArrowDown') this.move(1);
    else return false;
    return true;
  }

  // ---- drawing --------------------------------------------------------------------------------------------------

  build(person) {
    const keys = { press: (key) => this.press(key), soft: (side) => this.soft(side), green: () => this.green(), red: () => this.red(), move: (step) => this.move(step) };
    Object.assign(this, buildCasing(person.name, keys));
    this.input.addEventListener('input', () => this.typed());
    this.body.addEventListener('scroll', () => this.markMore(), { passive: true });
    this.node.addEventListener('keydown', (event) => this.onKey(event));
  }

  onKey(event) {
    const typing = event.target === this.input;
    if (event.target.closest('button') && ['Enter', ' '].includes(event.key)) return;
    // The line is a form of its own: Enter (and "Go" on a touch keyboard) submits it.
    if (typing && !['Escape', 'ArrowUp', 'ArrowDown'].includes(event.key)) return event.stopPropagation();
    if (this.keyboard(event)) event.preventDefault();
    event.stopPropagation();
  }

  typed() {
    const { line } = this.screen;
    if (line?.testid === 'dial-input') this.local.dialling = this.input.value !== '';
    if (line?.type === 'password') this.input.value = this.input.value.replace(/\D/g, '');
    this.render();
  }

  focusLine() {
    if (this.screen.line && !this.input.disabled) this.input.focus({ preventScroll: true });
  }

  show(changes) {
    Object.assign(this.local, changes);
    this.render();
  }

  /** New facts about this person from the practice world. */
  update(person) {
    const news = person.sms.filter((sms) => !this.known.has(markOf(this.digits, sms)));
    for (const sms of news) this.known.add(markOf(this.digits, sms));
    if (person.ussd?.open) this.local.dismissed = null;
    this.person = { ...person, sms: newestFirst(person.sms) };
    this.updates += 1;
    if (!person.ussd?.waiting) this.heard?.();
    if (!this.local.inInbox) this.local.arrived += news.filter((sms) => isUnread(this.digits, sms)).length;
    this.render();
    return { news };
  }

  unread() {
    return this.person.sms.filter((sms) => isUnread(this.digits, sms)).length;
  }

  changed() {}

  render() {
    const before = this.screen;
    this.screen = screenOf({ person: this.person, digits: this.digits, local: this.local, ussdCode: this.ussdCode, now: new Date(), does: this.does });
    this.drawBar();
    this.drawBody(before);
    this.drawLine(before);
    this.drawSoft(this.left, this.screen.left);
    this.drawSoft(this.right, this.screen.right);
    this.lcd.dataset.kind = this.screen.kind;
    this.markMore();
    this.changed();
  }

  drawBar() {
    const unread = this.unread();
    setText(this.network, this.screen.kind === 'idle' ? '' : this.person.networkName);
    setText(this.envelope, unread ? String(unread) : '');
    this.envelope.hidden = unread === 0;
    this.envelope.setAttribute('aria-label', `${unread} unread`);
  }

  drawBody(before) {
    this.body.setAttribute('aria-live', this.screen.quiet ? 'off' : 'polite');
    const draft = el('div', {}, this.screen.body);
    if (draft.innerHTML === this.drawn) return;
    this.drawn = draft.innerHTML;
    this.body.replaceChildren(...draft.childNodes);
    if (before?.key !== this.screen.key) this.body.scrollTop = 0;
  }

  markMore() {
    const { scrollTop, scrollHeight, clientHeight } = this.body;
    this.lcd.toggleAttribute('data-more', scrollHeight - scrollTop - clientHeight > 4);
  }

  drawLine(before) {
    const { line, key } = this.screen;
    if (before && before.key !== key) this.emptyLine();
    this.line.hidden = !line;
    this.input.disabled = !line;
    if (!line) return;
    Object.assign(this.input, { type: line.type || 'text', readOnly: Boolean(line.busy), maxLength: line.maxLength || 500, inputMode: line.inputMode || 'text', autocomplete: line.type ? 'one-time-code' : 'off' });
    this.input.dataset.testid = line.testid;
    this.input.setAttribute('aria-label', line.label);
    setText(this.mode, line.modes ? this.typing.mode : '');
  }

  emptyLine() {
    this.input.value = '';
    this.typing.reset();
  }

  drawSoft(node, key) {
    node.hidden = !key;
    if (!key) return;
    setText(node, key.label);
    node.dataset.testid = key.testid;
    node.disabled = Boolean(key.off);
  }
}
