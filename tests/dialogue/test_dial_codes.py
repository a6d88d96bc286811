"""A dialled code means the same for ever: whatever is offered, in every form in which a network brings it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.daos.dialling import DOORS as DIALLED
from core.daos.invitations import invite
from core.dialogue.engine import Conversation
from core.dialogue.flows.group_doors import DOORS
from core.dialogue.screens import numbered
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.identity.members import find_by_phone
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.notifications.models import SmsDelivery
from core.notifications.sms import claim_sms
from tests.dialogue.conftest import TOKEN, Chat, Handset
from tests.dialogue.owners import group_of
from ussd.callback import STEP_HEADER

Sql = Callable[..., Any]
CODES = Path(__file__).with_name("dial_codes.txt")


# What is there only while something waits (tests/dialogue/test_fixed_numbers.py).
AT_TIMES = {"groups.menu": {7}, "loans.menu": {1, 5, 6}}


def frozen() -> dict[str, dict[int, str]]:
    menus: dict[str, dict[int, str]] = {}
    for line in CODES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            menu, number, option = line.split()
            menus.setdefault(menu, {})[int(number)] = option
    return menus


async def test_the_numbers_of_the_first_menus_are_those_that_were_promised(
    wanjiru: Handset, conversation: Conversation, db: Database
) -> None:
    await wanjiru.register()
    await group_of(wanjiru)
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(wanjiru.number))
        assert member is not None
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="W")
    chat = Chat(conversation)

    async def offered(*ways: str) -> dict[int, str]:
        await chat.do(Kind.START)
        for way in ways:
            assert chat.reply is not None
            [chosen] = [one.id for one in chat.reply.screen.choices if one.id == way or (way == "Umoja" and one.code)]
            await chat.tap(chosen)
        assert chat.reply is not None
        return {number: one.id for number, one in numbered(chat.reply.screen.choices)}

    shown = {
        "home": await offered(),
        "account.menu": await offered("account"),
        "groups.menu": await offered("groups"),
        "groups.one": await offered("groups", "Umoja"),
        **{f"groups.{one}": await offered("groups", "Umoja", one) for one in ("savings", "decisions", "more")},
        "loans.menu": await offered("groups", "Umoja", "savings", "loans"),
        "votes.menu": await offered("groups", "Umoja", "decisions", "votes"),
    }
    promised = frozen()
    assert promised.keys() == shown.keys()
    for menu, numbers in promised.items():
        optional = AT_TIMES.get(menu, set())
        assert {number: shown[menu].get(number) for number in numbers.keys() - optional} == {
            number: option for number, option in numbers.items() if number not in optional
        }, menu
        assert shown[menu].keys() & optional == set()


@pytest.mark.parametrize("form", ["text", "service code", "both"])
async def test_a_longer_code_arrives_in_any_form_and_is_answered_alike(wanjiru: Handset, sql: Sql, form: str) -> None:
    await wanjiru.register()
    wanjiru.session = "ATUid_" + "a" * 32
    dialled = {} if form == "text" else {"serviceCode": "*384*77*2*500#"}
    before = "" if form == "service code" else "2*500"

    confirm = await wanjiru.hop(before, **dialled)
    pin = await wanjiru.hop(f"{before}*1".lstrip("*"), **dialled)
    repeated = await wanjiru.hop(f"{before}*1".lstrip("*"), **dialled)
    done = await wanjiru.hop(f"{before}*1*248163".lstrip("*"), **dialled)

    assert "KES 487.50" in confirm
    assert "PIN" in pin
    assert repeated == pin
    assert done.startswith("END")
    assert await sql("SELECT status, amount::int FROM mpesa_transactions") == [("pending", 500)]


async def test_a_network_that_drops_the_longer_code_shows_home(wanjiru: Handset) -> None:
    await wanjiru.register()

    assert "1 Balance" in await wanjiru.dial()


async def test_a_code_of_another_service_is_no_answer_of_hers(wanjiru: Handset) -> None:
    await wanjiru.register()
    wanjiru.session = "ATUid_" + "b" * 32

    assert "1 Balance" in await wanjiru.hop("", serviceCode="*384*778*2*500#")


async def test_a_group_is_dialled_by_its_code_however_many_others_there_are(wanjiru: Handset) -> None:
    await wanjiru.register()
    await group_of(wanjiru, "Umoja")
    code = await group_of(wanjiru, "Harambee")

    assert "Harambee" in await wanjiru.dial("4", code)
    assert "amount" in (await wanjiru.dial("4", code, "1")).lower()
    assert "Choose a number: 1-2, 8-9" in await wanjiru.dial("4", "999999")


# What messages call a place, and what the menus call the door that leads there.
SAME = {"approve": "to_approve"}


@pytest.mark.parametrize("place", sorted(set(DIALLED) - {"contribute"}))
async def test_a_code_that_a_message_quotes_leads_to_the_door_that_it_means(wanjiru: Handset, place: str) -> None:
    await wanjiru.register()
    await group_of(wanjiru)
    code = await group_of(wanjiru, "Harambee")
    [door] = [one for one in DOORS if one.id == SAME.get(place, place)]

    answer = await wanjiru.client.post(
        f"/ussd/{TOKEN}",
        data={
            "sessionId": "ATUid_" + "c" * 32,
            "phoneNumber": wanjiru.number,
            "serviceCode": "*384*77#",
            "networkCode": "63902",
            "text": f"4*{code}*{DIALLED[place]}",  # type: ignore[index]
        },
    )

    assert answer.headers[STEP_HEADER].removesuffix(":pin") == door.to.to
    assert (await answer.text()).startswith("CON ")


async def test_a_member_answers_an_invitation_by_the_code_in_its_message(
    wanjiru: Handset, otieno: Handset, sql: Sql, db: Database
) -> None:
    await wanjiru.register()
    await otieno.register("Otieno", "592703")
    await group_of(wanjiru)
    [(group, chair)] = await sql("SELECT id, founder FROM daos")
    async with db.unit() as uow:
        await invite(uow, group=group, by=chair, phone=Phone(otieno.number), language="en")
    async with db.unit() as uow:
        newest = await uow.session.scalar(
            select(SmsDelivery.id).where(SmsDelivery.to_phone == otieno.number, SmsDelivery.status == "pending")
        )
        sent = await claim_sms(uow, sms=newest)
    assert sent is not None
    [dialled] = re.findall(r"dial \*384\*77\*([0-9*]+)#", sent.message)

    assert "Umoja" in await otieno.dial(*dialled.split("*"))
