"""Linking a chat account to a phone: the person's own contact, then a code by SMS to that number.

Until the code is proven every number gets the same answers, so nobody learns here who is a member. Afterwards a member is
at home, and a newcomer registers on the spot with the number that she has just proven.
"""

from __future__ import annotations

from core.daos.dialling import dialled
from core.dialogue.definitions import screen
from core.dialogue.screens import Again, Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.codes import issue_code
from core.identity.devices import link_telegram
from core.identity.former_chats import members_of_former_chat
from core.identity.linking import link_hold
from core.identity.members import Member, find_by_phone
from core.identity.sim_swap import ask_sim_swap
from core.identity.waiting_changes import stop_changes, waiting_changes
from core.kernel.ids import MemberId
from core.kernel.phone import Phone, masked, parse_phone
from core.kernel.texts import text

PURPOSE = "telegram-link"
BALANCE = "1"  # what is dialled for it (tests/dialogue/dial_codes.txt)


def subject(turn: Turn) -> str:
    """What a code proves: that this account and this number belong to one person."""
    return f"{turn.incoming.telegram}:{turn.values['phone']}"


@screen("link.contact", needs=Assurance.ANYONE)
async def ask_contact(turn: Turn) -> Screen:
    """The first thing that a chat account without a member sees; of one who spoke for her until lately, what it can stop."""
    if await _stoppable(turn):
        choices = (option("stop", text("changes-stop")), option("link", text("former-changes-link")))
        return Screen(text("former-changes"), choices=choices)
    return Screen(text("link-contact"), asks=Asks.CONTACT)


@ask_contact.answered
async def take_contact(turn: Turn, number: str) -> Step:
    """Send a code to the shared number. It's empty when the contact isn't the sender's own."""
    if number == "stop":
        for member in await _stoppable(turn):
            await stop_changes(turn.uow, member=member, by=turn.channel.name)
        return End(text("changes-stopped"))
    if number == "link":
        return go("link.share")
    return await _send_code(turn, number)


@screen("link.share", needs=Assurance.ANYONE)
async def ask_share(_turn: Turn) -> Screen:
    """The contact all the same."""
    return Screen(text("link-contact"), asks=Asks.CONTACT)


@ask_share.answered
async def take_share(turn: Turn, number: str) -> Step:
    """As with the first screen."""
    return await _send_code(turn, number)


async def _stoppable(turn: Turn) -> list[MemberId]:
    """For whom this chat account spoke until lately, and who has changes that wait."""
    former = await members_of_former_chat(turn.uow, telegram_id=turn.incoming.telegram or 0)
    return [one for one in former if await waiting_changes(turn.uow, member=one)]


async def _send_code(turn: Turn, number: str) -> Step:
    if not number:
        return Again(text("link-own-contact"))
    turn.values["phone"] = phone = parse_phone(number)
    await issue_code(
        turn.uow,
        purpose=PURPOSE,
        subject=subject(turn),
        phone=phone,
        language=turn.language,
        requester=turn.incoming.device,
    )
    # For every number, a member's or not. The answer comes while she waits for the SMS.
    await ask_sim_swap(turn.uow, phone=phone, why="link")
    return go("link.code")


@screen("link.code", needs=Assurance.ANYONE)
async def ask_code(turn: Turn) -> Screen:
    """The code from the SMS."""
    return Screen(text("link-code", phone=masked(str(turn.values["phone"]))), asks=Asks.DIGITS)


@ask_code.answered
async def take_code(turn: Turn, code: str) -> Step:
    """With the right code the account speaks for whoever has the number."""
    outcome = await turn.checks.check_code(purpose=PURPOSE, subject=subject(turn), code=code, event=turn.event)
    match outcome.verdict:
        case "right":
            return await _proven(turn)
        case "wrong":
            return Again(text("link-code-wrong", tries=outcome.tries_left))
        case "expired":
            return Again(text("link-code-expired"))
        case _:
            return End(text("link-code-dead"))


async def _proven(turn: Turn) -> Step:
    phone = Phone(str(turn.values["phone"]))
    member = await find_by_phone(turn.uow, phone)
    if member is None:
        return go("register.language")
    held = await link_hold(turn.uow, member=member.id, telegram_id=turn.incoming.telegram or 0)
    if held is not None:
        until = held.until or turn.uow.clock.now()
        codes = {"dial": turn.dial, "dialled": dialled(turn.uow, BALANCE)}
        return End(text("link-held", reason=held.reason, at=until, **codes))
    await _link(turn, member)
    turn.member, turn.language = member, member.language
    return go("home")


async def _link(turn: Turn, member: Member) -> None:
    """Raises TelegramTaken."""
    telegram, chat = turn.incoming.telegram, turn.incoming.chat
    if telegram is None or chat is None:
        raise LookupError("only a chat account can be linked")
    await link_telegram(turn.uow, member=member.id, telegram_id=telegram, chat=chat, name=turn.incoming.display_name)
