"""Muhuri on the phone: a receipt checked by somebody without an account, and the codes that members read aloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.daos.contributions import contribute
from core.daos.groups import create_group
from core.daos.muhuri import Muhuri, seal_group
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from core.monitoring.receipt_codes import write_receipt_codes
from tests.daos.people import new_id, new_intent, shillings
from tests.dialogue.conftest import Client, Handset
from tests.identity.people import People
from tests.ledger.books import seal_everything

AMINA = "+254712000001"


@pytest.fixture
async def receipt(db: Database, hasher: PinHasher) -> tuple[str, Muhuri]:
    """Amina's contribution of 250 to Umoja, sealed: the receipt's code, and the group's seal of the day."""
    amina = await People(db, hasher).register(Phone(AMINA), name="Amina Wanjiru")
    async with db.unit() as uow:
        group = await create_group(uow, intent=new_intent(), founder=amina.id, name="Umoja")
        legs = [Leg(MPESA_UTILITY, -shillings(500)), Leg(member_account(amina.id), shillings(500))]
        await transfer(uow, key=new_id(), kind="mpesa_deposit", legs=legs)
    async with db.unit() as uow:
        made = await contribute(uow, intent=new_intent(), member=amina.id, group=group.id, amount=shillings(250))
    async with db.unit() as uow:
        sealed = await seal_group(uow, group=group.id)
    await seal_everything(db)
    async with db.unit() as uow:
        await write_receipt_codes(uow)
    assert sealed
    return made.reference, sealed


async def choose(handset: Handset, screen: str, *options: str) -> str:
    for option in options:
        while option not in screen:
            screen = await handset.type("98")
        line = next(line for line in screen.removeprefix("CON ").splitlines() if option in line and line[0].isdigit())
        screen = await handset.type(line.removeprefix("CON ").split()[0])
    return screen


async def test_anybody_checks_a_receipt_without_an_account(
    client: Client, receipt: tuple[str, Muhuri], sql: Callable[..., Any]
) -> None:
    stranger, (code, sealed) = Handset(client, "+254799000009"), receipt

    assert "8 characters" in await choose(stranger, await stranger.dial(), "Check a receipt")
    assert "has 8 letters" in await stranger.type("12")
    said = await stranger.type(code.lower())

    assert said.startswith(f"END {code} is TRUE: KES 250, Umoja, A. W., 23/11/26 12:00, Muhuri {sealed.code}. Contribution.")
    assert "Amina" not in said
    assert await sql("SELECT count(*) FROM members WHERE phone = '+254799000009'") == [(0,)]


async def test_a_false_receipt_is_called_false(client: Client, receipt: tuple[str, Muhuri]) -> None:
    stranger = Handset(client, "+254799000009")

    await choose(stranger, await stranger.dial(), "Check a receipt")

    assert "NO receipt has the code ZZZZZZZZ" in await stranger.type("ZZZZZZZZ")


async def test_members_read_the_codes_aloud(client: Client, receipt: tuple[str, Muhuri]) -> None:
    amina, (_, sealed) = Handset(client, AMINA), receipt

    shown = await choose(amina, await amina.dial(), "Groups", "Umoja", "More", "Muhuri")

    assert f"23/11: KES 250, {sealed.code}" in shown


async def test_members_hear_the_code_by_sms(receipt: tuple[str, Muhuri], sql: Callable[..., Any]) -> None:
    [(message,)] = await sql("SELECT message FROM sms_delivery_log WHERE template = 'muhuri'")

    assert message == f"Umoja holds KES 250. Muhuri {receipt[1].code}. Members with the same code have the same book."
