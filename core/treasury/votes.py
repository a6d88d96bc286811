"""Spends that the members decide: which need their vote, and what becomes of one that has passed.

A request above the group's `vote_above` waits until a passed proposal is about exactly the same: the digest of the spend
(`core.daos.spending.spend_digest`) decides, and a passed proposal pays once. A spend that passes without having been asked for
becomes a request that needs no further vote; officials and the padlock holder approve it like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.daos.rules import Rules
from core.daos.spending import Payee, spend_digest
from core.governance.executions import Decided
from core.governance.matters import Spend
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.treasury.reasons import LONGEST, clean_reason


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
    payee = Payee(matter.payee[:40], member=matter.member, phone=Phone(matter.phone) if matter.phone else None)
    reason = clean_reason(decided.words[:LONGEST])
    return PassedSpend(decided.proposal, decided.group, decided.proposer, matter.amount, payee, reason)


def needs_vote(rules: Rules, amount: Money) -> bool:
    """Whether the members decide about a spend of this amount."""
    return amount > rules.vote_above
