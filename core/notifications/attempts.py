"""One send after the other: who may send a message now, and what follows from its outcome.

A message is marked as being sent, and that is committed, before its carrier is called. So a worker that dies in the middle
leaves a doubt behind and not a second message: what may have arrived is sent again only where a second copy does no harm.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Enum

from core.kernel.db import UnitOfWork
from core.notifications.models import OPEN, Delivery
from core.notifications.ports import Accepted, Outcome, Rejected, Unknown

# Longer than any sender waits for its carrier; after that, whoever was sending is gone.
CALL_AT_MOST = timedelta(seconds=45)
# Waits after a refusal that may pass (the carrier can't be reached, the account is out of credit): an hour in all.
WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=3),
    timedelta(minutes=15),
    timedelta(minutes=45),
)
# A message with a receipt is read as one, even when it comes twice; more than one copy is never risked.
AFTER_A_DOUBT = timedelta(seconds=30)
LONGEST_REASON = 200
# The shortest secret in a message is a code of six digits, in one piece or in two.
CODE = re.compile(r"\d(?:[ -]?\d){5,}")


# Of a message that was still to be sent when what it is about was over.
TOO_LATE = "its time was over before it could be sent"


class Claim(Enum):
    """What a worker finds when it's about to send."""

    OURS = "ours"
    ELSEWHERE = "elsewhere"
    OVER = "over"


def claim(row: Delivery, *, now: datetime, doubts: int) -> Claim:
    """Mark the message as being sent by us. `doubts` is how many unknown outcomes this kind of message survives."""
    if row.status not in OPEN:
        return Claim.OVER
    if row.status == "sending":
        if row.claimed_at is not None and now - row.claimed_at < CALL_AT_MOST:
            return Claim.ELSEWHERE
        if conclude(row, Unknown("the worker stopped while sending"), now=now, doubts=doubts) is None:
            return Claim.OVER
    row.status, row.claimed_at = "sending", now
    row.attempts += 1
    return Claim.OURS


def conclude(row: Delivery, outcome: Outcome, *, now: datetime, doubts: int) -> timedelta | None:
    """Write down how a send ended; returns the wait before the next one, or None when there's none."""
    match outcome:
        case Accepted():
            row.status, row.sent_at, row.error_message = "sent", now, None
            return None
        case Rejected(reason, retry, after):
            row.error_message = without_codes(reason)
            again = retry and row.attempts <= len(WAITS)
            row.status = "pending" if again else "failed"
            return max(WAITS[row.attempts - 1], after or timedelta(0)) if again else None
        case Unknown(reason):
            row.error_message = without_codes(reason)
            row.doubts += 1
            row.status = "pending" if row.doubts <= doubts else "unknown"
            return AFTER_A_DOUBT if row.status == "pending" else None


def without_codes(reason: str) -> str:
    """A carrier's own words as they may be kept: they might say again what we sent, so nothing as long as a code stays."""
    return CODE.sub("******", reason)[:LONGEST_REASON]


async def again(
    uow: UnitOfWork, job: str, row: Delivery, *, after: timedelta | None = None, not_before: datetime | None = None
) -> None:
    """Have the worker take up this message, `after` a wait or `not_before` a moment."""
    wait = not_before - uow.clock.now() if not_before else after
    await uow.enqueue(job, {"id": str(row.id)}, after=wait)
