"""Moving money between the treasury and other pots, on feature phones in both languages and in a chat."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql_text

from core.daos.constitutions import enact
from core.daos.loans.arrears import END_MOVE, JOBS, LOOK_AT_LOANS
from core.daos.loans.funding import decide_funding, propose_funding
from core.daos.rules import Rules
from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.kernel.db import Database
from core.kernel.secrets import Vault
from core.ledger.accounts import MPESA_UTILITY, pot
from core.ledger.service import Leg, transfer
from core.notifications.models import SmsDelivery
from core.notifications.sms import claim_sms
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings
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


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_move_that_nobody_decided_in_time_is_told_to_whoever_waited_for_it_once(
    db: Database, clock: FakeClock, collected: dict[str, Member], sql: Callable[..., Any], language: str
) -> None:
    await sql("UPDATE members SET language = :language", language=language)
    [(group,)] = await sql("SELECT id FROM daos WHERE kind = 'chama'")
    await sql(
        "UPDATE dao_memberships SET role = 'secretary' WHERE dao_id = :group AND user_id = :user",
        group=group,
        user=collected["Akinyi"].id,
    )
    async with db.unit() as uow:
        await enact(uow, group=group, rules=replace(Rules(), approvals=3), in_force_from=clock.now(), because="test")
    async with db.unit() as uow:
        about = {"official": collected["Otieno"].id, "amount": shillings(800), "direction": "out", "fund": "project"}
        moved = await propose_funding(uow, intent=new_intent(), group=group, **about)
    async with db.unit() as uow:
        await decide_funding(uow, funding=moved.id, official=collected["Akinyi"].id, agrees=True)
    await sql("DELETE FROM sms_delivery_log")
    services = Worker(db)

    clock.advance(days=13, hours=23)
    await services.morning()
    assert await sql("SELECT count(*) FROM sms_delivery_log") == [(0,)]
    clock.advance(hours=2)
    await services.morning()
    await services.morning()

    told = await sql("SELECT to_phone, template FROM sms_delivery_log ORDER BY to_phone")
    assert told == [(NUMBERS["Otieno"], "pot_asked"), (NUMBERS["Akinyi"], "pot_asked")]
    assert await sql("SELECT status FROM loan_fundings WHERE pot = 'project'") == [("expired",)]
    said = await texts_of(db)
    assert len(set(said)) == 1
    assert {"en": "nobody decided in 14 days on KES 800 out of the project money", "sw": "bila uamuzi wa Ksh 800"}[
        language
    ] in said[0]


async def test_whoever_proposes_anew_before_the_morning_ends_the_old_move_as_well(
    db: Database, clock: FakeClock, collected: dict[str, Member], sql: Callable[..., Any]
) -> None:
    [(group,)] = await sql("SELECT id FROM daos WHERE kind = 'chama'")
    about = {"amount": shillings(800), "direction": "out", "fund": "project", "group": group}
    async with db.unit() as uow:
        await propose_funding(uow, intent=new_intent(), official=collected["Otieno"].id, **about)
    clock.advance(days=15)
    await sql("DELETE FROM sms_delivery_log")
    async with db.unit() as uow:
        await propose_funding(uow, intent=new_intent(), official=collected["Wanjiru"].id, **about)

    await Worker(db).morning()

    assert await sql("SELECT status FROM loan_fundings WHERE pot = 'project' ORDER BY asked_at") == [("expired",), ("asked",)]
    told = [to for (to,) in await sql("SELECT to_phone FROM sms_delivery_log")]
    assert told == [NUMBERS["Otieno"]] * 2, "that the old one is over, and that the new one waits for him"


@dataclass
class Worker:
    """Does what is queued each morning."""

    database: Database

    async def morning(self) -> None:
        await JOBS[LOOK_AT_LOANS](self, {})
        async with self.database.unit() as uow:
            taken = sql_text("DELETE FROM pgqueuer WHERE entrypoint = :name RETURNING payload")
            found = [json.loads(payload) for (payload,) in await uow.session.execute(taken, {"name": END_MOVE})]
        for payload in found:
            await JOBS[END_MOVE](self, payload)


async def texts_of(db: Database) -> list[str]:
    """What the messages say that wait to be sent."""
    async with db.unit() as uow:
        waiting = await uow.session.scalars(select(SmsDelivery.id).where(SmsDelivery.status == "pending"))
        sent = [await claim_sms(uow, sms=one) for one in waiting]
    return [one.message for one in sent if one is not None]
