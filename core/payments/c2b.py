"""Paybill: M-Pesa asks whether it may take a payment (validation) and tells that it has (confirmation).

A confirmation is stored before it is answered and read afterwards; the account that was typed decides whose it is. Validation
moves nothing and refuses only what certainly leads nowhere: when we can't look, money that goes to suspense is better than a
member at a till who can't pay.
"""

from __future__ import annotations

from typing import Literal

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.payments.account_numbers import find_destination
from core.payments.deposits import HIGHEST_DEPOSIT, LOWEST_DEPOSIT
from core.payments.inbox import ReadReport, put_aside
from core.payments.models import PaymentCallback
from core.payments.receiving import find_prompt, take_in
from core.payments.reports import PaymentReport, Report, Unreadable
from core.payments.sources import LONGEST_ACCOUNT, Payment

CONFIRMATION = "c2b"
# Why a payment should not be taken, for whoever words it in the provider's own codes.
Refusal = Literal["account", "amount"]


async def read_confirmation(
    uow: UnitOfWork, stored: PaymentCallback, read_report: ReadReport, *, prove_above: Money | None = None
) -> str:
    """Take in the payment that a stored confirmation tells of; returns its outcome. `stored.intent` is our shortcode.

    prove_above: what is more than this is held until M-Pesa itself has proven it.
    """
    report = read_report("payment", stored.body)
    if not isinstance(report, PaymentReport):
        why = report.reason if isinstance(report, Unreadable) else "unreadable"
        return await put_aside(uow, stored, None, why)
    if report.paid_to != stored.intent:
        return await put_aside(uow, stored, None, "other-shortcode")
    taken = await take_in(uow, payment_of(report), prove_above=prove_above)
    return taken.outcome if taken.doubt is None else await put_aside(uow, stored, None, taken.doubt)


async def refusal_of(uow: UnitOfWork, report: Report) -> Refusal | None:
    """Why this payment should not be taken; None when it may."""
    if not isinstance(report, PaymentReport):
        return None
    if not LOWEST_DEPOSIT <= report.amount <= HIGHEST_DEPOSIT:
        return "amount"
    leads = await find_destination(uow, report.account) is not None or await find_prompt(uow, report.account) is not None
    return None if leads else "account"


def payment_of(report: PaymentReport) -> Payment:
    """The payment that a confirmation tells of."""
    return Payment(
        receipt=report.receipt,
        amount=report.amount,
        source="c2b",
        account=report.account[:LONGEST_ACCOUNT],
        payer=report.payer,
        payer_digest=report.payer_digest,
        payer_name=report.name,
        merchant_request_id=report.reference,
        paid_at=report.at,
    )
