"""Her account: language, last movements, and how to use the other channel."""

from __future__ import annotations

from core.dialogue.definitions import screen
from core.dialogue.screens import Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.members import set_language
from core.kernel.texts import text


@screen("account.menu")
async def ask_menu(_turn: Turn) -> Screen:
    """What she can look at and change."""
    return Screen(
        text("account-menu"),
        choices=(
            option("statement", text("account-statement")),
            option("language", text("account-language")),
            option("help", text("account-help")),
        ),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen == "statement":
        return go("statement.show")
    return go("account.language") if chosen == "language" else go("help")


@screen("account.language")
async def ask_language(_turn: Turn) -> Screen:
    """Both languages, each in itself."""
    return Screen(
        text("account-which-language"), choices=(option("en", text("language-en")), option("sw", text("language-sw")))
    )


@ask_language.answered
async def take_language(turn: Turn, chosen: str) -> Step:
    """From now on in this language, on every channel."""
    await set_language(turn.uow, member=turn.me.id, language=chosen)
    turn.language = chosen
    return go("home")
