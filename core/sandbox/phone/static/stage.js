// One person on the page: name, phone with its purse and messages, and the chat beside it.
// On a narrow screen phone and chat are two pages that one swipes between.
import { Chat } from './chat.js';
import { digitsOf, el, finePointer, firstName, grouped, localNumber, setText } from './dom.js';
import { Handset } from './handset.js';
import { notice, tell } from './notices.js';
import { askToPay } from './paybill.js';

const accents = ['indigo', 'madder', 'leaf', 'plum', 'teal', 'ochre'];

export class Stage {
  constructor({ person, index, world, actions, came }) {
    this.digits = digitsOf(person.phone);
    this.accent = accents[index % accents.length];
    this.came = came;
    this.person = person;
    this.handset = new Handset({ person, ussdCode: world.ussd_code, actions });
    this.chat = new Chat({ person, bot: world.bot, actions });
    this.build(person, world, actions);
    this.handset.changed = () => this.drawAround();
    this.update(person);
    this.countdown = setInterval(() => this.drawMeter(), 1000);
  }

  build(person, world, actions) {
    this.moveSelects = [this.networkSelect(world, actions), this.networkSelect(world, actions)];
    this.phonePanel = this.buildPhonePanel(world, actions);
    this.phonePanel.append(el('label', { class: 'network-row' }, 'Network', this.moveSelects[1]));
    this.chatPanel = el('div', { class: 'panel chat-panel', id: `chat-${this.digits}` }, this.chat.node);
    this.pager = el('div', { class: 'pager' }, this.phonePanel, this.chatPanel);
    this.pager.addEventListener('scroll', () => this.markPage(), { passive: true });
    this.name = el('h2', {});
    this.number = el('p', {});
    this.node = el('section', { class: 'stage', 'data-accent': this.accent, testid: `person-${this.digits}`, 'aria-label': person.name },
      el('header', { class: 'stage-head' }, this.name, this.number, this.moveSelects[0]), this.buildSegments(), this.pager);
  }

  networkSelect(world, actions) {
    const select = el('select', { class: 'network', 'aria-label': 'Network', testid: 'network', onchange: () => tell(actions.moveTo(select.value)) },
      world.networks.map(({ key, name }) => el('option', { value: key }, name)));
    return select;
  }

  buildPhonePanel(world, actions) {
    this.dial = el('button', { type: 'button', class: 'dial strong', testid: 'dial-shortcut', onclick: () => this.dialNow() }, 'Dial ', el('b', {}, world.ussd_code));
    this.balance = el('b', { testid: 'mpesa-balance' });
    this.pin = el('small', { testid: 'mpesa-hint' });
    this.bill = el('button', { type: 'button', class: 'bill', testid: 'paybill', onclick: () => askToPay(this.person, world.paybill, actions.payBill) }, 'Pay bill');
    const purse = el('div', { class: 'purse', role: 'group', 'aria-label': 'M-PESA of this person' }, this.balance, this.pin, this.bill);
    this.meter = el('p', { class: 'meter', testid: 'meter' });
    this.strip = el('button', { type: 'button', class: 'strip', testid: 'inbox', onclick: () => this.openInbox() });
    return el('div', { class: 'panel phone-panel', id: `phone-${this.digits}`, testid: `phone-${this.digits}` },
      el('div', { class: 'phone-top' }, this.dial, purse), this.handset.node, this.meter, this.strip);
  }

  buildSegments() {
    const segment = (label, testid, panel) => el('button', { type: 'button', class: 'segment', testid, onclick: () => this.turnTo(panel()) }, label, el('i', { class: 'dot', 'aria-hidden': 'true' }));
    this.phoneSegment = segment('Phone', 'show-phone', () => this.phonePanel);
    this.chatSegment = segment('Chat', 'show-chat', () => this.chatPanel);
    this.phoneSegment.setAttribute('aria-pressed', 'true');
    this.chatSegment.setAttribute('aria-pressed', 'false');
    return el('div', { class: 'segments', role: 'group', 'aria-label': 'Phone or chat' }, this.phoneSegment, this.chatSegment);
  }

  // ---- moving about ---------------------------------------------------------------------------------------------

  isPaged() {
    return this.pager.scrollWidth > this.pager.clientWidth + 4;
  }

  isShowing(panel) {
    return !this.node.hidden && (!this.isPaged() || Math.abs(this.pager.scrollLeft - panel.offsetLeft + this.pager.offsetLeft) < panel.clientWidth / 2);
  }

  turnTo(panel) {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.pager.scrollTo({ left: panel.offsetLeft - this.pager.offsetLeft, behavior: still ? 'auto' : 'smooth' });
  }

  markPage() {
    const onPhone = this.isShowing(this.phonePanel);
    this.phoneSegment.setAttribute('aria-pressed', String(onPhone));
    this.chatSegment.setAttribute('aria-pressed', String(!onPhone));
    (onPhone ? this.phoneSegment : this.chatSegment).classList.remove('news');
  }

  showPhone() {
    this.came(this);
    this.turnTo(this.phonePanel);
  }

  showChat() {
    this.came(this);
    this.turnTo(this.chatPanel);
  }

  dialNow() {
    this.showPhone();
    if (finePointer()) this.handset.node.focus({ preventScroll: true });
    return this.handset.does.shortcut();
  }

  startChat() {
    this.showChat();
    return this.chat.say('/start');
  }

  openInbox() {
    this.showPhone();
    this.handset.openInbox();
  }

  // ---- news from the world --------------------------------------------------------------------------------------

  update(person) {
    const hadPrompt = Boolean(this.person.mpesa.prompt);
    this.person = person;
    setText(this.name, person.name);
    setText(this.number, localNumber(person.phone));
    for (const select of this.moveSelects) select.value = person.network;
    this.takePrompt(person.mpesa.prompt);
    const { news } = this.handset.update(person);
    const spoken = this.chat.update(person);
    this.callAttention({ prompt: person.mpesa.prompt && !hadPrompt, news, spoken });
    this.drawAround();
  }

  takePrompt(prompt) {
    if (!prompt) this.deadline = null;
    else if (prompt.id !== this.promptId) this.deadline = performance.now() + prompt.expires_in * 1000;
    this.promptId = prompt?.id ?? null;
    const text = prompt ? `M-PESA asks ${firstName(this.person)} for a PIN. Open the phone` : '';
    this.chat.point(text, () => this.showPhone());
  }

  // What happens where nobody looks is marked with a dot, and a payment prompt or a message is said aloud as well.
  callAttention({ prompt, news, spoken }) {
    if ((prompt || news.length) && !this.isShowing(this.phonePanel)) this.phoneSegment.classList.add('news');
    if (spoken && !this.isShowing(this.chatPanel)) this.chatSegment.classList.add('news');
    const name = firstName(this.person);
    if (this.node.hidden && prompt) notice(`M-PESA asks ${name} for a PIN.`, { label: 'Show', run: () => this.showPhone() });
    else if (news.length && !this.isShowing(this.phonePanel)) notice(`${name} has a new SMS.`, { label: 'Show', run: () => this.openInbox() });
    this.wantsAttention = this.node.hidden && Boolean(prompt || news.length || spoken || this.wantsAttention);
  }

  drawAround() {
    const { balance, pin } = this.person.mpesa;
    setText(this.balance, `Ksh ${grouped(balance)}`);
    setText(this.pin, `M-PESA · PIN ${pin}`);
    this.drawMeter();
    this.drawStrip();
    this.focusLine();
  }

  drawMeter() {
    const { prompt, pin } = this.person.mpesa;
    const { kind } = this.handset.screen;
    if (prompt) return this.sayOnMeter(`Practice M-PESA PIN: ${pin}${this.secondsLeft()}`, 'hint');
    if (!this.person.ussd || !['session', 'end', 'error'].includes(kind)) return this.sayOnMeter(finePointer() ? 'Your own keyboard types here too' : '', 'idle');
    const { septets, limit, encoding } = this.person.ussd;
    this.sayOnMeter(`${septets}/${limit} ${encoding === 'ucs2' ? 'characters, not GSM-7,' : 'septets'} on ${this.person.networkName}`, septets > limit ? 'over' : 'fits', septets / limit);
  }

  sayOnMeter(text, state, share = 0) {
    setText(this.meter, text);
    this.meter.dataset.state = state;
    this.meter.style.setProperty('--share', Math.min(share, 1).toFixed(3));
  }

  secondsLeft() {
    if (this.deadline === null || Number.isNaN(this.deadline)) return '';
    return ` · ${Math.max(0, Math.ceil((this.deadline - performance.now()) / 1000))} s left`;
  }

  drawStrip() {
    const [latest] = this.handset.person.sms;
    const unread = this.handset.unread();
    const drawn = `${latest?.id}/${latest?.text}/${unread}`;
    if (drawn === this.stripDrawn) return;
    this.stripDrawn = drawn;
    this.strip.dataset.unread = unread;
    this.strip.setAttribute('aria-label', `Messages, ${unread} unread`);
    this.strip.replaceChildren(
      el('span', { class: 'strip-head' }, el('b', {}, 'SMS'), unread ? el('span', { class: 'strip-count' }, `${unread} new`) : null),
      el('span', { class: 'strip-text', testid: 'strip-text' }, latest ? `${latest.from}: ${latest.text}` : 'No messages yet'));
  }

  // A new question may take the keyboard's attention only when nobody is typing elsewhere; on a touch screen
  // it never does, since that would throw the on-screen keyboard over the phone.
  focusLine() {
    const { key, line } = this.handset.screen;
    if (key === this.focusedFor) return;
    this.focusedFor = key;
    const at = document.activeElement;
    const free = at === document.body || this.phonePanel.contains(at);
    if (finePointer() && line && this.isActive && free && this.handset.screen.kind !== 'idle') this.handset.focusLine();
  }
}
