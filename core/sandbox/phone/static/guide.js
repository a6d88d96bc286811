// The four steps that a newcomer tries first. The steps act on the person who was touched last.
import { el } from './dom.js';

const key = 'practice-phone.guide';

function stepsOf({ ussd_code: code, bot, practice, people }) {
  // With a year behind it, the group is looked at rather than joined.
  if (practice?.year) return stepsOfYear(code, practice, bot);
  const pin = people[0]?.mpesa.pin ?? '1234';
  const join = practice?.code
    ? ['Join ', el('b', {}, practice.group), ' with its code ', el('b', { testid: 'practice-code' }, practice.code), ' and contribute 200']
    : ['Create a group under Groups and contribute 200'];
  return [
    { text: ['Dial ', el('b', {}, code), ' and register'], act: 'dial', label: 'Dial' },
    { text: ['Deposit 500 and answer the M-PESA prompt with PIN ', el('b', {}, pin)] },
    { text: join },
    { text: ['Say ', el('b', {}, '/start'), ` to ${bot.name || 'the bot'} in Telegram and link the same account`], act: 'start', label: 'Start' },
  ];
}

function stepsOfYear(code, practice, bot) {
  const pin = el('b', { testid: 'practice-pin' }, practice.year_pin);
  return [
    { text: ['Dial ', el('b', {}, code), ': both belong to ', el('b', {}, practice.year), ', a group that has lived for a year'], act: 'dial', label: 'Dial' },
    { text: ['Choose Groups; the PIN of all its members is ', pin] },
    { text: ['A vote is open, a payment waits to be approved, a round is under way, somebody asks for a loan'] },
    { text: ['Say ', el('b', {}, '/start'), ` to ${bot.name || 'the bot'} in Telegram: it knows them, too`], act: 'start', label: 'Start' },
  ];
}

/** Draw the guide into its section. `acts`: {dial(), start()}. */
export function drawGuide(section, world, acts) {
  const steps = stepsOf(world).map(({ text, act, label }) => el('li', {},
    el('p', {}, text), act ? el('button', { type: 'button', class: 'quiet', testid: `guide-${act}`, onclick: acts[act] }, label) : null));
  section.replaceChildren(el('ol', {}, steps));
}

/** Wire the button that opens and closes the guide; closed from the start where there is little room. */
export function wireGuide(section, button) {
  const show = (open) => {
    section.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
  };
  const kept = read();
  show(kept === null ? matchMedia('(min-width: 700px)').matches : kept === 'open');
  button.addEventListener('click', () => {
    show(section.hidden);
    keep(section.hidden ? 'closed' : 'open');
  });
}

function read() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Not remembered then; the button still works.
  }
}
