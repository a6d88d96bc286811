"""Letting somebody vote for oneself: a member of the group, for everything, one kind or one proposal, until a date.

Her own vote always wins. Nobody votes for more than two, nobody passes on what she was given, and elections and other secret
votes are everybody's own. Both members' rows are locked in one order, so that no chain slips through between two at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from core.daos.groups import NotAMember, require_member
from core.daos.models import MembershipRow
from core.governance.errors import CannotDelegate
from core.governance.models import DelegationRow
from core.governance.proposals import UNDECIDED, Proposal, find_proposal
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.questions import Selected, given
from core.ledger.service import KeyReused

MOST_HELD = 2
LONGEST_DAYS = 365
CATEGORIES = ("motion", "spend", "rule", "poll", "dissolution")


@dataclass(frozen=True)
class Scope:
    """On what she is represented: everything, one kind, or one proposal."""

    category: str | None = None
    proposal: UUID | None = None

    @property
    def name(self) -> str:
        """As it is stored."""
        return "proposal" if self.proposal else "category" if self.category else "all"


@dataclass(frozen=True)
class Wish:
    """Whom somebody wants to be represented by, on what, and for how many days."""

    group: DaoId
    giver: MemberId
    holder: MemberId
    scope: Scope
    days: int


@dataclass(frozen=True)
class Delegation:
    """That `giver` is represented by `holder`."""

    id: UUID
    giver: MemberId
    holder: MemberId
    holder_name: str
    scope: Scope
    ends_at: datetime


async def delegate(uow: UnitOfWork, *, intent: IntentId, wish: Wish) -> Delegation:
    """Be represented from now on; a delegation of the same scope is replaced. Once per intent.

    Locks both memberships until the unit ends. Raises NotAMember, CannotDelegate, UnknownProposal, KeyReused.
    """
    await _lock_both(uow, wish.group, wish.giver, wish.holder)
    before = await uow.session.scalar(select(DelegationRow).where(DelegationRow.intent == intent))
    if before is not None:
        if (before.giver_id, before.holder_id) != (wish.giver, wish.holder):
            raise KeyReused
        return await _as_delegation(uow, before)
    await _check_scope(uow, wish)
    await _check_holder(uow, wish)
    return await _write(uow, intent, wish)


async def revoke(uow: UnitOfWork, *, giver: MemberId, delegation: UUID) -> None:
    """Vote for herself again. Nothing happens when it has ended already."""
    own = DelegationRow.id == delegation, DelegationRow.giver_id == giver
    row = await uow.session.scalar(select(DelegationRow).where(*own).with_for_update())
    if row is not None and row.revoked_at is None:
        row.revoked_at = uow.clock.now()
        await uow.session.flush()


async def given_by(uow: UnitOfWork, *, group: DaoId, giver: MemberId) -> list[Delegation]:
    """By whom she is represented now, the widest scope first."""
    rows = await uow.scalars(GIVEN, group=group, giver=giver, now=uow.clock.now())
    return [await _as_delegation(uow, row) for row in rows]


async def represented(
    uow: UnitOfWork, *, proposal: Proposal, silent: Iterable[MemberId], voted: Collection[MemberId]
) -> dict[MemberId, MemberId]:
    """Whose ballot counts for each of the silent voters, as delegations stood at the close or stand now.

    The narrowest delegation that fits is the one that counts; when its holder hasn't voted, nobody votes for her.
    """
    if proposal.secret or proposal.matter.kind == "election" or proposal.closes_at is None:
        return {}
    moment = min(uow.clock.now(), proposal.closes_at)
    active = select(MembershipRow.user_id).where(MembershipRow.dao_id == proposal.group, MembershipRow.status == "active")
    at_close = select(DelegationRow).where(
        DelegationRow.dao_id == proposal.group,
        DelegationRow.giver_id.in_(list(silent)),
        DelegationRow.giver_id.in_(active),
        DelegationRow.starts_at <= moment,
        DelegationRow.ends_at > moment,
        func.coalesce(DelegationRow.revoked_at > moment, True),
    )
    nearest: dict[MemberId, DelegationRow] = {}
    for row in await uow.session.scalars(at_close.order_by(DelegationRow.starts_at)):
        giver = MemberId(row.giver_id)
        if _fits(row, proposal) and (giver not in nearest or _narrowness(row) >= _narrowness(nearest[giver])):
            nearest[giver] = row
    return {giver: MemberId(row.holder_id) for giver, row in nearest.items() if row.holder_id in voted}


def _fits(row: DelegationRow, proposal: Proposal) -> bool:
    return row.scope == "all" or row.category == proposal.matter.kind or row.proposal_id == proposal.id


def _narrowness(row: DelegationRow) -> int:
    return ("all", "category", "proposal").index(row.scope)


_STANDING = select(DelegationRow).where(
    DelegationRow.dao_id == given("group"), DelegationRow.revoked_at.is_(None), DelegationRow.ends_at > given("now")
)
_ALL = Selected(_STANDING)
GIVEN = Selected(
    _STANDING.where(DelegationRow.giver_id == given("giver")).order_by(DelegationRow.scope, DelegationRow.starts_at)
)


async def _lock_both(uow: UnitOfWork, group: DaoId, giver: MemberId, holder: MemberId) -> None:
    if giver == holder:
        raise CannotDelegate("self")
    both = MembershipRow.dao_id == group, MembershipRow.user_id.in_((giver, holder))
    await uow.session.execute(select(MembershipRow.id).where(*both).order_by(MembershipRow.id).with_for_update(key_share=True))
    await require_member(uow, member=giver, group=group)
    try:
        membership = await require_member(uow, member=holder, group=group)
    except NotAMember:
        raise CannotDelegate("member") from None
    if membership.role == "observer":
        raise CannotDelegate("member")


async def _check_scope(uow: UnitOfWork, wish: Wish) -> None:
    if not 1 <= wish.days <= LONGEST_DAYS:
        raise CannotDelegate("dates")
    if wish.scope.category is not None and wish.scope.category not in CATEGORIES:
        raise CannotDelegate("kind")
    if wish.scope.proposal is not None:
        found = await find_proposal(uow, proposal=wish.scope.proposal)
        if found.group != wish.group or found.secret or found.matter.kind == "election" or found.state not in UNDECIDED:
            raise CannotDelegate("kind")


async def _check_holder(uow: UnitOfWork, wish: Wish) -> None:
    """No chains and no third: whoever holds gives nothing on, whoever gave holds nothing."""
    standing = await uow.scalars(_ALL, group=wish.group, now=uow.clock.now())
    if any(row.holder_id == wish.giver for row in standing):
        raise CannotDelegate("holds")
    if any(row.giver_id == wish.holder for row in standing):
        raise CannotDelegate("chain")
    if len({row.giver_id for row in standing if row.holder_id == wish.holder} - {wish.giver}) >= MOST_HELD:
        raise CannotDelegate("full")


async def _write(uow: UnitOfWork, intent: IntentId, wish: Wish) -> Delegation:
    now, scope = uow.clock.now(), wish.scope
    await _end_same_scope(uow, wish, now)
    row = DelegationRow(
        id=uow.ids.new(),
        dao_id=wish.group,
        giver_id=wish.giver,
        holder_id=wish.holder,
        scope=scope.name,
        category=scope.category,
        proposal_id=scope.proposal,
        starts_at=now,
        ends_at=now + timedelta(days=wish.days),
        intent=intent,
    )
    uow.session.add(row)
    await uow.session.flush()
    return await _as_delegation(uow, row)


async def _end_same_scope(uow: UnitOfWork, wish: Wish, now: datetime) -> None:
    """The other scopes stay: each is a decision of its own."""
    same = (
        DelegationRow.dao_id == wish.group,
        DelegationRow.giver_id == wish.giver,
        DelegationRow.scope == wish.scope.name,
        DelegationRow.category.is_not_distinct_from(wish.scope.category),
        DelegationRow.proposal_id.is_not_distinct_from(wish.scope.proposal),
        DelegationRow.revoked_at.is_(None),
    )
    for earlier in await uow.session.scalars(select(DelegationRow).where(*same)):
        earlier.revoked_at = now
    await uow.session.flush()


async def _as_delegation(uow: UnitOfWork, row: DelegationRow) -> Delegation:
    name = await uow.session.scalar(select(MemberRow.name).where(MemberRow.id == row.holder_id))
    scope = Scope(row.category, row.proposal_id)
    return Delegation(row.id, MemberId(row.giver_id), MemberId(row.holder_id), name or "", scope, row.ends_at)
