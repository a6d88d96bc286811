"""Registered members for tests, and a look at what was written about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from core.identity.jobs import JOBS
from core.identity.members import Member
from core.identity.models import MemberRow
from core.identity.registration import CONSENT_VERSION, register
from core.identity.sim_swap_models import SimSwapCheck
from core.kernel.db import Database
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher

new_id = TimeOrderedIds().new


async def swapped(database: Database, member: MemberId, *, ago: timedelta) -> None:
    """The network answers that the SIM of this member's number was swapped so long ago."""
    async with database.unit() as uow:
        row = await uow.session.get_one(MemberRow, member)
        now = uow.clock.now()
        check = SimSwapCheck(id=new_id(), phone=row.phone, why="payout", status="answered", verdict="swapped")
        check.created_at, check.answered_at, check.swapped_at = now, now, now - ago
        uow.session.add(check)


async def recovered(database: Database, member: MemberId) -> None:
    """This member's account was recovered just now."""
    async with database.unit() as uow:
        (await uow.session.get_one(MemberRow, member)).recovered_at = uow.clock.now()


WANJIRU = Phone("+254712000001")
PIN = "739205"


@dataclass
class People:
    database: Database
    hasher: PinHasher
    sim_swap: Any = None

    async def calm(self, phone: str = WANJIRU) -> None:
        """The network says that this number's SIM was not swapped."""
        async with self.database.unit() as uow:
            now = uow.clock.now()
            check = SimSwapCheck(id=new_id(), phone=phone, why="recovery", status="answered", verdict="not_swapped")
            check.created_at = check.answered_at = now
            uow.session.add(check)

    async def register(self, phone: Phone = WANJIRU, *, pin: str = PIN, **given: Any) -> Member:
        member = given.pop("member", None) or MemberId(new_id())
        sealed = await self.hasher.hash(pin, owner=str(member))
        wanted = {"name": "Wanjiru Kamau", "language": "en", "consent_version": CONSENT_VERSION, "channel": "ussd", **given}
        async with self.database.unit() as uow:
            return await register(uow, member=member, phone=phone, sealed_pin=sealed, **wanted)

    async def register_sealed(self, phone: str, sealed: str) -> None:
        """As many members as wanted, without the work of a hash for each."""
        consent = {"consent_version": CONSENT_VERSION, "channel": "ussd"}
        async with self.database.unit() as uow:
            member = MemberId(new_id())
            who = {"member": member, "phone": Phone(phone), "name": "Wanjiru Kamau", "language": "en"}
            await register(uow, **who, sealed_pin=sealed, **consent)

    async def rows(self, table: str, *, where: str = "true") -> list[dict[str, Any]]:
        async with self.database.unit() as uow:
            found = await uow.session.execute(text(f"SELECT * FROM {table} WHERE {where} ORDER BY 1"))
            return [dict(row) for row in found.mappings()]

    async def row(self, table: str) -> dict[str, Any]:
        (row,) = await self.rows(table)
        return row

    async def do_jobs(self, *names: str) -> int:
        """Do the jobs of these names that wait, once each, as the worker does; how many there were."""
        async with self.database.unit() as uow:
            taken = text("DELETE FROM pgqueuer WHERE entrypoint = ANY(:names) RETURNING id, entrypoint, payload")
            waiting = (await uow.session.execute(taken, {"names": list(names)})).all()
        for _, name, payload in sorted(waiting):
            await JOBS[name](self, json.loads(payload))
        return len(waiting)

    async def everything(self) -> str:
        """All rows of all tables as text, for canaries."""
        async with self.database.unit() as uow:
            tables = await uow.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            dumps = [(await uow.session.execute(text(f'SELECT * FROM "{table}"'))).all() for table in tables.all()]
        return str([[bytes(c).decode("latin-1") if isinstance(c, bytes) else c for c in row] for dump in dumps for row in dump])
