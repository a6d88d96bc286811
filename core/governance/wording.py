"""Members' own words in a proposal: short enough for one screen and one SMS, in letters that every phone shows."""

from __future__ import annotations

from core.daos.names import GSM_BASIC, REWRITTEN
from core.daos.people import short_name
from core.governance.errors import BadProposal
from core.identity.names import folded

SHORTEST, LONGEST = 3, 60
# Beside an amount and a payee there's room for fewer.
LONGEST_REASON = 30
SHORTEST_OPTION, LONGEST_OPTION = 1, 24
FEWEST_OPTIONS, MOST_OPTIONS = 2, 5
LONGEST_CANDIDATE = 20
LONGEST_TYPED = 200


def clean_words(typed: str, *, longest: int = LONGEST, shortest: int = SHORTEST) -> str:
    """The words as they are kept: trimmed, single spaces, GSM letters. Raises BadProposal("words")."""
    if len(typed) > LONGEST_TYPED or any(not character.isprintable() for character in typed.strip()):
        raise BadProposal("words")
    words = " ".join(folded(typed.strip().translate(REWRITTEN)).split())
    if not GSM_BASIC.issuperset(words) or not shortest <= len(words) <= longest or not any(map(str.isalnum, words)):
        raise BadProposal("words")
    return words


def readable_name(name: str, *, longest: int) -> str:
    """A member's name on a ballot: whole where it fits, since many share an initial and a last name; else "J. MWANGI"."""
    return name if len(name) <= longest else short_name(name)[:longest]


def clean_options(typed: str) -> tuple[str, ...]:
    """Two to five different options, typed with commas between them. Raises BadProposal("options")."""
    parts = [part for part in typed.replace(";", ",").split(",") if part.strip()]
    if not FEWEST_OPTIONS <= len(parts) <= MOST_OPTIONS:
        raise BadProposal("options")
    try:
        options = tuple(clean_words(part, longest=LONGEST_OPTION, shortest=SHORTEST_OPTION) for part in parts)
    except BadProposal:
        raise BadProposal("options") from None
    if len({option.casefold() for option in options}) < len(options):
        raise BadProposal("options")
    return options
