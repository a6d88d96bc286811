"""A group of members who propose and vote, and a worker that does what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from core.daos.constitutions import enact, rules_of
from core.daos.groups import create_group, join
from core.daos.models import MembershipRow
from core.governance.effects import EFFECTS
from core.governance.executions import Executions
from core.governance.jobs import JOBS, sweep
from core.governance.matters import Matter, Motion
from core.governance.proposals import Proposal, find_proposal
from core.governance.proposing import propose, second
from core.governance.voting import Ballot, cast
from core.identity.models import MemberRow
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import DaoId, MemberId
from tests.daos.people import new_id, new_intent, someone

_numbers = iter(range(100_000_000))


@dataclass
class Chama:
    """`members[0]` founded it and is the chair."""

    database: Database
    group: DaoId
    members: list[MemberId]
    executions: Executions = field(default_factory=lambda: dict(EFFECTS))

    @classmethod
    async def of(cls, database: Database, size: int, **rules: Any) -> Chama:
        """A group of so many, whose rules differ from the usual ones in these answers."""
        founder = await someone(database, "Amina Chair")
        async with database.unit() as uow:
            group = (await create_group(uow, intent=new_intent(), founder=founder, name="Umoja")).id
            members = await _crowd(uow, group, size - 1)
            if rules:
                changed = (await rules_of(uow, group=group)).changed(rules)
                await enact(uow, group=group, rules=changed, in_force_from=uow.clock.now(), because="test")
        return cls(database, group, [founder, *members])

    async def enter(self, name: str = "Late Comer") -> MemberId:
        member = await someone(self.database, name)
        async with self.database.unit() as uow:
            await join(uow, member=member, group=self.group)
        self.members.append(member)
        return member

    async def becomes(self, member: MemberId, **what: str) -> None:
        """Change her role or the state of her membership."""
        async with self.database.unit() as uow:
            hers = MembershipRow.dao_id == self.group, MembershipRow.user_id == member
            await uow.session.execute(update(MembershipRow).where(*hers).values(**what))

    async def propose(self, matter: Matter | None = None, words: str = "Buy chairs", *, by: int = 0) -> Proposal:
        """Something that is open for votes, seconded where it has to be."""
        async with self.database.unit() as uow:
            made = await propose(
                uow,
                intent=new_intent(),
                group=self.group,
                proposer=self.members[by],
                matter=matter or Motion(),
                words=words,
            )
        if made.state != "waiting":
            return made
        seconder = next(member for member in self.members if member != self.members[by])
        async with self.database.unit() as uow:
            return await second(uow, proposal=made.id, seconder=seconder)

    async def vote(self, proposal: Proposal, voter: MemberId, choice: str) -> Ballot:
        async with self.database.unit() as uow:
            return await cast(uow, intent=new_intent(), proposal=proposal.id, voter=voter, choice=choice, channel="ussd")

    async def votes(self, proposal: Proposal, choices: Mapping[str, int] | Sequence[str], *, first: int = 0) -> None:
        """So many of each choice, member by member."""
        wanted = choices if not isinstance(choices, Mapping) else [one for one, times in choices.items() for _ in range(times)]
        for voter, choice in zip(self.members[first:], wanted, strict=False):
            await self.vote(proposal, voter, choice)

    async def now(self, proposal: Proposal) -> Proposal:
        async with self.database.unit() as uow:
            return await find_proposal(uow, proposal=proposal.id)

    async def work(self) -> None:
        """Do all jobs of votes that wait, and those that follow from them."""
        await sweep(self, {})  # type: ignore[arg-type]
        while waiting := await self._taken():
            for name, payload in waiting:
                await JOBS[name](self, payload)  # type: ignore[arg-type]

    async def _taken(self) -> list[tuple[str, dict[str, Any]]]:
        import json

        async with self.database.unit() as uow:
            taken = text("DELETE FROM pgqueuer WHERE entrypoint = ANY(:names) RETURNING id, entrypoint, payload")
            found = (await uow.session.execute(taken, {"names": list(JOBS)})).all()
        return [(name, json.loads(payload)) for _, name, payload in sorted(found)]

    async def sql(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.database.unit() as uow:
            return [tuple(row) for row in (await uow.session.execute(text(query), values)).all()]

    async def messages(self, proposal: Proposal | UUID | None = None) -> list[str]:
        """Every SMS about votes, in order."""
        return [
            row[0]
            for row in await self.sql(
                "SELECT message FROM sms_delivery_log WHERE template IN ('proposal', 'vote_on_money', 'vote_reminder') ORDER BY id"
            )
        ]


async def _crowd(uow: UnitOfWork, group: DaoId, size: int) -> list[MemberId]:
    """So many members at once, as registering and joining would leave them."""
    people, now = [MemberId(new_id()) for _ in range(size)], uow.clock.now()
    if not people:
        return []
    rows = [
        {
            "id": member,
            "name": f"Member {number}",
            "phone": f"+2541{next(_numbers):08d}",
            "language": "en",
            "sealed_pin": "sealed elsewhere",
            "created_at": now,
            "updated_at": now,
        }
        for number, member in enumerate(people, start=1)
    ]
    await uow.session.execute(insert(MemberRow).values(rows))
    belongs = {"dao_id": group, "role": "member", "status": "active", "joined_at": now}
    await uow.session.execute(
        insert(MembershipRow).values([{"id": new_id(), "user_id": member, **belongs} for member in people])
    )
    return people
