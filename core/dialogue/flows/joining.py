"""Joining: by a group's code, an invitation's code or a link; the rules are read first, then she consents.

The version that she read is the one that she accepts: when it changes meanwhile she is asked to read again.
"""

from __future__ import annotations

from uuid import UUID

from core.daos.articles import ARTICLES, costs, sentence
from core.daos.constitutions import in_force, rules_of
from core.daos.groups import find_group
from core.daos.invitations import (
    InvitationOver,
    OpenInvitation,
    RulesMoved,
    accept_invitation,
    decline_invitation,
    find_invitation,
    invitations_for,
)
from core.daos.offices import offers_to, role_text
from core.daos.requests import enter
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, Choice, End, Go, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.texts import text


def by_invitation(invitation: OpenInvitation) -> Go:
    """The way from an invitation to its group's rules."""
    return go("join.start", group=invitation.group.id, invitation=invitation.id, role=invitation.role)


@screen("join.waiting")
async def ask_waiting(turn: Turn) -> Screen:
    """What waits for her word: invitations, and offices that she is offered."""
    invitations = await invitations_for(turn.uow, member=turn.me)
    offers = await offers_to(turn.uow, member=turn.me.id)
    return Screen(
        text("join-waiting"),
        choices=(
            *(Choice(f"i:{one.id}", text("join-invited-to", group=one.group.name)) for one in invitations),
            *(Choice(f"o:{one.id}", text("join-offered", role=role_text(one.role), group=one.group_name)) for one in offers),
            option("groups", text("home-groups")),
        ),
    )


@ask_waiting.answered
async def take_waiting(turn: Turn, chosen: str) -> Step:
    """Go to the one that she chose."""
    for invitation in await invitations_for(turn.uow, member=turn.me):
        if chosen == f"i:{invitation.id}":
            return by_invitation(invitation)
    if chosen.startswith("o:"):
        return go("office.offer", offer=UUID(chosen[2:]))
    return go("groups.menu")


@action("join.link", needs=Assurance.MEMBER, why="pin-why-private")
async def open_link(turn: Turn) -> Step:
    """What a link in a chat leads to: the invitation of her own number, if this is one."""
    try:
        return by_invitation(await find_invitation(turn.uow, member=turn.me, secret=turn.argument))
    except InvitationOver:
        return End(text("error-invitation-over"))


@screen("join.start", leads={"costs": go("join.costs"), "rules": go("join.rules")})
async def ask_start(turn: Turn) -> Screen:
    """Which group it is, as what, every rule of it, and then her consent: to exactly this version.

    On a small screen that is many pages, and few would turn them: there she is led through what it costs before she consents.
    An observer pays nothing of it, so she may consent at once.
    """
    group, rules = await find_group(turn.uow, group=turn.group), await in_force(turn.uow, group=turn.group)
    turn.values["version"] = rules.number
    as_observer = int(_observes(turn))
    if not turn.channel.can_push:
        head = text("join-start-small", name=group.name, count=group.members, observer=as_observer)
        every = option("rules", text("join-all-rules"))
        if as_observer:
            return Screen(head, choices=(every, *_consent(turn)))
        return Screen(head, choices=(option("costs", text("join-costs")), every, NO))
    return Screen(
        text("join-start", name=group.name, count=group.members, observer=as_observer, version=rules.number),
        rows=tuple(sentence(one, rules.rules) for one in ARTICLES),
        choices=(YES, NO, *_decline(turn)),
    )


def _observes(turn: Turn) -> bool:
    return turn.values.get("role") == "observer"


def _consent(turn: Turn) -> tuple[Choice, ...]:
    """What she can answer once she knows what she consents to."""
    return (option("yes", text("join-accept")), NO, *_decline(turn))


def _decline(turn: Turn) -> tuple[Choice, ...]:
    """Whoever was invited can also say that she won't come."""
    return (option("decline", text("join-decline")),) if "invitation" in turn.values else ()


@ask_start.answered
async def take_start(turn: Turn, chosen: str) -> Step:
    """Join when she consents: at once, or when an official lets her in. When the rules have moved she reads them again."""
    if chosen in ("costs", "rules"):
        return go(f"join.{chosen}")
    return await _answered(turn, chosen)


@screen("join.rules", leads={"costs": go("join.costs")})
async def ask_rules(turn: Turn) -> Screen:
    """Every rule, for whoever wants to read all of them."""
    rules = await rules_of(turn.uow, group=turn.group)
    rows = tuple(sentence(one, rules) for one in ARTICLES)
    on = _consent(turn) if _observes(turn) else (option("costs", text("join-costs")),)
    return Screen(text("join-all-rules"), rows=rows, choices=on)


@ask_rules.answered
async def take_rules(turn: Turn, chosen: str) -> Step:
    """On to what it costs, which comes before a member's consent in any case."""
    return go("join.costs") if chosen == "costs" else await _answered(turn, chosen)


@screen("join.costs", leads={"more": go("join.accept")})
async def ask_costs(turn: Turn) -> Screen:
    """What it costs to join, to contribute, and to be late. There's nothing to accept yet."""
    paying, _ = costs(await rules_of(turn.uow, group=turn.group))
    return Screen(paying, choices=(option("more", text("join-read-on")), NO))


@ask_costs.answered
async def take_costs(_turn: Turn, chosen: str) -> Step:
    """The rest of it."""
    return go("join.accept") if chosen == "more" else End(text("group-not-joined"))


@screen("join.accept")
async def ask_accept(turn: Turn) -> Screen:
    """Welfare, shares, loans and leaving; and now that she has seen all of it, her consent to this version."""
    rules = await in_force(turn.uow, group=turn.group)
    if rules.number != turn.values["version"]:
        raise RulesMoved((await find_group(turn.uow, group=turn.group)).name)
    _, rest = costs(rules.rules)
    return Screen(rest, choices=_consent(turn))


@ask_accept.answered
async def take_accept(turn: Turn, chosen: str) -> Step:
    """Her consent."""
    return await _answered(turn, chosen)


async def _answered(turn: Turn, chosen: str) -> Step:
    if chosen == "decline":
        await decline_invitation(turn.uow, invitation=turn.id("invitation"), member=turn.me.id)
    if chosen != "yes":
        return End(text("group-not-joined"))
    group, version = await find_group(turn.uow, group=turn.group), int(turn.values["version"])
    if "invitation" in turn.values:
        invitation = turn.id("invitation")
        joined = await accept_invitation(turn.uow, invitation=invitation, member=turn.me.id, rules_version=version)
        done = text("group-observed", name=group.name) if joined.role == "observer" else text("group-joined", name=group.name)
        return End(done)
    entered = await enter(turn.uow, group=group.id, member=turn.me.id, rules_version=version)
    return End(text("group-joined", name=group.name) if entered == "joined" else text("group-asked", name=group.name))
