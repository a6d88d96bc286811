"""Screens as a feature phone shows them: numbered lines within the network's budget of GSM-7 septets, in pages when needed.

GSM 03.38 has 128 characters and an extension table whose members take two septets; one character outside both turns the
whole screen into UCS-2 with half the room. So everything is folded into the alphabet before it is counted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from core.dialogue.screens import Asks
from core.dialogue.turn import Reply
from core.kernel.texts import Texts, text

# 3GPP TS 23.038, section 6.2.1.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€")
# What people and keyboards write instead of a letter of the alphabet.
LOOKALIKES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u00a0": " "}
)
# Safaricom's menu limit (Africa's Talking help centre, article 1284096); Airtel allows 184.
SAFARICOM_SEPTETS = 160
MORE_KEY, BACK_KEY, HOME_KEY = "98", "0", "00"


def septets(written: str) -> int:
    """How many septets the text takes on the air."""
    return sum(2 if character in EXTENSION else 1 for character in written)


def fold(written: str) -> str:
    """The text in the GSM alphabet: accents dropped where needed, anything else as "?"."""
    return "".join(_folded(character) for character in written.translate(LOOKALIKES))


def _folded(character: str) -> str:
    if character in BASIC or character in EXTENSION:
        return character
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"


@dataclass(frozen=True)
class UssdRenderer:
    """Renders replies for one network's budget, in septets."""

    texts: Texts
    budget: int = SAFARICOM_SEPTETS

    def __call__(self, reply: Reply) -> list[str]:
        """The pages of this reply, each with its CON or END in front (which the network doesn't count)."""
        if reply.screen.ends:
            return ["END " + self._last(reply)]
        return ["CON " + page for page in self._pages(reply)]

    def _say(self, reply: Reply, what: object) -> str:
        return fold(self.texts.say(reply.language, what, short=True)).strip()  # type: ignore[arg-type]

    def _head(self, reply: Reply) -> list[str]:
        note = [self._say(reply, reply.note)] if reply.note else []
        return [*note, self._say(reply, reply.screen.text)]

    def _last(self, reply: Reply) -> str:
        """A closing screen can't be paged: after a PIN nothing more may be typed. Rows that don't fit are counted."""
        head = "\n".join(self._head(reply))
        rows = [self._say(reply, row) for row in reply.screen.rows]
        for kept in range(len(rows), -1, -1):
            left = len(rows) - kept
            more = [self._say(reply, text("and-more", count=left))] if left else []
            page = "\n".join([head, *rows[:kept], *more])
            if septets(page) <= self.budget:
                return page
        return cut(head, self.budget)

    def _pages(self, reply: Reply) -> list[str]:
        lines = [line for part in self._head(reply) for line in part.split("\n")]
        lines += [self._say(reply, row) for row in reply.screen.rows]
        lines += [f"{n} {self._say(reply, choice.label)}" for n, choice in enumerate(reply.screen.choices, 1)]
        keys = self._keys(reply)
        whole = "\n".join([*lines, keys] if keys else lines)
        if septets(whole) <= self.budget:
            return [whole]
        more = self._say(reply, text("key-more", key=MORE_KEY))
        back = self._say(reply, text("key-back", key=BACK_KEY))
        return self._fill(lines, last=keys or back, middle=f"{more} {back}")

    def _keys(self, reply: Reply) -> str:
        if reply.home or reply.screen.asks is Asks.NOTHING:
            return ""
        back = self._say(reply, text("key-back", key=BACK_KEY))
        return f"{back} {self._say(reply, text('key-home', key=HOME_KEY))}"

    def _fill(self, lines: Iterable[str], *, last: str, middle: str) -> list[str]:
        """Lines onto pages at line boundaries, leaving room for the keys below."""
        room = self.budget - max(septets(last), septets(middle)) - 1
        pages: list[list[str]] = [[]]
        for line in self._fitting(lines, room):
            if septets("\n".join([*pages[-1], line])) > room:
                pages.append([])
            pages[-1].append(line)
        return ["\n".join([*page, middle if n < len(pages) - 1 else last]) for n, page in enumerate(pages)]

    @staticmethod
    def _fitting(lines: Iterable[str], room: int) -> Iterable[str]:
        """Lines longer than a page are broken at a space."""
        for line in lines:
            rest = line
            while septets(rest) > room:
                piece = cut(rest, room)
                at = piece.rfind(" ")
                piece = piece[:at] if at > 0 else piece
                yield piece
                rest = rest[len(piece) :].lstrip()
            yield rest


def cut(written: str, budget: int) -> str:
    """As much of the text as fits the budget."""
    used = 0
    for place, character in enumerate(written):
        used += septets(character)
        if used > budget:
            return written[:place]
    return written
