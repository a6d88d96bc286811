"""Trying first: what would happen if a proposal passed, reckoned with what the group has and decides today. Writes nothing.

Another capability that knows of a consequence (a payout that could no longer be made, fines that would have been) adds a
function that says so; see core/dialogue/flows/votes.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import select

from core.daos.constitutions import rules_of
from core.daos.dues.replay import FINE_RULES, MONTHS, replay_fines
from core.daos.people import Person, participants_of, people_of, short_name
from core.daos.rotation.reading import planned
from core.daos.sharing_out import accounts_of, what_waits
from core.governance import questions
from core.governance.counting import decide, quorum_of
from core.governance.effects import in_force_from, rules_to_come
from core.governance.matters import Dissolution, Election, Expulsion, RuleChange, Spend, TurnOrder, WelfareClaim, from_details
from core.governance.models import ProposalRow
from core.governance.proposals import CLOSED, Proposal, load
from core.governance.results import verdict_of
from core.governance.voters import eligible
from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.ledger.accounts import pot, treasury
from core.ledger.service import balances

# How far back a changed quorum is tried on votes that were held.
REPLAYED_DAYS, MOST_REPLAYED = 365, 20
REPLAYED = {"quorum": False, "quorum_special": True}

# Of an order of turns, so many in one sentence.
TURNS_IN_A_LINE = 6

Foresee = Callable[[UnitOfWork, Proposal], Awaitable[Sequence[Text]]]


async def foresee(uow: UnitOfWork, proposal: Proposal, *, others: Sequence[Foresee] = ()) -> list[Text]:
    """Each consequence as a sentence, the most important first."""
    match proposal.matter:
        case Spend():
            found = await _of_spend(uow, proposal, proposal.matter)
        case RuleChange():
            found = await _of_rule(uow, proposal, proposal.matter)
        case Election():
            found = await _of_election(uow, proposal, proposal.matter)
        case Expulsion():
            found = await _of_expulsion(uow, proposal, proposal.matter)
        case WelfareClaim():
            found = await _of_claim(uow, proposal, proposal.matter)
        case Dissolution():
            found = await _of_dissolution(uow, proposal)
        case TurnOrder():
            found = await _of_turns(uow, proposal.matter)
        case _:
            found = [text("try-record")]
    for other in others:
        found += await other(uow, proposal)
    return found


async def _of_spend(uow: UnitOfWork, proposal: Proposal, spend: Spend) -> list[Text]:
    account = treasury(proposal.group)
    before = (await balances(uow, [account]))[account].available
    if spend.amount > before:
        return [text("try-too-little", needed=spend.amount - before)]
    after = before - spend.amount
    found = [text("try-treasury", before=before, after=after)]
    reserve = (await rules_of(uow, group=proposal.group)).reserve
    if after < reserve:
        found.append(text("try-reserve", reserve=reserve))
    others = await _other_spends(uow, proposal)
    too_much = [amount for amount in others if amount > after]
    if too_much:
        found.append(text("try-others", count=len(too_much), amount=sum(too_much, start=Money(0))))
    return found


async def _other_spends(uow: UnitOfWork, proposal: Proposal) -> list[Money]:
    """Payments that are voted on, or were and aren't made yet."""
    waiting = select(ProposalRow).where(
        ProposalRow.dao_id == proposal.group,
        ProposalRow.kind == "spend",
        ProposalRow.state.in_(("open", "passed")),
        ProposalRow.id != proposal.id,
    )
    found = [from_details(row.kind, row.details) for row in await uow.session.scalars(waiting.order_by(ProposalRow.number))]
    return [one.amount for one in found if isinstance(one, Spend)]


async def _of_rule(uow: UnitOfWork, proposal: Proposal, change: RuleChange) -> list[Text]:
    now = await rules_to_come(uow, group=proposal.group)
    moment = max(uow.clock.now(), proposal.closes_at or uow.clock.now()) + timedelta(hours=proposal.execution_hours)
    found = [
        text(
            "try-rule",
            rule=questions.label(change.rule),
            old=questions.written(change.rule, now.answers()[change.rule]),
            new=questions.written(change.rule, change.after),
            at=await in_force_from(uow, group=proposal.group, moment=moment),
        )
    ]
    if change.rule in REPLAYED:
        found += await _replayed(uow, proposal, change)
    if change.rule in FINE_RULES:
        changed = now.changed({change.rule: change.after})
        fined = await replay_fines(uow, group=proposal.group, before=now, after=changed)
        about = {"late": fined.late, "members": fined.members, "before": fined.before, "after": fined.after}
        found.append(text("try-replay-fines", **about, months=MONTHS))
    if change.rule in ("voter_days", "voter_missed"):
        changed = now.changed({change.rule: change.after})
        before, after = [await eligible(uow, group=proposal.group, rules=rules, matter=change) for rules in (now, changed)]
        found.append(text("try-voters", before=len(before), after=len(after)))
    return found


async def _replayed(uow: UnitOfWork, proposal: Proposal, change: RuleChange) -> list[Text]:
    """The group's own last votes, counted again with the other quorum."""
    since = uow.clock.now() - timedelta(days=REPLAYED_DAYS)
    held = select(ProposalRow).where(
        ProposalRow.dao_id == proposal.group,
        ProposalRow.state.in_(CLOSED),
        ProposalRow.closed_at >= since,
        ProposalRow.special.is_(REPLAYED[change.rule]),
    )
    votes = await load(uow, held.order_by(ProposalRow.closed_at.desc()).limit(MOST_REPLAYED))
    if not votes:
        return []
    differ = sum(_passes(one, change.after) != verdict_of(one).passed for one in votes)
    return [text("try-replay-quorum", count=differ, of=len(votes))]


def _passes(proposal: Proposal, basis_points: int) -> bool:
    quorum = quorum_of(proposal.eligible, basis_points)
    return decide(proposal.question, proposal.counts or {}, quorum=quorum).passed


async def _of_election(uow: UnitOfWork, proposal: Proposal, election: Election) -> list[Text]:
    people = await people_of(uow, group=proposal.group)
    role, holder = Text(f"role-{election.office}"), _holder(people, election.office)
    found: list[Text] = []
    for option in proposal.standing:
        now = next((person for person in people if person.id == option.member), None)
        if holder is None or holder.id == option.member:
            found.append(text("try-election", option=option.label, role=role))
        else:
            found.append(text("try-election-instead", option=option.label, role=role, holder=short_name(holder.name)))
        if now is not None and now.role not in ("member", election.office):
            found.append(text("try-vacant", role=Text(f"role-{now.role}")))
    return found or [text("try-nothing")]


def _holder(people: Sequence[Person], office: str) -> Person | None:
    return next((person for person in people if person.role == office), None)


async def _of_dissolution(uow: UnitOfWork, proposal: Proposal) -> list[Text]:
    held = await balances(uow, accounts_of(proposal.group))
    people = await participants_of(uow, group=proposal.group)
    found = [text("try-dissolution", total=sum((one.total for one in held.values()), Money(0)), count=len(people))]
    waits = await what_waits(uow, group=proposal.group)
    return [*found, waits] if waits else found


async def _of_claim(uow: UnitOfWork, proposal: Proposal, claimed: WelfareClaim) -> list[Text]:
    kitty = pot(proposal.group, "welfare")
    before = (await balances(uow, [kitty]))[kitty].available
    if claimed.amount > before:
        return [text("try-fund-too-little", needed=claimed.amount - before)]
    return [text("try-fund", before=before, after=before - claimed.amount)]


async def _of_turns(uow: UnitOfWork, matter: TurnOrder) -> list[Text]:
    """Who would have which turn, in a few sentences however long the order is."""
    turns = await planned(uow, rotation=matter.rotation, order=matter.order)
    found = [text("try-turns", begins=turns[0][1])] if turns else []
    for first in range(0, len(turns), TURNS_IN_A_LINE):
        some = turns[first : first + TURNS_IN_A_LINE]
        found.append(text("try-turns-part", order=", ".join(f"{place} {who}" for place, _, who in some)))
    return found


async def _of_expulsion(uow: UnitOfWork, proposal: Proposal, expulsion: Expulsion) -> list[Text]:
    people = await people_of(uow, group=proposal.group)
    leaving = next((person for person in people if person.id == expulsion.member), None)
    stay = len(people) - (1 if leaving else 0)
    found = [text("try-expulsion", of_whom=expulsion.name, count=stay)]
    if leaving is not None and leaving.role not in ("member", "observer"):
        found.append(text("try-vacant", role=Text(f"role-{leaving.role}")))
    return found
