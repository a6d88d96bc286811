"""Officials invite by number, see what waits, and let those in who asked. Only whoever types a number sees it, once."""

from __future__ import annotations

from uuid import UUID

from core.daos.groups import find_group
from core.daos.invitations import InvitedRole, invitations_of, invite, withdraw_invitation
from core.daos.offices import role_text
from core.daos.requests import answer_join_request, requests_of
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.phone import Phone, masked, national, parse_phone
from core.kernel.texts import text

LINK = "https://t.me/{bot}?start=join_{token}"


def _role(turn: Turn) -> InvitedRole:
    return "observer" if turn.values["role"] == "observer" else "member"


@screen("invite.role")
async def ask_role(_turn: Turn) -> Screen:
    """As what: a member, or somebody who only sees."""
    return Screen(
        text("invite-role"),
        choices=(option("member", text("invite-member")), option("observer", text("invite-observer"))),
    )


@ask_role.answered
async def take_role(_turn: Turn, chosen: str) -> Step:
    """Then the number."""
    return go("invite.phone", role=chosen)


@screen("invite.phone")
async def ask_phone(_turn: Turn) -> Screen:
    """Whom: the number that alone can use the invitation."""
    return Screen(text("invite-phone"), asks=Asks.TEXT)


@ask_phone.answered
async def take_phone(_turn: Turn, typed: str) -> Step:
    """A Kenyan mobile number."""
    return go("invite.confirm", invited=parse_phone(typed))


@screen("invite.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """The number once more, before an SMS is sent: her own input, so that she can see a slip. Afterwards it's masked."""
    group = await find_group(turn.uow, group=turn.group)
    phone = national(Phone(str(turn.values["invited"])))
    return Screen(text("invite-confirm", phone=phone, group=group.name, role=role_text(_role(turn))), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """With her PIN."""
    return go("invite.send") if chosen == "yes" else End(text("invite-not-sent"))


@action("invite.send", needs=Assurance.PIN, why="pin-why-invite")
async def send(turn: Turn) -> Step:
    """Send the code by SMS; where a chat can show it, the link as well, this once."""
    phone = Phone(str(turn.values["invited"]))
    sent = await invite(
        turn.uow,
        group=turn.group,
        by=turn.me.id,
        phone=phone,
        role=_role(turn),
        language=turn.language,
        dial=turn.dial,
    )
    done = text("invite-sent", phone=masked(phone), until=sent.expires_at)
    if not turn.incoming.bot:
        return End(done)
    link = LINK.format(bot=turn.incoming.bot, token=sent.token)
    return End(done, rows=(text("invite-link", link=link),), secret=True)


@screen("invite.list", leads={"people": go("people.menu")})
async def ask_list(turn: Turn) -> Screen:
    """Invitations that wait, each to be taken back."""
    waiting = await invitations_of(turn.uow, group=turn.group, viewer=turn.me.id)
    choices = tuple(Choice(str(one.id), text("invite-line", phone=one.phone, until=one.expires_at)) for one in waiting)
    head = text("invite-withdraw") if waiting else text("invite-none")
    return Screen(head, choices=(*choices, option("people", text("people-door"))))


@ask_list.answered
async def take_list(turn: Turn, chosen: str) -> Step:
    """Take it back: nobody can use it from now on."""
    if chosen == "people":
        return go("people.menu")
    await withdraw_invitation(turn.uow, invitation=UUID(chosen), group=turn.group, by=turn.me.id)
    return End(text("invite-withdrawn"))


@screen("request.list", leads={"people": go("people.menu")})
async def ask_requests(turn: Turn) -> Screen:
    """Who asks to be let in."""
    waiting = await requests_of(turn.uow, group=turn.group, viewer=turn.me.id)
    choices = tuple(Choice(str(one.id), text("request-line", name=one.name, at=one.asked_at)) for one in waiting)
    head = text("request-which") if waiting else text("request-none")
    return Screen(head, choices=(*choices, option("people", text("people-door"))))


@ask_requests.answered
async def take_requests(turn: Turn, chosen: str) -> Step:
    """Let her in or not."""
    if chosen == "people":
        return go("people.menu")
    for one in await requests_of(turn.uow, group=turn.group, viewer=turn.me.id):
        if chosen == str(one.id):
            return go("request.one", request=one.id, name=one.name)
    return go("people.menu")


@screen("request.one")
async def ask_request(turn: Turn) -> Screen:
    """Only people whom one knows belong into a group."""
    return Screen(
        text("request-one", name=turn.values["name"]),
        choices=(option("yes", text("request-accept")), option("no", text("request-decline"))),
    )


@ask_request.answered
async def take_request(_turn: Turn, chosen: str) -> Step:
    """Letting in needs the PIN; saying no doesn't."""
    return go("request.accept") if chosen == "yes" else go("request.refuse")


@action("request.accept", needs=Assurance.PIN, why="pin-why-let-in")
async def accept(turn: Turn) -> Step:
    """She is a member from now on."""
    name = await answer_join_request(turn.uow, request=turn.id("request"), group=turn.group, by=turn.me.id, accepts=True)
    return End(text("request-accepted", name=name))


@action("request.refuse", needs=Assurance.MEMBER, why="pin-why-let-in")
async def refuse(turn: Turn) -> Step:
    """She is told; she may ask again."""
    name = await answer_join_request(turn.uow, request=turn.id("request"), group=turn.group, by=turn.me.id, accepts=False)
    return End(text("request-declined", name=name))
