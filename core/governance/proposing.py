"""Proposing something, standing behind it, and taking it back before anybody has voted.

Everything that decides the vote is fixed at this moment: who may vote, the quorum, whether it is secret, how long it runs and
what follows. Later changes of rules or members don't reach it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from core.daos.constitutions import rules_of
from core.daos.ending import refuse_while_ending
from core.daos.groups import Membership, require_member
from core.daos.loans.reading import find_loan
from core.daos.models import GroupRow
from core.daos.people import Person
from core.daos.rotation.order import owners_in
from core.daos.rotation.rounds import NoRound, live_round
from core.daos.rules import Rules
from core.daos.welfare.claims import find_claim
from core.governance import matters
from core.governance.calendar import closing_time
from core.governance.counting import quorum_of
from core.governance.effects import rules_to_come
from core.governance.errors import (
    BadProposal,
    CannotCancel,
    CannotSecond,
    NobodyMayVote,
    NotAVoter,
    TooManyProposals,
    UnknownProposal,
)
from core.governance.matters import Election, Expulsion, Matter, Poll, RuleChange, Spend, TurnOrder, WelfareClaim, WriteOff
from core.governance.models import OptionRow, ProposalRow, SecondRow, VoterRow
from core.governance.proposals import UNDECIDED, Proposal, find_proposal, lock_proposal
from core.governance.scheduling import close_at, tell_soon, wake_at
from core.governance.undone import undone
from core.governance.voters import eligible
from core.governance.wording import LONGEST, LONGEST_REASON, clean_words
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.questions import Question
from core.ledger.service import KeyReused

MOST_UNDECIDED = 3
# How long a proposal waits for somebody to stand behind it, and an election for its candidates.
SECONDING_DAYS, GATHERING_DAYS = 3, 1


async def propose(
    uow: UnitOfWork, *, intent: IntentId, group: DaoId, proposer: MemberId, matter: Matter, words: str = ""
) -> Proposal:
    """Write down what is proposed with the frozen list of its voters, once per intent; the group is told.

    Locks the group until the unit ends. Raises NotAMember, BadProposal, BadRule, TooManyProposals, NobodyMayVote, GroupEnds,
    KeyReused; for an order of turns NoRound, BadOrder, HandsChanged.
    """
    membership = await _may_propose(uow, group=group, proposer=proposer)
    before = await _by_intent(uow, intent)
    if before is not None:
        if (before.dao_id, before.proposer_id, before.kind) != (group, proposer, matter.kind):
            raise KeyReused
        return await find_proposal(uow, proposal=before.id)
    # Of claims a member has one at a time anyway, and nobody is kept from one by what she proposed before.
    if matter.kind != "welfare" and await _undecided(uow, group, proposer) >= MOST_UNDECIDED:
        raise TooManyProposals(MOST_UNDECIDED)
    if matter.kind != "write_off":
        # Without it a group whose last loan nobody repays could never be closed.
        await refuse_while_ending(uow, group=group)
    matter = await _as_it_stands(uow, group, matter)
    words = await _checked(uow, group, proposer, matter, words)
    return await _write(uow, intent, membership, matter, words)


async def vote_again(uow: UnitOfWork, *, row: ProposalRow) -> None:
    """Open a new vote on what was objected to; its voters are those of today. Nobody has to stand behind it again."""
    group, matter = DaoId(row.dao_id), matters.from_details(row.kind, row.details)
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})
    rules = await rules_of(uow, group=group)
    people = await eligible(uow, group=group, rules=rules, matter=matter)
    if not people:
        return
    again = await _row(
        uow,
        intent=IntentId(uow.ids.new()),
        group=row.dao_id,
        proposer=row.proposer_id,
        matter=matter,
        words=row.words,
        rules=rules,
        voters=len(people),
        seconds=row.seconds_needed,
        after=row,
    )
    await _freeze(uow, again, people)
    await open_vote(uow, again)
    await tell_soon(uow, proposal=again.id, notice="opened")


async def second(uow: UnitOfWork, *, proposal: UUID, seconder: MemberId) -> Proposal:
    """Stand behind it; with as many as the rules asked for, the vote opens.

    Raises UnknownProposal, NotAMember, NotAVoter, CannotSecond (also when she stands behind it already).
    """
    row = await lock_proposal(uow, proposal=proposal)
    await require_member(uow, member=seconder, group=DaoId(row.dao_id))
    if row.state != "waiting" or row.proposer_id == seconder:
        raise CannotSecond
    if not await is_voter(uow, proposal=proposal, member=seconder):
        raise NotAVoter
    behind = await seconders_of(uow, proposal=proposal)
    if seconder in behind:
        raise CannotSecond
    uow.session.add(SecondRow(proposal_id=proposal, member_id=seconder, created_at=uow.clock.now()))
    row.seconder_id = row.seconder_id or seconder
    await uow.session.flush()
    if len(behind) + 1 >= row.seconds_needed:
        await open_vote(uow, row)
        await tell_soon(uow, proposal=row.id, notice="opened")
    return await find_proposal(uow, proposal=proposal)


async def seconders_of(uow: UnitOfWork, *, proposal: UUID) -> list[MemberId]:
    """Who stands behind it, the first in front."""
    return [MemberId(row["member"]) for row in await uow.ask(BEHIND, proposal=proposal) if row["nth"]]


async def names_behind(uow: UnitOfWork, *, proposal: UUID) -> list[str]:
    """How she who proposed it is called, then each who stands behind it, the first in front."""
    return [row["name"] for row in await uow.ask(BEHIND, proposal=proposal)]


# Who proposed it, and who stands behind it.
BEHIND = Question("""
    SELECT b.member, m.name, b.nth FROM (
      SELECT p.proposer_id AS member, 0 AS nth, p.created_at AS at FROM proposals p WHERE p.id = :proposal
      UNION ALL SELECT s.member_id, 1, s.created_at FROM proposal_seconds s WHERE s.proposal_id = :proposal
    ) b JOIN members m ON m.id = b.member
    ORDER BY b.nth, b.at
""")
ON_THE_LIST = Question("""
    SELECT EXISTS (SELECT FROM proposal_voters WHERE proposal_id = :proposal AND voter_id = :member) AS listed
""")
VOTED_ON = Question("SELECT EXISTS (SELECT FROM ballots WHERE proposal_id = :proposal) AS voted")


async def cancel(uow: UnitOfWork, *, proposal: UUID, proposer: MemberId) -> Proposal:
    """Take it back. Only she who proposed it may, and only before the first vote. Raises UnknownProposal, CannotCancel."""
    row = await lock_proposal(uow, proposal=proposal)
    if row.proposer_id != proposer or row.state not in UNDECIDED or await has_ballots(uow, proposal=proposal):
        raise CannotCancel
    row.state = "cancelled"
    await uow.session.flush()
    await undone(uow, row, why="cancelled")
    await tell_soon(uow, proposal=row.id, notice="cancelled")
    return await find_proposal(uow, proposal=proposal)


async def has_ballots(uow: UnitOfWork, *, proposal: UUID) -> bool:
    """Whether somebody has voted on it already, so that it can't be taken back any more."""
    (found,) = await uow.ask(VOTED_ON, proposal=proposal)
    return bool(found["voted"])


async def open_vote(uow: UnitOfWork, row: ProposalRow) -> None:
    """Votes are taken from now on, until the evening by which the days of the rules are over. The row is locked."""
    now = uow.clock.now()
    row.state, row.waits_until = "open", None
    row.opened_at, row.closes_at = now, closing_time(now, row.voting_days)
    await uow.session.flush()
    await close_at(uow, proposal=row.id, moment=row.closes_at)


async def is_voter(uow: UnitOfWork, *, proposal: UUID, member: MemberId) -> bool:
    """Whether she is on the list that was frozen."""
    (found,) = await uow.ask(ON_THE_LIST, proposal=proposal, member=member)
    return bool(found["listed"])


async def _may_propose(uow: UnitOfWork, *, group: DaoId, proposer: MemberId) -> Membership:
    """Any member but an observer. The group's row makes proposals take turns, so that they are numbered without gaps."""
    locked = select(GroupRow.id).where(GroupRow.id == group, GroupRow.status == "active").with_for_update(key_share=True)
    if await uow.session.scalar(locked) is None:
        raise UnknownProposal
    membership = await require_member(uow, member=proposer, group=group)
    if membership.role == "observer":
        raise BadProposal("observer")
    return membership


async def _as_it_stands(uow: UnitOfWork, group: DaoId, matter: Matter) -> Matter:
    """A change of a rule names the answer that it changes, an order the owners of the hands that it puts into order.

    Raises BadRule, BadProposal, NoRound, BadOrder, HandsChanged.
    """
    if isinstance(matter, TurnOrder):
        return await _of_round(uow, group, matter)
    if not isinstance(matter, RuleChange):
        return matter
    rules = await rules_to_come(uow, group=group)
    before = rules.answers()[matter.rule]
    if rules.changed({matter.rule: matter.after}).answers()[matter.rule] == before:
        raise BadProposal("same")
    return replace(matter, before=before)


async def _of_round(uow: UnitOfWork, group: DaoId, matter: TurnOrder) -> TurnOrder:
    """The order with everything that must still be so when it is carried out."""
    row = await live_round(uow, group=group)
    if row is None or (row.id, row.status) != (matter.rotation, "voting"):
        raise NoRound
    owners = await owners_in(uow, rotation=row.id, order=matter.order)
    return replace(matter, number=row.number, owners=owners)


async def _checked(uow: UnitOfWork, group: DaoId, proposer: MemberId, matter: Matter, words: str) -> str:
    """The words as they are kept, of a matter that can be decided."""
    match matter:
        case Spend():
            if matter.amount.minor <= 0:
                raise BadProposal("amount")
            return clean_words(words, longest=LONGEST_REASON)
        case Expulsion():
            if matter.member == proposer:
                raise BadProposal("self")
            await require_member(uow, member=matter.member, group=group)
        case WriteOff():
            owed = await find_loan(uow, loan=matter.loan)
            if (owed.group, owed.borrower, owed.status) != (group, matter.member, "running"):
                raise BadProposal("gone")
        case WelfareClaim():
            claimed = await find_claim(uow, claim=matter.claim)
            if (claimed.member, claimed.needed, claimed.amount) != (proposer, 0, matter.amount):
                raise BadProposal("gone")
        case Election() if matter.office not in matters.OFFICES:
            raise BadProposal("options")
    return clean_words(words, longest=LONGEST) if matter.kind in matters.RECORDED_ONLY else ""


async def _write(uow: UnitOfWork, intent: IntentId, membership: Membership, matter: Matter, words: str) -> Proposal:
    rules = await rules_of(uow, group=membership.group)
    people = await eligible(uow, group=membership.group, rules=rules, matter=matter)
    if not people:
        raise NobodyMayVote
    row = await _row(
        uow,
        intent=intent,
        group=membership.group,
        proposer=membership.member,
        matter=matter,
        words=words,
        rules=rules,
        voters=len(people),
        seconds=matters.seconds_needed(matter, proposer=membership.role, voters=len(people), rules=rules),
    )
    await _freeze(uow, row, people)
    if isinstance(matter, Poll):
        await _offer(uow, row, matter.options)
    if matter.kind == "election":
        await _wait(uow, row, "gathering", GATHERING_DAYS)
    elif row.seconds_needed:
        await _wait(uow, row, "waiting", SECONDING_DAYS)
    else:
        await open_vote(uow, row)
    await tell_soon(uow, proposal=row.id, notice="opened" if row.state == "open" else row.state)
    return await find_proposal(uow, proposal=row.id)


async def _row(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    group: UUID,
    proposer: UUID,
    matter: Matter,
    words: str,
    rules: Rules,
    voters: int,
    seconds: int,
    after: ProposalRow | None = None,
) -> ProposalRow:
    """`after`: what was objected to; whoever stood behind it does so again."""
    special = matters.is_special(matter, rules)
    row = ProposalRow(
        id=uow.ids.new(),
        dao_id=group,
        number=await _next_number(uow, group),
        kind=matter.kind,
        details=matters.to_details(matter),
        words=words,
        proposer_id=proposer,
        state="gathering" if matter.kind == "election" else "waiting",
        secret=matters.is_secret(matter, rules),
        special=special,
        eligible=voters,
        quorum=quorum_of(voters, rules.quorum_special if special else rules.quorum),
        voting_days=rules.voting_days,
        execution_hours=rules.execution_hours,
        # No more than can object, as for a payment of the treasury.
        objectors=min(rules.objectors, voters),
        seconds_needed=seconds,
        created_at=uow.clock.now(),
        seconder_id=after.seconder_id if after else None,
        revote_of=after.id if after else None,
        intent=intent,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def _freeze(uow: UnitOfWork, row: ProposalRow, people: list[Person]) -> None:
    voters: list[dict[str, Any]] = [
        {"id": uow.ids.new(), "proposal_id": row.id, "voter_id": person.id, "weight": 1} for person in people
    ]
    # One statement, because the database compares the list with the proposal after each.
    await uow.session.execute(insert(VoterRow).values(voters))


async def _offer(uow: UnitOfWork, row: ProposalRow, options: tuple[str, ...]) -> None:
    now = uow.clock.now()
    for number, option in enumerate(options, start=1):
        new = OptionRow(id=uow.ids.new(), proposal_id=row.id, number=number, label=option, status="accepted", answered_at=now)
        uow.session.add(new)
    await uow.session.flush()


async def _wait(uow: UnitOfWork, row: ProposalRow, state: Any, days: int) -> None:
    row.state, row.waits_until = state, closing_time(uow.clock.now(), days)
    await uow.session.flush()
    await wake_at(uow, proposal=row.id, moment=row.waits_until)


async def _by_intent(uow: UnitOfWork, intent: IntentId) -> ProposalRow | None:
    return await uow.session.scalar(select(ProposalRow).where(ProposalRow.intent == intent))


async def _undecided(uow: UnitOfWork, group: DaoId, proposer: MemberId) -> int:
    hers = ProposalRow.dao_id == group, ProposalRow.proposer_id == proposer, ProposalRow.state.in_(UNDECIDED)
    return await uow.session.scalar(select(func.count()).select_from(ProposalRow).where(*hers)) or 0


async def _next_number(uow: UnitOfWork, group: UUID) -> int:
    newest = await uow.session.scalar(select(func.max(ProposalRow.number)).where(ProposalRow.dao_id == group))
    return (newest or 0) + 1
