// What stands on the small screen. Each function takes the handset's situation and gives back
// { kind, key, body, line?, left?, right? }: body nodes, the typing line, and what the two soft keys do.
// `key` changes when another screen is meant (a new message, a new prompt), so that the line is emptied then.
import { clockOf, dayOf, el, grouped, moment } from './dom.js';
import { isUnread } from './readmarks.js';

/** The one that matters most wins: a payment prompt takes over, then a session, then messages, then the idle screen. */
export function screenOf(phone) {
  const { person, local } = phone;
  if (person.mpesa.prompt) return promptScreen(phone);
  if (local.calling || person.ussd?.waiting) return waitingScreen(phone);
  if (person.ussd && (person.ussd.open || local.dismissed !== person.ussd.screen)) return sessionScreen(phone);
  if (local.reading) return messageScreen(phone);
  if (local.inInbox) return inboxScreen(phone);
  if (local.arrived > 0 && !local.dialling) return arrivedScreen(phone);
  return idleScreen(phone);
}

function promptScreen({ person, local, does }) {
  const prompt = person.mpesa.prompt;
  const question = `Do you want to pay Ksh${grouped(prompt.amount)} to ${prompt.business} Account no. ${prompt.account}?`;
  return {
    kind: 'mpesa',
    key: `mpesa/${prompt.id}`,
    body: [
      el('div', { class: 'lcd-title' }, 'M-PESA'),
      el('p', { class: 'lcd-text', testid: 'mpesa-prompt' }, question),
      el('p', { class: 'lcd-text' }, local.paying ? 'Sending…' : 'Enter M-PESA PIN:'),
    ],
    line: { testid: 'mpesa-pin', label: 'M-PESA PIN', type: 'password', plain: true, maxLength: 4, inputMode: 'numeric', busy: local.paying },
    left: { label: 'OK', testid: 'mpesa-ok', run: does.pay, off: local.paying },
    right: { label: 'Cancel', testid: 'mpesa-cancel', run: does.refuse, off: local.paying },
  };
}

function waitingScreen({ person, does }) {
  return {
    kind: 'waiting',
    key: 'waiting',
    body: [el('p', { class: 'lcd-wait' }, 'Please wait', el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')))],
    line: { testid: 'ussd-input', label: 'Reply', busy: true },
    right: person.ussd?.waiting ? { label: 'Cancel', testid: 'ussd-cancel', run: does.hangup } : null,
  };
}

function sessionScreen({ person, does }) {
  const { open, screen, error } = person.ussd;
  const text = el('p', { class: 'lcd-text', testid: 'ussd-screen' }, screen);
  if (!open) {
    const body = error ? [el('div', { class: 'lcd-title' }, 'Network problem'), text] : [text];
    return { kind: error ? 'error' : 'end', key: `end/${screen}`, body, left: { label: 'OK', testid: 'ussd-ok', run: does.dismiss } };
  }
  return {
    kind: 'session',
    key: `session/${screen}`,
    body: [text],
    line: { testid: 'ussd-input', label: 'Reply', modes: true, maxLength: 500 },
    left: { label: 'Send', testid: 'ussd-send', run: does.send },
    right: { label: 'Cancel', testid: 'ussd-cancel', run: does.hangup },
  };
}

function arrivedScreen({ local, does }) {
  const text = local.arrived === 1 ? '1 message received' : `${local.arrived} messages received`;
  return {
    kind: 'arrived',
    key: `arrived/${local.arrived}`,
    body: [el('div', { class: 'lcd-envelope', 'aria-hidden': 'true' }), el('p', { class: 'lcd-center' }, text)],
    left: { label: 'Show', testid: 'sms-show', run: does.showArrived },
    right: { label: 'Exit', testid: 'sms-exit', run: does.home },
  };
}

function inboxScreen({ person, digits, local, does }) {
  const rows = person.sms.map((sms, index) => inboxRow(sms, index, { digits, local, does }));
  return {
    kind: 'inbox',
    key: 'inbox',
    body: [
      el('div', { class: 'lcd-title' }, 'Messages'),
      rows.length ? el('div', { class: 'lcd-list', testid: 'sms-list' }, rows) : el('p', { class: 'lcd-center' }, 'No messages yet'),
    ],
    left: rows.length ? { label: 'Open', testid: 'sms-open', run: does.openChosen } : null,
    right: { label: 'Back', testid: 'sms-back', run: does.home },
  };
}

function inboxRow(sms, index, { digits, local, does }) {
  const unread = isUnread(digits, sms);
  const chosen = index === local.chosen;
  return el('button', {
    type: 'button', class: 'lcd-row', testid: 'sms-item', 'data-unread': unread, 'data-chosen': chosen, onclick: () => does.read(sms),
    'aria-label': `${unread ? 'Unread m' : 'M'}essage from ${sms.from}: ${sms.text}`,
  }, el('b', {}, unread ? '● ' : '', sms.from), ' ', sms.text);
}

function messageScreen({ person, local, does }) {
  const sms = local.reading;
  const older = person.sms[person.sms.findIndex((one) => one.id === sms.id) + 1];
  const at = moment(sms.at);
  return {
    kind: 'sms',
    key: `sms/${sms.id}`,
    body: [
      el('div', { class: 'lcd-title' }, sms.from),
      el('p', { class: 'lcd-text', testid: 'sms-text' }, sms.text),
      el('p', { class: 'lcd-small' }, `${dayOf(at)} ${clockOf(at)}${sms.parts > 1 ? ` · ${sms.parts} parts` : ''}`),
    ],
    left: older ? { label: 'Next', testid: 'sms-next', run: () => does.read(older) } : null,
    right: { label: 'Back', testid: 'sms-back', run: does.inbox },
  };
}

function idleScreen({ person, local, ussdCode, now, does }) {
  const left = local.dialling ? { label: 'Call', testid: 'dial-call', run: does.call } : { label: 'Messages', testid: 'lcd-inbox', run: does.inbox };
  const right = local.dialling ? { label: 'Clear', testid: 'dial-clear', run: does.erase } : { label: ussdCode, testid: 'lcd-shortcut', run: does.shortcut };
  const rest = [
    el('p', { class: 'lcd-network' }, person.networkName),
    el('p', { class: 'lcd-clock' }, clockOf(now)),
    el('p', { class: 'lcd-day' }, dayOf(now)),
  ];
  return {
    kind: local.dialling ? 'dialling' : 'idle',
    key: 'idle',
    body: local.dialling ? [el('p', { class: 'lcd-network' }, person.networkName)] : rest,
    quiet: true,
    line: { testid: 'dial-input', label: 'Number to dial', plain: true, maxLength: 40, inputMode: 'tel' },
    left,
    right,
  };
}
