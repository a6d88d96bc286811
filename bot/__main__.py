"""The bot process: `python -m bot`. Polls Telegram, or keeps the webhook, and works through the inbox until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from telegram.error import InvalidToken, TelegramError

from core.app import App, open_app
from bot.arrival import Poller, WebhookKeeper, introduce
from bot.calls import TelegramBot, open_bot
from bot.channel import TelegramChannel
from bot.commands import announce_commands
from bot.inbox import Inbox
from bot.notes import Notes
from bot.presence import Presence
from core.kernel.embedded import EmbeddedFailed
from core.kernel.logs import configure_logs
from core.kernel.settings import BadSettings, Settings, environ, read_settings

log = logging.getLogger(__name__)


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Run until told to stop. Raises InvalidToken when Telegram doesn't know the token."""
    async with open_app(settings) as app:
        bot = open_bot(settings.telegram)
        try:
            await until(stop, introduce(bot))
            if not stop.is_set():
                await _work(app, bot, stop)
        finally:
            await bot.shutdown()


async def _work(app: App, bot: TelegramBot, stop: asyncio.Event) -> None:
    notes = Notes(app.notes)
    channel = TelegramChannel(
        bot=bot,
        conversation=app.conversation,
        notes=notes,
        vault=app.vault,
        texts=app.texts,
        remember_live=app.remember_live_message,
        groups=app.group_chats,
        exposed=app.exposed_pins,
        pauses=app.pauses,
    )
    inbox = Inbox(database=app.database, channel=channel, bot_id=bot.id)
    presence = Presence(notes=notes, now=app.database.now, show_again=inbox.show_again)
    working = asyncio.create_task(inbox.run(stop))
    try:
        await _announce(app, bot)
        log.info("the bot is ready, by %s", "webhook" if app.settings.uses_webhook else "polling")
        if app.settings.uses_webhook:
            keeper = WebhookKeeper(bot=bot, settings=app.settings, notes=notes, vault=app.vault)
            await until(stop, asyncio.gather(keeper.run(), presence.beat()))
        else:
            await until(stop, Poller(bot=bot, database=app.database, presence=presence).run())
    finally:
        stop.set()
        await presence.finish()
        await working


async def _announce(app: App, bot: TelegramBot) -> None:
    """The menu is a convenience: without it the commands work all the same."""
    try:
        await announce_commands(bot, app.texts)
    except TelegramError as problem:
        log.warning("the menu of commands could not be set: %s", type(problem).__name__)


async def until(stop: asyncio.Event, work: object) -> None:
    """Run this until it ends or we are told to stop, whichever is first. Raises what it raises."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for one in (task, waiting):
        one.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise


async def _main(settings: Settings) -> int:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        await serve(settings, stop)
    except InvalidToken:
        log.error("Telegram doesn't accept TELEGRAM_TOKEN")  # noqa: TRY400 - a traceback says no more than this
        return 1
    except (EmbeddedFailed, OSError) as problem:
        log.error("the bot can't start: %s", problem)  # noqa: TRY400 - the same
        return 2
    log.info("the bot has stopped")
    return 0


def main() -> int:
    """Start the process; its exit code."""
    try:
        settings = read_settings(environ())
    except BadSettings as problem:
        for line in problem.problems:
            sys.stderr.write(f"{line}\n")
        return 2
    configure_logs(settings.log_level)
    if not settings.telegram.token:
        log.warning("TELEGRAM_TOKEN is not set, so there is no Telegram bot to run")
        return 0
    return asyncio.run(_main(settings))


if __name__ == "__main__":
    sys.exit(main())
