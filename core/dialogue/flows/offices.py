"""Offices: the chair offers them until the first election, each is taken with its holder's PIN, given back, and seen by all."""

from __future__ import annotations

from uuid import UUID

from core.daos.changes import OFFICES, called_in_changes, role_changes, was_elected
from core.daos.groups import Role, find_group, require_member
from core.daos.offices import answer_offer, offer_role, offers_to, office_holders, resign, role_text
from core.daos.people import OFFICIALS, participants_of
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import by_name
from core.dialogue.screens import Assurance, Choice, End, Screen, Step, chosen_of, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.ids import MemberId
from core.kernel.texts import text

OFFERED: tuple[Role, ...] = ("chair", "secretary", "treasurer", "auditor")
MOST_CHANGES = 20
DOORS = {
    "roles": go("office.holders"),
    "invite": go("invite.role"),
    "requests": go("request.list"),
    "invitations": go("invite.list"),
    "suspend": go("standing.whom"),
    "suspended": go("standing.list"),
    "offer": go("office.which"),
    "resign": go("office.leave"),
}


@screen("people.menu", leads=DOORS)
async def ask_menu(turn: Turn) -> Screen:
    """What her role lets her do with the people of the group."""
    membership = await require_member(turn.uow, member=turn.me.id, group=turn.group)
    choices = [option("roles", text("people-roles"))]
    if membership.role in OFFICIALS:
        choices += [
            option("invite", text("people-invite")),
            option("requests", text("people-requests")),
            option("invitations", text("people-invitations")),
            option("suspend", text("people-suspend")),
            option("suspended", text("people-suspended")),
        ]
    if membership.role == "chair" and not await was_elected(turn.uow, group=turn.group):
        choices.append(option("offer", text("people-offer")))
    if membership.role in OFFICES and membership.role != "chair":
        choices.append(option("resign", text("people-resign")))
    return Screen(text("people-menu", name=(await find_group(turn.uow, group=turn.group)).name), choices=tuple(choices))


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return DOORS[chosen]


@screen("office.holders", leads={"history": go("office.history"), "back": go("people.menu")})
async def ask_holders(turn: Turn) -> Screen:
    """Who holds which office."""
    group = await find_group(turn.uow, group=turn.group)
    await require_member(turn.uow, member=turn.me.id, group=group.id)
    names = await office_holders(turn.uow, group=group.id)
    return Screen(
        text("office-holders", name=group.name),
        rows=tuple(text("office-line", role=role_text(office), name=names.get(office, "-")) for office in OFFICES),
        choices=(option("history", text("people-history")), option("back", text("people-door"))),
    )


@ask_holders.answered
async def take_holders(_turn: Turn, chosen: str) -> Step:
    """How it came about, or back to the people."""
    return go("office.history") if chosen == "history" else go("people.menu")


@screen("office.history", leads={"back": go("people.menu")})
async def ask_history(turn: Turn) -> Screen:
    """Every change of an office, the newest first."""
    group = await find_group(turn.uow, group=turn.group)
    await require_member(turn.uow, member=turn.me.id, group=group.id)
    changes = (await role_changes(turn.uow, group=group.id))[::-1][:MOST_CHANGES]
    names = await called_in_changes(turn.uow, group=group.id)
    rows = []
    for change in changes:
        name = names.get(change.member, "-")
        rows.append(text("office-change", at=change.at, name=name, role=role_text(change.to_role), way=change.way))
    return Screen(text("office-history", name=group.name), rows=tuple(rows), choices=(option("back", text("people-door")),))


@ask_history.answered
async def take_history(_turn: Turn, _chosen: str) -> Step:
    """Back to the people."""
    return go("people.menu")


@screen("office.which", each=(go("office.whom"), "role"))
async def ask_which(turn: Turn) -> Screen:
    """Which office, with who holds it now."""
    names = await office_holders(turn.uow, group=turn.group)
    lines = {office: text("office-line", role=role_text(office), name=names.get(office, "-")) for office in OFFERED}
    return Screen(text("office-which"), choices=tuple(Choice(office, line) for office, line in lines.items()))


@ask_which.answered
async def take_which(_turn: Turn, chosen: str) -> Step:
    """Then to whom."""
    return go("office.whom", role=chosen)


@screen("office.whom", leads={"people": go("people.menu")})
async def ask_whom(turn: Turn) -> Screen:
    """To whom: any other member who isn't an observer."""
    people = await participants_of(turn.uow, group=turn.group)
    others = by_name(one for one in people if one.id != turn.me.id)
    role = role_text(str(turn.values["role"]))
    if not others:
        return Screen(text("office-nobody"), choices=(option("people", text("people-door")),))
    return Screen(text("office-whom", role=role), choices=others)


@ask_whom.answered
async def take_whom(turn: Turn, chosen: str) -> Step:
    """What she should think of before."""
    if chosen == "people":
        return go("people.menu")
    who = chosen_of(await participants_of(turn.uow, group=turn.group), chosen)
    return go("office.confirm", whom=UUID(chosen), name=who.name if who else "-")


@screen("office.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """One person an office, and no close relatives among those who approve."""
    role = role_text(str(turn.values["role"]))
    return Screen(text("office-confirm", name=turn.values["name"], role=role), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """With her PIN."""
    return go("office.send") if chosen == "yes" else End(text("office-not-offered"))


@action("office.send", needs=Assurance.PIN, why="pin-why-office")
async def send(turn: Turn) -> Step:
    """The office is offered; it changes hands when the other person takes it."""
    role: Role = next(office for office in OFFERED if office == turn.values["role"])
    await offer_role(turn.uow, group=turn.group, by=turn.me.id, member=MemberId(turn.id("whom")), role=role)
    return End(text("office-offered", name=turn.values["name"], role=role_text(role)))


@screen("office.offer")
async def ask_offer(turn: Turn) -> Screen:
    """What the office means, before she takes it."""
    for offer in await offers_to(turn.uow, member=turn.me.id):
        if offer.id == turn.id("offer"):
            return Screen(
                text("office-take", role=role_text(offer.role), group=offer.group_name, name=offer.by),
                choices=(YES, option("no", text("join-decline"))),
            )
    return Screen(text("error-offer-over"), choices=(option("groups", text("home-groups")),))


@ask_offer.answered
async def take_offer(turn: Turn, chosen: str) -> Step:
    """Taking it needs the PIN; saying no doesn't."""
    if chosen == "groups":
        return go("groups.menu")
    if chosen == "yes":
        return go("office.take")
    offer = await answer_offer(turn.uow, offer=turn.id("offer"), member=turn.me.id, accepts=False)
    return End(text("office-declined", role=role_text(offer.role), group=offer.group_name))


@action("office.take", needs=Assurance.PIN, why="pin-why-take-office")
async def take(turn: Turn) -> Step:
    """The office is hers; everybody is told."""
    offer = await answer_offer(turn.uow, offer=turn.id("offer"), member=turn.me.id, accepts=True)
    return End(text("office-taken", role=role_text(offer.role), group=offer.group_name))


@screen("office.leave")
async def ask_leave(turn: Turn) -> Screen:
    """Giving it back leaves it empty until somebody takes it."""
    membership = await require_member(turn.uow, member=turn.me.id, group=turn.group)
    return Screen(text("office-leave", role=role_text(membership.role)), choices=(YES, NO))


@ask_leave.answered
async def take_leave(_turn: Turn, chosen: str) -> Step:
    """With her PIN."""
    return go("office.resign") if chosen == "yes" else End(text("office-kept"))


@action("office.resign", needs=Assurance.PIN, why="pin-why-resign")
async def give_back(turn: Turn) -> Step:
    """She is a member like the others again."""
    await resign(turn.uow, group=turn.group, member=turn.me.id)
    return End(text("office-resigned"))
