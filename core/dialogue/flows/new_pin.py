"""Changing her PIN: the old one first, then the new one twice. All three come last, because a USSD gateway repeats them.

Her old PIN has to be proven before the new one is even compared with earlier ones: an answer "you had this one before" to
somebody who only holds the phone would be a guess at her PIN that nobody counts.
"""

from __future__ import annotations

from core.dialogue.definitions import screen
from core.dialogue.screens import Again, Asks, Assurance, End, Screen, Step, go
from core.dialogue.turn import Turn
from core.identity.new_pins import WeakPin, check_new_pin
from core.identity.own_numbers import own_numbers
from core.identity.pin_change import change_pin, previous_pins
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.texts import text
from core.payments.account_numbers import account_numbers


async def sealed_new_pin(turn: Turn, pin: str, *, member: MemberId, phone: Phone) -> str:
    """The new PIN of a member who has proven who she is, hashed. Raises WeakPin, Busy."""
    known = [*await own_numbers(turn.uow, member=member), *await account_numbers(turn.uow, member=member)]
    check_new_pin(pin, phone=phone, own=known)
    if await turn.checks.is_any_pin(pin, await previous_pins(turn.uow, member=member), owner=member):
        raise WeakPin("previous")
    return await turn.checks.hash_pin(pin, owner=member)


@screen("account.new_pin", needs=Assurance.PIN, why="pin-why-new-pin")
async def ask_new_pin(_turn: Turn) -> Screen:
    """The new PIN; the old one was proven on the way here."""
    return Screen(text("new-pin"), asks=Asks.NEW_PIN)


@ask_new_pin.answered
async def take_new_pin(turn: Turn, pin: str) -> Step:
    """Refuse what is easily guessed or was hers before; remember only the sealed hash."""
    if not turn.proven:
        return End(text("new-pin-too-late"))
    return go("account.new_pin_again", sealed_pin=await sealed_new_pin(turn, pin, member=turn.me.id, phone=turn.me.phone))


@screen("account.new_pin_again")
async def ask_again(_turn: Turn) -> Screen:
    """The same PIN once more, against slips of the finger."""
    return Screen(text("register-pin-again"), asks=Asks.NEW_PIN)


@ask_again.answered
async def take_again(turn: Turn, pin: str) -> Step:
    """Put it in place when both agree and the old PIN was proven in this very conversation."""
    if not turn.proven:
        return End(text("new-pin-too-late"))
    sealed = str(turn.values["sealed_pin"])
    if not await turn.checks.is_same_pin(pin, sealed, owner=turn.me.id):
        return Again(text("register-pins-differ"))
    await change_pin(turn.uow, member=turn.me.id, sealed_pin=sealed, channel=turn.channel.name)
    return End(text("new-pin-done"))
