"""What a group may be called: a name that every phone in the group can show, read aloud and send by SMS.

Feature phones and SMS know the GSM 03.38 alphabet; one letter outside it turns a whole message into 70-character parts. So
look-alikes are rewritten (curly quotes, long dashes, Polish l) and what has no equal there is refused.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from core.identity.names import folded
from core.kernel.errors import CoreError, Kind

SHORTEST, LONGEST = 2, 40
# Far beyond any honest name; keeps the cleaning of hostile input cheap.
LONGEST_TYPED = 200

# GSM 03.38's basic table without its control codes; the extension table costs two places a character and is left out.
GSM_BASIC = frozenset(
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    "£¥§¤¡¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΔΦΓΛΩΠΨΣΘΞ"
)
# What people's names don't have and groups' names may; single quotes, dashes and accents are folded as in people's names.
REWRITTEN = str.maketrans(
    {**dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("[{", "("), **dict.fromkeys("]}", ")"), "…": "...", "—": "-", "€": "EUR"}
)
# Controls, invisible marks (they reorder or hide text), unpaired surrogates, private and unassigned characters.
REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass
class BadGroupName(CoreError):
    """The name can't be used. `reason` is "short", "long", "letters" (has none) or "characters" (a phone can't show them)."""

    code = "bad-group-name"
    kind = Kind.INVALID

    reason: str


def clean_group_name(typed: str) -> str:
    """The name as it is kept: trimmed, single spaces, GSM characters only, 2 to 40 of them. Raises BadGroupName."""
    if len(typed) > LONGEST_TYPED:
        raise BadGroupName("long")
    trimmed = typed.strip()
    if any(unicodedata.category(character) in REFUSED_CATEGORIES for character in trimmed):
        raise BadGroupName("characters")

    # Folding comes before the spaces: some signs fall apart into a space and an accent.
    name = " ".join(folded(trimmed.translate(REWRITTEN)).split())

    if not GSM_BASIC.issuperset(name):
        raise BadGroupName("characters")
    if not any(character.isalpha() for character in name):
        raise BadGroupName("letters")
    if not SHORTEST <= len(name) <= LONGEST:
        raise BadGroupName("short" if len(name) < SHORTEST else "long")
    return name
