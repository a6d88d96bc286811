"""Stops payouts by themselves when a provider is unwell or no longer lets us in.

Several answers in a row that prove nothing stop them for a while that doubles; then one may try. A refused or locked
operator stops them until a person has looked: each further try would only lock the password harder. Stopped payouts wait
with their money held; none is failed by this.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.questions import Selected, given
from core.payments.funds.freezing import GAP, withdrawals_frozen
from core.payments.outcomes import Accepted, Failed, Outcome, Succeeded, Taken, Unknown
from core.payments.provider_models import PayoutBreaker

log = logging.getLogger(__name__)

MPESA = "M-PESA"
MOST_FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
# Our operator's name or password is wrong or locked, or may not pay: everybody's payout will meet it (B2C page).
OPERATOR_REFUSED = {"2001": "operator-refused", "8006": "operator-locked", "21": "operator-not-allowed"}

# Of these, what says so whatever was asked for; "may not pay" is another right than "may not ask".
PASSWORD_REFUSED = ("2001", "8006")


STOPPED = Selected(select(PayoutBreaker).where(PayoutBreaker.provider == given("provider")))


async def payouts_stopped(uow: UnitOfWork) -> str | None:
    """Why no payout may be sent now; None when they may."""
    if await withdrawals_frozen(uow) is not None:
        return GAP
    row = await uow.scalar(STOPPED, provider=MPESA)
    if row is None or row.stopped_at is None:
        return None
    is_over = row.stopped_until is not None and row.stopped_until <= uow.clock.now()
    return None if is_over else row.reason


async def note_payout_taken(uow: UnitOfWork, outcome: Taken) -> None:
    """Learn from how a payout's request was answered."""
    if isinstance(outcome, Accepted):
        await _recover(uow)
    elif not isinstance(outcome, Failed) or outcome.reason in ("not-sent", "busy"):
        await _count(uow)


async def note_payout_ended(uow: UnitOfWork, outcome: Outcome) -> None:
    """Learn from how a payout ended."""
    if isinstance(outcome, Succeeded):
        await _recover(uow)
    elif isinstance(outcome, Failed) and (reason := OPERATOR_REFUSED.get(outcome.code)) is not None:
        await _stop(uow, reason=reason, pause=None)


async def note_answer(uow: UnitOfWork, outcome: Outcome) -> bool:
    """Learn from an answer about any transaction; True when it refused our operator, and so said nothing of the transaction.

    Whoever may not ask may not pay either, and each further try with a wrong password locks it harder.
    """
    if not isinstance(outcome, Unknown) or outcome.code not in PASSWORD_REFUSED:
        return False
    await _stop(uow, reason=OPERATOR_REFUSED[outcome.code], pause=None)
    return True


async def resume_payouts(uow: UnitOfWork) -> bool:
    """Let payouts be sent again, as an operator has decided; False when they weren't stopped."""
    row = await _lock(uow)
    was_stopped = row.stopped_at is not None
    _clear(uow, row)
    return was_stopped


async def _recover(uow: UnitOfWork) -> None:
    """A good answer ends a pause, but not a stop that a person has to lift."""
    known = await uow.session.get(PayoutBreaker, MPESA)
    if known is None or not (known.failures or known.stopped_at):
        return
    row = await _lock(uow)
    if row.stopped_at is None or row.stopped_until is not None:
        _clear(uow, row)


async def _count(uow: UnitOfWork) -> None:
    row = await _lock(uow)
    row.failures, row.updated_at = row.failures + 1, uow.clock.now()
    if row.failures >= MOST_FAILURES and (row.stopped_at is None or row.stopped_until is not None):
        pause = min(FIRST_PAUSE * 2 ** min(row.failures - MOST_FAILURES, 10), LONGEST_PAUSE)
        await _stop(uow, reason="no-answers", pause=pause)


async def _stop(uow: UnitOfWork, *, reason: str, pause: timedelta | None) -> None:
    row, now = await _lock(uow), uow.clock.now()
    is_news = row.reason != reason
    row.stopped_at, row.reason, row.updated_at = now, reason, now
    row.stopped_until = None if pause is None else now + pause
    log.error("payouts are stopped: %s, until %s", reason, row.stopped_until or "an operator resumes them")
    if is_news:
        severity = "critical" if pause is None else "high"
        await record_security_event(uow, event_type="payouts_stopped", severity=severity, details={"reason": reason})


async def _lock(uow: UnitOfWork) -> PayoutBreaker:
    there = insert(PayoutBreaker).values(provider=MPESA, failures=0, updated_at=uow.clock.now())
    await uow.session.execute(there.on_conflict_do_nothing())
    row = await uow.session.get(PayoutBreaker, MPESA, with_for_update=True, populate_existing=True)
    assert row is not None  # noqa: S101 - it was put there just before
    return row


def _clear(uow: UnitOfWork, row: PayoutBreaker) -> None:
    row.failures, row.stopped_at, row.stopped_until, row.reason = 0, None, None, None
    row.updated_at = uow.clock.now()
