"""Asking M-Pesa what it holds, taking its answer, and judging the difference until all that was on its way has arrived."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.kernel.questions import Selected
from core.payments.fund_models import FundsProof
from core.payments.funds.comparing import compare
from core.payments.funds.freezing import freeze_or_thaw
from core.payments.inbox import ReadReport, intent_of, put_aside
from core.payments.models import PaymentCallback
from core.payments.outcomes import Accepted, Taken
from core.payments.reports import BalanceReport, Unreadable

log = logging.getLogger(__name__)

RESULT, TIMEOUT = "balance-result", "balance-timeout"
# Our two accounts that hold members' money, by M-Pesa's names, and the one on which its charges accrue.
HOLDING, CHARGES = ("utility account", "working account"), "charges paid account"
# What was on its way an hour ago has mostly arrived; after two days whatever is left is for the statement.
JUDGED_AGAIN = timedelta(days=2)


@dataclass(frozen=True)
class Proof:
    """The newest comparison: what M-Pesa held `at` a moment, what the books say, and what of the difference is unexplained."""

    at: datetime
    held: Money
    booked: Money
    unexplained: Money

    @property
    def difference(self) -> Money:
        """M-Pesa's figure less ours."""
        return self.held - self.booked


async def begin_proof(uow: UnitOfWork) -> UUID:
    """Write down that M-Pesa is about to be asked; the question goes out after the commit. What wasn't answered has failed."""
    now = uow.clock.now()
    unanswered = select(FundsProof).where(FundsProof.status == "asked").order_by(FundsProof.id).with_for_update()
    for proof in list(await uow.session.scalars(unanswered)):
        proof.status, proof.problem = "failed", "no answer came"
    row = FundsProof(id=uow.ids.new(), status="asked", asked_at=now)
    uow.session.add(row)
    await uow.session.flush()
    return row.id


async def record_asked(uow: UnitOfWork, *, proof: UUID, outcome: Taken) -> None:
    """Write down how the question was taken. The answer may have come before."""
    row = await _lock(uow, proof)
    if row is None or row.status != "asked":
        return
    if isinstance(outcome, Accepted):
        row.reference = outcome.reference or None
        return
    row.status, row.problem = "failed", str(outcome)
    log.warning("M-Pesa can't be asked what it holds: %s", outcome)


async def read_balance_report(uow: UnitOfWork, stored: PaymentCallback, read_report: ReadReport) -> str:
    """Act on what M-Pesa says that it holds; returns what came of it. Nobody signs it, so it must answer our own question."""
    if stored.kind == TIMEOUT:
        return "not-proof"
    intent = intent_of(stored)
    row = None if intent is None else await _lock(uow, intent)
    if row is None:
        return await put_aside(uow, stored, None, "unknown-intent")
    said = read_report("balance", stored.body)
    if not isinstance(said, BalanceReport):
        row.status, row.problem = ("failed", _why(said)) if row.status == "asked" else (row.status, row.problem)
        return await put_aside(uow, stored, None, _why(said))
    if row.reference is not None and said.reference != row.reference:
        return await put_aside(uow, stored, None, "conversation-mismatch")
    if row.status != "asked":
        return "repeated"
    return await _answered(uow, stored, row, said)


async def _answered(uow: UnitOfWork, stored: PaymentCallback, row: FundsProof, said: BalanceReport) -> str:
    held = _held(said.accounts, *HOLDING)
    if held is None:
        row.status, row.problem = "failed", "no account that we know"
        return await put_aside(uow, stored, None, "no-balance")
    # A clock that runs ahead must not hide what comes next.
    row.held_at = min(said.at or stored.received_at, stored.received_at)
    row.accounts = {name: f"{amount.as_decimal():f}" for name, amount in said.accounts.items()}
    row.held, row.answered_at = held.as_decimal(), stored.received_at
    await _judge(uow, row, _held(said.accounts, CHARGES))
    row.status = "answered"
    await uow.session.flush()
    return "answered"


async def judge_again(uow: UnitOfWork, *, gap_lasts: timedelta) -> None:
    """Look again at what was on its way, and freeze withdrawals when a gap has lasted, or let them go on when none is left."""
    again = (
        select(FundsProof)
        .where(FundsProof.status == "answered", FundsProof.held_at > uow.clock.now() - JUDGED_AGAIN)
        .where(or_(FundsProof.unexplained != 0, FundsProof.could_come != 0, FundsProof.could_leave != 0))
        .order_by(FundsProof.id)
        .with_for_update()
    )
    for row in list(await uow.session.scalars(again)):
        await _judge(uow, row, _charges_of(row))
    await uow.session.flush()
    await freeze_or_thaw(uow, gap_lasts=gap_lasts)


async def newest_proof(uow: UnitOfWork) -> Proof | None:
    """The last comparison that M-Pesa answered; None while there is none."""
    row = await uow.scalar(NEWEST)
    if row is None or row.held_at is None or row.held is None or row.booked is None or row.unexplained is None:
        return None
    return Proof(row.held_at, *(Money.from_decimal(one) for one in (row.held, row.booked, row.unexplained)))


NEWEST = Selected(
    select(FundsProof).where(FundsProof.status == "answered").order_by(FundsProof.held_at.desc(), FundsProof.id.desc()).limit(1)
)


async def _judge(uow: UnitOfWork, row: FundsProof, charges: Money | None) -> None:
    if row.held is None or row.held_at is None:
        return
    ours = await compare(uow, at=row.held_at, charges_held=charges)
    row.booked = ours.booked.as_decimal()
    row.could_come, row.could_leave = ours.could_come.as_decimal(), ours.could_leave.as_decimal()
    row.unexplained = ours.unexplained(Money.from_decimal(row.held)).as_decimal()
    row.judged_at = uow.clock.now()


def _held(accounts: Mapping[str, Money], *names: str) -> Money | None:
    found = [amount for name, amount in accounts.items() if name.lower() in names]
    return sum(found, Money(0)) if found else None


def _charges_of(row: FundsProof) -> Money | None:
    return _held({name: Money.from_decimal(Decimal(amount)) for name, amount in (row.accounts or {}).items()}, CHARGES)


def _why(said: object) -> str:
    return said.reason if isinstance(said, Unreadable) else "not-about-a-balance"


async def _lock(uow: UnitOfWork, proof: UUID) -> FundsProof | None:
    row = select(FundsProof).where(FundsProof.id == proof).with_for_update().execution_options(populate_existing=True)
    found: FundsProof | None = await uow.session.scalar(row)
    return found
