"""Changing and ending a kind of contribution: another amount for all, a member's own, its last day. Each with the PIN."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.daos.dues.changing import change_kind, end_kind, set_member_amount
from core.daos.dues.kinds import HIGHEST, LOWEST, ContributionKind, Version, day_month, earliest_change, find_kind
from core.daos.dues.news import tell_changed, tell_ended
from core.daos.people import participants_of
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import by_name
from core.dialogue.flows.dues_kinds import asked, when_of
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, chosen_of, go
from core.dialogue.turn import NO, YES, Turn
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import text


async def kind_now(turn: Turn) -> tuple[ContributionKind, Version, date]:
    """The kind at hand, its newest version, and the first day on which a change can begin."""
    kind = await find_kind(turn.uow, group=turn.group, kind=turn.id("kind"))
    return kind, kind.versions[-1], await earliest_change(turn.uow, kind=kind.id)


async def changed(turn: Turn, kind: ContributionKind, wanted: Version) -> ContributionKind:
    """The kind as it is wanted from that version's day on; everybody is told."""
    kind = await change_kind(
        turn.uow,
        official=turn.me.id,
        group=kind.group,
        kind=kind.id,
        amount=wanted.amount,
        schedule=wanted.schedule,
        from_day=wanted.from_day,
        mode=wanted.mode,
    )
    when = when_of(wanted.schedule, wanted.from_day)
    await tell_changed(turn.uow, kind=kind, when=when, official=turn.me.id)
    return kind


@screen("kinds.change")
async def ask_change(turn: Turn) -> Screen:
    """Another amount, from the first day that isn't opened."""
    kind, _, day = await kind_now(turn)
    return Screen(text("kind-change-amount", dues=kind.said, day=day_month(day), low=LOWEST, high=HIGHEST), asks=Asks.AMOUNT)


@ask_change.answered
async def take_change(_turn: Turn, amount: Money) -> Step:
    """Within what can be asked for."""
    return asked(amount, "kinds.apply")


@action("kinds.apply", needs=Assurance.PIN, why="pin-why-kind-amount")
async def apply(turn: Turn) -> Step:
    """Change it, and tell everybody. The PIN typed twice changes it once: the amount is there already."""
    kind, newest, day = await kind_now(turn)
    amount = turn.money("amount")
    if newest.amount != amount:
        kind = await changed(turn, kind, replace(newest, amount=amount, from_day=day))
    return End(text("kind-changed", dues=kind.said, due_sum=amount, day=day_month(kind.versions[-1].from_day)))


@screen("kinds.whom")
async def ask_whom(turn: Turn) -> Screen:
    """Whose own amount."""
    kind, *_ = await kind_now(turn)
    people = await participants_of(turn.uow, group=kind.group)
    return Screen(text("kind-own-whom", dues=kind.said), choices=by_name(people))


@ask_whom.answered
async def take_whom(turn: Turn, chosen: str) -> Step:
    """Remember her."""
    people = await participants_of(turn.uow, group=turn.group)
    whom = chosen_of(people, chosen)
    return go("kinds.whom") if whom is None else go("kinds.own", whom=whom.id, name=whom.name)


@screen("kinds.own")
async def ask_own(turn: Turn) -> Screen:
    """How much she pays."""
    kind, *_ = await kind_now(turn)
    return Screen(text("kind-own-amount", name=turn.values["name"], dues=kind.said, low=LOWEST, high=HIGHEST), asks=Asks.AMOUNT)


@ask_own.answered
async def take_own(_turn: Turn, amount: Money) -> Step:
    """Within what can be asked for."""
    return asked(amount, "kinds.own_apply")


@action("kinds.own_apply", needs=Assurance.PIN, why="pin-why-kind-own")
async def apply_own(turn: Turn) -> Step:
    """Her own amount from the first day that isn't opened."""
    kind, _, day = await kind_now(turn)
    amount = turn.money("amount")
    await set_member_amount(
        turn.uow,
        official=turn.me.id,
        group=kind.group,
        kind=kind.id,
        member=MemberId(turn.id("whom")),
        amount=amount,
        from_day=day,
    )
    return End(text("kind-own-done", name=turn.values["name"], dues=kind.said, due_sum=amount, day=day_month(day)))


@screen("kinds.end")
async def ask_end(turn: Turn) -> Screen:
    """What ending means."""
    kind, *_ = await kind_now(turn)
    return Screen(text("kind-end-ask", dues=kind.said), choices=(YES, NO))


@ask_end.answered
async def take_end(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("kinds.finish") if chosen == "yes" else End(text("kind-cancelled"))


@action("kinds.finish", needs=Assurance.PIN, why="pin-why-kind-end")
async def finish(turn: Turn) -> Step:
    """End it, and tell everybody once."""
    kind, *_ = await kind_now(turn)
    last = await end_kind(turn.uow, official=turn.me.id, group=kind.group, kind=kind.id)
    if kind.ended_on is None:
        await tell_ended(turn.uow, kind=kind, official=turn.me.id)
    return End(text("kind-ended", dues=kind.said, day=day_month(last)))
