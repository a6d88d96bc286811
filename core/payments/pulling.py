"""M-Pesa's own list of the payments to our paybill, read for what no callback told us.

It is asked for every few minutes while something is stuck (a prompt without an end, a claim that nobody has confirmed, a
payment that has to be proven), and every hour anyway, from where it was last read to its end: an outage of ours, or hours in
which it couldn't be read, leave nothing out. It reaches back two days; what is older is for the organisation's statement and
a person.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.identity.events import record_security_event
from core.identity.models import SecurityEvent
from core.kernel.db import UnitOfWork
from core.payments.deposits import STK_PUSH
from core.payments.models import MpesaTransaction, PaymentClaim, PaymentReceived
from core.payments.ports import StatementLine
from core.payments.proof_models import UnprovenPayment, WholeList
from core.payments.receiving import take_in
from core.payments.settlement import OPEN
from core.payments.sources import LONGEST_ACCOUNT, Payment

log = logging.getLogger(__name__)

# A prompt that has not ended by now is stuck: practice says that most end within a minute.
STUCK_AFTER = timedelta(minutes=2)
# Safaricom's clock and ours may differ, and its list is some minutes behind.
MARGIN = timedelta(minutes=15)
# How far the list may be behind: what isn't in it after that wasn't paid.
LIST_IS_BEHIND = timedelta(minutes=30)
# How often the worker looks whether something is stuck; the first look of each hour asks in any case, for two hours at least.
EVERY_MINUTES = 5
HOURLY = timedelta(hours=2)
DAY = timedelta(days=1)
DOUBTFUL, UNREAD = "payment_list_doubtful", "payment_list_unread"
# So many hourly looks in a row that brought nothing readable.
SILENT_HOURS = 3
SILENCE = timedelta(hours=SILENT_HOURS - 1, minutes=30)


@dataclass(frozen=True)
class Window:
    """From when to when the list is asked for."""

    since: datetime
    until: datetime


async def wanted_window(uow: UnitOfWork, *, hours: int) -> Window | None:
    """What to ask for now; None when nothing is stuck and the hourly look isn't due. hours: how far the list reaches back."""
    now = uow.clock.now()
    oldest = now - timedelta(hours=hours) + MARGIN
    prompts = select(func.min(MpesaTransaction.sent_at)).where(
        MpesaTransaction.transaction_type == STK_PUSH,
        MpesaTransaction.status.in_(OPEN),
        MpesaTransaction.sent_at.between(oldest, now - STUCK_AFTER),
    )
    claims = select(func.min(PaymentClaim.created_at)).where(PaymentClaim.outcome == "asking", PaymentClaim.created_at > oldest)
    sent, claimed = await uow.session.scalar(prompts), await uow.session.scalar(claims)
    unproven = select(func.min(UnprovenPayment.received_at)).where(
        UnprovenPayment.outcome == "asking", UnprovenPayment.received_at > oldest
    )
    told = await uow.session.scalar(unproven)
    since = [moment for moment in (sent, told) if moment is not None]
    if claimed is not None:
        # She says that she paid, not when.
        since.append(claimed - DAY)
    if now.minute < EVERY_MINUTES:
        since.append(min(now - HOURLY, await _covered_until(uow, oldest) - LIST_IS_BEHIND))
    return Window(max(oldest, min(since) - MARGIN), now) if since else None


def within_reach(window: Window, *, now: datetime, hours: int) -> Window | None:
    """What the list can still tell of a window that was asked for a while ago; None for nothing of it."""
    oldest = now - timedelta(hours=hours)
    if window.since >= oldest:
        return window
    # With the margin again, or every job of a long list would shorten it and begin anew.
    since = oldest + MARGIN
    return Window(since, window.until) if since < window.until else None


async def _covered_until(uow: UnitOfWork, oldest: datetime) -> datetime:
    """Up to when lists that were read to their end cover everything from `oldest` on, without a gap; `oldest` itself for none.

    The end of the last one alone would hide hours before it that nobody read: a stuck prompt is asked about with its own
    time only.
    """
    # A list was read after its own end, so the index on read_at finds all that matter.
    whole = (
        select(WholeList.since, WholeList.until)
        .where(WholeList.read_at > oldest, WholeList.until > oldest)
        .order_by(WholeList.since)
    )
    covered = oldest
    for since, until in (await uow.session.execute(whole)).all():
        if since > covered:
            break
        covered = max(covered, until)
    return covered


async def note_whole_list(uow: UnitOfWork, window: Window) -> None:
    """The list was read to its end: what isn't in it wasn't paid to us in this window."""
    uow.session.add(WholeList(id=uow.ids.new(), since=window.since, until=window.until, read_at=uow.clock.now()))


async def list_was_whole(uow: UnitOfWork, *, since: datetime, until: datetime) -> bool:
    """Whether a list that was read to its end covers all of this."""
    covering = select(WholeList.id).where(WholeList.since <= since, WholeList.until >= until).limit(1)
    return await uow.session.scalar(covering) is not None


async def unknown_lines(uow: UnitOfWork, lines: tuple[StatementLine, ...]) -> list[StatementLine]:
    """The lines that the list hasn't told us before."""
    told = select(PaymentReceived.receipt).where(
        PaymentReceived.receipt.in_([line.receipt for line in lines]), PaymentReceived.sources.contains(["pull"])
    )
    known = set(await uow.session.scalars(told))
    return [line for line in lines if line.receipt not in known]


async def take_line(uow: UnitOfWork, line: StatementLine) -> str:
    """Take in one payment of the list; returns what became of it."""
    payment = Payment(
        receipt=line.receipt,
        amount=line.amount,
        source="pull",
        account=line.account[:LONGEST_ACCOUNT],
        payer=line.payer,
        paid_at=line.at,
    )
    taken = await take_in(uow, payment)
    if taken.doubt is not None:
        log.error("payment %s of M-Pesa's list: %s", line.receipt, taken.doubt)
    return taken.outcome


async def doubt_emptiness(uow: UnitOfWork, window: Window) -> None:
    """An empty list can also mean that we may not ask. If payments came in by then, somebody should find out; once a day."""
    came = select(PaymentReceived.id).where(PaymentReceived.received_at.between(window.since, window.until - MARGIN)).limit(1)
    if await uow.session.scalar(came) is None or await _alarmed(uow):
        return
    await record_security_event(uow, event_type=DOUBTFUL, severity="high", details={"since": window.since.isoformat()})
    log.error("M-Pesa's list of payments is empty although payments came in: is the paybill registered for it?")


async def doubt_silence(uow: UnitOfWork, why: str) -> None:
    """A list that can't be read at the look of one hour may be read at the next; after some hours somebody should find out."""
    now = uow.clock.now()
    if now.minute >= EVERY_MINUTES:
        return
    await record_security_event(uow, event_type=UNREAD, severity="low", details={"why": why})
    unread = select(func.count()).where(SecurityEvent.event_type == UNREAD, SecurityEvent.created_at > now - SILENCE)
    if (await uow.session.scalar(unread) or 0) < SILENT_HOURS or await _alarmed(uow):
        return
    await record_security_event(uow, event_type=DOUBTFUL, severity="high", details={"unreadable": why})
    log.error("M-Pesa's list of payments could not be read for %d hours: %s", SILENT_HOURS, why)


async def _alarmed(uow: UnitOfWork) -> bool:
    """Whether somebody was told within the day."""
    alarmed = select(SecurityEvent.id).where(
        SecurityEvent.event_type == DOUBTFUL, SecurityEvent.created_at > uow.clock.now() - DAY
    )
    return await uow.session.scalar(alarmed.limit(1)) is not None
