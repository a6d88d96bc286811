"""What a closing screen has no room for is read on further pages, or comes as a message that is announced: nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.daos.groups import create_group
from core.dialogue.flows import devices, dues, groups, leaving, merry, votes
from core.governance.foresight import Foresee
from core.identity.members import Member
from core.kernel.db import Database
from core.kernel.texts import text
from core.notifications.models import SmsDelivery
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.dialogue.conftest import Handset
from tests.dialogue.test_loans import PINS, members
from tests.dialogue.test_recovery import pick
from tests.dialogue.test_what_is_offered import Sql, at, phones, umoja
from ussd.networks import SAFARICOM_SEPTETS
from ussd.render import fits

__all__ = ["members", "phones"]

MANY = 9


async def pages(phone: Handset, screen: str) -> list[str]:
    """All pages of a closing screen, as she turns them."""
    found = [screen]
    while found[-1].startswith("CON "):
        assert found[-1].endswith(("98 More 00 Home", "98 Zaidi 00 Mwanzo")), found[-1]
        found.append(await phone.type("98"))
    assert all(fits(page[4:], SAFARICOM_SEPTETS) for page in found)
    return found


async def in_many_groups(db: Database, member: Member) -> list[str]:
    names = [f"Kikundi cha wakulima {number}" for number in range(1, MANY)]
    for name in names:
        async with db.unit() as uow:
            await create_group(uow, intent=new_intent(), founder=member.id, name=name)
    return ["Umoja", *names]


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_balances_and_account_numbers_of_many_groups_are_all_read(
    phones: dict[str, Handset], members: dict[str, Member], db: Database, sql: Sql, language: str
) -> None:
    await sql("UPDATE members SET language = :language", language=language)
    kamau, names = phones["Kamau"], await in_many_groups(db, members["Kamau"])
    await kamau.dial("1")
    balances = await pages(kamau, await kamau.type(PINS["Kamau"]))
    numbers = await pages(kamau, await kamau.dial("5", "9", "1"))

    for found in (balances, numbers):
        assert len(found) > 2
        assert found[-1].startswith("END ")
        for name in names:
            assert sum(f"{name}" in page for page in found) >= 1, name
    assert await sql("SELECT count(*) FROM sms_delivery_log") == [(0,)], "what can be read needn't be sent"


async def test_a_page_is_turned_back_and_left_for_home_and_what_is_typed_else_begins_anew(
    phones: dict[str, Handset], members: dict[str, Member], db: Database
) -> None:
    kamau = phones["Kamau"]
    await in_many_groups(db, members["Kamau"])
    first = await kamau.dial("5", "9", "1")
    second = await kamau.type("98")

    assert await kamau.type("0") == first
    assert await kamau.type("98") == second
    assert "1 Balance" in await kamau.type("00")
    await kamau.dial("5", "9", "1")
    assert "We start again" in await kamau.type("7")


async def test_the_same_hop_of_a_further_page_gets_the_same_page(
    phones: dict[str, Handset], members: dict[str, Member], db: Database
) -> None:
    kamau = phones["Kamau"]
    await in_many_groups(db, members["Kamau"])
    await kamau.dial("5", "9", "1")
    second = await kamau.type("98")

    assert await kamau.hop(kamau.text) == second


async def test_what_sharing_out_would_bring_is_read_to_her_own_line_and_the_last_sum(
    phones: dict[str, Handset], members: dict[str, Member], sql: Sql
) -> None:
    await at(phones["Wanjiru"], "Savings", "Shares", "Begin")
    await phones["Wanjiru"].type("1", PINS["Wanjiru"])
    await at(phones["Kamau"], "Savings", "Shares", "Buy")
    await phones["Kamau"].type("5", "1", PINS["Kamau"])
    await sql("UPDATE daos SET name = 'Umoja wa wakulima wa mahindi na mihogo 1'")
    await pick(phones["Kamau"], await phones["Kamau"].dial("4", "1"), "Savings", "Shares", "If we shared")

    found = await pages(phones["Kamau"], await phones["Kamau"].type(PINS["Kamau"]))

    assert len(found) > 1
    assert "You would get" in "".join(found)
    assert "In the pot" in "".join(found)


async def test_the_welfare_fund_tells_of_every_claim(
    phones: dict[str, Handset], members: dict[str, Member], db: Database, sql: Sql, clock: FakeClock
) -> None:
    group = await umoja(sql)
    for number in range(1, 6):
        await sql(
            "INSERT INTO welfare_claims (id, dao_id, user_id, number, kind, amount, reason, needed, status, intent, created_at,"
            " expires_at, ended_at) VALUES (gen_random_uuid(), :group, :user, :number, 'hospital', 500, 'test', 1, 'refused',"
            " gen_random_uuid(), :now, :now, :now)",
            group=group,
            user=members["Kamau"].id,
            number=number,
            now=clock.now(),
        )
    await at(phones["Kamau"], "Savings", "Welfare", "Fund")

    said = "\n".join(await pages(phones["Kamau"], await phones["Kamau"].type(PINS["Kamau"])))

    assert [f"Claim {number}," in said for number in range(1, 6)] == [True] * 5


async def test_trying_a_vote_first_is_read_page_by_page_and_sends_nothing(
    phones: dict[str, Handset], sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several messages come in any order, and each costs."""

    async def six_lines(*_: object) -> list[Any]:
        return [text("group-name", name=f"Line {number}: what would follow from it") for number in range(1, 7)]

    known: Foresee = six_lines
    monkeypatch.setattr(votes, "FORESIGHTS", (known,))
    chair = phones["Wanjiru"]
    await at(chair, "Decisions", "Votes", "Propose", "A decision")
    await chair.type("Hema mpya", "1", PINS["Wanjiru"])
    await sql("DELETE FROM sms_delivery_log")
    await at(chair, "Decisions", "Votes", "Hema", "Try first")

    found = await pages(chair, await chair.type(PINS["Wanjiru"]))

    said = "\n".join(found)
    assert [said.count(f"Line {number}:") for number in range(1, 7)] == [1] * 6
    assert await sql("SELECT count(*) FROM sms_delivery_log") == [(0,)]


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_members_who_have_no_room_are_said_to_come_by_sms_and_do(
    phones: dict[str, Handset],
    members: dict[str, Member],
    db: Database,
    sql: Sql,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    monkeypatch.setattr(groups, "NAMES_ON_A_SCREEN", 2)
    await sql("UPDATE members SET language = :language, name = name || ' wa Kaunti ya Kirinyaga Mashariki'", language=language)
    kamau = phones["Kamau"]
    await kamau.dial("4", "1", "3")

    said = await kamau.type(PINS["Kamau"])

    assert said.startswith("END ")
    assert said.endswith({"en": "more by SMS", "sw": "zaidi kwa SMS"}[language])
    async with db.unit() as uow:
        (sent,) = await uow.session.scalars(select(SmsDelivery))
        assert sent.template == "group_members"


def test_every_list_that_says_so_sends_a_message() -> None:
    """Whoever takes a row away with `sent=` has written the message just above."""
    import inspect

    for module in (devices, dues, groups, leaving, merry):
        source = inspect.getsource(module)
        for action in source.split("@action(")[1:]:
            if "sent=" in action.split("@screen(")[0]:
                assert any(way in action for way in ("queue_sms(", "also_by_sms(", "_send("))
