"""Spends that the members decide: which need their vote, and what becomes of one that has passed.

A request above the group's `vote_above` waits until a passed proposal is about exactly the same: the digest of the spend
(`core.daos.spending.spend_digest`) decides, and a passed proposal pays once. A spend that passes without having been asked for
becomes a request that needs no further vote; officials and the padlock holder approve it like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.daos.rules import Rules
from core.daos.spending import Payee, spend_digest
from core.governance.executions import Decided
from core.governance.matters import Spend, from_details
from core.governance.models import ProposalRow
from core.governance.proposals import LIVE
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.questions import Selected, given
from core.treasury.models import TreasuryRequest
from core.treasury.reasons import LONGEST, LONGEST_VOTED, SHORTEST, SHORTEST_VOTED, clean_reason

LONGEST_PAYEE = 40


@dataclass
class VoteNotNeeded(CoreError):
    """The members needn't vote on it, or do so already."""

    code = "treasury-vote-not-needed"
    kind = Kind.CONFLICT

    number: int


@dataclass(frozen=True)
class PassedSpend:
    """A spend that the members have passed and that takes effect: which proposal, by whom, and exactly what."""

    proposal: UUID
    group: DaoId
    proposer: MemberId
    amount: Money
    payee: Payee
    reason: str
    category: str = "other"

    @property
    def digest(self) -> str:
        """What the vote was about."""
        return spend_digest(group=self.group, amount=self.amount, payee=self.payee, reason=self.reason)


def passed_spend(decided: Decided) -> PassedSpend:
    """The spend that was decided. Raises BadReason for words that no phone can show."""
    matter = decided.matter
    assert isinstance(matter, Spend)  # noqa: S101 - the registry has it under its kind
    reason = clean_reason(decided.words[:LONGEST])
    return PassedSpend(decided.proposal, decided.group, decided.proposer, matter.amount, _payee(matter), reason)


def needs_vote(rules: Rules, amount: Money) -> bool:
    """Whether the members decide about a spend of this amount."""
    return amount > rules.vote_above


def lengths_of_reason(rules: Rules, amount: Money, *, path: str) -> tuple[int, int]:
    """How few and how many characters say what a payment is for; petty cash is never voted on."""
    return (SHORTEST_VOTED, LONGEST_VOTED) if path != "petty" and needs_vote(rules, amount) else (SHORTEST, LONGEST)


def lacks_vote(row: TreasuryRequest) -> bool:
    """Whether this open request waits for the members' vote."""
    return row.status == "open" and row.needs_vote and row.proposal_id is None


async def may_be_put(uow: UnitOfWork, row: TreasuryRequest) -> bool:
    """Whether this open request lacks a vote, and none about exactly the same is under way or waits to take effect."""
    if not lacks_vote(row):
        return False
    found = await uow.rows(SPENDS, group=row.dao_id)
    return all(_digest(DaoId(row.dao_id), details, words) != row.spend for details, words in found)


# On which the members vote, or which wait to take effect.
SPENDS = Selected(
    select(ProposalRow.details, ProposalRow.words).where(
        ProposalRow.dao_id == given("group"), ProposalRow.kind == "spend", ProposalRow.state.in_(LIVE)
    )
)


def _digest(group: DaoId, details: dict[str, Any], words: str) -> str:
    matter = from_details("spend", details)
    assert isinstance(matter, Spend)  # noqa: S101 - its kind
    return spend_digest(group=group, amount=matter.amount, payee=_payee(matter), reason=words)


def _payee(matter: Spend) -> Payee:
    return Payee(matter.payee[:LONGEST_PAYEE], member=matter.member, phone=Phone(matter.phone) if matter.phone else None)
