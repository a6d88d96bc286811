"""What a member has paid in fees, and what a movement would cost: reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.money import KES, Money
from core.payments.deposits import HIGHEST_DEPOSIT, LOWEST_DEPOSIT, DepositQuote, quote_deposit
from core.payments.models import TransactionFee
from core.payments.tariffs import BUSINESS_PAYS, PAYBILL, mpesa_charge
from core.payments.withdrawal_quotes import LEAST_PART, WithdrawalQuote, quote_withdrawal


@dataclass(frozen=True)
class FeePaid:
    """One fee: for what, how much, of how much, when. `network` when it was M-Pesa's and not ours."""

    category: str
    network: bool
    amount: Money
    base: Money
    at: datetime


@dataclass(frozen=True)
class FeesPaid:
    """All that a member paid since the month began and ever, and her last fees, newest first."""

    this_month: Money
    ever: Money
    latest: tuple[FeePaid, ...]


@dataclass(frozen=True)
class Costs:
    """What moving an amount would cost today; None where that amount can't be moved so.

    customer_charge: what M-Pesa would take from the payer beside a deposit.
    """

    deposit: DepositQuote | None
    customer_charge: Money
    withdrawal: WithdrawalQuote | None


async def fees_paid(uow: UnitOfWork, *, member: MemberId, limit: int) -> FeesPaid:
    """Her fees, those passed on to M-Pesa too. The month is East Africa's."""
    month = uow.clock.now().astimezone(EAST_AFRICA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    hers = TransactionFee.paid_by == member, TransactionFee.currency == KES.code
    sums = select(
        func.coalesce(func.sum(TransactionFee.fee_amount).filter(TransactionFee.created_at >= month), 0),
        func.coalesce(func.sum(TransactionFee.fee_amount), 0),
    ).where(*hers)
    this_month, ever = (await uow.session.execute(sums)).one()
    newest = (
        select(TransactionFee).where(*hers).order_by(TransactionFee.created_at.desc(), TransactionFee.id.desc()).limit(limit)
    )
    latest = tuple(_paid(row) for row in await uow.session.scalars(newest))
    return FeesPaid(Money.from_decimal(this_month), Money.from_decimal(ever), latest)


async def what_it_costs(uow: UnitOfWork, *, amount: Money) -> Costs:
    """Today's prices for an amount of whole shillings. Raises WholeShillingsOnly."""
    now = uow.clock.now()
    in_range = LOWEST_DEPOSIT <= amount <= HIGHEST_DEPOSIT
    deposit = await quote_deposit(uow, amount=amount, at=now) if in_range else None
    charge = await mpesa_charge(uow, operation=PAYBILL, plan=BUSINESS_PAYS, amount=amount, at=now) if in_range else None
    withdrawal = await quote_withdrawal(uow, amount=amount, at=now) if amount >= LEAST_PART else None
    return Costs(deposit, charge.customer if charge else Money(0), withdrawal)


def _paid(row: TransactionFee) -> FeePaid:
    return FeePaid(
        category=row.fee_category,
        network=row.fee_type == "network_fee",
        amount=Money.from_decimal(row.fee_amount),
        base=Money.from_decimal(row.base_amount),
        at=row.created_at,
    )
