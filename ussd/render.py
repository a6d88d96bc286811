"""Screens as a feature phone shows them: numbered lines within the network's budget of GSM-7 septets, in pages when needed.

GSM 03.38 has 128 characters and an extension table whose members take two septets; one character outside both turns the
whole screen into UCS-2 with half the room. So everything is folded into the alphabet before it is counted. Only letters that
no letter of the alphabet stands for (a name in another script) are kept, on pages of their own size. Pages are always ours:
a screen that the network had to page would lose the keys 98 and 00 to it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.dialogue.screens import Asks, numbered
from core.dialogue.turn import Reply
from core.kernel.texts import Text, Texts, text
from ussd.networks import SAFARICOM_SEPTETS, UCS2_UNITS

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
ALPHABET = BASIC | EXTENSION
MORE_KEY, BACK_KEY, HOME_KEY = "98", "0", "00"


def septets(written: str) -> int:
    """How many septets the text takes on the air."""
    return len(written) if BASIC.issuperset(written) else sum(2 if character in EXTENSION else 1 for character in written)


def fold(written: str) -> str:
    """The text in the GSM alphabet: accents dropped where needed, anything else as "?"."""
    return "".join(_folded(character) for character in written.translate(LOOKALIKES))


def fold_but_letters(written: str) -> str:
    """The text as far into the GSM alphabet as it can be read there: letters that have no equal in it stay."""
    plain = written.translate(LOOKALIKES)
    return plain if is_gsm(plain) else "".join(one if _is_foreign(one) else _folded(one) for one in plain)


def _folded(character: str) -> str:
    return character if character in ALPHABET else _plain(character) or "?"


def _plain(character: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", character) if one in ALPHABET)


def _is_foreign(character: str) -> bool:
    """A letter, or a mark that belongs to one, that no letter of the alphabet stands for. Pictures aren't worth the room."""
    return character not in ALPHABET and unicodedata.category(character)[0] in "LM" and not _plain(character)


def is_gsm(written: str) -> bool:
    """Whether the network carries it in seven bits a character."""
    return ALPHABET.issuperset(written)


def fits(written: str, budget: int) -> bool:
    """Whether it is one screen of a network that shows so many septets."""
    if len(written) <= budget and BASIC.issuperset(written):
        return True  # A septet each: what nearly every screen is.
    return cut(written, budget) == written


@dataclass(frozen=True)
class UssdRenderer:
    """Renders replies for one network's budget, in septets."""

    texts: Texts
    budget: int = SAFARICOM_SEPTETS

    def fits(self, page: str) -> bool:
        """Whether the network shows this page whole, so that it never pages it on its own."""
        return fits(page, self.budget)

    def __call__(self, reply: Reply) -> list[str]:
        """The pages of this reply, each with its CON or END in front (which the network doesn't count)."""
        if reply.screen.ends:
            *before, last = self._last_pages(reply)
            return [*("CON " + page for page in before), "END " + last]
        return ["CON " + page for page in self._pages(reply)]

    def closing(self, reply: Reply) -> str:
        """All that a closing screen says, for a message: those have no pages."""
        return "\n".join([*self._head(reply), *(self._say(reply, row) for row in reply.screen.rows)])

    def _say(self, reply: Reply, what: Text, *, letters: bool = True) -> str:
        said = self.texts.say(reply.language, what, short=True)
        return (fold_but_letters(said) if letters else fold(said)).strip()

    def _head(self, reply: Reply, *, letters: bool = True) -> list[str]:
        return [self._say(reply, what, letters=letters) for what in (reply.note, reply.screen.text) if what]

    def _last_pages(self, reply: Reply) -> list[str]:
        """A closing screen, whose last page ends the session; rows that a message brings as well are cut and counted.

        Its own sentence is read to the end, even where a name in it has to be given up for that.
        """
        letters = self.fits("\n".join(self._head(reply)))
        head = "\n".join(self._head(reply, letters=letters))
        rows = [self._say(reply, row, letters=letters) for row in reply.screen.rows]
        whole = "\n".join([head, *rows])
        if self.fits(whole):
            return [whole]
        if not rows or reply.screen.sent:
            return [self._cut(reply, head, rows)]
        more, home = (self._say(reply, one) for one in (text("key-more", key=MORE_KEY), text("key-home", key=HOME_KEY)))
        return self._fill([*head.split("\n"), *rows], last="", middle=f"{more} {home}")

    def _cut(self, reply: Reply, head: str, rows: list[str]) -> str:
        for kept in range(len(rows) - 1, -1, -1):
            more = self._say(reply, text("and-more-sent", count=len(rows) - kept))
            page = "\n".join([head, *rows[:kept], more])
            if self.fits(page):
                return page
        return cut(head, self.budget)

    def _pages(self, reply: Reply) -> list[str]:
        pages = self._all_pages(reply)
        if len(pages) > 1 and reply.note and reply.screen.asks is not Asks.CHOICE:
            # What stood beside the question was read before; the refusal and the question belong together.
            return self._all_pages(replace(reply, screen=replace(reply.screen, rows=())))
        return pages

    def _all_pages(self, reply: Reply) -> list[str]:
        lines = [line for part in self._head(reply) for line in part.split("\n")]
        lines += [self._say(reply, row) for row in reply.screen.rows]
        lines += [f"{number} {self._say(reply, choice.label)}" for number, choice in numbered(reply.screen.choices)]
        keys = self._keys(reply)
        whole = "\n".join([*lines, keys] if keys else lines)
        if self.fits(whole):
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
        below = "\n" + max(last, middle, key=septets)
        pages: list[list[str]] = [[]]
        for line in self._fitting(lines, below):
            if not self.fits("\n".join([*pages[-1], line]) + below):
                pages.append([])
            pages[-1].append(line)
        keys = [middle] * (len(pages) - 1) + [last]
        return ["\n".join([*page, *filter(None, [below])]) for page, below in zip(pages, keys, strict=True)]

    def _fitting(self, lines: Iterable[str], below: str) -> Iterable[str]:
        """Lines longer than a page are broken at a space."""
        for line in lines:
            rest = line
            while not self.fits(rest + below):
                piece = cut(rest, self.budget, below=below)
                at = piece.rfind(" ")
                piece = piece[:at] if at > 0 else piece
                yield piece
                rest = rest[len(piece) :].lstrip()
            yield rest


def cut(written: str, budget: int, *, below: str = "") -> str:
    """As much of the text as fits the budget (in septets; a text outside the alphabet has that of UCS-2) above what's below."""
    seven, sixteen, gsm = septets(below), _units(below), is_gsm(below)
    for place, character in enumerate(written):
        seven, sixteen, gsm = seven + septets(character), sixteen + _units(character), gsm and character in ALPHABET
        if seven > budget if gsm else sixteen > min(UCS2_UNITS, budget):
            return written[:place]
    return written


def _units(written: str) -> int:
    return len(written.encode("utf-16-be", "surrogatepass")) // 2
