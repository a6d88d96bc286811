"""The group's statement: on a phone in a few words that come by SMS as well, in a chat as documents to print and to sort."""

from __future__ import annotations

from core.daos.calendar import day_of
from core.daos.groups import find_group
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.texts import text
from core.notifications.service import queue_sms
from core.reports.group.figures import ZERO, Period, Span, group_statement, span_of
from core.reports.jobs import SEND_STATEMENT

SPANS: tuple[Span, ...] = ("month", "last_month", "year")


@screen("group_statement.span")
async def ask_span(turn: Turn) -> Screen:
    """Which days."""
    group = await find_group(turn.uow, group=turn.group)
    return Screen(
        text("group-statement-span", group=group.name),
        choices=(
            option("month", text("group-statement-month")),
            option("last_month", text("group-statement-last-month")),
            option("year", text("group-statement-year")),
        ),
    )


@ask_span.answered
async def take_span(_turn: Turn, chosen: str) -> Step:
    """What a group owns concerns its members only."""
    return go("group_statement.show", span=chosen)


@action("group_statement.show", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show(turn: Turn) -> Step:
    """In and out, what is there and what is owed."""
    group, period = turn.group, period_of(turn)
    found = await group_statement(turn.uow, viewer=turn.me.id, group=group, period=period)
    said = text(
        "group-statement-short",
        group=found.name,
        income=sum(found.income.values(), start=ZERO),
        expenses=sum(found.expenses.values(), start=ZERO),
        closing=found.closing,
        owed=sum((debt.owed for debt in found.debts), start=ZERO),
    )
    chat = turn.incoming.chat
    if turn.channel.can_push and chat is not None:
        days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
        who = {"group": str(group), "member": str(turn.me.id), "chat": chat, "language": turn.language}
        await turn.uow.enqueue(SEND_STATEMENT, {**who, **days})
        return End(said, rows=(text("group-statement-sent", group=found.name),))
    receipt = {"language": turn.language, "template": "group_statement"}
    await queue_sms(turn.uow, to=turn.me.phone, what=said, member=turn.me.id, **receipt)
    return End(said)


def period_of(turn: Turn) -> Period:
    """The days that she chose, as they are today."""
    today = day_of(turn.uow.clock.now())
    return span_of(next(span for span in SPANS if span == turn.values["span"]), today)
