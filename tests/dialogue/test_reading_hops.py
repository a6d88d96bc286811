"""A hop that only reads: one round trip to Redis, at most one to PostgreSQL, and never another's screen or an old one for that."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from redis.asyncio.connection import AbstractConnection

from core.dialogue.holding import Sessions
from core.kernel.db import Database, Notes
from core.kernel.errors import StoreUnavailable
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings
from core.kernel.texts import catalogue
from core.providers.redis_store import RedisStore
from core.web.server import build_server
from tests.asked import see_every_question
from tests.conversing import conversation_on
from tests.dialogue.conftest import TOKEN, Client, Handset
from tests.dialogue.owners import group_of
from ussd.callback import UssdChannel

Sql = Callable[..., Any]
PIN = "248163"
ONE = {"redis": 1, "query": 1}


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often Redis and PostgreSQL were waited for, and with what."""
    counted: Counter[str] = Counter()
    send = AbstractConnection.send_packed_command

    async def sent(self: AbstractConnection, command: Any, check_health: bool = True) -> None:
        counted["redis"] += 1
        await send(self, command, check_health)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", sent)
    see_every_question(monkeypatch, partial(_counting, counted))
    return counted


def _counting(counted: Counter[str], run: Callable[..., Any]) -> Callable[..., Any]:
    async def counting(self: Any, *args: Any, **named: Any) -> Any:
        words = str(args[0]).split()[0].upper() if args and isinstance(args[0], str) else "QUERY"
        counted["transaction" if words.rstrip(";") in {"BEGIN", "COMMIT", "ROLLBACK"} else "query"] += 1
        return await run(self, *args, **named)

    return counting


async def counted(trips: Counter[str], hop: Any) -> dict[str, int]:
    """What this hop asked, the second time that such a hop comes."""
    trips.clear()
    await hop
    return dict(trips)


async def test_a_hop_that_reads_asks_redis_once_and_postgresql_at_most_once(
    wanjiru: Handset, trips: Counter[str], sql: Sql
) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    ways = {
        "a dial": [],
        "deposit": ["2"],
        "contribute": ["3"],
        "groups": ["4"],
        "a group": ["4", "1"],
        "savings of a group": ["4", "1", "5"],
        "decisions of a group": ["4", "1", "6"],
        "more of a group": ["4", "1", "7"],
        "back": ["4", "1", "0"],
        "home": ["4", "1", "00"],
        "the PIN is asked for": ["1"],
        "a number that isn't offered": ["7"],
    }
    for way, keys in ways.items():
        # The first deposit gives her an account number; after a hop that wrote, the next of its sort isn't tried.
        for warm in (False, False, True):
            await (wanjiru.dial() if keys else asyncio.sleep(0))
            await wanjiru.type(*keys[:-1])
            found = await counted(trips, wanjiru.type(keys[-1]) if keys else wanjiru.dial())
            if warm:
                assert found == ONE, way
    before = wanjiru.text
    assert await counted(trips, wanjiru.hop(before)) == {"redis": 1}, "the same hop again"
    await wanjiru.dial()
    await wanjiru.type("5")
    assert await counted(trips, wanjiru.type("98")) == {"redis": 1}, "a page of a long menu"
    # Nobody has dialled from this number for as long as sessions are kept: there is nothing to read first.
    await wanjiru.dial()
    stranger = Handset(wanjiru.client, "+254712000099")
    assert await counted(trips, stranger.dial()) == ONE


async def test_a_hop_that_writes_claims_the_session_and_is_seldom_tried_as_reading(
    wanjiru: Handset, trips: Counter[str]
) -> None:
    await wanjiru.register(pin=PIN)
    notices = option(await wanjiru.dial("5"), "notices")
    found = []
    for _ in range(5):
        await wanjiru.dial()
        await wanjiru.type("5", notices, "1")
        found.append(await counted(trips, wanjiru.type("1")))

    assert [one["redis"] for one in found] == [2] * 5
    assert [one["transaction"] for one in found] == [2] * 5
    # Tried, passed, tried, passed twice.
    fewest = min(one["query"] for one in found)
    assert [one["query"] > fewest for one in found] == [True, False, True, False, False]


async def test_a_refused_answer_and_several_answers_at_once_ask_no_more_than_one(wanjiru: Handset, trips: Counter[str]) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    for warm in (False, False, True):
        await wanjiru.dial()
        await wanjiru.type("2")
        refused = await counted(trips, wanjiru.type("0"))
        wrong = wanjiru.text
        several = await counted(trips, wanjiru.dial("4", "1", "5"))
        if warm:
            assert (wrong, refused, several) == ("2*0", ONE, ONE)


async def test_the_rooms_of_a_group_ask_once(wanjiru: Handset, trips: Counter[str]) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    rooms = {
        "merry": ("5", "5"),
        "shares": ("5", "6"),
        "welfare": ("5", "7"),
        "loans": ("5", "8"),
        "treasury": ("6", "1"),
        "meetings": ("6", "3"),
        "votes": ("6", "4"),
        "rules": ("7", "1"),
        "people": ("7", "2"),
    }
    found = {}
    for what, way in rooms.items():
        for _again in range(3):
            await wanjiru.dial()
            await wanjiru.type("4", "1", way[0])
            found[what] = (await counted(trips, wanjiru.type(way[1])))["query"]
    assert found == dict.fromkeys(rooms, 1)


async def test_a_code_that_she_types_is_asked_about_with_who_she_is(wanjiru: Handset, trips: Counter[str]) -> None:
    await wanjiru.register(pin=PIN)
    other = Handset(wanjiru.client, "+254712000097")
    await other.register(pin=PIN)
    code = await group_of(other, "Umoja")
    for _again in range(3):
        await wanjiru.dial()
        await wanjiru.type("4", "8")
        found = await counted(trips, wanjiru.type(code))
        assert "Umoja" in await wanjiru.hop(wanjiru.text)
    assert found == ONE


async def test_whoever_is_refused_asks_once_more_for_where_she_stays(wanjiru: Handset, trips: Counter[str], sql: Sql) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    await sql("UPDATE dao_memberships SET role = 'observer'")
    for _again in range(3):
        await wanjiru.dial()
        votes = await wanjiru.type("4", "1", "6", "4")
        # Proposing isn't for those who only watch.
        found = await counted(trips, wanjiru.type(option(votes, "propose")))
        stays = await wanjiru.hop(wanjiru.text)
    assert found == {"redis": 1, "query": 2}
    assert stays != votes
    assert stays.endswith(votes.removeprefix("CON "))


async def test_what_happened_since_the_hop_before_counts_in_the_next(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    await wanjiru.dial()
    assert "loans" in (await wanjiru.type("4", "1", "5")).lower()
    before = wanjiru.text
    await sql("UPDATE dao_memberships SET status = 'suspended'")

    assert "Only members" in await wanjiru.type(option(await wanjiru.hop(before), "merry"))

    await sql("UPDATE dao_memberships SET status = 'active'")
    await wanjiru.dial()
    assert "Only members" not in await wanjiru.type(*before.split("*"), "5")


def option(screen: str, label: str) -> str:
    """The number in front of the option whose label has this in it."""
    found = re.search(rf"^(\d+) .*{label}", screen, re.MULTILINE | re.IGNORECASE)
    assert found, screen
    return found[1]


async def test_what_is_unfinished_is_noted_without_a_claim_or_a_transaction(
    wanjiru: Handset, trips: Counter[str], sql: Sql
) -> None:
    await wanjiru.register(pin=PIN)
    for _ in range(3):
        await wanjiru.dial()
        await wanjiru.type("2")
        confirm = await counted(trips, wanjiru.type("500"))
        kept = await sql("SELECT screen, channel, intent IS NOT NULL FROM drafts")
        cancel = await counted(trips, wanjiru.type("2"))

    # Who she is with the fee, then the note; who she is, then the note.
    assert confirm == {"redis": 1, "query": 2}
    assert kept == [("deposit.confirm", "ussd", True)]
    assert cancel == {"redis": 1, "query": 2}
    assert await sql("SELECT count(*) FROM drafts") == [(0,)]


async def test_a_hop_whose_session_was_another_one_by_then_notes_nothing(
    wanjiru: Handset, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial()
    await wanjiru.type("2")
    noted: list[Notes] = []
    note = Database.note

    async def noting(self: Database, left: Notes) -> None:
        noted.append(list(left))
        await note(self, left)

    async def taken(*_given: Any, **_named: Any) -> tuple[str, None]:
        return "claimed", None

    monkeypatch.setattr(Database, "note", noting)
    with monkeypatch.context() as lost:
        lost.setattr(RedisStore, "swap", taken)
        assert "1 Confirm" in await wanjiru.type("500")

    # It was done again with a claim, which keeps the unfinished in its transaction.
    assert noted == []
    assert await sql("SELECT state -> 'values' -> 'intent' IS NOT NULL FROM drafts") == [(True,)]


async def test_a_note_that_can_not_be_written_costs_no_screen_and_is_named_without_what_it_says(
    wanjiru: Handset, sql: Sql, caplog: pytest.LogCaptureFixture
) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial()
    await wanjiru.type("2")
    await sql("ALTER TABLE drafts ADD CONSTRAINT none CHECK (state IS NULL)")
    try:
        assert "1 Confirm" in await wanjiru.type("777")
    finally:
        await sql("ALTER TABLE drafts DROP CONSTRAINT none")

    assert [record.getMessage() for record in caplog.records if "note" in record.getMessage()] == [
        "a note was lost: CheckViolationError"
    ]
    # She goes on as if nothing had happened.
    assert "PIN" in await wanjiru.type("1")


@pytest.fixture
async def elsewhere(db: Database, redis_url: str, store: RedisStore, hasher: PinHasher, vault: Vault) -> AsyncIterator[Client]:
    """Another web process of ours."""
    own = RedisStore(redis_url)
    conversation = conversation_on(db, own, hasher)
    channel = UssdChannel(conversation=conversation, vault=vault, texts=catalogue(), seconds=20.0)
    server = build_server(Settings(callback_token=TOKEN), [web.post("/ussd/{token}", channel.hop)])
    async with TestClient(TestServer(server)) as client:
        yield client
    await channel.finish()
    await own.aclose()


async def test_what_another_process_has_done_meanwhile_is_never_forgotten(wanjiru: Handset, elsewhere: Client) -> None:
    await wanjiru.register(pin=PIN)
    there = Handset(elsewhere, wanjiru.number)
    await wanjiru.dial()
    there.session, there.text = wanjiru.session, wanjiru.text
    amount = await there.type("2")
    wanjiru.text = there.text

    assert "amount" in amount
    # Here she is still remembered at home, where 5 is the account; there she has gone on to a question for an amount.
    assert "KES 5 " not in await wanjiru.type("500")
    assert await there.hop("2") == amount == await wanjiru.hop("2")
    assert "1 Confirm" in await there.hop("2*500")


async def test_a_hop_that_reaches_another_process_than_the_one_before_claims_nothing_either(
    wanjiru: Handset, elsewhere: Client, trips: Counter[str]
) -> None:
    await wanjiru.register(pin=PIN)
    there, stranger = Handset(elsewhere, wanjiru.number), Handset(elsewhere, "+254712000099")
    await stranger.dial()  # Which opens what has to be opened there.
    await wanjiru.dial()
    # Nobody there knows this session: it is looked up, then saved.
    there.session = wanjiru.session
    assert await counted(trips, there.hop("4")) == {"redis": 2, "query": 1}
    # Here an older one is remembered: what is stored by now comes back with the refusal to save over it.
    # (Taken for an answer to it, what was typed meanwhile were two, which ask together.)
    assert await counted(trips, wanjiru.hop("4*0")) == {"redis": 2, "query": 2}
    assert "1 Balance" in await there.hop("4*0")


async def test_the_same_hop_many_times_at_once_at_two_processes_is_one_screen(wanjiru: Handset, elsewhere: Client) -> None:
    await wanjiru.register(pin=PIN)
    there = Handset(elsewhere, wanjiru.number)
    for keys in ([], ["2"], ["2", "500"], ["2", "500", "1"]):
        if not keys:
            await wanjiru.dial()
            there.session = wanjiru.session
        text = "*".join(keys)
        shown = await asyncio.gather(*(phone.hop(text) for _ in range(4) for phone in (wanjiru, there)))
        assert len(set(shown)) == 1
        wanjiru.text = text
    assert "PIN" in shown[0]


async def test_two_hops_of_one_phone_at_once_lose_neither(wanjiru: Handset, monkeypatch: pytest.MonkeyPatch) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial()
    swap, waiting = Sessions.swap, asyncio.Event()

    async def late(self: Sessions, *given: Any, **named: Any) -> Any:
        waiting.set()
        await asyncio.sleep(0.05)
        return await swap(self, *given, **named)

    monkeypatch.setattr(Sessions, "swap", late)
    first = asyncio.create_task(wanjiru.hop("4"))
    await waiting.wait()
    second = await wanjiru.hop("")

    assert "9 Start a group" in await first
    assert "1 Balance" in second
    assert "code" in await wanjiru.hop("4*8")


async def test_redis_that_fails_before_the_screen_is_shown_gives_no_screen(
    wanjiru: Handset, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial()

    async def away(*_given: Any, **_named: Any) -> bool:
        raise StoreUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(store, "swap", away)
        assert (await wanjiru.hop("4")).startswith("END")
    assert "9 Start a group" in await wanjiru.hop("4")
