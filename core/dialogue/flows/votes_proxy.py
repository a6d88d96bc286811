"""Her representative: who votes for her where she doesn't, on what and until when; choosing one, and ending it."""

from __future__ import annotations

from uuid import UUID

from core.daos.people import participants_of
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import whom
from core.dialogue.screens import Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.governance.delegating import Delegation, Scope, Wish, delegate, given_by, revoke
from core.kernel.ids import MemberId
from core.kernel.texts import Text, text

SCOPES = ("all", "motion", "spend", "rule", "poll")
DAYS = (30, 90, 365)


async def _given(turn: Turn) -> list[Delegation]:
    return await given_by(turn.uow, group=turn.group, giver=turn.me.id)


@screen("votes.proxy")
async def ask_proxy(turn: Turn) -> Screen:
    """Who votes for her now."""
    given = await _given(turn)
    rows = tuple(Text(f"votes-proxy-line-{one.scope.name}", {"holder": one.holder_name, "until": one.ends_at}) for one in given)
    ends = tuple(Choice(str(one.id), text("votes-proxy-end", holder=one.holder_name)) for one in given)
    head = text("votes-proxy-some") if given else text("votes-proxy-none")
    return Screen(head, rows=rows, choices=(option("give", text("votes-proxy-give")), *ends))


@ask_proxy.answered
async def take_proxy(turn: Turn, chosen: str) -> Step:
    """Choose another, or end one."""
    if chosen == "give":
        return go("votes.proxy_scope")
    one = next(one for one in await _given(turn) if str(one.id) == chosen)
    return go("votes.proxy_end", delegation=one.id, holder=one.holder_name)


@screen("votes.proxy_scope")
async def ask_scope(_turn: Turn) -> Screen:
    """On what."""
    return Screen(text("votes-proxy-scope"), choices=tuple(Choice(scope, Text(f"votes-proxy-{scope}")) for scope in SCOPES))


@ask_scope.answered
async def take_scope(_turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return go("votes.proxy_days", scope=chosen)


@screen("votes.proxy_days")
async def ask_days(_turn: Turn) -> Screen:
    """For how long; nothing is given for ever."""
    return Screen(
        text("votes-proxy-days"), choices=tuple(Choice(str(days), text("votes-proxy-for", count=days)) for days in DAYS)
    )


@ask_days.answered
async def take_days(_turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return go("votes.proxy_who", days=int(chosen))


@screen("votes.proxy_who")
async def ask_who(turn: Turn) -> Screen:
    """A member of the group, by name."""
    people = [one for one in await participants_of(turn.uow, group=turn.group) if one.id != turn.me.id]
    return whom(text("votes-who"), people)


@ask_who.answered
async def take_who(turn: Turn, chosen: str) -> Step:
    """Remember her; another choice is another delegation."""
    people = await participants_of(turn.uow, group=turn.group)
    name = next((one.name for one in people if str(one.id) == chosen), "-")
    return go("votes.proxy_give", member=UUID(chosen), holder=name, intent=turn.uow.ids.new())


@action("votes.proxy_give", needs=Assurance.PIN, why="pin-why-proxy")
async def do_give(turn: Turn) -> Step:
    """From now on she votes where this member doesn't."""
    wish = Wish(turn.group, turn.me.id, MemberId(turn.id("member")), _scope(turn), int(turn.values["days"]))
    given = await delegate(turn.uow, intent=turn.intent, wish=wish)
    said = text("votes-proxy-given", holder=given.holder_name, until=given.ends_at)
    return End(said, undo=go("votes.proxy_end", delegation=given.id, holder=given.holder_name))


@action("votes.proxy_end", needs=Assurance.PIN, why="pin-why-proxy-end")
async def do_end(turn: Turn) -> Step:
    """From now on she votes for herself alone."""
    await revoke(turn.uow, giver=turn.me.id, delegation=turn.id("delegation"))
    return End(text("votes-proxy-ended", holder=turn.values["holder"]))


def _scope(turn: Turn) -> Scope:
    match turn.values["scope"]:
        case "all":
            return Scope()
        case "proposal":
            return Scope(proposal=turn.id("proposal"))
        case category:
            return Scope(category=str(category))
