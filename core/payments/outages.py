"""M-Pesa's outages on record: opened and closed by an operator, or by what our own prompts tell.

Members aren't fined for what they couldn't pay: whoever fines asks here from when to when nobody could.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.questions import Selected
from core.payments.deposits import STK_PUSH
from core.payments.inbox import hold_name
from core.payments.models import MpesaTransaction, PaymentReceived
from core.payments.outage_models import OutageRow

log = logging.getLogger(__name__)

MPESA = "mpesa"
WATCH_JOB = "watch-mpesa-outages"
AUTOMATIC = "automatic"
# So many prompts in a row within this time without one that M-Pesa took: that isn't members' phones.
SILENT_PROMPTS, LOOKS_BACK = 5, timedelta(minutes=30)


@dataclass
class NoOutage(CoreError):
    """No outage is open, or its end would be before its beginning."""

    code = "no-outage"
    kind = Kind.CONFLICT


@dataclass
class OutageOpen(CoreError):
    """An outage is open already, since `at`; or it would begin in the future."""

    code = "outage-open"
    kind = Kind.CONFLICT

    at: datetime


@dataclass(frozen=True)
class Outage:
    """From when to when M-Pesa didn't work; `ended_at` is None while it lasts. `recorded_at`: since when we know of it."""

    began_at: datetime
    ended_at: datetime | None
    source: str
    reason: str
    recorded_at: datetime


async def outages_since(uow: UnitOfWork, moment: datetime) -> list[Outage]:
    """Every outage that hadn't ended by then, in order."""
    reaching = or_(OutageRow.ended_at.is_(None), OutageRow.ended_at > moment)
    rows = await uow.session.scalars(select(OutageRow).where(reaching).order_by(OutageRow.began_at, OutageRow.id))
    return [_as_outage(row) for row in rows]


async def open_outage(uow: UnitOfWork) -> Outage | None:
    """The outage that lasts now."""
    row = await uow.scalar(OPEN_OUTAGE)
    return None if row is None else _as_outage(row)


async def begin_outage(uow: UnitOfWork, *, began_at: datetime, reason: str, by: str, source: str = "operator") -> Outage:
    """Put an outage on record, from now or an earlier moment on. Raises OutageOpen."""
    await hold_name(uow, "mpesa outage")
    running = await open_outage(uow)
    if running is not None or began_at > uow.clock.now():
        raise OutageOpen(running.began_at if running else uow.clock.now())
    row = OutageRow(id=uow.ids.new(), provider=MPESA, began_at=began_at, source=source, reason=reason, opened_by=by)
    row.created_at = uow.clock.now()
    uow.session.add(row)
    await uow.session.flush()
    await record_security_event(uow, event_type="mpesa_outage", severity="high", details={"source": source, "reason": reason})
    log.error("M-Pesa is out since %s: %s", began_at, reason)
    return _as_outage(row)


async def end_outage(uow: UnitOfWork, *, ended_at: datetime, by: str) -> Outage:
    """M-Pesa works again, since now or an earlier moment. Raises NoOutage."""
    await hold_name(uow, "mpesa outage")
    row = await uow.session.scalar(_OPEN.with_for_update())
    if row is None or not row.began_at < ended_at <= uow.clock.now():
        raise NoOutage
    row.ended_at, row.closed_by = ended_at, by
    await uow.session.flush()
    log.warning("M-Pesa works again since %s", ended_at)
    return _as_outage(row)


def _as_outage(row: OutageRow) -> Outage:
    return Outage(row.began_at, row.ended_at, row.source, row.reason, row.created_at)


async def watch_outages(uow: UnitOfWork) -> None:
    """Open an outage when prompt after prompt gets no answer, and end such a one when M-Pesa took one or money came."""
    row = await uow.session.scalar(_OPEN)
    if row is None:
        since = await _silent_since(uow)
        if since is not None:
            await begin_outage(uow, began_at=since, reason="prompts are not answered", by=AUTOMATIC, source=AUTOMATIC)
    elif row.source == AUTOMATIC and (works_since := await _worked_after(uow, row.began_at)) is not None:
        await end_outage(uow, ended_at=works_since, by=AUTOMATIC)


async def _silent_since(uow: UnitOfWork) -> datetime | None:
    """When the first of the newest prompts was sent, if none of them was taken; an old silence says nothing about now."""
    now = uow.clock.now()
    newest = (
        select(MpesaTransaction.sent_at, MpesaTransaction.answer, MpesaTransaction.status)
        .where(MpesaTransaction.transaction_type == STK_PUSH, MpesaTransaction.sent_at > now - LOOKS_BACK)
        .order_by(MpesaTransaction.sent_at.desc())
        .limit(SILENT_PROMPTS)
    )
    found = (await uow.session.execute(newest)).all()
    silent = [sent for sent, answer, status in found if sent and answer == "unknown" and status != "completed"]
    came = await uow.session.scalar(select(func.max(PaymentReceived.received_at)))
    if len(silent) < SILENT_PROMPTS or (came is not None and came >= min(silent)):
        return None
    return min(silent)


async def _worked_after(uow: UnitOfWork, began_at: datetime) -> datetime | None:
    """When M-Pesa first took a prompt or a payment came in, after the outage had begun."""
    taken = select(func.min(MpesaTransaction.sent_at)).where(
        MpesaTransaction.transaction_type == STK_PUSH,
        MpesaTransaction.sent_at > began_at,
        MpesaTransaction.answer == "accepted",
    )
    came = select(func.min(PaymentReceived.received_at)).where(PaymentReceived.received_at > began_at)
    signs = [sign for sign in (await uow.session.scalar(taken), await uow.session.scalar(came)) if sign is not None]
    return min(signs) if signs else None


_OPEN = select(OutageRow).where(OutageRow.ended_at.is_(None)).execution_options(populate_existing=True)

OPEN_OUTAGE = Selected(_OPEN)
