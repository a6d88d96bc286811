"""Suspending and reinstating, for officials; and what a suspended member can still do: read why, reply, leave."""

from __future__ import annotations

from uuid import UUID

from core.daos.people import people_of
from core.daos.standing import group_name, reinstate, reply, suspend, suspended_members, why_suspended
from core.daos.words import clean_words
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import by_name
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, chosen_of, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.ids import MemberId
from core.kernel.texts import text


@screen("standing.whom", leads={"people": go("people.menu")})
async def ask_whom(turn: Turn) -> Screen:
    """Whom to suspend: anybody but the chair and oneself."""
    people = await people_of(turn.uow, group=turn.group)
    others = by_name(one for one in people if one.id != turn.me.id and one.role != "chair")
    if not others:
        return Screen(text("office-nobody"), choices=(option("people", text("people-door")),))
    return Screen(text("standing-whom"), choices=others)


@ask_whom.answered
async def take_whom(turn: Turn, chosen: str) -> Step:
    """Then why."""
    if chosen == "people":
        return go("people.menu")
    who = chosen_of(await people_of(turn.uow, group=turn.group), chosen)
    return go("standing.why", whom=UUID(chosen), name=who.name if who else "-")


@screen("standing.why")
async def ask_why(turn: Turn) -> Screen:
    """The reason, which she will read."""
    return Screen(text("standing-why", name=turn.values["name"]), asks=Asks.TEXT)


@ask_why.answered
async def take_why(_turn: Turn, typed: str) -> Step:
    """Words that fit into an SMS."""
    return go("standing.confirm", reason=clean_words(typed))


@screen("standing.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """Whom and why, once more."""
    return Screen(text("standing-confirm", name=turn.values["name"], reason=turn.values["reason"]), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """With the PIN."""
    return go("standing.suspend") if chosen == "yes" else End(text("standing-unchanged"))


@action("standing.suspend", needs=Assurance.PIN, why="pin-why-suspend")
async def do_suspend(turn: Turn) -> Step:
    """She is told, and may reply."""
    await suspend(
        turn.uow, group=turn.group, member=MemberId(turn.id("whom")), by=turn.me.id, reason=str(turn.values["reason"])
    )
    return End(text("standing-suspended", name=turn.values["name"]))


@screen("standing.list", leads={"people": go("people.menu")})
async def ask_list(turn: Turn) -> Screen:
    """Who is suspended."""
    found = await suspended_members(turn.uow, group=turn.group, viewer=turn.me.id)
    choices = tuple(Choice(str(one.member), text("group-name", name=one.name)) for one in found)
    head = text("standing-which") if found else text("standing-none")
    return Screen(head, choices=(*choices, option("people", text("people-door"))))


@ask_list.answered
async def take_list(turn: Turn, chosen: str) -> Step:
    """Why, and whether she comes back."""
    if chosen == "people":
        return go("people.menu")
    for one in await suspended_members(turn.uow, group=turn.group, viewer=turn.me.id):
        if chosen == str(one.member):
            return go("standing.one", whom=one.member, name=one.name, reason=one.reason)
    return go("people.menu")


@screen("standing.one")
async def ask_one(turn: Turn) -> Screen:
    """Reinstate her?"""
    values = turn.values
    return Screen(text("standing-reinstate", name=values["name"], reason=values["reason"] or "-"), choices=(YES, NO))


@ask_one.answered
async def take_one(_turn: Turn, chosen: str) -> Step:
    """With the PIN."""
    return go("standing.reinstate") if chosen == "yes" else End(text("standing-unchanged"))


@action("standing.reinstate", needs=Assurance.PIN, why="pin-why-reinstate")
async def do_reinstate(turn: Turn) -> Step:
    """She is a member again, without the office she had."""
    await reinstate(turn.uow, group=turn.group, member=MemberId(turn.id("whom")), by=turn.me.id)
    return End(text("standing-reinstated", name=turn.values["name"]))


@screen("standing.mine")
async def ask_mine(turn: Turn) -> Screen:
    """What a suspended member sees of her group."""
    group = await group_name(turn.uow, group=turn.group, member=turn.me.id)
    reason = await why_suspended(turn.uow, group=turn.group, member=turn.me.id)
    return Screen(
        text("standing-mine", group=group, reason=reason or "-"),
        choices=(option("reply", text("standing-reply")), option("leave", text("leave-door"))),
    )


@ask_mine.answered
async def take_mine(_turn: Turn, chosen: str) -> Step:
    """Reply, or go."""
    return go("standing.reply") if chosen == "reply" else go("leave.menu")


@screen("standing.reply")
async def ask_reply(_turn: Turn) -> Screen:
    """Her side of it."""
    return Screen(text("standing-say"), asks=Asks.TEXT)


@ask_reply.answered
async def take_reply(turn: Turn, typed: str) -> Step:
    """Word by word to the officials."""
    await reply(turn.uow, group=turn.group, member=turn.me.id, words=typed)
    return End(text("standing-said"))
