"""What a leaver has put in: her own savings come back, without a share of the profit. Gifts and turns don't.

A harambee's and a community's money is given, and a merry-go-round's has been paid out turn by turn.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from core.daos.departed import settled_until
from core.daos.dues_models import LineRow, PaymentRow
from core.daos.groups import find_group
from core.daos.loans.savings import savings
from core.daos.models import GroupRow
from core.daos.owed import Purpose, account_of
from core.daos.parting import Line
from core.daos.savings import SAVED
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import KES, Money
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account
from core.ledger.service import Leg

SAVED_IN = ("chama", "savings", "investment")


class Savings:
    """Contributions of groups that save, since she last left, less what was taken from them for loans."""

    name = "savings"

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """One line, when there is anything."""
        kind = (await find_group(uow, group=group)).kind if uow.only_reads else await self._kind(uow, group)
        saved = (await savings(uow, group=group, member=member)).total
        if kind not in SAVED_IN or not saved:
            return ()
        gives = [
            Leg(account_of(group, purpose), -part) for purpose, part in (await self._parts(uow, group, member, saved)).items()
        ]
        return (Line(text("parting-savings"), saved, (*gives, Leg(member_account(member), saved))),)

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:  # noqa: ARG002 - the protocol's
        """Savings keep nobody."""
        return ()

    async def waits(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:  # noqa: ARG002 - the protocol's
        """Savings are clear at any time."""
        return False

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """Nothing to close: what was put in before a settled departure counts no more."""

    async def _kind(self, uow: UnitOfWork, group: DaoId) -> str | None:
        """Also of a group that has been closed since she left."""
        return await uow.session.scalar(select(GroupRow.kind).where(GroupRow.id == group))

    async def _parts(self, uow: UnitOfWork, group: DaoId, member: MemberId, saved: Money) -> dict[Purpose, Money]:
        """In which of the group's accounts her savings are. What she took out before counts against the treasury first."""
        paid = (
            select(LineRow.purpose, func.sum(LineRow.amount))
            .join(PaymentRow, PaymentRow.id == LineRow.payment_id)
            .where(PaymentRow.dao_id == group, PaymentRow.user_id == member, PaymentRow.state == "posted")
            .where(LineRow.category == "contribution", LineRow.purpose.in_(SAVED))
            .group_by(LineRow.purpose)
        )
        settled = await settled_until(uow, group=group, member=member)
        found = await uow.session.execute(paid.where(PaymentRow.created_at > settled) if settled else paid)
        parts = {purpose: Money.from_decimal(amount) for purpose, amount in found}
        left, kept = saved, {}
        # From the back, so that what is missing is missing from the treasury.
        for purpose in reversed(SAVED):
            part = min(parts.get(purpose, Money(0, KES)), left)
            if part:
                kept[purpose] = part
            left -= part
        return kept
