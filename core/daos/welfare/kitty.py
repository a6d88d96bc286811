"""The welfare kitty: its own pot, what it pays for by the group's rules, and paying into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.daos.constitutions import rules_of
from core.daos.dues_models import LineRow, PaymentRow
from core.daos.ending import refuse_while_ending
from core.daos.groups import require_member
from core.daos.people import require_participant
from core.daos.rules import Rules
from core.daos.welfare.models import BENEFITS, Benefit, WelfareClaimRow, WelfarePaymentRow
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId, reference
from core.kernel.money import Money
from core.ledger.accounts import member_account, pot
from core.ledger.service import KeyReused, Leg, balances, transfer

PAYMENT = "welfare_payment"
SMALLEST = Money(1_00)
YEAR = timedelta(days=365)


@dataclass
class WelfareTooSmall(CoreError):
    """At least `low` is paid into the kitty."""

    code = "welfare-too-small"
    kind = Kind.INVALID

    low: Money


@dataclass(frozen=True)
class WelfarePaid:
    """A payment into the kitty: what the kitty has now, and her balance."""

    amount: Money
    total: Money
    balance: Money
    reference: str
    repeated: bool


@dataclass(frozen=True)
class KittyView:
    """The kitty for a member: what it has, what she paid in, what she may still get this year, and from when on."""

    total: Money
    mine: Money
    left: Money
    waits_until: datetime | None
    regular: Money
    floor: Money


async def pay_welfare(uow: UnitOfWork, *, intent: IntentId, member: MemberId, group: DaoId, amount: Money) -> WelfarePaid:
    """Pay from her balance into the kitty, once per intent.

    Raises NotAMember, OnlyWatches, GroupEnds, WelfareTooSmall, InsufficientFunds, KeyReused.
    """
    await require_participant(uow, member=member, group=group)
    before = await uow.session.scalar(select(WelfarePaymentRow).where(WelfarePaymentRow.intent == intent))
    if before is not None:
        if (before.user_id, before.dao_id, Money.from_decimal(before.amount)) != (member, group, amount):
            raise KeyReused
        return await _outcome(uow, before, repeated=True)
    await refuse_while_ending(uow, group=group)
    if amount < SMALLEST:
        raise WelfareTooSmall(SMALLEST)
    legs = [Leg(member_account(member), -amount), Leg(pot(group, "welfare"), amount)]
    posted = await transfer(uow, key=intent, kind=PAYMENT, legs=legs)
    if posted.repeated:
        # The same tap came twice at once: the other one has written its row by now.
        row = (await uow.session.execute(select(WelfarePaymentRow).where(WelfarePaymentRow.intent == intent))).scalar_one()
        return await _outcome(uow, row, repeated=True)
    row = WelfarePaymentRow(
        id=uow.ids.new(),
        dao_id=group,
        user_id=member,
        amount=amount.as_decimal(),
        transfer_id=posted.transfer,
        intent=intent,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    return await _outcome(uow, row, repeated=False)


def benefits_of(rules: Rules) -> dict[Benefit, Money]:
    """What the kitty pays for, and how much at most for one claim; without those that the group doesn't pay."""
    caps: dict[Benefit, Money] = {
        "bereavement": rules.welfare_bereavement,
        "hospital": rules.welfare_hospital,
        "birth": rules.welfare_birth,
        "wedding": rules.welfare_wedding,
    }
    return {benefit: min(caps[benefit], rules.welfare_most) for benefit in BENEFITS if min(caps[benefit], rules.welfare_most)}


async def kitty_of(uow: UnitOfWork, *, viewer: MemberId, group: DaoId) -> KittyView:
    """The kitty as a member may see it. Raises NotAMember."""
    membership = await require_member(uow, member=viewer, group=group)
    rules = await rules_of(uow, group=group)
    account = pot(group, "welfare")
    total = (await balances(uow, [account]))[account].total
    starts = membership.joined_at + timedelta(days=rules.welfare_waiting_days)
    return KittyView(
        total=total,
        mine=await _paid_in(uow, group=group, member=viewer),
        left=max(rules.welfare_yearly - await paid_this_year(uow, member=viewer, group=group), Money(0)),
        waits_until=starts if starts > uow.clock.now() else None,
        regular=rules.welfare,
        floor=rules.welfare_floor,
    )


async def _paid_in(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Money:
    """What she has paid in: on purpose, and with her contributions for welfare, less what came back of those."""
    own = select(func.sum(WelfarePaymentRow.amount)).where(
        WelfarePaymentRow.dao_id == group, WelfarePaymentRow.user_id == member
    )
    dues = (
        select(func.sum(LineRow.amount))
        .join(PaymentRow, PaymentRow.id == LineRow.payment_id)
        .where(PaymentRow.dao_id == group, PaymentRow.user_id == member, PaymentRow.state == "posted")
        .where(LineRow.purpose == "welfare", LineRow.category == "welfare")
    )
    both = func.coalesce(own.scalar_subquery(), 0) + func.coalesce(dues.scalar_subquery(), 0)
    return Money.from_decimal((await uow.session.execute(select(both))).scalar_one())


async def paid_this_year(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Money:
    """What the kitty has paid her within the last 365 days."""
    since = uow.clock.now() - YEAR
    paid = await uow.session.scalar(
        select(func.sum(WelfareClaimRow.amount)).where(
            WelfareClaimRow.dao_id == group,
            WelfareClaimRow.user_id == member,
            WelfareClaimRow.status == "paid",
            WelfareClaimRow.ended_at > since,
        )
    )
    return Money.from_decimal(paid) if paid else Money(0)


async def _outcome(uow: UnitOfWork, row: WelfarePaymentRow, *, repeated: bool) -> WelfarePaid:
    own, kitty = member_account(MemberId(row.user_id)), pot(DaoId(row.dao_id), "welfare")
    held = await balances(uow, [own, kitty])
    amount = Money.from_decimal(row.amount)
    return WelfarePaid(amount, held[kitty].total, held[own].available, reference(row.transfer_id), repeated)
