"""What else ends when a vote brings nothing: it failed, was taken back, lapsed, or can't be carried out any more.

Called in the unit that ends the proposal, so that both end or neither.
"""

from __future__ import annotations

from core.daos.welfare.deciding import decide_by_vote
from core.daos.welfare.errors import NoClaim
from core.governance.matters import WelfareClaim, from_details
from core.governance.models import ProposalRow
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId


async def undone(uow: UnitOfWork, row: ProposalRow, *, why: str) -> None:
    """Refuse what was put to this vote. `why`: vote, cancelled, lapsed, or the code of what kept it from being carried out."""
    matter = from_details(row.kind, row.details)
    if not isinstance(matter, WelfareClaim):
        return
    group, because = DaoId(row.dao_id), f"vote {row.number}"
    try:
        await decide_by_vote(uow, group=group, claim=matter.claim, passed=False, because=because, why=why)
    except NoClaim:
        # It lapsed by itself.
        return
