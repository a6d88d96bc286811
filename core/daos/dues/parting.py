"""Contributions when a member goes: her credit comes back, what is due of them and of fines is taken from what she gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid5

from core.daos.dues.charges import open_rows
from core.daos.dues.credit import credit_of
from core.daos.dues_locks import hold_dues
from core.daos.dues_models import WaiverRow
from core.daos.owed import Purpose, account_of
from core.daos.parting import Line
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Question
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account
from core.ledger.service import Leg
from core.payments.underway import is_paying

SETTLED = "settled on leaving"
PLANNED = Question("""
    SELECT EXISTS (SELECT FROM contribution_payments
      WHERE dao_id = :group AND user_id = :member AND state = 'planned') AS planned
""")


class Dues:
    """Open charges, fines, and credit."""

    name = "dues"

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """Her credit, and each purpose that she still owes something that is due. What isn't due yet she doesn't owe."""
        own, credit = member_account(member), await credit_of(uow, group=group, member=member)
        lines = []
        if credit.minor > 0:
            legs = (Leg(member_account(member, group), -credit), Leg(own, credit))
            lines.append(Line(text("parting-credit"), credit, legs))
        owed: dict[Purpose, Money] = {}
        for row in await open_rows(uow, group=group, member=member):
            if row.due_at <= uow.clock.now():
                purpose: Purpose = row.purpose  # type: ignore[assignment]
                owed[purpose] = owed.get(purpose, Money(0)) + Money.from_decimal(row.amount - row.paid - row.waived)
        for purpose, amount in sorted(owed.items()):
            legs = (Leg(own, -amount), Leg(account_of(group, purpose), amount))
            lines.append(Line(text("parting-dues"), -amount, legs))
        return lines

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:
        """A payment of hers that is still on its way to the group."""
        return (text("parting-payment"),) if await self.waits(uow, group=group, member=member) else ()

    async def waits(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
        """While a payment of hers is planned, or M-Pesa still has to say what became of one."""
        (found,) = await uow.ask(PLANNED, group=group, member=member)
        if found["planned"]:
            return True
        return await is_paying(uow, member=member, group=group)

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """Nothing is open any more: what was due is paid by this departure, the rest is no more owed."""
        await hold_dues(uow, group=group, members=[member])
        for row in await open_rows(uow, group=group, member=member):
            waiver = WaiverRow(id=uow.ids.new(), charge_id=row.id, reason=SETTLED, waived_by=None)
            waiver.amount, waiver.intent = row.amount - row.paid - row.waived, uuid5(row.id, SETTLED)
            waiver.created_at = uow.clock.now()
            uow.session.add(waiver)
        await uow.session.flush()


async def owed_by(uow: UnitOfWork, *, group: DaoId, member: MemberId, until: datetime) -> Money:
    """What was due by then and isn't paid."""
    due = [row for row in await open_rows(uow, group=group, member=member) if row.due_at <= until]
    return sum((Money.from_decimal(row.amount - row.paid - row.waived) for row in due), Money(0))
