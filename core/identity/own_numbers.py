"""Digits that others may know of a member, so that none of them makes a good PIN.

An identity number isn't among them: we ask for none. Whoever adds one to a member's data adds it here.
"""

from __future__ import annotations

from sqlalchemy import select

from core.identity.email_models import EmailAddress
from core.identity.models import MemberRow, UserDevice
from core.identity.recovery_models import AccountRecovery
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId


async def own_numbers(uow: UnitOfWork, *, member: MemberId) -> list[str]:
    """Every number that was hers, her Telegram accounts, what digits are in her e-mail addresses and in her name."""
    found = [(await uow.session.get_one(MemberRow, member)).name]
    for column, owner in (
        (UserDevice.device_fingerprint, UserDevice.user_id),
        (AccountRecovery.new_phone, AccountRecovery.user_id),
        (EmailAddress.address, EmailAddress.user_id),
    ):
        found += [one for one in await uow.session.scalars(select(column).where(owner == member)) if one]
    # A program's fingerprint is a digest, which nobody knows.
    return [one for one in found if not one.startswith("program:")]
