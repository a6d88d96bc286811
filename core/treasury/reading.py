"""What any member may see: the treasury with its limits, its requests, and each request with its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, select

from core.daos.constitutions import rules_of
from core.daos.groups import find_group, require_member
from core.daos.people import PARTICIPANTS, Person, people_of, short_name
from core.daos.rules import Rules
from core.identity.models import MemberRow
from core.identity.signing import lay_accounts
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import KES, Money
from core.kernel.questions import Selected, given
from core.ledger.accounts import treasury
from core.ledger.service import Balance, balance
from core.payments.group_payouts import find_group_payout
from core.treasury.approving import may_approve_again
from core.treasury.cooling import cool_until
from core.treasury.limits import Spent, spent
from core.treasury.mandate import mandate_of
from core.treasury.models import TreasuryRequest
from core.treasury.objecting import STOPPABLE
from core.treasury.paying import what_voids
from core.treasury.requests import Request, UnknownRequest, as_request
from core.treasury.votes import lacks_vote
from core.treasury.words import Said, has_objected, lay_words, objections, said_about

UNFINISHED = ("open", "waiting", "paying", "failed")
# In a list of requests.
MOST_LISTED = 7
SHOWN_OF_PAID = 3
Deed = Literal["approve", "reject", "object", "vote", "withdraw", "again", "report"]


_REQUESTS = select(TreasuryRequest).where(TreasuryRequest.dao_id == given("group"))
UNENDED = Selected(_REQUESTS.where(TreasuryRequest.status.in_(UNFINISHED)).order_by(TreasuryRequest.number))
LAST_PAID = Selected(
    _REQUESTS.where(TreasuryRequest.status == "paid")
    .order_by(TreasuryRequest.paid_at.desc())
    .limit(given("last", BigInteger()))
)
LAST_ENDED = Selected(
    _REQUESTS.where(TreasuryRequest.status.not_in(UNFINISHED))
    .order_by(TreasuryRequest.number.desc())
    .limit(given("most", BigInteger()))
)
NUMBERED = Selected(_REQUESTS.where(TreasuryRequest.number == given("number")).execution_options(populate_existing=True))


@dataclass(frozen=True)
class Treasury:
    """A treasury as its members see it. `spent`: what counts against the limits; `last`: the newest payments."""

    group: DaoId
    name: str
    money: Balance
    rules: Rules
    spent: Spent
    last: tuple[Request, ...]
    unfinished: int


@dataclass(frozen=True)
class DryRun:
    """What would happen if `total` left now: what is free before and after, and which requests it could no longer pay."""

    total: Money
    before: Money
    after: Money
    reserve: Money
    unpayable: tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    """A request with everything that decides about it. `void`: why it can't be paid any more, though nobody ended it yet.

    `approved`, `refused`: who said so, by short name; `officials`, `padlocks`: how many of each have approved. `may`: what the
    viewer can do with it now. `cooling`: officials who are new, with their names and when they may approve. `receipt`:
    M-Pesa's, of all parts. `arrived`: what of it reached a number outside.
    """

    request: Request
    by: str
    void: str | None
    approved: tuple[str, ...]
    refused: tuple[str, ...]
    officials: int
    padlocks: int
    cooling: dict[MemberId, tuple[str, datetime]]
    objections: int
    receipt: str | None
    may: frozenset[Deed]
    arrived: Money


async def see_treasury(uow: UnitOfWork, *, viewer: MemberId, group: DaoId, last: int = SHOWN_OF_PAID) -> Treasury:
    """What the group has, what is set aside, what may still leave, and what left last. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    money = await balance(uow, treasury(group), KES)
    newest = await uow.scalars(LAST_PAID, group=group, last=last)
    return Treasury(
        group=group,
        name=(await find_group(uow, group=group)).name,
        money=money,
        rules=await rules_of(uow, group=group),
        spent=await spent(uow, group=group),
        last=tuple(as_request(row) for row in newest),
        unfinished=len(await _unfinished(uow, group)),
    )


async def see_requests(uow: UnitOfWork, *, viewer: MemberId, group: DaoId, limit: int = MOST_LISTED) -> list[Request]:
    """The group's requests: those without an end first, then the newest. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    newest = await uow.scalars(LAST_ENDED, group=group, most=limit)
    return [as_request(row) for row in (*await _unfinished(uow, group), *newest)][:limit]


async def see_request(uow: UnitOfWork, *, viewer: MemberId, request: IntentId) -> Standing:
    """One request with its arithmetic. Raises UnknownRequest, to whoever isn't in its group too."""
    return await _seen(uow, await uow.session.get(TreasuryRequest, request, populate_existing=True), viewer)


async def see_numbered(uow: UnitOfWork, *, viewer: MemberId, group: DaoId, number: int) -> Standing:
    """The group's request of this number with its arithmetic. Raises NotAMember, UnknownRequest."""
    await require_member(uow, member=viewer, group=group)
    return await _seen(uow, await _numbered(uow, group, number), viewer)


async def _seen(uow: UnitOfWork, row: TreasuryRequest | None, viewer: MemberId) -> Standing:
    if row is None:
        raise UnknownRequest
    people = {one.id: one for one in await people_of(uow, group=DaoId(row.dao_id))}
    if viewer not in people:
        raise UnknownRequest
    return await standing_of(uow, row, viewer=people[viewer])


async def find_numbered(uow: UnitOfWork, *, viewer: MemberId, group: DaoId, number: int) -> Request:
    """The group's request of this number. Raises NotAMember, UnknownRequest."""
    await require_member(uow, member=viewer, group=group)
    row = await _numbered(uow, group, number)
    if row is None:
        raise UnknownRequest
    return as_request(row)


async def _numbered(uow: UnitOfWork, group: DaoId, number: int) -> TreasuryRequest | None:
    return await uow.scalar(NUMBERED, group=group, number=number)


async def waits_for(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> list[Request]:
    """The group's requests that wait for this member's word, oldest first. Raises NotAMember."""
    await require_member(uow, member=member, group=group)
    people = {one.id: one for one in await people_of(uow, group=group)}
    # Of the others nothing needs to be known.
    hers = [row for row in await _unfinished(uow, group) if row.status == "open" and member in (*row.signers, *row.padlocks)]
    await lay_words(uow, group, hers)
    await lay_accounts(uow, members=[MemberId(row.proposer) for row in hers])
    waiting = [await standing_of(uow, row, viewer=people[member]) for row in hers]
    return [one.request for one in waiting if "approve" in one.may]


async def dry_run(uow: UnitOfWork, *, group: DaoId, total: Money, but: IntentId | None = None) -> DryRun:
    """What remains if `total` leaves, and which open requests could be paid now and couldn't be any more."""
    reserve = (await rules_of(uow, group=group)).reserve
    before = (await balance(uow, treasury(group), KES)).available
    after = before - total
    others = [as_request(row) for row in await _unfinished(uow, group) if row.status == "open" and row.id != but]
    lost = (one.number for one in others if after - one.total < reserve <= before - one.total)
    return DryRun(total, before, after, reserve, tuple(lost))


async def standing_of(uow: UnitOfWork, row: TreasuryRequest, *, viewer: Person | None = None) -> Standing:
    """The row with everything that decides about it."""
    request, said = as_request(row), await said_about(uow, row)
    void = None
    if row.status in ("open", "waiting", "failed"):
        void = await what_voids(uow, row, await mandate_of(uow, group=request.group))
    rules = await rules_of(uow, group=request.group)
    cooling = await cool_until(uow, group=request.group, rules=rules, members=request.signers) if row.status == "open" else {}
    names = await _names(uow, request.group, [request.proposer, *(one.member for one in said), *cooling])
    payout = await find_group_payout(uow, payout=row.payout_id) if row.payout_id else None
    approved = [one for one in said if one.verdict == "approved"]
    return Standing(
        request=request,
        by=names[request.proposer],
        void=void,
        approved=tuple(names[one.member] for one in approved),
        refused=tuple(names[one.member] for one in said if one.verdict == "rejected"),
        officials=sum(one.capacity == "official" for one in approved),
        padlocks=sum(one.capacity == "padlock" for one in approved),
        cooling={member: (names[member], at) for member, at in cooling.items()},
        objections=await objections(uow, row),
        receipt=payout.receipt if payout else None,
        arrived=payout.paid if payout else Money(0),
        may=frozenset()
        if viewer is None
        else await _may(uow, row, said, viewer, void, now=uow.clock.now()) - ({"approve"} if viewer.id in cooling else set()),
    )


async def _may(
    uow: UnitOfWork, row: TreasuryRequest, said: list[Said], viewer: Person, void: str | None, *, now: datetime
) -> frozenset[Deed]:
    deeds: set[Deed] = set()
    own = viewer.id in (row.proposer, row.payee_id) or viewer.phone == row.payee_phone
    alive = void is None and now < row.expires_at
    if row.status == "open" and alive and not own and viewer.id in (*row.signers, *row.padlocks):
        if viewer.id not in {one.member for one in said}:
            deeds |= {"approve", "reject"}
        elif await may_approve_again(uow, row, viewer.id):
            deeds.add("approve")
    if row.status in STOPPABLE and viewer.role in PARTICIPANTS and not await has_objected(uow, row, viewer.id):
        deeds.add("object")
    if alive and viewer.role in PARTICIPANTS and lacks_vote(row):
        # Whether they vote on it already is looked at when she wants to put it to them.
        deeds.add("vote")
    if viewer.id == row.proposer:
        deeds |= {"withdraw"} if row.status in (*STOPPABLE, "failed") else set()
        deeds |= {"report"} if row.status == "paid" and row.path == "emergency" and row.report is None else set()
    if row.status == "failed" and alive and viewer.role in ("chair", "secretary", "treasurer") and viewer.id != row.payee_id:
        deeds.add("again")
    return frozenset(deeds)


async def _unfinished(uow: UnitOfWork, group: DaoId) -> list[TreasuryRequest]:
    return await uow.scalars(UNENDED, group=group)


async def _names(uow: UnitOfWork, group: DaoId, members: list[MemberId]) -> dict[MemberId, str]:
    """How each is called, also who has left the group since."""
    names = {one.id: short_name(one.name) for one in await people_of(uow, group=group)}
    if gone := set(members) - set(names):
        rows = await uow.session.execute(select(MemberRow.id, MemberRow.name).where(MemberRow.id.in_(gone)))
        names |= {MemberId(member): short_name(name) for member, name in rows}
    return names
