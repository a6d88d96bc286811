"""How updates reach the inbox: we ask Telegram for them, or tell it where to bring them.

Asking confirms only what was committed: the next request's offset is the acknowledgement. With a public address and a secret
the web process takes them in instead, and here only the webhook is kept as it should be.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.calls import TelegramBot
from bot.notes import Notes
from bot.presence import Presence
from core.kernel.db import Database
from core.kernel.secrets import Vault
from core.kernel.settings import Settings
from core.web.telegram_inbox import NotAnUpdate, store_updates, update_id

log = logging.getLogger(__name__)

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
MOST_CONNECTIONS = 20
PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
WEBHOOK_SECONDS = 600.0
REMEMBERED_SECONDS = 30 * 86_400
STAMP = "webhook"


class Poller:
    """Asks Telegram for updates and stores them."""

    def __init__(self, *, bot: TelegramBot, database: Database, presence: Presence | None = None) -> None:
        self._bot, self._database, self._presence = bot, database, presence
        self._offset: int | None = None

    async def run(self) -> None:
        """Until cancelled. A batch that couldn't be stored isn't confirmed and comes again."""
        failures = 0
        while True:
            try:
                is_first = bool(failures) or self._offset is None
                if is_first:
                    await self._bot.delete_webhook()
                # After an absence what waits is taken at once: who wrote meanwhile isn't to be asked again.
                await self.poll(wait=not is_first)
                failures = 0
                if self._presence is not None:
                    await self._presence.seen()
            except InvalidToken:
                raise
            except Exception as problem:  # noqa: BLE001 - Telegram or the database being away must not end the bot
                failures += 1
                log.warning("updates can't be fetched: %s", _what(problem))
                await asyncio.sleep(_pause(problem, failures))

    async def poll(self, *, wait: bool = True) -> int:
        """One request: fetch, store, and only then move on; the number of updates that were new."""
        fetched = await self._bot.raw_updates(offset=self._offset, kinds=KINDS, wait=wait)
        batch = [one for one in fetched if _is_update(one)]
        async with self._database.unit() as uow:
            new = await store_updates(uow, bot_id=self._bot.id, updates=batch)
        self._offset = max([update_id(one) + 1 for one in batch], default=self._offset or 0)
        return new


class WebhookKeeper:
    """Has Telegram bring updates to our address."""

    def __init__(self, *, bot: TelegramBot, settings: Settings, notes: Notes, vault: Vault) -> None:
        self._bot, self._settings, self._notes, self._vault = bot, settings, notes, vault

    async def run(self) -> None:
        """Until cancelled: set the webhook when it isn't as it should be, and look again now and then."""
        failures = 0
        while True:
            try:
                await self.set_if_needed()
                failures = 0
                await asyncio.sleep(WEBHOOK_SECONDS)
            except InvalidToken:
                raise
            except TelegramError as problem:
                failures += 1
                log.warning("the webhook can't be set: %s", _what(problem))
                await asyncio.sleep(_pause(problem, failures))

    async def set_if_needed(self) -> bool:
        """Compare and set; whether it had to be. Telegram doesn't tell the secret, so ours is noted as a digest."""
        url, secret = f"{self._settings.callback_url}/telegram", self._settings.telegram.webhook_secret
        stamp = self._vault.digest(f"{url} {secret}", context="telegram webhook")
        info = await self._bot.get_webhook_info()
        if info.last_error_date is not None:
            log.warning("Telegram had trouble with the webhook; %d updates wait", info.pending_update_count)
        known = await self._notes.get(STAMP)
        if info.url == url and set(info.allowed_updates or ()) == set(KINDS) and known == stamp:
            return False
        await self._bot.set_webhook(url, secret_token=secret, allowed_updates=KINDS, max_connections=MOST_CONNECTIONS)
        await self._notes.set(STAMP, stamp, seconds=REMEMBERED_SECONDS)
        log.info("the webhook is set")
        return True


async def introduce(bot: TelegramBot) -> None:
    """Ask Telegram who we are, for as long as it takes. Raises InvalidToken."""
    failures = 0
    while True:
        try:
            await bot.initialize()
        except InvalidToken:
            raise
        except (NetworkError, RetryAfter) as problem:
            failures += 1
            log.warning("Telegram can't be reached: %s", _what(problem))
            await asyncio.sleep(_pause(problem, failures))
        else:
            return


def _is_update(content: object) -> bool:
    with suppress(NotAnUpdate):
        update_id(content)
        return True
    log.warning("something that is no update was left out")
    return False


def _what(problem: Exception) -> str:
    return "another process or a webhook takes them" if isinstance(problem, Conflict) else type(problem).__name__


def _pause(problem: Exception, failures: int) -> float:
    if isinstance(problem, RetryAfter):
        after = problem.retry_after
        return after.total_seconds() if isinstance(after, timedelta) else float(after)
    return PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS)) - 1]
