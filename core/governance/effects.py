"""What a decision does by itself: a rule that changes, an office that is given, a member who has to leave.

Each looks again at the moment it takes effect, since a member may have left and a rule been voted on twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from core.daos.constitutions import enact, rules_of
from core.daos.loans.repaying import write_off
from core.daos.models import MembershipRow
from core.daos.rules import BadRule, Rules
from core.governance.calendar import next_cycle
from core.governance.errors import NotInEffect
from core.governance.executions import Decided, Execution
from core.governance.matters import Election, Expulsion, RuleChange, WriteOff
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId

# Longer than any cycle: what is decided already, though not in force yet.
FAR = timedelta(days=400)


async def rules_to_come(uow: UnitOfWork, *, group: DaoId) -> Rules:
    """The rules with every change that is decided, in force or not."""
    return await rules_of(uow, group=group, at=uow.clock.now() + FAR)


async def in_force_from(uow: UnitOfWork, *, group: DaoId, moment: datetime) -> datetime:
    """When a change of a rule counts that takes effect now: with the next cycle, never in the middle of one."""
    rules = await rules_of(uow, group=group)
    return next_cycle(moment, rules.frequency)


async def change_rule(uow: UnitOfWork, decided: Decided) -> None:
    """The next version of the constitution, which differs in this one answer. Raises NotInEffect."""
    matter = decided.matter
    assert isinstance(matter, RuleChange)  # noqa: S101 - the registry has it under its kind
    starts = await in_force_from(uow, group=decided.group, moment=uow.clock.now())
    try:
        rules = (await rules_to_come(uow, group=decided.group)).changed({matter.rule: matter.after})
    except (BadRule, KeyError):
        raise NotInEffect("rule") from None
    await enact(uow, group=decided.group, rules=rules, in_force_from=starts, because=f"vote {decided.number}")


async def install(uow: UnitOfWork, decided: Decided) -> None:
    """Give the office to who was elected; whoever held it is a member like any other. Raises NotInEffect."""
    matter = decided.matter
    assert isinstance(matter, Election)  # noqa: S101 - as above
    rows = await _memberships(uow, decided.group)
    elected = next((row for row in rows if row.user_id == decided.elected), None)
    if elected is None or elected.role == "observer":
        raise NotInEffect("member")
    for row in rows:
        if row.role == matter.office:
            row.role = "member"
    elected.role = matter.office
    await uow.session.flush()


async def expel(uow: UnitOfWork, decided: Decided) -> None:
    """End the membership. Raises NotInEffect when she isn't a member any more."""
    matter = decided.matter
    assert isinstance(matter, Expulsion)  # noqa: S101 - as above
    theirs = MembershipRow.dao_id == decided.group, MembershipRow.user_id == matter.member
    row = await uow.session.scalar(select(MembershipRow).where(*theirs).with_for_update())
    if row is None or row.status not in ("active", "suspended"):
        raise NotInEffect("member")
    row.status, row.role = "expelled", "member"
    await uow.session.flush()


async def forgive(uow: UnitOfWork, decided: Decided) -> None:
    """Give up what a member still owes. Raises UnknownLoan when it was repaid meanwhile."""
    matter = decided.matter
    assert isinstance(matter, WriteOff)  # noqa: S101 - as above
    await write_off(uow, loan=matter.loan, because=f"vote {decided.number}")


async def _memberships(uow: UnitOfWork, group: DaoId) -> list[MembershipRow]:
    active = MembershipRow.dao_id == group, MembershipRow.status == "active"
    return list(await uow.session.scalars(select(MembershipRow).where(*active).order_by(MembershipRow.id).with_for_update()))


# Kinds whose effect is another capability's are added where the application is wired.
EFFECTS: dict[str, Execution] = {"rule": change_rule, "election": install, "expulsion": expel, "write_off": forgive}
