"""From enough approvals to money that is set aside: a request's payment waits, in the books as well, for its time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid5

from core.daos.rules import Rules
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, TransferId
from core.kernel.money import Money
from core.ledger.accounts import Bucket, treasury
from core.ledger.service import InsufficientFunds, hold
from core.treasury.limits import TreasuryShort, check_balance, check_limits
from core.treasury.models import TreasuryRequest
from core.treasury.requests import PAY_JOB, as_request, have_told

HOLD = "treasury_hold"
# From the end of the objection window on, so long it may be paid, and tried again, without being approved anew.
PAYABLE_FOR = timedelta(hours=72)


async def allocate(uow: UnitOfWork, row: TreasuryRequest, rules: Rules, *, delay: timedelta) -> None:
    """Set the money aside and have it paid after the delay. The treasury is locked; this is the unit's one ledger call.

    Raises TreasuryLimit, TreasuryShort: then nothing of the unit may stay.
    """
    request, now = as_request(row), uow.clock.now()
    await check_limits(
        uow, group=request.group, rules=rules, total=request.total, petty=request.path == "petty", but=request.id
    )
    await check_balance(uow, group=request.group, rules=rules, total=request.total)
    row.attempts += 1
    row.approved_at = row.approved_at or now
    row.due_at = now + delay
    if row.status == "open":
        row.expires_at = row.due_at + PAYABLE_FOR
    row.hold_transfer = await _hold(uow, row, request.group, request.total, rules)
    row.status, row.because, row.updated_at = "waiting", None, now
    await uow.session.flush()
    await uow.enqueue(PAY_JOB, {"request": str(row.id)}, after=delay, key=f"{PAY_JOB} {row.id} {row.attempts}")
    if delay:
        await have_told(uow, row.id, "waiting")


async def _hold(uow: UnitOfWork, row: TreasuryRequest, group: DaoId, total: Money, rules: Rules) -> TransferId:
    intent = uuid5(row.id, f"hold {row.attempts}")
    try:
        held = await hold(
            uow,
            intent=intent,
            kind=HOLD,
            account=treasury(group),
            amount=total,
            bucket=Bucket.PENDING,
            details={"request": str(row.id)},
        )
    except InsufficientFunds as short:
        raise TreasuryShort(short.available, total, rules.reserve) from None
    return held.transfer
