"""The figures of an operator's day: what came and went, what is open, what differs, and the day's sums by the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text

from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.ledger import accounts
from core.ledger.accounts import Account
from core.ledger.history import period
from core.payments.corrections import open_corrections
from core.payments.funds.freezing import withdrawals_frozen
from core.payments.funds.proofs import newest_proof
from core.payments.payouts import doubtful_payouts
from core.payments.statements.coverage import spans, unstated
from core.payments.statements.reconciling import differences
from core.payments.suspense import in_suspense

MOST_SHOWN = 50
HOUR = 3600
MIRRORS = (accounts.MPESA_UTILITY, accounts.MPESA_WORKING, accounts.MPESA_CHARGES_PAID, accounts.MPESA_TRANSIT)
OWED = (accounts.SUSPENSE, accounts.MPESA_REFUNDS)
REVENUE = (accounts.PLATFORM_FEES, accounts.PROTOCOL_FEES, accounts.MPESA_RECOVERED)
EXPENSES = (accounts.MPESA_CHARGES, accounts.WRITE_OFFS, accounts.NETWORK_FEES)
OTHERS = (accounts.FX, accounts.CHAIN_CUSTODY)
EVERY_ACCOUNT = (*MIRRORS, *OWED, *REVENUE, *EXPENSES, *OTHERS)


@dataclass(frozen=True)
class Day:
    """From midnight to midnight in East Africa."""

    date: date

    @property
    def since(self) -> datetime:
        return datetime.combine(self.date, time(), EAST_AFRICA).astimezone(UTC)

    @property
    def until(self) -> datetime:
        return self.since + timedelta(days=1)


async def figures_of(uow: UnitOfWork, day: Day) -> dict[str, Any]:
    """All of it as plain data; `sums` are in cents."""
    asked = {"since": day.since, "until": day.until}
    moved = {account: await period(uow, account, since=day.since, until=day.until) for account in EVERY_ACCOUNT}
    closing = {account: one.closing.total for account, one in moved.items()}
    change = {account: one.closing.total - one.opening.total for account, one in moved.items()}
    received = (await uow.session.execute(_RECEIVED, asked)).one()
    return {
        "day": str(day.date),
        "received": {"count": received.count, "sum": _shown(received.sum), "matched": received.matched},
        "statement": [
            {"kind": row.kind, "state": row.state, "rows": row.rows, "sum": _shown(row.sum)}
            for row in await uow.session.execute(_STATED, asked)
        ],
        "covered": [f"{span.since:%Y-%m-%d %H:%M} to {span.until:%Y-%m-%d %H:%M} UTC" for span in await spans(uow)][-3:],
        "suspense": await _suspense(uow),
        "payouts": await _payouts(uow, asked),
        "fees": [
            {"category": row.fee_category, "sum": _shown(row.sum), "tax": _shown(row.tax), "count": row.count}
            for row in await uow.session.execute(_FEES, asked)
        ],
        "charges": {"booked": str(-change[accounts.MPESA_CHARGES]), "recovered": str(change[accounts.MPESA_RECOVERED])},
        "differences": await _differences(uow),
        "not_in_statement": [
            {"kind": one.kind, "receipt": one.receipt, "amount": str(one.amount)}
            for one in await unstated(uow, limit=MOST_SHOWN)
        ],
        "corrections": await _corrections(uow),
        "funds": await _funds(uow),
        "sums": _sums(change, closing),
    }


def _sums(change: dict[Account, Money], closing: dict[Account, Money]) -> dict[str, int]:
    """What the day earned and cost, and what there was at its end: people and groups own whatever the system doesn't."""
    return {
        "revenue": _total([change[account] for account in REVENUE]).minor,
        "expenses": -_total([change[account] for account in EXPENSES]).minor,
        "assets": -_total([closing[account] for account in MIRRORS]).minor,
        "liabilities": (_total([closing[account] for account in OWED]) - _total(list(closing.values()))).minor,
        "equity": _total([closing[account] for account in (*REVENUE, *EXPENSES, *OTHERS)]).minor,
    }


async def _suspense(uow: UnitOfWork) -> dict[str, Any]:
    waiting = await in_suspense(uow)
    return {
        "count": len(waiting),
        "sum": str(_total([one.amount for one in waiting])),
        "oldest_hours": max((_hours(one.age) for one in waiting), default=0),
        "payments": [
            {"receipt": one.receipt, "amount": str(one.amount), "hours": _hours(one.age), "why": one.reason}
            for one in waiting[:MOST_SHOWN]
        ],
    }


async def _payouts(uow: UnitOfWork, asked: dict[str, datetime]) -> dict[str, Any]:
    paid = (await uow.session.execute(_PAID, asked)).one()
    doubtful = [
        {"payout": str(one.payout), "amount": str(one.amount), "status": one.status, "why": one.attention}
        for one in (await doubtful_payouts(uow))[:MOST_SHOWN]
    ]
    sums = {"sum": _shown(paid.sum), "open_sum": _shown(paid.open_sum)}
    return {"paid": paid.paid, "open": paid.open, "doubtful": doubtful, **sums}


async def _differences(uow: UnitOfWork) -> list[dict[str, Any]]:
    return [
        {
            "row": str(one.row),
            "kind": one.kind,
            "receipt": one.receipt,
            "amount": str(one.amount),
            "why": one.why,
            "hours": _hours(one.age),
        }
        for one in await differences(uow, limit=MOST_SHOWN)
    ]


async def _corrections(uow: UnitOfWork) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "subject": one.subject,
            "amount": str(one.amount),
            "state": one.state,
            "hours": _hours(one.age),
        }
        for one in await open_corrections(uow)
    ]


async def _funds(uow: UnitOfWork) -> dict[str, Any]:
    proof = await newest_proof(uow)
    if proof is None:
        return {}
    told = {"at": proof.at.isoformat(), "held": str(proof.held), "booked": str(proof.booked)}
    return {**told, "unexplained": str(proof.unexplained), "frozen": await withdrawals_frozen(uow) is not None}


def _total(amounts: list[Money]) -> Money:
    return sum(amounts, Money(0))


def _shown(amount: Any) -> str:
    return str(Money.from_decimal(amount))


def _hours(age: timedelta) -> int:
    return int(age.total_seconds() // HOUR)


_RECEIVED = text("""
SELECT count(*) AS count, coalesce(sum(amount), 0) AS sum, count(*) FILTER (WHERE sources @> '{statement}') AS matched
FROM payments_received WHERE coalesce(paid_at, received_at) >= :since AND coalesce(paid_at, received_at) < :until
""")
_PAID = text("""
SELECT count(*) FILTER (WHERE is_paid) AS paid, coalesce(sum(amount) FILTER (WHERE is_paid), 0) AS sum,
  count(*) FILTER (WHERE books = 'held') AS open, coalesce(sum(amount) FILTER (WHERE books = 'held'), 0) AS open_sum
FROM (
  SELECT m.amount, p.books, m.status IN ('completed', 'reversed') AND coalesce(m.transaction_date, m.updated_at) >= :since
    AND coalesce(m.transaction_date, m.updated_at) < :until AS is_paid
  FROM payouts p JOIN mpesa_transactions m ON m.id = p.id
) payments
""")
_STATED = text("""
SELECT kind, state, count(*) AS rows, sum(amount) AS sum FROM statement_rows WHERE at >= :since AND at < :until
GROUP BY kind, state ORDER BY kind, state
""")
_FEES = text("""
SELECT fee_category, sum(fee_amount) AS sum, sum(tax_amount) AS tax, count(*) AS count FROM transaction_fees
WHERE created_at >= :since AND created_at < :until AND currency = 'KES' GROUP BY fee_category ORDER BY fee_category
""")
