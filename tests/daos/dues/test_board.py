"""The board in a group's chat: exact, never hurried, and it names only those who agreed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text as sql

from core.daos.contribution_board import refresh_board, refresh_boards, written
from core.daos.group_chat_models import GroupChatRow
from core.daos.group_chats import (
    LinkRefused,
    chat_closed,
    chat_moved,
    link_chat,
    mint_token,
    show_name,
    unlink_chat,
)
from core.daos.muhuri import seal_group
from core.daos.people import NotYourRole
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import DaoId
from core.notifications.pacing import Pauses, slot_for
from core.notifications.ports import BLOCKED, Rejected
from tests.conftest import FakeClock
from tests.notifications.fake_senders import FakeChat

from .test_dues import SUNDAY
from .village import Village

CHAT, HERS = -100_501, 7001


class Worker:
    """Does what the worker does for boards, when it is told to."""

    def __init__(self, db: Database) -> None:
        self.database, self.chat = db, FakeChat()

    async def refresh(self, group: DaoId) -> None:
        await refresh_board(self, {"group": str(group)})

    def board(self) -> str:
        (said,) = self.chat.shown(CHAT)
        return said


@pytest.fixture
def worker(db: Database) -> Worker:
    return Worker(db)


async def linked(village: Village, chat: int = CHAT) -> None:
    chair = village.members[0]
    async with village.db.unit() as uow:
        await link_telegram(uow, member=chair, telegram_id=HERS, chat=HERS, name="Amina")
        token = await mint_token(uow, group=village.group, official=chair)
    async with village.db.unit() as uow:
        await link_chat(uow, token=token, telegram=HERS, chat=chat)


async def rows(db: Database, query: str) -> list[Any]:
    async with db.unit() as uow:
        return [tuple(row) for row in await uow.session.execute(sql(query))]


async def test_thirty_contributions_of_fifty_members_in_a_minute_are_few_changes_and_the_last_is_exact(
    village: Village, worker: Worker, clock: FakeClock
) -> None:
    await village.settle(50)
    await village.kind(SUNDAY, 100)
    await village.tend()
    await linked(village)
    await worker.refresh(village.group)
    worker.chat.calls.clear()

    for member in village.members[:30]:
        await village.pay(member, 100)
        # Two workers look at the same time.
        await worker.refresh(village.group)
        await worker.refresh(village.group)
        clock.advance(seconds=2)
    during = worker.chat.calls.count("edit")
    clock.advance(seconds=5)
    await worker.refresh(village.group)

    assert 1 <= during <= 12
    assert set(worker.chat.calls) == {"edit"}
    assert "[######----] 30 of 50 paid" in worker.board()
    assert "Paid: 30 members" in worker.board()
    await worker.refresh(village.group)
    assert worker.chat.calls.count("edit") == during + 1, "what it shows already is no reason to change it"


async def test_a_board_with_more_names_than_a_message_holds_names_fewer_and_loses_nothing_else(
    village: Village, db: Database, clock: FakeClock
) -> None:
    """Four kinds of contribution, fifty members who agreed to be named, each with the longest name that there can be."""
    await village.settle(50)
    for _ in range(4):
        await village.kind(SUNDAY, 100)
    await village.tend()
    await village.pay(village.members[0], 100)
    await rows(db, "UPDATE members SET name = 'Wanjiru Wa Kamau Njoroge Muthoni Nyambur' RETURNING id")
    await linked(village)
    async with db.unit() as uow:
        for member in village.members:
            await show_name(uow, group=village.group, member=member, shows=True)

    async with db.unit() as uow:
        said = await written(uow, group=village.group, language="sw")

    assert len(said) <= 4096
    assert said.count("Wanjiru") > 40
    assert "na wengine" in said
    assert said.endswith("Majina hapa ni ya waliokubali tu.")


async def test_a_change_waits_for_its_place_in_the_pace_of_all_and_keeps_it(
    village: Village, worker: Worker, db: Database, clock: FakeClock
) -> None:
    await village.settle(3)
    await village.kind(SUNDAY, 100)
    await village.tend()
    await linked(village)
    # Ten others in a row have places before it: two seconds.
    async with db.unit() as uow:
        for other in range(10):
            await slot_for(uow, chat=900 + other, is_broadcast=True, booked=None)

    await worker.refresh(village.group)
    assert worker.chat.calls == []
    # However much comes after it, its place is its own.
    async with db.unit() as uow:
        for other in range(100):
            await slot_for(uow, chat=2_000 + other, is_broadcast=True, booked=None)
    clock.advance(seconds=2)
    await worker.refresh(village.group)

    assert worker.chat.calls == ["send", "pin"]
    async with db.unit() as uow:
        assert (await uow.session.get_one(GroupChatRow, village.group)).slot_at is None


async def test_changes_and_messages_together_are_no_more_than_a_group_takes(
    village: Village, worker: Worker, db: Database, clock: FakeClock
) -> None:
    await village.settle(12)
    await village.kind(SUNDAY, 100)
    await village.tend()
    await linked(village)
    said = 0
    for member in village.members:
        await village.pay(member, 100)
        async with db.unit() as uow:
            said += await slot_for(uow, chat=CHAT, is_broadcast=True, booked=clock.now()) <= clock.now()
        for _ in range(3):
            await worker.refresh(village.group)
            clock.advance(seconds=1.6)

    changes = len(worker.chat.calls) - worker.chat.calls.count("pin")
    assert changes >= 2
    assert said + changes <= 20


async def test_telegram_that_wants_the_board_to_wait_makes_everybody_wait_there(
    village: Village, worker: Worker, db: Database, clock: FakeClock
) -> None:
    await village.settle(3)
    await village.kind(SUNDAY, 100)
    await village.tend()
    await linked(village)
    worker.chat.then(Rejected("too many messages", retry=True, after=timedelta(seconds=40)))
    await worker.refresh(village.group)

    assert await Pauses(db).seconds(CHAT) == 40
    clock.advance(seconds=41)
    await worker.refresh(village.group)
    assert "0 of 3 paid" in worker.board()


async def test_a_change_that_comes_too_soon_is_queued_once_for_the_moment_when_it_may_be(
    village: Village, worker: Worker, db: Database
) -> None:
    await village.settle(3)
    await village.kind(SUNDAY, 100)
    await village.tend()
    await linked(village)
    await worker.refresh(village.group)
    await rows(db, "SELECT count(*) FROM pgqueuer")
    async with db.unit() as uow:
        await uow.session.execute(sql("DELETE FROM pgqueuer"))
    for member in village.members:
        await village.pay(member, 100)

    query = "SELECT execute_after > now() FROM pgqueuer WHERE entrypoint = 'refresh-board'"
    assert await rows(db, query) == [(True,)]


async def test_names_stand_there_only_of_those_who_agreed_and_nobodys_amount(village: Village, db: Database) -> None:
    await village.settle(4)
    await village.kind(SUNDAY, 500)
    await village.tend()
    await linked(village)
    amina, juma, *_ = village.members
    await village.pay(amina, 500)
    await village.pay(juma, 200)
    async with db.unit() as uow:
        await show_name(uow, group=village.group, member=juma, shows=True)
        said = await written(uow, group=village.group, language="en")
        swahili = await written(uow, group=village.group, language="sw")
        (name,) = await uow.session.scalars(sql("SELECT name FROM members WHERE id = :id"), {"id": juma})

    assert f"In part: {name}" in said
    assert "Paid: 1 member\n" in said
    assert "Not yet: 2 members" in said
    assert f"Sehemu: {name}" in swahili
    assert "500" not in said
    assert "200" not in said
    async with db.unit() as uow:
        await show_name(uow, group=village.group, member=juma, shows=False)
        assert name not in await written(uow, group=village.group, language="en")


async def test_board_when_taken_away_is_put_there_again_and_when_the_chat_is_closed_is_forgotten(
    village: Village, worker: Worker, clock: FakeClock, db: Database
) -> None:
    await village.settle(2)
    await linked(village)
    await worker.refresh(village.group)
    assert worker.chat.calls == ["send", "pin"]
    worker.chat.delete(CHAT, 1)
    await village.kind(SUNDAY, 100)
    await village.tend()
    clock.advance(seconds=6)
    await worker.refresh(village.group)
    assert worker.chat.calls[2:] == ["edit", "send", "pin"]

    await village.pay(village.members[0], 100)
    clock.advance(seconds=6)
    worker.chat.then(Rejected(BLOCKED))
    await worker.refresh(village.group)
    assert await rows(db, "SELECT count(*) FROM group_chats") == [(0,)]
    await refresh_boards(worker, {})


async def test_board_when_telegram_asks_to_slow_down_waits_as_long_as_it_says(
    village: Village, worker: Worker, clock: FakeClock
) -> None:
    await village.settle(2)
    await linked(village)
    worker.chat.then(Rejected("too many messages", retry=True, after=timedelta(seconds=30)))
    await worker.refresh(village.group)
    clock.advance(seconds=20)
    await worker.refresh(village.group)
    assert worker.chat.calls == ["send"]
    clock.advance(seconds=11)
    await worker.refresh(village.group)
    assert "Nothing is due yet" in worker.board()


async def test_link_is_for_the_official_who_asked_once_within_the_hour_and_one_chat(
    village: Village, clock: FakeClock, db: Database
) -> None:
    await village.settle(3)
    chair, other, plain = village.members
    with pytest.raises(NotYourRole):
        async with db.unit() as uow:
            await mint_token(uow, group=village.group, official=plain)
    async with db.unit() as uow:
        await link_telegram(uow, member=chair, telegram_id=HERS, chat=HERS, name="Amina")
        await link_telegram(uow, member=other, telegram_id=HERS + 1, chat=HERS + 1, name="Juma")
        token = await mint_token(uow, group=village.group, official=chair)

    async def refused(token: str, telegram: int, chat: int = CHAT) -> None:
        with pytest.raises(LinkRefused):
            async with db.unit() as uow:
                await link_chat(uow, token=token, telegram=telegram, chat=chat)

    await refused(token, HERS + 1)
    await refused(token, 99)
    await refused("nothing", HERS)
    for _ in range(2):
        async with db.unit() as uow:
            await link_chat(uow, token=token, telegram=HERS, chat=CHAT)
    await refused(token, HERS, chat=CHAT - 1)
    async with db.unit() as uow:
        late = await mint_token(uow, group=village.group, official=chair)
    clock.advance(minutes=61)
    await refused(late, HERS, chat=CHAT - 1)
    assert await rows(db, "SELECT chat FROM group_chats") == [(CHAT,)]


async def test_chat_when_it_gets_another_number_is_followed_and_when_it_ends_is_forgotten(
    village: Village, worker: Worker, db: Database
) -> None:
    await village.settle(2)
    await linked(village)
    await worker.refresh(village.group)
    async with db.unit() as uow:
        await chat_moved(uow, chat=CHAT, to=CHAT - 7)
    assert await rows(db, "SELECT chat, board_message FROM group_chats") == [(CHAT - 7, None)]
    async with db.unit() as uow:
        assert await chat_closed(uow, chat=CHAT - 7)
        assert not await unlink_chat(uow, group=village.group, official=village.members[0])


async def test_seal_is_said_in_the_groups_chat_too(village: Village, db: Database) -> None:
    await village.settle(2)
    await linked(village)
    await village.pay(village.members[0], 100)
    async with db.unit() as uow:
        made = await seal_group(uow, group=village.group)
    assert made is not None

    ((said,),) = await rows(db, f"SELECT message FROM chat_delivery_log WHERE chat = {CHAT}")
    assert made.code in said


async def test_newest_seal_stands_on_the_board(village: Village, worker: Worker, clock: FakeClock) -> None:
    await village.settle()
    await linked(village)
    await worker.refresh(village.group)
    assert "Muhuri" not in worker.board()
    await village.pay(village.members[0], 100)
    async with village.db.unit() as uow:
        made = await seal_group(uow, group=village.group)
    assert made is not None
    clock.advance(minutes=1)
    await worker.refresh(village.group)
    assert f"Muhuri of {made.day.day}/{made.day.month}: {made.code}" in worker.board()
