"""Writes down what was charged: a row for our own fee, and one for what the member paid towards M-Pesa's charge.

The rows are written in the same transaction as the money moves, never before: a fee is revenue only once it has been paid.
One row for each transaction and kind of fee; a fee of nothing leaves none.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import PLATFORM_FEES, PROTOCOL_FEES, Account, treasury
from core.payments.fees import Shares, shares_of
from core.payments.models import TransactionFee
from core.payments.tariffs import tax_within

# Apart from our own fees, so that a query by category counts each transaction once.
MPESA_CHARGE = "mpesa_charge"
# What is given back counts apart from what was charged, so that neither hides the other; together they are the revenue.
GIVEN_BACK = "_returned"


async def record_our_fee(
    uow: UnitOfWork,
    *,
    transaction: UUID,
    category: str,
    base: Money,
    fee: Money,
    percentage: Decimal | None,
    payer: MemberId | None,
    agreed_at: datetime,
    group: DaoId | None = None,
) -> Shares:
    """Our fee on `base`, shared out and with the tax in it by the rows that were valid when it was agreed.

    transaction: the key of the transfer that brings it, with `fee_legs` of what this returns. percentage: as a fraction; None
    when a minimum or maximum decided. payer: the member whose money paid it; None when the group's own did. group: whose
    transaction it is; its treasury gets its share. Raises NoFeeSchedule.
    """
    if not fee:
        return Shares(fee, fee, fee)
    shares = await shares_of(uow, category=category, fee=fee, at=agreed_at, of_group=group is not None)
    row = _row(uow, transaction, category, base=base, fee=fee, payer=payer)
    row.fee_type, row.collected_by, row.fee_percentage, row.dao_id = "platform_fee", "platform", percentage, group
    row.platform_revenue, row.dao_revenue, row.protocol_revenue = (
        share.as_decimal() for share in (shares.platform, shares.dao, shares.protocol)
    )
    row.tax_amount = (await tax_within(uow, category=category, fee=fee, at=agreed_at)).as_decimal()
    uow.session.add(row)
    return shares


def fee_legs(shares: Shares, group: DaoId | None = None) -> list[tuple[Account, Money]]:
    """Who gets a fee, each with a share that isn't nothing; they add up to it exactly."""
    parts = [(PLATFORM_FEES, shares.platform), (PROTOCOL_FEES, shares.protocol)]
    if group is not None:
        parts.insert(1, (treasury(group), shares.dao))
    return [(account, share) for account, share in parts if share]


def record_network_fee(
    uow: UnitOfWork, *, transaction: UUID, base: Money, fee: Money, payer: MemberId | None, group: DaoId | None = None
) -> None:
    """What the member or the group paid towards M-Pesa's charge: the network's revenue alone, and a category of its own."""
    if not fee:
        return
    row = _row(uow, transaction, MPESA_CHARGE, base=base, fee=fee, payer=payer)
    row.dao_id = group
    row.fee_type, row.collected_by, row.fee_percentage = "network_fee", "protocol", None
    row.platform_revenue, row.dao_revenue, row.protocol_revenue = Decimal(0), Decimal(0), fee.as_decimal()
    row.tax_amount = Decimal(0)
    row.description = "M-Pesa's charge, passed on"
    uow.session.add(row)


async def give_fees_back(uow: UnitOfWork, *, transaction: UUID, back: UUID) -> None:
    """Write down that the fees of a transaction were given back: each as a row below zero, of a category of its own.

    The first rows stay as they are. What a group got as its share stays with the group: the platform bears it. back: the key
    of the transfer that gave them back.
    """
    charged = select(TransactionFee).where(TransactionFee.transaction_id == transaction, TransactionFee.reverses.is_(None))
    for fee in list(await uow.session.scalars(charged.order_by(TransactionFee.id))):
        row = _row(
            uow, back, f"{fee.fee_category}{GIVEN_BACK}", base=_of(fee.base_amount), fee=-_of(fee.fee_amount), payer=None
        )
        row.paid_by, row.dao_id, row.reverses = fee.paid_by, fee.dao_id, fee.id
        row.fee_type, row.collected_by, row.fee_percentage = fee.fee_type, fee.collected_by, fee.fee_percentage
        row.platform_revenue, row.dao_revenue = -(fee.platform_revenue + fee.dao_revenue), Decimal(0)
        row.protocol_revenue, row.tax_amount = -fee.protocol_revenue, -fee.tax_amount
        row.description = "Given back"
        uow.session.add(row)


def _of(amount: Decimal) -> Money:
    return Money.from_decimal(amount)


def _row(
    uow: UnitOfWork, transaction: UUID, category: str, *, base: Money, fee: Money, payer: MemberId | None
) -> TransactionFee:
    return TransactionFee(
        id=uow.ids.new(),
        transaction_id=transaction,
        transaction_type="payment",
        fee_category=category,
        base_amount=base.as_decimal(),
        fee_amount=fee.as_decimal(),
        currency=fee.currency.code,
        paid_by=payer,
        created_at=uow.clock.now(),
    )
