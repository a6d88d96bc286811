"""What messages cost: counted from the delivery log, where the carrier's own price stands once it's known."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from core.kernel.db import UnitOfWork
from core.notifications.models import SmsDelivery


async def sms_spending(uow: UnitOfWork, *, template: str, since: datetime, price: Decimal) -> tuple[Decimal, datetime | None]:
    """What the SMS of this kind cost since then, in KES, and when the first of them was written.

    One whose cost isn't known counts as `price`; so does one that failed, since nobody promises that it was free.
    """
    cost = func.sum(func.coalesce(SmsDelivery.cost, price))
    counted = select(cost, func.min(SmsDelivery.created_at))
    row = (await uow.session.execute(counted.where(SmsDelivery.template == template, SmsDelivery.created_at > since))).one()
    return row[0] or Decimal(0), row[1]
