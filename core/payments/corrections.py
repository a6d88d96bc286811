"""Corrections by two people: one asks and says why, another one approves, and only then money moves, by a new transfer.

Nothing that was written is changed. Whether a correction is possible is looked at when it is asked for and again when it is
approved, since much can happen in between; the database itself refuses one person in both places.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import select

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.correction_acts import (
    Subject,
    act_book,
    act_dismiss,
    act_reassign,
    act_recover,
    act_write_off,
    find_carried,
    find_refundable,
    find_row,
    find_unconfirmed,
    find_wrongly_credited,
)
from core.payments.correction_models import Correction
from core.payments.inbox import hold_name
from core.payments.refunds import begin_refund
from core.payments.suspense import SamePerson

log = logging.getLogger(__name__)

Correctable = Literal["refund", "recover", "write-off", "reassign", "book", "dismiss"]
KINDS: tuple[Correctable, ...] = get_args(Correctable)


@dataclass
class AlreadyAsked(CoreError):
    """Somebody has asked for a correction of this already."""

    code = "already-asked"
    kind = Kind.CONFLICT


@dataclass
class NothingAsked(CoreError):
    """Nobody has asked for a correction of this."""

    code = "nothing-asked"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class Asked:
    """A correction that waits for its second person, or for M-Pesa."""

    id: UUID
    kind: str
    subject: str
    amount: Money
    reason: str
    state: str
    by: MemberId
    age: timedelta


async def request(
    uow: UnitOfWork, *, kind: Correctable, subject: str, by: MemberId, reason: str, to: str = "", against: str = ""
) -> Asked:
    """Ask for a correction of a receipt (or a statement's row by its id); nothing moves yet.

    to: the account number or phone number that gets it (reassign, or book). against: bank, write-off, suspense or nothing
    (book). Raises AlreadyAsked, what the finders of `correction_acts` raise, ValueError for an empty reason.
    """
    if not reason.strip():
        raise ValueError("a correction needs a reason")
    found = await FINDERS[kind](uow, subject, to, against)
    await hold_name(uow, f"correction {found.name}")
    if await _open(uow, found.name) is not None:
        raise AlreadyAsked
    row = Correction(
        id=uow.ids.new(),
        kind=kind,
        subject=found.name,
        amount=found.amount.as_decimal(),
        member_id=found.member,
        against=found.against,
        reason=reason.strip(),
        state="requested",
        requested_by=by,
        requested_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    return _asked(uow, row)


async def approve(uow: UnitOfWork, *, subject: str, by: MemberId) -> Asked:
    """Carry the correction out on a second person's word. Raises NothingAsked, SamePerson, and what its act raises."""
    row = await _waiting(uow, subject)
    if row.requested_by == by:
        raise SamePerson
    found = await FINDERS[row.kind](uow, row.subject, "", row.against or "")
    row.approved_by, row.approved_at = by, uow.clock.now()
    row.state = "sent" if row.kind == "refund" else "done"
    row.ended_at = None if row.kind == "refund" else row.approved_at
    row.next_check_at = row.approved_at if row.kind == "refund" else None
    await record_security_event(
        uow,
        event_type="correction_approved",
        severity="low",
        member=by,
        details={"correction": str(row.id), "kind": row.kind, "subject": row.subject, "requested_by": str(row.requested_by)},
    )
    await uow.session.flush()
    await ACTS[row.kind](uow, row, found)
    log.warning("correction %s of %s: %s by two people", row.id, row.subject, row.kind)
    return _asked(uow, row)


async def withdraw(uow: UnitOfWork, *, subject: str, by: MemberId) -> Asked:
    """Take back what was asked for, before it was approved. Raises NothingAsked."""
    row = await _waiting(uow, subject)
    row.state, row.withdrawn_by, row.ended_at = "withdrawn", by, uow.clock.now()
    await uow.session.flush()
    return _asked(uow, row)


async def open_corrections(uow: UnitOfWork) -> list[Asked]:
    """What waits for a second person or for M-Pesa, the oldest first."""
    rows = select(Correction).where(Correction.state.in_(("requested", "sent"))).order_by(Correction.requested_at)
    return [_asked(uow, row) for row in await uow.session.scalars(rows)]


FINDERS: dict[str, Callable[[UnitOfWork, str, str, str], Awaitable[Subject]]] = {
    "refund": find_refundable,
    "recover": find_carried,
    "write-off": find_carried,
    "reassign": find_wrongly_credited,
    "book": find_row,
    "dismiss": find_unconfirmed,
}
ACTS: dict[str, Callable[[UnitOfWork, Correction, Subject], Awaitable[None]]] = {
    "refund": begin_refund,
    "recover": act_recover,
    "write-off": act_write_off,
    "reassign": act_reassign,
    "book": act_book,
    "dismiss": act_dismiss,
}


async def _waiting(uow: UnitOfWork, subject: str) -> Correction:
    for name in (subject.strip().upper(), subject.strip().lower()):
        await hold_name(uow, f"correction {name}")
        row = await _open(uow, name)
        if row is not None and row.state == "requested":
            return row
    raise NothingAsked


async def _open(uow: UnitOfWork, subject: str) -> Correction | None:
    still = select(Correction).where(Correction.subject == subject, Correction.state.in_(("requested", "sent")))
    found: Correction | None = await uow.session.scalar(still.with_for_update())
    return found


def _asked(uow: UnitOfWork, row: Correction) -> Asked:
    age = uow.clock.now() - row.requested_at
    amount, by = Money.from_decimal(row.amount), MemberId(row.requested_by)
    return Asked(row.id, row.kind, row.subject, amount, row.reason, row.state, by, age)
