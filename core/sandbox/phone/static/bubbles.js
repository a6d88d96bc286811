// One message of the chat as an element, with the buttons that hang below it.
import { clockOf, el, localNumber, moment } from './dom.js';
import { richText, safeAddress } from './richtext.js';

/** `tap(button)` is called for a button with data or with a text to copy; `answered`: the message that this one answers. */
export function bubbleOf(message, { tap, answered }) {
  const side = message.out ? 'out' : 'in';
  const meta = el('span', { class: 'bubble-meta' },
    message.edited ? el('span', { class: 'bubble-edited', testid: 'edited' }, 'edited ') : null,
    el('time', {}, clockOf(moment(message.at))));
  return el('li', { class: `message ${side}`, testid: 'message', 'data-message': message.id, 'data-side': side },
    el('div', { class: 'bubble' }, answered ? quoteOf(answered) : null, attachments(message), el('div', { class: 'bubble-text', testid: 'message-text' }, richText(message)), meta),
    keyboardOf(message, tap));
}

function quoteOf({ text, contact }) {
  return el('div', { class: 'bubble-quote' }, text || (contact ? 'Contact' : 'Message'));
}

function attachments({ photo, document: file, contact }) {
  const nodes = [];
  if (contact) nodes.push(contactCard(contact));
  const picture = sourceOf(photo);
  if (picture) nodes.push(el('img', { class: 'bubble-photo', src: picture, alt: 'Picture in the chat', loading: 'lazy' }));
  if (file) nodes.push(fileLink(file));
  return nodes;
}

function contactCard({ first_name: name, phone_number: phone }) {
  return el('div', { class: 'bubble-contact', testid: 'contact' }, el('b', {}, name || 'Contact'), el('span', {}, localNumber(phone)));
}

function fileLink(file) {
  const name = file.name || file.file_name || 'Document';
  const href = sourceOf(file);
  return href ? el('a', { class: 'bubble-file', href, download: name, testid: 'document' }, name) : el('span', { class: 'bubble-file', testid: 'document' }, name);
}

// Pictures and files come from the practice world itself; an address elsewhere is not loaded.
function sourceOf(thing) {
  const address = typeof thing === 'string' ? thing : thing?.url;
  if (!address) return null;
  if (/^data:(image\/(png|jpeg|webp|gif)|application\/pdf|text\/csv)[;,]/.test(address)) return address;
  const url = new URL(address, new URL('../', import.meta.url));
  return url.origin === location.origin ? url.href : null;
}

function keyboardOf(message, tap) {
  if (!message.buttons?.length) return null;
  return el('div', { class: 'inline', role: 'group', 'aria-label': 'Buttons of this message' },
    message.buttons.map((row) => el('div', { class: 'inline-row' }, row.map((button) => inlineButton(button, tap)))));
}

function inlineButton(button, tap) {
  const testid = `inline-${button.data ?? button.text}`;
  const attributes = { class: 'inline-button', testid, 'data-label': button.text };
  if (button.url) return linkButton(button, attributes);
  const node = el('button', { type: 'button', ...attributes, 'data-kind': button.copy ? 'copy' : 'data', 'data-style': button.style }, button.text);
  node.addEventListener('click', () => tap(button));
  return node;
}

function linkButton(button, attributes) {
  const href = safeAddress(button.url);
  if (!href) return el('span', { ...attributes, 'aria-disabled': true }, button.text);
  return el('a', { ...attributes, href, target: '_blank', rel: 'noopener noreferrer', 'data-kind': 'url' }, button.text);
}
