"""Sign out everywhere: one verb after which nothing that was proven before counts any more.

Used by the member herself, after a recovery, and by whoever answers an attack. Her phone number and her Telegram account stay
hers, but each has to give the PIN again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from core.identity.api_keys import revoke_api_keys
from core.identity.device_list import phone_fingerprint
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import UserDevice
from core.identity.oauth import unlink_accounts
from core.identity.sessions import end_sessions
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone


@dataclass(frozen=True)
class SignedOut:
    """How many programs were signed out and how many keys taken back."""

    sessions: int
    keys: int


async def revoke_everything(uow: UnitOfWork, *, member: MemberId, reason: str) -> SignedOut:
    """End her sessions, refresh tokens, API keys, trusted devices and recent PINs on every channel.

    Accounts elsewhere sign her in no more either: one of them may be somebody else's.

    `reason` is a word for the record ("member", "recovery", ...). Programs are taken off her list of devices.
    """
    row = await locked(uow, member)
    now = uow.clock.now()
    row.signed_out_at = row.updated_at = now
    done = SignedOut(
        sessions=await end_sessions(uow, member=member, reason="security"),
        keys=await revoke_api_keys(uow, member=member, reason=reason),
    )
    await unlink_accounts(uow, member=member)
    mine = UserDevice.user_id == member
    others = mine, UserDevice.device_fingerprint != phone_fingerprint(Phone(row.phone))
    distrust = update(UserDevice).where(*others).values(trusted=False, trusted_at=None, updated_at=now)
    await uow.session.execute(distrust)
    programs = mine, UserDevice.device_type.not_in(("mobile", "telegram")), UserDevice.revoked_at.is_(None)
    await uow.session.execute(update(UserDevice).where(*programs).values(revoked_at=now))
    await record_security_event(
        uow,
        event_type="signed_out_everywhere",
        severity="medium",
        member=member,
        details={"reason": reason, "sessions": done.sessions, "keys": done.keys},
    )
    return done
