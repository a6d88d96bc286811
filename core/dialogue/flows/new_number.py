"""A new number for an account: the old SIM is lost, stolen or was given up.

From the new phone: her old number, a code by SMS to the new one, her PIN. Wrong PINs count apart from those on her own phone,
and a number of nobody gets the same answers. From a linked chat: the new number, a code to it, her PIN. Then, as after a
forgotten PIN, her contacts have to say that it is her, and the old number hears of it.
"""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.flows.recovery import PURPOSE, after_code, underway
from core.dialogue.screens import Again, Asks, Assurance, End, Screen, Step, go
from core.dialogue.turn import Turn
from core.identity.codes import has_open_code, issue_code
from core.identity.members import find_by_phone
from core.identity.new_pins import PIN_SHAPE
from core.identity.recovery import start_recovery
from core.identity.strangers import NOBODY
from core.identity.two_factor import has_two_factor
from core.kernel.phone import Phone, masked, parse_phone
from core.kernel.texts import text


def new_number(turn: Turn) -> Phone:
    """The number that is to be hers: the one that dials, or the one that a code by SMS has proven in this chat."""
    return turn.incoming.phone or Phone(str(turn.values["phone"]))


def subject(turn: Turn) -> str:
    """What a code proves: that whoever asks on this device has the new number."""
    return f"number {new_number(turn)} {turn.incoming.device}"


def ask_of_app(then: str) -> Step:
    """Whoever lost her phone has often lost her authenticator with it. Asked before the PIN, so of everybody."""
    return go("recovery.app", after_app=then)


@action("recovery.number", needs=Assurance.ANYONE, why="pin-why-private")
async def start(turn: Turn) -> Step:
    """Where this number stands: asked for already, or not yet."""
    waiting = await underway(turn)
    return go("recovery.status", recovery=waiting.id) if waiting else go("recovery.old_number")


@screen("recovery.old_number", needs=Assurance.ANYONE)
async def ask_old_number(_turn: Turn) -> Screen:
    """Which account it is."""
    return Screen(text("recovery-old-number"), asks=Asks.TEXT)


@ask_old_number.answered
async def take_old_number(turn: Turn, typed: str) -> Step:
    """Whether it is a member's isn't told. A chat has proven the new number before it came here."""
    old = parse_phone(typed)
    if old == new_number(turn):
        return Again(text("recovery-same-number"))
    turn.values["old"] = old
    if turn.incoming.phone is None:
        return ask_of_app("recovery.old_pin")
    if await has_open_code(turn.uow, purpose=PURPOSE, subject=subject(turn)):
        return go("recovery.number_code")
    await _send_code(turn)
    return End(text("recovery-number-code-sent", dial=turn.dial))


@screen("recovery.number_code", needs=Assurance.ANYONE)
async def ask_number_code(_turn: Turn) -> Screen:
    """The code that came to the new number."""
    return Screen(text("recovery-code"), asks=Asks.DIGITS)


@ask_number_code.answered
async def take_number_code(turn: Turn, code: str) -> Step:
    """Her PIN is asked last, because a USSD gateway repeats it."""
    found = await turn.checks.check_code(purpose=PURPOSE, subject=subject(turn), code=code, event=turn.event)
    return after_code(found.verdict, found.tries_left) or ask_of_app("recovery.old_pin")


@screen("recovery.old_pin", needs=Assurance.ANYONE)
async def ask_old_pin(turn: Turn) -> Screen:
    """The PIN of the account that she says is hers."""
    return Screen(text("pin-ask", why=text("pin-why-number", phone=masked(str(turn.values["old"])))), asks=Asks.PIN)


@ask_old_pin.answered
async def take_old_pin(turn: Turn, pin: str) -> Step:
    """Count and check it at the door for devices that aren't hers; then ask her contacts."""
    if PIN_SHAPE.fullmatch(pin) is None:
        return Again(text("error-not-a-pin"))
    member = await find_by_phone(turn.uow, Phone(str(turn.values["old"])))
    found = await turn.checks.check_pin(
        pin,
        member=member.id if member else NOBODY,
        claimed=str(turn.values["old"]),
        channel=turn.channel.name,
        device=turn.incoming.device,
        event=turn.event,
    )
    if found.verdict == "wrong":
        return Again(text("recovery-pin-wrong", tries=found.tries_left))
    if member is None or (found.verdict != "right" and not found.knows_pin):
        return End(text("recovery-pin-closed"))
    begun = await start_recovery(
        turn.uow,
        member=member.id,
        device=turn.incoming.device,
        channel=turn.channel.name,
        new_phone=new_number(turn),
        app_lost=bool(turn.values.get("app_lost")),
    )
    return End(text("recovery-started", needed=begun.needed))


@screen("recovery.new_number")
async def ask_new_number(_turn: Turn) -> Screen:
    """In a linked chat: which number she has now."""
    return Screen(text("recovery-new-number"), asks=Asks.TEXT)


@ask_new_number.answered
async def take_new_number(turn: Turn, typed: str) -> Step:
    """Send a code there."""
    turn.values["phone"] = number = parse_phone(typed)
    if number == turn.me.phone:
        return Again(text("recovery-same-number"))
    await _send_code(turn)
    return go("recovery.new_number_code")


@screen("recovery.new_number_code")
async def ask_new_number_code(_turn: Turn) -> Screen:
    """The code that came to the new number."""
    return Screen(text("recovery-code"), asks=Asks.DIGITS)


@ask_new_number_code.answered
async def take_new_number_code(turn: Turn, code: str) -> Step:
    """Then her PIN, as for everything that matters; and whether her authenticator is gone, too, where she has one."""
    found = await turn.checks.check_code(purpose=PURPOSE, subject=subject(turn), code=code, event=turn.event)
    refused = after_code(found.verdict, found.tries_left)
    if refused is not None:
        return refused
    has_app = await has_two_factor(turn.uow, member=turn.me.id)
    return ask_of_app("recovery.move") if has_app else go("recovery.move", app_lost=False)


@action("recovery.move", needs=Assurance.PIN, why="pin-why-move")
async def move(turn: Turn) -> Step:
    """Ask her contacts; the old number hears of it."""
    waiting = await underway(turn)
    if waiting is not None:
        return go("recovery.status", recovery=waiting.id)
    begun = await start_recovery(
        turn.uow,
        member=turn.me.id,
        device=turn.incoming.device,
        channel=turn.channel.name,
        new_phone=new_number(turn),
        app_lost=bool(turn.values.get("app_lost")),
    )
    return End(text("recovery-started", needed=begun.needed))


async def _send_code(turn: Turn) -> None:
    await issue_code(
        turn.uow,
        purpose=PURPOSE,
        subject=subject(turn),
        phone=new_number(turn),
        language=turn.language,
        requester=turn.incoming.device,
    )
