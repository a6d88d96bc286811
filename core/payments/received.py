"""The row of a payment that reached us: writing it, finding it by its receipt, and filling in what later sources tell."""

from __future__ import annotations

import logging

from sqlalchemy import select

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.payments.models import PaymentReceived
from core.payments.sources import PROVIDER, Payment

log = logging.getLogger(__name__)


async def find_received(uow: UnitOfWork, receipt: str) -> PaymentReceived | None:
    """The payment of this receipt, held until the unit ends; None while nobody has reported it."""
    row = (
        select(PaymentReceived)
        .where(PaymentReceived.provider == PROVIDER, PaymentReceived.receipt == receipt)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: PaymentReceived | None = await uow.session.scalar(row)
    return found


def new_received(uow: UnitOfWork, payment: Payment) -> PaymentReceived:
    """The payment as its first source tells it, not yet anybody's."""
    return PaymentReceived(id=uow.ids.new(), received_at=uow.clock.now(), sources=[payment.source], **payment.told())


def merge(known: PaymentReceived, payment: Payment) -> None:
    """What this source knows and the earlier ones didn't."""
    known.account = known.account or payment.account
    known.payer = known.payer or payment.payer
    known.payer_digest = known.payer_digest or payment.payer_digest
    known.payer_name = known.payer_name or payment.payer_name
    known.paid_at = known.paid_at or payment.paid_at
    if payment.source not in known.sources:
        known.sources = [*known.sources, payment.source]


async def report_contradiction(uow: UnitOfWork, known: PaymentReceived, payment: Payment) -> None:
    """Two sources tell two amounts of one receipt: let whoever watches over safety know."""
    await record_security_event(
        uow,
        event_type="payment_contradicted",
        severity="critical",
        details={
            "receipt": known.receipt,
            "first": f"{known.amount.normalize():f}",
            "now": str(payment.amount),
            "source": payment.source,
        },
    )
    log.error("payment %s was reported with two amounts", known.receipt)
