"""An outcome that came too late for the screen that was waiting for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.notifications.models import SmsDelivery
from core.notifications.sms import write_sms


async def send_outcome(uow: UnitOfWork, *, to: Phone, message: str, since: datetime, member: MemberId | None) -> bool:
    """Send it by SMS; False when the work itself has told her the very same since then."""
    told = exists().where(SmsDelivery.to_phone == to, SmsDelivery.message == message, SmsDelivery.created_at >= since)
    if await uow.session.scalar(select(told)):
        return False
    await write_sms(uow, to=to, message=message, template="late_outcome", member=member)
    return True
