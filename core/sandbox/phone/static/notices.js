// Short notices at the foot of the page: what went wrong, and news from a person who is out of sight.
import { el } from './dom.js';

const shownForMs = 7000;

/** Show a notice; with `action` ({label, run}) it carries one button. */
export function notice(text, action = null) {
  const box = document.getElementById('notices');
  for (const old of box.children) if (old.firstChild.textContent === text) old.remove();
  const node = el('div', { class: 'notice', testid: 'notice' }, el('span', {}, text));
  if (action) node.append(el('button', { type: 'button', onclick: () => { node.remove(); action.run(); } }, action.label));
  else node.append(el('button', { type: 'button', 'aria-label': 'Dismiss', onclick: () => node.remove() }, '×'));
  box.append(node);
  setTimeout(() => node.remove(), shownForMs);
}

/** Run a call to the API and show its refusal, if any. Resolves true when it went through. */
export async function tell(promise) {
  try {
    await promise;
    return true;
  } catch (error) {
    notice(error.message);
    return false;
  }
}
