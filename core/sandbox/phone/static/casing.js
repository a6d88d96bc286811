// The body of a feature phone as elements: earpiece, screen, keys. It knows no behaviour; the handset hands that in.
import { el, keepFocus } from './dom.js';
import { lettersOn } from './typing.js';

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const nameOfKey = { '*': 'star', '#': 'hash' };

/** Build the phone. `on`: {press(key), soft(side), green(), red(), move(step)}. Gives back the parts that change. */
export function buildCasing(name, on) {
  const screen = buildScreen(on);
  const node = el('div', { class: 'handset', role: 'group', 'aria-label': `Feature phone of ${name}`, tabindex: '-1' },
    el('div', { class: 'handset-ear', 'aria-hidden': 'true' }),
    el('div', { class: 'bezel' }, screen.lcd),
    buildCluster(on),
    el('div', { class: 'keypad', role: 'group', 'aria-label': 'Keypad' }, keys.map((key) => buildKey(key, on))));
  return { node, ...screen };
}

function buildScreen(on) {
  const parts = {
    network: el('span', { class: 'lcd-net' }),
    envelope: el('span', { class: 'lcd-mail', role: 'img', testid: 'unread' }),
    body: el('div', { class: 'lcd-body', role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' }),
    mode: el('span', { class: 'lcd-mode', 'aria-hidden': 'true' }),
    input: el('input', { autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false', 'data-1p-ignore': true, 'data-lpignore': 'true' }),
    left: softLabel('left', on),
    right: softLabel('right', on),
  };
  const bars = el('span', { class: 'bars', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'), el('i'));
  parts.line = el('form', { class: 'lcd-line' }, parts.mode, parts.input);
  parts.line.addEventListener('submit', (event) => {
    event.preventDefault();
    on.soft('left');
  });
  parts.lcd = el('div', { class: 'lcd', testid: 'lcd' },
    el('div', { class: 'lcd-bar' }, bars, parts.network, parts.envelope, el('span', { class: 'battery', 'aria-hidden': 'true' })),
    parts.body, parts.line, el('div', { class: 'lcd-soft' }, parts.left, parts.right));
  return parts;
}

function softLabel(side, on) {
  return keepFocus(el('button', { type: 'button', class: 'soft-label', onclick: () => on.soft(side) }));
}

function buildCluster(on) {
  const key = (classes, label, run, extra) => keepFocus(el('button', { type: 'button', class: classes, 'aria-label': label, onclick: run, ...extra }));
  // The soft keys repeat the two labels on the screen, so they are left out of the tab order and of what is read aloud.
  const twin = { tabindex: '-1', 'aria-hidden': 'true' };
  return el('div', { class: 'cluster' },
    key('soft soft-left', 'Left soft key', () => on.soft('left'), { ...twin, testid: 'key-soft-left' }),
    el('div', { class: 'rocker' },
      key('up', 'Up', () => on.move(-1), { testid: 'key-up' }),
      key('down', 'Down', () => on.move(1), { testid: 'key-down' })),
    key('soft soft-right', 'Right soft key', () => on.soft('right'), { ...twin, testid: 'key-soft-right' }),
    key('green', 'Call', () => on.green(), { testid: 'key-call' }),
    key('red', 'End', () => on.red(), { testid: 'key-end' }));
}

function buildKey(key, on) {
  const printed = { '*': '∗' }[key] || key;
  const small = { 0: '␣', '#': 'abc' }[key] || lettersOn(key);
  return keepFocus(el('button', { type: 'button', class: 'key', testid: `key-${nameOfKey[key] || key}`, 'aria-label': nameOfKey[key] || key, onclick: () => on.press(key) },
    el('b', {}, printed), el('small', { 'aria-hidden': 'true' }, small)));
}
