"""What people write into a chat of their own accord, in English and Swahili: the task, and an amount if one is clear.

Rules, not guesses. A sentence opens a screen and may fill in an amount and a group; it never acts, and what isn't understood
is said so. Numbers count only where exactly one can be an amount: "vote on 12, pay 500" opens nothing with either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.kernel.money import KES, LARGEST_WHOLE_UNITS, Money

LONGEST = 120
WORD = re.compile(r"[0-9]+(?:[.,][0-9]+)*k?|[a-z']+")
# What each task is called. Two words count as one thing and are looked for first.
TASKS: dict[str, tuple[str, ...]] = {
    "withdraw": ("withdraw", "withdrawal", "cash out", "toa pesa", "kutoa pesa", "nitoe pesa", "natoa pesa", "ondoa pesa"),
    "contribute": (
        "contribute",
        "contribution",
        "changa",
        "nichangie",
        "nachanga",
        "kuchanga",
        "mchango",
        "michango",
        "toa mchango",
    ),
    "deposit": ("deposit", "add money", "top up", "weka", "niwekee", "kuweka", "naweka", "ingiza"),
    "statement": ("statement", "movements", "taarifa", "history"),
    "loan": ("loan", "loans", "borrow", "mkopo", "mikopo", "kopa", "kukopa", "nikopeshe"),
    "vote": ("vote", "votes", "voting", "proposal", "proposals", "kura", "piga kura", "pendekezo", "mapendekezo"),
    "balance": ("balance", "salio", "pesa ngapi", "how much"),
    "groups": ("group", "groups", "chama", "vyama", "kikundi", "vikundi"),
    "fees": ("fee", "fees", "charges", "ada"),
    "language": ("language", "lugha", "english", "kiswahili", "swahili"),
    "help": ("help", "msaada", "usaidizi", "nisaidie"),
}
# A task that names another one's place gives way to it: "changa chama 200" is a contribution, "deposit balance" is neither.
GIVES_WAY = ("groups",)
TENS = ("kumi", "ishirini", "thelathini", "arobaini", "hamsini", "sitini", "sabini", "themanini", "tisini")
UNITS = ("moja", "mbili", "tatu", "nne", "tano", "sita", "saba", "nane", "tisa")
SWAHILI = {word: value for value, word in enumerate(UNITS, start=1)} | {
    word: 10 * value for value, word in enumerate(TENS, start=1)
}
SCALES = {"mia": 100, "elfu": 1_000, "laki": 100_000}
CURRENCY = frozenset({"ksh", "kes", "sh", "shs", "shilingi", "shillings", "bob"})
NOISE = (
    CURRENCY
    | SWAHILI.keys()
    | SCALES.keys()
    | frozenset(
        [
            "i",
            "me",
            "my",
            "to",
            "the",
            "a",
            "in",
            "of",
            "for",
            "please",
            "want",
            "would",
            "like",
            "pay",
            "kwa",
            "na",
            "ya",
            "la",
            "cha",
            "wa",
            "katika",
            "pesa",
            "yangu",
            "langu",
            "nataka",
            "tafadhali",
            "naomba",
            "naweza",
            "hii",
            "leo",
            "sasa",
            "now",
            "today",
            "nusu",
        ]
    )
)


@dataclass(frozen=True)
class Understood:
    """The task by its name in TASKS, an amount when exactly one was written, and the other words: perhaps a group's name."""

    task: str
    amount: Money | None
    rest: tuple[str, ...]


def understand(typed: str) -> Understood | None:
    """What was meant; None when it isn't one clear task."""
    if len(typed) > LONGEST:
        return None
    words = WORD.findall(typed.lower().replace("/=", " "))
    task = _task(words)
    if task is None:
        return None
    called = {part for name in TASKS.values() for phrase in name for part in phrase.split()}
    rest = tuple(word for word in words if word not in called and word not in NOISE and not word[0].isdigit())
    return Understood(task, _amount(words), rest)


def _task(words: list[str]) -> str | None:
    """The one task that is named. Two-word names win over the single words in them."""
    said = f" {' '.join(words)} "
    found = {
        task: max((len(name.split()) for name in names if f" {name} " in said), default=0) for task, names in TASKS.items()
    }
    longest = max(found.values())
    named = [task for task, length in found.items() if length == longest] if longest else []
    if len(named) > 1:
        named = [task for task in named if task not in GIVES_WAY]
    return named[0] if len(named) == 1 else None


def _amount(words: list[str]) -> Money | None:
    amounts = [*_in_figures(words), *_in_words(words)]
    if len(amounts) != 1 or not 0 < amounts[0] < LARGEST_WHOLE_UNITS * 100:
        return None
    return Money(amounts[0], KES)


def _in_figures(words: list[str]) -> list[int]:
    """Cents of everything that is written in figures: 500, 1,500, 99.50, 5k, 1.5k."""
    found = []
    for place, word in enumerate(words):
        if not word[0].isdigit():
            continue
        scale = 1_000 if word.endswith("k") or words[place - 1 : place] == ["elfu"] else 1
        figures = word.removesuffix("k")
        whole, _, decimals = re.sub(r",(?=[0-9]{3}(?:\D|$))", "", figures).partition(".")
        if not whole.isdigit() or (decimals and not re.fullmatch(r"[0-9]{1,2}", decimals)):
            return [0, 0]
        found.append((int(whole) * 100 + int(decimals.ljust(2, "0") or 0)) * scale)
    return found


def _in_words(words: list[str]) -> list[int]:
    """Cents of a number in Swahili words: "elfu tano", "mia mbili na hamsini", "elfu moja mia tano"."""
    total, place, any_word = 0, 0, False
    while place < len(words):
        word, following = words[place], words[place + 1] if place + 1 < len(words) else ""
        if word in SCALES and following in SWAHILI:
            total, place, any_word = total + SCALES[word] * SWAHILI[following], place + 1, True
        elif word in SCALES and not following[:1].isdigit():
            total, any_word = total + SCALES[word], True
        elif word in SWAHILI and any_word:
            total += SWAHILI[word]
        place += 1
    return [total * 100] if any_word else []
