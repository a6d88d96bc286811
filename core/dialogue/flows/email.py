"""Her e-mail: add, prove, change, remove. The address is typed before the PIN, the code when it has arrived.

To replace or remove an address that she has proven takes one more code first: it is told of every recovery, so whoever could
take it away unseen would be heard by nobody. A first address takes her authenticator where she has one, and a code by SMS in a
chat. What only her phone and PIN have proven waits three days in which she can stop it (`core.identity.waiting_time`).
"""

from __future__ import annotations

from core.daos.dialling import dialled
from core.dialogue.definitions import action, screen
from core.dialogue.flows.security import change
from core.dialogue.screens import Again, Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.addresses import email_of
from core.identity.email_words import clean_email, shown_email
from core.identity.emails import email_counts_from, pending_email, remove_email, start_email
from core.kernel.texts import text

# What is dialled to come back here: her account, then her e-mail (tests/dialogue/dial_codes.txt).
TO_EMAIL = "5", "6"


@screen("email.menu")
async def ask_menu(turn: Turn) -> Screen:
    """What can be done; the address itself stays behind the PIN."""
    has_one = await email_of(turn.uow, member=turn.me.id) is not None
    waits = await pending_email(turn.uow, member=turn.me.id) is not None
    return Screen(
        text("email-menu", has=int(has_one)),
        choices=(
            *((option("code", text("email-enter-code")),) if waits else ()),
            option("address", text("email-change" if has_one else "email-add")),
            *((option("remove", text("email-remove")),) if has_one else ()),
        ),
    )


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    intent = turn.uow.ids.new()
    doors = {"code": go("email.code"), "address": go("email.address"), "remove": go("email.remove", intent=intent)}
    return doors[chosen]


@screen("email.address")
async def ask_address(_turn: Turn) -> Screen:
    """The address, with words for the signs that a keypad hides."""
    return Screen(text("email-address"), asks=Asks.TEXT)


@ask_address.answered
async def take_address(turn: Turn, typed: str) -> Step:
    """An address that can be written to; another one is another change."""
    address = clean_email(typed)
    turn.values.update(email=address, shown=shown_email(address), intent=turn.uow.ids.new())
    return go("email.replace") if await email_of(turn.uow, member=turn.me.id) else go("email.send")


@action("email.send", needs=Assurance.PIN, why="pin-why-email", approves=change("email", payee="shown", phone_is_here=True))
async def send_first(turn: Turn) -> Step:
    """Her first address; if one was proven meanwhile, this is a change after all."""
    return go("email.replace") if await email_of(turn.uow, member=turn.me.id) else await send(turn)


@action("email.replace", needs=Assurance.PIN, why="pin-why-email", approves=change("email", payee="shown"))
async def send_next(turn: Turn) -> Step:
    """Another one in the place of hers."""
    return await send(turn)


async def send(turn: Turn) -> Step:
    """Send the code. On a phone whose session ends with the PIN she dials again when it has come."""
    await start_email(turn.uow, member=turn.me.id, address=str(turn.values["email"]))
    if turn.channel.can_push:
        return go("email.code")
    return End(text("email-sent", email=str(turn.values["shown"]), dialled=dialled(turn.uow, *TO_EMAIL)))


@screen("email.code")
async def ask_code(turn: Turn) -> Screen:
    """The code from the e-mail."""
    address = await pending_email(turn.uow, member=turn.me.id)
    return Screen(text("email-code", email=shown_email(address) if address else "?"), asks=Asks.DIGITS)


@ask_code.answered
async def take_code(turn: Turn, code: str) -> Step:
    """With the right code the address is hers, or will be."""
    outcome = await turn.checks.check_email_code(member=turn.me.id, code=code, event=turn.event)
    match outcome.verdict:
        case "right":
            at = await email_counts_from(turn.uow, member=turn.me.id)
            return End(text("email-waits", at=at) if at else text("email-verified"))
        case "wrong":
            return Again(text("link-code-wrong", tries=outcome.tries_left))
        case "expired":
            return End(text("email-code-expired"))
        case _:
            return End(text("email-code-dead"))


@action("email.remove", needs=Assurance.PIN, why="pin-why-email-remove", approves=change("email-remove"))
async def remove(turn: Turn) -> Step:
    """No more notices there, from now on or after the waiting time."""
    at = await remove_email(turn.uow, member=turn.me.id)
    if at is None:
        return End(text("email-none"))
    return End(text("email-leaves", at=at) if at > turn.uow.clock.now() else text("email-removed"))
