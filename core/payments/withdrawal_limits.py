"""How much a member may withdraw: at least, at once, in a day, in a month, by her tier; dated rows, never code.

Days and months are those of East Africa. Whatever has not certainly failed counts, so that what is on its way can't be
withdrawn a second time; checking and writing down happen under one lock per member.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.money import KES, Money
from core.kernel.questions import Asked, Question
from core.payments.models import MpesaTransaction
from core.payments.payout_models import Payout, Withdrawal
from core.payments.tariff_models import MemberTier, WithdrawalLimit

# Registration proves the phone, which is the platform's "basic" level.
USUAL_TIER = "basic"


class NoLimits(Exception):
    """No row of withdrawal_limits says what this tier may withdraw at this moment."""


@dataclass
class WithdrawalAboveLimit(CoreError):
    """More than the member may withdraw. `period`: once, day or month; `limit` is the whole of it, `left` what remains."""

    code = "withdrawal-above-limit"
    kind = Kind.LIMITED
    period: str
    limit: Money
    left: Money


@dataclass
class WithdrawalBelowLimit(CoreError):
    """Less than is worth sending."""

    code = "withdrawal-below-limit"
    kind = Kind.INVALID
    low: Money


@dataclass(frozen=True)
class Limits:
    """What a tier may withdraw."""

    tier: str
    minimum: Money
    at_once: Money
    per_day: Money
    per_month: Money


async def limits_of(uow: UnitOfWork, *, member: MemberId) -> Limits:
    """The limits that hold for a member now. Raises NoLimits."""
    found = await uow.ask(LIMITS, **limits_about(member, uow.clock.now()))
    if not found:
        raise NoLimits
    amounts = (Money.from_decimal(found[0][name]) for name in ("minimum", "at_once", "per_day", "per_month"))
    return Limits(found[0]["tier"], *amounts)


LIMITS = Question("""
    SELECT l.tier, l.minimum, l.at_once, l.per_day, l.per_month FROM withdrawal_limits l
    WHERE l.tier = coalesce((SELECT t.tier FROM member_tiers t WHERE t.user_id = :member AND t.valid_from <= :now
        ORDER BY t.valid_from DESC LIMIT 1), :usual)
      AND l.currency = :currency AND l.valid_from <= :now AND (l.valid_to IS NULL OR l.valid_to > :now)
    ORDER BY l.valid_from DESC LIMIT 1
""")


def limits_about(member: MemberId | Asked, now: datetime) -> dict[str, object]:
    """What that is asked about."""
    return {"member": member, "now": now, "usual": USUAL_TIER, "currency": KES.code}


async def check_size(uow: UnitOfWork, *, member: MemberId, amount: Money) -> Limits:
    """The limits, when one withdrawal of this amount is within them. Raises WithdrawalBelowLimit, WithdrawalAboveLimit."""
    limits = await limits_of(uow, member=member)
    if amount < limits.minimum:
        raise WithdrawalBelowLimit(limits.minimum)
    if amount > limits.at_once:
        raise WithdrawalAboveLimit("once", limits.at_once, limits.at_once)
    return limits


async def check_limits(uow: UnitOfWork, *, member: MemberId, amount: Money) -> None:
    """Size, day and month. Holds the member's lock until the unit ends, so call it where the withdrawal is written down.

    Raises WithdrawalBelowLimit, WithdrawalAboveLimit.
    """
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"withdrawals {member}", 0))))
    limits = await check_size(uow, member=member, amount=amount)
    there = uow.clock.now().astimezone(EAST_AFRICA)
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
    for period, limit, since in (("day", limits.per_day, midnight), ("month", limits.per_month, midnight.replace(day=1))):
        left = limit - await withdrawn_since(uow, member, since)
        if amount > left:
            raise WithdrawalAboveLimit(period, limit, max(left, Money(0)))


async def set_tier(uow: UnitOfWork, *, member: MemberId, tier: str, reason: str) -> None:
    """From now on this tier's limits hold for a member; what was before stays on record. Raises NoLimits."""
    known = select(WithdrawalLimit.id).where(WithdrawalLimit.tier == tier).limit(1)
    if await uow.session.scalar(known) is None:
        raise NoLimits(tier)
    uow.session.add(MemberTier(user_id=member, valid_from=uow.clock.now(), tier=tier, reason=reason))
    await uow.session.flush()


async def withdrawn_since(uow: UnitOfWork, member: MemberId, since: datetime) -> Money:
    """What she has withdrawn, or may still be withdrawing, since that moment; not what she had her group pay."""
    of_groups = select(Payout.id).join(Withdrawal, Withdrawal.id == Payout.withdrawal_id)
    of_groups = of_groups.where(Withdrawal.user_id == member, Withdrawal.dao_id.is_not(None))
    sent = select(func.coalesce(func.sum(MpesaTransaction.amount), 0)).where(
        MpesaTransaction.user_id == member,
        MpesaTransaction.transaction_type == "b2c",
        MpesaTransaction.status.not_in(("failed", "cancelled")),
        MpesaTransaction.created_at >= since,
        MpesaTransaction.id.not_in(of_groups),
    )
    return Money.from_decimal((await uow.session.execute(sent)).scalar_one())
