"""Officials fine a member for what isn't late payment: what for, whom, how much, their PIN; and the member may object."""

from __future__ import annotations

from core.daos.constitutions import rules_of
from core.daos.dues.fining import (
    CAUSES,
    LONGEST,
    SMALLEST,
    BadFine,
    Cause,
    NoFinesHere,
    give_fine,
    gives_fines,
    may_be_fined,
    most_fine,
)
from core.daos.dues.reasons import SHORTEST_REASON, read_reason
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import by_name
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, chosen_of, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text


def _cause(turn: Turn) -> Cause:
    return next(one for one in CAUSES if one == turn.values["cause"])


def _because(turn: Turn) -> Text | str:
    cause = _cause(turn)
    return str(turn.values["because"]) if cause == "other" else text(f"fine-for-{cause}")


@screen("fine.why")
async def ask_why(turn: Turn) -> Screen:
    """What for; who was absent or late is known from the last meeting."""
    if not gives_fines(await rules_of(turn.uow, group=turn.group)):
        raise NoFinesHere
    choices = []
    for cause in CAUSES:
        people = await may_be_fined(turn.uow, official=turn.me.id, group=turn.group, cause=cause)
        if people:
            choices.append(option(cause, text("fine-cause", cause=cause, count=len(people))))
    return Screen(text("fine-why"), choices=tuple(choices))


@ask_why.answered
async def take_why(_turn: Turn, chosen: str) -> Step:
    """Anything else is said in words."""
    return go("fine.reason", cause=chosen) if chosen == "other" else go("fine.whom", cause=chosen)


@screen("fine.reason")
async def ask_reason(_turn: Turn) -> Screen:
    """In her words."""
    return Screen(text("fine-reason", low=SHORTEST_REASON, high=LONGEST), asks=Asks.TEXT)


@ask_reason.answered
async def take_reason(_turn: Turn, typed: str) -> Step:
    """A reason that can be read."""
    return go("fine.whom", because=read_reason(typed, longest=LONGEST))


@screen("fine.whom")
async def ask_whom(turn: Turn) -> Screen:
    """Whom; nobody fines herself."""
    people = await may_be_fined(turn.uow, official=turn.me.id, group=turn.group, cause=_cause(turn))
    return Screen(text("fine-whom", because=_because(turn)), choices=by_name(people))


@ask_whom.answered
async def take_whom(turn: Turn, chosen: str) -> Step:
    """Remember her."""
    people = await may_be_fined(turn.uow, official=turn.me.id, group=turn.group, cause=_cause(turn))
    whom = chosen_of(people, chosen)
    return go("fine.whom") if whom is None else go("fine.amount", whom=whom.id, name=whom.name)


@screen("fine.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How much, up to the group's own cap."""
    rules = await rules_of(turn.uow, group=turn.group)
    return Screen(text("fine-amount", name=turn.values["name"], high=most_fine(rules)), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """Another amount is another fine."""
    high = most_fine(await rules_of(turn.uow, group=turn.group))
    if not SMALLEST <= amount <= high:
        raise BadFine(SMALLEST, high)
    return go("fine.confirm", amount=amount, intent=turn.uow.ids.new())


@screen("fine.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """How much, whom, what for."""
    about = {"fine_amount": turn.money("amount"), "name": turn.values["name"], "because": _because(turn)}
    return Screen(text("fine-confirm", **about), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("fine.give") if chosen == "yes" else End(text("kind-cancelled"))


@action("fine.give", needs=Assurance.PIN, why="pin-why-fine")
async def give(turn: Turn) -> Step:
    """Write it down; the member is told why and that she may object."""
    fine = await give_fine(
        turn.uow,
        intent=turn.intent,
        official=turn.me.id,
        group=turn.group,
        member=MemberId(turn.id("whom")),
        amount=turn.money("amount"),
        cause=_cause(turn),
        reason=str(turn.values.get("because", "")),
    )
    return End(text("fine-done", fine_amount=fine.amount, name=turn.values["name"]))
