"""Fetching updates, keeping the webhook, and pointing groups to a private chat."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis
from telegram import Bot, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError
from telegram.request import BaseRequest

from bot.arrival import KINDS, Poller, WebhookKeeper
from bot.calls import TelegramBot
from bot.channel import TelegramChannel
from bot.commands import COMMANDS, announce_commands
from bot.notes import Notes
from core.daos.group_chat_links import GroupChats
from core.dialogue.engine import Conversation
from core.identity.exposed_pins import ExposedPins
from core.identity.pins import PinGate
from core.kernel.db import Database
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings, TelegramSettings
from core.kernel.texts import catalogue
from core.notifications.pacing import Pauses
from core.providers.redis_store import RedisStore
from tests.bot.conftest import Played

PHONE = "+254712000001"


async def stored(db: Database, sql: Callable[..., Any]) -> list[int]:
    return [number for (number,) in await sql("SELECT update_id FROM telegram_updates ORDER BY 1")]


async def test_poll_when_storing_fails_confirms_nothing(
    played: Played, bot: TelegramBot, db: Database, sql: Callable[..., Any], empty_database: str
) -> None:
    await played.act(PHONE, "telegram/text", text="/start")
    poller = Poller(bot=bot, database=db)
    await sql("ALTER TABLE telegram_updates RENAME TO elsewhere")
    try:
        with pytest.raises(Exception, match="telegram_updates"):
            await poller.poll()
    finally:
        await sql("ALTER TABLE elsewhere RENAME TO telegram_updates")

    assert (await bot.get_webhook_info()).pending_update_count == 1
    assert await poller.poll() == 1


async def test_poll_when_repeated_after_a_restart_stores_nothing_twice(
    played: Played, bot: TelegramBot, db: Database, sql: Callable[..., Any]
) -> None:
    await played.act(PHONE, "telegram/text", text="/start")
    assert await Poller(bot=bot, database=db).poll() == 1
    assert await Poller(bot=bot, database=db).poll() == 0
    assert len(await stored(db, sql)) == 1


async def test_poll_asks_for_the_kinds_that_mean_something(played: Played, bot: TelegramBot, db: Database) -> None:
    await played.act(PHONE, "telegram/text", text="/start")
    await Poller(bot=bot, database=db).poll()

    assert set((await bot.get_webhook_info()).allowed_updates) == set(KINDS)


async def test_poll_when_something_is_no_update_keeps_the_rest(
    bot: TelegramBot, db: Database, sql: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def odd(_bot: object, **_wanted: object) -> list[Any]:
        return [{"update_id": 7, "poll": {"odd": True}}, {"no": "id"}, "text", {"update_id": True}, {"update_id": 9}]

    monkeypatch.setattr(TelegramBot, "raw_updates", odd)
    assert await Poller(bot=bot, database=db).poll() == 2
    assert await stored(db, sql) == [7, 9]


@pytest.fixture
def keeper(played: Played, bot: TelegramBot, store: RedisStore, vault: Vault) -> Callable[..., WebhookKeeper]:
    def make(secret: str = "a-webhook-secret", url: str = "https://mtaa.example") -> WebhookKeeper:
        telegram = TelegramSettings(token=played.token, base_url=played.api, webhook_secret=secret)
        settings = replace(Settings(), public_url=url, telegram=telegram)
        return WebhookKeeper(bot=bot, settings=settings, notes=Notes(store), vault=vault)

    return make


async def test_webhook_when_missing_or_different_is_set_and_otherwise_left(
    keeper: Callable[..., WebhookKeeper], bot: TelegramBot
) -> None:
    assert await keeper().set_if_needed()
    assert not await keeper().set_if_needed()
    assert await keeper(secret="rotated-secret").set_if_needed()
    assert await keeper(secret="rotated-secret", url="https://other.example").set_if_needed()

    info = await bot.get_webhook_info()
    assert info.url == "https://other.example/telegram"
    assert set(info.allowed_updates) == set(KINDS)


async def test_secret_of_the_webhook_is_not_in_redis(keeper: Callable[..., WebhookKeeper], redis_url: str) -> None:
    await keeper().set_if_needed()
    redis = Redis.from_url(redis_url, decode_responses=True)
    values = [await redis.get(key) for key in await redis.keys()]
    await redis.aclose()

    assert values
    assert "a-webhook-secret" not in str(values)


async def test_commands_are_announced_in_both_languages(bot: TelegramBot) -> None:
    await announce_commands(bot, catalogue())
    english, swahili = await bot.get_my_commands(), await bot.get_my_commands(language_code="sw")

    private = await bot.get_my_commands(BotCommandScopeAllPrivateChats(), language_code="sw")
    groups = await bot.get_my_commands(BotCommandScopeAllGroupChats(), language_code="sw")

    assert private == swahili
    assert [one.command for one in groups] == ["start", "help"]
    assert [one.command for one in english] == [one.command for one in swahili] == list(COMMANDS)
    assert dict(zip(("balance",), [one.description for one in swahili if one.command == "balance"], strict=True)) == {
        "balance": "Salio lako na la vikundi vyako"
    }


class Recorder(BaseRequest):
    """Telegram as far as groups need it: knows us, takes messages, remembers them."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    @property
    def read_timeout(self) -> float:
        return 1.0

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(self, url: str, method: str, request_data: Any = None, **_more: Any) -> tuple[int, bytes]:
        result: Any = {"id": 7000000001, "is_bot": True, "first_name": "Mtaa", "username": "mtaa_bot"}
        if url.endswith("/sendMessage"):
            self.sent.append(request_data.parameters)
            chat = {"id": request_data.parameters["chat_id"], "type": "supergroup", "title": "Chama"}
            result = {"message_id": len(self.sent), "date": 1, "chat": chat, "text": "x"}
        elif not url.endswith("/getMe"):
            raise TelegramError(f"nobody expected {url.rpartition('/')[2]}")
        return 200, json.dumps({"ok": True, "result": result}).encode()


async def test_group_is_told_once_to_write_in_private_and_nothing_else(
    conversation: Conversation, store: RedisStore, vault: Vault, db: Database
) -> None:
    recorder = Recorder()
    async with Bot("7000000001:t", request=recorder, get_updates_request=recorder) as bot:

        async def never(*_: Any) -> None:
            raise AssertionError

        channel = TelegramChannel(
            bot=bot,
            conversation=conversation,
            notes=Notes(store),
            vault=vault,
            texts=catalogue(),
            remember_live=never,
            groups=GroupChats(db),
            exposed=ExposedPins(db, PinGate(db, PinHasher(vault))),
            pauses=Pauses(db),
        )
        sender = {"id": 42, "is_bot": False, "first_name": "W", "language_code": "sw"}
        group = {"id": -1001, "type": "supergroup", "title": "Chama"}
        for number, said in enumerate(("/balance", "/balance@mtaa_bot", "248163", "/balance@other_bot", "hello @mtaa_bot")):
            message = {"message_id": number, "date": 1, "chat": group, "from": sender, "text": said}
            await channel.handle({"update_id": number, "message": message}, event=f"1:{number}")

    assert len(recorder.sent) == 1
    assert recorder.sent[0]["chat_id"] == -1001
    assert "faragha" in recorder.sent[0]["text"]
    assert "https://t.me/mtaa_bot" in json.dumps(recorder.sent[0]["reply_markup"])
