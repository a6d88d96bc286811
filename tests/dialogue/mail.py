"""What the worker would send by e-mail, taken out of its envelope."""

from __future__ import annotations

import re

from sqlalchemy import select

from core.kernel.db import Database
from core.notifications.emails import claim_email
from core.notifications.models import EmailDelivery


async def letters(db: Database) -> list[tuple[str, str]]:
    """To whom and what, oldest first; each is read once."""
    async with db.unit() as uow:
        waiting = select(EmailDelivery.id).where(EmailDelivery.status == "pending").order_by(EmailDelivery.id)
        found = [await claim_email(uow, email=one) for one in (await uow.session.scalars(waiting)).all()]
    return [(one.to, one.body) for one in found if one is not None]


async def code_by_mail(db: Database) -> str:
    """The six digits of the newest letter."""
    return re.findall(r"\b\d{6}\b", (await letters(db))[-1][1])[0]
