"""Shares as members live them, on feature phones in both languages and in a chat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.secrets import Vault
from core.monitoring.audit import audit
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Client
from tests.dialogue.stories import Sql, Village
from tests.dialogue.test_merry import WEEKLY, settled
from tests.dialogue.test_recovery import NUMBERS, PINS
from tests.e2e.story import Story

MEETINGS = replace(WEEKLY, meeting_frequency="weekly")
SECRETARY = """
WITH hers AS (
  UPDATE dao_memberships SET role = 'secretary' WHERE user_id = (SELECT id FROM members WHERE phone = :phone)
  RETURNING dao_id, user_id
)
INSERT INTO dao_role_changes (id, dao_id, user_id, from_role, to_role, way, because, by, created_at)
SELECT gen_random_uuid(), dao_id, user_id, 'member', 'secretary', 'elected', '', NULL, now() FROM hers
"""


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_shares_on_feature_phones(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, db: Database, language: str
) -> None:
    phones = await settled(client, db, sql, clock, language=language, rules=MEETINGS)
    await sql(SECRETARY, phone=NUMBERS["Otieno"])

    async def due() -> None:
        """Nothing here waits for the worker."""

    await Village(phones, sql, vault, clock, due).play(Story.read(f"shares.{language}.txt"))

    findings = await audit(db)
    # Their first money came without a payment.
    assert [finding.name for finding in findings if not finding.ok] == ["completed deposits equal their transfers"]
    examined = {finding.name: finding.examined for finding in findings}
    assert examined["share-outs add up and were approved"] == 1
    assert examined["shares bought and paid back equal their transfers"] == 2


async def test_shares_in_a_chat(client: Client, conversation: Conversation, sql: Sql, clock: FakeClock, db: Database) -> None:
    await settled(client, db, sql, clock, language="en", rules=MEETINGS)
    [(member,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=NUMBERS["Wanjiru"])
    [(group,)] = await sql("SELECT id FROM daos WHERE kind <> 'practice'")
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(member), telegram_id=7001, chat=7001, name="Wanjiru")
    chat = Chat(conversation)

    async def shares(*taps: str) -> str:
        await chat.command("groups.menu")
        said = ""
        for tap in (str(group), "savings", "shares", *taps):
            said = await chat.tap(tap)
        return said

    await shares("begin", "yes")
    assert "has begun" in await chat.type(PINS["Wanjiru"])
    await shares("buy")
    assert "Pay KES 200 to Umoja\nfor 2 shares at KES 100" in await chat.type("2")
    await chat.tap("yes")
    assert "You have 2 now. Your balance: KES 4,800." in await chat.type(PINS["Wanjiru"])
    assert "If Umoja shared out today: KES 200 for 2 shares, KES 100 each." in await shares("today")
    assert "Share out KES 200 for 2 shares" in await shares("out")
    await chat.tap("propose")
    # She is the only official there is, so her word is all of them.
    assert "Shared out" in await chat.type(PINS["Wanjiru"])
