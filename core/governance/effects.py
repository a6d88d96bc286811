"""What a decision does by itself: a rule that changes, an office that is given, a member who has to leave.

Each looks again at the moment it takes effect, since a member may have left and a rule been voted on twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.daos.amendments import amend
from core.daos.constitutions import rules_of
from core.daos.cycles import next_cycle
from core.daos.dissolving import begin_ending
from core.daos.groups import NotAMember
from core.daos.leaving import expel
from core.daos.loans.repaying import write_off
from core.daos.offices import appoint
from core.daos.rotation.order import give_order
from core.daos.rules import BadRule, Rules
from core.daos.welfare.deciding import decide_by_vote
from core.governance.errors import NotInEffect
from core.governance.executions import Decided, Execution
from core.governance.matters import Election, Expulsion, RuleChange, TurnOrder, WelfareClaim, WriteOff
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId

# Longer than any cycle: what is decided already, though not in force yet.
FAR = timedelta(days=400)


def to_come(now: datetime) -> datetime:
    """A moment by which everything that is decided now is in force."""
    return now + FAR


async def rules_to_come(uow: UnitOfWork, *, group: DaoId) -> Rules:
    """The rules with every change that is decided, in force or not."""
    return await rules_of(uow, group=group, at=to_come(uow.clock.now()))


async def in_force_from(uow: UnitOfWork, *, group: DaoId, moment: datetime) -> datetime:
    """When a change of a rule counts that takes effect at this moment: with the next cycle, never in the middle of one."""
    return next_cycle(await rules_of(uow, group=group), now=moment)


async def change_rule(uow: UnitOfWork, decided: Decided) -> None:
    """The next version of the constitution, which differs in this one answer. Raises NotInEffect."""
    matter = decided.matter
    assert isinstance(matter, RuleChange)  # noqa: S101 - the registry has it under its kind
    try:
        await amend(uow, group=decided.group, answers={matter.rule: matter.after}, because=_because(decided))
    except (BadRule, KeyError):
        raise NotInEffect("rule") from None


async def install(uow: UnitOfWork, decided: Decided) -> None:
    """Give the office to who was elected; whoever held it is a member again. Raises NotInEffect, NoChair, BadOffice."""
    matter = decided.matter
    assert isinstance(matter, Election)  # noqa: S101 - as above
    if decided.elected is None:
        raise NotInEffect("member")
    try:
        because = _because(decided)
        await appoint(uow, group=decided.group, member=decided.elected, role=matter.office, way="elected", because=because)
    except NotAMember:
        raise NotInEffect("member") from None


async def remove(uow: UnitOfWork, decided: Decided) -> None:
    """She belongs no more, and is paid what is hers. Raises NotInEffect when she isn't a member any more."""
    matter = decided.matter
    assert isinstance(matter, Expulsion)  # noqa: S101 - as above
    try:
        await expel(uow, group=decided.group, member=matter.member, because=_because(decided))
    except NotAMember:
        raise NotInEffect("member") from None


async def forgive(uow: UnitOfWork, decided: Decided) -> None:
    """Give up what a member still owes. Raises UnknownLoan when it was repaid meanwhile."""
    matter = decided.matter
    assert isinstance(matter, WriteOff)  # noqa: S101 - as above
    await write_off(uow, loan=matter.loan, because=_because(decided))


async def put_in_order(uow: UnitOfWork, decided: Decided) -> None:
    """Start the merry-go-round in this order. Raises NoRound (it has begun, or was called off), HandsChanged."""
    matter = decided.matter
    assert isinstance(matter, TurnOrder)  # noqa: S101 - as above
    because = _because(decided)
    await give_order(uow, rotation=matter.rotation, order=matter.order, owners=matter.owners, because=because)


async def pay_claim(uow: UnitOfWork, decided: Decided) -> None:
    """Have the welfare fund pay what was claimed. Raises KittyShort, and whatever keeps the fund from paying her by now."""
    matter = decided.matter
    assert isinstance(matter, WelfareClaim)  # noqa: S101 - as above
    await decide_by_vote(uow, group=decided.group, claim=matter.claim, passed=True, because=_because(decided))


async def end_the_group(uow: UnitOfWork, decided: Decided) -> None:
    """Nothing new from now on; what is left is shared out when nothing waits. Raises GroupEnds when that was decided before."""
    await begin_ending(uow, group=decided.group, because=_because(decided))


def _because(decided: Decided) -> str:
    """Who decided, as every member reads it beside the rule, the office or the departure."""
    return f"vote {decided.number}"


# Kinds whose effect is another capability's are added where the application is wired.
EFFECTS: dict[str, Execution] = {
    "rule": change_rule,
    "election": install,
    "expulsion": remove,
    "write_off": forgive,
    "turns": put_in_order,
    "welfare": pay_claim,
    "dissolution": end_the_group,
}
