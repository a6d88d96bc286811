"""Balance: her own money and each group's, behind the PIN."""

from __future__ import annotations

from core.daos.calendar import day_of
from core.daos.contributions import group_summary
from core.daos.dues.kinds import day_month
from core.daos.groups import groups_of
from core.dialogue.definitions import action
from core.dialogue.screens import Assurance, End, Step, go
from core.dialogue.turn import Turn
from core.kernel.ids import DaoId
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account
from core.ledger.service import Entry, balance, entries
from core.reports.jobs import SEND_OWN

STATEMENT_LINES = 5


@action("balance.show", needs=Assurance.RECENT_PIN, why="pin-why-balance")
async def show(turn: Turn) -> Step:
    """Her balance first, then a line for each group: what it holds and what she has put in."""
    own = await balance(turn.uow, member_account(turn.me.id))
    rows = [await _group_row(turn, group.id) for group in await groups_of(turn.uow, member=turn.me.id)]
    return End(text("balance-own", balance=own.available), rows=tuple(rows))


async def _group_row(turn: Turn, group: DaoId) -> Text:
    summary = await group_summary(turn.uow, viewer=turn.me.id, group=group)
    return text("balance-group", name=summary.group.name, total=summary.total, mine=summary.contributed)


@action("statement.show", needs=Assurance.RECENT_PIN, why="pin-why-statement")
async def statement(turn: Turn) -> Step:
    """Her last few movements, newest first; in a chat all of the last twelve months as a document, and a chart."""
    recent = await entries(turn.uow, member_account(turn.me.id), limit=STATEMENT_LINES)
    if not recent:
        return End(text("statement-empty"))
    rows = [_line(entry) for entry in recent]
    sent = (text("own-statement-sent"),) if await _send_own(turn) else ()
    return End(text("statement-title"), rows=(*rows, *sent))


def _line(entry: Entry) -> Text:
    """One movement: on a small screen by its day and in figures, so that all of them have room."""
    figures = {"day": day_month(day_of(entry.at)), "moved": entry.amount.figures(), "left": entry.after.figures()}
    return text("statement-line", at=entry.at, amount=entry.amount, after=entry.after, **figures)


@action("chart.show", needs=Assurance.RECENT_PIN, why="pin-why-balance")
async def chart(turn: Turn) -> Step:
    """What she has, month by month, as a picture; where there can't be one, her balance."""
    return End(text("own-chart-sent")) if await _send_own(turn, only_chart=True) else go("balance.show")


async def _send_own(turn: Turn, *, only_chart: bool = False) -> bool:
    """Have her own statement sent into this chat; False where there can be no picture."""
    chat = turn.incoming.chat
    if not turn.channel.can_show_image or chat is None:
        return False
    who = {"member": str(turn.me.id), "chat": chat, "language": turn.language}
    await turn.uow.enqueue(SEND_OWN, {**who, "only_chart": only_chart})
    return True
