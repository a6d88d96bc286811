"""Attacks are seen: every attempt is written down, and what looks like an attack becomes an alarm, once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import Any, Self

import pytest
from sqlalchemy import event, text

from core.identity.codes import CodeGate, issue_code
from core.identity.pins import DISABLES_AT, LOCKS_AT, PinGate
from core.identity.spraying import ACCOUNTS, BUCKETS, find_sprays, mark_wrong_pin
from core.identity.strangers import NOBODY
from core.identity.watch import network_of, watch
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import Hashing, PinHasher, Vault
from tests.conftest import FakeClock

from .people import PIN, People, new_id

WRONG = "604718"


@pytest.fixture
def gate(db: Database, hasher: PinHasher) -> PinGate:
    return PinGate(db, hasher)


async def knock(gate: PinGate, *, member: Any = NOBODY, claimed: str = "+254733999999", **given: Any) -> Any:
    given = {"channel": "api", "event_id": str(new_id()), "pin": WRONG, **given}
    return await gate.check(member=member, claimed=claimed if member == NOBODY else "", **given)


async def alarms(people: People, kind: str = "") -> list[dict[str, Any]]:
    return await people.rows("security_events", where=f"event_type LIKE '{kind or '%'}' AND details ? 'about'")


async def fill_attempts(db: Database, number: int, **columns: Any) -> None:
    """Refused attempts a moment ago, written as rows: hashing hundreds of PINs would only take time."""
    async with db.unit() as uow:
        given = {"identifier": "i", "ip_address": "ussd", "channel": "ussd", "device": None, **columns}
        insert = (
            "INSERT INTO login_attempts (id, identifier, ip_address, attempt_result, channel, device_fingerprint, created_at)"
            " SELECT gen_random_uuid(), CAST(:identifier AS text) || CASE WHEN :spread THEN n::text ELSE '' END, :ip_address,"
            " 'failed_password', :channel, :device, :now FROM generate_series(1, :number) n"
        )
        spread = given.pop("spread", False)
        await uow.session.execute(text(insert), {**given, "spread": spread, "number": number, "now": uow.clock.now()})


async def test_an_attempt_on_nobodys_number_is_written_down_without_the_number(gate: PinGate, people: People) -> None:
    await knock(gate, address="192.0.2.7", device="program:x")

    row = await people.row("login_attempts")
    assert (row["attempt_result"], row["user_id"], row["ip_address"]) == ("failed_not_found", None, "192.0.2.7")
    assert row["identifier"].startswith("unknown:")
    assert "733999999" not in await people.everything()


async def test_a5_a_stranger_is_answered_as_a_member_is_until_the_end(gate: PinGate, people: People, clock: FakeClock) -> None:
    member = await people.register()
    heard: dict[str, list[Any]] = {"member": [], "stranger": []}
    for name, who in (("member", member.id), ("stranger", NOBODY)):
        for _ in range(DISABLES_AT + 2):
            heard[name].append(await knock(gate, member=who))
            if len(heard[name]) == LOCKS_AT + 1:
                clock.advance(minutes=31)
        clock.moment = clock.moment.replace(hour=9, minute=0)

    assert [(one.verdict, one.tries_left) for one in heard["stranger"]] == [
        (one.verdict, one.tries_left) for one in heard["member"]
    ]
    assert heard["stranger"][LOCKS_AT].locked_until == heard["member"][LOCKS_AT].locked_until


class Work:
    """Counts what an attempt costs, for as long as it's entered: statements on the database and hashes."""

    def __init__(self, db: Database, hasher: PinHasher, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements = self.hashes = 0
        self._counted = db.engine.sync_engine, "before_cursor_execute", self._statement
        verify = Hashing.verify

        async def counted(hashing: Hashing, pin: str, sealed: str | None, *, owner: str) -> bool:
            self.hashes += 1
            return await verify(hashing, pin, sealed, owner=owner)

        monkeypatch.setattr(Hashing, "verify", counted)

    def __enter__(self) -> Self:
        event.listen(*self._counted)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(*self._counted)

    def _statement(self, *_: Any) -> None:
        self.statements += 1

    def taken(self) -> tuple[int, int]:
        work = self.statements, self.hashes
        self.statements = self.hashes = 0
        return work


async def test_a5_an_unknown_number_costs_the_same_work_as_a_known_one(
    db: Database, hasher: PinHasher, gate: PinGate, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await people.register()
    with Work(db, hasher, monkeypatch) as work:
        for _ in range(LOCKS_AT + 1):
            await knock(gate, member=member.id, device="program:x")
            known = work.taken()
            await knock(gate, device="program:x")
            assert work.taken() == known


async def test_a1_one_pin_on_many_accounts_is_seen_once_and_names_no_pin(gate: PinGate, db: Database, people: People) -> None:
    for n in range(ACCOUNTS):
        await knock(gate, claimed=f"+2547330000{n:02}")
    for _ in range(2):
        async with db.unit() as uow:
            await watch(uow)

    (alarm,) = await alarms(people, "pin_spraying")
    assert (alarm["severity"], alarm["details"]["accounts"]) == ("high", ACCOUNTS)
    assert WRONG not in str(alarm)


@pytest.mark.usefixtures("dear_hashes")
async def test_a1_one_pin_on_fifty_accounts_at_once_from_their_own_phones_is_one_alarm(
    gate: PinGate, db: Database, people: People, hasher: PinHasher
) -> None:
    """Each account sees one wrong PIN on its own phone, and no number is asked for twice: only all together show it."""
    sealed = await hasher.hash(PIN, owner=str(NOBODY))
    for n in range(25):
        await people.register_sealed(f"+2547120000{n:02}", sealed)
    members = await people.rows("members")
    knocks = [
        *(knock(gate, member=row["id"], channel="ussd", device=f"phone:{row['phone']}") for row in members),
        *(knock(gate, claimed=f"+2547330000{n:02}", channel="ussd", device=f"phone:+2547330001{n:02}") for n in range(25)),
    ]
    ends = await asyncio.gather(*knocks, return_exceptions=True)
    wrong = sum(getattr(end, "verdict", "") == "wrong" for end in ends)
    assert wrong >= 2 * ACCOUNTS
    for _ in range(2):
        async with db.unit() as uow:
            await watch(uow)
    (alarm,) = await alarms(people, "pin_spraying")
    assert alarm["details"]["accounts"] == wrong
    assert WRONG not in str(alarm)


async def test_different_wrong_pins_on_many_accounts_are_no_spray(db: Database) -> None:
    async with db.unit() as uow:
        for n in range(300):
            await mark_wrong_pin(uow, account=str(n), pin=f"{n * 3331 % 10**6:06}")
        assert await find_sprays(uow) == []


async def test_a_mark_fits_hundreds_of_pins_and_changes_with_the_hour(db: Database, people: People, clock: FakeClock) -> None:
    """The keys themselves don't turn a mark back into a PIN; without them it isn't even a digest of one."""
    for hours in (0, 1):
        clock.advance(hours=hours)
        async with db.unit() as uow:
            for n in range(8):
                await mark_wrong_pin(uow, account="a", pin=f"{n:06}")
    marks = sorted(await people.rows("wrong_pin_marks"), key=lambda row: row["began_at"])
    assert [row["bucket"] for row in marks[:8]] != [row["bucket"] for row in marks[8:]]
    assert {row["account"] for row in marks[:8]}.isdisjoint({row["account"] for row in marks[8:]})

    vault = Vault(["test-key-that-is-long-enough-0123456789"])
    context = f"wrong pin of {marks[0]['began_at'].isoformat()}"
    fitting = sum(int(vault.digest(f"{n:06}", context=context)[:8], 16) % BUCKETS == marks[0]["bucket"] for n in range(100_000))
    assert fitting > 50
    for key in (b"", b"mtaa vault"):
        assert marks[0]["account"] != hmac.new(key, b"a", hashlib.sha256).hexdigest()[:32]


async def test_one_device_on_many_accounts_many_failures_of_a_network_and_a_rush_are_seen(
    db: Database, people: People, clock: FakeClock
) -> None:
    await fill_attempts(db, 5, device="telegram:7", channel="telegram", ip_address="telegram", spread=True)
    clock.advance(minutes=3)
    await fill_attempts(db, 15, ip_address="192.0.2.9", channel="api")
    await fill_attempts(db, 15, ip_address="::ffff:192.0.2.77", channel="api")
    async with db.unit() as uow:
        assert await watch(uow) == 3
        assert await watch(uow) == 0

    found = {alarm["event_type"]: alarm["details"]["about"] for alarm in await alarms(people)}
    assert found == {"device_spraying": "telegram:7", "network_failures": "192.0.2.0/24", "wrong_pin_rush": "api"}


async def test_a_quiet_day_raises_no_alarm(db: Database, people: People, gate: PinGate) -> None:
    member = await people.register()
    for pin in (WRONG, "519384", PIN):
        await knock(gate, member=member.id, pin=pin, channel="ussd", device="phone:1")
    async with db.unit() as uow:
        assert await watch(uow) == 0


async def test_a4_the_budget_of_codes_used_up_and_fishing_for_numbers_are_seen(
    db: Database, people: People, clock: FakeClock
) -> None:
    async with db.unit() as uow:
        await uow.session.execute(
            text(
                "INSERT INTO otp_challenges (id, purpose, subject, requester, phone, code_digest, created_at, expires_at)"
                " SELECT gen_random_uuid(), 'telegram-link', n::text, 'telegram 9', '+2547' || (10000000 + n % 12), 'x', :at,"
                " :at FROM generate_series(1, :number) n"
            ),
            {"number": 500, "at": clock.now()},
        )
        await uow.session.execute(
            text(
                "INSERT INTO sms_delivery_log (id, to_phone, message, template, status, created_at)"
                " SELECT gen_random_uuid(), '+254710000000', '******', 'otp', 'sent', :at FROM generate_series(1, 500)"
            ),
            {"at": clock.now()},
        )
    clock.advance(minutes=6)
    async with db.unit() as uow:
        await watch(uow)

    found = {alarm["event_type"]: alarm["severity"] for alarm in await alarms(people)}
    assert found == {"code_budget_used_up": "critical", "code_fishing": "high", "codes_unused": "medium"}


async def test_a_guess_of_a_linking_code_is_an_attempt_too(db: Database, people: People) -> None:
    await people.register(Phone("+254712000001"))
    for phone, code in (("+254712000001", "000000"), ("+254733999999", "000001")):
        subject = {"purpose": "telegram-link", "subject": f"7:{phone}"}
        async with db.unit() as uow:
            await issue_code(uow, **subject, phone=Phone(phone), language="en", requester="telegram:7")
        for _ in range(2):
            await CodeGate(db).check(**subject, code=code, event_id=f"e {phone}")

    rows = await people.rows("login_attempts")
    assert [(row["identifier"][:8], row["attempt_result"], row["device_fingerprint"]) for row in rows] == [
        ("+2547120", "failed_password", "telegram:7"),
        ("unknown:", "failed_not_found", "telegram:7"),
    ]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.9", "192.0.2.0/24"),
        ("::ffff:192.0.2.9", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("ussd", None),
        ("", None),
    ],
)
def test_network_of(address: str, network: str | None) -> None:
    assert network_of(address) == network
