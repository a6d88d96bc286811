"""Officials waive what a member owes: whose, what, why, and their PIN. The reason can be read by everybody."""

from __future__ import annotations

from uuid import UUID

from core.daos.dues.charges import Charge, open_charges_of
from core.daos.dues.reasons import read_reason
from core.daos.dues.waivers import waive
from core.daos.people import people_of, require_role
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import by_name
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, chosen_of, go
from core.dialogue.turn import NO, YES, Turn
from core.kernel.texts import text


@screen("waive.whom")
async def ask_whom(turn: Turn) -> Screen:
    """Who owes something; nobody decides about herself."""
    await require_role(turn.uow, member=turn.me.id, group=turn.group)
    owing = {charge.member for charge in await open_charges_of(turn.uow, group=turn.group)} - {turn.me.id}
    people = [one for one in await people_of(turn.uow, group=turn.group) if one.id in owing]
    return Screen(text("waive-whom", count=len(people)), choices=by_name(people))


@ask_whom.answered
async def take_whom(turn: Turn, chosen: str) -> Step:
    """Remember her."""
    people = await people_of(turn.uow, group=turn.group)
    whom = chosen_of(people, chosen)
    return go("waive.whom") if whom is None else go("waive.what", whom=whom.id, name=whom.name)


async def _open(turn: Turn) -> list[Charge]:
    found = await open_charges_of(turn.uow, group=turn.group)
    return [charge for charge in found if charge.member == turn.id("whom")]


@screen("waive.what")
async def ask_what(turn: Turn) -> Screen:
    """Which of her charges."""
    choices = tuple(Choice(str(one.id), text("charge-line", item=one.label, due_sum=one.missing)) for one in await _open(turn))
    return Screen(text("waive-what", name=turn.values["name"]), choices=choices)


@ask_what.answered
async def take_what(turn: Turn, chosen: str) -> Step:
    """Remember it; another charge is another waiver."""
    charge = chosen_of(await _open(turn), chosen)
    if charge is None:
        return go("waive.what")
    return go("waive.reason", charge=UUID(chosen), intent=turn.uow.ids.new())


@screen("waive.reason")
async def ask_reason(_turn: Turn) -> Screen:
    """Why."""
    return Screen(text("waive-reason"), asks=Asks.TEXT)


@ask_reason.answered
async def take_reason(_turn: Turn, typed: str) -> Step:
    """A reason that can be read."""
    return go("waive.confirm", because=read_reason(typed))


@screen("waive.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """How much, whose, which, why."""
    charge = next((one for one in await _open(turn) if one.id == turn.id("charge")), None)
    if charge is None:
        return Screen(text("waive-whom", count=0))
    turn.values["due_sum"] = charge.missing
    return Screen(
        text(
            "waive-confirm",
            due_sum=turn.values["due_sum"],
            name=turn.values["name"],
            item=charge.label,
            because=turn.values["because"],
        ),
        choices=(YES, NO),
    )


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("waive.do") if chosen == "yes" else End(text("kind-cancelled"))


@action("waive.do", needs=Assurance.PIN, why="pin-why-waive", final=True)
async def do_waive(turn: Turn) -> Step:
    """Waive it; the member is told."""
    amount = await waive(
        turn.uow,
        intent=turn.intent,
        official=turn.me.id,
        group=turn.group,
        charge=turn.id("charge"),
        reason=str(turn.values["because"]),
    )
    return End(text("waive-done", due_sum=amount, name=turn.values["name"]))
