"""Putting one's own money into the group, and what the group has.

The books move the money; the row here says whose contribution it was. A conversation's turn writes both in its unit, once per
intent. What comes in by thousands on a payday is posted first, together with others, and its row is written from the transfer
that stands under the intent (core/daos/jobs.py). A contribution carries no fee.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert

from core.daos.groups import Group, find_group, require_member
from core.daos.models import ContributionRow
from core.daos.people import require_participant
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId, TransferId, reference
from core.kernel.money import KES, Money
from core.ledger.accounts import member_account, treasury
from core.ledger.service import KeyReused, Leg, Posting, balances, transfer

SMALLEST = Money(100, KES)


@dataclass
class AmountTooSmall(CoreError):
    """A contribution is at least `low`."""

    code = "contribution-too-small"
    kind = Kind.INVALID

    low: Money


@dataclass(frozen=True)
class Contribution:
    """A contribution that was made, and where it left the member and the group.

    `balance` is the member's own money, `group_total` all that the group has, `contributed` all that she has put in.
    `repeated`: it had been made before, under the same intent.
    """

    id: UUID
    group_name: str
    amount: Money
    balance: Money
    group_total: Money
    contributed: Money
    reference: str
    repeated: bool = field(compare=False)


@dataclass(frozen=True)
class GroupSummary:
    """What a member may see of her group: all that it has, what she put in, how many they are."""

    group: Group
    total: Money
    contributed: Money
    members: int


async def contribute(uow: UnitOfWork, *, intent: IntentId, member: MemberId, group: DaoId, amount: Money) -> Contribution:
    """Move `amount` from the member's own balance to the group's treasury, once per intent.

    A repeat returns the same contribution with the balances as they are now. Locks both balances until the unit ends.
    Raises AmountTooSmall, NotAMember, InsufficientFunds, KeyReused.
    """
    before = await _by_intent(uow, intent)
    if before is not None:
        return await _first_answer(uow, before, member=member, group=group, amount=amount)
    await check_contribution(uow, member=member, group=group, amount=amount)

    asked = contribution_posting(intent=intent, member=member, group=group, amount=amount)
    posted = await transfer(uow, key=asked.key, kind=asked.kind, legs=asked.legs)

    return await record_contribution(uow, intent=intent, member=member, group=group, amount=amount, posted=posted.transfer)


async def check_contribution(uow: UnitOfWork, *, member: MemberId, group: DaoId, amount: Money) -> None:
    """Whether she may, before anything moves. Raises AmountTooSmall, NotAMember, NotYourRole (observers hold no money)."""
    if amount < SMALLEST:
        raise AmountTooSmall(SMALLEST)
    await require_participant(uow, member=member, group=group)


def contribution_posting(
    *, intent: IntentId, member: MemberId, group: DaoId, amount: Money, details: Mapping[str, str] | None = None
) -> Posting:
    """The movement of a contribution, for whoever posts it before its row is written."""
    legs = [Leg(member_account(member), -amount), Leg(treasury(group), amount)]
    return Posting(intent, "contribution", legs, details)


async def record_contribution(
    uow: UnitOfWork, *, intent: IntentId, member: MemberId, group: DaoId, amount: Money, posted: TransferId
) -> Contribution:
    """Write down whose contribution a posted transfer is, once; somebody else may have done so meanwhile."""
    row = _values(uow, intent=intent, member=member, group=group, amount=amount, transfer_id=posted)
    new = insert(ContributionRow).values(row).on_conflict_do_nothing(index_elements=["intent"]).returning(ContributionRow.id)
    written = await uow.session.scalar(new)
    return await _outcome(uow, await _existing(uow, intent), repeated=written is None)


async def group_summary(uow: UnitOfWork, *, viewer: MemberId, group: DaoId) -> GroupSummary:
    """What the group has and what the viewer put in. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)

    found = await find_group(uow, group=group)
    held = await balances(uow, [treasury(group)])
    contributed = await _contributed(uow, member=viewer, group=group)

    return GroupSummary(found, held[treasury(group)].total, contributed, found.members)


async def _first_answer(
    uow: UnitOfWork, row: ContributionRow, *, member: MemberId, group: DaoId, amount: Money
) -> Contribution:
    if (row.user_id, row.dao_id, Money.from_decimal(row.amount)) != (member, group, amount):
        raise KeyReused
    return await _outcome(uow, row, repeated=True)


async def _outcome(uow: UnitOfWork, row: ContributionRow, *, repeated: bool) -> Contribution:
    own, common = member_account(MemberId(row.user_id)), treasury(DaoId(row.dao_id))
    held = await balances(uow, [own, common])
    group = await find_group(uow, group=DaoId(row.dao_id))
    return Contribution(
        id=row.id,
        group_name=group.name,
        amount=Money.from_decimal(row.amount),
        balance=held[own].available,
        group_total=held[common].total,
        contributed=await _contributed(uow, member=MemberId(row.user_id), group=group.id),
        reference=reference(row.transfer_id),
        repeated=repeated,
    )


def _values(
    uow: UnitOfWork, *, intent: IntentId, member: MemberId, group: DaoId, amount: Money, transfer_id: TransferId
) -> dict[str, Any]:
    return {
        "id": uow.ids.new(),
        "dao_id": group,
        "user_id": member,
        "amount": amount.as_decimal(),
        "currency": amount.currency.code,
        "transfer_id": transfer_id,
        "intent": intent,
        "created_at": uow.clock.now(),
    }


async def _by_intent(uow: UnitOfWork, intent: IntentId) -> ContributionRow | None:
    return (await uow.session.execute(_intended(intent))).scalar_one_or_none()


async def _existing(uow: UnitOfWork, intent: IntentId) -> ContributionRow:
    return (await uow.session.execute(_intended(intent))).scalar_one()


def _intended(intent: IntentId) -> Select[ContributionRow]:
    return select(ContributionRow).where(ContributionRow.intent == intent)


async def _contributed(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Money:
    """All that she has put into this group, in shillings."""
    own = ContributionRow.dao_id == group, ContributionRow.user_id == member, ContributionRow.currency == KES.code
    total = await uow.session.scalar(select(func.sum(ContributionRow.amount)).where(*own))
    return Money.from_decimal(total) if total else Money(0, KES)
