"""Withdrawals stop when a gap that nothing explains has lasted, and go on when it is explained or an operator says why.

Stopped withdrawals wait with their money set aside, as they do while M-Pesa is away. A gap that an operator has answered for
doesn't stop them again; another one does.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core.identity.events import record_security_event
from core.identity.models import SecurityEvent
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected
from core.payments.fund_models import FundsFreeze, FundsProof

log = logging.getLogger(__name__)

GAP = "funds-gap"
EXPLAINED = "explained"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class NotFrozen(CoreError):
    """Withdrawals aren't frozen for a gap."""

    code = "not-frozen"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class Frozen:
    """Since when withdrawals wait, and for which gap: M-Pesa's figure less ours, as far as nothing explains it."""

    gap: Money
    since: datetime
    frozen_at: datetime


async def withdrawals_frozen(uow: UnitOfWork) -> Frozen | None:
    """Why withdrawals wait for a gap; None when they don't."""
    row = await _open(uow)
    return None if row is None else Frozen(Money.from_decimal(row.gap), row.since, row.frozen_at)


async def thaw(uow: UnitOfWork, *, by: MemberId, reason: str) -> Frozen:
    """Let withdrawals go on although the gap is there, on a person's word. Raises NotFrozen."""
    row = await _open(uow, lock=True)
    if row is None:
        raise NotFrozen
    row.thawed_at, row.thawed_by, row.reason = uow.clock.now(), by, reason
    details = {"gap": str(Money.from_decimal(row.gap)), "reason": reason}
    await record_security_event(uow, event_type="withdrawals_thawed", severity="high", member=by, details=details)
    log.warning("withdrawals go on although a gap of %s isn't explained", row.gap)
    return Frozen(Money.from_decimal(row.gap), row.since, row.frozen_at)


async def gap_since(uow: UnitOfWork) -> datetime | None:
    """Since when every comparison had a gap that nobody has answered for; None when the newest had none."""
    answered, fine = FundsProof.status == "answered", [Decimal(0)]
    if (accepted := await _answered_for(uow)) is not None:
        fine.append(accepted)
    clean = select(func.max(FundsProof.held_at)).where(answered, FundsProof.unexplained.in_(fine)).scalar_subquery()
    later = func.coalesce(clean, BEGINNING)
    since: datetime | None = await uow.session.scalar(
        select(func.min(FundsProof.held_at)).where(answered, FundsProof.unexplained.not_in(fine), FundsProof.held_at >= later)
    )
    return since


async def freeze_or_thaw(uow: UnitOfWork, *, gap_lasts: timedelta) -> None:
    """What the comparisons so far mean for withdrawals."""
    newest = (
        select(FundsProof)
        .where(FundsProof.status == "answered")
        .order_by(FundsProof.held_at.desc(), FundsProof.id.desc())
        .limit(1)
    )
    proof = await uow.session.scalar(newest)
    if proof is None:
        return
    since, frozen = await gap_since(uow), await _open(uow, lock=True)
    if since is None and frozen is not None:
        frozen.thawed_at, frozen.reason = uow.clock.now(), EXPLAINED
        log.warning("the gap is explained; withdrawals go on")
    if since is None or frozen is not None:
        return
    await _alarm(uow, "funds_gap", proof, since, once=True)
    if uow.clock.now() - since >= gap_lasts:
        await _freeze(uow, proof, since)


async def _freeze(uow: UnitOfWork, proof: FundsProof, since: datetime) -> None:
    row = FundsFreeze(id=uow.ids.new(), proof_id=proof.id, gap=proof.unexplained, since=since, frozen_at=uow.clock.now())
    uow.session.add(row)
    await uow.session.flush()
    await _alarm(uow, "withdrawals_frozen", proof, since)


async def _alarm(uow: UnitOfWork, event: str, proof: FundsProof, since: datetime, *, once: bool = False) -> None:
    """Once for a gap that goes on, however often it is seen."""
    known = select(SecurityEvent.id).where(SecurityEvent.event_type == event, SecurityEvent.created_at >= since).limit(1)
    if once and await uow.session.scalar(known) is not None:
        return
    details = {"gap": str(Money.from_decimal(proof.unexplained or Decimal(0))), "since": since.isoformat()}
    await record_security_event(uow, event_type=event, severity="critical", details=details)
    log.error("%s: what M-Pesa holds differs from our books by %s, unexplained since %s", event, details["gap"], since)


async def _answered_for(uow: UnitOfWork) -> Decimal | None:
    """The gap that an operator last answered for, unless it was gone since."""
    latest = select(FundsFreeze).where(FundsFreeze.thawed_by.is_not(None)).order_by(FundsFreeze.frozen_at.desc()).limit(1)
    row = await uow.session.scalar(latest)
    if row is None or row.thawed_at is None:
        return None
    gone = select(FundsProof.id).where(FundsProof.unexplained == 0, FundsProof.held_at > row.thawed_at).limit(1)
    return row.gap if await uow.session.scalar(gone) is None else None


async def _open(uow: UnitOfWork, *, lock: bool = False) -> FundsFreeze | None:
    if lock:
        found: FundsFreeze | None = await uow.session.scalar(_STILL.with_for_update())
        return found
    return await uow.scalar(FROZEN)


_STILL = select(FundsFreeze).where(FundsFreeze.thawed_at.is_(None))
FROZEN = Selected(_STILL)
