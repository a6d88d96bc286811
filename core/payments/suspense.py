"""Money that nobody could be given: what is there, how long, who claims it, and giving it out by two people's word.

One operator proposes whose it is and says why, another one approves; the database refuses it when both are the same. A payment
that found its owner meanwhile is past approving.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from core.identity.members import Member, find
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.payments.account_numbers import Destination, require_destination
from core.payments.inbox import hold_name
from core.payments.models import PaymentClaim, PaymentReceived, SuspenseDecision
from core.payments.received import find_received
from core.payments.receiving import assign


@dataclass
class NotInSuspense(CoreError):
    """No payment of this receipt waits in suspense."""

    code = "not-in-suspense"
    kind = Kind.NOT_FOUND


@dataclass
class NothingProposed(CoreError):
    """Nobody has proposed whose this payment is."""

    code = "nothing-proposed"
    kind = Kind.NOT_FOUND


@dataclass
class SamePerson(CoreError):
    """Whoever proposed can't approve."""

    code = "same-person"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class InSuspense:
    """A payment that waits, and what is known about it. `claimants`: members who say that it is theirs, by id."""

    receipt: str
    amount: Money
    age: timedelta
    reason: str
    account: str
    payer: str
    payer_name: str
    claimants: tuple[MemberId, ...]
    proposed: str


async def in_suspense(uow: UnitOfWork) -> list[InSuspense]:
    """Every payment that waits, the oldest first."""
    rows = list(
        await uow.session.scalars(
            select(PaymentReceived)
            .where(PaymentReceived.transaction_id.is_(None), PaymentReceived.reversed_at.is_(None))
            .order_by(PaymentReceived.received_at, PaymentReceived.id)
        )
    )
    return [await _described(uow, row) for row in rows]


async def propose(uow: UnitOfWork, *, receipt: str, account: str, reason: str, by: str) -> Member:
    """Propose that the payment belongs to this account; returns its owner. A newer proposal takes an open one's place.

    Raises NotInSuspense, UnknownAccount.
    """
    payment = await _waiting(uow, receipt)
    whose = await require_destination(uow, account)
    now = uow.clock.now()
    if (open_one := await _open_decision(uow, payment)) is not None:
        open_one.withdrawn_at = now
        await uow.session.flush()
    uow.session.add(
        SuspenseDecision(
            id=uow.ids.new(),
            payment_id=payment.id,
            user_id=whose.member,
            dao_id=whose.group,
            reason=reason,
            proposed_by=by,
            proposed_at=now,
        )
    )
    await uow.session.flush()
    return await _member(uow, whose.member)


async def approve(uow: UnitOfWork, *, receipt: str, by: str) -> Member:
    """Credit the payment as proposed, on a second person's word; returns whom.

    Raises NotInSuspense, NothingProposed, SamePerson.
    """
    payment = await _waiting(uow, receipt)
    decision = await _open_decision(uow, payment)
    if decision is None:
        raise NothingProposed
    if decision.proposed_by.strip().lower() == by.strip().lower():
        raise SamePerson
    decision.approved_by, decision.approved_at = by, uow.clock.now()
    await uow.session.flush()

    group = None if decision.dao_id is None else DaoId(decision.dao_id)
    await assign(uow, payment, Destination(MemberId(decision.user_id), group), by="operators")
    return await _member(uow, MemberId(decision.user_id))


async def _waiting(uow: UnitOfWork, receipt: str) -> PaymentReceived:
    receipt = receipt.strip().upper()
    await hold_name(uow, f"receipt {receipt}")
    payment = await find_received(uow, receipt)
    if payment is None or payment.transaction_id is not None or payment.reversed_at is not None:
        raise NotInSuspense
    return payment


async def _open_decision(uow: UnitOfWork, payment: PaymentReceived) -> SuspenseDecision | None:
    still_open = select(SuspenseDecision).where(
        SuspenseDecision.payment_id == payment.id,
        SuspenseDecision.approved_at.is_(None),
        SuspenseDecision.withdrawn_at.is_(None),
    )
    found: SuspenseDecision | None = await uow.session.scalar(still_open.with_for_update())
    return found


async def _described(uow: UnitOfWork, row: PaymentReceived) -> InSuspense:
    claims = select(PaymentClaim.user_id).where(PaymentClaim.receipt == row.receipt).order_by(PaymentClaim.created_at)
    decision = await _open_decision(uow, row)
    return InSuspense(
        receipt=row.receipt,
        amount=Money.from_decimal(row.amount),
        age=uow.clock.now() - row.received_at,
        reason=row.suspense_reason or "",
        account=row.account,
        payer=row.payer,
        payer_name=row.payer_name,
        claimants=tuple(MemberId(claimant) for claimant in await uow.session.scalars(claims)),
        proposed="" if decision is None else f"{decision.user_id} by {decision.proposed_by}: {decision.reason}",
    )


async def _member(uow: UnitOfWork, member: MemberId) -> Member:
    found = await find(uow, member)
    if found is None:
        raise LookupError("accounts belong to members")
    return found
