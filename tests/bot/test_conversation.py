"""What a member sees: screens changed in place, new ones below what she typed, and old buttons that do nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from core.daos.groups import create_group
from core.dialogue.session import SCHEMA
from core.kernel.db import Database
from core.kernel.ids import IntentId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from core.providers.redis_store import RedisStore
from tests.bot.conftest import PIN, Member

HOME = "What would you like to do?"


@pytest.fixture
async def saver(linked: Member, db: Database, sql: Callable[..., Any]) -> Member:
    """Wanjiru with KES 500 and a group whose name needs escaping."""
    ((member,),) = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, Money(-500_00)), Leg(member_account(MemberId(member)), Money(500_00))]
        await transfer(uow, key=uow.ids.new(), kind="deposit", legs=legs)
        await create_group(uow, intent=IntentId(uow.ids.new()), founder=MemberId(member), name="Umoja & Co")
    return linked


async def moved(sql: Callable[..., Any]) -> list[Any]:
    return await sql("SELECT count(*) FROM contributions")


async def ids(member: Member) -> list[int]:
    return [message["id"] for message in await member.messages()]


async def test_tap_when_on_the_screen_changes_it_in_place(linked: Member) -> None:
    before = await ids(linked)
    said = await linked.tap("Groups")

    assert "no group" in said
    assert await ids(linked) == before
    assert (await linked.labels())[-1] == ["Back", "Home"]


async def test_answer_when_typed_gets_a_new_screen_below_and_the_old_one_loses_its_buttons(linked: Member) -> None:
    await linked.tap("Deposit")
    before = await ids(linked)
    said = await linked.write("500")

    messages = await linked.messages()
    assert "Fee KES 12.50" in said
    assert [message["id"] for message in messages][:-1] == before
    assert [message["buttons"] or None for message in messages[:-1]] == [None] * len(before)


async def test_home_shows_its_tasks_two_beside_each_other(linked: Member) -> None:
    assert await linked.labels() == [["Balance", "Deposit"], ["Contribute", "Groups"], ["Account", "Withdraw"]]


async def test_back_and_home_lead_there(linked: Member) -> None:
    await linked.tap("Account")
    await linked.tap("Language")
    assert "Your account" in await linked.tap("Back")
    assert HOME in await linked.tap("Home")


async def test_contribution_when_confirmed_with_the_pin_moves_money_and_shows_both_balances(
    saver: Member, sql: Callable[..., Any]
) -> None:
    await saver.tap("Contribute")
    await saver.write("200")
    await saver.tap("Confirm")
    said = await saver.enter(PIN)

    assert "You contributed KES 200 to Umoja & Co. Your balance: KES 300. Group: KES 200." in said
    assert await moved(sql) == [(1,)]
    assert await saver.labels() == [["Home"]]
    assert HOME in await saver.tap("Home")


async def test_names_when_they_look_like_html_read_as_themselves(saver: Member, sql: Callable[..., Any]) -> None:
    await sql("UPDATE daos SET name = '<b>Umoja</b> & <i>'")
    await saver.write("/contribute")

    assert ["<b>Umoja</b> & <i>"] in await saver.labels()
    assert "<b>Umoja</b> & <i>" in await saver.tap("<b>Umoja</b> & <i>")


async def test_confirm_when_tapped_five_times_at_once_moves_money_once(saver: Member, sql: Callable[..., Any]) -> None:
    await saver.write("/contribute")
    await saver.tap("Umoja & Co")
    await saver.write("200")
    said = await saver.tap("Confirm", times=5)

    assert "PIN" in said
    assert "expired" in await saver.toast()
    await saver.enter(PIN)
    assert await moved(sql) == [(1,)]


async def test_confirm_when_from_an_older_message_of_the_same_turn_moves_nothing(
    saver: Member, sql: Callable[..., Any]
) -> None:
    """/start counts turns anew, so an old Confirm can carry the present turn: it must not confirm the new amount."""
    for amount in ("100", "450"):
        await saver.write("/start")
        await saver.tap("Contribute")
        await saver.write(amount)
        if amount == "100":
            old = await saver.button("Confirm")
    assert (await saver.button("Confirm"))[1] == old[1]
    await saver.send_tap(*old, forged=True)
    await saver.quiet()

    assert "expired" in await saver.toast()
    assert "KES 450" in await saver.screen()
    assert (await saver.button("Confirm"))[0] != old[0]
    assert await moved(sql) == [(0,)]


async def test_button_when_from_an_older_message_loses_its_power_but_home_still_leads_home(linked: Member) -> None:
    await linked.tap("Account")
    message, data = await linked.button("Home")
    await linked.write("/help")
    await linked.send_tap(message, data, forged=True)
    await linked.quiet()

    assert HOME in await linked.screen()


async def test_button_data_when_not_ours_is_answered_and_changes_nothing(linked: Member) -> None:
    before = await linked.messages()
    for data in ("x", "key:", "1", ":", "a:b", "\u0663:balance", "1: "):
        await linked.send_tap(before[-1]["id"], data, forged=True)
        await linked.quiet()

        assert await linked.toast() == "This button is not for you.", data
        assert await linked.messages() == before


async def test_button_when_forged_is_written_down_without_what_it_said(linked: Member, sql: Callable[..., Any]) -> None:
    message, data = await linked.button("Balance")
    turn = data.partition(":")[0]
    for forged in (f"{turn}:deposit.send", "pay me: 5000"):
        await linked.send_tap(message, forged, forged=True)
        await linked.quiet()
    # Buttons of hers, old ones too, are no forgery.
    await linked.tap("Groups")
    await linked.send_tap(message, data, forged=True)
    await linked.quiet()

    found = "SELECT details, severity, user_id IS NOT NULL FROM security_events WHERE event_type = 'button_forged'"
    assert await sql(f"{found} ORDER BY id") == [
        ({"channel": "telegram", "screen": "home"}, "medium", True),
        ({"channel": "telegram"}, "medium", True),
    ]


async def test_button_when_forged_with_a_choice_that_was_not_offered_does_nothing(linked: Member) -> None:
    message, data = await linked.button("Balance")
    turn = data.partition(":")[0]
    await linked.send_tap(message, f"{turn}:deposit.send", forged=True)
    await linked.quiet()

    assert await linked.toast() == "Please tap one of the buttons."
    assert HOME in await linked.screen()


async def test_back_when_forged_where_there_is_no_way_back_does_no_harm(linked: Member) -> None:
    await linked.write("/balance")
    message, data = await linked.button("Cancel")
    turn = data.partition(":")[0]
    await linked.send_tap(message, f"{turn}:<back", forged=True)
    await linked.quiet()

    assert HOME in await linked.screen()


async def test_commands_lead_to_their_screens(linked: Member) -> None:
    leads = {
        "/start": HOME,
        "/start invite_abc123": HOME,
        "/balance": "Enter your 6-digit PIN",
        "/deposit": "What amount",
        "/contribute": "You are in no group yet",
        "/groups": "You are in no group yet",
        "/statement": "Enter your 6-digit PIN",
        "/settings": "Your account",
        "/language": "Language / Lugha",
        "/help": "Deposit by M-PESA",
        "/cancel": HOME,
        "/Balance@mtaa_practice_bot now": "Enter your 6-digit PIN",
    }
    for command, shows in leads.items():
        assert shows in await linked.write(command), command


async def test_command_when_for_another_bot_is_ignored(linked: Member) -> None:
    before = await linked.messages()
    await linked.write("/balance@another_bot")

    assert await linked.messages() == before


async def test_command_when_unknown_leaves_her_where_she_is(linked: Member) -> None:
    await linked.tap("Deposit")
    said = await linked.write("/frobnicate")

    assert "I don't know that command" in said
    assert "What amount" in said
    assert "Fee" in await linked.write("500")


async def test_cancel_when_in_the_middle_of_something_goes_home(linked: Member) -> None:
    await linked.write("/deposit")
    await linked.write("500")

    assert HOME in await linked.write("/cancel")
    assert "Please tap one of the buttons." in await linked.write("500")


async def test_amount_when_it_is_none_gets_a_clear_answer(linked: Member) -> None:
    for typed in ("abc", "0", "-5", "1e9", "12.345", "\u0665\u0660\u0660", "A" * 4096, "<b>", "💰", "."):
        await linked.write("/deposit")
        said = await linked.write(typed)

        assert "What amount" in said, typed
        assert len(said.splitlines()) > 1, typed
        assert "Fee" in await linked.write("500")


async def test_language_when_changed_speaks_it_from_then_on(linked: Member) -> None:
    await linked.write("/language")
    await linked.tap("Kiswahili")

    assert await linked.labels() == [["Salio", "Weka pesa"], ["Changa", "Vikundi"], ["Akaunti", "Toa pesa"]]


async def test_home_when_something_was_left_offers_to_continue(linked: Member) -> None:
    await linked.write("/deposit")
    await linked.write("500")
    await linked.write("/start")
    await linked.tap("Continue where you stopped")

    assert "Fee KES 12.50" in await linked.screen()


async def test_deposit_when_sent_leaves_its_message_to_the_news(linked: Member, sql: Callable[..., Any]) -> None:
    await linked.write("/deposit")
    await linked.write("500")
    await linked.tap("Confirm")
    said = await linked.enter(PIN)
    live = (await ids(linked))[-1]

    assert "on its way to your phone" in said
    assert await sql("SELECT chat, message_id FROM live_messages") == [(linked.telegram, live)]
    await linked.tap("Home")
    assert (await linked.messages())[-2]["text"] == said
    assert (await ids(linked))[-1] != live
    await linked.write("/help")
    assert said in [message["text"] for message in await linked.messages()]


async def test_talk_when_longer_than_a_session_may_be_starts_again(linked: Member, monkeypatch: Any) -> None:
    monkeypatch.setattr("core.dialogue.walk.MAX_TURNS", 6)
    for _ in range(7):
        await linked.tap("Account" if HOME in await linked.screen() else "Home")

    assert HOME in await linked.screen() or "start again" in await linked.screen()
    assert HOME in await linked.write("/start")
    assert "What amount" in await linked.tap("Deposit")


async def test_talk_when_kept_by_an_older_version_of_us_begins_at_home_and_no_button_is_dead(
    saver: Member, store: RedisStore, redis_url: str, sql: Callable[..., Any]
) -> None:
    """Check 20: a deployment in the middle of a talk. What was about to be confirmed is offered again, nothing is lost."""
    await saver.write("/contribute")
    await saver.tap("Umoja & Co")
    await saver.write("200")
    for change in (
        {"schema": SCHEMA - 1},
        {"screen": "contribute.gone", "shown": {"1": "yes"}},
        {"pending": "contribute.gone"},
    ):
        await kept_as(redis_url, saver.telegram, change)
        said = await saver.tap("Confirm")
        assert HOME in said or "not finished" in said
        assert await moved(sql) == [(0,)]
        await saver.write("/start")
        await saver.tap("Continue where you stopped")
    await saver.tap("Confirm")
    await saver.enter(PIN)

    assert await moved(sql) == [(1,)]


async def kept_as(redis_url: str, telegram: int, change: dict[str, Any]) -> None:
    """What Redis keeps of this talk, changed as another version would have left it."""
    redis = Redis.from_url(redis_url)
    key = f"session:telegram:{telegram}"
    stored = json.loads(await redis.get(key))
    await redis.set(key, json.dumps(stored | change))
    await redis.aclose()
