"""Balance: her own money and each group's, behind the PIN."""

from __future__ import annotations

from core.daos.contributions import group_summary
from core.daos.groups import groups_of
from core.dialogue.definitions import action
from core.dialogue.screens import Assurance, End, Step
from core.dialogue.turn import Turn
from core.kernel.ids import DaoId
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account
from core.ledger.service import balance, entries

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


@action("statement.show", needs=Assurance.RECENT_PIN, why="pin-why-balance")
async def statement(turn: Turn) -> Step:
    """Her last few movements, newest first."""
    recent = await entries(turn.uow, member_account(turn.me.id), limit=STATEMENT_LINES)
    if not recent:
        return End(text("statement-empty"))
    rows = [text("statement-line", at=entry.at, amount=entry.amount, after=entry.after) for entry in recent]
    return End(text("statement-title"), rows=tuple(rows))
