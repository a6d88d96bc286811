// The control API of the practice world, as the page uses it. Every address is relative to this very file,
// so the page works behind any proxy and on any port.

const root = new URL('../api/', import.meta.url);

/** Post JSON; resolves with the answer's JSON. Rejects with an Error whose message can be shown to a person. */
export async function post(path, body) {
  let response;
  try {
    response = await fetch(new URL(path, root), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error('The practice network does not answer. Is it still running?');
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `The practice network refused that (${response.status}).`);
  return answer;
}

/** What one person can do, each as one call. `digits`: the phone number without plus. */
export function actionsOf(digits) {
  const to = (verb, body = {}) => post(`people/${encodeURIComponent(digits)}/${verb}`, body);
  return {
    dial: (code) => to('dial', { code }),
    reply: (text) => to('reply', { text }),
    hangup: () => to('hangup'),
    pay: (prompt, pin) => to('mpesa', { prompt, action: 'pay', pin }),
    refuse: (prompt) => to('mpesa', { prompt, action: 'cancel' }),
    payBill: (account, amount, pin) => to('paybill', { account, amount, pin }),
    moveTo: (network) => to('network', { network }),
    say: (text) => to('telegram/text', { text }),
    shareContact: () => to('telegram/contact'),
    tap: (message, data) => to('telegram/tap', { message, data }),
  };
}

export const addPerson = (person) => post('people', person);

const firstPause = 500;
const longestPause = 8000;

/** Follow the world. Calls state(all), person(one) and link("live" | "lost"); comes back by itself after a break. */
export function follow({ state, person, link }) {
  let pause = firstPause;
  const open = () => {
    const source = new EventSource(new URL('events', root));
    source.addEventListener('state', (event) => {
      pause = firstPause;
      link('live');
      state(JSON.parse(event.data));
    });
    source.addEventListener('person', (event) => person(JSON.parse(event.data)));
    source.onerror = () => {
      link('lost');
      // A proxy's 502 closes the source for good, so we always start a new one ourselves, a little later each time.
      source.close();
      setTimeout(open, pause);
      pause = Math.min(pause * 2, longestPause);
    };
  };
  open();
}
