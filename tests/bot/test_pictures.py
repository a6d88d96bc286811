"""What comes as a picture or a document: receipts that can be scanned and kept, always with the words beside them."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import text as sql_text

from core.daos.groups import create_group
from core.kernel.db import Database
from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.kernel.settings import TelegramSettings
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from core.monitoring.receipt_codes import write_receipt_codes
from core.notifications.jobs import deliver_chat
from core.providers.telegram_chat import TelegramChat
from core.reports.jobs import send_own
from tests.bot.conftest import PIN, Member, Played
from tests.ledger.books import seal_everything


class Worker:
    """What a worker would deliver into chats, delivered now."""

    def __init__(self, db: Database, chat: TelegramChat) -> None:
        self.database, self.chat = db, chat

    async def deliver(self) -> None:
        async with self.database.unit() as uow:
            query = "SELECT id FROM chat_delivery_log WHERE status = 'pending' ORDER BY position"
            waiting = list(await uow.session.scalars(sql_text(query)))
        for message in waiting:
            await deliver_chat(self, {"id": str(message)})  # type: ignore[arg-type]


@pytest.fixture
async def worker(db: Database, played: Played) -> AsyncIterator[Worker]:
    chat = TelegramChat(TelegramSettings(token=played.token, base_url=played.api))
    yield Worker(db, chat)
    await chat.aclose()


@pytest.fixture
async def chama(linked: Member, db: Database, sql: Callable[..., Any]) -> str:
    """Wanjiru with KES 1,000 and a group of hers; its name."""
    ((member,),) = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        await create_group(uow, founder=member, name="Umoja", intent=IntentId(uow.ids.new()))
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, Money(-1_000_00)), Leg(member_account(member), Money(1_000_00))]
        await transfer(uow, key=uow.ids.new(), kind="mpesa_deposit", legs=legs)
    return "Umoja"


async def contribute(member: Member) -> str:
    await member.write("/contribute")
    await member.tap("Umoja")
    await member.write("200")
    await member.tap("Confirm")
    return await member.enter(PIN)


async def test_contribution_says_so_at_once_and_then_comes_a_picture_to_keep(
    linked: Member, chama: str, worker: Worker, sql: Callable[..., Any]
) -> None:
    said = await contribute(linked)
    await worker.deliver()
    newest = (await linked.messages())[-1]

    assert "You contributed KES 200" in said
    assert newest["photo"]["width"] == 720
    assert newest["text"] in said
    ((card,),) = await sql("SELECT card FROM chat_delivery_log WHERE card IS NOT NULL")
    assert (card["amount"], card["party"]) == ("KES 200", chama)
    assert await sql("SELECT count(*) FROM sms_delivery_log WHERE template = 'contribution_receipt'") == [(0,)]


async def test_receipt_when_telegram_takes_no_picture_comes_in_words(linked: Member, chama: str, worker: Worker) -> None:
    await contribute(linked)
    await linked.played.fault("telegram.call", "http_500", method="sendPhoto")
    await worker.deliver()
    await worker.deliver()
    newest = (await linked.messages())[-1]

    assert "photo" not in newest
    assert newest["text"].startswith("Copy of the same receipt:")


async def test_code_in_the_picture_leads_to_the_check_of_the_receipt(linked: Member, chama: str, db: Database) -> None:
    said = await contribute(linked)
    code = re.findall(r"\b[0-9A-Z]{8}\b", said)[0]
    await seal_everything(db)
    async with db.unit() as uow:
        await write_receipt_codes(uow)

    assert f"{code} is TRUE: KES 200, Umoja" in await linked.write(f"/start check_{code}")
    assert "NO receipt has the code 00000000" in await linked.write("/start check_00000000")


async def test_statement_sends_chart_and_pages_that_cannot_be_passed_on(
    linked: Member, chama: str, worker: Worker, sql: Callable[..., Any]
) -> None:
    await contribute(linked)
    await linked.write("/statement")
    said = await linked.screen()
    said = await linked.enter(PIN) if "PIN" in said else said
    ((payload,),) = await sql("SELECT payload FROM pgqueuer WHERE entrypoint = 'send-own-statement'")
    await send_own(worker, json.loads(payload))  # type: ignore[arg-type]
    chart, pages = (await linked.messages())[-2:]

    assert "on their way to this chat" in said
    assert chart["text"].startswith("Your own money: KES 800. Saved in your groups:")
    assert chart["photo"]["width"] == 720
    assert pages["document"]["name"] == "mtaa-statement.pdf"
