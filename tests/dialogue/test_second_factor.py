"""More than the PIN, on both channels: setting up an authenticator, backup codes, her own limit, and money above it."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace

import pyotp
import pytest
from redis.asyncio import Redis

from core.dialogue.engine import Conversation
from core.dialogue.flows import contribute as contributing
from core.dialogue.turn import Kind, Turn
from core.identity.approvals import Approval, must_be_by_authenticator
from core.identity.devices import link_telegram
from core.identity.step_up import set_limit
from core.identity.two_factor import begin_enrolment, confirm_enrolment, enable
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import PIN, Sql, give, group_of
from tests.notifications.post_office import PostOffice


@pytest.fixture
def office(db: Database) -> PostOffice:
    return PostOffice(db)


@pytest.fixture
async def member(wanjiru: Handset, sql: Sql) -> MemberId:
    await wanjiru.register()
    [(member,)] = await sql("SELECT id FROM members")
    return MemberId(member)


@pytest.fixture
async def chat(conversation: Conversation, member: MemberId, db: Database) -> Chat:
    async with db.unit() as uow:
        await link_telegram(uow, member=member, telegram_id=7001, chat=7001, name="Wanjiru")
    return Chat(conversation)


async def choose(handset: Handset, screen: str, option: str) -> str:
    """Type the number of this option, on whichever page it is."""
    while option not in screen:
        assert "98 " in screen, screen
        screen = await handset.type("98")
    return await handset.type(
        next(line.split()[0] for line in screen.removeprefix("CON ").splitlines() if option in line and line[0].isdigit())
    )


async def security(handset: Handset, option: str) -> str:
    account = await choose(handset, await handset.dial(), "Account")
    return await choose(handset, await choose(handset, account, "Security"), option)


async def contribute(handset: Handset, amount: str, *, option: str = "Contribute") -> str:
    """Dial, choose the only group, confirm this amount; what is asked next."""
    await choose(handset, await handset.dial(), option)
    return await handset.type(amount, "1")


async def newest_code(office: PostOffice, handset: Handset) -> str:
    await office.work()
    (code,) = re.findall(r"\b\d{6}\b", next(sms for sms in reversed(office.sms.to(handset.number)) if "code to" in sms))
    return str(code)


async def app_of(db: Database, member: MemberId, clock: FakeClock) -> tuple[pyotp.TOTP, list[str]]:
    async with db.unit() as uow:
        app = pyotp.TOTP((await begin_enrolment(uow, member=member)).key)
        await confirm_enrolment(uow, member=member, code=app.at(clock.now()))
        codes = await enable(uow, member=member)
    clock.advance(seconds=30)
    return app, codes


async def everything_in(redis_url: str) -> str:
    redis = Redis.from_url(redis_url)
    kept = [
        await redis.get(key) if await redis.type(key) == b"string" else await redis.hgetall(key) for key in await redis.keys()
    ]
    await redis.aclose()
    return str(kept)


async def ready_to_contribute(db: Database, sql: Sql, wanjiru: Handset, member: MemberId) -> None:
    """KES 5,000, a group, and KES 1,000 that go without a code."""
    await give(db, sql, wanjiru, Money(5_000_00))
    await group_of(wanjiru)
    async with db.unit() as uow:
        await set_limit(uow, member=member, limit=Money(1_000_00))


async def test_enrolment_on_ussd_when_the_app_shows_a_right_code_then_it_is_on(
    wanjiru: Handset,
    member: MemberId,
    office: PostOffice,
    sql: Sql,
    clock: FakeClock,
    redis_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = await security(wanjiru, "Turn on")
    assert "code by SMS" in asked
    sms_code = await newest_code(office, wanjiru)
    key = await wanjiru.type(sms_code)
    (letters,) = re.findall(r"(?:[A-Z2-7]{4} ?){8}", key)
    app = pyotp.TOTP(letters.replace(" ", ""))
    assert app.secret not in await everything_in(redis_url)
    assert letters.strip() not in await everything_in(redis_url)

    refused = await wanjiru.type("000000")
    assert "not the code for this key" in refused
    pin = await wanjiru.type(app.at(clock.now()))
    assert "PIN" in pin
    assert await sql("SELECT enabled FROM two_factor_auth") == [(False,)]
    done = await wanjiru.type(PIN)

    codes = re.findall(r"^\d{4} \d{4}$", done, re.MULTILINE)
    assert done.startswith("END Two-step check is on")
    assert len(codes) == 10
    assert await sql("SELECT enabled FROM two_factor_auth") == [(True,)]
    kept = await everything_in(redis_url)
    assert not [code for code in codes if code in kept]
    assert await wanjiru.hop(wanjiru.text) == done, "the same hop again shows the same"
    await office.work()
    assert "was turned on" in office.sms.to(wanjiru.number)[-1]
    for secret in (sms_code, app.secret, letters.strip(), *codes, *(code.replace(" ", "") for code in codes)):
        assert not re.search(rf"(?<![0-9a-f]){secret}(?![0-9a-f])", caplog.text)


async def test_enrolment_on_telegram_shows_a_picture_and_the_key(
    chat: Chat, wanjiru: Handset, office: PostOffice, clock: FakeClock, sql: Sql, redis_url: str
) -> None:
    await chat.command("security.menu")
    await chat.tap("on")
    await chat.type(await newest_code(office, wanjiru))
    assert chat.reply is not None
    address = chat.reply.screen.picture
    app = pyotp.parse_uri(address)
    assert isinstance(app, pyotp.TOTP)
    assert (app.issuer, app.name) == ("Mtaa DAO", "0712000001")
    assert app.secret not in await everything_in(redis_url)
    assert "PIN" in await chat.type(app.at(clock.now()))
    done = await chat.type(PIN)
    assert len(re.findall(r"^\d{4} \d{4}$", done, re.MULTILINE)) == 10
    assert chat.reply.screen.secret
    await chat.do(Kind.HOME)
    assert "sealed:" not in await everything_in(redis_url), "nothing of it stays once she went on"
    await office.work()
    assert "was turned on" in str(office.chat.messages)


@pytest.mark.usefixtures("dear_hashes")
async def test_contribution_on_ussd_when_above_her_limit_then_sms_code_hang_up_continue_pin(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql, office: PostOffice
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    asked = await contribute(wanjiru, "2500")
    assert "code by SMS to contribute KES 2,500 to Umoja" in asked
    code = await newest_code(office, wanjiru)
    assert "KES 2,500 to Umoja" in office.sms.to(wanjiru.number)[-1]

    home = await wanjiru.dial()
    again = await choose(wanjiru, home, "Continue")
    assert "code by SMS to contribute KES 2,500 to Umoja" in again
    await office.work()
    assert len([sms for sms in office.sms.to(wanjiru.number) if "code to" in sms]) == 1

    assert "is not right" in await wanjiru.type(f"{(int(code) + 1) % 1_000_000:06d}")
    pin = await wanjiru.type(code)
    assert "PIN" in pin
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]
    text = f"{wanjiru.text}*{PIN}"
    done = await asyncio.gather(*(wanjiru.hop(text) for _ in range(5)))
    assert "You contributed KES 2,500 to Umoja" in done[0]
    assert await sql("SELECT count(*), sum(amount) FROM contributions") == [(1, 2500)]


async def test_contribution_when_within_her_limit_then_the_pin_alone(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    for amount, left in ((600, "4,400"), (400, "4,000")):
        await contribute(wanjiru, str(amount))
        assert left in await wanjiru.type(PIN)
    assert "code by SMS" in await contribute(wanjiru, "100")


async def test_contribution_on_telegram_when_above_her_limit_then_her_app_and_the_pin(
    chat: Chat, wanjiru: Handset, member: MemberId, db: Database, sql: Sql, clock: FakeClock, office: PostOffice
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    app, codes = await app_of(db, member, clock)

    async def to_code(amount: str) -> str:
        await chat.command("contribute.start")
        assert chat.reply is not None
        await chat.tap(chat.reply.screen.choices[0].id)
        await chat.type(amount)
        return await chat.tap("yes")

    assert "authenticator app" in await to_code("2000")
    code = app.at(clock.now())
    assert "PIN" in await chat.type(code)
    assert "You contributed KES 2,000" in await chat.type(PIN)

    await to_code("2000")
    assert "used already" in await chat.type(code)
    assert "PIN" in await chat.type(f"{codes[0][:4]} {codes[0][4:]}")
    assert "You contributed KES 2,000" in await chat.type(PIN)
    await office.work()
    assert not [sms for sms in office.sms.to(wanjiru.number) if "code to" in sms]
    assert await sql("SELECT method, used_at IS NOT NULL FROM step_ups ORDER BY proven_at") == [
        ("totp", True),
        ("backup_code", True),
    ]


async def test_official_when_her_group_wants_the_authenticator_then_neither_limit_nor_sms_will_do(
    conversation: Conversation,
    chat: Chat,
    wanjiru: Handset,
    member: MemberId,
    db: Database,
    sql: Sql,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a group with the rule for its officials asks: on both channels, for the smallest amount."""
    await ready_to_contribute(db, sql, wanjiru, member)
    ordinary = contributing.approval

    def official(turn: Turn) -> Approval:
        by_role = must_be_by_authenticator(as_official=True, officials_two_factor=True)
        return replace(ordinary(turn), by_role=by_role)

    monkeypatch.setattr(contributing.pay, "approves", official)
    assert "Your role in the group needs the two-step check" in await contribute(wanjiru, "10")
    assert await sql("SELECT count(*) FROM otp_challenges") == [(0,)], "no code by SMS would do"

    app, _ = await app_of(db, member, clock)
    assert "authenticator app" in await contribute(wanjiru, "10")
    assert "PIN" in await wanjiru.type(app.at(clock.now()))
    assert (await wanjiru.type(PIN)).startswith("END")
    clock.advance(minutes=1)
    await chat.command("contribute.start")
    await chat.tap(chat.reply.screen.choices[0].id if chat.reply else "")
    await chat.type("10")
    assert "authenticator app" in await chat.tap("yes")
    await chat.type(app.at(clock.now()))
    await chat.type(PIN)
    assert await sql("SELECT count(*), sum(amount) FROM contributions") == [(2, 20)]
    assert await sql("SELECT DISTINCT method FROM step_ups") == [("totp",)]


async def test_withdrawal_when_above_her_limit_then_a_code_that_names_it(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql, office: PostOffice
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    await choose(wanjiru, await wanjiru.dial(), "Withdraw")
    asked = await wanjiru.type("1500", "1")
    assert "code by SMS to withdraw KES 1,500 to +2547XX***001" in asked
    pin = await wanjiru.type(await newest_code(office, wanjiru))
    assert "PIN" in pin
    assert (await wanjiru.type(PIN)).startswith("END")
    assert await sql("SELECT action, method FROM step_ups") == [("withdraw", "sms")]


async def test_code_when_the_amount_changes_after_it_then_asked_again(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql, office: PostOffice, clock: FakeClock
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    await contribute(wanjiru, "1500")
    pin = await wanjiru.type(await newest_code(office, wanjiru))
    assert "PIN" in pin
    clock.advance(minutes=1)
    assert "amount" in await wanjiru.type("0", "0")
    asked = await wanjiru.type("4500", "1")
    assert "code by SMS to contribute KES 4,500" in asked
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]


async def test_code_when_it_came_too_long_ago_then_asked_again_before_money_moves(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql, office: PostOffice, clock: FakeClock
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    await contribute(wanjiru, "1500")
    await wanjiru.type(await newest_code(office, wanjiru))
    clock.advance(minutes=5)
    assert "code by SMS" in await wanjiru.type(PIN)
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]
    await wanjiru.type(await newest_code(office, wanjiru))
    assert "You contributed KES 1,500" in await wanjiru.type(PIN)


async def test_redis_when_flushed_between_code_and_pin_then_nothing_moves_and_no_door_opens(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql, office: PostOffice, clock: FakeClock, redis_url: str
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    await contribute(wanjiru, "1500")
    await wanjiru.type(await newest_code(office, wanjiru))
    redis = Redis.from_url(redis_url)
    await redis.flushdb()
    await redis.aclose()
    shown = await wanjiru.type(PIN)
    assert "You contributed" not in shown
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]
    clock.advance(minutes=1)
    assert "code by SMS" in await contribute(wanjiru, "1500")


async def test_codes_when_too_many_are_wrong_then_the_end_and_the_count_stays_over_redials(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql, clock: FakeClock
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    await app_of(db, member, clock)
    for tries in (4, 3, 2, 1):
        await contribute(wanjiru, "1500")
        said = await wanjiru.type("000000")
        assert f"{tries} tries left" in said or "One try left" in said
    await contribute(wanjiru, "1500")
    assert (await wanjiru.type("000000")).startswith("END Too many wrong codes")
    assert await sql("SELECT count(*) FROM login_attempts WHERE attempt_result <> 'success'") == [(0,)], "no PIN was tried"


async def test_turning_off_takes_a_backup_code_and_the_pin(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql, clock: FakeClock, office: PostOffice
) -> None:
    _, codes = await app_of(db, member, clock)
    asked = await security(wanjiru, "Turn off")
    assert "backup code" in asked
    assert "PIN" in await wanjiru.type(codes[4])
    assert await sql("SELECT enabled FROM two_factor_auth") == [(True,)]
    assert "is off" in await wanjiru.type(PIN)
    assert await sql("SELECT enabled, secret FROM two_factor_auth") == [(False, None)]
    await office.work()
    assert "was turned off" in office.sms.to(wanjiru.number)[-1]


async def test_new_backup_codes_take_a_code_and_the_pin(
    wanjiru: Handset, member: MemberId, db: Database, clock: FakeClock
) -> None:
    app, old = await app_of(db, member, clock)
    await security(wanjiru, "New backup")
    await wanjiru.type(app.at(clock.now()))
    new = re.findall(r"^(\d{4}) (\d{4})$", await wanjiru.type(PIN), re.MULTILINE)
    assert len(new) == 10
    assert not {"".join(code) for code in new} & set(old)
    await security(wanjiru, "New backup")
    assert "is not right" in await wanjiru.type(old[0])


@pytest.mark.parametrize("limit", ["500", "100000"])
async def test_limit_when_changed_then_a_code_first_and_in_force_at_once(
    wanjiru: Handset, member: MemberId, db: Database, sql: Sql, office: PostOffice, clock: FakeClock, limit: str
) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    await security(wanjiru, "My limit")
    await wanjiru.type(limit)
    asked = await wanjiru.type("1")
    assert "code by SMS to change your limit" in asked
    assert "PIN" in await wanjiru.type(await newest_code(office, wanjiru))
    assert (await wanjiru.type(PIN)).startswith("END Done")
    clock.advance(minutes=1)
    asked = await contribute(wanjiru, "900")
    assert ("code by SMS" in asked) == (limit == "500")


async def test_swahili_says_it_too(wanjiru: Handset, member: MemberId, db: Database, sql: Sql, office: PostOffice) -> None:
    await ready_to_contribute(db, sql, wanjiru, member)
    await sql("UPDATE members SET language = 'sw'")
    asked = await contribute(wanjiru, "2500", option="Changa")
    assert "nambari kwa SMS ya kuchanga Ksh 2,500 kwa Umoja" in asked
    await office.work()
    assert "kuchanga Ksh 2,500 kwa Umoja" in office.sms.to(wanjiru.number)[-1]


async def test_linking_says_the_same_of_a_number_that_is_registered_and_of_one_that_is_not(
    conversation: Conversation, member: MemberId, office: PostOffice, clock: FakeClock
) -> None:
    async def knock(telegram: int, phone: str) -> list[str]:
        stranger = Chat(conversation, telegram)
        shown = [await stranger.command("home"), await stranger.do(Kind.CONTACT, phone)]
        shown += [await stranger.type("000000") for _ in range(3)]
        shown += [await stranger.do(Kind.BACK), await stranger.do(Kind.CONTACT, phone)]
        return [re.sub(r"\*\*\*\d{3}", "***", screen) for screen in shown]

    assert await knock(8001, "+254712000001") == await knock(8002, "+254733555444")
    await office.work()
    lengths = {len(sms.message) for sms in office.sms.sent}
    assert len(office.sms.sent) == 2
    assert len(lengths) == 1
