"""The PIN pad: ten shuffled keys in the message itself, so that no PIN ever stands in a chat.

A key sends an opaque token that is worth nothing outside its own pad. What was entered so far is kept sealed and for a few
minutes only. The sixth digit isn't kept at all: it goes into the conversation together with the others.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

from bot.notes import Notes
from bot.render import Button
from bot.updates import KEY_PREFIX
from core.kernel.secrets import CannotOpen, Vault, random_token, shuffled

PIN_DIGITS = 6
LIFE_SECONDS = 240
TOKEN_BYTES = 9
DELETE = "delete"
DELETE_LABEL = "\N{ERASE TO THE LEFT}"
FULL, EMPTY = "\N{BLACK CIRCLE}", "\N{WHITE CIRCLE}"


@dataclass(frozen=True)
class Keypad:
    """One pad. `keys`: what each token means; `entered`: the event of each tap that added a digit, with the digit.

    turn and question: the screen that asks for the PIN. seen: the latest tap of Delete, which may come twice.
    """

    turn: int
    question: str = field(repr=False)
    keys: dict[str, str] = field(repr=False)
    entered: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    seen: str = ""

    @staticmethod
    def fresh(turn: int, question: str) -> Keypad:
        """A new pad with keys in unpredictable order."""
        faces = [*shuffled("0123456789"), DELETE]
        return Keypad(turn, question, {random_token(TOKEN_BYTES): face for face in faces})

    def tapped(self, token: str, *, event: str) -> Keypad:
        """The pad after this tap; the same event again adds nothing."""
        if event == self.seen or any(event == earlier for earlier, _ in self.entered):
            return self
        if self.keys[token] == DELETE:
            return replace(self, entered=self.entered[:-1], seen=event)
        return replace(self, entered=(*self.entered, (event, self.keys[token]))[:PIN_DIGITS])

    @property
    def pin(self) -> str | None:
        """The PIN, once it's complete."""
        digits = "".join(digit for _, digit in self.entered)
        return digits if len(digits) == PIN_DIGITS else None

    @property
    def dots(self) -> str:
        """How much was entered, without what."""
        return " ".join([FULL] * len(self.entered) + [EMPTY] * (PIN_DIGITS - len(self.entered)))

    def rows(self) -> list[tuple[Button, ...]]:
        """Three rows of three digits, and the tenth beside Delete."""
        buttons = [Button(DELETE_LABEL if face == DELETE else face, KEY_PREFIX + token) for token, face in self.keys.items()]
        return [tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3)]


class Keypads:
    """The pad of each person, sealed."""

    def __init__(self, notes: Notes, vault: Vault) -> None:
        self._notes, self._vault = notes, vault

    async def open(self, person: int, *, turn: int, question: str) -> Keypad:
        """Give this person a new pad; her earlier one is worthless from here on."""
        pad = Keypad.fresh(turn, question)
        await self.keep(person, pad)
        return pad

    async def find(self, person: int, *, token: str) -> Keypad | None:
        """Her pad, when this token is one of its keys and its time isn't over."""
        sealed = await self._notes.get(_key(person))
        if sealed is None:
            return None
        try:
            found = json.loads(self._vault.open(sealed, context=_key(person)))
        except CannotOpen:
            return None
        entered = tuple((event, digit) for event, digit in found.pop("entered"))
        pad = Keypad(**found, entered=entered)
        return pad if token in pad.keys else None

    async def keep(self, person: int, pad: Keypad) -> None:
        """Remember what was entered, for a few minutes from now."""
        sealed = self._vault.seal(json.dumps(asdict(pad)).encode(), context=_key(person))
        await self._notes.set(_key(person), sealed, seconds=LIFE_SECONDS)

    async def close(self, person: int) -> None:
        """Forget her pad."""
        await self._notes.delete(_key(person))


def _key(person: int) -> str:
    return f"keypad:{person}"
