"""Fees: what moving an amount would cost today, for anybody to see, and what she has paid so far, behind the PIN."""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.payments.fee_history import FeePaid, fees_paid, what_it_costs

LINES = 5


DOORS = {"cost": go("fees.amount"), "paid": go("fees.paid"), "funds": go("funds.show")}


@screen("fees.menu", leads=DOORS)
async def ask_menu(_turn: Turn) -> Screen:
    """Prices, what was paid, or whether the money is there."""
    return Screen(
        text("fees-menu"),
        choices=(
            option("cost", text("fees-cost")),
            option("paid", text("fees-paid")),
            option("funds", text("funds-menu")),
        ),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return DOORS[chosen]


@screen("fees.amount")
async def ask_amount(_turn: Turn) -> Screen:
    """Of what amount."""
    return Screen(text("fees-amount"), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """Every price of this amount, by today's rows."""
    costs = await what_it_costs(turn.uow, amount=amount)
    rows: list[Text] = []
    if costs.deposit:
        rows.append(text("fees-of-deposit", fee=costs.deposit.fee, credited=costs.deposit.credited))
    if costs.customer_charge:
        rows.append(text("fees-of-payer", charge=costs.customer_charge))
    if costs.withdrawal:
        quote = costs.withdrawal
        rows.append(text("fees-of-withdrawal", fee=quote.fee, charge=quote.charge))
    return End(text("fees-of", amount=amount), rows=(*rows, text("fees-of-contribution")))


@action("fees.paid", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_paid(turn: Turn) -> Step:
    """This month, ever, and the last few."""
    paid = await fees_paid(turn.uow, member=turn.me.id, limit=LINES)
    if not paid.latest:
        return End(text("fees-none"))
    rows = tuple(text("fees-line", at=fee.at, amount=fee.amount, kind=_kind(fee)) for fee in paid.latest)
    return End(text("fees-total", month=paid.this_month, total=paid.ever), rows=rows)


def _kind(fee: FeePaid) -> str:
    return "network" if fee.network else fee.category
