// Small building blocks for the page: elements, times and money as people read them.
// Every text reaches the page through text nodes, never as markup.

/** Make an element; keys that start with "on" are listeners, `testid` is the hook that tests hold on to. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else if (name === 'testid') node.dataset.testid = value;
  else node.setAttribute(name, value === true ? '' : value);
}

/** Set a text only when it differs, so that a screen reader is not told the same thing twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// A button that must not take the focus away from the line being typed (and must not close a phone's keyboard).
export function keepFocus(node) {
  node.addEventListener('mousedown', (event) => event.preventDefault());
  return node;
}

// The practice world lives in Kenya, wherever the visitor sits.
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Africa/Nairobi' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'Africa/Nairobi' });

/** A moment from the API: ISO text, or seconds or milliseconds since 1970. */
export function moment(at) {
  if (typeof at === 'number') return new Date(at < 1e12 ? at * 1000 : at);
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}

export const clockOf = (date) => clock.format(date);
export const dayOf = (date) => day.format(date);

/** "20000.00" → "20,000.00"; works on the digits as text, money is never a float here. */
export function grouped(amount) {
  const [whole, cents] = String(amount).split('.');
  const shillings = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return cents && /[1-9]/.test(cents) ? `${shillings}.${cents.padEnd(2, '0')}` : shillings;
}

/** 254711000001 → 0711 000 001, the way it is said in Kenya; foreign numbers keep their plus. */
export function localNumber(phone) {
  const digits = String(phone).replace(/\D/g, '');
  const kenyan = /^254(\d{3})(\d{3})(\d{3})$/.exec(digits);
  return kenyan ? `0${kenyan[1]} ${kenyan[2]} ${kenyan[3]}` : `+${digits}`;
}

/** What a person types as a number → E.164: 0712 345 678, 712345678 and 254712345678 all mean +254712345678. */
export function internationalNumber(typed) {
  const digits = typed.replace(/[^\d]/g, '').replace(/^0+/, '');
  return /^[17]\d{8}$/.test(digits) ? `+254${digits}` : `+${digits}`;
}

export const digitsOf = (phone) => String(phone).replace(/\D/g, '');
export const firstName = (person) => person.name.trim().split(/\s+/)[0] || person.phone;

/** True with a mouse or trackpad; false on touch screens, where taking the focus would open a keyboard. */
export const finePointer = () => matchMedia('(pointer: fine)').matches;
