// Telegram's formatted texts as safe elements. Two forms exist: `html` (the few tags that Telegram allows) and
// `entities` (ranges in UTF-16 units, which is how JavaScript counts too). Anything else becomes plain text.
import { el } from './dom.js';

const allowedTags = { B: 'b', STRONG: 'b', I: 'i', EM: 'i', U: 'u', INS: 'u', S: 's', STRIKE: 's', DEL: 's', CODE: 'code', PRE: 'pre', A: 'a', 'TG-SPOILER': 'tg-spoiler', BLOCKQUOTE: 'blockquote' };
const entityTags = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre', spoiler: 'tg-spoiler', blockquote: 'blockquote' };

/** The nodes of one message's text. */
export function richText({ text, html, entities }) {
  if (html) return fromHtml(html);
  if (entities?.length) return fromEntities(text, entities);
  return [document.createTextNode(text || '')];
}

/** An address that may be opened: only http, https, tel and mailto; null for everything else. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return ['http:', 'https:', 'tel:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

// DOMParser's document runs no scripts and loads nothing; we copy only known tags out of it, without attributes.
function fromHtml(html) {
  return [...new DOMParser().parseFromString(html, 'text/html').body.childNodes].flatMap(copied);
}

function copied(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE || ['SCRIPT', 'STYLE'].includes(node.nodeName)) return [];
  const children = [...node.childNodes].flatMap(copied);
  const spoiler = node.nodeName === 'SPAN' && ['spoiler', 'tg-spoiler'].includes(node.className);
  const tag = spoiler ? 'tg-spoiler' : allowedTags[node.nodeName];
  return tag ? [dressed(tag, children, node.getAttribute('href'))] : children;
}

function dressed(tag, children, address) {
  if (tag === 'tg-spoiler') return spoilerOf(children);
  if (tag !== 'a') return el(tag, {}, children);
  const href = safeAddress(address);
  return href ? el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, children) : el('span', {}, children);
}

function spoilerOf(children) {
  const node = el('span', { class: 'spoiler', role: 'button', tabindex: '0', 'aria-label': 'Hidden text, press to show' }, children);
  const show = () => {
    node.classList.add('shown');
    node.removeAttribute('aria-label');
  };
  node.addEventListener('click', show);
  node.addEventListener('keydown', (event) => event.key === 'Enter' && show());
  return node;
}

// Entities nest properly; the one that starts first and ends last is the outer one.
function fromEntities(text, entities) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return within(text, ordered, 0, text.length);
}

function within(text, entities, from, to) {
  const nodes = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [outer] = rest;
    const end = Math.min(outer.offset + outer.length, to);
    const inner = rest.slice(1).filter((one) => one.offset < end);
    if (outer.offset > at) nodes.push(document.createTextNode(text.slice(at, outer.offset)));
    nodes.push(...marked(outer, text.slice(outer.offset, end), within(text, inner, outer.offset, end)));
    at = end;
    rest = rest.slice(1 + inner.length);
  }
  if (at < to) nodes.push(document.createTextNode(text.slice(at, to)));
  return nodes;
}

function marked(entity, plain, children) {
  if (entity.type === 'text_link') return [dressed('a', children, entity.url)];
  if (entity.type === 'url') return [dressed('a', children, /^\w+:/.test(plain) ? plain : `https://${plain}`)];
  const tag = entityTags[entity.type];
  return tag ? [dressed(tag, children)] : children;
}
