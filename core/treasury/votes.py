"""Spends that the members decide: which need their vote, and what becomes of one that has passed.

A request above the group's `vote_above` waits until a passed proposal is about exactly the same: the digest of the spend
(`core.daos.spending.spend_digest`) decides, and a passed proposal pays once. A spend that passes without having been asked for
becomes a request that needs no further vote; officials and the padlock holder approve it like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from core.daos.rules import Rules
from core.daos.spending import Payee, spend_digest
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
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


class Decided(Protocol):
    """A passed proposal as it is carried out; its `matter` has `amount`, `payee` (a name), `member` and `phone`."""

    @property
    def proposal(self) -> UUID: ...
    @property
    def group(self) -> DaoId: ...
    @property
    def proposer(self) -> MemberId: ...
    @property
    def matter(self) -> Any: ...
    @property
    def words(self) -> str: ...
    @property
    def intent(self) -> IntentId: ...


def passed_spend(decided: Decided) -> PassedSpend:
    """The spend that was decided. Raises BadReason for words that no phone can show."""
    matter = decided.matter
    payee = Payee(str(matter.payee)[:40], member=matter.member, phone=matter.phone)
    reason = clean_reason(decided.words[:LONGEST])
    return PassedSpend(decided.proposal, decided.group, decided.proposer, matter.amount, payee, reason)


def needs_vote(rules: Rules, amount: Money) -> bool:
    """Whether the members decide about a spend of this amount."""
    return amount > rules.vote_above
