// Which messages a person has opened. Kept by this browser alone: the network has no idea what was read.

const key = 'practice-phone.read';
const kept = 400;

const load = () => {
  try {
    return new Set(JSON.parse(localStorage.getItem(key) || '[]'));
  } catch {
    return new Set();
  }
};
const read = load();

// Ids begin again when the practice world is emptied, so the time of arrival is part of the mark.
export const markOf = (digits, sms) => `${digits}/${sms.id}/${sms.at}`;

export const isUnread = (digits, sms) => !read.has(markOf(digits, sms));

export function markRead(digits, sms) {
  read.add(markOf(digits, sms));
  try {
    localStorage.setItem(key, JSON.stringify([...read].slice(-kept)));
  } catch {
    // A browser that keeps nothing still works; its marks last until the page is closed.
  }
}
