"""A feature phone's conversation: the way through, bad input, repeats, drops and lost sessions."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from core.kernel.db import Database
from core.kernel.money import Money
from tests.conftest import FakeClock
from tests.dialogue.conftest import TOKEN, Client, Handset
from tests.dialogue.owners import PIN, Sql, give, group_of


async def test_registration_asks_language_consent_name_and_pin_twice(wanjiru: Handset, sql: Sql) -> None:
    welcome = await wanjiru.dial()
    consent = await wanjiru.type("2")
    name = await wanjiru.type("1")
    pin = await wanjiru.type("Wanjiru Kamau")
    again = await wanjiru.type(PIN)
    done = await wanjiru.type(PIN)

    assert "1 English" in welcome
    assert "2 Kiswahili" in welcome
    assert "Jisajili" in consent
    assert "Jina" in name
    assert "PIN" in pin
    assert "PIN" in again
    assert done.startswith("END Karibu, Wanjiru Kamau!")
    assert await sql("SELECT name, phone, language FROM members") == [("Wanjiru Kamau", "+254712000001", "sw")]
    assert len(await sql("SELECT version FROM consents")) == 1


async def test_home_offers_the_tasks_and_nothing_private(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(487_50))

    home = await wanjiru.dial()

    for word in ("Balance", "Deposit", "Contribute", "Groups", "Account"):
        assert word in home
    assert "487" not in home
    assert "Wanjiru" not in home


async def test_declined_consent_stores_nothing(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.dial()

    assert (await wanjiru.type("1", "2")).startswith("END")
    assert await sql("SELECT count(*) FROM members") == [(0,)]


@pytest.mark.parametrize("name", ["", "x", "1234", "A" * 200, "Wan\x07jiru", "\u202eWanjiru", "🙂🙂"])
async def test_a_bad_name_is_asked_again(wanjiru: Handset, sql: Sql, name: str) -> None:
    await wanjiru.dial()
    await wanjiru.type("1", "1")

    again = await wanjiru.type(name)

    assert again.startswith("CON")
    assert "name" in again.lower() or "type" in again.lower() or "long" in again.lower()
    assert "PIN" in await wanjiru.type("Wanjiru Kamau")


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "000001", ""])
async def test_a_weak_pin_is_refused_with_a_reason(wanjiru: Handset, sql: Sql, pin: str) -> None:
    await wanjiru.dial()
    await wanjiru.type("1", "1", "Wanjiru Kamau")

    assert (await wanjiru.type(pin)).startswith("CON")
    assert (await wanjiru.type(PIN, PIN)).startswith("END Welcome")


async def test_two_different_pins_are_asked_again(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.dial()
    differ = await wanjiru.type("1", "1", "Wanjiru Kamau", PIN, "730519")

    assert "differ" in differ
    assert (await wanjiru.type(PIN)).startswith("END Welcome")


async def test_a_deposit_shows_amount_fee_and_credit_and_ends_before_the_prompt(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.register()
    await wanjiru.dial()

    amount = await wanjiru.type("2")
    confirm = await wanjiru.type("500")
    pin = await wanjiru.type("1")
    done = await wanjiru.type(PIN)

    assert "amount" in amount
    for figure in ("KES 500", "KES 12.50", "KES 487.50", "Confirm", "Cancel"):
        assert figure in confirm
    assert "PIN" in pin
    assert done.startswith("END")
    assert await sql("SELECT status, amount::int FROM mpesa_transactions") == [("pending", 500)]
    assert await sql("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'push-deposit'") == [(1,)]


@pytest.mark.parametrize(
    "typed", ["abc", "-5", "1e9", "12.345", "٥٠٠", "", "250001", "0.50", "9" * 60, "5" * 1500, "500 000", "NaN"]
)
async def test_a_bad_amount_is_asked_again_and_loses_nothing(wanjiru: Handset, sql: Sql, typed: str) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    await wanjiru.type("2")

    again = await wanjiru.type(typed)

    assert again.startswith("CON")
    assert "amount" in again.lower()
    assert "KES 487.50" in await wanjiru.type("500")


async def test_zero_goes_back_and_double_zero_home(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    await wanjiru.type("2", "500")

    assert "amount" in await wanjiru.type("0")
    assert "Balance" in await wanjiru.type("00")


async def test_the_story_shows_both_balances(wanjiru: Handset, otieno: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await otieno.register("Otieno Ouma")
    await give(db, sql, wanjiru, Money(487_50))
    code = await group_of(otieno)

    await wanjiru.dial()
    join = await wanjiru.type("4", "8", code)
    joined = await wanjiru.type("1", "1", "1")
    await wanjiru.dial()
    done = await wanjiru.type("3", "200", "1", PIN)
    await wanjiru.dial()
    balance = await wanjiru.type("1", PIN)
    await otieno.dial()
    total = await otieno.type("4", "1", "2", PIN)
    await otieno.dial()
    members = await otieno.type("4", "1", "3", PIN)

    assert "Umoja" in join
    assert joined.startswith("END")
    assert "KES 200" in done
    assert "KES 287.50" in done
    assert "KES 287.50" in balance
    assert "Umoja: KES 200" in balance
    assert "KES 200" in total
    assert "Wanjiru Kamau" in members
    assert "Otieno Ouma" in members


async def test_contributing_more_than_she_has_says_what_she_has(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(100_00))
    await group_of(wanjiru)
    await wanjiru.dial()

    refused = await wanjiru.type("3", "200", "1", PIN)

    assert refused.startswith("END")
    assert "KES 100" in refused
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]


async def test_an_unknown_group_code_is_asked_again(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()

    for typed in ("999999", "abc", "12", "1" * 100):
        assert (await wanjiru.type(*(["4", "8"] if typed == "999999" else []), typed)).startswith("CON")


async def test_a_wrong_pin_is_counted_and_five_lock(wanjiru: Handset, sql: Sql, clock: FakeClock) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    first = await wanjiru.type("1", "730519")
    assert "Wrong PIN" in first

    for attempt in range(4):
        last = await wanjiru.type(f"73052{attempt}")

    assert "I forgot my PIN" in last
    await wanjiru.dial()
    assert "I forgot my PIN" in await wanjiru.type("1", PIN)
    clock.advance(minutes=31)
    await wanjiru.dial()
    assert "balance" in (await wanjiru.type("1", PIN)).lower()
    attempts = await sql("SELECT attempt_result, count(*) FROM login_attempts GROUP BY 1 ORDER BY 1")
    assert ("failed_password", 5) in attempts


@pytest.mark.usefixtures("dear_hashes")
async def test_a_repeated_hop_gets_the_same_bytes_and_one_effect(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(1000_00))
    await group_of(wanjiru)
    await wanjiru.dial()
    await wanjiru.type("3", "200", "1")
    wanjiru.text += f"*{PIN}"

    replies = await asyncio.gather(*(wanjiru.hop(wanjiru.text) for _ in range(20)))
    later = await wanjiru.hop(wanjiru.text)

    assert len({*replies, later}) == 1
    assert await sql("SELECT count(*) FROM contributions") == [(1,)]
    assert await sql("SELECT count(*) FROM login_attempts") == [(1,)]


async def test_another_text_at_the_same_position_is_refused(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    await wanjiru.type("2")

    refused = await wanjiru.hop("3")

    assert refused.startswith("END")
    assert "out of step" in refused


async def test_a_hop_that_comes_late_takes_nothing_from_the_session_that_lives(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    before = wanjiru.session
    await wanjiru.dial()
    await wanjiru.type("2")

    of_the_past = await wanjiru.hop("2*900", sessionId=before)
    out_of_order = await wanjiru.hop("5")
    confirm = await wanjiru.type("500")

    assert "out of step" in of_the_past
    assert "out of step" in out_of_order
    assert confirm.startswith("CON Deposit KES 500")


async def test_redis_emptied_in_the_middle_keeps_her_place_but_not_the_pin(
    wanjiru: Handset, db: Database, sql: Sql, redis_url: str
) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(1000_00))
    await group_of(wanjiru)
    await wanjiru.dial()
    await wanjiru.type("3", "200", "1")
    redis = Redis.from_url(redis_url)
    await redis.flushdb()
    await redis.aclose()

    asked = await wanjiru.type(PIN)
    done = await wanjiru.type(PIN)

    assert asked.startswith("CON")
    assert "PIN" in asked
    assert done.startswith("END")
    assert await sql("SELECT count(*) FROM contributions") == [(1,)]


async def test_a_dropped_session_is_offered_again(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    await wanjiru.type("2", "500")

    home = await wanjiru.dial()
    confirm = await wanjiru.type("9")

    assert "9 Continue" in home
    assert "KES 487.50" in confirm


async def test_what_was_done_is_not_offered_again(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    await wanjiru.type("2", "500", "1", PIN)

    assert "Continue" not in await wanjiru.dial()


async def test_the_amount_98_is_an_amount(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()

    assert "KES 98" in await wanjiru.type("2", "98")


async def test_language_can_be_switched(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()

    assert "Salio" in await wanjiru.type("5", "2", "2")
    assert "Salio" in await wanjiru.dial()


async def test_session_of_another_phone_is_not_shared(wanjiru: Handset, otieno: Handset, sql: Sql) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    await wanjiru.type("2", "500")
    otieno.session = wanjiru.session

    stranger = await otieno.hop(wanjiru.text)

    assert "500" not in stranger
    assert "Deposit" not in stranger
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(0,)]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"sessionId": "x"},
        {"phoneNumber": "+254712000001"},
        {"sessionId": "x", "phoneNumber": "not a phone", "text": ""},
        {"sessionId": "x", "phoneNumber": "+254712000001", "text": "x" * 10_000},
        {"sessionId": "x" * 500, "phoneNumber": "+254712000001", "text": ""},
        {"sessionId": "x", "phoneNumber": "+254712000001", "text": "1*\x00"},
    ],
)
async def test_a_form_that_is_not_the_gateways_ends_calmly(client: Client, form: dict[str, str]) -> None:
    answer = await client.post(f"/ussd/{TOKEN}", data=form)

    assert answer.status == 200
    assert (await answer.text()).startswith("END")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"not multipart at all"),
        ("application/x-www-form-urlencoded; charset=klingon", b"text=1"),
        ("application/x-www-form-urlencoded", b"\xff\xfe"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"odd"),
    ],
)
async def test_a_body_that_is_no_form_ends_calmly(client: Client, kind: str, body: bytes) -> None:
    hop = await client.post(f"/ussd/{TOKEN}", data=body, headers={"Content-Type": kind})
    event = await client.post(f"/ussd/{TOKEN}/events", data=body, headers={"Content-Type": kind})

    assert hop.status == 200
    assert (await hop.text()).startswith("END ")
    assert event.status == 400


async def test_a_doubled_field_ends_calmly(client: Client) -> None:
    body = "sessionId=x&sessionId=y&phoneNumber=%2B254712000001&text="
    answer = await client.post(f"/ussd/{TOKEN}", data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.status == 200
    assert (await answer.text()).startswith("END")


async def test_a_wrong_token_finds_nothing(client: Client) -> None:
    assert (await client.post("/ussd/wrong", data={})).status == 404


async def test_an_oversized_body_is_refused(client: Client) -> None:
    assert (await client.post(f"/ussd/{TOKEN}", data={"text": "x" * 100_000})).status == 413


@pytest.mark.parametrize("number", ["+254712000001", " 254712000001", "254712000001", "0712000001", "00254712000001"])
async def test_every_spelling_of_a_number_is_one_member(client: Client, wanjiru: Handset, number: str) -> None:
    await wanjiru.register()

    assert "Balance" in await Handset(client, number).dial()


async def test_no_pin_reaches_redis_or_postgresql(wanjiru: Handset, sql: Sql, redis_url: str) -> None:
    await wanjiru.register(pin="592703")
    await wanjiru.dial()
    await wanjiru.type("1", "592703")

    redis = Redis.from_url(redis_url, decode_responses=True)
    stored = [await redis.get(key) for key in await redis.keys("*")]
    await redis.aclose()
    tables = [name for (name,) in await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    rows = [str(row) for table in tables for row in await sql(f'SELECT t::text FROM "{table}" t')]

    assert not [text for text in [*stored, *rows] if "592703" in str(text)]


async def test_redis_away_says_busy(wanjiru: Handset, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.kernel.errors import StoreUnavailable
    from core.providers.redis_store import RedisStore

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    for name in ("open", "swap"):
        monkeypatch.setattr(RedisStore, name, away)

    assert "busy" in await wanjiru.dial()


async def test_u11_when_many_pins_wait_she_is_told_before_hers_is_asked_and_goes_on_later(
    wanjiru: Handset, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanjiru.register()
    await wanjiru.dial("2")
    await wanjiru.type("500")
    monkeypatch.setattr("core.kernel.secrets.PinHasher.is_crowded", True)
    said = await wanjiru.type("1")
    assert said.startswith("END We are busy"), said
    assert await sql("SELECT count(*) FROM login_attempts") == [(0,)]

    monkeypatch.undo()
    again = await wanjiru.dial()
    assert "Continue" in again
    assert "500" in await wanjiru.type("9")
    assert "PIN" in await wanjiru.type("1")


@pytest.mark.parametrize("slip", ["1234", "KES 500", "0.5", "250001 2", "١٢٣٤٥٦", "", "24816a"])
async def test_what_cannot_be_a_pin_is_not_counted_as_a_try(wanjiru: Handset, sql: Sql, slip: str) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    await wanjiru.type("1")

    for _ in range(6):
        assert "6 digits" in await wanjiru.type(slip)

    assert "Your balance" in await wanjiru.type(PIN)
    assert await sql("SELECT count(*) FROM login_attempts") == [(1,)]


async def test_a_dialled_code_means_the_same_with_something_unfinished(wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial()
    await wanjiru.type("3")
    await wanjiru.dial()
    await wanjiru.type("2", "700")

    assert "KES 487.50" in await wanjiru.dial("2", "500")


async def test_a_contribution_leaves_one_receipt_by_sms(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(1000_00))
    await group_of(wanjiru)
    await wanjiru.dial()

    done = await wanjiru.type("3", "200", "1", PIN)

    assert await sql("SELECT message FROM sms_delivery_log") == [(done.removeprefix("END "),)]
