"""The two doors to an account and their counts of wrong PINs: her own devices', and everybody else's.

Whoever knows her number may try PINs from a phone or a program of his own. That counts at the other door, over all such
devices together, so it can close that door and never hers. Each door lets ten wrong PINs in a row through and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.identity.models import ForeignPins, MemberRow, UserDevice
from core.identity.strangers import NOBODY
from core.kernel.db import UnitOfWork

# NIST SP 800-63B-4 (3.2.2) and PCI DSS 4.0 (8.3.4) allow ten in a row at most, and want half an hour's lock at least.
LOCKS_AT, DISABLES_AT = 5, 10
LOCKED_FOR = timedelta(minutes=30)
DISABLED_BY_PINS = "wrong_pins"

Verdict = Literal["right", "wrong", "locked", "disabled"]


@dataclass(frozen=True)
class PinOutcome:
    """What came of a PIN. `tries_left` before the next lock; `locked_until` where it is locked.

    knows_pin: the account is disabled, but the PIN (tried on a device that isn't hers) was the right one.
    """

    verdict: Verdict
    tries_left: int = 0
    locked_until: datetime | None = None
    knows_pin: bool = False


class Door(Protocol):
    """A count of wrong PINs in a row and what it closes; its row is ours until the unit ends."""

    is_hers: bool

    @property
    def failures(self) -> int: ...
    @property
    def locked_until(self) -> datetime | None: ...

    def closed(self, now: datetime) -> PinOutcome | None:
        """Whether nobody may try a PIN here now."""
        ...

    def count(self, now: datetime) -> None:
        """Count one as wrong, before it is checked."""
        ...

    def open_again(self) -> None:
        """The PIN was right: the count starts anew."""
        ...

    def give_back(self) -> None:
        """Take back one that could not be checked."""
        ...


class OwnDoor:
    """Her phone and her linked devices. Ten wrong PINs disable the account until it is recovered."""

    is_hers = True

    def __init__(self, row: MemberRow) -> None:
        self._row = row

    @property
    def failures(self) -> int:
        return self._row.pin_failures

    @property
    def locked_until(self) -> datetime | None:
        return self._row.pin_locked_until

    def closed(self, now: datetime) -> PinOutcome | None:
        if self._row.disabled_at is not None:
            return PinOutcome("disabled")
        return _locked(self._row.pin_locked_until, now)

    def count(self, now: datetime) -> None:
        self._row.pin_failures += 1
        if self._row.pin_failures >= DISABLES_AT:
            self._row.disabled_at, self._row.disabled_reason = now, DISABLED_BY_PINS
        elif self._row.pin_failures == LOCKS_AT:
            self._row.pin_locked_until = now + LOCKED_FOR

    def open_again(self) -> None:
        self._row.pin_failures, self._row.pin_locked_until = 0, None
        self._undo_disabling()

    def give_back(self) -> None:
        self._row.pin_failures = max(self._row.pin_failures - 1, 0)
        if self._row.pin_failures < LOCKS_AT:
            self._row.pin_locked_until = None
        if self._row.pin_failures < DISABLES_AT:
            self._undo_disabling()

    def _undo_disabling(self) -> None:
        if self._row.disabled_reason == DISABLED_BY_PINS:
            self._row.disabled_at = self._row.disabled_reason = None


class ForeignDoor:
    """Every device that isn't hers. Ten wrong PINs close it until she changes her PIN or recovers her account."""

    is_hers = False

    def __init__(self, row: ForeignPins) -> None:
        self._row = row

    @property
    def failures(self) -> int:
        return self._row.failures

    @property
    def locked_until(self) -> datetime | None:
        return self._row.locked_until

    def closed(self, now: datetime) -> PinOutcome | None:
        if self._row.failures >= DISABLES_AT:
            return PinOutcome("disabled")
        return _locked(self._row.locked_until, now)

    def count(self, now: datetime) -> None:
        self._row.failures += 1
        self._row.updated_at = now
        if self._row.failures == LOCKS_AT:
            self._row.locked_until = now + LOCKED_FOR

    def open_again(self) -> None:
        self._row.failures, self._row.locked_until = 0, None

    def give_back(self) -> None:
        self._row.failures = max(self._row.failures - 1, 0)
        if self._row.failures < LOCKS_AT:
            self._row.locked_until = None


async def is_hers(uow: UnitOfWork, row: MemberRow | None, device: str) -> bool:
    """Whether this device speaks for her: her number, her linked Telegram account, or a device that she trusts.

    "" is a caller that is bound to her already; it counts at her own door, where wrong PINs cost most.
    """
    if row is not None and device in ("", f"phone:{row.phone}", f"telegram:{row.telegram_id}"):
        return True
    # Asked for nobody as well: it must take as long.
    mine = UserDevice.user_id == (row.id if row else NOBODY), UserDevice.device_fingerprint == device
    usable = UserDevice.trusted.is_(True), UserDevice.revoked_at.is_(None)
    return await uow.session.scalar(select(UserDevice.id).where(*mine, *usable)) is not None


async def foreign_door(uow: UnitOfWork, subject: str) -> ForeignDoor:
    """The door of all devices that aren't hers. `subject` is a member's id or a stranger's hidden name."""
    fresh = insert(ForeignPins).values(subject=subject, failures=0, updated_at=uow.clock.now())
    await uow.session.execute(fresh.on_conflict_do_nothing())
    return ForeignDoor(await uow.session.get_one(ForeignPins, subject, with_for_update=True, populate_existing=True))


async def open_foreign_door(uow: UnitOfWork, subject: str) -> None:
    """With a new PIN the old guesses are worth nothing, so the door starts anew."""
    row = await uow.session.get(ForeignPins, subject, with_for_update=True)
    if row is not None:
        ForeignDoor(row).open_again()


def _locked(until: datetime | None, now: datetime) -> PinOutcome | None:
    return PinOutcome("locked", locked_until=until) if until is not None and until > now else None
