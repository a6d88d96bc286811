"""Her recovery contacts: officials of her groups, or anybody in them by number; seeing them, and taking one off.

Who they are is shown behind the PIN only: a thief who knew them would know whom to talk round. A member with an authenticator
needs its code to change them, so that her phone and PIN together aren't enough to put a thief's friends in their place. One
without needs a code by SMS where she writes in a chat, so that her chat account and PIN aren't enough either; and because phone
and PIN would be, her change waits three days in which she can stop it (`core.identity.waiting_time`).
"""

from __future__ import annotations

from core.daos.neighbours import groupmate, officials_near
from core.dialogue.definitions import action, screen
from core.dialogue.flows.security import change
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.members import find_by_phone
from core.identity.recovery_contacts import Contact, ask_contact, contacts_of, remove_contact
from core.identity.strangers import NOBODY
from core.kernel.ids import MemberId
from core.kernel.phone import parse_phone
from core.kernel.texts import Text, text

DOORS = {
    "officials": go("contacts.officials"),
    "number": go("contacts.number"),
    "list": go("contacts.list"),
    "remove": go("contacts.off"),
}


@screen("contacts.menu", leads=DOORS)
async def ask_menu(turn: Turn) -> Screen:
    """The officials of her groups first: most members need nobody else."""
    officials = await officials_near(turn.uow, member=turn.me.id)
    suggested = (option("officials", text("contacts-officials")),) if officials else ()
    return Screen(
        text("contacts-menu"),
        choices=(
            *suggested,
            option("number", text("contacts-by-number")),
            option("list", text("contacts-list")),
            option("remove", text("contacts-remove")),
        ),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return DOORS[chosen]


@screen("contacts.officials")
async def ask_officials(turn: Turn) -> Screen:
    """By office and group, not by name."""
    officials = await officials_near(turn.uow, member=turn.me.id)
    return Screen(
        text("contacts-which-official"),
        choices=tuple(
            Choice(str(one.member), text("contacts-official", role=text(f"role-{one.role}"), group=one.group))
            for one in officials
        ),
    )


@ask_officials.answered
async def take_official(turn: Turn, chosen: str) -> Step:
    """Ask this one, once the PIN is right."""
    officials = await officials_near(turn.uow, member=turn.me.id)
    found = next(one for one in officials if str(one.member) == chosen)
    return go("contacts.ask", contact=found.member, intent=turn.uow.ids.new())


@screen("contacts.number")
async def ask_number(_turn: Turn) -> Screen:
    """Somebody in her groups, by number."""
    return Screen(text("contacts-number"), asks=Asks.TEXT)


@ask_number.answered
async def take_number(turn: Turn, typed: str) -> Step:
    """Ask this one, once the PIN is right."""
    found = await groupmate(turn.uow, member=turn.me.id, phone=parse_phone(typed))
    return go("contacts.ask", contact=found, intent=turn.uow.ids.new())


@action("contacts.ask", needs=Assurance.PIN, why="pin-why-contacts", approves=change("contacts", phone_is_here=True))
async def ask_one(turn: Turn) -> Step:
    """He is asked, and counts once he has accepted."""
    at = await ask_contact(turn.uow, member=turn.me.id, contact=MemberId(turn.id("contact")))
    return End(text("contacts-asked-waits", at=at) if at > turn.uow.clock.now() else text("contacts-asked"))


@action("contacts.list", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show(turn: Turn) -> Step:
    """Who they are, and who hasn't answered yet."""
    contacts = await contacts_of(turn.uow, member=turn.me.id)
    if not contacts:
        return End(text("contacts-none"))
    rows = tuple(_line(turn, one) for one in contacts)
    return End(text("contacts-title"), rows=rows)


def _line(turn: Turn, contact: Contact) -> Text:
    """One of them, with what he still lacks."""
    if contact.status == "accepted" and contact.counts_from > turn.uow.clock.now():
        return text("contacts-line-waits", name=contact.name, at=contact.counts_from)
    return text(f"contacts-line-{contact.status}", name=contact.name)


@screen("contacts.off")
async def ask_off(_turn: Turn) -> Screen:
    """Whom to take off, by number."""
    return Screen(text("contacts-off"), asks=Asks.TEXT)


@ask_off.answered
async def take_off(turn: Turn, typed: str) -> Step:
    """Remember the person; whether he is a contact, or anybody, is told behind the PIN only."""
    found = await find_by_phone(turn.uow, parse_phone(typed))
    return go("contacts.drop", contact=found.id if found else NOBODY, intent=turn.uow.ids.new())


@action("contacts.drop", needs=Assurance.PIN, why="pin-why-contacts", approves=change("contacts", phone_is_here=True))
async def drop(turn: Turn) -> Step:
    """He can't vouch for her any more, from now on or after the waiting time."""
    at = await remove_contact(turn.uow, member=turn.me.id, contact=MemberId(turn.id("contact")))
    return End(text("contacts-drop-waits", at=at) if at > turn.uow.clock.now() else text("contacts-dropped"))
