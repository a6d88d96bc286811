// The foot of the chat: the commands menu, the line being written, and the keyboard that the bot offers.
import { el, setText } from './dom.js';

const tallestPx = 120;

export class Composer {
  /** `say(text)` sends a text, `shareContact()` the person's own contact. */
  constructor({ say, shareContact }) {
    this.commands = [];
    this.say = say;
    this.shareContact = shareContact;
    this.chosen = 0;
    this.build();
  }

  build() {
    this.menuId = `commands-${Math.random().toString(36).slice(2)}`;
    this.input = el('textarea', { class: 'composer-input', rows: '1', maxlength: '4096', placeholder: 'Message', 'aria-label': 'Message to the bot', testid: 'chat-input', 'aria-controls': this.menuId, 'aria-expanded': 'false', role: 'combobox', 'aria-autocomplete': 'list' });
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    this.slash = el('button', { type: 'button', class: 'composer-slash', 'aria-label': 'Commands', testid: 'chat-commands', onclick: () => this.toggleMenu() }, el('span', { 'aria-hidden': 'true' }, '/'));
    this.send = el('button', { type: 'button', class: 'composer-send', 'aria-label': 'Send', testid: 'chat-send', onclick: () => this.submit() }, el('span', { class: 'send-sign', 'aria-hidden': 'true' }));
    this.menu = el('ul', { class: 'commands', id: this.menuId, role: 'listbox', 'aria-label': 'Commands', testid: 'commands', hidden: true });
    this.keyboard = el('div', { class: 'reply-keyboard', role: 'group', 'aria-label': 'Keyboard offered by the bot', testid: 'reply-keyboard', hidden: true });
    this.node = el('div', { class: 'composer' }, this.menu, el('div', { class: 'composer-row' }, this.slash, this.input, this.send), this.keyboard);
    this.node.addEventListener('focusout', (event) => !this.node.contains(event.relatedTarget) && this.closeMenu());
  }

  typed() {
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(this.input.scrollHeight, tallestPx)}px`;
    if (/^\/\w*$/.test(this.input.value)) this.openMenu(this.input.value.slice(1));
    else this.closeMenu();
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return this.input.focus();
    this.input.value = '';
    this.typed();
    this.say(text);
  }

  onKey(event) {
    if (!this.menu.hidden && this.menuKey(event)) return event.preventDefault();
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    }
  }

  menuKey({ key }) {
    const { length } = this.menu.children;
    if (key === 'ArrowDown') this.choose((this.chosen + 1) % length);
    else if (key === 'ArrowUp') this.choose((this.chosen + length - 1) % length);
    else if (key === 'Enter') this.menu.children[this.chosen].click();
    else if (key === 'Escape') this.closeMenu();
    else return false;
    return true;
  }

  toggleMenu() {
    if (this.menu.hidden) this.openMenu('');
    else this.closeMenu();
    this.input.focus();
  }

  openMenu(beginning) {
    const fitting = this.known().filter(({ command }) => command.startsWith(beginning.toLowerCase()));
    this.menu.replaceChildren(...fitting.map((one, index) => this.menuRow(one, index)));
    this.menu.hidden = fitting.length === 0;
    this.input.setAttribute('aria-expanded', String(!this.menu.hidden));
    if (fitting.length) this.choose(0);
  }

  // A bot that announced nothing can still be started, as in the app.
  known() {
    return this.commands.length ? this.commands : [{ command: 'start', description: 'Begin' }];
  }

  menuRow({ command, description }, index) {
    const run = () => {
      this.input.value = '';
      this.typed();
      this.say(`/${command}`);
    };
    const row = el('li', { role: 'option', id: `${this.menuId}-${index}`, testid: `command-${command}`, onclick: run }, el('b', {}, `/${command}`), el('span', {}, description || ''));
    row.addEventListener('mousedown', (event) => event.preventDefault());
    return row;
  }

  choose(index) {
    this.chosen = index;
    [...this.menu.children].forEach((row, at) => row.setAttribute('aria-selected', String(at === index)));
    this.input.setAttribute('aria-activedescendant', this.menu.children[index].id);
    this.menu.children[index].scrollIntoView({ block: 'nearest' });
  }

  closeMenu() {
    this.menu.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  /** Show the reply keyboard as the Bot API describes it, or none. */
  offer(markup) {
    const drawn = JSON.stringify(markup ?? null);
    if (drawn === this.offered) return;
    this.offered = drawn;
    const rows = markup?.keyboard || [];
    this.keyboard.hidden = rows.length === 0;
    this.keyboard.replaceChildren(...rows.map((row) => el('div', { class: 'reply-row' }, row.map((button) => this.replyButton(button)))));
    this.input.placeholder = markup?.input_field_placeholder || 'Message';
  }

  replyButton(button) {
    const { text, request_contact: contact } = typeof button === 'string' ? { text: button } : button;
    const run = contact ? () => this.shareContact() : () => this.say(text);
    const node = el('button', { type: 'button', class: 'reply-button', testid: contact ? 'share-contact' : `reply-${text}`, onclick: run });
    setText(node, text);
    return node;
  }
}
