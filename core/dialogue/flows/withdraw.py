"""Withdraw to her own M-PESA: amount, the whole price, PIN, and then M-Pesa pays.

The price is on the confirm screen, before the PIN: what arrives, our fee, M-Pesa's charge and what leaves her balance. The
outcome comes by SMS, or in the same message of a lasting chat.
"""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, go
from core.dialogue.turn import NO, YES, Turn
from core.identity.approvals import Approval
from core.identity.sim_swap import UNKNOWN_UP_TO, ask_sim_swap
from core.kernel.money import Money
from core.kernel.phone import masked
from core.kernel.texts import Text, text
from core.payments.breaker import payouts_stopped
from core.payments.funds.freezing import GAP
from core.payments.withdrawal_holds import withdrawal_hold
from core.payments.withdrawal_limits import check_size, limits_of
from core.payments.withdrawal_quotes import quote_withdrawal
from core.payments.withdrawals import find_withdrawal, known_payee, start_withdrawal

# Of the name that M-Pesa knows, as much as fits beside the number.
LONGEST_PAYEE = 20


def approval(turn: Turn) -> Approval:
    """What she approves, above her own limit, by more than her PIN: this amount to her own number."""
    phone = turn.me.phone
    return Approval("withdraw", turn.intent, turn.money("amount"), payee=masked(phone), payee_id=phone)


@screen("withdraw.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How many shillings are to arrive."""
    limits = await limits_of(turn.uow, member=turn.me.id)
    return Screen(text("withdraw-amount", low=limits.minimum, high=limits.at_once), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(turn: Turn, amount: Money) -> Step:
    """An amount that M-Pesa sends and that she may withdraw at once."""
    now = turn.uow.clock.now()
    await check_size(turn.uow, member=turn.me.id, amount=amount)
    await quote_withdrawal(turn.uow, amount=amount, at=now)
    if amount > UNKNOWN_UP_TO:
        # The network answers within seconds, while she reads the next screens.
        await ask_sim_swap(turn.uow, phone=turn.me.phone, why="payout")
    # Another amount is another withdrawal; the price that the next screen shows is the price that is taken.
    return go("withdraw.confirm", amount=amount, intent=turn.uow.ids.new(), quoted_at=now.isoformat())


@screen("withdraw.confirm", leads={"yes": go("withdraw.send")})
async def ask_confirm(turn: Turn) -> Screen:
    """To whom, what arrives, both fees and what leaves, before anything happens."""
    quote = await quote_withdrawal(turn.uow, amount=turn.money("amount"), at=turn.quoted_at)
    count = len(quote.parts)
    notes = [text("withdraw-in-parts", count=count)] if count > 1 else []
    if (stopped := await payouts_stopped(turn.uow)) is not None:
        notes.append(text("withdraw-frozen" if stopped == GAP else "withdraw-stopped"))
    return Screen(
        text(
            "withdraw-confirm",
            amount=quote.amount,
            payee=await _payee(turn),
            fee=quote.fee,
            charge=quote.charge,
            total=quote.total,
        ),
        rows=tuple(notes),
        choices=(YES, NO),
    )


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision, each time."""
    return go("withdraw.send") if chosen == "yes" else End(text("withdraw-cancelled"))


@action("withdraw.send", needs=Assurance.PIN, why="pin-why-withdraw", approves=approval, final=True)
async def send(turn: Turn) -> Step:
    """Set the money aside; the worker asks M-Pesa once this turn is committed. Money in doubt waits instead."""
    if await find_withdrawal(turn.uow, intent=turn.intent) is None:
        held = await withdrawal_hold(turn.uow, member=turn.me.id, amount=turn.money("amount"))
        if held is not None:
            return End(text("withdraw-held", reason=held.reason, at=held.until or turn.uow.clock.now()))
    started = await start_withdrawal(
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
    if (stopped := await payouts_stopped(turn.uow)) is not None:
        waits = "withdraw-frozen-queued" if stopped == GAP else "withdraw-queued"
        return End(text(waits, amount=started.amount), live=turn.intent if turn.channel.can_push else None)
    if turn.channel.can_push:
        return End(text("withdraw-started-here", amount=started.amount), live=turn.intent)
    return End(text("withdraw-started", amount=started.amount))


async def _payee(turn: Turn) -> Text:
    """Her number, masked, and the name that M-Pesa last told for it: first name and initial, since no PIN was typed yet."""
    phone, name = masked(turn.me.phone), await known_payee(turn.uow, phone=turn.me.phone)
    if not name:
        return text("withdraw-to", phone=phone)
    first, *others = name.split()
    short = " ".join([first, f"{others[-1][0]}."] if others else [first])
    return text("withdraw-to-named", name=short[:LONGEST_PAYEE], phone=phone)
