"""Becoming a member: a name, a PIN that isn't easily guessed, and consent to a version of the terms."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.identity.consents import CONSENT_VERSION, agree
from core.identity.device_list import remember_phone
from core.identity.events import record_security_event
from core.identity.members import Member, as_member
from core.identity.models import MemberRow, PasswordHistory
from core.identity.names import BadName, clean_name
from core.identity.new_pins import WeakPin, check_new_pin
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import Phone

__all__ = ["CONSENT_VERSION", "AlreadyRegistered", "BadName", "WeakPin", "check_new_pin", "clean_name", "register"]


@dataclass
class AlreadyRegistered(CoreError):
    """This number belongs to a member."""

    code = "already-registered"
    kind = Kind.CONFLICT


async def register(
    uow: UnitOfWork,
    *,
    member: MemberId,
    phone: Phone,
    name: str,
    language: str,
    sealed_pin: str,
    consent_version: str,
    channel: str,
) -> Member:
    """Open an account. Raises AlreadyRegistered; the same member registered again is returned as she is.

    `name` has been cleaned and the PIN behind `sealed_pin` checked; the seal is bound to `member`.
    """
    now = uow.clock.now()
    fresh = insert(MemberRow).values(
        id=member,
        name=name,
        phone=phone,
        language=language,
        sealed_pin=sealed_pin,
        consent_version=consent_version,
        created_at=now,
        updated_at=now,
    )
    # Two who register the same number at once: the second waits here and then finds the first.
    added = await uow.session.scalar(fresh.on_conflict_do_nothing().returning(MemberRow.id))
    if added is None:
        return await _as_registered(uow, member=member, phone=phone)

    await remember_phone(uow, member=member, phone=phone, channel=channel)
    await agree(uow, member=member, version=consent_version, language=language, channel=channel)
    uow.session.add(PasswordHistory(id=uow.ids.new(), user_id=member, password_hash=sealed_pin, created_at=now))
    await record_security_event(
        uow, event_type="member_registered", severity="low", member=member, address=channel, details={"channel": channel}
    )
    return as_member(await uow.session.get_one(MemberRow, member))


async def _as_registered(uow: UnitOfWork, *, member: MemberId, phone: Phone) -> Member:
    row = await uow.session.scalar(select(MemberRow).where(MemberRow.phone == phone))
    if row is None or row.id != member:
        raise AlreadyRegistered
    return as_member(row)
