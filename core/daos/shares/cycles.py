"""Cycles and buying: so many shares at each meeting, at a price that is fixed from the first meeting to the share-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from core.daos.calendar import day_of
from core.daos.constitutions import rules_of
from core.daos.ending import refuse_while_ending
from core.daos.groups import find_group
from core.daos.models import GroupRow
from core.daos.people import require_participant, require_role
from core.daos.shares.models import ShareCycleRow, ShareExitRow, ShareOutRow, SharePurchaseRow
from core.daos.telling import tell_group
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId, reference
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import text
from core.ledger.accounts import member_account, pot
from core.ledger.service import KeyReused, Leg, balances, transfer

PURCHASE = "share_purchase"
REFUND = "share_refund"
FORTNIGHT = 14


@dataclass
class NoCycle(CoreError):
    """The group has no cycle of shares that runs."""

    code = "no-cycle"
    kind = Kind.CONFLICT


@dataclass
class CycleRuns(CoreError):
    """The group has a cycle already."""

    code = "cycle-runs"
    kind = Kind.CONFLICT


@dataclass
class BadShareCount(CoreError):
    """At one meeting a member buys from one to `most` shares."""

    code = "bad-share-count"
    kind = Kind.INVALID

    most: int


@dataclass
class BoughtAlready(CoreError):
    """She has bought her shares at this meeting; the next one begins on `day`."""

    code = "bought-already"
    kind = Kind.CONFLICT

    day: str


@dataclass
class ShareOutIsOpen(CoreError):
    """A share-out waits for approvals: until then nobody buys and nobody is paid back."""

    code = "share-out-is-open"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Bought:
    """A purchase: how many shares, for how much, how many she has in this cycle, and her balance."""

    shares: int
    amount: Money
    owned: int
    balance: Money
    reference: str
    repeated: bool


async def start_cycle(uow: UnitOfWork, *, intent: UUID, group: DaoId, official: MemberId) -> ShareCycleRow:
    """Open the first cycle, once per intent; later ones open by themselves at the share-out. All members are told.

    Raises NotAMember, NotYourRole, CycleRuns, GroupEnds. Locks the group.
    """
    await require_role(uow, member=official, group=group)
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})
    known = await uow.session.scalar(select(ShareCycleRow).where(ShareCycleRow.intent == intent))
    if known is not None:
        return known
    if await open_cycle(uow, group=group) is not None:
        raise CycleRuns
    await refuse_while_ending(uow, group=group)
    cycle = await next_cycle(uow, intent=intent, group=group)
    about = {"price": Money.from_decimal(cycle.price), "most": cycle.most}
    name = (await find_group(uow, group=group)).name
    await tell_group(uow, group=group, what=text("sms-shares-begin", group=name, **about), template="shares", but=[official])
    return cycle


async def next_cycle(uow: UnitOfWork, *, intent: UUID, group: DaoId) -> ShareCycleRow:
    """Write the next cycle by the rules in force now; the group has none open."""
    rules = await rules_of(uow, group=group)
    newest = await uow.session.scalar(select(func.max(ShareCycleRow.number)).where(ShareCycleRow.dao_id == group))
    cycle = ShareCycleRow(
        id=uow.ids.new(),
        dao_id=group,
        number=(newest or 0) + 1,
        price=rules.share_price.as_decimal(),
        most=rules.most_shares,
        meetings=rules.meeting_frequency,
        intent=intent,
        started_at=uow.clock.now(),
        closed_at=None,
    )
    uow.session.add(cycle)
    await uow.session.flush()
    return cycle


async def buy_shares(uow: UnitOfWork, *, intent: IntentId, member: MemberId, group: DaoId, shares: int) -> Bought:
    """Buy shares of the running cycle from her balance, at one meeting once, once per intent. Locks the cycle.

    Raises NotAMember, OnlyWatches, NoCycle, BadShareCount, BoughtAlready, ShareOutIsOpen, GroupEnds, InsufficientFunds,
    KeyReused.
    """
    await require_participant(uow, member=member, group=group)
    cycle = await locked_cycle(uow, group=group)
    before = await uow.session.scalar(select(SharePurchaseRow).where(SharePurchaseRow.intent == intent))
    if before is not None:
        if (before.user_id, before.shares) != (member, shares):
            raise KeyReused
        return await _outcome(uow, before, repeated=True)
    if not 1 <= shares <= cycle.most:
        raise BadShareCount(cycle.most)
    await refuse_while_open(uow, cycle=cycle.id)
    await refuse_while_ending(uow, group=group)
    meeting = meeting_on(cycle, uow.clock.now())
    await _refuse_second(uow, cycle, member, meeting)

    amount = Money.from_decimal(cycle.price) * shares
    legs = [Leg(member_account(member), -amount), Leg(pot(group, "shares"), amount)]
    posted = await transfer(uow, key=intent, kind=PURCHASE, legs=legs, details={"shares": str(shares)})
    row = SharePurchaseRow(
        id=uow.ids.new(),
        cycle_id=cycle.id,
        user_id=member,
        meeting_on=meeting,
        shares=shares,
        amount=amount.as_decimal(),
        transfer_id=posted.transfer,
        intent=intent,
        created_at=uow.clock.now(),
        exit_id=None,
    )
    uow.session.add(row)
    await uow.session.flush()
    return await _outcome(uow, row, repeated=False)


async def _refuse_second(uow: UnitOfWork, cycle: ShareCycleRow, member: MemberId, meeting: date) -> None:
    of_hers = SharePurchaseRow.cycle_id == cycle.id, SharePurchaseRow.user_id == member, SharePurchaseRow.exit_id.is_(None)
    bought = select(SharePurchaseRow.id).where(*of_hers, SharePurchaseRow.meeting_on == meeting)
    if await uow.session.scalar(bought) is not None:
        following = next_meeting(cycle, meeting)
        raise BoughtAlready(f"{following.day}/{following.month}/{following:%y}")


async def pay_back(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Money:
    """Give a member who leaves before the share-out what she paid for her shares, without profit; zero when she has none.

    Raises ShareOutIsOpen; InsufficientFunds when the pot doesn't have it. Locks the cycle. At most one
    ledger call, near the end.
    """
    try:
        cycle = await locked_cycle(uow, group=group)
    except NoCycle:
        return Money(0)
    _, paid = await owned_in(uow, cycle=cycle.id, member=member)
    if not paid:
        return paid
    await refuse_while_open(uow, cycle=cycle.id)
    left = ShareExitRow(
        id=uow.ids.new(), cycle_id=cycle.id, user_id=member, amount=paid.as_decimal(), created_at=uow.clock.now()
    )
    legs = [Leg(pot(group, "shares"), -paid), Leg(member_account(member), paid)]
    posted = await transfer(uow, key=left.id, kind=REFUND, legs=legs)
    left.transfer_id = posted.transfer
    uow.session.add(left)
    await uow.session.flush()
    hers = SharePurchaseRow.cycle_id == cycle.id, SharePurchaseRow.user_id == member, SharePurchaseRow.exit_id.is_(None)
    await uow.session.execute(update(SharePurchaseRow).where(*hers).values(exit_id=left.id))
    return paid


def meeting_on(cycle: ShareCycleRow, moment: datetime) -> date:
    """The first day of the meeting's week (Monday), fortnight or month, East Africa Time; without meetings, the day itself."""
    day = day_of(moment)
    match cycle.meetings:
        case "monthly":
            return day.replace(day=1)
        case "never":
            return day
    monday = day - timedelta(days=day.weekday())
    if cycle.meetings == "weekly":
        return monday
    began = day_of(cycle.started_at)
    first = began - timedelta(days=began.weekday())
    return first + timedelta(days=(monday - first).days // FORTNIGHT * FORTNIGHT)


def next_meeting(cycle: ShareCycleRow, meeting: date) -> date:
    """The first day on which shares can be bought again."""
    if cycle.meetings == "monthly":
        return (meeting + timedelta(days=32)).replace(day=1)
    return meeting + timedelta(days={"weekly": 7, "biweekly": FORTNIGHT}.get(cycle.meetings, 1))


async def open_cycle(uow: UnitOfWork, *, group: DaoId) -> ShareCycleRow | None:
    """The cycle that runs."""
    return await uow.scalar(CYCLE, group=group)


CYCLE = Selected(select(ShareCycleRow).where(ShareCycleRow.dao_id == given("group"), ShareCycleRow.closed_at.is_(None)))


async def locked_cycle(uow: UnitOfWork, *, group: DaoId) -> ShareCycleRow:
    """The cycle that runs, locked until the unit ends: purchases and the share-out queue up here. Raises NoCycle."""
    found = select(ShareCycleRow).where(ShareCycleRow.dao_id == group, ShareCycleRow.closed_at.is_(None)).with_for_update()
    cycle = await uow.session.scalar(found.execution_options(populate_existing=True))
    if cycle is None:
        raise NoCycle
    return cycle


async def refuse_while_open(uow: UnitOfWork, *, cycle: UUID) -> None:
    """Raises ShareOutIsOpen while one waits for its approvals."""
    waits = ShareOutRow.cycle_id == cycle, ShareOutRow.status == "open", ShareOutRow.expires_at > uow.clock.now()
    if await uow.session.scalar(select(ShareOutRow.id).where(*waits)) is not None:
        raise ShareOutIsOpen


async def owned_in(uow: UnitOfWork, *, cycle: UUID, member: MemberId) -> tuple[int, Money]:
    """How many shares she has in the cycle, and what she paid for them."""
    sums = select(func.sum(SharePurchaseRow.shares), func.sum(SharePurchaseRow.amount)).where(
        SharePurchaseRow.cycle_id == cycle, SharePurchaseRow.user_id == member, SharePurchaseRow.exit_id.is_(None)
    )
    shares, amount = (await uow.session.execute(sums)).one()
    return shares or 0, Money.from_decimal(amount) if amount else Money(0)


async def _outcome(uow: UnitOfWork, row: SharePurchaseRow, *, repeated: bool) -> Bought:
    own = member_account(MemberId(row.user_id))
    held = await balances(uow, [own])
    owned, _ = await owned_in(uow, cycle=row.cycle_id, member=MemberId(row.user_id))
    amount = Money.from_decimal(row.amount)
    return Bought(row.shares, amount, owned, held[own].available, reference(row.transfer_id), repeated)
