"""What we know about her: see it, take it along, correct it, have it forgotten. The rights of the Data Protection Act, 2019."""

from __future__ import annotations

from dataclasses import dataclass

from core.daos.groups import groups_of
from core.dialogue.definitions import action, screen
from core.dialogue.flows.security import change
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.addresses import email_of
from core.identity.email_words import shown_email
from core.identity.erasure import cancel_erasure, open_request, request_erasure
from core.identity.members import rename
from core.identity.names import clean_name
from core.kernel.errors import CoreError, Kind
from core.kernel.phone import national
from core.kernel.texts import catalogue, text
from core.notifications.service import queue_sms
from core.reports.jobs import MAIL_DATA, SEND_DATA
from core.reports.obligations import what_keeps


@dataclass
class StillOpen(CoreError):
    """Something has to be settled before she can be forgotten. `reason` is balance, payments or chair."""

    code = "still-open"
    kind = Kind.CONFLICT
    reason: str


DOORS = {
    "show": go("data.show"),
    "export": go("data.export"),
    "name": go("data.name"),
    "erase": go("data.erase"),
    "keep": go("data.keep"),
}


@screen("data.menu", leads=DOORS)
async def ask_menu(turn: Turn) -> Screen:
    """Her rights, one line each."""
    waits = await open_request(turn.uow, member=turn.me.id)
    return Screen(
        text("data-menu"),
        choices=(
            option("show", text("data-see")),
            option("export", text("data-take")),
            option("name", text("data-correct")),
            option("keep", text("data-keep")) if waits else option("erase", text("data-erase")),
        ),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return DOORS[chosen]


@action("data.show", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show(turn: Turn) -> Step:
    """What names her, and how much there is of the rest."""
    me = turn.me
    email = await email_of(turn.uow, member=me.id)
    rows = (
        text("data-phone", phone=national(me.phone)),
        text("data-since", at=me.created_at),
        text("data-email", email=shown_email(email) if email else "-"),
        text("data-telegram", linked=int(me.telegram is not None)),
        text("data-groups", count=len(await groups_of(turn.uow, member=me.id))),
        text("data-terms", version=me.consent or "-"),
    )
    return End(text("data-own", name=me.name), rows=rows)


@action("data.export", needs=Assurance.PIN, why="pin-why-data")
async def export(turn: Turn) -> Step:
    """A document into the chat; on a phone a summary by SMS, and the document by e-mail where there's one."""
    me = turn.me
    if turn.channel.can_push and turn.incoming.chat is not None:
        await turn.uow.enqueue(SEND_DATA, {"member": str(me.id), "chat": turn.incoming.chat})
        return End(text("data-export-here"))
    groups = ", ".join(group.name for group in await groups_of(turn.uow, member=me.id))
    what = text("sms-data", name=me.name, phone=national(me.phone), at=me.created_at, groups=groups or "-")
    await queue_sms(turn.uow, to=me.phone, what=what, language=turn.language, template="member_data", member=me.id)
    email = await email_of(turn.uow, member=me.id)
    if email is None:
        return End(text("data-export-sms"))
    subject = catalogue().say(turn.language, text("mail-data-subject"))
    await turn.uow.enqueue(MAIL_DATA, {"member": str(me.id), "subject": subject})
    return End(text("data-export-mail", email=shown_email(email)))


@screen("data.name")
async def ask_name(_turn: Turn) -> Screen:
    """Her name as it should be."""
    return Screen(text("data-name"), asks=Asks.TEXT)


@ask_name.answered
async def take_name(_turn: Turn, typed: str) -> Step:
    """A name that every screen can show."""
    return go("data.rename", name=clean_name(typed))


@action("data.rename", needs=Assurance.PIN, why="pin-why-rename")
async def change_name(turn: Turn) -> Step:
    """From now on her groups see this name."""
    name = str(turn.values["name"])
    await rename(turn.uow, member=turn.me.id, name=name)
    return End(text("data-renamed", name=name))


@screen("data.erase")
async def ask_erase(_turn: Turn) -> Screen:
    """What goes, what stays, how long she can change her mind."""
    return Screen(text("data-erase-what"), choices=(YES, NO))


@ask_erase.answered
async def take_erase(turn: Turn, chosen: str) -> Step:
    """Only with nothing open, which is looked at again when the time has come."""
    if chosen != "yes":
        return End(text("data-kept"))
    reason = await what_keeps(turn.uow, member=turn.me.id)
    if reason is not None:
        raise StillOpen(reason)
    return go("data.request_erasure", intent=turn.uow.ids.new())


@action("data.request_erasure", needs=Assurance.PIN, why="pin-why-erase", approves=change("erasure"))
async def ask_to_be_forgotten(turn: Turn) -> Step:
    """The waiting time begins."""
    due = await request_erasure(turn.uow, member=turn.me.id)
    return End(text("data-erase-asked", at=due), undo=go("data.keep"))


@action("data.keep", needs=Assurance.MEMBER, why="pin-why-private")
async def keep(turn: Turn) -> Step:
    """Staying needs no proof: whoever holds her phone can do no harm by it."""
    await cancel_erasure(turn.uow, member=turn.me.id)
    return End(text("data-kept"))
