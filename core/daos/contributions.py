"""Putting one's own money into the group, and what the group has.

The books move the money; the rows here say whose contribution it was and what it paid. A conversation's turn writes all of it
in its unit, once per intent. What comes in by thousands on a payday is planned, posted together with others, and marked
afterwards (core/daos/jobs.py). How a payment is shared is decided in `core.daos.dues.paying`. A contribution carries no fee.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core.daos.dues.credit import queue_credit
from core.daos.dues.fines import judge_again
from core.daos.dues.paying import Line, Origin, Payment, Wanted, find_payment, mark_posted, plan, posting_of
from core.daos.dues.standing import owes
from core.daos.dues_models import LineRow, PaymentRow
from core.daos.ending import refuse_while_ending
from core.daos.group_chats import refresh_soon
from core.daos.groups import Group, find_group, require_member
from core.daos.models import ContributionRow
from core.daos.owed import PURPOSES, account_of
from core.daos.people import people_of, require_participant
from core.daos.telling import tell
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId, TransferId, reference
from core.kernel.money import KES, Money
from core.kernel.texts import text
from core.ledger.accounts import Account, member_account, pot
from core.ledger.service import balances, transfer

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

    `balance` is the payer's own money, `group_total` all that the group has, `contributed` all that the member has put in.
    `lines`: what it paid. `owes`: what she still owes the group. `repeated`: it had been made before, under the same intent.
    """

    id: UUID
    group_name: str
    amount: Money
    balance: Money
    group_total: Money
    contributed: Money
    reference: str
    lines: tuple[Line, ...]
    owes: Money
    repeated: bool = field(compare=False)


@dataclass(frozen=True)
class GroupSummary:
    """What a member may see of her group: all that it has, what she put in, how many they are."""

    group: Group
    total: Money
    contributed: Money
    members: int


async def contribute(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    member: MemberId,
    group: DaoId,
    amount: Money,
    paid_by: MemberId | None = None,
    origin: Origin = "balance",
) -> Contribution:
    """Move `amount` from the payer's own balance to what the member owes the group, once per intent.

    paid_by: who pays in the member's place; she is told. A repeat returns the same contribution with the balances as they are
    now. Locks the member's dues and the balances until the unit ends. A refusal is forgotten with what was planned.
    Raises AmountTooSmall, NotAMember, InsufficientFunds, KeyReused.
    """
    wanted = Wanted(intent, group, member, paid_by or member, amount, origin, completed_at=uow.clock.now())
    before = await find_payment(uow, intent=intent)
    if before is None:
        await check_contribution(uow, member=member, group=group, amount=amount)
        await require_member(uow, member=wanted.payer, group=group)
    async with uow.session.begin_nested():
        payment = await plan(uow, wanted)
        if payment.state == "posted":
            return await _outcome(uow, payment, repeated=True)
        posting = posting_of(payment)
        posted = await transfer(uow, key=posting.key, kind=posting.kind, legs=posting.legs)
    return await record_contribution(uow, payment, posted.transfer)


async def check_contribution(uow: UnitOfWork, *, member: MemberId, group: DaoId, amount: Money) -> None:
    """Whether she may, before anything moves.

    Raises AmountTooSmall, NotAMember, NotYourRole (observers hold no money), GroupEnds.
    """
    if amount < SMALLEST:
        raise AmountTooSmall(SMALLEST)
    await require_participant(uow, member=member, group=group)
    await refuse_while_ending(uow, group=group)


async def record_contribution(uow: UnitOfWork, payment: Payment, posted: TransferId) -> Contribution:
    """Write down a payment that is posted, once; somebody else may have done so meanwhile."""
    first = await mark_posted(uow, payment, posted)
    if first:
        row = insert(ContributionRow).values(_values(uow, payment, posted))
        await uow.session.execute(row.on_conflict_do_nothing(index_elements=["intent"]))
        await _follow_up(uow, payment)
    return await _outcome(uow, payment, repeated=not first)


async def group_summary(uow: UnitOfWork, *, viewer: MemberId, group: DaoId) -> GroupSummary:
    """What the group has and what the viewer put in. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)

    found = await find_group(uow, group=group)
    total = await group_holds(uow, group=group)
    contributed = await _contributed(uow, member=viewer, group=group)

    return GroupSummary(found, total, contributed, found.members)


async def group_holds(uow: UnitOfWork, *, group: DaoId) -> Money:
    """All that the group has: its treasury and every pot."""
    held = await balances(uow, _accounts(group))
    return Money(sum(one.total.minor for one in held.values()))


async def _follow_up(uow: UnitOfWork, payment: Payment) -> None:
    """What a payment that is known only now changes: fines made meanwhile, what its credit can pay, the board in the chat."""
    charges = [line.ref for line in payment.lines if line.sort == "charge" and line.ref]
    if payment.completed_at < uow.clock.now():
        await judge_again(uow, charges=charges, since=payment.completed_at)
    if any(line.sort == "credit" for line in payment.lines):
        await queue_credit(uow, group=payment.group, member=payment.member, at=payment.completed_at)
    if payment.payer != payment.member:
        await _tell_member(uow, payment)
    await refresh_soon(uow, group=payment.group)


async def _tell_member(uow: UnitOfWork, payment: Payment) -> None:
    """Somebody paid for her: she is told who, how much and what it paid."""
    people = {person.id: person for person in await people_of(uow, group=payment.group)}
    group = await find_group(uow, group=payment.group)
    if payment.member in people and payment.payer in people:
        owed = await owes(uow, group=payment.group, member=payment.member)
        payer = people[payment.payer].name
        what = text("contribution-for-you", payer=payer, due_sum=payment.amount, group=group.name, owes=owed)
        await tell(uow, people[payment.member], what, template="contribution_for_you")


async def _outcome(uow: UnitOfWork, payment: Payment, *, repeated: bool) -> Contribution:
    row = (await uow.session.execute(select(ContributionRow).where(ContributionRow.intent == payment.intent))).scalar_one()
    own, common = member_account(payment.payer), _accounts(payment.group)
    held = await balances(uow, [own, *common])
    group = await find_group(uow, group=payment.group)
    return Contribution(
        id=row.id,
        group_name=group.name,
        amount=payment.amount,
        balance=held[own].available,
        group_total=Money(sum(held[account].total.minor for account in common)),
        contributed=await _contributed(uow, member=payment.member, group=payment.group),
        reference=reference(row.transfer_id),
        lines=payment.lines,
        owes=await owes(uow, group=payment.group, member=payment.member),
        repeated=repeated,
    )


def _accounts(group: DaoId) -> Sequence[Account]:
    return [*(account_of(group, purpose) for purpose in PURPOSES), pot(group, "reserve")]


def _values(uow: UnitOfWork, payment: Payment, transfer_id: TransferId) -> dict[str, Any]:
    return {
        "id": uow.ids.new(),
        "dao_id": payment.group,
        "user_id": payment.member,
        "paid_by": None if payment.payer == payment.member else payment.payer,
        "amount": payment.amount.as_decimal(),
        "currency": payment.amount.currency.code,
        "transfer_id": transfer_id,
        "intent": payment.intent,
        "created_at": uow.clock.now(),
    }


async def _contributed(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Money:
    """All that she has put into this group, in shillings. What went into her loan came back, it wasn't put in."""
    own = ContributionRow.dao_id == group, ContributionRow.user_id == member, ContributionRow.currency == KES.code
    total = await uow.session.scalar(select(func.sum(ContributionRow.amount)).where(*own))
    repaid = await uow.session.scalar(
        select(func.sum(LineRow.amount))
        .join(PaymentRow, PaymentRow.id == LineRow.payment_id)
        .join(ContributionRow, ContributionRow.intent == PaymentRow.intent)
        .where(*own, LineRow.sort == "debt")
    )
    return Money.from_decimal((total or Decimal(0)) - (repaid or Decimal(0)))
