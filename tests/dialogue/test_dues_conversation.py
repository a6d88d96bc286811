"""What is due, who has paid, why a fine, waivers and automatic contributions, as members live it on both channels."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from core.daos.calendar import Schedule
from core.daos.dues.changing import create_kind
from core.daos.groups import create_group, join
from core.daos.jobs import JOBS
from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.payments.outages import begin_outage
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.owners import give
from tests.dialogue.stories import Sql, Village
from tests.e2e.story import Story

PINS = {"Wanjiru": "248163", "Otieno": "592703", "Akinyi": "604718"}
NUMBERS = {"Wanjiru": "+254712000001", "Otieno": "+254722000002", "Akinyi": "+254733000003"}
OURS = tuple(JOBS)


class Worker:
    """Does the jobs of groups by hand."""

    def __init__(self, db: Database, sql: Sql, clock: FakeClock) -> None:
        self.database, self.sql, self.clock = db, sql, clock

    async def tend(self) -> None:
        for look in ("look-at-dues", "look-at-recurring"):
            await JOBS[look](self, {})
        while jobs := await self.sql(
            "SELECT id, entrypoint, payload FROM pgqueuer WHERE entrypoint = ANY(:ours) ORDER BY id", ours=list(OURS)
        ):
            for identifier, entrypoint, payload in jobs:
                await JOBS[entrypoint](self, json.loads(payload))
                await self.sql("DELETE FROM pgqueuer WHERE id = :id", id=identifier)

    async def until(self, moment: datetime) -> None:
        """Some hours at a time."""
        while self.clock.now() < moment:
            self.clock.moment = min(moment.astimezone(UTC), self.clock.now() + timedelta(hours=3))
            await self.tend()


async def settled(client: Client, db: Database, sql: Sql, language: str) -> dict[str, Handset]:
    """Three people with KES 5,000 each, in Wanjiru's group."""
    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    for name, handset in phones.items():
        await handset.dial()
        await handset.type("1" if language == "en" else "2", "1", name, PINS[name], PINS[name])
        await give(db, sql, handset, Money(5_000_00))
    members = [MemberId(row[0]) for row in await sql("SELECT id FROM members ORDER BY created_at, id")]
    async with db.unit() as uow:
        group = await create_group(uow, intent=new_intent(), founder=members[0], name="Umoja")
        for member in members[1:]:
            await join(uow, member=member, group=group.id)
    await sql("DELETE FROM sms_delivery_log")
    return phones


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_month_of_contributions_on_feature_phones(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, db: Database, language: str
) -> None:
    phones = await settled(client, db, sql, language)
    worker = Worker(db, sql, clock)

    async def due() -> None:
        """The clock was turned at once; the worker looked every hour of it."""
        there = clock.now()
        clock.moment = village.since
        await worker.until(there)
        village.since = there

    village = Village(phones, sql, vault, clock, due)
    village.since = clock.now()  # type: ignore[attr-defined]
    await village.play(Story.read(f"dues.{language}.txt"))


async def asks_for(db: Database, sql: Sql, name: str, schedule: Schedule) -> None:
    """Wanjiru has the group contribute KES 250."""
    [(group, chair)] = await sql("SELECT d.id, m.id FROM daos d, members m WHERE m.name = 'Wanjiru'")
    given = {"name": name, "purpose": "project", "schedule": schedule, "amount": Money(250_00)}
    async with db.unit() as uow:
        await create_kind(uow, intent=new_intent(), official=MemberId(chair), group=DaoId(group), **given)


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_the_days_of_a_contribution_are_changed_on_feature_phones(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, db: Database, language: str
) -> None:
    phones = await settled(client, db, sql, language)
    await asks_for(db, sql, "Plot fund", Schedule("weekly", 7))
    worker = Worker(db, sql, clock)
    await worker.tend()

    async def due() -> None:
        there, clock.moment = clock.now(), since
        await worker.until(there)

    since = clock.now()
    await Village(phones, sql, vault, clock, due).play(Story.read(f"dues_days.{language}.txt"))

    charged = await sql("SELECT DISTINCT period FROM contribution_charges WHERE why->>'kind' = 'Plot fund' ORDER BY 1")
    assert [day for (day,) in charged] == [date(2026, 11, 29), date(2026, 12, 9)], "what was open stayed, the rest moved"


async def test_the_days_are_changed_in_a_chat_by_officials_alone_and_once(
    client: Client, conversation: Conversation, sql: Sql, db: Database
) -> None:
    await settled(client, db, sql, "en")
    await asks_for(db, sql, "Plot fund", Schedule("weekly", 7))
    chair, juma = await linked(conversation, db, sql, "Wanjiru", 7001), await linked(conversation, db, sql, "Otieno", 7002)
    [(group, kind)] = await sql("SELECT dao_id::text, id::text FROM contribution_kinds")
    for chat in (chair, juma):
        await chat.command("groups.menu")
        for step in (group, "savings", "kinds", kind):
            await chat.tap(step)
    assert labels(juma) == {}
    assert list(labels(chair).values()) == ["change", "own", "end", "days"]

    assert "Plot fund, now each Sunday. How often from 24/11 on?" in await chair.tap("days")
    await chair.tap("monthly")
    assert "each month on day 5 from 24/11 on, first on 5/12. What is open stays." in await chair.type("5")
    asked = await chair.tap("yes")
    assert "Change Plot fund" in asked
    assert chair.reply is not None
    event = "the PIN, delivered twice"
    said = "Plot fund is due each month on day 5, from 24/11 on. All members are told."
    assert await chair.do(Kind.TYPED, PINS["Wanjiru"], event=event) == said
    assert await chair.do(Kind.TYPED, PINS["Wanjiru"], event=event) == said
    versions = await sql(
        "SELECT version, frequency, day, amount::int, from_day FROM contribution_kind_versions ORDER BY version"
    )
    assert versions == [(1, "weekly", 7, 250, date(2026, 11, 23)), (2, "monthly", 5, 250, date(2026, 11, 24))]
    told = [row[0] for row in await sql("SELECT message FROM chat_delivery_log WHERE chat = 7002 ORDER BY id")]
    assert told == ["Umoja: Plot fund, KES 250 each month on day 5, from 24/11 on."]

    # The amount counts from the first day after that, and what is asked of each day stays as it is.
    await chair.command("groups.menu")
    for step in (group, "savings", "kinds", kind):
        shown = await chair.tap(step)
    assert shown.startswith(
        "Plot fund: KES 250 each Sunday, for a project. Next: 5/12\nFrom 24/11 on: KES 250 each month on day 5\n"
    )
    assert "what amount from 25/11 on?" in await chair.tap("change")
    await chair.type("400")
    assert await chair.type(PINS["Wanjiru"]) == "Plot fund is KES 400 from 25/11 on."
    told = [row[0] for row in await sql("SELECT message FROM chat_delivery_log WHERE chat = 7002 ORDER BY id")]
    assert told[1:] == ["Umoja: Plot fund, KES 400 each month on day 5, from 25/11 on."]


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_fine_an_objection_and_two_officials_who_give_it_back(
    client: Client, conversation: Conversation, sql: Sql, vault: Vault, clock: FakeClock, db: Database, language: str
) -> None:
    phones = await settled(client, db, sql, language)
    await sql("UPDATE dao_memberships SET role = 'treasurer' WHERE user_id = (SELECT id FROM members WHERE name = 'Otieno')")
    chats = {"Otieno": await linked(conversation, db, sql, "Otieno", 7002)}

    async def due() -> None:
        return

    await Village(phones, sql, vault, clock, due, chats=chats).play(Story.read(f"fines.{language}.txt"))


async def linked(conversation: Conversation, db: Database, sql: Sql, name: str, telegram: int) -> Chat:
    [(member,)] = await sql("SELECT id FROM members WHERE name = :name", name=name)
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(member), telegram_id=telegram, chat=telegram, name=name)
    return Chat(conversation, telegram)


def labels(chat: Chat) -> dict[str, str]:
    assert chat.reply is not None
    return {choice.label.key: choice.id for choice in chat.reply.screen.choices}


async def test_the_same_in_a_chat(client: Client, conversation: Conversation, sql: Sql, clock: FakeClock, db: Database) -> None:
    await settled(client, db, sql, "en")
    worker = Worker(db, sql, clock)
    chair, juma = await linked(conversation, db, sql, "Wanjiru", 7001), await linked(conversation, db, sql, "Otieno", 7002)
    [(group,)] = await sql("SELECT id::text FROM daos")

    # The chair begins a weekly contribution of her own making.
    await chair.command("groups.menu")
    await chair.tap(group)
    await chair.tap("savings")
    assert "Umoja asks for no contributions yet." in await chair.tap("kinds")
    await chair.tap("new")
    await chair.type("Plot fund")
    await chair.tap("project")
    await chair.tap("weekly")
    await chair.tap("7")
    await chair.tap("fixed")
    shown = await chair.type("250")
    assert shown.startswith("Plot fund: KES 250 for a project\neach Sunday")
    assert "Ask all members for Plot fund" in await chair.tap("yes")
    assert await chair.type(PINS["Wanjiru"]) == ("Plot fund is asked for from now on. Members are reminded three days before.")
    told = [row[0] for row in await sql("SELECT message FROM chat_delivery_log WHERE chat = 7002 ORDER BY id")]
    assert told[-1] == "Umoja: Plot fund, KES 250 each Sunday."

    # Otieno is late, pays exactly what is due with its fine, and asks why.
    await worker.until(datetime(2026, 12, 2, 9, tzinfo=EAST_AFRICA))
    await juma.command("contribute.start")
    shown = await juma.tap(group)
    assert shown.startswith(
        "Umoja: you owe KES 550.\nPlot fund 29/11: KES 250\nFine, Plot fund 29/11: KES 50\nPlot fund 6/12: KES 250"
    )
    shown = await juma.tap("exact")
    assert shown.startswith("Contribute KES 550 to Umoja\nNo fee\nFines: KES 50\nContribution: KES 500")
    await juma.tap("yes")
    done = await juma.type(PINS["Otieno"])
    assert "You paid KES 550 to Umoja. You still owe KES 0. Your balance: KES 4,450." in done

    # Everybody sees who has paid; amounts and numbers of others stay out.
    await chair.command("groups.menu")
    await chair.tap(group)
    await chair.tap("savings")
    await chair.tap("board")
    board = await chair.type(PINS["Wanjiru"])
    assert "Plot fund 6/12: 1 of 3 paid\nAkinyi: not yet\nWanjiru: not yet\nOtieno: paid" in board
    assert "+254" not in board

    # A change of the amount begins after what is opened, and an outage is said on the screen.
    async with db.unit() as uow:
        await begin_outage(uow, began_at=clock.now() - timedelta(hours=1), reason="down", by="operator")
    await juma.command("contribute.start")
    assert "M-PESA is down since 2/12/26" in await juma.tap(group)
