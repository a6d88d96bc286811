"""Who may approve a group's payments, and by which rules: the mandate, as a bank calls it.

Its version is a digest of the officials with their offices and of the rules about the treasury. A request is approved under
one version; whatever changes it makes every open request void.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from core.daos.constitutions import rules_of
from core.daos.models import MembershipRow
from core.daos.people import OFFICIALS, Person, people_of
from core.daos.rules import Rules
from core.daos.spending import digest_of
from core.identity.signing import signing_holds
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId

# The answers of the constitution that decide how money leaves.
TREASURY_RULES = (
    *("approvals", "padlock", "vote_above", "petty_cash", "daily_limit", "weekly_limit", "reserve", "pay_delay_hours"),
    *("objectors", "officials_two_factor"),
)
# Rules that came later count where a group's answer isn't the usual one, so that what was open when they came stays as it was.
LATER_RULES = ("signer_wait_hours",)


@dataclass(frozen=True)
class Mandate:
    """The officials of a group and its rules at one moment."""

    group: DaoId
    rules: Rules
    officials: tuple[Person, ...]

    @cached_property
    def version(self) -> str:
        """Differs whenever an official, an office or a rule about the treasury does (SHA-256 in hex)."""
        answers, usual = self.rules.answers(), Rules().answers()
        later = [[name, answers[name]] for name in LATER_RULES if answers[name] != usual[name]]
        people = sorted([str(one.id), one.role] for one in self.officials)
        return digest_of([str(self.group), people, [answers[name] for name in TREASURY_RULES], *later])

    def official(self, member: MemberId) -> Person | None:
        """This member, if she is one of them."""
        return next((one for one in self.officials if one.id == member), None)


async def mandate_of(uow: UnitOfWork, *, group: DaoId, keep: bool = False) -> Mandate:
    """The mandate as it is now; with `keep`, nobody's membership changes until the unit ends.

    Raises NoResultFound: callers know the group.
    """
    if keep:
        await _keep_officials(uow, group)
    rules = await rules_of(uow, group=group)
    return Mandate(group, rules, tuple(await people_of(uow, group=group, roles=OFFICIALS)))


async def cannot_speak(uow: UnitOfWork, members: Sequence[MemberId], *, since: datetime | None = None) -> set[MemberId]:
    """Whose word about money doesn't count: who may not sign now (`identity.signing`), and whose account was recovered lately.

    since: what they said then; an account that was recovered later may have been somebody else's at that moment.
    """
    return set(await signing_holds(uow, said=dict.fromkeys(members, since or uow.clock.now())))


async def _keep_officials(uow: UnitOfWork, group: DaoId) -> None:
    own = MembershipRow.dao_id == group, MembershipRow.role.in_(OFFICIALS)
    await uow.session.execute(select(MembershipRow.id).where(*own).order_by(MembershipRow.id).with_for_update(read=True))
