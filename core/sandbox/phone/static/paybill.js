// Lipa na M-PESA > Pay bill: paying the business from the phone's own menu, without any prompt from it.
import { firstName } from './dom.js';
import { tell } from './notices.js';

const dialog = document.getElementById('paybill-dialog');
const form = document.getElementById('paybill-form');
let pay = null;

document.getElementById('paybill-cancel').addEventListener('click', () => dialog.close());
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { account, amount, pin } = Object.fromEntries(new FormData(form));
  if (await tell(pay(account, Number(amount), pin))) dialog.close();
});

/** Ask what to pay. `paybill`: {number, name}; `payBill(account, amount, pin)` sends it. */
export function askToPay(person, paybill, payBill) {
  pay = payBill;
  form.reset();
  document.getElementById('paybill-business').textContent = `${firstName(person)} pays ${paybill.name}, business number ${paybill.number}`;
  dialog.showModal();
}
