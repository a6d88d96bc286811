"""Claims on the welfare kitty: a member claims by the table of benefits, officials approve by PIN, and the kitty pays her.

Nobody approves her own claim. Who gets how much for what stands once it was claimed, so every approval is of the same thing; at
the payment everything is checked again: that she belongs, has waited, is within her year, and that the kitty has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import func, or_, select

from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.ending import refuse_while_ending
from core.daos.groups import find_group, require_member
from core.daos.models import GroupRow
from core.daos.people import OFFICIALS, Person, people_of, require_role, short_name
from core.daos.rules import Rules
from core.daos.telling import tell, tell_group
from core.daos.welfare.kitty import benefits_of, paid_this_year
from core.daos.welfare.models import Benefit, WelfareClaimRow, WelfareDecisionRow
from core.identity.signing import require_may_sign, words_that_count
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account, pot
from core.ledger.service import InsufficientFunds, Leg, balances, transfer

CLAIM = "welfare_claim"
PAID_OUT = "paid"
OPEN_FOR = timedelta(days=14)
LONGEST_REASON = 60
# Names of approvers in the message to all.
NAMES_TOLD = 3

Outcome = Literal["waiting", "paid", "refused"]


@dataclass
class NotABenefit(CoreError):
    """The group's kitty doesn't pay for this, or not so much: at most `high`."""

    code = "not-a-benefit"
    kind = Kind.INVALID

    high: Money


@dataclass
class BadReason(CoreError):
    """A claim says why in two to `most` characters."""

    code = "bad-claim-reason"
    kind = Kind.INVALID

    most: int


@dataclass
class StillWaiting(CoreError):
    """She hasn't belonged long enough: the kitty pays her from `at` on."""

    code = "still-waiting"
    kind = Kind.FORBIDDEN

    at: datetime


@dataclass
class YearUsed(CoreError):
    """More than her rest of the year, `left`."""

    code = "year-used"
    kind = Kind.LIMITED

    left: Money


@dataclass
class ClaimIsOpen(CoreError):
    """She has a claim that isn't decided yet."""

    code = "claim-is-open"
    kind = Kind.CONFLICT


@dataclass
class NoClaim(CoreError):
    """There is no such claim, or it was decided already."""

    code = "no-claim"
    kind = Kind.CONFLICT


@dataclass
class OwnClaim(CoreError):
    """Nobody decides on her own claim."""

    code = "own-claim"
    kind = Kind.FORBIDDEN


@dataclass
class KittyShort(CoreError):
    """The kitty has only `available`."""

    code = "kitty-short"
    kind = Kind.CONFLICT

    available: Money


@dataclass(frozen=True)
class Claim:
    """A claim as those who decide see it."""

    id: UUID
    number: int
    member: MemberId
    who: str
    kind: Benefit
    amount: Money
    reason: str
    approved: int
    needed: int


async def claim(
    uow: UnitOfWork, *, intent: IntentId, member: MemberId, group: DaoId, benefit: Benefit, amount: Money, reason: str
) -> Claim:
    """Claim a benefit, once per intent; the officials are asked.

    Where there is no other official `needed` is 0 and the members' vote decides: whoever makes such a claim opens the vote in
    the same unit (core/governance/welfare.py).

    Raises NotAMember, GroupEnds, NotABenefit, BadReason, StillWaiting, YearUsed, ClaimIsOpen. Locks the group.
    """
    await _lock(uow, group)
    known = await uow.session.scalar(select(WelfareClaimRow).where(WelfareClaimRow.intent == intent))
    if known is not None:
        return await _seen(uow, known)
    said = " ".join(reason.split())
    if not 2 <= len(said) <= LONGEST_REASON:  # noqa: PLR2004 - a word
        raise BadReason(LONGEST_REASON)
    await _check(uow, member=member, group=group, benefit=benefit, amount=amount)
    await _end_late(uow, group)
    open_one = WelfareClaimRow.dao_id == group, WelfareClaimRow.user_id == member, WelfareClaimRow.status == "open"
    if await uow.session.scalar(select(WelfareClaimRow.id).where(*open_one)) is not None:
        raise ClaimIsOpen

    others = await _deciders(uow, group, member)
    row = await _write(
        uow, intent=intent, member=member, group=group, benefit=benefit, amount=amount, reason=said, others=others
    )
    seen = await _seen(uow, row)
    found = await find_group(uow, group=group)
    about = {"group": found.name, "dialled": dial_to(uow, found.code, "welfare")}
    asked = text("sms-welfare-asked", person=seen.who, amount=amount, **about)
    for person in others:
        await tell(uow, person, asked, template="welfare")
    return seen


async def _write(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    member: MemberId,
    group: DaoId,
    benefit: Benefit,
    amount: Money,
    reason: str,
    others: Sequence[Person],
) -> WelfareClaimRow:
    rules, now = await rules_of(uow, group=group), uow.clock.now()
    needed = min(rules.approvals, len(others))
    newest = await uow.session.scalar(select(func.max(WelfareClaimRow.number)).where(WelfareClaimRow.dao_id == group))
    row = WelfareClaimRow(
        id=uow.ids.new(),
        dao_id=group,
        number=(newest or 0) + 1,
        user_id=member,
        kind=benefit,
        amount=amount.as_decimal(),
        reason=reason,
        needed=needed,
        status="open",
        because=None,
        intent=intent,
        transfer_id=None,
        created_at=now,
        # A vote takes as long as the rules say, and may be held twice.
        expires_at=now + (OPEN_FOR if needed else OPEN_FOR + 2 * _vote_takes(rules)),
        ended_at=None,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


def _vote_takes(rules: Rules) -> timedelta:
    return timedelta(days=rules.voting_days, hours=rules.execution_hours)


async def decide(uow: UnitOfWork, *, official: MemberId, group: DaoId, claim: UUID, approves: bool) -> Outcome:
    """An official's word on a claim. The last approval pays; it's refused when it can't get enough approvals any more.

    All members are told of a payment, she herself of a refusal. Raises NotAMember, NotYourRole, NoClaim, OwnClaim, SignsLater
    (for a yes), and what `_check` finds at the payment; KittyShort. Locks the group. At most one ledger call, near the end.
    """
    await require_role(uow, member=official, group=group)
    row = await _open(uow, group, claim)
    if row.user_id == official:
        raise OwnClaim
    if approves:
        await require_may_sign(uow, member=official)
    if not row.needed:
        # It was put to the members, and isn't taken from them by an official who came later.
        raise NoClaim
    said = await _decisions(uow, row.id)
    if official not in said:
        said[official] = approves
        uow.session.add(WelfareDecisionRow(claim_id=row.id, user_id=official, approves=approves, created_at=uow.clock.now()))
        await uow.session.flush()
    deciders = await _deciders(uow, group, MemberId(row.user_id))
    # Only who is an official now counts.
    counts = await words_that_count(uow, said=await _approvals(uow, row.id))
    approved = [person for person in deciders if said.get(person.id) is True and person.id in counts]
    refused = [person for person in deciders if said.get(person.id) is False]
    if len(approved) >= row.needed:
        names = ", ".join(short_name(person.name) for person in approved[:NAMES_TOLD])
        await _pay(uow, row, because=names)
        return "paid"
    if len(deciders) - len(refused) < row.needed:
        await _refuse(uow, row, because="officials")
        return "refused"
    return "waiting"


async def decide_by_vote(
    uow: UnitOfWork, *, group: DaoId, claim: UUID, passed: bool, because: str, why: str = "vote"
) -> Outcome:
    """What the members' vote said to a claim; for governance. Raises and locks like `decide`.

    because: names the vote, and begins with that word. why: of a refusal, as she is told: vote (the members said no), or what
    became of the vote (cancelled, lapsed, or the code of what kept a claim that passed from being paid).
    """
    row = await _open(uow, group, claim)
    if not passed:
        await _refuse(uow, row, because=because, why=why)
        return "refused"
    await _pay(uow, row, because=because)
    return "paid"


async def find_claim(uow: UnitOfWork, *, claim: UUID) -> Claim:
    """A claim that isn't decided yet, for code that works for its group. Raises NoClaim."""
    row = await uow.session.get(WelfareClaimRow, claim)
    if row is None or row.status != "open":
        raise NoClaim
    return await _seen(uow, row)


async def reason_of(uow: UnitOfWork, *, claim: UUID) -> str:
    """Why she claims, in her own words, also of a claim that was decided."""
    return (await uow.session.get_one(WelfareClaimRow, claim)).reason


async def _pay(uow: UnitOfWork, row: WelfareClaimRow, *, because: str) -> None:
    group, member, amount = DaoId(row.dao_id), MemberId(row.user_id), Money.from_decimal(row.amount)
    await _check(uow, member=member, group=group, benefit=row.kind, amount=amount)
    kitty = pot(group, "welfare")
    held = (await balances(uow, [kitty]))[kitty].available
    if held < amount:
        raise KittyShort(held)
    rules, seen = await rules_of(uow, group=group), await _seen(uow, row)
    found = await find_group(uow, group=group)
    about = {"group": found.name, "person": seen.who, "amount": amount, "names": because}
    benefit = text(f"welfare-{row.kind}")
    await tell_group(
        uow, group=group, what=text("sms-welfare-paid", **about, benefit=benefit, total=held - amount), template="welfare_paid"
    )
    if held - amount < rules.welfare_floor:
        sums = {"total": held - amount, "floor": rules.welfare_floor, "regular": rules.welfare}
        low = text("sms-welfare-low", group=found.name, dialled=dial_to(uow, found.code, "welfare"), **sums)
        await tell_group(uow, group=group, what=low, template="welfare_low")
    legs = [Leg(kitty, -amount), Leg(member_account(member), amount)]
    try:
        posted = await transfer(uow, key=uuid5(row.id, PAID_OUT), kind=CLAIM, legs=legs, details={"claim": str(row.id)})
    except InsufficientFunds as short:
        raise KittyShort(short.available) from short
    row.status, row.ended_at, row.transfer_id, row.because = "paid", uow.clock.now(), posted.transfer, because
    await uow.session.flush()


async def refuse_all(uow: UnitOfWork, *, group: DaoId, because: str) -> None:
    """Refuse whatever waits: the group ends. Each who had claimed is told. Locks the group."""
    await _lock(uow, group)
    waits = WelfareClaimRow.dao_id == group, WelfareClaimRow.status == "open"
    for row in await uow.session.scalars(select(WelfareClaimRow).where(*waits).order_by(WelfareClaimRow.number)):
        await _refuse(uow, row, because=because, why="ended")


async def _refuse(uow: UnitOfWork, row: WelfareClaimRow, *, because: str, why: str = "officials") -> None:
    row.status, row.ended_at, row.because = "refused", uow.clock.now(), because
    await uow.session.flush()
    group = DaoId(row.dao_id)
    name = (await find_group(uow, group=group)).name
    for person in await people_of(uow, group=group):
        if person.id == row.user_id:
            told = text("sms-welfare-refused", group=name, amount=Money.from_decimal(row.amount), cause=why)
            await tell(uow, person, told, template="welfare")


async def _check(uow: UnitOfWork, *, member: MemberId, group: DaoId, benefit: Benefit, amount: Money) -> None:
    """Whether the rules let the kitty pay her so much for this now."""
    await refuse_while_ending(uow, group=group)
    membership = await require_member(uow, member=member, group=group)
    rules = await rules_of(uow, group=group)
    most = benefits_of(rules).get(benefit, Money(0))
    if not Money(0) < amount <= most:
        raise NotABenefit(most)
    starts = membership.joined_at + timedelta(days=rules.welfare_waiting_days)
    if starts > uow.clock.now():
        raise StillWaiting(starts)
    left = max(rules.welfare_yearly - await paid_this_year(uow, member=member, group=group), Money(0))
    if amount > left:
        raise YearUsed(left)


async def open_claims(uow: UnitOfWork, *, official: MemberId, group: DaoId) -> list[Claim]:
    """The claims that wait for her word, the oldest first; not her own. Raises NotAMember, NotYourRole."""
    await require_role(uow, member=official, group=group)
    said = select(WelfareDecisionRow.claim_id).where(WelfareDecisionRow.user_id == official)
    # Enough have approved and yet it isn't paid: somebody's word was in doubt, and approving again counts all anew.
    yes = select(func.count()).where(WelfareDecisionRow.claim_id == WelfareClaimRow.id, WelfareDecisionRow.approves.is_(True))
    held = yes.scalar_subquery() >= WelfareClaimRow.needed
    refused = said.where(WelfareDecisionRow.approves.is_(False))
    found = select(WelfareClaimRow).where(
        WelfareClaimRow.dao_id == group,
        WelfareClaimRow.status == "open",
        WelfareClaimRow.needed > 0,
        WelfareClaimRow.expires_at > uow.clock.now(),
        WelfareClaimRow.user_id != official,
        or_(WelfareClaimRow.id.not_in(said), held & WelfareClaimRow.id.not_in(refused)),
    )
    return [await _seen(uow, row) for row in await uow.session.scalars(found.order_by(WelfareClaimRow.number))]


async def her_claims(uow: UnitOfWork, *, member: MemberId, group: DaoId, limit: int = 3) -> list[tuple[int, Money, Text]]:
    """Her newest claims: number, amount, and what became of each."""
    found = select(WelfareClaimRow).where(WelfareClaimRow.dao_id == group, WelfareClaimRow.user_id == member)
    rows = await uow.session.scalars(found.order_by(WelfareClaimRow.number.desc()).limit(limit))
    return [(row.number, Money.from_decimal(row.amount), text(f"welfare-is-{row.status}")) for row in rows]


async def _lock(uow: UnitOfWork, group: DaoId) -> None:
    """Claims of a group are made and decided one after another, so that no two fit into the same rest of a year."""
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})


async def _open(uow: UnitOfWork, group: DaoId, claim: UUID) -> WelfareClaimRow:
    await _lock(uow, group)
    await _end_late(uow, group)
    found = select(WelfareClaimRow).where(
        WelfareClaimRow.id == claim, WelfareClaimRow.dao_id == group, WelfareClaimRow.status == "open"
    )
    row = await uow.session.scalar(found.execution_options(populate_existing=True))
    if row is None:
        raise NoClaim
    return row


async def _end_late(uow: UnitOfWork, group: DaoId) -> None:
    """Nobody decided within two weeks."""
    late = select(WelfareClaimRow).where(
        WelfareClaimRow.dao_id == group, WelfareClaimRow.status == "open", WelfareClaimRow.expires_at <= uow.clock.now()
    )
    for row in await uow.session.scalars(late):
        row.status, row.ended_at, row.because = "lapsed", uow.clock.now(), "nobody decided"
    await uow.session.flush()


async def _deciders(uow: UnitOfWork, group: DaoId, member: MemberId) -> list[Person]:
    return [person for person in await people_of(uow, group=group, roles=OFFICIALS) if person.id != member]


async def _decisions(uow: UnitOfWork, claim: UUID) -> dict[UUID, bool]:
    found = select(WelfareDecisionRow).where(WelfareDecisionRow.claim_id == claim)
    return {row.user_id: row.approves for row in await uow.session.scalars(found)}


async def _approvals(uow: UnitOfWork, claim: UUID) -> dict[MemberId, datetime]:
    found = select(WelfareDecisionRow).where(WelfareDecisionRow.claim_id == claim, WelfareDecisionRow.approves.is_(True))
    return {MemberId(row.user_id): row.created_at for row in await uow.session.scalars(found)}


async def _seen(uow: UnitOfWork, row: WelfareClaimRow) -> Claim:
    people = {person.id: person.name for person in await people_of(uow, group=DaoId(row.dao_id))}
    member = MemberId(row.user_id)
    approved = sum((await _decisions(uow, row.id)).values())
    amount = Money.from_decimal(row.amount)
    who = short_name(people.get(member, "-"))
    return Claim(row.id, row.number, member, who, row.kind, amount, row.reason, approved, row.needed)
