"""What a vote does by itself, as members live it on phones and in a chat: an order of turns, a claim on the welfare fund, the
group's end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from core.daos.constitutions import enact
from core.daos.contributions import contribute
from core.daos.dissolving_jobs import end_all
from core.daos.rotation.order import close_hands
from core.daos.rotation.rounds import open_round, take_hand
from core.daos.rules import Rules
from core.daos.welfare.kitty import pay_welfare
from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.secrets import Vault
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.dialogue.conftest import Chat, Client
from tests.dialogue.owners import give
from tests.dialogue.stories import Sql, Village
from tests.dialogue.test_votes import NUMBERS, Worker, settle
from tests.e2e.story import Story

RULES = replace(Rules(), frequency="weekly", due_day=7, rotation_order="vote", welfare_waiting_days=0, welfare_floor=Money(0))
Members = dict[str, MemberId]


async def a_round(uow: UnitOfWork, group: DaoId, members: Members) -> None:
    """Wanjiru, Otieno and Akinyi have a hand each; the list is closed and waits for an order."""
    chair = members["Wanjiru"]
    rotation = await open_round(uow, intent=new_intent(), official=chair, group=group, amount=Money(500_00))
    for name in ("Wanjiru", "Otieno", "Akinyi"):
        await take_hand(uow, member=members[name], rotation=rotation)
    await close_hands(uow, official=chair, rotation=rotation)


async def a_fund(uow: UnitOfWork, group: DaoId, members: Members) -> None:
    """Kamau has paid KES 5,000 into the welfare fund."""
    await pay_welfare(uow, intent=new_intent(), member=members["Kamau"], group=group, amount=Money(5_000_00))


async def some_savings(uow: UnitOfWork, group: DaoId, members: Members) -> None:
    """Kamau has saved KES 600, and put in 300 for Akinyi."""
    for name, amount in (("Kamau", 600_00), ("Akinyi", 300_00)):
        payer = members["Kamau"]
        await contribute(uow, intent=new_intent(), member=members[name], group=group, amount=Money(amount), paid_by=payer)


BEFORE: dict[str, Callable[[UnitOfWork, DaoId, Members], Awaitable[None]]] = {
    "turns": a_round,
    "welfare": a_fund,
    "dissolution": some_savings,
}


@pytest.mark.parametrize("language", ["en", "sw"])
@pytest.mark.parametrize("story", list(BEFORE))
async def test_what_a_vote_does_by_itself(
    client: Client,
    conversation: Conversation,
    sql: Sql,
    db: Database,
    vault: Vault,
    clock: FakeClock,
    language: str,
    story: str,
) -> None:
    phones = await settle(client, sql, db, language)
    await give(db, sql, phones["Kamau"], Money(5_000_00))
    numbers = {phone: MemberId(member) for member, phone in await sql("SELECT id, phone FROM members")}
    members = {name: numbers[number] for name, number in NUMBERS.items()}
    [(group,)] = await sql("SELECT id FROM daos WHERE kind <> 'practice'")
    async with db.unit() as uow:
        await enact(uow, group=DaoId(group), rules=RULES, in_force_from=clock.now(), because="the members")
        await link_telegram(uow, member=members["Akinyi"], telegram_id=7001, chat=7001, name="Akinyi")
    async with db.unit() as uow:
        await BEFORE[story](uow, DaoId(group), members)

    worker = Worker(db, sql)

    async def due() -> None:
        """What is voted on is carried out; a group that ended before this hour is shared out."""
        await end_all(worker, {})
        await worker.work()

    chats = {"Akinyi": Chat(conversation, 7001)}
    village = Village(phones, sql, vault, clock, due, chats=chats)
    await village.play(Story.read(f"vote_{story}.{language}.txt"))
