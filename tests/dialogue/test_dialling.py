"""U11: one number's flood of dials is turned away politely, and nobody else's; a count that can't be read lets nobody in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.dialogue.dialling import WITHIN
from core.dialogue.engine import Conversation
from core.kernel.db import Database
from core.kernel.errors import StoreUnavailable
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings
from core.kernel.texts import catalogue
from core.providers.redis_store import RedisStore
from core.web.server import build_server
from tests.conftest import FakeClock
from tests.conversing import conversation_on
from tests.dialogue.conftest import TOKEN, Chat, Client, Handset
from tests.identity.people import PIN, People
from ussd.callback import UssdChannel

MOST = Settings(environment="production").most_dials
TOO_MANY = "END You have dialled very often"


@pytest.fixture
def limited(db: Database, store: RedisStore, hasher: PinHasher) -> Conversation:
    return conversation_on(db, store, hasher, most_dials=MOST)


@pytest.fixture
async def network(limited: Conversation, vault: Vault) -> AsyncIterator[Client]:
    channel = UssdChannel(conversation=limited, vault=vault, texts=catalogue(), seconds=30)
    server = build_server(Settings(callback_token=TOKEN), [web.post("/ussd/{token}", channel.hop)])
    async with TestClient(TestServer(server)) as client:
        yield client
    await channel.finish()


@pytest.fixture
def phone(network: Client) -> Handset:
    return Handset(network, "+254712000001")


async def test_u11_twenty_dials_in_ten_minutes_are_answered_and_the_next_when_the_first_is_ten_minutes_ago(
    phone: Handset, network: Client, clock: FakeClock, sql: Callable[..., Any]
) -> None:
    assert MOST == 20
    for _ in range(MOST):
        assert (await phone.dial()).startswith("CON ")
        clock.advance(seconds=10)
    refused = await phone.dial()
    assert refused.startswith(f"{TOO_MANY}. Please dial again in 7 minutes.")
    for _ in range(5):
        assert (await phone.dial("1", "500")).startswith(TOO_MANY)
    assert (await Handset(network, "+254722000002").dial()).startswith("CON "), "another number is another's"
    found = await sql("SELECT severity, details ->> 'phone' FROM security_events WHERE event_type = 'too_many_dials'")
    assert found == [("medium", "+2547XX***001")]
    clock.advance(seconds=WITHIN.total_seconds() - MOST * 10)
    assert (await phone.dial()).startswith("CON ")
    assert (await phone.dial()).startswith(TOO_MANY)


async def test_u11_a_refused_session_goes_on_in_no_later_hop(phone: Handset) -> None:
    for _ in range(MOST):
        await phone.dial()
    assert (await phone.dial()).startswith(TOO_MANY)
    assert (await phone.type("1")).startswith(TOO_MANY)
    assert (await phone.type("1")).startswith(TOO_MANY)


async def test_u11_a_long_session_is_one_dial_and_its_hops_are_not_counted(phone: Handset) -> None:
    await phone.dial()
    for _ in range(2 * MOST):
        assert (await phone.type("9")).startswith(("CON", "END"))
        assert TOO_MANY not in await phone.hop(phone.text)


async def test_u11_dials_at_once_are_counted_one_by_one(network: Client, phone: Handset) -> None:
    """Several dials of one number wait for each other: whichever is too late is busy, and none slips through uncounted."""
    phones = [Handset(network, phone.number) for _ in range(3 * MOST)]
    answers = await asyncio.gather(*(one.dial() for one in phones))
    assert sum(one.startswith("CON ") for one in answers) <= MOST
    assert all(one.startswith(("CON ", TOO_MANY, "END We are busy")) for one in answers)


async def test_u11_she_is_told_in_her_own_language(phone: Handset, db: Database, hasher: PinHasher, network: Client) -> None:
    await People(db, hasher).register(language="sw")
    for _ in range(MOST):
        await phone.dial("1")
        await phone.type(PIN)
    assert (await phone.dial()).startswith("END Umepiga mara nyingi sana.")


async def test_u11_a_count_that_can_not_be_read_refuses(
    phone: Handset, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_args: Any, **_kwargs: Any) -> Any:
        raise StoreUnavailable

    for asking in ("open", "swap"):
        monkeypatch.setattr(store, asking, away)
    assert (await phone.dial()).startswith("END We are busy")


async def test_a_chat_has_no_dials_to_count(limited: Conversation) -> None:
    chat = Chat(limited)
    for _ in range(2 * MOST):
        assert "very often" not in await chat.command("home")
