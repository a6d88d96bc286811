"""Exchanging turns of the merry-go-round: asking for it, and answering; each by her own PIN."""

from __future__ import annotations

from uuid import UUID

from core.daos.rotation.plan import Turn as Place
from core.daos.rotation.plan import day
from core.daos.rotation.rounds import owners_of
from core.daos.rotation.swaps import NoSwap, answer_swap, ask_swap, swappable, swaps_for, two_turns
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.texts import text


@screen("merry.swaps", leads={"ask": go("merry.swap_mine")}, each=(go("merry.swap_answer"), "swap"))
async def ask_swaps(turn: Turn) -> Screen:
    """What waits for her answer, and the way to ask."""
    waiting = await swaps_for(turn.uow, member=turn.me.id, rotation=turn.id("rotation"))
    lines = [Choice(str(one.id), text("merry-swap-line", turn=one.turn_a, other_turn=one.turn_b)) for one in waiting]
    return Screen(text("merry-swaps"), choices=(*lines, option("ask", text("merry-swap-ask"))))


@ask_swaps.answered
async def take_swaps(_turn: Turn, chosen: str) -> Step:
    """Answer one, or ask for one."""
    return go("merry.swap_mine") if chosen == "ask" else go("merry.swap_answer", swap=UUID(chosen))


def _choice(place: Place) -> Choice:
    return Choice(str(place.row.id), text("merry-turn-line", turn=place.row.position, day=day(place.row.due_on)))


@screen("merry.swap_mine")
async def ask_mine(turn: Turn) -> Screen:
    """Which of her turns that are still to come."""
    mine = [one for one in await swappable(turn.uow, rotation=turn.id("rotation")) if turn.me.id in owners_of(one.hand)]
    if not mine:
        return Screen(text("merry-swap-none"), choices=(option("menu", text("merry-back")),))
    return Screen(text("merry-swap-mine"), choices=tuple(_choice(one) for one in mine))


@ask_mine.answered
async def take_mine(_turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return go("merry.menu") if chosen == "menu" else go("merry.swap_with", mine=UUID(chosen))


@screen("merry.swap_with")
async def ask_with(turn: Turn) -> Screen:
    """With which turn of somebody else."""
    to_come = await swappable(turn.uow, rotation=turn.id("rotation"))
    others = [one for one in to_come if turn.me.id not in owners_of(one.hand)]
    if not others:
        return Screen(text("merry-swap-none"), choices=(option("menu", text("merry-back")),))
    return Screen(text("merry-swap-with"), choices=tuple(_choice(one) for one in others))


@ask_with.answered
async def take_with(turn: Turn, chosen: str) -> Step:
    """Both turns and whose the other is, for the screen that confirms."""
    if chosen == "menu":
        return go("merry.menu")
    both = await two_turns(turn.uow, rotation=turn.id("rotation"), mine=turn.id("mine"), other=UUID(chosen))
    about = {"turn": both.turn_a, "day": both.day_a, "other_turn": both.turn_b, "other_day": both.day_b}
    return go("merry.swap_confirm", other=UUID(chosen), whose=both.who_b, intent=turn.uow.ids.new(), **about)


@screen("merry.swap_confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """What is asked of whom."""
    values = turn.values
    return Screen(
        text(
            "merry-swap-confirm",
            turn=values["turn"],
            day=values["day"],
            other_turn=values["other_turn"],
            other_day=values["other_day"],
            other=values["whose"],
        ),
        choices=(YES, NO),
    )


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("merry.swap_ask") if chosen == "yes" else End(text("merry-kept"))


@action("merry.swap_ask", needs=Assurance.PIN, why="pin-why-merry-swap")
async def ask_it(turn: Turn) -> Step:
    """The other is asked."""
    await ask_swap(
        turn.uow,
        intent=turn.intent,
        member=turn.me.id,
        rotation=turn.id("rotation"),
        mine=turn.id("mine"),
        other=turn.id("other"),
    )
    return End(text("merry-swap-asked"))


@screen("merry.swap_answer")
async def ask_answer(turn: Turn) -> Screen:
    """Who asks for what."""
    waiting = await swaps_for(turn.uow, member=turn.me.id, rotation=turn.id("rotation"))
    asked = next((one for one in waiting if one.id == turn.id("swap")), None)
    if asked is None:
        raise NoSwap
    about = {"turn": asked.turn_a, "day": asked.day_a, "other_turn": asked.turn_b, "other_day": asked.day_b}
    turn.values.update(about)
    return Screen(
        text("merry-swap-answer", who=asked.who_a, **about),
        choices=(option("yes", text("merry-swap-yes")), option("refuse", text("merry-swap-no")), NO),
    )


@ask_answer.answered
async def take_answer(turn: Turn, chosen: str) -> Step:
    """Agreeing takes her PIN; a refusal changes nothing and takes none."""
    if chosen == "yes":
        return go("merry.swap_agree")
    if chosen == "no":
        return End(text("merry-kept"))
    await answer_swap(turn.uow, member=turn.me.id, swap=turn.id("swap"), agrees=False)
    return End(text("merry-swap-refused"))


@action("merry.swap_agree", needs=Assurance.PIN, why="pin-why-merry-swap")
async def agree_to_it(turn: Turn) -> Step:
    """With the last word the turns are exchanged."""
    done = await answer_swap(turn.uow, member=turn.me.id, swap=turn.id("swap"), agrees=True)
    return End(text("merry-swap-done") if done == "done" else text("merry-swap-waits"))
