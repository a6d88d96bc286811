"""What she owes the group when she goes: contributions and fines are paid first. Loans say their own."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.dues.sources import owed_by
from core.daos.owed import Owed
from core.daos.parting import Line
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import KES, Money
from core.kernel.texts import Text, text

LOANS = ("loan_interest", "loan_principal")


class Dues:
    """Contributions, welfare and fines that are due and not paid."""

    name = "dues"

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """Each of them; they move by paying, never by leaving."""
        return [Line(debt.label, -debt.missing) for debt in await _owed(uow, group, member)]

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:
        """All of them together."""
        total = sum((debt.missing for debt in await _owed(uow, group, member)), Money(0, KES))
        return (text("parting-dues", amount=total),) if total else ()

    async def waits(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:  # noqa: ARG002 - the protocol's
        """Whoever is expelled is paid in any case."""
        return False

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """Nothing to close: whoever leaves has paid."""


async def _owed(uow: UnitOfWork, group: DaoId, member: MemberId) -> list[Owed]:
    """What was due by now: a period that she won't be in any more is nobody's debt."""
    now = uow.clock.now()
    owed = await owed_by(uow, group=group, member=member, at=now)
    return [debt for debt in owed if debt.category not in LOANS and debt.due_at <= now]
