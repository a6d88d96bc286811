// The page: who is on it, who is seen, and the line to the practice world.
import { actionsOf, addPerson, follow } from './api.js';
import { digitsOf, el, firstName, internationalNumber, localNumber, setText } from './dom.js';
import { drawGuide, wireGuide } from './guide.js';
import { tell } from './notices.js';
import { Stage } from './stage.js';

const part = (id) => document.getElementById(id);
const columns = [[matchMedia('(min-width: 1840px)'), 3], [matchMedia('(min-width: 1180px)'), 2]];
const narrow = matchMedia('(max-width: 699px)');
const stages = new Map();
const linkTexts = { live: 'Live', lost: 'Reconnecting…' };
let world = null;
// Phone numbers, the person touched last first: as many of them are seen as there is room for.
let recent = [];

const columnsNow = () => columns.find(([query]) => query.matches)?.[1] ?? 1;
const active = () => stages.get(recent[0]);

// ---- who is on the page -----------------------------------------------------------------------------------------

function takeState(state) {
  world = state;
  setText(part('bot-name'), state.bot.name || 'Practice phones');
  document.title = `${state.bot.name || 'Practice'} · practice phones`;
  const present = new Set(state.people.map((person) => digitsOf(person.phone)));
  for (const [digits, stage] of stages) if (!present.has(digits)) remove(digits, stage);
  state.people.forEach(take);
  drawGuide(part('guide'), state, { dial: () => active()?.dialNow(), start: () => active()?.startChat() });
  drawNetworks(state.networks);
  arrange();
}

function take(person) {
  person.networkName = world.networks.find(({ key }) => key === person.network)?.name ?? person.network;
  const digits = digitsOf(person.phone);
  const stage = stages.get(digits);
  if (stage) stage.update(person);
  else add(person, digits);
}

function add(person, digits) {
  const stage = new Stage({ person, index: stages.size, world, actions: actionsOf(digits), came: (one) => touch(one.digits) });
  stages.set(digits, stage);
  if (!recent.includes(digits)) recent.push(digits);
  stage.node.addEventListener('pointerdown', () => touch(digits));
  stage.node.addEventListener('focusin', () => touch(digits));
  part('stages').append(stage.node);
}

function remove(digits, stage) {
  clearInterval(stage.countdown);
  stage.node.remove();
  stages.delete(digits);
  recent = recent.filter((one) => one !== digits);
}

// ---- who is seen ------------------------------------------------------------------------------------------------

function touch(digits) {
  if (recent[0] === digits) return;
  recent = [digits, ...recent.filter((one) => one !== digits)];
  arrange();
}

function arrange() {
  const seen = new Set(recent.slice(0, columnsNow()));
  part('stages').dataset.columns = Math.min(columnsNow(), stages.size);
  for (const [digits, stage] of stages) {
    stage.node.hidden = !seen.has(digits);
    stage.isActive = digits === recent[0];
    stage.node.toggleAttribute('data-active', stage.isActive);
    if (seen.has(digits)) stage.wantsAttention = false;
  }
  drawPeople(seen);
}

function drawPeople(seen) {
  const nav = part('people');
  nav.hidden = stages.size <= seen.size && !narrow.matches;
  const focused = nav.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  nav.replaceChildren(...[...stages.values()].map((stage) => personTab(stage, seen)));
  if (focused) nav.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}

function personTab(stage, seen) {
  const { digits, person, accent } = stage;
  return el('button', {
    type: 'button', class: 'person-tab', 'data-accent': accent, testid: `tab-${digits}`, 'aria-pressed': String(seen.has(digits)), onclick: () => touch(digits),
  }, el('b', {}, firstName(person)), el('small', {}, localNumber(person.phone)), stage.wantsAttention ? el('i', { class: 'dot', role: 'img', 'aria-label': 'news' }) : null);
}

// ---- add a person -----------------------------------------------------------------------------------------------

function drawNetworks(networks) {
  const select = part('add-form').elements.network;
  const before = select.value;
  select.replaceChildren(el('option', { value: '' }, 'As the number says'), ...networks.map(({ key, name }) => el('option', { value: key }, name)));
  select.value = networks.some(({ key }) => key === before) ? before : '';
}

async function saveNewPerson(event) {
  event.preventDefault();
  const fields = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  if (fields.phone) fields.phone = internationalNumber(fields.phone);
  const added = await tell(addPerson(fields).then((person) => { if (person?.phone) recent.unshift(digitsOf(person.phone)); }));
  if (!added) return;
  event.target.reset();
  part('add-dialog').close();
  arrange();
}

function wireAdding() {
  const dialog = part('add-dialog');
  part('add-person').addEventListener('click', () => dialog.showModal());
  part('add-cancel').addEventListener('click', () => dialog.close());
  part('add-form').addEventListener('submit', saveNewPerson);
}

// ---- the line to the world --------------------------------------------------------------------------------------

function showLink(state) {
  part('link').dataset.state = state;
  setText(part('link'), linkTexts[state]);
}

// Keys pressed while nothing particular has the attention go to the phone that was touched last.
function onKey(event) {
  if (event.target !== document.body || part('add-dialog').open) return;
  if (active()?.handset.keyboard(event)) event.preventDefault();
}

for (const query of [narrow, ...columns.map(([one]) => one)]) query.addEventListener('change', arrange);
document.addEventListener('keydown', onKey);
wireGuide(part('guide'), part('guide-toggle'));
wireAdding();
follow({
  state: takeState,
  person: (person) => {
    take(person);
    arrange();
  },
  link: showLink,
});
