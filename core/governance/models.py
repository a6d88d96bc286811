"""Tables of a group's votes: what was proposed, who may vote on it, each ballot, who votes for whom, and objections.

The database itself refuses what must never happen: a voter who wasn't on the list when it was frozen, a ballot before the vote
opened or after it closed, two ballots that count, a result that changes, a representative of a representative.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)
KINDS = "'motion', 'spend', 'rule', 'election', 'poll', 'expulsion', 'dissolution', 'write_off', 'turns', 'welfare'"
COUNTED = "'passed', 'failed', 'executed', 'refused', 'objected'"
STATES = f"'waiting', 'gathering', 'open', 'cancelled', 'lapsed', {COUNTED}"

State = Literal["waiting", "gathering", "open", "passed", "failed", "cancelled", "lapsed", "executed", "refused", "objected"]


class ProposalRow(Base):
    """What was proposed, by which rules it is decided (frozen when it was written), and what became of it.

    `details` is the matter as data (core/governance/matters.py); `words` are the proposer's own. `counts` has each choice's
    votes once it is closed. A state only ever moves forward.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("dao_id", "number"),
        UniqueConstraint("intent"),
        UniqueConstraint("revote_of"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("char_length(words) <= 60", name="words"),
        CheckConstraint("jsonb_typeof(details) = 'object'", name="details"),
        CheckConstraint("eligible > 0 AND quorum BETWEEN 1 AND eligible", name="quorum"),
        CheckConstraint("seconder_id <> proposer_id", name="seconder"),
        CheckConstraint("seconds_needed >= 0", name="seconds_needed"),
        CheckConstraint("(opened_at IS NULL) = (closes_at IS NULL) AND opened_at < closes_at", name="opened"),
        CheckConstraint(f"state NOT IN ('open', {COUNTED}) OR opened_at IS NOT NULL", name="voted_on"),
        CheckConstraint(
            f"(state IN ({COUNTED})) = (counts IS NOT NULL) AND (counts IS NULL) = (closed_at IS NULL)", name="closed"
        ),
        CheckConstraint("(state = 'executed') = (executed_at IS NOT NULL)", name="executed"),
        Index("ix_proposals_state", "state", "closes_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    words: Mapped[str] = mapped_column(Text)
    proposer_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    seconder_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    state: Mapped[State] = mapped_column(Text)
    # Of the rules when it was written.
    secret: Mapped[bool]
    special: Mapped[bool]
    eligible: Mapped[int]
    quorum: Mapped[int]
    voting_days: Mapped[int]
    execution_hours: Mapped[int]
    objectors: Mapped[int]
    seconds_needed: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    # When it opens or lapses by itself.
    waits_until: Mapped[datetime | None] = mapped_column(MOMENT)
    opened_at: Mapped[datetime | None] = mapped_column(MOMENT)
    closes_at: Mapped[datetime | None] = mapped_column(MOMENT)
    closed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    counts: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    winner: Mapped[str | None] = mapped_column(Text)
    takes_effect_at: Mapped[datetime | None] = mapped_column(MOMENT)
    executed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    refusal: Mapped[str | None] = mapped_column(Text)
    revote_of: Mapped[UUID | None] = mapped_column(ForeignKey("proposals.id"))
    intent: Mapped[UUID]


class SecondRow(Base):
    """That a voter stands behind a proposal, so that it is voted on. The first is its `seconder_id` as well."""

    __tablename__ = "proposal_seconds"
    __table_args__ = (
        ForeignKeyConstraint(["proposal_id", "member_id"], ["proposal_voters.proposal_id", "proposal_voters.voter_id"]),
    )

    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class OptionRow(Base):
    """An option of a poll, or a candidate of an election; only what was accepted can be voted for."""

    __tablename__ = "proposal_options"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        UniqueConstraint("proposal_id", "member_id"),
        CheckConstraint("number BETWEEN 1 AND 9", name="number"),
        CheckConstraint("status IN ('asked', 'accepted', 'declined')", name="status"),
        CheckConstraint("char_length(label) BETWEEN 1 AND 40", name="label"),
        CheckConstraint("status = 'asked' OR answered_at IS NOT NULL", name="answered"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    label: Mapped[str] = mapped_column(Text)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    status: Mapped[Literal["asked", "accepted", "declined"]] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT)


class VoterRow(Base):
    """That a member may vote on this, with one vote; frozen when it was proposed.

    `counted` is filled at the close: whose ballot her vote was, her own or her representative's.
    """

    __tablename__ = "proposal_voters"
    __table_args__ = (
        UniqueConstraint("proposal_id", "voter_id"),
        CheckConstraint("weight = 1", name="weight"),
        Index("ix_proposal_voters_voter_id", "voter_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    voter_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    weight: Mapped[int] = mapped_column(SmallInteger)
    counted: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))


class BallotRow(Base):
    """A ballot as it was cast. The one that wasn't replaced counts.

    In an open vote `choice` says what; in a secret one it is sealed here until the close and then gone (docs/decisions/0024).
    """

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("proposal_id", "voter_id", "number"),
        UniqueConstraint("intent"),
        ForeignKeyConstraint(["proposal_id", "voter_id"], ["proposal_voters.proposal_id", "proposal_voters.voter_id"]),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("choice IN ('yes', 'no', 'abstain') OR choice ~ '^[1-9]$'", name="choice"),
        CheckConstraint("choice IS NULL OR sealed IS NULL", name="secret"),
        CheckConstraint("channel IN ('ussd', 'telegram')", name="channel"),
        Index("uq_ballots_counting", "proposal_id", "voter_id", unique=True, postgresql_where=text("replaced_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(SmallInteger)
    choice: Mapped[str | None] = mapped_column(Text)
    sealed: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    cast_at: Mapped[datetime] = mapped_column(MOMENT)
    replaced_at: Mapped[datetime | None] = mapped_column(MOMENT)
    intent: Mapped[UUID]


class PaperRow(Base):
    """A secret ballot after the close, without its voter: what the result is recounted from."""

    __tablename__ = "ballot_papers"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("choice IN ('yes', 'no', 'abstain') OR choice ~ '^[1-9]$'", name="choice"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    choice: Mapped[str] = mapped_column(Text)


class DelegationRow(Base):
    """That a member lets another vote for her where she doesn't vote herself: on all, on one kind, or on one proposal."""

    __tablename__ = "vote_delegations"
    __table_args__ = (
        UniqueConstraint("intent"),
        CheckConstraint("giver_id <> holder_id", name="another"),
        CheckConstraint("scope IN ('all', 'category', 'proposal')", name="scope"),
        CheckConstraint(
            "(scope = 'category') = (category IS NOT NULL) AND (scope = 'proposal') = (proposal_id IS NOT NULL)",
            name="scoped",
        ),
        CheckConstraint("category IN ('motion', 'spend', 'rule', 'poll', 'dissolution')", name="category"),
        CheckConstraint("starts_at < ends_at AND starts_at <= revoked_at", name="dated"),
        Index(
            "uq_vote_delegations_standing",
            "dao_id",
            "giver_id",
            "scope",
            "category",
            "proposal_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_vote_delegations_holder_id", "dao_id", "holder_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    giver_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    scope: Mapped[Literal["all", "category", "proposal"]] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposals.id"))
    starts_at: Mapped[datetime] = mapped_column(MOMENT)
    ends_at: Mapped[datetime] = mapped_column(MOMENT)
    revoked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    intent: Mapped[UUID]


class ObjectionRow(Base):
    """That a voter objects to what was passed, before it takes effect."""

    __tablename__ = "proposal_objections"
    __table_args__ = (
        UniqueConstraint("proposal_id", "voter_id"),
        ForeignKeyConstraint(["proposal_id", "voter_id"], ["proposal_voters.proposal_id", "proposal_voters.voter_id"]),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID]
    voter_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class NoticeRow(Base):
    """That the group was told something about a proposal; told once."""

    __tablename__ = "proposal_notices"
    __table_args__ = (UniqueConstraint("proposal_id", "notice"), CheckConstraint("notice <> ''", name="notice"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    notice: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime] = mapped_column(MOMENT)
