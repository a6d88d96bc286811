"""Deposit by M-Pesa: amount, what it costs and what arrives, PIN, prompt.

The phone is busy while a USSD session is open, so there the talk ends before the prompt is sent and the outcome comes by
SMS; in a lasting chat the same message tells it.
"""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, go
from core.dialogue.turn import NO, YES, Turn
from core.kernel.money import Money
from core.kernel.texts import text
from core.payments.account_numbers import account_number, spaced
from core.payments.deposits import HIGHEST_DEPOSIT, LOWEST_DEPOSIT, quote_deposit, start_deposit


@screen("deposit.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How many shillings; or where to pay from any other phone, without a prompt."""
    account = spaced(await account_number(turn.uow, member=turn.me.id))
    return Screen(
        text("deposit-amount", low=LOWEST_DEPOSIT, high=HIGHEST_DEPOSIT),
        rows=(text("deposit-or-paybill", paybill=turn.paybill, account=account),),
        asks=Asks.AMOUNT,
    )


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """An amount that M-Pesa takes."""
    now = turn.uow.clock.now()
    await quote_deposit(turn.uow, amount=amount, at=now)
    # Another amount is another deposit, even when she comes back here after the first was sent. The fee that the next
    # screen shows is the fee that is charged, even when the schedule changes before the PIN is typed.
    return go("deposit.confirm", amount=amount, intent=turn.uow.ids.new(), quoted_at=now.isoformat())


@screen("deposit.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """Amount, fee and what is credited, before anything happens."""
    quote = await quote_deposit(turn.uow, amount=turn.money("amount"), at=turn.quoted_at)
    return Screen(text("deposit-confirm", amount=quote.amount, fee=quote.fee, credited=quote.credited), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    return go("deposit.send") if chosen == "yes" else End(text("deposit-cancelled"))


@action("deposit.send", needs=Assurance.PIN, why="pin-why-deposit")
async def send(turn: Turn) -> Step:
    """Write the intent down; the worker asks M-Pesa once this turn is committed."""
    await start_deposit(
        turn.uow,
        intent=turn.intent,
        member=turn.me.id,
        phone=turn.me.phone,
        amount=turn.money("amount"),
        language=turn.language,
        channel=turn.channel.name,
        chat=turn.incoming.chat,
        quoted_at=turn.quoted_at,
    )
    if turn.channel.can_push:
        return End(text("deposit-prompted-here", amount=turn.money("amount")), live=turn.intent)
    return End(text("deposit-prompted", amount=turn.money("amount")))
