"""Carrying out what was decided: after the hours of the rules, exactly once, and looked at again at that moment.

The proposal's row is locked, so two workers take turns and the second finds it done. The effect and the mark are one unit.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.daos.ending import GroupEnds, refuse_while_ending
from core.governance.errors import NotYet
from core.governance.executions import Decided, Executions
from core.governance.matters import Election
from core.governance.models import ProposalRow
from core.governance.proposals import Proposal, find_proposal, lock_proposal
from core.governance.scheduling import execute_at, tell_soon
from core.governance.undone import undone
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId

# Whoever carries these out tells every member in words of its own.
TOLD_BY_ITS_EFFECT = ("rule", "election", "expulsion", "spend", "turns", "welfare", "dissolution")
# A treasury or fund that is short or has too few approvers today may not be tomorrow: so long it is tried again, each hour.
PATIENCE = {"spend": timedelta(hours=72), "welfare": timedelta(hours=72)}
TRIED_AGAIN_AFTER = timedelta(hours=1)


async def execute_if_due(uow: UnitOfWork, *, proposal: UUID, executions: Executions) -> bool:
    """Carry it out if its time has come; whether that happened now. What nobody can carry out yet stays passed."""
    row = await lock_proposal(uow, proposal=proposal)
    now = uow.clock.now()
    if row.state != "passed" or row.takes_effect_at is None or now < row.takes_effect_at:
        return False
    execution = executions.get(row.kind)
    if execution is None:
        return False
    try:
        async with uow.session.begin_nested():
            if row.kind not in ("dissolution", "write_off"):
                await refuse_while_ending(uow, group=DaoId(row.dao_id))
            await execution(uow, as_decided(await find_proposal(uow, proposal=proposal)))
    except NotYet as later:
        await execute_at(uow, proposal=row.id, moment=later.at)
        return False
    except CoreError as refusal:
        if not isinstance(refusal, GroupEnds) and now < row.takes_effect_at + PATIENCE.get(row.kind, timedelta()):
            await execute_at(uow, proposal=row.id, moment=now + TRIED_AGAIN_AFTER)
        else:
            await _refuse(uow, row, refusal)
        return False
    row.state, row.executed_at = "executed", now
    await uow.session.flush()
    if row.kind not in TOLD_BY_ITS_EFFECT:
        await tell_soon(uow, proposal=row.id, notice="executed")
    return True


def as_decided(proposal: Proposal) -> Decided:
    """What the capability that carries it out gets to know."""
    elected = None
    if isinstance(proposal.matter, Election):
        elected = next((option.member for option in proposal.options if str(option.number) == proposal.winner), None)
    return Decided(
        proposal=proposal.id,
        number=proposal.number,
        group=proposal.group,
        proposer=proposal.proposer,
        matter=proposal.matter,
        words=proposal.words,
        elected=elected,
    )


async def _refuse(uow: UnitOfWork, row: ProposalRow, refusal: CoreError) -> None:
    """It can't be done any more. Everybody is told, and whoever still wants it proposes it again."""
    row.state, row.refusal = "refused", refusal.code
    await uow.session.flush()
    await undone(uow, row, why=refusal.code)
    await tell_soon(uow, proposal=row.id, notice="refused")
