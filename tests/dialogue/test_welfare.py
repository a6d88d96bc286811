"""The welfare kitty as members live it, on feature phones in both languages and in a chat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.secrets import Vault
from core.monitoring.audit import audit
from core.reports.member_data import collect
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Client
from tests.dialogue.stories import Sql, Village
from tests.dialogue.test_merry import WEEKLY, settled
from tests.dialogue.test_recovery import NUMBERS, PINS
from tests.dialogue.test_shares import SECRETARY
from tests.e2e.story import Story

AT_ONCE = replace(WEEKLY, welfare_waiting_days=0)


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_welfare_on_feature_phones(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, db: Database, language: str
) -> None:
    phones = await settled(client, db, sql, clock, language=language, rules=AT_ONCE)
    await sql(SECRETARY, phone=NUMBERS["Otieno"])

    async def due() -> None:
        """Nothing here waits for the worker."""

    await Village(phones, sql, vault, clock, due).play(Story.read(f"welfare.{language}.txt"))

    findings = await audit(db)
    # Their first money came without a payment.
    assert [finding.name for finding in findings if not finding.ok] == ["completed deposits equal their transfers"]
    examined = {finding.name: finding.examined for finding in findings}
    assert examined["welfare paid in and out equals its transfers"] == 2
    [(akinyi,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=NUMBERS["Akinyi"])
    async with db.unit() as uow:
        hers = await collect(uow, member=MemberId(akinyi))
    assert [row["status"] for row in hers["welfare_claims"]] == ["paid"]


async def test_welfare_in_a_chat(client: Client, conversation: Conversation, sql: Sql, clock: FakeClock, db: Database) -> None:
    await settled(client, db, sql, clock, language="en")
    [(member,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=NUMBERS["Akinyi"])
    [(group,)] = await sql("SELECT id FROM daos WHERE kind <> 'practice'")
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(member), telegram_id=7001, chat=7001, name="Akinyi")
    chat = Chat(conversation)

    async def welfare(*taps: str) -> str:
        await chat.command("groups.menu")
        said = ""
        for tap in (str(group), "savings", "welfare", *taps):
            said = await chat.tap(tap)
        return said

    assert "Claims to decide" not in await welfare()
    await welfare("pay")
    assert "Pay KES 100 to the welfare fund of Umoja" in await chat.type("100")
    await chat.tap("yes")
    assert "Fund KES 100. Balance KES 4,900." in await chat.type(PINS["Akinyi"])
    assert "It helps you from" in await welfare("fund")
    await welfare("claim", "birth")
    await chat.type("500")
    await chat.type("a daughter")
    await chat.tap("yes")
    assert "The fund helps you from" in await chat.type(PINS["Akinyi"])
