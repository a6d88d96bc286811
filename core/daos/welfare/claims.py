"""Claims on the welfare kitty: a member claims by the table of benefits. They are decided in core/daos/welfare/deciding.py.

Who gets how much for what stands once it was claimed, so every approval is of the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.ending import refuse_while_ending
from core.daos.groups import find_group
from core.daos.models import GroupRow
from core.daos.people import OFFICIALS, Person, people_of, require_participant, require_role, short_name
from core.daos.rules import Rules
from core.daos.telling import tell
from core.daos.welfare.errors import BadReason, ClaimIsOpen, NoClaim, NotABenefit, StillWaiting, YearUsed
from core.daos.welfare.kitty import benefits_of, paid_this_year
from core.daos.welfare.models import Benefit, WelfareClaimRow, WelfareDecisionRow
from core.identity.signing import words_to_renew
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import Text, text

OPEN_FOR = timedelta(days=14)
LONGEST_REASON = 60
TOGETHER = 2


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

    Where there is no other official, or one though the rules want more than one's word, `needed` is 0 and the members' vote
    decides: whoever makes such a claim opens the vote in the same unit (core/governance/welfare.py).

    Raises NotAMember, OnlyWatches, GroupEnds, NotABenefit, BadReason, StillWaiting, YearUsed, ClaimIsOpen. Locks the group.
    """
    await lock_claims(uow, group=group)
    known = await uow.session.scalar(select(WelfareClaimRow).where(WelfareClaimRow.intent == intent))
    if known is not None:
        return await claim_seen(uow, known)
    said = " ".join(reason.split())
    if not 2 <= len(said) <= LONGEST_REASON:  # noqa: PLR2004 - a word
        raise BadReason(LONGEST_REASON)
    await require_payable(uow, member=member, group=group, benefit=benefit, amount=amount)
    await end_late_claims(uow, group=group)
    open_one = WelfareClaimRow.dao_id == group, WelfareClaimRow.user_id == member, WelfareClaimRow.status == "open"
    if await uow.session.scalar(select(WelfareClaimRow.id).where(*open_one)) is not None:
        raise ClaimIsOpen

    others = await deciders_of(uow, group=group, member=member)
    row = await _write(
        uow, intent=intent, member=member, group=group, benefit=benefit, amount=amount, reason=said, others=others
    )
    seen = await claim_seen(uow, row)
    found = await find_group(uow, group=group)
    about = {"group": found.name, "dialled": dial_to(uow, found.code, "welfare")}
    asked = text("sms-welfare-asked", person=seen.who, amount=amount, **about)
    for person in others if seen.needed else ():
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
    # Nobody gives the group's money away alone, unless the group has said that one is enough.
    needed = min(rules.approvals, len(others)) if len(others) >= min(rules.approvals, TOGETHER) else 0
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


async def find_claim(uow: UnitOfWork, *, claim: UUID) -> Claim:
    """A claim that isn't decided yet, for code that works for its group. Raises NoClaim."""
    row = await uow.session.get(WelfareClaimRow, claim)
    if row is None or row.status != "open":
        raise NoClaim
    return await claim_seen(uow, row)


async def reason_of(uow: UnitOfWork, *, claim: UUID) -> str:
    """Why she claims, in her own words, also of a claim that was decided."""
    return (await uow.session.get_one(WelfareClaimRow, claim)).reason


async def require_payable(uow: UnitOfWork, *, member: MemberId, group: DaoId, benefit: Benefit, amount: Money) -> None:
    """Whether the rules let the kitty pay her so much for this now.

    Raises GroupEnds, NotAMember, OnlyWatches, NotABenefit, StillWaiting, YearUsed.
    """
    await refuse_while_ending(uow, group=group)
    membership = await require_participant(uow, member=member, group=group)
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


@foreseeable
async def open_claims(uow: UnitOfWork, *, official: MemberId, group: DaoId) -> list[Claim]:
    """The claims that wait for her word, the oldest first; not her own. Raises NotAMember, NotYourRole."""
    await require_role(uow, member=official, group=group)
    rows = await uow.rows(TO_DECIDE, group=group, official=official, now=uow.clock.now())
    await _lay_words(uow, group, [row.id for row, _ in rows])
    return [await claim_seen(uow, row) for row, waits in rows if waits or await _may_say_again(uow, row, official)]


_SAID = select(WelfareDecisionRow.claim_id).where(WelfareDecisionRow.user_id == given("official"))
_YES = select(func.count()).where(WelfareDecisionRow.claim_id == WelfareClaimRow.id, WelfareDecisionRow.approves.is_(True))
# Enough have approved and yet it isn't paid: somebody's word was in doubt, and approving again counts all anew.
_HELD = _YES.correlate(WelfareClaimRow).scalar_subquery() >= WelfareClaimRow.needed
TO_DECIDE = Selected(
    select(WelfareClaimRow, or_(WelfareClaimRow.id.not_in(_SAID), _HELD))
    .where(
        WelfareClaimRow.dao_id == given("group"),
        WelfareClaimRow.status == "open",
        WelfareClaimRow.needed > 0,
        WelfareClaimRow.expires_at > given("now"),
        WelfareClaimRow.user_id != given("official"),
        WelfareClaimRow.id.not_in(_SAID.where(WelfareDecisionRow.approves.is_(False))),
    )
    .order_by(WelfareClaimRow.number)
)
# What was said to all of a group's that are open.
OPEN_WORDS = Selected(
    select(WelfareDecisionRow)
    .join(WelfareClaimRow, WelfareClaimRow.id == WelfareDecisionRow.claim_id)
    .where(WelfareClaimRow.dao_id == given("group"), WelfareClaimRow.status == "open")
)


async def _may_say_again(uow: UnitOfWork, row: WelfareClaimRow, official: MemberId) -> bool:
    """Whether her yes to it doesn't count since her account was recovered."""
    word = (await words_on(uow, claim=row.id))[official]
    return bool(await words_to_renew(uow, about=row.id, said={official: word.created_at}))


async def her_claims(uow: UnitOfWork, *, member: MemberId, group: DaoId, limit: int = 10) -> list[tuple[int, Money, Text]]:
    """Her newest claims: number, amount, and what became of each."""
    found = select(WelfareClaimRow).where(WelfareClaimRow.dao_id == group, WelfareClaimRow.user_id == member)
    rows = await uow.session.scalars(found.order_by(WelfareClaimRow.number.desc()).limit(limit))
    return [(row.number, Money.from_decimal(row.amount), text(f"welfare-is-{row.status}")) for row in rows]


async def lock_claims(uow: UnitOfWork, *, group: DaoId) -> None:
    """Claims of a group are made and decided one after another, so that no two fit into the same rest of a year."""
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})


async def end_late_claims(uow: UnitOfWork, *, group: DaoId) -> None:
    """End those that nobody decided in time. The caller holds the group."""
    late = select(WelfareClaimRow).where(
        WelfareClaimRow.dao_id == group, WelfareClaimRow.status == "open", WelfareClaimRow.expires_at <= uow.clock.now()
    )
    for row in await uow.session.scalars(late):
        row.status, row.ended_at, row.because = "lapsed", uow.clock.now(), "nobody decided"
    await uow.session.flush()


async def deciders_of(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> list[Person]:
    """The officials who may decide about this member's claims."""
    return [person for person in await people_of(uow, group=group, roles=OFFICIALS) if person.id != member]


@foreseeable
async def words_on(uow: UnitOfWork, *, claim: UUID) -> dict[MemberId, WelfareDecisionRow]:
    """What each official has said to it so far."""
    found = select(WelfareDecisionRow).where(WelfareDecisionRow.claim_id == claim)
    return {MemberId(row.user_id): row for row in await uow.session.scalars(found)}


async def _lay_words(uow: UnitOfWork, group: DaoId, claims: Sequence[UUID]) -> None:
    """Lay at hand what was said to each of these open claims of the group, in a unit that only reads."""
    if not uow.only_reads or not claims:
        return
    words: dict[UUID, dict[MemberId, WelfareDecisionRow]] = {claim: {} for claim in claims}
    for row in await uow.scalars(OPEN_WORDS, group=group):
        words.setdefault(row.claim_id, {})[MemberId(row.user_id)] = row
    for claim, said in words.items():
        words_on.foresee(uow, said, claim=claim)


async def claim_seen(uow: UnitOfWork, row: WelfareClaimRow) -> Claim:
    """The row as a value."""
    people = {person.id: person.name for person in await people_of(uow, group=DaoId(row.dao_id))}
    member = MemberId(row.user_id)
    approved = sum(word.approves for word in (await words_on(uow, claim=row.id)).values())
    amount = Money.from_decimal(row.amount)
    who = short_name(people.get(member, "-"))
    return Claim(row.id, row.number, member, who, row.kind, amount, row.reason, approved, row.needed)
