"""What the platform that this grew from got wrong with identities: each is tried here, and must stay wrong no more."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import pytest
from redis.asyncio import Redis
from sqlalchemy import event, text

from core.dialogue.turn import Kind
from core.identity.codes import CodeGate, issue_code
from core.identity.members import Member
from core.identity.pins import PinGate
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import Hashing, PinHasher, Vault
from core.kernel.settings import Settings
from tests.dialogue.conftest import Chat, Client, Handset, client, conversation, sql
from tests.dialogue.stories import Sql, code_of

from .people import PIN, WANJIRU, People, new_id

__all__ = ["client", "conversation", "sql"]
CORE = Path(__file__).parents[2] / "core"
MASTER_CODES = ("000000", "123456", "111111", "999999", "654321")


@pytest.fixture
async def member(people: People) -> Member:
    return await people.register()


@pytest.mark.parametrize("environment", [{}, {"OTP_BYPASS": "1", "TEST_MODE": "true", "ENVIRONMENT": "development"}])
async def test_otp_bypass_when_any_flag_is_set_then_no_code_opens_every_door(
    db: Database, sql: Sql, vault: Vault, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    """A10: there "000000" was right when a flag of the environment said so."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with db.unit() as uow:
        await issue_code(uow, purpose="login", subject="s", phone=WANJIRU, language="en")
    real = await code_of(sql, vault, WANJIRU)
    for place, code in enumerate([one for one in MASTER_CODES if one != real][:4]):
        outcome = await CodeGate(db).check(purpose="login", subject="s", code=code, event_id=str(place))
        assert outcome.verdict == "wrong", code
    assert not {name for name in vars(Settings()) if re.search("bypass|test|debug|skip|insecure", name)}


def test_codes_when_made_then_by_the_systems_own_generator_alone() -> None:
    """There codes came from Math.random. `random` is imported nowhere but in the sandbox, which plays the world outside."""
    found = []
    for path in CORE.rglob("*.py"):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path}: {name}" for name in names if name.split(".")[0] == "random"]
    assert found == []


async def test_timestamps_when_looked_through_then_all_have_a_time_zone(db: Database) -> None:
    async with db.unit() as uow:
        bare = text(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'"
        )
        assert (await uow.session.scalars(bare)).all() == []


async def test_recovery_when_stored_then_no_token_in_clear_and_no_security_question(db: Database) -> None:
    async with db.unit() as uow:
        checks = text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'account_recovery'::regclass")
        found = " ".join((await uow.session.scalars(checks)).all())
        columns = text(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name IN"
            " ('members', 'account_recovery', 'recovery_contacts', 'recovery_confirmations', 'two_factor_auth')"
        )
        names = set((await uow.session.scalars(columns)).all())
    assert "sms_and_contacts" in found
    assert "token" in names
    assert not {name for name in names if "question" in name}


class Work:
    """Counts statements on the database, for as long as it's entered."""

    def __init__(self, db: Database) -> None:
        self.statements = 0
        self._counted = db.engine.sync_engine, "before_cursor_execute", self._count

    def __enter__(self) -> Self:
        event.listen(*self._counted)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(*self._counted)

    def _count(self, *_: Any) -> None:
        self.statements += 1

    def taken(self) -> int:
        taken, self.statements = self.statements, 0
        return taken


async def test_a5_linking_costs_the_same_work_for_a_member_and_for_nobody(
    conversation: Any, member: Member, db: Database
) -> None:
    """Until the code is right: the question, the contact, wrong codes, and asking again too soon."""
    costs = []
    for telegram, phone in ((8001, member.phone), (8002, "+254733555444")):
        stranger, cost = Chat(conversation, telegram), []
        await stranger.do(Kind.START)
        with Work(db) as work:
            await stranger.do(Kind.CONTACT, phone)
            cost.append(work.taken())
            for _ in range(3):
                await stranger.type("000000")
                cost.append(work.taken())
            await stranger.do(Kind.BACK)
            await stranger.do(Kind.CONTACT, phone)
            costs.append([*cost, work.taken()])
    assert costs[0] == costs[1]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    redis = Redis.from_url(redis_url)
    yield redis
    await redis.aclose()


async def test_u11_forty_pins_at_once_are_answered_in_time_and_who_was_turned_away_is_not_counted(
    client: Client, people: People, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for a few: each gets the balance, "wrong" or "busy", and only those that were checked have an attempt."""

    async def slow(_self: Hashing, pin: str, _sealed: str | None, *, owner: str) -> bool:
        await asyncio.sleep(0.05)
        return pin == PIN

    monkeypatch.setattr(Hashing, "verify", slow)
    monkeypatch.setattr("core.kernel.secrets.PIN_PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr("core.kernel.secrets.PinHasher.is_crowded", False)
    quick = PinHasher(Vault(["k" * 32]))
    sealed = await quick.hash(PIN, owner="x")
    phones = [Handset(client, f"+25471200{n:04}") for n in range(40)]
    for handset in phones:
        await people.register_sealed(handset.number, sealed)
        await handset.dial("1")

    async def enter(handset: Handset, pin: str) -> str:
        """Answered within eight seconds; who is asked to dial again gets the answer of the same key then."""
        answer = await asyncio.wait_for(handset.type(pin), 8)
        while "longer than usual" in answer:
            await asyncio.sleep(0.2)
            answer = await handset.hop(handset.text)
        return answer

    answers = await asyncio.gather(*(enter(handset, PIN if n % 2 else "604718") for n, handset in enumerate(phones)))

    served = [answer for answer in answers if "Your balance" in answer or "Wrong PIN" in answer]
    assert len(served) + sum("busy" in answer for answer in answers) == len(phones)
    assert 0 < len(served) < len(phones)
    assert await sql("SELECT count(*) FROM login_attempts") == [(len(served),)]
    wrong = sum("Wrong PIN" in answer for answer in answers)
    assert await sql("SELECT coalesce(sum(pin_failures), 0) FROM members") == [(wrong,)]


class SmallWorker:
    """A slow hash, and how often it was asked for."""

    def __init__(self) -> None:
        self.checked = 0

    async def verify(self, pin: str, _sealed: str | None, *, owner: str) -> bool:
        self.checked += 1
        await asyncio.sleep(0.05)
        return pin == PIN


async def small_gate(
    people: People, monkeypatch: pytest.MonkeyPatch, count: int
) -> tuple[SmallWorker, PinHasher, list[Member]]:
    """A gate with room for a few only, and members whose PINs it checks."""
    worker, hasher = SmallWorker(), PinHasher(Vault(["k" * 32]))
    members = [await people.register(Phone(f"+25471300{n:04}")) for n in range(count)]
    monkeypatch.setattr("core.kernel.secrets.PIN_QUEUE_SECONDS", 0.3)
    monkeypatch.setattr(hasher, "_hashing", worker)
    return worker, hasher, members


async def test_u11_who_is_let_in_before_the_pin_is_never_turned_away_after_it(
    people: People, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many callers come again and again, all at the same moment: shed before the PIN, by count, and nobody after it."""
    worker, hasher, members = await small_gate(people, monkeypatch, 24)
    gate, shed, answered = PinGate(people.database, hasher), 0, 0

    async def come(member: Member) -> None:
        nonlocal shed, answered
        for _ in range(4):
            if hasher.is_crowded:
                shed += 1
                await asyncio.sleep(0.02)
                continue
            outcome = await gate.check(member=member.id, pin=PIN, channel="ussd", event_id=str(new_id()))
            assert outcome.verdict == "right"
            answered += 1

    await asyncio.gather(*(come(member) for member in members))
    assert shed > 0
    assert shed + answered == 4 * len(members)
    assert worker.checked == answered, "who was shed never reached the hash"
    assert await sql("SELECT count(*), count(finished_at) FROM login_attempts") == [(answered, answered)]
    assert await sql("SELECT sum(pin_failures) FROM members") == [(0,)]


async def test_u11_pins_that_were_asked_for_are_all_answered_though_they_come_at_once(
    people: People, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People type at their own pace: more may be typed at one moment than would be asked for. They wait; nobody is busy."""
    worker, hasher, members = await small_gate(people, monkeypatch, 24)
    gate = PinGate(people.database, hasher)
    typed = (gate.check(member=one.id, pin=PIN, channel="ussd", event_id=str(new_id())) for one in members)
    outcomes = await asyncio.gather(*typed)
    assert {outcome.verdict for outcome in outcomes} == {"right"}
    assert worker.checked == len(members)
    assert await sql("SELECT count(finished_at) FROM login_attempts") == [(len(members),)]


async def test_lockout_when_redis_is_flushed_after_every_guess_then_it_locks_all_the_same(
    client: Client, member: Member, redis: Redis
) -> None:
    """There the lock was in a cache, and was skipped when the cache was slow."""
    handset = Handset(client, member.phone)
    said = ""
    for _ in range(5):
        await redis.flushdb()
        await handset.dial("1")
        said = await handset.type("604718")
    assert "locked" in said
    await redis.flushdb()
    await handset.dial("1")
    assert "locked" in await handset.type(PIN)


async def test_accounts_of_the_books_when_they_have_no_group_then_one_of_each_all_the_same(db: Database) -> None:
    """There UNIQUE (user, group, currency) let NULL in as often as it came, and a member had two balances."""
    async with db.unit() as uow:
        keys = "SELECT indnullsnotdistinct FROM pg_index WHERE indrelid = CAST(:of AS regclass) AND indisunique AND indnkeyatts > 1"
        for table in ("ledger_balances", "payment_accounts"):
            found = await uow.session.scalars(text(keys), {"of": table})
            assert list(found) == [True], table
