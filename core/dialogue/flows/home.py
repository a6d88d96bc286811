"""Home: what a member can do. Shows nothing private, because anyone may hold the phone."""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, End, Go, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.texts import text


@screen("home")
async def ask_home(turn: Turn) -> Screen:
    """Offer the main tasks, what was left unfinished first."""
    unfinished = (option("continue", text("home-continue")),) if turn.has_draft else ()
    return Screen(
        text("home"),
        choices=(
            *unfinished,
            option("balance", text("home-balance")),
            option("deposit", text("home-deposit")),
            option("contribute", text("home-contribute")),
            option("groups", text("home-groups")),
            option("account", text("home-account")),
            option("withdraw", text("home-withdraw")),
        ),
    )


@ask_home.answered
async def take_home(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    doors: dict[str, Go] = {
        "balance": go("balance.show"),
        "deposit": go("deposit.amount"),
        "contribute": go("contribute.start"),
        "groups": go("groups.menu"),
        "account": go("account.menu"),
        "withdraw": go("withdraw.amount"),
    }
    return doors[chosen]


@action("help", needs=Assurance.ANYONE, why="help")
async def show_help(_turn: Turn) -> Step:
    """Say in a few lines how it works."""
    return End(text("help"))
