"""The commands of the chat's menu: where each leads, and how Telegram learns of them in both languages."""

from __future__ import annotations

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from core.dialogue.turn import Input, Kind
from core.kernel.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts, text

# /start begins afresh and offers what was left unfinished; what follows it comes from a link, and leads to one of these.
LINKS = {"join": "join.link", "check": "receipt.link"}
IN_GROUPS = ("start", "help")
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
    """Tell Telegram the menus and what the bot is for.

    In English for everybody, and in each language for those who use their app in it. In a group only what leads to a private
    chat is offered: whatever else somebody taps there would be answered for all to read.
    """
    for language in ("", *LANGUAGES):
        code, spoken = language or None, language or DEFAULT_LANGUAGE
        whole = menu(texts, spoken)
        in_groups = [command for command in whole if command.command in IN_GROUPS]
        await bot.set_my_commands(whole, language_code=code)
        await bot.set_my_commands(whole, scope=BotCommandScopeAllPrivateChats(), language_code=code)
        await bot.set_my_commands(in_groups, scope=BotCommandScopeAllGroupChats(), language_code=code)
        await bot.set_my_description(texts.say(spoken, text("bot-description")), language_code=code)
