"""Loans when a member goes: hers is repaid first, and nobody goes while her savings answer for another's."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.loans.models import LIVE
from core.daos.loans.reading import live_loan, standing_of
from core.daos.parting import Line
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Question
from core.kernel.texts import Text, text


class Loans:
    """Loans that are asked for or running, and what answers for them."""

    name = "loans"

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """What she would repay today. It moves by repaying or by the officials' recovery, never by leaving."""
        loan = await live_loan(uow, group=group, member=member)
        if loan is None or loan.started_on is None:
            return ()
        return (Line(text("parting-loan"), -(await standing_of(uow, loan)).payoff),)

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:
        """Her own loan, and others' that she vouches for."""
        own = (text("parting-loan-first"),) if await live_loan(uow, group=group, member=member) else ()
        vouches = (text("parting-vouches"),) if await _vouches(uow, group, member) else ()
        return (*own, *vouches)

    async def waits(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
        """Whoever was expelled with a loan, or vouching for one, is paid when it has ended."""
        return bool(await self.obstacles(uow, group=group, member=member))

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """Nothing to close: no loan is left."""


async def _vouches(uow: UnitOfWork, group: DaoId, member: MemberId) -> bool:
    (found,) = await uow.ask(VOUCHES, group=group, member=member, live=list(LIVE))
    return bool(found["vouches"])


VOUCHES = Question("""
    SELECT EXISTS (SELECT FROM loan_pledges p JOIN loans l ON l.id = p.loan_id
      WHERE l.dao_id = :group AND l.status = ANY(:live) AND p.user_id = :member AND p.status = 'accepted') AS vouches
""")
