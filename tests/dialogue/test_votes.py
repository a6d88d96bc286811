"""A group decides, as its members live it: on feature phones in both languages, and in a chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from redis.asyncio import Redis

from core.daos.groups import create_group, join
from core.dialogue.engine import Conversation
from core.governance.effects import EFFECTS
from core.governance.jobs import JOBS, sweep
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.secrets import Vault
from core.kernel.texts import catalogue
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.stories import Sql, Village
from tests.dialogue.test_recovery import pick
from tests.e2e.story import Story

PINS = {"Wanjiru": "248163", "Otieno": "592703", "Akinyi": "604718", "Kamau": "739205"}
NUMBERS = {"Wanjiru": "+254712000001", "Otieno": "+254722000002", "Akinyi": "+254733000003", "Kamau": "+254744000004"}


@dataclass
class Worker:
    """Does all jobs of votes that wait."""

    database: Database
    sql: Sql
    executions: dict[str, Any] = field(default_factory=lambda: dict(EFFECTS))

    async def work(self) -> None:
        await sweep(self, {})  # type: ignore[arg-type]
        while waiting := await self._taken():
            for name, payload in waiting:
                await JOBS[name](self, payload)  # type: ignore[arg-type]

    async def _taken(self) -> list[tuple[str, dict[str, Any]]]:
        import json

        from sqlalchemy import text

        async with self.database.unit() as uow:
            taken = text("DELETE FROM pgqueuer WHERE entrypoint = ANY(:names) RETURNING id, entrypoint, payload")
            found = (await uow.session.execute(taken, {"names": list(JOBS)})).all()
        return [(name, json.loads(payload)) for _, name, payload in sorted(found)]


class ChatVillage(Village):
    """The same, with chats: "chat votes.mine" opens a command's screen, "tap Yes" presses a button, "pin 604718" types it there."""

    chats: dict[str, Chat]

    async def _do(self, who: str, step: str) -> str:
        word, _, rest = step.partition(" ")
        chat = self.chats.get(who)
        if chat is None or word not in ("chat", "tap", "pin", "news"):
            return await super()._do(who, step)
        match word:
            case "chat":
                return self._shown(chat, await chat.command(rest))
            case "tap":
                assert chat.reply is not None
                language = chat.reply.language
                labels = {one.id: catalogue().say(language, one.label) for one in chat.reply.screen.choices}
                return self._shown(chat, await chat.tap(next(key for key, label in labels.items() if rest in label)))
            case "pin":
                return self._shown(chat, await chat.type(rest))
        news = await self.sql("SELECT message FROM chat_delivery_log WHERE chat = :chat ORDER BY id DESC LIMIT 1", chat=7001)
        return str(news[0][0])

    @staticmethod
    def _shown(chat: Chat, shown: str) -> str:
        """The buttons in brackets, as a chat has them."""
        assert chat.reply is not None
        count = len(chat.reply.screen.choices)
        lines = shown.splitlines()
        said, buttons = (lines[:-count], lines[-count:]) if count else (lines, [])
        return "\n".join([*said, *(f"[{button}]" for button in buttons)])


@pytest.fixture
def worker(db: Database, sql: Sql) -> Worker:
    return Worker(db, sql)


async def settle(client: Client, sql: Sql, db: Database, language: str = "en") -> dict[str, Handset]:
    """Four members of Umoja, which Wanjiru founded."""
    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    for name, handset in phones.items():
        await handset.dial()
        await handset.type("1" if language == "en" else "2", "1", f"{name} Mwangi", PINS[name], PINS[name])
    members = {phone: MemberId(member) for member, phone in await sql("SELECT id, phone FROM members")}
    wanjiru, *others = (members[number] for number in NUMBERS.values())
    async with db.unit() as uow:
        group = await create_group(uow, intent=new_intent(), founder=wanjiru, name="Umoja")
        for other in others:
            await join(uow, member=other, group=group.id)
    return phones


@pytest.mark.parametrize("language", ["en", "sw"])
@pytest.mark.parametrize("story", ["spend", "rule", "election"])
async def test_a_decision_on_feature_phones(
    client: Client,
    sql: Sql,
    db: Database,
    vault: Vault,
    clock: FakeClock,
    worker: Worker,
    redis_url: str,
    language: str,
    story: str,
) -> None:
    phones = await settle(client, sql, db, language)

    village = Village(phones, sql, vault, clock, worker.work, redis=redis_url)
    await village.play(Story.read(f"vote_{story}.{language}.txt"))


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_decision_in_the_chat(
    client: Client,
    conversation: Conversation,
    sql: Sql,
    vault: Vault,
    clock: FakeClock,
    db: Database,
    worker: Worker,
    language: str,
) -> None:
    phones = await settle(client, sql, db, language)
    [(akinyi,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=NUMBERS["Akinyi"])
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(akinyi), telegram_id=7001, chat=7001, name="Akinyi")

    village = ChatVillage(phones, sql, vault, clock, worker.work)
    village.chats = {"Akinyi": Chat(conversation)}
    await village.play(Story.read(f"vote_chat.{language}.txt"))


async def test_a_secret_choice_is_in_no_session_and_on_no_later_screen(
    client: Client, sql: Sql, db: Database, clock: FakeClock, worker: Worker, redis_url: str
) -> None:
    phones = await settle(client, sql, db)
    wanjiru, otieno = phones["Wanjiru"], phones["Otieno"]
    new = await pick(wanjiru, await wanjiru.dial(), "Groups", "Umoja", "Decisions", "Votes", "Propose something")
    await pick(wanjiru, new, "remove a member", "Kamau", "Confirm")
    await wanjiru.type(PINS["Wanjiru"])
    waiting = await pick(otieno, await otieno.dial(), "Groups", "Umoja", "Decisions", "Votes", "Remove Kamau Mwangi")
    await pick(otieno, waiting, "Second it")
    await otieno.type(PINS["Otieno"])

    opened = await pick(otieno, await otieno.dial(), "Groups", "Umoja", "Decisions", "Votes", "Remove Kamau Mwangi")
    assert "Secret vote 1" in opened
    asked = await pick(otieno, opened, "No")
    assert "Secret vote 1" in asked
    redis = Redis.from_url(redis_url, decode_responses=True)
    kept = [str(await redis.get(key)) async for key in redis.scan_iter() if await redis.type(key) == "string"]
    values = [one for one in kept if '"sealed"' in one]
    await redis.aclose()
    assert len(values) == 1
    assert '"choice"' not in values[0]
    assert "NO" not in asked.replace("NOt", "")
    done = await otieno.type(PINS["Otieno"])
    assert "Nobody sees what you chose" in done
    again = await pick(otieno, await otieno.dial(), "Groups", "Umoja", "Decisions", "Votes", "Remove Kamau Mwangi")
    assert "You have voted" in again
    kamau = phones["Kamau"]
    accused = await pick(kamau, await kamau.dial(), "Groups", "Umoja", "Decisions", "Votes", "Remove Kamau Mwangi")
    accused += await kamau.type("98")
    assert "You have no vote on this" in accused
    assert "Yes" not in accused


async def test_a_vote_in_the_chat_is_two_taps_and_the_pin(
    client: Client, conversation: Conversation, sql: Sql, db: Database, clock: FakeClock, worker: Worker
) -> None:
    phones = await settle(client, sql, db)
    [(akinyi,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=NUMBERS["Akinyi"])
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(akinyi), telegram_id=7001, chat=7001, name="Akinyi")
    wanjiru = phones["Wanjiru"]
    new = await pick(wanjiru, await wanjiru.dial(), "Groups", "Umoja", "Decisions", "Votes", "Propose something")
    await pick(wanjiru, new, "A poll")
    await wanjiru.type("Where do we meet?")
    await pick(wanjiru, await wanjiru.type("Church, School, Market"), "Confirm")
    assert "Proposal 1 is open" in await wanjiru.type(PINS["Wanjiru"])
    await worker.work()
    told = await sql("SELECT message FROM chat_delivery_log WHERE chat = 7001 ORDER BY id DESC LIMIT 1")
    assert "Umoja: vote 1, Where do we meet? (by" in told[0][0]

    chat = Chat(conversation)
    mine = await chat.command("votes.mine")
    assert "Umoja: Where do we meet? (1, you have not voted)" in mine
    assert chat.reply is not None
    opened = await chat.tap(chat.reply.screen.choices[0].id)
    assert opened.splitlines()[2:6] == ["Church", "School", "Market", "Abstain"]
    tried = await chat.tap("try")
    assert "PIN" in tried
    assert "The result is written down" in await chat.type(PINS["Akinyi"])
    await chat.command("votes.mine")
    await chat.tap(chat.reply.screen.choices[0].id)
    assert "PIN" in await chat.tap("vote 2"), "a recent PIN is no vote"
    assert "You voted for School on 1" in await chat.type(PINS["Akinyi"])
    await chat.command("votes.mine")
    changed = await chat.tap(chat.reply.screen.choices[0].id)
    assert "You voted: School" in changed
    assert await sql("SELECT choice, channel FROM ballots") == [("2", "telegram")]


async def test_a_representative_is_chosen_and_ended_on_a_feature_phone(client: Client, sql: Sql, db: Database) -> None:
    phones = await settle(client, sql, db)
    otieno = phones["Otieno"]
    menu = await pick(otieno, await otieno.dial(), "Groups", "Umoja", "Decisions", "Votes", "My representative")
    assert "Nobody votes for you" in menu
    await pick(otieno, menu, "Choose somebody", "Payments", "90 days", "Akinyi")
    assert "Akinyi Mwangi votes for you" in await otieno.type(PINS["Otieno"])
    menu = await pick(otieno, await otieno.dial(), "Groups", "Umoja", "Decisions", "Votes", "My representative")
    assert "one kind of vote" in menu
    await pick(otieno, menu, "End with Akinyi")
    assert "no longer votes" in await otieno.type(PINS["Otieno"])


@pytest.mark.parametrize("typed", ["31", "-1", "1.5", "three", "9" * 30])
async def test_an_answer_out_of_bounds_is_asked_again(client: Client, sql: Sql, db: Database, typed: str) -> None:
    phones = await settle(client, sql, db)
    wanjiru = phones["Wanjiru"]
    new = await pick(wanjiru, await wanjiru.dial(), "Groups", "Umoja", "Decisions", "Votes", "Propose something")
    asked = await pick(wanjiru, new, "Another rule", "Votes and meetings", "How long a vote")
    assert "From 1 day to 30 days" in asked

    assert "Choose from 1 to 30" in await wanjiru.type(typed)
