"""When M-Pesa is asked again about one receipt: the same for a member's claim and for a payment that is held back."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.payments.models import PaymentClaim
from core.payments.proof_models import UnprovenPayment

log = logging.getLogger(__name__)

# Between one question and the next. The paybill's own list reaches back two days, so by then every source has spoken.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
    timedelta(hours=36),
)
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Questions:
    """The questions about the rows of one table.

    job: what puts them; its payload names the row by `subject`. called: what a row is called in the log.
    """

    table: type[PaymentClaim | UnprovenPayment]
    job: str
    subject: str
    called: str

    async def ask_later(self, uow: UnitOfWork, row: PaymentClaim | UnprovenPayment, *, after: timedelta) -> None:
        """Have M-Pesa asked about this row, `after` a delay."""
        row.next_check_at = uow.clock.now() + after
        await uow.session.flush()
        await self._enqueue(uow, row.id, row.asked, after)

    async def requeue(self, uow: UnitOfWork, *, overdue: timedelta) -> None:
        """Put back into the queue the questions that should have been put by now."""
        table = self.table
        forgotten = (
            select(table.id, table.asked)
            .where(table.outcome == "asking", table.next_check_at < uow.clock.now() - overdue)
            .order_by(table.next_check_at)
            .limit(MOST_AT_ONCE)
        )
        for row, asked in (await uow.session.execute(forgotten)).all():
            log.warning("%s %s was not asked about in time", self.called, row)
            await self._enqueue(uow, row, asked, timedelta(0))

    async def _enqueue(self, uow: UnitOfWork, row: UUID, number: int, after: timedelta) -> None:
        payload = {self.subject: str(row), "number": number}
        await uow.enqueue(self.job, payload, after=after, key=f"{self.job} {row} {number}")
