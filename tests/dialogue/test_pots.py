"""Moving money between the treasury and other pots, on feature phones in both languages and in a chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.kernel.db import Database
from core.kernel.secrets import Vault
from core.ledger.accounts import MPESA_UTILITY, pot
from core.ledger.service import Leg, transfer
from tests.conftest import FakeClock
from tests.daos.people import new_id, shillings
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.group_stories import nothing_due
from tests.dialogue.stories import Village
from tests.dialogue.test_loans import NUMBERS, PINS, members
from tests.e2e.story import Story

__all__ = ["members"]


@pytest.fixture
async def collected(db: Database, members: dict[str, Member], sql: Callable[..., Any]) -> dict[str, Member]:
    """The same group, which has collected 800 for a project."""
    [(group,)] = await sql("SELECT id FROM daos WHERE kind = 'chama'")
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, -shillings(800)), Leg(pot(group, "project"), shillings(800))]
        await transfer(uow, key=new_id(), kind="test_funding", legs=legs)
    return members


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_money_is_moved_on_feature_phones(
    client: Client,
    sql: Callable[..., Any],
    vault: Vault,
    clock: FakeClock,
    collected: dict[str, Member],
    language: str,
) -> None:
    assert len(collected) == len(PINS)
    await sql("UPDATE members SET language = :language", language=language)
    await sql("DELETE FROM sms_delivery_log")

    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    await Village(phones, sql, vault, clock, nothing_due).play(Story.read(f"pots.{language}.txt"))


async def test_money_is_moved_in_a_chat(
    conversation: Conversation, db: Database, collected: dict[str, Member], sql: Callable[..., Any]
) -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=collected["Wanjiru"].id, telegram_id=7001, chat=7001, name="Wanjiru")
    chat = Chat(conversation)
    await chat.command("groups.menu")
    [(group,)] = await sql("SELECT id FROM daos WHERE kind = 'chama'")
    for choice in (str(group), "decisions", "treasury"):
        await chat.tap(choice)

    assert "KES 800" not in await chat.tap("move")
    assert "Enter your 6-digit PIN" in await chat.tap("project")
    assert "Collected for projects: KES 800" in await chat.type(PINS["Wanjiru"])
    await chat.tap("out")
    assert "KES 800 from the project money into the treasury" in await chat.type("800")
    assert "Enter your 6-digit PIN" in await chat.tap("yes")
    assert "1 of 2 officials agree" in await chat.type(PINS["Wanjiru"])
    assert await sql("SELECT pot, direction, status FROM loan_fundings WHERE pot = 'project'") == [("project", "out", "asked")]
