"""What is refused about votes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.kernel import errors
from core.kernel.errors import CoreError


@dataclass
class UnknownProposal(CoreError):
    """There's no such proposal in a group of hers."""

    code = "unknown-proposal"
    kind = errors.Kind.NOT_FOUND


@dataclass
class BadProposal(CoreError):
    """It can't be proposed. `reason`: words, options, same (nothing would change), self, gone, amount or observer."""

    code = "bad-proposal"
    kind = errors.Kind.INVALID

    reason: str


@dataclass
class TooManyProposals(CoreError):
    """She has `most` proposals that aren't decided yet."""

    code = "too-many-proposals"
    kind = errors.Kind.LIMITED

    most: int


@dataclass
class NobodyMayVote(CoreError):
    """By the group's rules nobody has the vote at this moment."""

    code = "nobody-may-vote"
    kind = errors.Kind.CONFLICT


@dataclass
class NotAVoter(CoreError):
    """She isn't on the list that was frozen when it was proposed, or is no longer an active member."""

    code = "not-a-voter"
    kind = errors.Kind.FORBIDDEN


@dataclass
class VoteNotOpen(CoreError):
    """Proposal `number` isn't open for votes: not yet, or no longer."""

    code = "vote-not-open"
    kind = errors.Kind.CONFLICT

    number: int


@dataclass
class NotAChoice(CoreError):
    """This vote has no such choice."""

    code = "not-a-choice"
    kind = errors.Kind.INVALID


@dataclass
class CannotSecond(CoreError):
    """It needs no seconder (any more), or she proposed it herself."""

    code = "cannot-second"
    kind = errors.Kind.CONFLICT


@dataclass
class CannotCancel(CoreError):
    """Only its proposer may, and only before the first vote."""

    code = "cannot-cancel"
    kind = errors.Kind.CONFLICT


@dataclass
class CannotStand(CoreError):
    """She can't be a candidate here. `reason`: over, many, already or member."""

    code = "cannot-stand"
    kind = errors.Kind.CONFLICT

    reason: str


@dataclass
class CannotDelegate(CoreError):
    """This can't be her representative. `reason`: self, chain, holds, full, member, kind or dates."""

    code = "cannot-delegate"
    kind = errors.Kind.CONFLICT

    reason: str


@dataclass
class CannotObject(CoreError):
    """It isn't waiting to take effect, or she has objected already."""

    code = "cannot-object"
    kind = errors.Kind.CONFLICT


@dataclass
class NotInEffect(CoreError):
    """What was decided can't be carried out any more. `reason`: member or rule."""

    code = "cannot-carry-out"
    kind = errors.Kind.CONFLICT

    reason: str


@dataclass
class NotYet(CoreError):
    """What was decided can't be carried out before `at`; it is tried again."""

    code = "not-carried-out-yet"
    kind = errors.Kind.UNAVAILABLE

    at: datetime
