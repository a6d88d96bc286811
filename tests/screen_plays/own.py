"""Plays about one person: her number, PIN, codes, contacts, e-mail, and what she pays for others."""

from __future__ import annotations

import re

import pyotp

from core.daos.practice import PRACTICE_CODE, seed_practice_group
from core.dialogue.turn import TELEGRAM
from core.identity.devices import unlink_telegram
from core.identity.recovery_contacts import answer_request, ask_contact, requests_to
from tests.extremes import LONGEST_NAME
from tests.screen_plays.cast import NEW_PIN, Cast, Person
from tests.screen_walk import VALUES


async def registering(cast: Cast) -> None:
    """Somebody new, on her phone and in her chat, up to the PIN that she has to repeat."""
    somebody = cast.somebody("somebody")
    # Whoever registers here writes her name in letters that every handset shows.
    name = LONGEST_NAME if cast.kind == "longest" else VALUES["ordinary"].name
    await somebody.dial(cast.language, "register", f"={name}", f"={NEW_PIN}")
    await somebody.dial(channel=TELEGRAM)
    await somebody.contact()


async def a_new_pin(cast: Cast) -> None:
    """The old one, then the new one twice."""
    await cast.people["amina"].dial("account", "new_pin", "PIN", f"={NEW_PIN}")


async def practising(cast: Cast) -> None:
    """The practice group is joined without reading rules."""
    async with cast.database.unit() as uow:
        await seed_practice_group(uow)
    await cast.people["amina"].dial("groups", "join", f"={PRACTICE_CODE}")


async def paying_for_another(cast: Cast) -> None:
    """Whom, how much, and once more."""
    payer, other = cast.people["amina"], cast.people["bahati"]
    await payer.dial("account", "paybill", "other", f"=0{other.phone[4:]}", f"={cast.values.amount}")


async def an_email(cast: Cast) -> None:
    """The code is typed in another session."""
    amina = cast.people["amina"]
    await amina.dial("account", "email", "address", f"={'w' * 20}@{'d' * 20}.co.ke", "PIN")
    await amina.dial("account", "email", "code")


async def contacts(cast: Cast) -> None:
    """Asking an official, being asked, and what waits three days."""
    amina, chair = cast.people["amina"], cast.people["chair"]
    await amina.dial("account", "contacts", "officials", str(chair.member), "PIN")
    await chair.dial("account", "vouch", "c:")
    await amina.dial("account", "changes", "stop")


async def _befriended(cast: Cast, whose: Person, contacts: tuple[Person, ...]) -> None:
    for contact in contacts:
        async with cast.database.unit() as uow:
            await ask_contact(uow, member=whose.member, contact=contact.member)
        async with cast.database.unit() as uow:
            [asked] = await requests_to(uow, contact=contact.member)
            await answer_request(uow, contact=contact.member, request=asked.id, accepts=True)
    cast.clock.advance(hours=73)


async def a_forgotten_pin(cast: Cast) -> None:
    """A code by SMS, the word of her contacts, a day, a new PIN; and that anybody with her phone may stop it."""
    bahati, friends = cast.people["bahati"], (cast.people["secretary"], cast.people["treasurer"])
    await _befriended(cast, bahati, friends)
    await bahati.dial("account", "forgot", "yes")
    await bahati.dial("account", "forgot", await bahati.code())
    await bahati.dial("account", "forgot", "cancel")
    for friend in friends:
        await friend.dial("account", "vouch", "r:", "yes", "PIN")
    await bahati.dial("account", "forgot")
    cast.clock.advance(hours=74)
    await bahati.dial("account", "forgot", "new_pin", f"={NEW_PIN}", f"={NEW_PIN}")


async def a_new_number(cast: Cast) -> None:
    """From the new phone, with a code to it and the PIN of the account; and from a chat."""
    amina, new = cast.people["amina"], cast.somebody("new number")
    await new.dial("number", f"=0{amina.phone[4:]}")
    await new.dial("number", f"=0{amina.phone[4:]}", await new.code(), "kept")
    await amina.link()
    await amina.command("account.menu", "number", f"=0{cast.somebody('newer').phone[4:]}")


async def taking_back(cast: Cast) -> None:
    """What was done a moment ago, in her chat."""
    amina = cast.people["amina"]
    await amina.link()
    await amina.dial("account", "notices", "#1", "#2", channel=TELEGRAM)


async def writing_what_she_wants(cast: Cast) -> None:
    """In a chat of somebody with several groups, who named none of them: there it is asked which."""
    chair = cast.people["chair"]
    await chair.link()
    await chair.command("which.group")


async def a_lost_chat(cast: Cast) -> None:
    """A chat that spoke for her until lately can stop what waits, or be linked anew."""
    amina, friend = cast.people["amina"], cast.people["secretary"]
    cast.clock.advance(hours=73)
    async with cast.database.unit() as uow:
        await ask_contact(uow, member=amina.member, contact=friend.member)
        await unlink_telegram(uow, member=amina.member, still_heard=True)
    await amina.dial("link", channel=TELEGRAM)


async def an_authenticator(cast: Cast) -> None:
    """Her app's key, one code of it, and from then on a code for what takes one."""
    chair = cast.people["chair"]
    await chair.dial("account", "security", "on")
    said = await chair.go(await chair.code())
    key = re.sub(r"\s", "", "".join(re.findall(r"\b[A-Z2-7]{4}\b", said)))
    await chair.go(f"={pyotp.TOTP(key).at(cast.clock.now())}", "PIN")
    await chair.dial("account", "security", "codes")


async def new_terms(cast: Cast) -> None:
    """Whoever agreed to an older version is asked again."""
    late = await cast.enrolled("late")
    await cast.sql("UPDATE members SET consent_version = '2020-01' WHERE id = :member", member=late.member)
    await late.dial()


async def locked_out(cast: Cast) -> None:
    """Too many wrong PINs, and the way back in."""
    late = await cast.enrolled("clumsy")
    await late.dial("balance")
    for _ in range(4):
        await late.go("=135790", refused=True)
    await late.go("=135790")


PLAYS = (
    registering,
    a_new_pin,
    practising,
    paying_for_another,
    an_email,
    contacts,
    a_forgotten_pin,
    a_new_number,
    taking_back,
    writing_what_she_wants,
    a_lost_chat,
    an_authenticator,
    new_terms,
    locked_out,
)
