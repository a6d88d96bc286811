"""Payments as minutes need them: what the treasury paid on a day, to whom and for what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.treasury.models import TreasuryRequest


class Payments:
    """What minutes say about the treasury's money."""

    async def entries(self, uow: UnitOfWork, *, group: DaoId, since: datetime, until: datetime) -> Sequence[Text]:
        """A sentence for each payment that was made in this span, in their order."""
        span = TreasuryRequest.paid_at >= since, TreasuryRequest.paid_at < until
        paid = select(TreasuryRequest).where(TreasuryRequest.dao_id == group, TreasuryRequest.status == "paid", *span)
        return [_sentence(row) for row in await uow.session.scalars(paid.order_by(TreasuryRequest.paid_at))]


def _sentence(row: TreasuryRequest) -> Text:
    amount = Money.from_decimal(row.amount)
    return text("minutes-payment", number=row.number, amount=amount, payee=row.payee_name, reason=row.reason)
