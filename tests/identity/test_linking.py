"""T5, T9, U10: a code by SMS proves whoever holds the SIM, so a chat isn't linked by it while the SIM is in doubt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.codes import TooManyCodes, issue_code
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.identity.sim_swap import ASK_SIM_SWAP
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import Vault
from tests.dialogue.conftest import Chat, conversation, sql
from tests.dialogue.stories import Sql, code_of

from .people import WANJIRU, People
from .test_sim_swap import Network, network

__all__ = ["conversation", "network", "sql"]
OLD, NEW = 7001, 7002


@pytest.fixture
async def member(people: People) -> Member:
    return await people.register()


@pytest.fixture
def thief(conversation: Conversation) -> Chat:
    """Somebody's chat who gets her SMS."""
    return Chat(conversation, telegram=NEW)


async def linked(people: People, member: Member, telegram: int = OLD) -> None:
    async with people.database.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=telegram, chat=telegram, name="W")


async def link(chat: Chat, people: People, sql: Sql, vault: Vault, answer: Any = None) -> str:
    """Share the contact, have the network asked and perhaps answered, type the code."""
    await chat.do(Kind.START)
    await chat.do(Kind.CONTACT, WANJIRU)
    await people.do_jobs(ASK_SIM_SWAP)
    if answer is not None:
        await answer()
    return await chat.type(await code_of(sql, vault, WANJIRU))


async def speaks_for_her(sql: Sql) -> int | None:
    [(telegram,)] = await sql("SELECT telegram_id FROM members")
    return telegram


async def told(sql: Sql, words: str) -> int:
    [(sms,)] = await sql("SELECT count(*) FROM sms_delivery_log WHERE message LIKE :words", words=f"%{words}%")
    return int(sms)


async def test_u10_link_when_the_sim_was_swapped_then_refused_and_every_address_told(
    thief: Chat, member: Member, people: People, network: Network, sql: Sql, vault: Vault, clock: Any
) -> None:
    await linked(people, member)

    async def swapped() -> None:
        await network.answer(swapped_at=clock.now() - timedelta(hours=5))

    said = await link(thief, people, sql, vault, swapped)

    assert "Telegram can be linked from" in said
    assert await speaks_for_her(sql) == OLD
    assert await told(sql, "so we refused") == 1
    assert await sql(
        "SELECT count(*) FROM chat_delivery_log WHERE chat = :old AND message LIKE '%so we refused%'", old=OLD
    ) == [(1,)]
    assert await sql("SELECT severity FROM security_events WHERE event_type = 'telegram_link_refused'") == [("high",)]
    clock.advance(hours=68)
    assert "Balance" in await link(thief, people, sql, vault, network.answer)


async def test_link_when_the_sim_is_as_it_was_then_linked_and_the_old_chat_let_go(
    thief: Chat, member: Member, people: People, network: Network, sql: Sql, vault: Vault
) -> None:
    await linked(people, member)
    assert "Balance" in await link(thief, people, sql, vault, network.answer)
    assert await speaks_for_her(sql) == NEW


async def test_link_when_the_network_is_silent_then_a_first_chat_but_not_in_the_place_of_another(
    thief: Chat, member: Member, people: People, network: Network, sql: Sql, vault: Vault, clock: Any
) -> None:
    await linked(people, member)
    assert "checking your SIM" in await link(thief, people, sql, vault)
    assert await speaks_for_her(sql) == OLD
    await sql("UPDATE members SET telegram_id = NULL, telegram_chat = NULL")
    clock.advance(minutes=20)
    assert "Balance" in await link(thief, people, sql, vault)
    assert await speaks_for_her(sql) == NEW


@pytest.mark.parametrize("known", [True, False])
async def test_link_when_the_bad_answer_comes_afterwards_then_the_chat_is_let_go_again(
    thief: Chat, member: Member, people: People, network: Network, sql: Sql, vault: Vault, clock: Any, known: bool
) -> None:
    clock.advance(days=1)
    assert "Balance" in await link(thief, people, sql, vault)
    clock.advance(minutes=3)
    # A network that doesn't know when says so with a moment that is now.
    await network.answer(swapped_at=clock.now() - timedelta(hours=1) if known else clock.now())

    assert await speaks_for_her(sql) is None
    assert await told(sql, "let go again") == 1
    assert await sql("SELECT count(*) FROM security_events WHERE event_type = 'telegram_link_undone'") == [(1,)]
    assert "Share your phone number" in await thief.do(Kind.START)


async def test_link_when_it_is_older_than_the_swap_then_it_stays(
    member: Member, people: People, network: Network, sql: Sql, clock: Any
) -> None:
    """Her own chat is what tells her that her SIM is in other hands: it must not be taken from her then."""
    await linked(people, member)
    clock.advance(days=2)
    async with people.database.unit() as uow:
        from core.identity.sim_swap import ask_sim_swap

        await ask_sim_swap(uow, phone=WANJIRU, why="payout")
    await people.do_jobs(ASK_SIM_SWAP)
    await network.answer(swapped_at=clock.now() - timedelta(hours=1))
    assert await speaks_for_her(sql) == OLD


async def test_link_of_a_number_of_nobody_asks_the_network_just_the_same(
    thief: Chat, people: People, network: Network, sql: Sql, vault: Vault
) -> None:
    """A5: what it costs and what is sent doesn't tell members from others."""
    assert "language" in await link(thief, people, sql, vault)
    assert network.asked == [WANJIRU]


async def test_a4_one_device_when_it_asks_on_every_way_then_thirty_an_hour_in_all(db: Database, clock: Any) -> None:
    """A chat has one name, whatever it asks codes for: link, step-up and recovery count together."""
    async with db.unit() as uow:
        for number in range(30):
            clock.advance(seconds=1)
            phone = Phone(f"+2547{number:02}000001")
            purpose = ("telegram-link", "step-up", "recovery")[number % 3]
            await issue_code(uow, purpose=purpose, subject=phone, phone=phone, language="en", requester="telegram:7001")
    async with db.unit() as uow:
        with pytest.raises(TooManyCodes):
            await issue_code(
                uow, purpose="login", subject="x", phone=Phone("+254799000001"), language="en", requester="telegram:7001"
            )


async def test_every_flow_names_its_device_as_identity_does(
    thief: Chat, member: Member, people: People, network: Network, sql: Sql, vault: Vault
) -> None:
    await link(thief, people, sql, vault, network.answer)
    assert await sql("SELECT DISTINCT requester FROM otp_challenges") == [(f"telegram:{NEW}",)]
