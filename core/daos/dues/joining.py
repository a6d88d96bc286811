"""The fee for joining, where the rules ask for one: owed from the moment of joining, once however often she comes back.

It is the group's for good: no savings, and nothing that a share-out shares.
"""

from __future__ import annotations

from uuid import uuid5

from sqlalchemy.dialects.postgresql import insert

from core.daos.calendar import day_of
from core.daos.constitutions import rules_of, versions_of
from core.daos.dialling import dial_to
from core.daos.dues.charges import JOINING
from core.daos.dues.lateness import Terms
from core.daos.dues_models import ChargeRow
from core.daos.groups import find_group
from core.daos.rules import Rules
from core.daos.telling import tell_member
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import text


async def charge_joining(uow: UnitOfWork, *, group: DaoId, member: MemberId, rules_version: int) -> None:
    """Charge her what joining costs by the version of the rules that she accepted, and tell her. Safe to repeat."""
    rules = await _accepted(uow, group, rules_version)
    if not rules.joining_fee:
        return
    now = uow.clock.now()
    row = {
        "id": uow.ids.new(),
        "dao_id": group,
        "user_id": member,
        "sort": "fine",
        "period": day_of(now),
        "due_at": now,
        "purpose": "treasury",
        "amount": rules.joining_fee.as_decimal(),
        "terms": Terms.of(rules, rules_version).keep(),
        "why": {"given": JOINING, "rules": rules_version},
        "intent": uuid5(group, f"joining of {member}"),
        "created_at": now,
    }
    new = insert(ChargeRow).values(row).on_conflict_do_nothing(index_elements=["intent"]).returning(ChargeRow.id)
    if await uow.session.scalar(new) is None:
        return
    found = await find_group(uow, group=group)
    about = {"group": found.name, "due_sum": rules.joining_fee, "dialled": dial_to(uow, found.code, "contribute")}
    await tell_member(uow, member, text("joining-charged", **about), template="joining_fee")


async def _accepted(uow: UnitOfWork, group: DaoId, version: int) -> Rules:
    """The rules of this version; those in force for a group that lives by the defaults of its kind."""
    found = [one.rules for one in await versions_of(uow, group=group) if one.number == version]
    return found[0] if found else await rules_of(uow, group=group)
