"""What a leaver has put in: her own savings come back, without a share of the profit. Gifts and turns don't.

A harambee's and a community's money is given, and a merry-go-round's has been paid out turn by turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select

from core.daos.models import ContributionRow, GroupRow
from core.daos.parting import Line
from core.daos.people_models import Departure
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import KES, Money
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account, treasury
from core.ledger.service import Leg

SAVED_IN = ("chama", "savings", "investment")


class Savings:
    """Contributions of groups that save, since she last left."""

    name = "savings"

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """One line, when there is anything."""
        kind = await uow.session.scalar(select(GroupRow.kind).where(GroupRow.id == group))
        saved = await self._saved(uow, group, member)
        if kind not in SAVED_IN or not saved:
            return ()
        legs = (Leg(treasury(group), -saved), Leg(member_account(member), saved))
        return (Line(text("parting-savings"), saved, legs),)

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:  # noqa: ARG002 - the protocol's
        """Savings keep nobody."""
        return ()

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """Nothing to close: what was put in before a settled departure counts no more."""

    async def _saved(self, uow: UnitOfWork, group: DaoId, member: MemberId) -> Money:
        gone = Departure.dao_id == group, Departure.user_id == member, Departure.settled_at.is_not(None)
        last = await uow.session.scalar(select(func.max(Departure.settled_at)).where(*gone))
        own = [
            ContributionRow.dao_id == group,
            ContributionRow.user_id == member,
            ContributionRow.currency == KES.code,
            *([ContributionRow.created_at > last] if last else []),
        ]
        return Money.from_decimal(await uow.session.scalar(select(func.sum(ContributionRow.amount)).where(*own)) or Decimal(0))
