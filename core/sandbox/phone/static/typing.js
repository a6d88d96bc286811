// Typing on twelve keys as on a real feature phone: # changes between numbers and letters,
// and in letters the same key pressed again within a moment turns a into b into c.

const letters = {
  1: ".,'-?1", 2: 'abc2', 3: 'def3', 4: 'ghi4', 5: 'jkl5', 6: 'mno6', 7: 'pqrs7', 8: 'tuv8', 9: 'wxyz9', 0: ' 0', '*': '*',
};
const sameKeyWithinMs = 900;
const modes = ['123', 'Abc', 'abc'];

export const lettersOn = (key) => (/[2-9]/.test(key) ? letters[key].slice(0, -1) : '');

export class Typing {
  constructor(input) {
    this.input = input;
    this.reset();
  }

  reset() {
    this.mode = modes[0];
    this.last = { key: null, at: 0, turn: 0 };
  }

  /** Put one key's character at the end of the line. `plain`: digits, * and # as they are (dialling, PINs). */
  press(key, { plain, at }) {
    if (!plain && key === '#') return this.nextMode();
    if (plain || this.mode === '123') return this.append(key);
    return this.letter(key, at);
  }

  nextMode() {
    this.mode = modes[(modes.indexOf(this.mode) + 1) % modes.length];
    this.last.key = null;
  }

  letter(key, at) {
    const again = key === this.last.key && at - this.last.at < sameKeyWithinMs;
    const turn = again ? (this.last.turn + 1) % letters[key].length : 0;
    const before = again ? this.input.value.slice(0, -1) : this.input.value;
    this.last = { key, at, turn };
    this.set(before + this.cased(letters[key][turn], before));
  }

  cased(letter, before) {
    return this.mode === 'Abc' && (before === '' || before.endsWith(' ')) ? letter.toUpperCase() : letter;
  }

  append(text) {
    this.last.key = null;
    this.set(this.input.value + text);
  }

  erase() {
    this.last.key = null;
    this.set(this.input.value.slice(0, -1));
  }

  set(text) {
    this.input.value = this.input.maxLength > 0 ? text.slice(0, this.input.maxLength) : text;
    this.input.dispatchEvent(new Event('input'));
  }
}
