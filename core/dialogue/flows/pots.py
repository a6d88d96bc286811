"""Moving money between the treasury and the group's other pots: one official proposes, others give their word, all are told."""

from __future__ import annotations

from core.daos.loans.funding import FUNDS, Funding, decide_funding, open_funding, propose_funding
from core.daos.people import require_role
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.money import Money
from core.kernel.texts import text
from core.ledger.accounts import pot
from core.ledger.service import balances


@screen("pots.menu")
async def ask_menu(turn: Turn) -> Screen:
    """Which pot; or the move that waits, since one is decided at a time. For officials."""
    await require_role(turn.uow, member=turn.me.id, group=turn.group)
    waiting = await open_funding(turn.uow, group=turn.group)
    if waiting is not None:
        return _waits(turn, waiting)
    return Screen(text("pots-menu"), choices=tuple(Choice(fund, text("pots-fund", fund=fund)) for fund in FUNDS))


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """One of the pots, or her word on what waits."""
    return go("pots.one", fund=chosen) if chosen in FUNDS else _word(chosen)


@screen("pots.one", needs=Assurance.RECENT_PIN)
async def ask_one(turn: Turn) -> Screen:
    """What the pot holds, and a move that waits for her word."""
    waiting = await open_funding(turn.uow, group=turn.group)
    if waiting is not None:
        return _waits(turn, waiting)
    fund = turn.values["fund"]
    account = pot(turn.group, fund)
    held = (await balances(turn.uow, [account]))[account].available
    moves = (option("in", text("pots-in")), option("out", text("pots-out")))
    return Screen(text("pots-hold", fund=fund, held=held), choices=moves)


@ask_one.answered
async def take_one(_turn: Turn, chosen: str) -> Step:
    """Propose a move, or give her word on the one that waits."""
    if chosen in {"in", "out"}:
        return go("pots.amount", direction=chosen)
    return _word(chosen)


def _word(chosen: str) -> Step:
    return go("pots.agree") if chosen == "yes" else go("pots.refuse")


def _waits(turn: Turn, waiting: Funding) -> Screen:
    about = {"amount": waiting.amount, "direction": waiting.direction, "fund": waiting.fund}
    turn.values.update(funding=waiting.id, **about)
    so_far = text("pots-open", **about, agreed=waiting.agreed, quota=waiting.needed)
    if turn.me.id in waiting.decided:
        return Screen(so_far, rows=(text("pots-waits"),))
    return Screen(so_far, choices=(option("yes", text("loan-agree")), option("no", text("loan-refuse"))))


@screen("pots.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How much."""
    return Screen(text("pots-amount", fund=turn.values["fund"]), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """Another amount is another move."""
    return go("pots.confirm", amount=amount, intent=turn.uow.ids.new())


@screen("pots.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """Amount, pot and direction, before anybody is asked."""
    about = {"direction": turn.values["direction"], "fund": turn.values["fund"]}
    return Screen(text("pots-confirm", amount=turn.money("amount"), **about), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("pots.propose") if chosen == "yes" else End(text("contribute-cancelled"))


@action("pots.propose", needs=Assurance.PIN, why="pin-why-pots")
async def propose(turn: Turn) -> Step:
    """Ask the other officials; her own word counts."""
    moved = await propose_funding(
        turn.uow,
        intent=turn.intent,
        group=turn.group,
        official=turn.me.id,
        amount=turn.money("amount"),
        direction="in" if turn.values["direction"] == "in" else "out",
        fund=turn.values["fund"],
    )
    if moved.done:
        return End(text("pots-moved", amount=moved.amount))
    return End(text("pots-asked", agreed=moved.agreed, quota=moved.needed))


@action("pots.agree", needs=Assurance.PIN, why="pin-why-pots")
async def agree(turn: Turn) -> Step:
    """Her yes to the move that she has read; the last one needed moves it."""
    moved = await decide_funding(turn.uow, funding=turn.id("funding"), official=turn.me.id, agrees=True)
    if moved.done:
        return End(text("pots-moved", amount=moved.amount))
    return End(text("loan-word-given", agreed=moved.agreed, quota=moved.needed))


@action("pots.refuse", needs=Assurance.PIN, why="pin-why-pots-refuse")
async def refuse(turn: Turn) -> Step:
    """Her no; where enough have said it the move is over."""
    moved = await decide_funding(turn.uow, funding=turn.id("funding"), official=turn.me.id, agrees=False)
    return End(text("pots-refused", amount=moved.amount, over=int(moved.rejected)))
