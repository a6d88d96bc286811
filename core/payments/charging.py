"""Writes down what was charged: a row for our own fee, and one for what the member paid towards M-Pesa's charge.

The rows are written in the same transaction as the money moves, never before: a fee is revenue only once it has been paid.
One row for each transaction and kind of fee; a fee of nothing leaves none.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.payments.fees import shares_of
from core.payments.models import TransactionFee
from core.payments.tariffs import tax_within

# Apart from our own fees, so that a query by category counts each transaction once.
MPESA_CHARGE = "mpesa_charge"


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
) -> None:
    """Our fee on `base`, shared out and with the tax in it by the rows that were valid when it was agreed.

    payer, group: whose money paid it, a member's or a group's. transaction: the key of the transfer that brought it.
    percentage: as a fraction; None when a minimum or maximum decided.
    Raises NoFeeSchedule.
    """
    if not fee:
        return
    shares = await shares_of(uow, category=category, fee=fee, at=agreed_at)
    row = _row(uow, transaction, category, base=base, fee=fee, payer=payer)
    row.dao_id = group
    row.fee_type, row.collected_by, row.fee_percentage = "platform_fee", "platform", percentage
    row.platform_revenue, row.dao_revenue, row.protocol_revenue = (
        share.as_decimal() for share in (shares.platform, shares.dao, shares.protocol)
    )
    row.tax_amount = (await tax_within(uow, category=category, fee=fee, at=agreed_at)).as_decimal()
    uow.session.add(row)


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
