"""What Safaricom takes: its tariffs as dated bands, and the taxes within our own fees.

A tariff foretells a charge, so that it can be shown before anybody confirms; what was really charged is booked from
M-Pesa's own word. A movement that no band covers is a mistake of ours, not free of charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from core.kernel.db import UnitOfWork
from core.kernel.money import BASIS_POINTS, Money
from core.kernel.questions import Question
from core.payments.tariff_models import TaxRate

B2C, PAYBILL = "b2c", "c2b"
# Paid to a number that is registered with M-Pesa: the business bears all of it (tariff form of August 2023).
REGISTERED = "registered"
# The paybill's own choice among Safaricom's three tariffs: we bear it, so that 500 paid are 500 shown in the prompt.
BUSINESS_PAYS = "business_pays"
EXCISE = "excise"


class NoTariff(Exception):
    """No row of mpesa_tariffs covers this movement at this moment."""


@dataclass(frozen=True)
class Charge:
    """What M-Pesa takes for one movement: from the customer beside the amount, and from the business."""

    customer: Money
    business: Money

    @property
    def total(self) -> Money:
        """Both together."""
        return self.customer + self.business


async def mpesa_charge(uow: UnitOfWork, *, operation: str, plan: str, amount: Money, at: datetime) -> Charge:
    """What the tariff that is valid `at` that moment says for `amount`. Raises NoTariff."""
    moved = amount.as_decimal()
    bands = await uow.ask(TARIFF, operation=operation, plan=plan, at=at)
    found = next((one for one in bands if one["lowest"] <= moved <= one["highest"]), None)
    if found is None:
        raise NoTariff(f"{operation} {plan}, {amount}")
    return Charge(Money.from_decimal(found["customer_charge"]), Money.from_decimal(found["business_charge"]))


# Every band, since screens ask before an amount is known; the newest rows in front.
TARIFF = Question("""
    SELECT lowest, highest, customer_charge, business_charge FROM mpesa_tariffs
    WHERE operation = :operation AND plan = :plan AND valid_from <= :at AND (valid_to IS NULL OR valid_to > :at)
    ORDER BY valid_from DESC
""")


async def tax_within(uow: UnitOfWork, *, category: str, fee: Money, at: datetime, tax: str = EXCISE) -> Money:
    """How much of a fee of this category is tax; nothing when no rate is valid `at` that moment."""
    rate = await _rate(uow, tax, category, at)
    if not rate or not fee:
        return Money(0, fee.currency)
    # The fee is what she pays, tax included: of 115 parts, 15 are tax at 15 %.
    return fee.split([BASIS_POINTS, rate])[1]


async def _rate(uow: UnitOfWork, tax: str, category: str, at: datetime) -> int | None:
    """Asked once a unit for each moment."""
    asked, known = (TaxRate, tax, category, at), uow.session.info
    if asked not in known:
        known[asked] = await _find_rate(uow, tax, category, at)
    found: int | None = known[asked]
    return found


async def _find_rate(uow: UnitOfWork, tax: str, category: str, at: datetime) -> int | None:
    valid = (
        select(TaxRate.basis_points)
        .where(TaxRate.tax == tax, TaxRate.category == category, TaxRate.valid_from <= at)
        .where(or_(TaxRate.valid_to.is_(None), TaxRate.valid_to > at))
        .order_by(TaxRate.valid_from.desc())
        .limit(1)
    )
    return await uow.session.scalar(valid)
