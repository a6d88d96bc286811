"""Her account: language, last movements, and how to use the other channel."""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, End, Screen, Step, go, option
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
    """What she can look at and change. A linked chat can be let go from any phone, for when the other was stolen."""
    linked = (option("unlink", text("account-unlink")),) if turn.me.telegram is not None else ()
    waiting = (option("vouch", text("account-vouch")),) if await is_asked(turn.uow, contact=turn.me.id) else ()
    # Her old SIM can't say that it is lost, but a chat that is linked can.
    moved = (option("number", text("account-new-number")),) if turn.channel.can_push else ()
    # Behind all the others, so that none of them changes its number while something waits.
    changes = (option("changes", text("account-changes")),) if await waiting_changes(turn.uow, member=turn.me.id) else ()
    return Screen(
        text("account-menu"),
        choices=(
            option("statement", text("account-statement")),
            option("language", text("account-language")),
            *linked,
            option("new_pin", text("account-new-pin")),
            option("help", text("account-help")),
            option("fees", text("account-fees")),
            option("email", text("account-email")),
            option("devices", text("account-devices")),
            option("security", text("account-security")),
            option("paybill", text("account-paybill")),
            option("data", text("account-data")),
            option("notices", text("account-notices")),
            *waiting,
            option("contacts", text("account-contacts")),
            option("forgot", text("account-forgot-pin")),
            *moved,
            *changes,
        ),
    )


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
