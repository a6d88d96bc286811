"""Devices on both channels: seen and removed behind the PIN, and signing out that reaches the other channel too."""

from __future__ import annotations

import pytest

from core.dialogue.engine import Conversation
from core.identity.device_list import remember_program
from core.identity.devices import link_telegram
from core.identity.sessions import begin_session
from core.kernel.db import Database
from core.kernel.ids import MemberId
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import PIN, Sql


@pytest.fixture
async def member(wanjiru: Handset, db: Database, sql: Sql) -> MemberId:
    """Wanjiru with a phone (1), a chat (2) and a program (3) that is signed in."""
    await wanjiru.register()
    [(found,)] = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        await link_telegram(uow, member=found, telegram_id=7001, chat=7001, name="Wanjiru K")
        device, _ = await remember_program(uow, member=found, secret="s", name="Tablet", address="10.0.0.1", agent="")
        await begin_session(uow, member=found, device=device, methods=["pin"], address="10.0.0.1", agent="")
    return MemberId(found)


async def devices(handset: Handset) -> str:
    """Dial and walk to the menu of devices, whatever number it has today."""
    menu = await handset.dial("5")
    return await handset.type(number_of(menu, "Devices", "Vifaa"))


def number_of(screen: str, *labels: str) -> str:
    (line,) = [line for line in screen.splitlines() if line.split(" ", 1)[-1] in labels]
    return line.split(" ")[0].rstrip(".:)")


async def test_ussd_list_comes_after_the_pin_and_shows_all(wanjiru: Handset, member: MemberId) -> None:
    await devices(wanjiru)
    asked = await wanjiru.type("1")
    shown = await wanjiru.type(PIN)

    assert "PIN" in asked
    assert "Tablet" not in asked
    assert shown.startswith("END")
    for part in ("1. Phone +2547XX***001", "2. Telegram Wanjiru K", "3. Program Tablet"):
        assert part in shown


async def test_ussd_remove_ends_the_programs_sign_in(wanjiru: Handset, member: MemberId, sql: Sql) -> None:
    await devices(wanjiru)
    asked = await wanjiru.type("2", "3")
    done = await wanjiru.type(PIN)

    assert "Remove device 3" in asked
    assert "Tablet" in done
    assert await sql("SELECT ended_reason FROM member_sessions") == [("security",)]


async def test_ussd_remove_of_a_number_that_is_not_there_says_so_only_after_the_pin(wanjiru: Handset, member: MemberId) -> None:
    await devices(wanjiru)
    assert "PIN" in await wanjiru.type("2", "9")
    assert "no device with this number" in await wanjiru.type(PIN)


async def test_a_wrong_pin_removes_nothing(wanjiru: Handset, member: MemberId, sql: Sql) -> None:
    await devices(wanjiru)
    await wanjiru.type("2", "3", "999111")

    assert await sql("SELECT ended_reason FROM member_sessions") == [(None,)]


async def test_chat_list_and_remove(conversation: Conversation, member: MemberId, sql: Sql) -> None:
    chat = Chat(conversation)
    await chat.command("devices.menu")
    await chat.tap("list")
    assert "3. Program Tablet" in await chat.type(PIN)
    await chat.command("devices.menu")
    await chat.tap("remove")
    assert "PIN" in await chat.type("3")
    assert "removed" in await chat.type(PIN)
    assert await sql("SELECT count(*) FROM member_sessions WHERE ended_at IS NULL") == [(0,)]


async def test_signing_out_on_the_phone_makes_the_chat_ask_for_the_pin_again(
    wanjiru: Handset, conversation: Conversation, member: MemberId, sql: Sql
) -> None:
    chat = Chat(conversation)
    await chat.command("balance.show")
    await chat.type(PIN)
    assert "Your balance" in await chat.command("balance.show")

    await devices(wanjiru)
    done = await wanjiru.type("3", PIN)

    assert "signed out everywhere" in done
    assert "PIN" in await chat.command("balance.show")
    assert await sql("SELECT count(*) FROM member_sessions WHERE ended_at IS NULL") == [(0,)]


async def test_devices_in_swahili(wanjiru: Handset, member: MemberId, sql: Sql) -> None:
    await sql("UPDATE members SET language = 'sw'")
    assert "Ona vifaa vyangu" in await devices(wanjiru)
    await wanjiru.type("1")
    assert "3. Programu Tablet" in await wanjiru.type(PIN)
