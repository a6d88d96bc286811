"""A process dies after what it did was committed: the same message again does nothing twice, and is answered as it was then.

A member's hand of the merry-go-round has no intent that would make a repeat harmless, so it shows what the rows of
`answered_turns` are for. Whether every other flow keeps to it, tests/drops shows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from core.daos.rotation.rounds import open_round
from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.identity.forgetting import FORGET
from core.identity.members import find_by_phone
from core.jobs.retention import RULES
from core.kernel.db import Database
from core.kernel.ids import DaoId, IntentId
from core.kernel.money import Money
from core.kernel.phone import Phone
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import give, group_of
from tests.dialogue.stories import Sql

PIN = "248163"
TAKE = "4", "1", "5", "5", "1", "1"


@pytest.fixture
async def wanjiru_merry(wanjiru: Handset, db: Database, sql: Sql) -> Handset:
    """Wanjiru chairs a group with an open round."""
    await wanjiru.register(pin=PIN)
    await give(db, sql, wanjiru, Money(1000_00))
    await group_of(wanjiru)
    [(group,)] = await sql("SELECT id FROM daos WHERE kind <> 'practice'")
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(wanjiru.number))
        assert member is not None
        intent = IntentId(uow.ids.new())
        await open_round(uow, intent=intent, official=member.id, group=DaoId(group), amount=Money(100_00))
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="W")
    return wanjiru


@pytest.fixture
def killed(redis_url: str, conversation: Conversation) -> Any:
    """Puts Redis back to what it held, as when the process died before it saved the session; and forgets what it remembered."""

    class Killed:
        async def remember(self) -> None:
            redis = Redis.from_url(redis_url)
            self.kept = {key: await redis.dump(key) for key in await redis.keys("*")}
            await redis.aclose()

        async def die(self, *, emptied: bool = False) -> None:
            redis = Redis.from_url(redis_url)
            await redis.flushdb()
            for key, value in {} if emptied else self.kept.items():
                await redis.restore(key, 0, value)
            await redis.aclose()
            conversation._sessions._remembered.clear()

    return Killed()


async def hands(sql: Sql) -> int:
    return int((await sql("SELECT count(*) FROM rotation_hands"))[0][0])


@pytest.mark.parametrize("emptied", [False, True])
async def test_the_hop_again_is_answered_with_the_same_words_and_takes_no_second_hand(
    wanjiru_merry: Handset, sql: Sql, killed: Any, emptied: bool
) -> None:
    await wanjiru_merry.dial()
    await wanjiru_merry.type(*TAKE)
    await killed.remember()
    said = await wanjiru_merry.type(PIN)
    await killed.die(emptied=emptied)

    assert "Hand 1 is yours" in said
    assert await wanjiru_merry.hop(wanjiru_merry.text) == said
    assert await wanjiru_merry.hop(wanjiru_merry.text) == said
    assert await hands(sql) == 1


async def test_whoever_dials_anew_is_not_offered_what_was_done(wanjiru_merry: Handset, sql: Sql, killed: Any) -> None:
    await wanjiru_merry.dial()
    await wanjiru_merry.type(*TAKE)
    await killed.remember()
    await wanjiru_merry.type(PIN)
    await killed.die()

    assert "Continue" not in await wanjiru_merry.dial()
    assert await hands(sql) == 1


async def test_another_text_at_that_position_is_refused(wanjiru_merry: Handset, sql: Sql, killed: Any) -> None:
    await wanjiru_merry.dial()
    await wanjiru_merry.type(*TAKE)
    await killed.remember()
    await wanjiru_merry.type(PIN)
    before = wanjiru_merry.text.rpartition("*")[0]
    await killed.die()

    assert "out of step" in await wanjiru_merry.hop(f"{before}*604718")
    assert await hands(sql) == 1


async def test_an_update_that_telegram_hands_over_again_is_answered_with_the_same_words(
    wanjiru_merry: Handset, conversation: Conversation, sql: Sql, killed: Any
) -> None:
    chat, [(group,)] = Chat(conversation), await sql("SELECT id::text FROM daos WHERE kind <> 'practice'")
    await chat.do(Kind.START)
    for choice in ("groups", group, "savings", "merry", "take", "yes"):
        await chat.tap(choice)
    await killed.remember()
    said = await chat.do(Kind.TYPED, PIN, event="the sixth key")
    await killed.die()

    assert await chat.do(Kind.TYPED, PIN, event="the sixth key") == said
    assert await hands(sql) == 1


async def test_a_message_that_goes_to_several_is_answered_to_each(
    wanjiru_merry: Handset, conversation: Conversation, handset: Callable[[str], Handset], db: Database, sql: Sql
) -> None:
    otieno, one, other = handset("+254712000002"), Chat(conversation), Chat(conversation, 7002)
    await otieno.register(name="Otieno Odhiambo", pin=PIN)
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(otieno.number))
        assert member is not None
        await link_telegram(uow, member=member.id, telegram_id=7002, chat=7002, name="O")
    for chat in (one, other):
        await chat.command("account.language")
        assert chat.reply is not None
        await chat.do(Kind.CHOSE, "sw", chat.reply.turn, event="to all, after we were away")

    assert await sql("SELECT language FROM members") == [("sw",), ("sw",)]


async def test_a_turn_that_only_reads_leaves_nothing_and_what_is_kept_is_sealed(wanjiru_merry: Handset, sql: Sql) -> None:
    await sql("DELETE FROM answered_turns")
    await wanjiru_merry.dial()
    await wanjiru_merry.type("4", "1", "5", "5")
    assert await sql("SELECT count(*) FROM answered_turns") == [(0,)]

    await wanjiru_merry.type("1", "1", PIN)
    [(kept,)] = await sql("SELECT sealed_state FROM answered_turns")
    assert "Hand" not in kept
    assert PIN not in str(await sql("SELECT * FROM answered_turns"))


async def test_they_are_forgotten_after_a_day_and_with_the_member(wanjiru_merry: Handset, db: Database, sql: Sql) -> None:
    assert [rule.keep for rule in RULES if rule.table == "answered_turns"] == [timedelta(days=1)]
    await wanjiru_merry.dial()
    await wanjiru_merry.type(*TAKE, PIN)
    [(member,)] = await sql("SELECT id FROM members")
    assert await sql("SELECT count(*) > 0 FROM answered_turns WHERE user_id = :member", member=member) == [(True,)]

    assert [one for one in FORGET if "answered_turns" in one] == ["DELETE FROM answered_turns WHERE user_id = :member"]


async def test_nobody_carries_on_where_only_a_pin_led(wanjiru: Handset, db: Database, sql: Sql) -> None:
    """Whoever holds the phone next sees nothing that was shown after the PIN, and no way back to it."""
    await wanjiru.register(pin=PIN)
    await give(db, sql, wanjiru, Money(1000_00))
    await group_of(wanjiru)
    await wanjiru.dial()
    assert "The loan pot holds" in await wanjiru.type("4", "1", "6", "1", "5", "1", PIN)

    assert "Continue" not in await wanjiru.dial()

    await wanjiru.type("4", "1", "6", "1", "5", "1", PIN)
    assert "KES 50 " in await wanjiru.type("1", "50")
    assert "9 Continue" in await wanjiru.dial()
    assert "KES 50 " in await wanjiru.type("9")
    assert "holds" not in await wanjiru.type("0")


@pytest.mark.parametrize("how", ["PIN", "confirm"])
async def test_what_has_no_amount_is_offered_too_wherever_she_stopped(wanjiru_merry: Handset, how: str) -> None:
    await wanjiru_merry.dial()
    shown = await wanjiru_merry.type(*(TAKE if how == "PIN" else TAKE[:-1]))
    assert ("PIN" in shown) == (how == "PIN")

    assert "9 Continue" in await wanjiru_merry.dial()
    assert "our hand is paid the whole pot" in await wanjiru_merry.type("9")
