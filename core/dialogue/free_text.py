"""What people write into a chat of their own accord, in English and Swahili: the task, the group, an amount if one is clear.

Rules, not guesses. A sentence opens a screen and may fill in an amount and a group; it never acts, and what isn't understood
is said so. Numbers count only where exactly one can be an amount: "vote on 12, pay 500" opens nothing with either. Where two
tasks are named, none is opened. The words themselves are the translators' (`core.dialogue.phrases`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.dialogue.phrases import NO, Phrase, phrases
from core.dialogue.said_amounts import WORDS, Said, read_amounts, words_of

LONGEST = 120
NOTHING_SAID = Said()
MOST_NAMED = 3
CODE = re.compile(r"\b(?=[a-z0-9-]*[0-9])[a-z0-9]{4}-?[a-z0-9]{4}\b", re.ASCII)
# These name a place that others are in: "changa chama 200" is a contribution, "help me deposit" a deposit.
GIVE_WAY = frozenset({"groups", "help", "home", "account"})
TOPICS = frozenset({"loan", "dues", "shares", "welfare", "merry", "treasury", "fees", "paybill"})
MOVES = frozenset({"deposit", "withdraw", "contribute", "claim"})
# Whose rules, fees, balance: the first word stands before those of these kinds.
STANDS_BEFORE = {
    "rules": TOPICS | MOVES | {"recurring", "leave", "kinds", "members", "offices", "votes", "fine", "join", "meetings"},
    **{topic: frozenset({"balance"}) for topic in TOPICS},
    "fees": MOVES | {"balance"},
    "paybill": MOVES | {"balance"},
    "chart": frozenset({"balance"}),
}
# What is meant instead where a group is named.
OF_A_GROUP = {"balance": "group_total", "statement": "group_statement", "votes": "group_votes", "groups": "group"}
# Her own money isn't in a group: who names one may mean the group's.
NOT_OF_A_GROUP = {"deposit": ("deposit", "contribute"), "withdraw": ("withdraw", "treasury")}


@dataclass(frozen=True)
class Understood:
    """The task by its name, the group that was named, what there was in numbers; and a code, for what has one.

    strange: a word that nobody knows, perhaps of a group's name.
    """

    task: str
    group: UUID | None = None
    said: Said = NOTHING_SAID
    code: str = ""
    strange: bool = False


@dataclass(frozen=True)
class Unclear:
    """It could be any of these tasks; of none, where there is nothing that is understood."""

    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """A group that was named, and the words in which the task is looked for."""

    group: UUID | None
    words: tuple[str, ...]
    name: tuple[str, ...] = ()

    def strange(self) -> list[str]:
        """The words that nobody knows."""
        known = phrases().known | WORDS | set(self.name)
        return [word for word in self.words if not {word, phrases().plain(word)} & known and not _has_digit(word)]


def understand(typed: str, groups: Mapping[UUID, str] | None = None) -> Understood | Unclear:
    """What was meant, by somebody who is in these groups."""
    if len(typed) > LONGEST:
        return Unclear()
    readings = _readings(words_of(typed), groups or {})
    for one in readings:
        if tasks := _tasks(one.words):
            return _meant(tasks, one, typed)
    named = readings[0]
    is_all = not named.strange() and not any(_has_digit(word) for word in named.words) and not _denied(named.words, [])
    return Understood("group", named.group) if named.group is not None and is_all else Unclear()


def _has_digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _readings(words: tuple[str, ...], groups: Mapping[UUID, str]) -> list[_Reading]:
    """First with a group's whole name taken out: it may be called like a task. Else it's named by words that only it has."""
    found = [_Reading(group, rest) for group, name in groups.items() if (rest := _without(words, words_of(name))) != words]
    shortest = min((len(one.words) for one in found), default=0)
    whole = [one for one in found if len(one.words) == shortest]
    if len(whole) == 1:
        return [whole[0], _Reading(None, words)]
    return [_by_some_words(words, groups)]


def _without(words: tuple[str, ...], name: tuple[str, ...]) -> tuple[str, ...]:
    length = len(name)
    places = [place for place in range(len(words)) if name and words[place : place + length] == name]
    return words[: places[0]] + words[places[0] + length :] if places else words


def _by_some_words(words: tuple[str, ...], groups: Mapping[UUID, str]) -> _Reading:
    """The one group whose name has the most of the words that nobody knows."""
    strange = _Reading(None, words).strange()
    counts = {group: sum(word in words_of(name) for word in strange) for group, name in groups.items()}
    best = max(counts.values(), default=0)
    named = [group for group, count in counts.items() if count == best]
    return _Reading(named[0], words, words_of(groups[named[0]])) if best and len(named) == 1 else _Reading(None, words)


def _tasks(words: Sequence[str]) -> tuple[str, ...]:
    """What is named: one task, or several that can't be told apart."""
    plain = {phrases().plain(word) for word in words}
    every = [phrase for phrase in phrases().phrases if phrase.words <= plain]
    found = [one for one in every if not any(one.words < other.words for other in every)]
    if _denied(words, found):
        return ()
    tasks = _told_apart([one for one in found if len(one.tasks) == 1])
    return tasks or tuple(dict.fromkeys(task for one in found for task in one.tasks if len(one.tasks) > 1))


def _denied(words: Sequence[str], found: Sequence[Phrase]) -> bool:
    """Whether it says no to something, but by the very words that name a task: "who has not paid"."""
    said = {word for one in found for word in one.words}
    return bool({phrases().plain(word) for word in words} & (phrases().no | {NO}) - said)


def _told_apart(found: Sequence[Phrase]) -> tuple[str, ...]:
    """What is meant by these, by whose words stand before whose."""
    clearest: dict[str, int] = {}
    for one in found:
        clearest[_family(one)] = max(_clearness(one), clearest.get(_family(one), 0))
    tasks = dict.fromkeys(one.tasks[0] for one in found if _clearness(one) == clearest[_family(one)])
    behind = {family for task in tasks for family in STANDS_BEFORE.get(_kind(task), ())}
    left = [task for task in tasks if _kind(task) not in behind]
    return tuple([task for task in left if task not in GIVE_WAY] or left[:1])


def _kind(task: str) -> str:
    """What it's about: "loan" of "loan_pay"."""
    return task.partition("_")[0]


def _family(phrase: Phrase) -> str:
    return _kind(phrase.tasks[0])


def _clearness(phrase: Phrase) -> int:
    """Within a kind, doing something is clearer than looking at one's own, and that than its menu."""
    if phrase.weak:
        return 1
    return {"": 0, "mine": 2}.get(phrase.tasks[0].partition("_")[2], 3)


def _meant(tasks: tuple[str, ...], reading: _Reading, typed: str) -> Understood | Unclear:
    if len(tasks) == 1 and reading.group is not None:
        tasks = NOT_OF_A_GROUP.get(tasks[0]) or (OF_A_GROUP.get(tasks[0], tasks[0]),)
    if len(tasks) > 1:
        return Unclear(tasks[:MOST_NAMED])
    codes = CODE.findall(typed.lower())
    return Understood(
        tasks[0],
        reading.group,
        read_amounts(reading.words),
        code=codes[0] if len(codes) == 1 else "",
        strange=bool(reading.strange()),
    )
