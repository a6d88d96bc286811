"""What is left of a group that ends: shared out once nothing waits any more, in proportion to what each has put in.

Everything that the treasury and the pots hold is split by what each member has saved and paid for shares (equally where
nobody has put in anything), exactly, to the cent. What somebody owes in dues and fines is taken from her part and split among
all in the same way; her own credit is hers. Then the group is closed. What comes late is shared again by the same weights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import uuid5

from sqlalchemy import func, select

from core.daos.changes import note_change, set_role
from core.daos.dissolving import TEMPLATE
from core.daos.dues.parting import Dues, owed_by
from core.daos.dues_locks import hold_dues
from core.daos.dues_models import PaymentRow
from core.daos.ending_models import DissolutionPartRow, DissolutionRow
from core.daos.loans.models import LIVE, LoanRow
from core.daos.loans.savings import saved
from core.daos.models import GroupRow, MembershipRow
from core.daos.people_models import Departure
from core.daos.rotation.rounds import live_round
from core.daos.shares.cycles import open_cycle
from core.daos.shares.models import ShareCycleRow, SharePurchaseRow
from core.daos.telling import tell_member
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.ledger.accounts import Account, PotName, member_account, pot, treasury
from core.ledger.service import Leg, balances, transfer
from core.payments.underway import members_paying

SHARED = "group_shared_out"
SHARING = "sharing"
ZERO = Money(0)


@dataclass(frozen=True)
class Part:
    """A member's part of one sharing. `put_in`: her weight; see core.daos.ending_models.DissolutionPartRow."""

    member: MemberId
    put_in: Money
    part: Money
    owed: Money
    back: Money
    credit: Money

    @property
    def amount(self) -> Money:
        """What she gets into her hand."""
        return self.part - self.owed + self.back + self.credit


@dataclass(frozen=True)
class Stake:
    """What is a member's before anything is split: her weight, what she owes the group, her credit with it."""

    member: MemberId
    put_in: Money
    owes: Money
    credit: Money


def accounts_of(group: DaoId) -> list[Account]:
    """Whatever holds money of the group."""
    names: tuple[PotName, ...] = get_args(PotName)
    return [treasury(group), *(pot(group, name) for name in names)]


def split(pool: Money, people: Sequence[Stake]) -> list[Part]:
    """Everybody's part: the sum of all amounts is the pool and all credits, exactly."""
    weights = [one.put_in.minor for one in people]
    if not any(weights):
        weights = [1] * len(people)
    parts = pool.split(weights)
    owed = [min(one.owes, part) for one, part in zip(people, parts, strict=True)]
    back = sum(owed, ZERO).split(weights)
    together = zip(people, parts, owed, back, strict=True)
    return [Part(one.member, one.put_in, part, kept, again, one.credit) for one, part, kept, again in together]


async def what_waits(uow: UnitOfWork, *, group: DaoId) -> Text | None:
    """What has to end before the money can be shared out, as a sentence; None when nothing does."""
    loans = select(func.count()).select_from(LoanRow).where(LoanRow.dao_id == group, LoanRow.status.in_(LIVE))
    if count := await uow.session.scalar(loans):
        return text("ending-waits-loans", count=count)
    if await live_round(uow, group=group) is not None:
        return text("ending-waits-round")
    held = await balances(uow, accounts_of(group))
    if any(one.total != one.available for one in held.values()):
        return text("ending-waits-payment")
    planned = select(PaymentRow.id).where(PaymentRow.dao_id == group, PaymentRow.state == "planned").limit(1)
    members = [one.user_id for one in await _memberships(uow, group)]
    if await uow.session.scalar(planned) or await members_paying(uow, members=[MemberId(one) for one in members], group=group):
        return text("ending-waits-payment")
    return None


async def share_out(uow: UnitOfWork, *, group: DaoId) -> bool:
    """Share out what the group has and close it, once; again what has come since. False when something waits, or nothing came.

    Locks the dissolution, the group and the dues of all members; one ledger call, near the end. Raises InsufficientFunds when
    money left the group at this very moment: it is tried again.
    """
    locked = select(DissolutionRow).where(DissolutionRow.dao_id == group).with_for_update()
    row = await uow.session.scalar(locked.execution_options(populate_existing=True))
    if row is None:
        return False
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})
    memberships = await _memberships(uow, group)
    await hold_dues(uow, group=group, members=[MemberId(one.user_id) for one in memberships])
    if await what_waits(uow, group=group) is not None:
        return False
    held = await balances(uow, accounts_of(group))
    pool = sum((one.available for one in held.values()), ZERO)
    if row.sharings and not pool:
        return False
    people = await (_as_before(uow, group) if row.sharings else _everybody(uow, group, row.started_at))
    parts = split(pool, people) if people else []
    row.sharings += 1
    if row.closed_at is None:
        row.closed_at = uow.clock.now()
        await _close(uow, row, memberships, parts)
    await _tell(uow, row, pool, parts)
    await _pay(uow, row, {account: one.available for account, one in held.items()}, parts)
    return True


async def _everybody(uow: UnitOfWork, group: DaoId, since: datetime) -> list[Stake]:
    """Who belongs, without observers, and who has gone and wasn't paid yet; in the order of joining."""
    gone = {one.user_id for one in await _unpaid(uow, group)}
    inside = {row.user_id for row in await _memberships(uow, group) if row.role != "observer"}
    rows = select(MembershipRow.user_id).where(MembershipRow.dao_id == group, MembershipRow.user_id.in_(gone | inside))
    members = [MemberId(one) for one in await uow.session.scalars(rows.order_by(MembershipRow.joined_at, MembershipRow.id))]
    shares = await _shares(uow, group)
    credit = await balances(uow, [member_account(member, group) for member in members])
    return [
        Stake(
            member,
            max(await saved(uow, group=group, member=member), ZERO) + shares.get(member, ZERO),
            await owed_by(uow, group=group, member=member, until=since),
            max(credit[member_account(member, group)].available, ZERO),
        )
        for member in members
    ]


async def _as_before(uow: UnitOfWork, group: DaoId) -> list[Stake]:
    """Those who got a part of the first sharing, with the weights of that day."""
    first = select(DissolutionPartRow).where(DissolutionPartRow.dao_id == group, DissolutionPartRow.number == 1)
    rows = await uow.session.scalars(first.order_by(DissolutionPartRow.user_id))
    return [Stake(MemberId(row.user_id), Money.from_decimal(row.put_in), ZERO, ZERO) for row in rows]


async def _shares(uow: UnitOfWork, group: DaoId) -> dict[MemberId, Money]:
    """What each has paid for shares in the cycle that runs."""
    bought = (
        select(SharePurchaseRow.user_id, func.sum(SharePurchaseRow.amount))
        .join(ShareCycleRow, ShareCycleRow.id == SharePurchaseRow.cycle_id)
        .where(ShareCycleRow.dao_id == group, ShareCycleRow.closed_at.is_(None), SharePurchaseRow.exit_id.is_(None))
        .group_by(SharePurchaseRow.user_id)
    )
    return {MemberId(member): Money.from_decimal(amount) for member, amount in await uow.session.execute(bought)}


async def _close(uow: UnitOfWork, row: DissolutionRow, memberships: Sequence[MembershipRow], parts: Sequence[Part]) -> None:
    """The group is closed, nobody belongs any more, and every account with it is settled."""
    group, now = DaoId(row.dao_id), uow.clock.now()
    (await uow.session.get_one(GroupRow, group)).status = "closed"
    cycle = await open_cycle(uow, group=group)
    if cycle is not None:
        cycle.closed_at = now
    for one in memberships:
        await set_role(uow, one, "member", way="left", because=row.because)
        one.status, one.leaves_at = "left", None
        await note_change(uow, group=group, member=MemberId(one.user_id), change="left", reason=row.because)
    waiting = {one.user_id: one for one in await _unpaid(uow, group)}
    for part in parts:
        await Dues().settled(uow, group=group, member=part.member)
        departure = waiting.get(part.member)
        if departure is None:
            departure = Departure(id=uow.ids.new(), dao_id=group, user_id=part.member, way="left", created_at=now)
            uow.session.add(departure)
        departure.amount, departure.settled_at = part.amount.as_decimal(), now
    await uow.session.flush()


async def _pay(uow: UnitOfWork, row: DissolutionRow, held: dict[Account, Money], parts: Sequence[Part]) -> None:
    group = DaoId(row.dao_id)
    sums: dict[Account, Money] = defaultdict(lambda: ZERO)
    for account, amount in held.items():
        sums[account] -= amount
    for part in parts:
        sums[member_account(part.member, group)] -= part.credit
        sums[member_account(part.member)] += part.amount
    legs = [Leg(account, amount) for account, amount in sums.items() if amount]
    posted = None
    if legs:
        key = uuid5(group, f"{SHARING} {row.sharings}")
        posted = (await transfer(uow, key=key, kind=SHARED, legs=legs, details={"vote": row.because})).transfer
    for part in parts:
        amounts = {name: getattr(part, name).as_decimal() for name in ("put_in", "part", "owed", "back", "credit", "amount")}
        who = {"dao_id": group, "number": row.sharings, "user_id": part.member}
        uow.session.add(DissolutionPartRow(**who, **amounts, transfer_id=posted, created_at=uow.clock.now()))
    await uow.session.flush()


async def _tell(uow: UnitOfWork, row: DissolutionRow, pool: Money, parts: Sequence[Part]) -> None:
    """Each member her own part, with the sums of which it comes."""
    name = (await uow.session.get_one(GroupRow, row.dao_id)).name
    all_in = sum((part.put_in for part in parts), ZERO)
    for one in parts:
        said = {"group": name, "total": pool, "mine": one.put_in, "after": all_in, "part": one.part, "amount": one.amount}
        key = "sms-group-shared" if all_in else "sms-group-shared-equally"
        plain = not (one.owed or one.back or one.credit)
        more = Text("group-shared-no-more") if plain else _more(one)
        await tell_member(uow, one.member, Text(key, {**said, "more": more}), template=TEMPLATE)


def _more(one: Part) -> Text:
    return text("group-shared-more", owed=one.owed, back=one.back, credit=one.credit)


async def _unpaid(uow: UnitOfWork, group: DaoId) -> list[Departure]:
    """Those who had gone before and are still to get what is theirs."""
    waits = Departure.dao_id == group, Departure.settled_at.is_(None)
    return list(await uow.session.scalars(select(Departure).where(*waits).order_by(Departure.id).with_for_update()))


async def _memberships(uow: UnitOfWork, group: DaoId) -> list[MembershipRow]:
    belongs = MembershipRow.dao_id == group, MembershipRow.status.in_(("active", "suspended"))
    return list(await uow.session.scalars(select(MembershipRow).where(*belongs).order_by(MembershipRow.user_id)))
