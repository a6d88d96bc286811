"""Her account: language, last movements, and how to use the other channel."""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.devices import unlink_telegram
from core.identity.members import set_language
from core.identity.vouching import is_asked
from core.identity.waiting_changes import waiting_changes
from core.kernel.texts import text

DOORS = {
    "statement": go("statement.show"),
    "language": go("account.language"),
    "new_pin": go("account.new_pin"),
    "email": go("email.menu"),
    "devices": go("devices.menu"),
    "data": go("data.menu"),
    "notices": go("notices.menu"),
    "vouch": go("vouch.list"),
    "contacts": go("contacts.menu"),
    "forgot": go("recovery.start"),
    "number": go("recovery.new_number"),
    "unlink": go("account.unlink"),
    "help": go("help"),
    "fees": go("fees.menu"),
    "security": go("security.menu"),
    "paybill": go("paybill.menu"),
    "changes": go("changes.menu"),
}


@screen("account.menu", leads=DOORS)
async def ask_menu(turn: Turn) -> Screen:
    """What she can look at and change. A linked chat can be let go from any phone, for when the other was stolen.

    Each has its number for ever: what is only there at times stands behind the others, or it would change their numbers.
    """
    return Screen(
        text("account-menu"),
        choices=(
            option("statement", text("account-statement"), 1),
            option("language", text("account-language"), 2),
            option("new_pin", text("account-new-pin"), 3),
            option("help", text("account-help"), 4),
            option("fees", text("account-fees"), 5),
            option("email", text("account-email"), 6),
            option("devices", text("account-devices"), 7),
            option("security", text("account-security"), 8),
            option("paybill", text("account-paybill"), 9),
            option("data", text("account-data"), 10),
            option("notices", text("account-notices"), 11),
            option("contacts", text("account-contacts"), 12),
            option("forgot", text("account-forgot-pin"), 13),
            *await _at_times(turn),
        ),
    )


async def _at_times(turn: Turn) -> list[Choice]:
    """What is there for some, or while something waits."""
    found = []
    if turn.me.telegram is not None:
        found.append(option("unlink", text("account-unlink"), 14))
    if await is_asked(turn.uow, contact=turn.me.id):
        found.append(option("vouch", text("account-vouch"), 15))
    if turn.channel.can_push:
        # Her old SIM can't say that it is lost, but a chat that is linked can.
        found.append(option("number", text("account-new-number"), 16))
    if await waiting_changes(turn.uow, member=turn.me.id):
        found.append(option("changes", text("account-changes"), 17))
    return found


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return DOORS[chosen]


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


@action("account.unlink", needs=Assurance.PIN, why="pin-why-unlink")
async def unlink(turn: Turn) -> Step:
    """From now on only the phone speaks for her."""
    await unlink_telegram(turn.uow, member=turn.me.id, still_heard=True)
    return End(text("account-unlinked"))
