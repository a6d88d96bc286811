"""What speaks for a member, as she sees it: her phone, her Telegram account, the programs that signed in for her.

Devices are numbered in the order in which they came and keep their number for good, because on a small screen she types it.
A device belongs to one member; the same handset may be another member's device as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from core.identity.addresses import tell_everywhere
from core.identity.devices import telegram_fingerprint, unlink_telegram
from core.identity.events import record_security_event, record_session
from core.identity.members import locked
from core.identity.models import MemberRow, UserDevice
from core.identity.names import display_name
from core.identity.session_models import MemberSession
from core.identity.sessions import end_sessions
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import Phone, masked
from core.kernel.texts import text

DeviceKind = Literal["mobile", "telegram", "program"]
# A PIN within this time of the last one goes on with the same sitting; USSD sessions end after three minutes.
SITTING = timedelta(minutes=15)
SHOWN_OF_A_NAME = 24
# The security notes' own time (threat U9): a number that is silent for longer may be given to somebody else.
IDLE_AFTER = timedelta(days=90)


@dataclass
class UnknownDevice(CoreError):
    """She has no device of this number."""

    code = "unknown-device"
    kind = Kind.NOT_FOUND


@dataclass
class PhoneStays(CoreError):
    """Her own phone number can't be taken off the list: it's how she is known."""

    code = "phone-stays"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Device:
    """Something that speaks for her. `number` is for typing; `name` may be empty; `signed_in` counts live sign-ins."""

    id: UUID
    number: int
    kind: DeviceKind
    name: str
    trusted: bool
    last_used_at: datetime | None
    created_at: datetime
    signed_in: int


async def devices_of(uow: UnitOfWork, *, member: MemberId) -> list[Device]:
    """Her devices that were not taken off the list, in the order in which they came."""
    row = await uow.session.get_one(MemberRow, member)
    found = await uow.session.execute(_numbered(member).order_by(UserDevice.created_at, UserDevice.id))
    return [_device(device, number, live, row.phone) for device, number, live in found if device.revoked_at is None]


async def revoke_device(uow: UnitOfWork, *, member: MemberId, number: int) -> Device:
    """Take a device off the list: it speaks for her no more, at once. Raises UnknownDevice, PhoneStays."""
    row = await locked(uow, member)
    device = next((one for one in await devices_of(uow, member=member) if one.number == number), None)
    if device is None:
        raise UnknownDevice
    if device.kind == "mobile":
        raise PhoneStays
    kept = await uow.session.get_one(UserDevice, device.id)
    if device.kind == "telegram" and row.telegram_id and kept.device_fingerprint == telegram_fingerprint(row.telegram_id):
        await unlink_telegram(uow, member=member, still_heard=True)
    await end_sessions(uow, member=member, reason="security", device=device.id)
    kept.revoked_at = kept.updated_at = uow.clock.now()
    kept.trusted, kept.trusted_at = False, None
    await record_security_event(
        uow, event_type="device_revoked", severity="medium", member=member, details={"device": str(device.id)}
    )
    return device


async def remember_phone(uow: UnitOfWork, *, member: MemberId, phone: Phone, channel: str) -> None:
    """The number that the account is opened with; trusted, and nobody is told, for whoever holds it is doing it."""
    device = _fresh(uow, member, phone_fingerprint(phone), "mobile")
    device.trusted, device.trusted_at = True, uow.clock.now()
    uow.session.add(device)
    await uow.session.flush()
    await record_session(uow, member=member, action="session_created", address=channel, device=device.id)


async def move_phone(uow: UnitOfWork, *, member: MemberId, old: Phone, new: Phone, channel: str) -> None:
    """Her number is another one now: the old one speaks for her no more, and what is typed there is a stranger's."""
    now = uow.clock.now()
    devices = {one: await uow.session.scalar(_phone(member, one)) for one in (old, new)}
    before, after = devices[old], devices[new]
    if before is not None:
        before.trusted, before.trusted_at, before.revoked_at, before.updated_at = False, None, now, now
        await record_session(uow, member=member, action="session_terminated", address=channel, device=before.id)
    if after is None:
        after = _fresh(uow, member, phone_fingerprint(new), "mobile")
        uow.session.add(after)
    after.trusted, after.trusted_at, after.revoked_at, after.updated_at = True, now, None, now
    after.last_used_at = now
    await uow.session.flush()
    await record_session(uow, member=member, action="session_created", address=channel, device=after.id)


async def phone_was_proven(uow: UnitOfWork, *, member: MemberId, phone: Phone) -> None:
    """Her number was proven by a recovery: it isn't idle any more, whatever SIM is in it."""
    device = await uow.session.scalar(_phone(member, phone))
    if device is not None:
        device.last_used_at = device.updated_at = uow.clock.now()
        await uow.session.flush()


async def remember_program(
    uow: UnitOfWork, *, member: MemberId, secret: str, name: str, address: str, agent: str
) -> tuple[UUID, bool]:
    """The program that holds this secret, and whether it is new; she is told of a new one on every channel that she has.

    One that was taken off the list counts as new again.
    """
    now = uow.clock.now()
    await locked(uow, member)
    device = await uow.session.scalar(_program(uow, member, secret))
    is_new = device is None or device.revoked_at is not None
    if device is None:
        device = _fresh(uow, member, f"program:{uow.vault.digest(secret, context='device')}", "program")
        uow.session.add(device)
    if is_new:
        device.device_name, device.revoked_at = display_name(name) or None, None
    device.last_used_at = device.updated_at = now
    device.last_ip_address, device.browser = address, agent or None
    await uow.session.flush()
    if is_new:
        await _tell_of_program(uow, member=member, device=device, address=address)
    return device.id, is_new


@dataclass(frozen=True)
class KnownProgram:
    """A program that signed in before. `trusted_at` is when she said that its PIN alone is enough."""

    fingerprint: str
    trusted_at: datetime | None

    def is_trusted(self, now: datetime, *, lasts: timedelta) -> bool:
        """Whether that was within the time that trust lasts."""
        return self.trusted_at is not None and now < self.trusted_at + lasts


async def known_program(uow: UnitOfWork, *, member: MemberId, secret: str) -> KnownProgram | None:
    """The program with this secret on her list of devices."""
    known = _program(uow, member, secret).where(UserDevice.revoked_at.is_(None))
    device = await uow.session.scalar(known)
    if device is None:
        return None
    return KnownProgram(device.device_fingerprint, device.trusted_at if device.trusted else None)


async def fingerprint_of(uow: UnitOfWork, *, device: UUID) -> str:
    """How the gate of PINs knows this device. Raises NoResultFound."""
    return (await uow.session.get_one(UserDevice, device)).device_fingerprint


async def trust_device(uow: UnitOfWork, *, device: UUID) -> None:
    """Let her PIN alone be enough to sign in there. Its caller has seen a second factor; she is told at the sign-in."""
    row = await uow.session.get_one(UserDevice, device)
    row.trusted, row.trusted_at = True, uow.clock.now()
    await uow.session.flush()


async def note_pin(uow: UnitOfWork, *, row: MemberRow, channel: str) -> None:
    """A right PIN came from her phone or her Telegram account: the device was used, and a sitting began or goes on."""
    print_of = {"ussd": phone_fingerprint(Phone(row.phone)), "telegram": telegram_fingerprint(row.telegram_id or 0)}
    if channel not in print_of:
        return
    mine = select(UserDevice).where(UserDevice.user_id == row.id, UserDevice.device_fingerprint == print_of[channel])
    device = await uow.session.scalar(mine)
    now = uow.clock.now()
    goes_on = device is not None and device.last_used_at is not None and device.last_used_at > now - SITTING
    if device is not None:
        await _note_waking(uow, row, device)
        device.last_used_at = device.updated_at = now
    await record_session(
        uow,
        member=MemberId(row.id),
        action="session_renewed" if goes_on else "session_created",
        address=channel,
        device=device.id if device else None,
    )


def is_idle(used: datetime, now: datetime) -> bool:
    """Whether a device that was last used then has to be proven again (`core.identity.idle`)."""
    return used + IDLE_AFTER <= now


async def _note_waking(uow: UnitOfWork, row: MemberRow, device: UserDevice) -> None:
    """Tell her of the first PIN on a device after so long that it had to be proven again."""
    member, used = MemberId(row.id), device.last_used_at or device.created_at
    days = (uow.clock.now() - used).days
    if not is_idle(used, uow.clock.now()):
        return
    details = {"device": str(device.id), "days": days}
    await record_security_event(uow, event_type="idle_device_used", severity="medium", member=member, details=details)
    await tell_everywhere(uow, member=member, what=text("sms-woken", days=days))


def phone_fingerprint(phone: Phone) -> str:
    """How a phone number is named among devices."""
    return f"phone:{phone}"


async def _tell_of_program(uow: UnitOfWork, *, member: MemberId, device: UserDevice, address: str) -> None:
    await record_security_event(
        uow, event_type="new_device", severity="medium", member=member, address=address, details={"device": str(device.id)}
    )
    name = (device.device_name or "")[:SHOWN_OF_A_NAME] or address[:SHOWN_OF_A_NAME]
    what = text("sms-new-program", name=name)
    await tell_everywhere(uow, member=member, what=what)


def _fresh(uow: UnitOfWork, member: MemberId, fingerprint: str, kind: DeviceKind) -> UserDevice:
    now = uow.clock.now()
    return UserDevice(
        id=uow.ids.new(),
        user_id=member,
        device_fingerprint=fingerprint,
        device_type=kind,
        trusted=False,
        last_used_at=now,
        created_at=now,
        updated_at=now,
    )


def _phone(member: MemberId, phone: Phone) -> Select[Any]:
    return select(UserDevice).where(UserDevice.user_id == member, UserDevice.device_fingerprint == phone_fingerprint(phone))


def _program(uow: UnitOfWork, member: MemberId, secret: str) -> Select[Any]:
    known = UserDevice.device_fingerprint.in_([f"program:{digest}" for digest in uow.vault.digests(secret, context="device")])
    return select(UserDevice).where(UserDevice.user_id == member, known)


def _numbered(member: MemberId) -> Select[Any]:
    number = func.row_number().over(order_by=(UserDevice.created_at, UserDevice.id))
    live = select(func.count()).where(and_(MemberSession.device_id == UserDevice.id, MemberSession.ended_at.is_(None)))
    signed_in = live.where(MemberSession.user_id == member).scalar_subquery()
    return select(UserDevice, number, signed_in).where(UserDevice.user_id == member)


def _device(row: UserDevice, number: int, live: int, phone: str) -> Device:
    kind = cast("DeviceKind", row.device_type if row.device_type in ("mobile", "telegram") else "program")
    return Device(
        id=row.id,
        number=number,
        kind=kind,
        name=masked(phone) if kind == "mobile" else row.device_name or "",
        trusted=row.trusted,
        last_used_at=row.last_used_at,
        created_at=row.created_at,
        signed_in=live,
    )
