"""Asking for the group's statement: a few words and an SMS on a phone, documents in a chat."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.daos.contributions import contribute
from core.daos.groups import create_group
from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.kernel.db import Database
from core.kernel.ids import DaoId
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from core.notifications.ports import Accepted
from core.reports.jobs import send_statement
from tests.daos.people import new_id, new_intent, shillings
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.test_recovery import pick
from tests.identity.people import PIN, People

AMINA = "+254712000001"


@pytest.fixture
async def amina(db: Database, hasher: PinHasher) -> tuple[Member, DaoId]:
    member = await People(db, hasher).register(Phone(AMINA), name="Amina")
    async with db.unit() as uow:
        group = await create_group(uow, intent=new_intent(), founder=member.id, name="Umoja")
        legs = [Leg(MPESA_UTILITY, -shillings(500)), Leg(member_account(member.id), shillings(500))]
        await transfer(uow, key=new_id(), kind="mpesa_deposit", legs=legs)
    async with db.unit() as uow:
        await contribute(uow, intent=new_intent(), member=member.id, group=group.id, amount=shillings(250))
    return member, group.id


class Courier:
    """Keeps the documents that are sent."""

    def __init__(self, db: Database) -> None:
        self.database, self.chat = db, self
        self.sent: dict[str, bytes] = {}

    async def send_document(self, *, chat: int, name: str, content: bytes) -> Accepted:
        self.sent[name] = content
        return Accepted(str(chat))


async def test_on_a_phone_in_a_few_words_that_come_by_sms_too(
    client: Client, amina: tuple[Member, DaoId], sql: Callable[..., Any]
) -> None:
    phone = Handset(client, AMINA)

    asked = await pick(phone, await phone.dial(), "Groups", "Umoja", "More", "Statement", "This month")
    assert "PIN" in asked
    said = await phone.type(PIN)

    assert said == "END Umoja: in KES 250, out KES 0, holds KES 250. Owed to it: KES 0."
    [(message,)] = await sql("SELECT message FROM sms_delivery_log WHERE template = 'group_statement'")
    assert f"END {message}" == said


async def test_in_a_chat_as_documents(
    conversation: Conversation, db: Database, amina: tuple[Member, DaoId], sql: Callable[..., Any]
) -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=amina[0].id, telegram_id=7001, chat=7001, name="Amina")
    chat = Chat(conversation)
    await chat.command("groups.menu")
    await chat.tap(str(amina[1]))
    for choice in ("more", "statement", "year"):
        await chat.tap(choice)
    assert "on its way to this chat" in await chat.type(PIN)

    [(payload,)] = await sql("SELECT payload FROM pgqueuer WHERE entrypoint = 'send-group-statement'")
    courier = Courier(db)
    await send_statement(courier, json.loads(payload))  # type: ignore[arg-type]

    assert sorted(courier.sent) == ["2026-01-01-2026-11-23.csv", "2026-01-01-2026-11-23.pdf"]
    assert b"Contributions" in courier.sent["2026-01-01-2026-11-23.csv"]
