"""Paybill on both channels: the account numbers, "I paid", and paying for somebody else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from core.daos.jobs import JOBS as GROUP_JOBS
from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.money import Money
from core.ledger.batcher import Batcher, connector
from core.payments.inbox import store_callback
from core.payments.jobs import JOBS
from core.payments.reading import process_callback
from core.payments.settlement import TO_GROUP_JOB
from core.payments.telling import tell_credited
from core.providers.daraja.reports import read_report
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import group_of

Sql = Callable[..., Any]
PIN = "248163"
RECEIPT = "SGC2B00001"
NUMBER = re.compile(r"\b\d{3} \d{4}\b")


async def choose(handset: Handset, *labels: str) -> str:
    """Dial and choose options by their words, paging on where a list goes on."""
    shown = await handset.dial()
    for label in labels:
        while not (found := re.search(rf"^(\d+) [^\n]*{label}", shown, re.MULTILINE)):
            assert "98 " in shown, f"no {label!r} in {shown}"
            shown = await handset.type("98")
        shown = await handset.type(found[1])
    return shown


async def paid(
    db: Database, *, account: str, phone: str = "+254712000001", name: str = "WANJIRU", receipt: str = RECEIPT
) -> None:
    """M-Pesa tells of a payment of 500 shillings, and the worker reads it."""
    body = {
        "TransID": receipt,
        "TransAmount": "500.00",
        "BusinessShortCode": "174379",
        "BillRefNumber": account,
        "MSISDN": f"2547 ***** {phone[-3:]}",
        "FirstName": name,
    }
    async with db.unit() as uow:
        await store_callback(uow, kind="c2b", intent="174379", body=json.dumps(body).encode(), remote="196.201.214.200")
    async with db.unit() as uow:
        from sqlalchemy import text

        callback = await uow.session.scalar(text("SELECT id FROM payment_callbacks WHERE outcome IS NULL"))
        await process_callback(uow, callback=callback, read_report=read_report)


async def balance_of(sql: Sql, phone: str) -> Money:
    [(held,)] = await sql(
        "SELECT coalesce(sum(b.available_balance), 0) FROM members m LEFT JOIN user_balances b ON b.user_id = m.id"
        " WHERE m.phone = :phone",
        phone=phone,
    )
    return Money.from_decimal(held)


async def test_her_number_is_on_the_deposit_screen_and_pays_her(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()

    shown = await choose(wanjiru, "Deposit")
    listed = await choose(wanjiru, "Account", "Paybill", "My account numbers")

    (number,) = NUMBER.findall(shown)
    assert NUMBER.findall(listed) == [number]
    await paid(db, account=number)
    assert await balance_of(sql, wanjiru.number) == Money(487_50)


async def test_her_groups_number_is_in_the_group_and_contributes(
    wanjiru: Handset, db: Database, sql: Sql, empty_database: str, clock: Any
) -> None:
    await wanjiru.register()
    await group_of(wanjiru)

    shown = await choose(wanjiru, "Groups", "Umoja", "Paybill number")
    listed = await choose(wanjiru, "Account", "Paybill", "My account numbers")

    (number,) = NUMBER.findall(shown)
    assert f"{number}: Umoja" in listed
    await paid(db, account=number)
    [(queued,)] = await sql("SELECT payload FROM pgqueuer WHERE entrypoint = :job", job=TO_GROUP_JOB)
    async with Batcher(connector(empty_database), clock=clock, ids=TimeOrderedIds()) as batcher:
        await GROUP_JOBS[TO_GROUP_JOB](Worker(db, batcher), json.loads(queued))
    assert "KES 487.50" in await choose(wanjiru, "Balance") or "KES 487.50" in await wanjiru.type(PIN)


class Worker:
    """What a handler needs here."""

    def __init__(self, database: Database, batcher: Batcher) -> None:
        self.database, self.batcher = database, batcher


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_i_paid_finds_what_went_astray(wanjiru: Handset, db: Database, sql: Sql, language: str) -> None:
    await wanjiru.register()
    await sql("UPDATE members SET language = :language", language=language)
    words = {"en": ("Account", "Paybill", "I paid"), "sw": ("Akaunti", "Paybill", "Nimelipa")}[language]
    await paid(db, account="chama")

    asked = await choose(wanjiru, *words)
    wrong = await wanjiru.type("sg72")
    pin = await wanjiru.type(RECEIPT.lower())
    done = await wanjiru.type(PIN)

    assert "M-PESA" in asked
    assert "SG722NMVXQ" in wrong
    assert "PIN" in pin
    assert RECEIPT in done
    assert "500" in done
    assert await balance_of(sql, wanjiru.number) == Money(487_50)


async def test_i_paid_when_the_payer_is_another_tells_nothing_of_the_amount(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await paid(db, account="chama", phone="+254722999888")

    await choose(wanjiru, "Account", "Paybill", "I paid")
    done = await wanjiru.type(RECEIPT, PIN)

    assert "do not show that you paid" in done
    assert "500" not in done
    assert await balance_of(sql, wanjiru.number) == Money(0)


async def test_i_paid_when_unknown_is_asked_at_mpesa(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.register()

    await choose(wanjiru, "Account", "Paybill", "I paid")
    done = await wanjiru.type(RECEIPT, PIN)

    assert "asking M-PESA" in done
    assert await sql("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'ask-about-claim'") == [(1,)]


async def test_paying_for_somebody_asks_her_own_phone_and_is_the_others_money(
    wanjiru: Handset, otieno: Handset, sql: Sql
) -> None:
    await otieno.register("Otieno Ouma", "592703")
    await wanjiru.register()

    await choose(wanjiru, "Account", "Paybill", "Pay for somebody")
    wrong = await wanjiru.type("1234567")
    amount = await wanjiru.type("0722 000002")
    confirm = await wanjiru.type("500")
    pin = await wanjiru.type("1")
    done = await wanjiru.type(PIN)

    assert "leads to nobody" in wrong
    assert "Otieno O." in amount
    assert all(word in confirm for word in ("Otieno O.", "KES 500", "12.50", "487.50", "Confirm"))
    assert "Otieno O." in pin
    assert done.startswith("END")
    [(phone, owner, payer)] = await sql(
        "SELECT t.phone_number, o.name, p.name FROM mpesa_transactions t JOIN members o ON o.id = t.user_id"
        " JOIN members p ON p.id = t.paid_by"
    )
    assert (phone, owner, payer) == (wanjiru.number, "Otieno Ouma", "Wanjiru Kamau")
    assert {"ask-about-deposit", "push-deposit"} <= JOBS.keys()


async def test_numbers_and_claims_in_the_chat(conversation: Conversation, wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await sql("UPDATE members SET telegram_id = 7001, telegram_chat = 7001")
    chat = Chat(conversation)
    await paid(db, account="chama")

    await chat.command("account.menu")
    await chat.tap("paybill")
    listed = await chat.tap("numbers")
    await chat.command("paybill.menu")
    await chat.tap("claim")
    await chat.type(RECEIPT)
    done = await chat.do(Kind.TYPED, PIN)

    assert NUMBER.search(listed)
    assert RECEIPT in done
    assert await balance_of(sql, wanjiru.number) == Money(487_50)
    ((credited,),) = await sql("SELECT id FROM mpesa_transactions")
    async with db.unit() as uow:
        await tell_credited(uow, transaction=credited)
    assert await sql("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'deliver-chat'") == [(1,)]
