"""A person's name as every screen can show it.

Feature phones know the GSM alphabet: letters that it has are kept (é, ñ, ü), others lose their accents (ê becomes e). What
isn't a name (digits, control characters, other scripts that a screen would show as boxes) is refused with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from core.kernel.errors import CoreError, Kind

SHORTEST, LONGEST = 2, 40
# Nobody's name; only bounds the work.
LONGEST_TYPED = 400
# Accented letters of GSM 03.38, both cases where it has them.
GSM_LETTERS = frozenset("èéùìòÇØøÅåÆæßÉÄÖÑÜäöñüà")
# Letters that don't come apart into a base letter and an accent.
SPELLED_OUT = str.maketrans(
    {
        "\N{LATIN CAPITAL LETTER D WITH STROKE}": "D",
        "\N{LATIN SMALL LETTER D WITH STROKE}": "d",
        "\N{LATIN CAPITAL LETTER ETH}": "D",
        "\N{LATIN SMALL LETTER ETH}": "d",
        "\N{LATIN CAPITAL LETTER H WITH STROKE}": "H",
        "\N{LATIN SMALL LETTER H WITH STROKE}": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{LATIN CAPITAL LETTER L WITH STROKE}": "L",
        "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
        "\N{LATIN CAPITAL LETTER ENG}": "Ng",
        "\N{LATIN SMALL LETTER ENG}": "ng",
        "\N{LATIN CAPITAL LIGATURE OE}": "Oe",
        "\N{LATIN SMALL LIGATURE OE}": "oe",
        "\N{LATIN CAPITAL LETTER THORN}": "Th",
        "\N{LATIN SMALL LETTER THORN}": "th",
        "\N{LATIN CAPITAL LETTER SHARP S}": "\N{LATIN SMALL LETTER SHARP S}",
        # Phones offer many apostrophes for one key, and Ng'ang'a is written with any of them.
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{MODIFIER LETTER APOSTROPHE}": "'",
        "\N{ACUTE ACCENT}": "'",
        "`": "'",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{EN DASH}": "-",
    }
)
NAME = re.compile(r"[A-Za-zèéùìòÇØøÅåÆæßÉÄÖÑÜäöñüà' .-]+")
LETTER = re.compile(r"[A-Za-zèéùìòÇØøÅåÆæßÉÄÖÑÜäöñüà]")


@dataclass
class BadName(CoreError):
    """Not a name that can be kept. `reason` is short, long, letters (something else than letters) or empty."""

    code = "bad-name"
    kind = Kind.INVALID
    reason: str


def clean_name(typed: str) -> str:
    """The name to keep, 2 to 40 characters of the GSM alphabet. Raises BadName."""
    if len(typed) > LONGEST_TYPED:
        raise BadName("long")
    if any(unicodedata.category(character)[0] == "C" for character in typed):
        raise BadName("letters")
    # Folding may leave a space where a sign without a plain letter stood.
    name = _spaced(folded(typed))
    if not name:
        raise BadName("empty")
    if not NAME.fullmatch(name):
        raise BadName("letters")
    if len(LETTER.findall(name)) < SHORTEST:
        raise BadName("short")
    if len(name) > LONGEST:
        raise BadName("long")
    return name


def folded(text: str) -> str:
    """The text with every letter that the GSM alphabet lacks replaced by its plain form, where it has one."""
    composed = unicodedata.normalize("NFC", text).translate(SPELLED_OUT)
    return "".join(_folded_letter(character) for character in composed)


def _spaced(text: str) -> str:
    """Single spaces, and one after every dot: "J.Mwangi" stays a name and "a.com" doesn't become a link in a chat."""
    return " ".join(text.replace(".", ". ").split())


def _folded_letter(character: str) -> str:
    if character.isascii() or character in GSM_LETTERS:
        return character
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return plain if plain.isascii() else character


def display_name(given: str) -> str:
    """A name that came from elsewhere (a Telegram account), reduced to what fits into an SMS. May be empty."""
    kept = "".join(letter if NAME.fullmatch(letter) else " " for letter in folded(given[:LONGEST_TYPED]))
    return _spaced(kept)[:LONGEST].strip()
