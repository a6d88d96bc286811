"""I forgot my PIN, or lost my authenticator: a code by SMS, the word of her contacts, a waiting time, then a new PIN.

Until the end no screen asks for anything secret, so every step may be left and come back to. On USSD the code can't be read
while the session is open: it ends, and goes on where it stopped when she dials again.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from core.dialogue.definitions import action, screen
from core.dialogue.flows.new_pin import sealed_new_pin
from core.dialogue.screens import Again, Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.codes import has_open_code, issue_code
from core.identity.members import find
from core.identity.recovery import Recovery, cancel_recovery, pending_for_number, pending_recovery, start_recovery
from core.identity.recovery_contacts import LEAST_CONTACTS, contacts_who_count, needed_of
from core.identity.recovery_finish import finish_recovery, recovery_opens_at, require_open, was_asked_from
from core.identity.two_factor import has_two_factor
from core.kernel.phone import Phone
from core.kernel.texts import Text, text

PURPOSE = "recovery"
# What a code is bound to that begins a recovery without her authenticator: no code of another request begins this one.
WITHOUT_APP = "without the authenticator"


def subject(turn: Turn) -> str:
    """What a code proves: that whoever asks for a new PIN on this device has the member's phone."""
    return f"{turn.me.id} {turn.incoming.device}"


def bound_to(*, app_lost: bool) -> str:
    """What a code by SMS begins besides a new PIN."""
    return WITHOUT_APP if app_lost else ""


async def underway(turn: Turn) -> Recovery | None:
    """The recovery that this phone or chat may see: the member's own, or the one for this new number."""
    if turn.member is not None:
        return await pending_recovery(turn.uow, member=turn.member.id)
    number = turn.incoming.phone or turn.values.get("phone")
    return await pending_for_number(turn.uow, phone=Phone(str(number))) if number else None


def after_code(verdict: str, tries_left: int) -> Step | None:
    """What a code that wasn't right leads to; None when it was right."""
    match verdict:
        case "right":
            return None
        case "wrong":
            return Again(text("link-code-wrong", tries=tries_left))
        case "expired":
            return End(text("recovery-code-expired"))
        case _:
            return End(text("recovery-code-dead"))


@screen("recovery.closed", needs=Assurance.ANYONE)
async def ask_closed(turn: Turn) -> Screen:
    """The door is closed: until when, and the way back in."""
    until = turn.values.get("until")
    why = text("pin-locked", until=datetime.fromisoformat(str(until))) if until else text("pin-disabled")
    return Screen(why, choices=(option("forgot", text("account-forgot-pin")),))


@ask_closed.answered
async def take_closed(_turn: Turn, _chosen: str) -> Step:
    """To the recovery."""
    return go("recovery.start")


@action("recovery.start", needs=Assurance.MEMBER, why="pin-why-private")
async def start(turn: Turn) -> Step:
    """Where she stands: nothing asked yet, a code underway, or a recovery underway."""
    return await _start(turn, knows_app_is_lost=False)


@action("recovery.lost_app", needs=Assurance.MEMBER, why="pin-why-private")
async def start_without_app(turn: Turn) -> Step:
    """From where a code of her authenticator is asked for. That she knows her PIN shortens nothing: so may a thief."""
    return await _start(turn, knows_app_is_lost=True)


async def _start(turn: Turn, *, knows_app_is_lost: bool) -> Step:
    waiting = await underway(turn)
    if waiting is not None:
        return go("recovery.status", recovery=waiting.id)
    accepted = await contacts_who_count(turn.uow, member=turn.me.id)
    if len(accepted) < LEAST_CONTACTS:
        return End(text("error-no-recovery-contacts"))
    needed = needed_of(len(accepted))
    for lost in (True,) if knows_app_is_lost else (False, True):
        if await has_open_code(turn.uow, purpose=PURPOSE, subject=subject(turn), bound_to=bound_to(app_lost=lost)):
            return go("recovery.code", app_lost=lost)
    if knows_app_is_lost:
        return go("recovery.explain", needed=needed, app_lost=True)
    if await has_two_factor(turn.uow, member=turn.me.id):
        return go("recovery.app", needed=needed, after_app="recovery.explain")
    return go("recovery.explain", needed=needed, app_lost=False)


@screen("recovery.app", needs=Assurance.ANYONE)
async def ask_app(_turn: Turn) -> Screen:
    """Whether her authenticator is gone as well. Asked of everybody where an answer would tell who has one."""
    return Screen(
        text("recovery-app"), choices=(option("kept", text("recovery-app-kept")), option("lost", text("recovery-app-lost")))
    )


@ask_app.answered
async def take_app(turn: Turn, chosen: str) -> Step:
    """On to what she wanted."""
    return go(str(turn.values["after_app"]), app_lost=chosen == "lost")


@screen("recovery.explain")
async def ask_explain(turn: Turn) -> Screen:
    """What it takes, before it begins."""
    app = "lost" if turn.values.get("app_lost") else "kept"
    return Screen(text("recovery-explain", needed=turn.values["needed"], app=app), choices=(YES, NO))


@ask_explain.answered
async def take_explain(turn: Turn, chosen: str) -> Step:
    """Send the code to her own number."""
    if chosen != "yes":
        return End(text("recovery-not-started"))
    await issue_code(
        turn.uow,
        purpose=PURPOSE,
        subject=subject(turn),
        phone=turn.me.phone,
        language=turn.language,
        member=turn.me.id,
        requester=turn.incoming.device,
        bound_to=bound_to(app_lost=bool(turn.values.get("app_lost"))),
    )
    return go("recovery.code") if turn.channel.can_push else End(text("recovery-code-sent", dial=turn.dial))


@screen("recovery.code")
async def ask_code(_turn: Turn) -> Screen:
    """The code from the SMS."""
    return Screen(text("recovery-code"), asks=Asks.DIGITS)


@ask_code.answered
async def take_code(turn: Turn, code: str) -> Step:
    """With the right code her contacts are asked, and all her addresses are told."""
    lost = bool(turn.values.get("app_lost"))
    found = await turn.checks.check_code(
        purpose=PURPOSE, subject=subject(turn), code=code, event=turn.event, bound_to=bound_to(app_lost=lost)
    )
    refused = after_code(found.verdict, found.tries_left)
    if refused is not None:
        return refused
    begun = await start_recovery(
        turn.uow, member=turn.me.id, device=turn.incoming.device, channel=turn.channel.name, app_lost=lost
    )
    return End(text("recovery-started", needed=begun.needed))


@screen("recovery.status", needs=Assurance.ANYONE)
async def ask_status(turn: Turn) -> Screen:
    """How far it is, and the two things that can be done."""
    said, is_open = await _standing(turn, turn.id("recovery"))
    ready = (Choice("new_pin", text("recovery-choose-pin")),) if is_open else ()
    waiting = await underway(turn)
    rows = (text("recovery-app-goes"),) if waiting is not None and waiting.app_lost else ()
    return Screen(said, rows=rows, choices=(*ready, option("cancel", text("recovery-cancel"))))


async def _standing(turn: Turn, recovery: UUID) -> tuple[Text, bool]:
    waiting = await underway(turn)
    if waiting is None:
        return text("error-recovery-over"), False
    opens = await recovery_opens_at(turn.uow, recovery=recovery)
    if opens is None:
        return text("recovery-waits-for-contacts", needed=waiting.needed), False
    if opens > turn.uow.clock.now():
        return text("recovery-waits-until", at=opens), False
    if not await was_asked_from(turn.uow, recovery=recovery, device=turn.incoming.device):
        return text("error-recovery-elsewhere"), False
    return text("recovery-ready"), True


@ask_status.answered
async def take_status(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return go("recovery.new_pin") if chosen == "new_pin" else go("recovery.cancel")


@screen("recovery.cancel", needs=Assurance.ANYONE)
async def ask_cancel(_turn: Turn) -> Screen:
    """Stopping it is for anybody who holds one of her addresses: it gives nobody anything."""
    return Screen(text("recovery-cancel-sure"), choices=(YES, NO))


@ask_cancel.answered
async def take_cancel(turn: Turn, chosen: str) -> Step:
    """Stop it when she confirms."""
    if chosen != "yes":
        return End(text("recovery-goes-on"))
    await cancel_recovery(turn.uow, recovery=turn.id("recovery"), by=turn.channel.name)
    return End(text("sms-recovery-cancelled"))


@screen("recovery.new_pin", needs=Assurance.ANYONE)
async def ask_new_pin(_turn: Turn) -> Screen:
    """The new PIN, once the waiting time is over."""
    return Screen(text("new-pin"), asks=Asks.NEW_PIN)


@ask_new_pin.answered
async def take_new_pin(turn: Turn, pin: str) -> Step:
    """Refuse what is easily guessed or was hers before; remember only the sealed hash."""
    row = await require_open(turn.uow, recovery=turn.id("recovery"), device=turn.incoming.device)
    member = await find(turn.uow, turn.member.id if turn.member else row.member)
    if member is None:
        return End(text("error-recovery-over"))
    sealed = await sealed_new_pin(turn, pin, member=member.id, phone=row.new_phone or member.phone)
    return go("recovery.new_pin_again", sealed_pin=sealed, account=member.id)


@screen("recovery.new_pin_again", needs=Assurance.ANYONE)
async def ask_again(_turn: Turn) -> Screen:
    """The same PIN once more, against slips of the finger."""
    return Screen(text("register-pin-again"), asks=Asks.NEW_PIN)


@ask_again.answered
async def take_again(turn: Turn, pin: str) -> Step:
    """The account is hers again, and everything that was proven with the old PIN is over."""
    sealed = str(turn.values["sealed_pin"])
    if not await turn.checks.is_same_pin(pin, sealed, owner=turn.id("account")):
        return Again(text("register-pins-differ"))
    await finish_recovery(
        turn.uow,
        recovery=turn.id("recovery"),
        device=turn.incoming.device,
        sealed_pin=sealed,
        channel=turn.channel.name,
    )
    return End(text("sms-recovery-done"))
