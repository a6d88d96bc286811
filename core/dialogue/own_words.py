"""What she writes into a lasting chat of her own accord: what it means, where it begins, and what is filled in on the way.

What is left to fill in stands among the session's values while a PIN or the question for the group is in between, and nowhere
else: whoever goes back, home or elsewhere has it forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.daos.groups import groups_of
from core.dialogue.free_text import Unclear, Understood, understand
from core.dialogue.said_amounts import amount_alone
from core.dialogue.screens import Asks, Go, Screen
from core.dialogue.session import Session
from core.dialogue.shortcuts import AMOUNTS, CODES, COUNTS, GROUPS, RECEIPTS, SHORTCUTS, said_back
from core.dialogue.turn import Input, Kind, Turn
from core.kernel.money import Money
from core.kernel.texts import Text, text

PLAN = "own_words"
COULD_BE = {2: "could-be-two", 3: "could-be-three"}
# Where somebody looks around, and where nothing but figures is an answer.
ASIDE, FIGURES = frozenset({Asks.CHOICE, Asks.NOTHING}), frozenset({Asks.AMOUNT, Asks.PIN})
PLACES = ("first", "second", "third")


class OwnWords:
    """Her own words, in one session and turn."""

    def __init__(self, session: Session, turn: Turn) -> None:
        self._session, self._turn = session, turn

    async def meant(self, one: Input) -> Understood | Unclear | None:
        """What she means; None where it answers the question: of a number, and wherever words are asked for.

        Where figures are asked for (an amount, her PIN), what isn't clearly something else is left to that question.
        """
        if one.kind is not Kind.TYPED or not self._turn.channel.can_push or self._turn.member is None:
            return None
        asked = self._asked()
        if asked not in ASIDE | FIGURES or one.value.strip().isdigit() or amount_alone(one.value):
            return None
        meant = understand(one.value, await self._groups())
        return meant if asked in ASIDE or isinstance(meant, Understood) else None

    def _asked(self) -> Asks:
        if self._session.pending:
            return Asks.PIN
        return Asks(self._session.asks) if self._session.screen else Asks.NOTHING

    async def begin(self, meant: Understood) -> tuple[Go, Text]:
        """Where it begins, with what is known there; and what is said of it."""
        shortcut, groups = SHORTCUTS[meant.task], await self._groups() if SHORTCUTS[meant.task].in_group else {}
        group = meant.group if shortcut.in_group else None
        if group is None and len(groups) == 1 and not meant.strange:
            group = next(iter(groups))
        values: dict[str, Any] = {PLAN: shortcut.plan(meant)}
        note = said_back(shortcut, meant, group=groups[group] if group else "")
        if not shortcut.in_group:
            return Go(shortcut.to, values), note
        if group is None:
            return Go(shortcut.asks, {**values, "door": shortcut.to}), note
        return Go(shortcut.to, {**values, "group": group}), note

    async def _groups(self) -> Mapping[UUID, str]:
        return {one.id: one.name for one in await groups_of(self._turn.uow, member=self._turn.me.id)}

    def answer(self, screen: Screen) -> str | Money | None:
        """Her answer to this screen, when she has said it already; each is given once."""
        plan, name = self._session.values.get(PLAN), self._session.screen
        if not plan or screen.ends or self._session.pending:
            return None
        match screen.asks:
            case Asks.AMOUNT if name in AMOUNTS:
                return _amount(plan)
            case Asks.DIGITS if name in {COUNTS, CODES}:
                return _word(plan, "count" if name == COUNTS else "digits")
            case Asks.TEXT if name == RECEIPTS:
                return _word(plan, "code")
            case Asks.CHOICE:
                chosen = str(plan["chooses"].pop(name, ""))
                return chosen if chosen in {choice.id for choice in screen.choices} else None
        return None

    def settle(self) -> None:
        """Forget what couldn't be filled in, but while a PIN or the group is asked for."""
        if not self._session.pending and self._session.screen not in GROUPS:
            self.forget()

    def forget(self) -> None:
        """Nothing is filled in any more."""
        self._session.values.pop(PLAN, None)


def not_clear(unclear: Unclear) -> Text:
    """That it wasn't understood, or what it could be; with examples of what may be written."""
    examples = text("examples")
    if not unclear.tasks:
        return text("not-understood", examples=examples)
    labels = {place: SHORTCUTS[task].label for place, task in zip(PLACES, unclear.tasks, strict=False)}
    return Text(COULD_BE[len(unclear.tasks)], {**labels, "examples": examples})


def both(understood: Text | None, also: Text | None) -> Text | None:
    """Two sentences, or the one that there is."""
    return text("understood-also", understood=understood, also=also) if understood and also else also or understood


def _amount(plan: dict[str, Any]) -> Money | None:
    amount = plan.pop("amount", None)
    return amount if isinstance(amount, Money) else None


def _word(plan: dict[str, Any], what: str) -> str | None:
    return str(plan.pop(what, "")) or None
