"""What our books say that M-Pesa held at a moment, and what was on its way then.

The books know each movement's own time at M-Pesa: what happened there after the moment is left out again. What has no end yet,
or waits for proof, may or may not be in M-Pesa's figure, and so may what happened within two minutes of it. The rest of a
difference is a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from core.kernel.db import UnitOfWork
from core.kernel.money import Money

# M-Pesa's figures and its transactions carry times of their own systems.
AROUND = timedelta(minutes=2)


@dataclass(frozen=True)
class Comparison:
    """`booked`: what utility and working account held by our books. The other two say how far M-Pesa may be above or below."""

    booked: Money
    could_come: Money
    could_leave: Money

    def unexplained(self, held: Money) -> Money:
        """What of the difference to `held` nothing on its way explains; below zero: M-Pesa holds too little."""
        difference = (held - self.booked).minor
        return Money(difference - max(-self.could_leave.minor, min(difference, self.could_come.minor)))


async def compare(uow: UnitOfWork, *, at: datetime, charges_held: Money | None) -> Comparison:
    """Our side of a moment. charges_held: what M-Pesa's account of our charges stood at, where it told.

    What that stands higher than our books say was settled out of the others, which the statement will tell.
    """
    row = (await uow.session.execute(_BOOKED, {"at": at, "around": AROUND})).one()
    booked, came, left = (Money.from_decimal(one) for one in (row.booked, row.could_come, row.could_leave))
    settled = Money(0) if charges_held is None else charges_held + Money.from_decimal(row.charges)
    return Comparison(booked, came, left + max(settled, Money(0)))


# `moved` is what M-Pesa's accounts did; the mirrors in the books have the opposite sign.
_BOOKED = text("""
WITH moves AS (
  SELECT coalesce(paid_at, received_at) AS at, amount AS moved FROM payments_received
  WHERE coalesce(paid_at, received_at) > CAST(:at AS timestamptz) - CAST(:around AS interval)
  UNION ALL
  SELECT coalesce(transaction_date, updated_at), -amount FROM mpesa_transactions
  WHERE transaction_type = 'b2c' AND status IN ('completed', 'reversed')
    AND coalesce(transaction_date, updated_at) > CAST(:at AS timestamptz) - CAST(:around AS interval)
  UNION ALL
  SELECT coalesce(at, created_at), CASE direction WHEN 'in' THEN -amount ELSE amount END FROM payment_reversals
  WHERE coalesce(at, created_at) > CAST(:at AS timestamptz) - CAST(:around AS interval)
  UNION ALL
  SELECT at, amount FROM statement_rows WHERE booked IS NOT NULL AND account IN ('utility', 'working')
    AND at > CAST(:at AS timestamptz) - CAST(:around AS interval)
), mirrors AS (
  SELECT coalesce(sum(available) FILTER (WHERE name IN ('mpesa_utility', 'mpesa_working')), 0) AS ours,
    coalesce(sum(available) FILTER (WHERE name = 'mpesa_charges_paid'), 0) AS charges
  FROM ledger_balances WHERE kind = 'system' AND currency = 'KES'
), held AS (
  -- Confirmed to us and in no books yet; whether M-Pesa has it is what nobody knows.
  SELECT coalesce(sum(amount), 0) AS coming FROM unproven_payments
  WHERE outcome IN ('asking', 'unproven')
    AND coalesce(paid_at, received_at) <= CAST(:at AS timestamptz) + CAST(:around AS interval)
), open AS (
  SELECT coalesce(sum(amount) FILTER (WHERE transaction_type = 'stk_push'), 0) AS coming,
    coalesce(sum(amount) FILTER (WHERE transaction_type = 'b2c'), 0) AS leaving
  FROM mpesa_transactions
  WHERE status = 'processing' AND sent_at <= CAST(:at AS timestamptz) + CAST(:around AS interval)
)
SELECT mirrors.charges,
  -mirrors.ours - coalesce((SELECT sum(moved) FROM moves WHERE at > :at), 0) AS booked,
  open.coming + held.coming + coalesce((SELECT sum(abs(moved)) FROM moves
    WHERE at <= CAST(:at AS timestamptz) + CAST(:around AS interval) AND (moved > 0) = (at > :at)), 0) AS could_come,
  open.leaving + coalesce((SELECT sum(abs(moved)) FROM moves
    WHERE at <= CAST(:at AS timestamptz) + CAST(:around AS interval) AND (moved > 0) <> (at > :at)), 0) AS could_leave
FROM mirrors, open, held
""")
