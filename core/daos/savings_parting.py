"""What a leaver has put in: her own savings come back, without a share of the profit. Gifts and turns don't.

A harambee's and a community's money is given, and a merry-go-round's has been paid out turn by turn.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.daos.loans.savings import savings
from core.daos.models import GroupRow
from core.daos.parting import Line
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account, treasury
from core.ledger.service import Leg

SAVED_IN = ("chama", "savings", "investment")


class Savings:
    """Contributions of groups that save, since she last left, less what was taken from them for loans."""

    name = "savings"

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """One line, when there is anything."""
        kind = await uow.session.scalar(select(GroupRow.kind).where(GroupRow.id == group))
        saved = (await savings(uow, group=group, member=member)).total
        if kind not in SAVED_IN or not saved:
            return ()
        legs = (Leg(treasury(group), -saved), Leg(member_account(member), saved))
        return (Line(text("parting-savings"), saved, legs),)

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:  # noqa: ARG002 - the protocol's
        """Savings keep nobody."""
        return ()

    async def waits(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:  # noqa: ARG002 - the protocol's
        """Savings are clear at any time."""
        return False

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """Nothing to close: what was put in before a settled departure counts no more."""
