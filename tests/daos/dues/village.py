"""A group with dues: members with money, the worker's hands, and a look at everything that counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from core.daos.calendar import Schedule, day_of
from core.daos.constitutions import enact
from core.daos.contributions import Contribution, contribute
from core.daos.dues.changing import create_kind
from core.daos.dues.jobs import JOBS, TEND_JOB
from core.daos.dues.kinds import ContributionKind
from core.daos.dues.standing import Dues, dues_of
from core.daos.groups import create_group, join
from core.daos.owed import PURPOSES, account_of
from core.daos.rules import DEFAULTS
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database
from core.kernel.ids import IntentId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import member_account
from core.ledger.service import balances
from core.monitoring.audit import audit
from tests.daos.people import new_intent, shillings, someone

KIND_JOBS = tuple(JOBS)


@dataclass
class Village:
    """One group. Time is turned by `until`, and what is due is done."""

    db: Database
    clock: Any
    group: Any = None
    members: list[MemberId] = field(default_factory=list)

    async def settle(self, count: int = 3, money: int = 100_000, **rules: Any) -> None:
        """Found the group with so many members (the first is its chair), each with money, under these rules."""
        for number in range(count):
            self.members.append(await someone(self.db, f"Member {number}", money=shillings(money)))
        async with self.db.unit() as uow:
            group = await create_group(uow, intent=new_intent(), founder=self.members[0], name="Umoja")
            for member in self.members[1:]:
                await join(uow, member=member, group=group.id)
            self.group = group.id
        if rules:
            await self.enact(**rules)

    async def enact(self, **answers: Any) -> None:
        async with self.db.unit() as uow:
            rules = DEFAULTS["chama"].changed(answers)
            await enact(uow, group=self.group, rules=rules, in_force_from=self.clock.now(), because="test")

    async def kind(self, schedule: Schedule, amount: int = 500, **given: Any) -> ContributionKind:
        wanted = {"name": "Savings", "purpose": "treasury", "official": self.members[0], **given}
        async with self.db.unit() as uow:
            return await create_kind(
                uow, intent=new_intent(), group=self.group, schedule=schedule, amount=shillings(amount), **wanted
            )

    async def pay(self, member: MemberId, amount: int | Money, **given: Any) -> Contribution:
        wanted = amount if isinstance(amount, Money) else shillings(amount)
        intent = IntentId(given.pop("intent", None) or new_intent())
        async with self.db.unit() as uow:
            return await contribute(uow, intent=intent, member=member, group=self.group, amount=wanted, **given)

    async def tend(self) -> None:
        await JOBS[TEND_JOB](self, {"group": str(self.group)})
        await self.work()

    @property
    def database(self) -> Database:
        return self.db

    async def work(self) -> None:
        """Do the jobs that were queued for dues."""
        while jobs := await self.rows(
            "SELECT id, entrypoint, payload FROM pgqueuer WHERE entrypoint = ANY(:ours) ORDER BY id", ours=list(KIND_JOBS)
        ):
            for job in jobs:
                await JOBS[job.entrypoint](self, json.loads(job.payload))
                await self.rows("DELETE FROM pgqueuer WHERE id = :id RETURNING id", id=job.id)

    def at(self, day: date, hour: int = 12, minute: int = 0) -> datetime:
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=EAST_AFRICA)

    async def until(self, moment: datetime, step: timedelta = timedelta(hours=1)) -> None:
        """Turn the clock step by step, tending what is due."""
        while self.clock.now() < moment:
            self.clock.moment = min(moment, self.clock.now() + step).astimezone(self.clock.moment.tzinfo)
            await self.tend()

    @property
    def today(self) -> date:
        return day_of(self.clock.now())

    async def dues(self, member: MemberId) -> Dues:
        async with self.db.unit() as uow:
            return await dues_of(uow, group=self.group, member=member)

    async def held(self) -> dict[str, Money]:
        """What the group has for each purpose, and all credits together."""
        async with self.db.unit() as uow:
            accounts = {purpose: account_of(self.group, purpose) for purpose in PURPOSES}
            own = [member_account(member, self.group) for member in self.members]
            found = await balances(uow, [*accounts.values(), *own])
        held = {purpose: found[account].total for purpose, account in accounts.items()}
        held["credit"] = Money(sum(found[one].total.minor for one in own))
        return {name: amount for name, amount in held.items() if amount}

    async def rows(self, query: str, **values: Any) -> Sequence[Any]:
        async with self.db.unit() as uow:
            return (await uow.session.execute(text(query), values)).all()

    async def said(self, member: MemberId) -> list[str]:
        rows = await self.rows("SELECT message FROM sms_delivery_log WHERE user_id = :m ORDER BY created_at, id", m=member)
        return [row.message for row in rows]

    async def audit_is_clean(self) -> None:
        assert [finding.name for finding in await audit(self.db) if not finding.ok] == []
