"""A proposal as everybody else reads it, and how it is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from core.daos.groups import require_member
from core.daos.models import GroupRow, MembershipRow
from core.governance.counting import Question
from core.governance.errors import UnknownProposal
from core.governance.matters import Matter, describe, from_details, question
from core.governance.models import BallotRow, OptionRow, ProposalRow, State, VoterRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Selected, given
from core.kernel.texts import Text

# What isn't decided yet; and what is decided and waits to take effect.
UNDECIDED: tuple[State, ...] = ("waiting", "gathering", "open")
LIVE: tuple[State, ...] = (*UNDECIDED, "passed")
CLOSED: tuple[State, ...] = ("passed", "failed", "executed", "refused", "objected")
MOST_SHOWN = 20


@dataclass(frozen=True)
class Option:
    """A candidate, or an option of a poll. `number` is what a ballot says."""

    number: int
    label: str
    member: MemberId | None
    status: str


@dataclass(frozen=True)
class Proposal:
    """What was proposed and how far it is. `counts` are the votes of each choice, once it is closed."""

    id: UUID
    group: DaoId
    group_name: str
    number: int
    matter: Matter
    words: str
    state: State
    secret: bool
    special: bool
    eligible: int
    quorum: int
    execution_hours: int
    objectors: int
    seconds_needed: int
    proposer: MemberId
    seconder: MemberId | None
    created_at: datetime
    waits_until: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    counts: dict[str, int] | None
    winner: str | None
    takes_effect_at: datetime | None
    executed_at: datetime | None
    refusal: str | None
    options: tuple[Option, ...]

    @property
    def what(self) -> Text:
        """What it is about, in one line."""
        return describe(self.matter, self.words)

    @property
    def standing(self) -> tuple[Option, ...]:
        """The options that can be voted for."""
        return tuple(option for option in self.options if option.status == "accepted")

    @property
    def question(self) -> Question:
        """What can be chosen."""
        return question(self.matter.kind, tuple(str(option.number) for option in self.standing))

    @property
    def voted(self) -> int:
        """How many voted, once it is closed."""
        return sum((self.counts or {}).values())

    def label_of(self, choice: str) -> str | None:
        """The name of the candidate or option that a choice stands for."""
        return next((option.label for option in self.options if str(option.number) == choice), None)


@dataclass(frozen=True)
class Listed:
    """A proposal in a member's list: whether she may vote on it, and whether she has."""

    proposal: Proposal
    may_vote: bool
    has_voted: bool


@foreseeable
async def find_proposal(uow: UnitOfWork, *, proposal: UUID) -> Proposal:
    """The proposal, for code that works for the group. Raises UnknownProposal."""
    found = await uow.rows(ONE, proposal=proposal)
    if not found:
        raise UnknownProposal
    return _as_proposal(*found[0])


async def see_proposal(uow: UnitOfWork, *, viewer: MemberId, proposal: UUID) -> Proposal:
    """The proposal, for one of its group. Raises UnknownProposal, NotAMember."""
    found = await find_proposal(uow, proposal=proposal)
    await require_member(uow, member=viewer, group=found.group)
    return found


async def proposals_for(uow: UnitOfWork, *, viewer: MemberId, group: DaoId | None = None) -> list[Listed]:
    """What is undecided or about to take effect in this group of hers, or in all; what she still has to vote on first."""
    about = {"viewer": viewer} if group is None else {"viewer": viewer, "group": group}
    found = await uow.rows(LIVE_ANYWHERE if group is None else LIVE_HERE, **about)
    listed = [Listed(_as_proposal(*whole), may, has) for *whole, may, has in found]
    return sorted(listed, key=lambda one: not (one.proposal.state == "open" and one.may_vote and not one.has_voted))


async def results_of(uow: UnitOfWork, *, viewer: MemberId, group: DaoId) -> list[Proposal]:
    """What the group has decided lately, the newest first. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    return [_as_proposal(*found) for found in await uow.rows(RESULTS, group=group)]


async def lock_proposal(uow: UnitOfWork, *, proposal: UUID, shared: bool = False) -> ProposalRow:
    """Its row, ours until the unit ends; `shared` with other voters, but with nobody who closes it. Raises UnknownProposal."""
    wanted = select(ProposalRow).where(ProposalRow.id == proposal)
    locked = wanted.with_for_update(read=shared).execution_options(populate_existing=True)
    row = (await uow.session.execute(locked)).scalar_one_or_none()
    if row is None:
        raise UnknownProposal
    return row


async def lock_to_close(uow: UnitOfWork, *, proposal: UUID, waits: bool) -> ProposalRow | None:
    """Its row, ours until the unit ends. Unless it `waits` it is None while anybody is voting."""
    wanted = select(ProposalRow).where(ProposalRow.id == proposal).with_for_update(skip_locked=not waits)
    return (await uow.session.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()


async def load(uow: UnitOfWork, wanted: Select[ProposalRow]) -> list[Proposal]:
    """The proposals that are asked for, with the names of their groups and their options."""
    # What was read before the row was ours may be out of date.
    whole = wanted.add_columns(_GROUP_NAME, _OPTIONS).execution_options(populate_existing=True)
    return [_as_proposal(*found) for found in await uow.session.execute(whole)]


_GROUP_NAME = select(GroupRow.name).where(GroupRow.id == ProposalRow.dao_id).correlate(ProposalRow).scalar_subquery()
_OPTIONS = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_array(OptionRow.number, OptionRow.label, OptionRow.member_id, OptionRow.status),
                OptionRow.number,
            ),
            type_=JSONB,
        )
    )
    .where(OptionRow.proposal_id == ProposalRow.id)
    .correlate(ProposalRow)
    .scalar_subquery()
)


# What was read before the row was ours may be out of date.
_WHOLE = select(ProposalRow, _GROUP_NAME, _OPTIONS).execution_options(populate_existing=True)
ONE = Selected(_WHOLE.where(ProposalRow.id == given("proposal")))
RESULTS = Selected(
    _WHOLE.where(ProposalRow.dao_id == given("group"), ProposalRow.state.in_(CLOSED))
    .order_by(ProposalRow.closed_at.desc())
    .limit(MOST_SHOWN)
)
_MAY_VOTE = exists().where(VoterRow.proposal_id == ProposalRow.id, VoterRow.voter_id == given("viewer"))
_HAS_VOTED = exists().where(
    BallotRow.proposal_id == ProposalRow.id, BallotRow.voter_id == given("viewer"), BallotRow.replaced_at.is_(None)
)
_HERS = select(MembershipRow.dao_id).where(MembershipRow.user_id == given("viewer"), MembershipRow.status == "active")
_LIVE = (
    select(ProposalRow, _GROUP_NAME, _OPTIONS, _MAY_VOTE, _HAS_VOTED)
    .where(ProposalRow.state.in_(LIVE), ProposalRow.dao_id.in_(_HERS))
    .where((ProposalRow.state != "passed") | ProposalRow.takes_effect_at.is_not(None))
    .order_by(ProposalRow.closes_at, ProposalRow.created_at)
    .limit(MOST_SHOWN)
)
LIVE_ANYWHERE = Selected(_LIVE)
LIVE_HERE = Selected(_LIVE.where(ProposalRow.dao_id == given("group")))


def _as_options(found: Sequence[tuple[int, str, str | None, str]] | None) -> tuple[Option, ...]:
    return tuple(
        Option(number, label, MemberId(UUID(member)) if member else None, status)
        for number, label, member, status in found or ()
    )


def _as_proposal(row: ProposalRow, group_name: str, options: Any) -> Proposal:
    same: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            *("id", "number", "words", "state", "secret", "special", "eligible", "quorum", "execution_hours", "objectors"),
            "seconds_needed",
            *("created_at", "waits_until", "opened_at", "closes_at", "closed_at", "counts", "winner", "takes_effect_at"),
            *("executed_at", "refusal"),
        )
    }
    return Proposal(
        **same,
        group=DaoId(row.dao_id),
        group_name=group_name,
        matter=from_details(row.kind, row.details),
        proposer=MemberId(row.proposer_id),
        seconder=MemberId(row.seconder_id) if row.seconder_id else None,
        options=_as_options(options),
    )
