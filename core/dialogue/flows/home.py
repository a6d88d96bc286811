"""Home: what a member can do. Shows nothing private, because anyone may hold the phone."""

from __future__ import annotations

from core.daos.groups import groups_of
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, End, Go, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.texts import Text, text

# What is unfinished, by the flow that it is in, in the words of the menus.
TASKS: dict[str, Text] = {
    "deposit": text("home-deposit"),
    "withdraw": text("home-withdraw"),
    "contribute": text("home-contribute"),
    "loans": text("door-loans"),
    "votes": text("votes-door"),
    "groups": text("groups-create"),
    "treasury": text("treasury-door"),
    "recurring": text("recurring-door"),
    "welfare": text("door-welfare"),
    "shares": text("door-shares"),
    "meet": text("meet-door"),
    "merry": text("door-merry"),
    "pots": text("pots-door"),
    "paybill": text("paybill-for-other"),
    "kinds": text("dues-door-kinds"),
    "fine": text("kinds-fine"),
    "waive": text("kinds-waive"),
    "refund": text("kinds-refund"),
    "contacts": text("account-contacts"),
}


DOORS: dict[str, Go] = {
    "balance": go("balance.show"),
    "deposit": go("deposit.amount"),
    "groups": go("groups.menu"),
    "account": go("account.menu"),
    "withdraw": go("withdraw.amount"),
}


@screen("home", leads=DOORS)
async def ask_home(turn: Turn) -> Screen:
    """Offer the main tasks. Their numbers never change: codes such as *384*77*2*500# are quoted and learned by heart.

    What she has begun, here or on another channel, stands above them under a number of its own; the walk takes her back to it.
    """
    unfinished = "task" in turn.values
    return Screen(
        text("home"),
        rows=(_unfinished(turn),) if unfinished else (),
        choices=(
            *((option("continue", text("home-continue"), 9),) if unfinished else ()),
            option("balance", text("home-balance"), 1),
            option("deposit", text("home-deposit"), 2),
            option("contribute", text("home-contribute"), 3),
            option("groups", text("home-groups"), 4),
            option("account", text("home-account"), 5),
            option("withdraw", text("home-withdraw"), 6),
        ),
    )


def _unfinished(turn: Turn) -> Text:
    """What it is, and how much, as far as anybody who holds the phone may read it."""
    task, amount = TASKS.get(str(turn.values["task"])), turn.values.get("amount")
    if task is None:
        return text("unfinished")
    return text("unfinished-amount", task=task, amount=amount) if amount else text("unfinished-task", task=task)


@ask_home.answered
async def take_home(turn: Turn, chosen: str) -> Step:
    """Go where she chose. Who has one group isn't asked for which: five hops from the dial to the receipt."""
    if chosen == "contribute":
        groups = await groups_of(turn.uow, member=turn.me.id)
        return go("contribute.begin", group=groups[0].id) if len(groups) == 1 else go("contribute.start")
    return DOORS[chosen]


@action("help", needs=Assurance.ANYONE, why="help")
async def show_help(turn: Turn) -> Step:
    """Say in a few lines how it works, and in a chat what may be written there."""
    return End(text("help"), rows=(text("help-write", examples=text("examples")),) if turn.channel.can_push else ())
