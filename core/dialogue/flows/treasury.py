"""The treasury as every member sees it: what is there, what may still leave, its requests, and who holds the padlock."""

from __future__ import annotations

from core.daos.groups import require_member
from core.daos.people import OFFICIALS, people_of, short_name
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, Choice, End, Go, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.texts import Text, text
from core.treasury.padlock import drawn_from, last_month, latest_draw, padlock_holder
from core.treasury.reading import MOST_LISTED, Treasury, see_requests, see_treasury, waits_for
from core.treasury.requests import SHORT_NAME, Request

# A small menu holds about this many.
BACK = {"menu": go("treasury.menu")}
DOORS = {
    "show": go("treasury.show"),
    "requests": go("treasury.requests"),
    "padlock": go("treasury.padlock"),
    "move": go("pots.menu"),
}


@screen("treasury.menu", leads=DOORS)
async def ask_menu(turn: Turn) -> Screen:
    """What can be looked at and done; asking is the officials', petty cash the treasurer's."""
    group = turn.group
    seen = await see_treasury(turn.uow, viewer=turn.me.id, group=group)
    role = (await require_member(turn.uow, member=turn.me.id, group=group)).role
    asks = (option("ask", text("treasury-ask")),) if role in OFFICIALS else ()
    petty = (option("petty", text("treasury-petty")),) if role == "treasurer" and seen.rules.petty_cash else ()
    moves = (option("move", text("pots-door")),) if role in OFFICIALS else ()
    padlock = (option("padlock", text("treasury-see-padlock")),) if seen.rules.padlock else ()
    return Screen(
        text("treasury-menu", name=seen.name),
        choices=(
            option("show", text("treasury-see")),
            option("requests", text("treasury-see-requests", count=seen.unfinished)),
            *asks,
            *petty,
            *padlock,
            *moves,
        ),
    )


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    intent = turn.uow.ids.new()
    asking = {
        "ask": go("treasury.amount", path="usual", intent=intent),
        "petty": go("treasury.amount", path="petty", intent=intent),
    }
    return asking.get(chosen) or DOORS[chosen]


@action("treasury.show", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show(turn: Turn) -> Step:
    """What the group has, what is set aside, and what may still leave, and what was paid last."""
    seen = await see_treasury(turn.uow, viewer=turn.me.id, group=turn.group)
    left = seen.spent.left(seen.rules)
    head = text(
        "treasury-show",
        name=seen.name,
        total=seen.money.total,
        fund_free=seen.money.available.figures(),
        fund_aside=(seen.money.pending + seen.money.locked).figures(),
        fund_kept=seen.rules.reserve.figures(),
    )
    limits = text("treasury-left", fund_today=left["day"].figures(), fund_week=left["week"].figures())
    petty = text("treasury-petty-used", petty_gone=seen.spent.petty.figures(), petty_most=seen.rules.petty_cash.figures())
    return End(head, rows=(limits, petty, *_last(seen)))


def _last(seen: Treasury) -> tuple[Text, ...]:
    return tuple(
        text("treasury-payment", at=one.paid_at, amount=one.amount, payee_short=one.payee_short)
        for one in seen.last
        if one.paid_at is not None
    )


@screen("treasury.requests", leads=BACK, each=(go("treasury.request"), "number"))
async def ask_requests(turn: Turn) -> Screen:
    """Those that still can be decided first, then what became of the others."""
    found = await see_requests(turn.uow, viewer=turn.me.id, group=turn.group)
    return _listed(text("treasury-requests"), found)


@ask_requests.answered
async def take_requests(turn: Turn, chosen: str) -> Step:
    """Open the one that she chose."""
    return _open(turn, chosen)


@screen("treasury.mine", leads=BACK, each=(go("treasury.request"), "number"))
async def ask_mine(turn: Turn) -> Screen:
    """What waits for her own word."""
    found = await waits_for(turn.uow, member=turn.me.id, group=turn.group)
    return _listed(text("treasury-mine"), found[:MOST_LISTED])


@ask_mine.answered
async def take_mine(turn: Turn, chosen: str) -> Step:
    """Open the one that she chose."""
    return _open(turn, chosen)


def _listed(head: Text, found: list[Request]) -> Screen:
    if not found:
        return Screen(text("treasury-no-requests"), choices=(option("menu", text("treasury-door")),))
    return Screen(head, choices=tuple(Choice(str(one.number), _line(one)) for one in found))


def _line(request: Request) -> Text:
    return text(
        "treasury-line",
        number=request.number,
        amount=request.amount,
        payee_short=request.payee_short,
        standing=text("treasury-state", status=request.status),
    )


def _open(turn: Turn, chosen: str) -> Go:
    if chosen == "menu":
        return go("treasury.menu")
    # Each look at a request that leads to a decision is a decision of its own.
    return go("treasury.request", number=int(chosen), intent=turn.uow.ids.new())


@screen("treasury.padlock", leads=BACK)
async def ask_padlock(turn: Turn) -> Screen:
    """Who holds the padlock, and from what it was drawn, so that anybody can draw again."""
    group = turn.group
    await require_member(turn.uow, member=turn.me.id, group=group)
    holder = await padlock_holder(turn.uow, group=group)
    draw = await latest_draw(turn.uow, group=group)
    back = (option("menu", text("treasury-door")),)
    if holder is None or draw is None:
        return Screen(text("treasury-no-padlock"), choices=back)
    names = {one.id: one.name for one in await people_of(turn.uow, group=group)}
    rows = (
        text("treasury-draw", number=draw.candidates.index(draw.holder) + 1, count=len(draw.candidates)),
        text("treasury-drawn-from", draw_line=drawn_from(draw.seed, draw.group, draw.quarter, draw.number)),
        *(
            text("treasury-candidate", number=place, whose=names.get(one, "-"))
            for place, one in enumerate(draw.candidates, start=1)
        ),
    )
    return Screen(
        text(
            "treasury-padlock",
            by_short=short_name(holder.name)[:SHORT_NAME],
            lock_until=last_month(draw.quarter),
            count=len(draw.candidates),
        ),
        rows=rows,
        choices=back,
    )


@ask_padlock.answered
async def take_padlock(_turn: Turn, _chosen: str) -> Step:
    """Back to the treasury."""
    return go("treasury.menu")
