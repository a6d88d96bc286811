"""Giving back what was paid of a charge: an official asks, another one agrees or refuses, each with her own PIN."""

from __future__ import annotations

from uuid import UUID

from core.daos.dues.charges import Charge
from core.daos.dues.fining import SHORT_NAME
from core.daos.dues.reasons import read_reason
from core.daos.dues.refunds import Refund, ask_refund, decide_refund, paid_charges, refunds_waiting
from core.daos.people import people_of, require_role, short_name
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import whom
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, chosen_of, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.ids import MemberId
from core.kernel.texts import text


@screen("refund.menu", leads={"ask": go("refund.whom")}, each=(go("refund.one"), "refund"))
async def ask_menu(turn: Turn) -> Screen:
    """What waits for her word, and a way to ask for another."""
    await require_role(turn.uow, member=turn.me.id, group=turn.group)
    waiting = await refunds_waiting(turn.uow, group=turn.group, official=turn.me.id)
    choices = [Choice(str(one.id), text("refund-line", name=one.name, due_sum=one.amount)) for one in waiting]
    return Screen(text("refund-menu", count=len(waiting)), choices=(*choices, option("ask", text("refund-ask"))))


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Decide about one, or ask for one."""
    return go("refund.whom") if chosen == "ask" else go("refund.one", refund=UUID(chosen))


@screen("refund.whom", each=(go("refund.what"), "whom"))
async def ask_whom(turn: Turn) -> Screen:
    """Who paid it; nobody asks for herself."""
    people = await people_of(turn.uow, group=turn.group)
    return whom(text("refund-whom"), [one for one in people if one.id != turn.me.id])


@ask_whom.answered
async def take_whom(turn: Turn, chosen: str) -> Step:
    """Remember her."""
    people = await people_of(turn.uow, group=turn.group)
    whom = chosen_of(people, chosen)
    return go("refund.whom") if whom is None else go("refund.what", whom=whom.id, name=whom.name)


async def _paid(turn: Turn) -> list[Charge]:
    return await paid_charges(turn.uow, group=turn.group, member=MemberId(turn.id("whom")))


@screen("refund.what")
async def ask_what(turn: Turn) -> Screen:
    """Which of what she has paid."""
    found = await _paid(turn)
    choices = tuple(Choice(str(one.id), text("charge-line", item=one.label, due_sum=one.paid)) for one in found)
    return Screen(text("refund-what", name=turn.values["name"], count=len(found)), choices=choices)


@ask_what.answered
async def take_what(turn: Turn, chosen: str) -> Step:
    """Another charge is another matter."""
    if chosen_of(await _paid(turn), chosen) is None:
        return go("refund.what")
    return go("refund.reason", charge=UUID(chosen), intent=turn.uow.ids.new())


@screen("refund.reason")
async def ask_reason(_turn: Turn) -> Screen:
    """Why."""
    return Screen(text("refund-reason"), asks=Asks.TEXT)


@ask_reason.answered
async def take_reason(_turn: Turn, typed: str) -> Step:
    """A reason that can be read."""
    return go("refund.confirm", because=read_reason(typed))


@screen("refund.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """How much, whose, which, why."""
    charge = next((one for one in await _paid(turn) if one.id == turn.id("charge")), None)
    if charge is None:
        return Screen(text("refund-what", name=turn.values["name"], count=0))
    turn.values["due_sum"] = charge.paid
    about = {"due_sum": charge.paid, "name": turn.values["name"], "item": charge.label, "because": turn.values["because"]}
    return Screen(text("refund-confirm", **about), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("refund.send") if chosen == "yes" else End(text("kind-cancelled"))


@action("refund.send", needs=Assurance.PIN, why="pin-why-refund")
async def send(turn: Turn) -> Step:
    """Ask the other officials; where one's word is enough, it is done."""
    came = await ask_refund(
        turn.uow,
        intent=turn.intent,
        official=turn.me.id,
        group=turn.group,
        charge=turn.id("charge"),
        reason=str(turn.values["because"]),
    )
    return End(text("refund-sent", outcome=came, due_sum=turn.money("due_sum"), name=turn.values["name"]))


async def _waiting(turn: Turn) -> Refund | None:
    found = await refunds_waiting(turn.uow, group=turn.group, official=turn.me.id)
    return next((one for one in found if one.id == turn.id("refund")), None)


@screen("refund.one")
async def ask_one(turn: Turn) -> Screen:
    """Everything that she decides about."""
    one = await _waiting(turn)
    if one is None:
        return Screen(text("refund-over"), choices=(option("menu", text("kinds-refund")),))
    turn.values.update(due_sum=one.amount, name=one.name)
    who, whose = short_name(one.asked_by)[:SHORT_NAME], short_name(one.name)[:SHORT_NAME]
    about = {"by_short": who, "due_sum": one.amount, "payee_short": whose, "item": one.charge.label, "because": one.reason}
    choices = (option("agree", text("refund-agree")), option("refuse", text("refund-refuse")))
    return Screen(text("refund-one", **about), choices=choices)


@ask_one.answered
async def take_one(_turn: Turn, chosen: str) -> Step:
    """Both need her PIN."""
    if chosen == "menu":
        return go("refund.menu")
    return go("refund.agree") if chosen == "agree" else go("refund.refuse")


@action("refund.agree", needs=Assurance.PIN, why="pin-why-refund")
async def agree(turn: Turn) -> Step:
    """Her yes gives it back."""
    return await _decided(turn, agrees=True)


@action("refund.refuse", needs=Assurance.PIN, why="pin-why-refund-refuse")
async def refuse(turn: Turn) -> Step:
    """Her no ends it."""
    return await _decided(turn, agrees=False)


async def _decided(turn: Turn, *, agrees: bool) -> Step:
    came = await decide_refund(turn.uow, refund=turn.id("refund"), official=turn.me.id, agrees=agrees)
    return End(text("refund-sent", outcome=came, due_sum=turn.money("due_sum"), name=turn.values["name"]))
