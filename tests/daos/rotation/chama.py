"""A group with a merry-go-round, for its tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.daos.constitutions import enact
from core.daos.groups import Group, create_group, join
from core.daos.rotation.order import add_number, close_hands, give_order, owners_in
from core.daos.rotation.paying import pay
from core.daos.rotation.payout import due_turns, pay_turn
from core.daos.rotation.plan import Turn, turns_of
from core.daos.rotation.rounds import open_round, take_hand
from core.daos.rules import Rules
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import member_account, pot
from core.ledger.service import balances
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings, someone

HAND = shillings(500)
EACH = shillings(20_000)
WEEKLY = replace(Rules(), frequency="weekly", due_day=7, grace_days=1, rotation_order="vote")


@dataclass
class Chama:
    """Its members in the order of joining; the first is the chair."""

    db: Database
    clock: FakeClock
    group: Group
    members: list[MemberId]
    rotation: UUID

    @staticmethod
    async def found(db: Database, clock: FakeClock, *, members: int = 3, rules: Rules = WEEKLY, money: Money = EACH) -> Chama:
        people = [await someone(db, f"Member {'ABCDEFGHIJKLMNOPQRST'[n]}", money=money) for n in range(members)]
        async with db.unit() as uow:
            group = await create_group(uow, intent=new_intent(), founder=people[0], name="Umoja")
            for member in people[1:]:
                await join(uow, member=member, group=group.id)
            await enact(uow, group=group.id, rules=rules, in_force_from=clock.now(), because="the test")
        async with db.unit() as uow:
            rotation = await open_round(uow, intent=new_intent(), official=people[0], group=group.id, amount=HAND)
        return Chama(db, clock, group, people, rotation)

    async def start(self, *order: int, hands: list[int] | None = None) -> None:
        """Everybody takes a hand (or those at `hands`), and the order is given, as a vote gives it."""
        async with self.db.unit() as uow:
            for member in hands if hands is not None else range(len(self.members)):
                await take_hand(uow, member=self.members[member], rotation=self.rotation)
        async with self.db.unit() as uow:
            await close_hands(uow, official=self.members[0], rotation=self.rotation)
        async with self.db.unit() as uow:
            owners = await owners_in(uow, rotation=self.rotation, order=order)
            await give_order(uow, rotation=self.rotation, order=order, owners=owners, because="vote 1")

    async def pay(self, member: int, amount: Money = HAND, *, payer: int | None = None, intent: Any = None) -> Any:
        async with self.db.unit() as uow:
            return await pay(
                uow,
                intent=intent or new_intent(),
                payer=self.members[member if payer is None else payer],
                member=self.members[member],
                rotation=self.rotation,
                amount=amount,
            )

    async def until(self, turn: int, **more: float) -> None:
        """The clock stands at the day of this turn, at noon, or some days later."""
        day = (await self.turns())[turn - 1].row.due_on
        self.clock.moment = self.clock.moment.replace(
            year=day.year, month=day.month, day=day.day, hour=9, minute=0
        ) + timedelta(**more)

    async def work(self) -> int:
        """What the worker does; how many turns it paid."""
        async with self.db.unit() as uow:
            due = await due_turns(uow)
        paid = 0
        for turn in due:
            async with self.db.unit() as uow:
                paid += await pay_turn(uow, turn=turn)
        return paid

    async def turns(self) -> list[Turn]:
        async with self.db.unit() as uow:
            return await turns_of(uow, rotation=self.rotation)

    async def money(self, member: int) -> Money:
        async with self.db.unit() as uow:
            account = member_account(self.members[member])
            return (await balances(uow, [account]))[account].available

    async def pot(self, name: Any = "rotation") -> Money:
        async with self.db.unit() as uow:
            account = pot(DaoId(self.group.id), name)
            return (await balances(uow, [account]))[account].available

    async def sql(self, query: str, **values: Any) -> list[Any]:
        async with self.db.unit() as uow:
            result = await uow.session.execute(text(query), values)
            return [tuple(row) for row in result] if result.returns_rows else []  # type: ignore[attr-defined]


async def draw_numbers(chama: Chama, *numbers: str) -> None:
    for member, number in zip(chama.members, numbers, strict=False):
        async with chama.db.unit() as uow:
            await add_number(uow, member=member, rotation=chama.rotation, number=number)
