"""How rules change: by the founder's answers while she is alone, afterwards by a vote, and then from the next cycle on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from core.daos.articles import changes, sentence
from core.daos.constitutions import ANSWERED, FOUNDING, Version, enact, newest_version, rules_of, versions_of
from core.daos.cycles import next_cycle
from core.daos.groups import find_group, locked_group
from core.daos.people import require_role
from core.daos.rules import Rules
from core.daos.telling import SHORT_GROUP, tell_group
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Question
from core.kernel.texts import Text, text

LONGEST_REASON = 60


@dataclass
class RulesFixed(CoreError):
    """Others have joined: only a vote changes the rules now."""

    code = "rules-fixed"
    kind = Kind.FORBIDDEN


async def may_answer(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
    """Whether she may still answer the questions herself: she is the chair, and nobody else has ever been in the group."""
    (found,) = await uow.ask(ALONE, group=group, member=member)
    return bool(found["alone"])


ALONE = Question("""
    SELECT EXISTS (SELECT FROM dao_memberships
        WHERE dao_id = :group AND user_id = :member AND role = 'chair' AND status = 'active')
      AND NOT EXISTS (SELECT FROM dao_memberships WHERE dao_id = :group AND user_id <> :member) AS alone
""")


async def answer(uow: UnitOfWork, *, group: DaoId, member: MemberId, answers: Mapping[str, Any]) -> int:
    """Change rules while she is alone, from now on; the number of the version. `answers`: by question, as they are stored.

    Joining locks the same row, so nobody joins under rules that change at that moment. Raises UnknownGroup, NotAMember,
    NotYourRole, RulesFixed, BadRule.
    """
    await locked_group(uow, group)
    await require_role(uow, member=member, group=group, roles=("chair",))
    if not await may_answer(uow, group=group, member=member):
        raise RulesFixed
    rules = (await rules_of(uow, group=group)).changed(answers)
    now = uow.clock.now()
    return await enact(uow, group=group, rules=rules, in_force_from=now, because=ANSWERED, decided_by=member)


async def amend(uow: UnitOfWork, *, group: DaoId, answers: Mapping[str, Any], because: str) -> Version:
    """What a vote that passed calls: change these answers from the next cycle on, and tell every member, rule by rule.

    The change is made to the newest version, so two votes in one cycle both count. `because` says who decided ("vote 9"), for
    every member to read, in at most LONGEST_REASON characters. Raises UnknownGroup, BadRule (the answers don't fit any more).
    """
    await locked_group(uow, group)
    now = uow.clock.now()
    current, newest = await rules_of(uow, group=group), await newest_version(uow, group=group)
    before = newest.rules if newest else current
    rules = before.changed(answers)
    starts = next_cycle(current, now=now)
    if newest is not None:
        starts = max(starts, newest.in_force_from)
    number = await enact(uow, group=group, rules=rules, in_force_from=starts, because=because[:LONGEST_REASON])
    await _tell(uow, group, before, Version(number, rules, starts, because[:LONGEST_REASON], None))
    return Version(number, rules, starts, because[:LONGEST_REASON], None)


async def what_changed(uow: UnitOfWork, *, group: DaoId) -> list[tuple[Version, list[tuple[Text, Text]]]]:
    """Each version after the first with its changed sentences, before and after; the newest first."""
    newest_first = await versions_of(uow, group=group)
    found = [(version, _differences(older.rules, version.rules)) for version, older in pairwise(newest_first)]
    return [(version, differences) for version, differences in found if differences]


def because_text(version: Version) -> Text:
    """Who decided on a version, as people read it."""
    match version.because:
        case "founding":
            return text(f"because-{FOUNDING}")
        case "answered":
            return text(f"because-{ANSWERED}", name=version.decided_by or "-")
        case _:
            return text("because-other", reason=version.because)


def _differences(before: Rules, after: Rules) -> list[tuple[Text, Text]]:
    return [(sentence(one, before), sentence(one, after)) for one in changes(before, after)]


async def _tell(uow: UnitOfWork, group: DaoId, before: Rules, version: Version) -> None:
    name = (await find_group(uow, group=group)).name
    for _, now in _differences(before, version.rules):
        what = text(
            "sms-rules-change", in_group=name[:SHORT_GROUP], because=version.because, at=version.in_force_from, sentence=now
        )
        await tell_group(uow, group=group, what=what, template="rules_changed")
