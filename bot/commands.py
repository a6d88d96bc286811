"""The commands of the chat's menu: where each leads, and how Telegram learns of them in both languages."""

from __future__ import annotations

from telegram import Bot, BotCommand

from core.dialogue.turn import Input, Kind
from core.kernel.texts import LANGUAGES, Texts, text

# /start begins afresh and offers what was left unfinished; what follows it comes from a link, and leads to one of these.
LINKS = {"join": "join.link", "check": "receipt.link"}
COMMANDS: dict[str, Input] = {
    "start": Input(Kind.START),
    "balance": Input(Kind.COMMAND, "balance.show"),
    "deposit": Input(Kind.COMMAND, "deposit.amount"),
    "withdraw": Input(Kind.COMMAND, "withdraw.amount"),
    "contribute": Input(Kind.COMMAND, "contribute.start"),
    "groups": Input(Kind.COMMAND, "groups.menu"),
    "vote": Input(Kind.COMMAND, "votes.mine"),
    "statement": Input(Kind.COMMAND, "statement.show"),
    "chart": Input(Kind.COMMAND, "chart.show"),
    "settings": Input(Kind.COMMAND, "account.menu"),
    "language": Input(Kind.COMMAND, "account.language"),
    "help": Input(Kind.COMMAND, "help"),
    "cancel": Input(Kind.HOME),
}


def menu(texts: Texts, language: str) -> list[BotCommand]:
    """The commands with what each does, in this language."""
    return [BotCommand(name, texts.say(language, text(f"bot-command-{name}"))) for name in COMMANDS]


async def announce_commands(bot: Bot, texts: Texts) -> None:
    """Tell Telegram the menu and what the bot is for.

    In English for everybody, and in each language for those who use their app in it.
    """
    await bot.set_my_commands(menu(texts, "en"))
    await bot.set_my_description(texts.say("en", text("bot-description")))
    for language in LANGUAGES:
        await bot.set_my_commands(menu(texts, language), language_code=language)
        await bot.set_my_description(texts.say(language, text("bot-description")), language_code=language)
