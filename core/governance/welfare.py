"""Asking the welfare fund for help: officials decide, and where no other official is there, all members do by a vote."""

from __future__ import annotations

from core.daos.welfare.claims import Claim, claim
from core.daos.welfare.models import Benefit
from core.governance.matters import LONGEST_SHOWN, WelfareClaim
from core.governance.proposals import Proposal
from core.governance.proposing import propose
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money


async def ask_for_help(
    uow: UnitOfWork, *, intent: IntentId, member: MemberId, group: DaoId, benefit: Benefit, amount: Money, reason: str
) -> tuple[Claim, Proposal | None]:
    """Claim a benefit, once per intent; with the vote on it where the members decide. Locks the group.

    Raises what `claim` raises; NobodyMayVote where nobody else is there at all.
    """
    made = await claim(uow, intent=intent, member=member, group=group, benefit=benefit, amount=amount, reason=reason)
    if made.needed:
        return made, None
    matter = WelfareClaim(made.amount, member, made.who[:LONGEST_SHOWN], made.id, made.kind)
    return made, await propose(uow, intent=intent, group=group, proposer=member, matter=matter)
