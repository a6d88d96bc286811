"""Registration: language, consent on one screen, name, PIN twice. The PIN comes last, because a USSD gateway repeats it.

The first PIN is remembered only as its sealed Argon2id hash, bound to the id of the member to be; the second must match it.
"""

from __future__ import annotations

from core.dialogue.definitions import screen
from core.dialogue.screens import Again, Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.devices import link_telegram
from core.identity.registration import CONSENT_VERSION, check_new_pin, clean_name, register
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.texts import LANGUAGES, text


def phone_of(turn: Turn) -> Phone:
    """The number to register: the one that dials, or the one that a code by SMS has proven."""
    return turn.incoming.phone or Phone(str(turn.values["phone"]))


@screen("register.language", needs=Assurance.ANYONE)
async def ask_language(_turn: Turn) -> Screen:
    """The first thing a new person sees, in both languages; a member who has a new number is new here, too."""
    return Screen(
        text("register-language"),
        choices=(
            option("en", text("language-en")),
            option("sw", text("language-sw")),
            option("number", text("register-new-number")),
            option("receipt", text("door-receipt")),
        ),
    )


@ask_language.answered
async def take_language(turn: Turn, chosen: str) -> Step:
    """Speak this language from here on."""
    if chosen == "number":
        return go("recovery.number")
    if chosen == "receipt":
        return go("receipt.code")
    turn.language = chosen if chosen in LANGUAGES else turn.language
    return go("register.consent")


@screen("register.consent", needs=Assurance.ANYONE)
async def ask_consent(_turn: Turn) -> Screen:
    """What is kept and why, and the choice."""
    return Screen(
        text("register-consent"),
        choices=(option("register", text("register-agree")), option("no", text("cancel"))),
    )


@ask_consent.answered
async def take_consent(_turn: Turn, chosen: str) -> Step:
    """Nothing is stored without consent."""
    return go("register.name") if chosen == "register" else End(text("register-declined"))


@screen("register.name", needs=Assurance.ANYONE)
async def ask_name(_turn: Turn) -> Screen:
    """The name that her groups will see."""
    return Screen(text("register-name"), asks=Asks.TEXT)


@ask_name.answered
async def take_name(turn: Turn, typed: str) -> Step:
    """A name that every screen can show."""
    member = turn.values.get("new_member") or turn.uow.ids.new()
    return go("register.pin", name=clean_name(typed), new_member=member)


@screen("register.pin", needs=Assurance.ANYONE)
async def ask_pin(turn: Turn) -> Screen:
    """A PIN of six digits."""
    return Screen(text("register-pin", name=turn.values["name"]), asks=Asks.NEW_PIN)


@ask_pin.answered
async def take_pin(turn: Turn, pin: str) -> Step:
    """Refuse what is easily guessed; remember only the sealed hash."""
    check_new_pin(pin, phone=phone_of(turn), own=(turn.incoming.device, turn.incoming.display_name))
    sealed = await turn.checks.hash_pin(pin, owner=turn.id("new_member"))
    return go("register.pin_again", sealed_pin=sealed)


@screen("register.pin_again", needs=Assurance.ANYONE)
async def ask_pin_again(_turn: Turn) -> Screen:
    """The same PIN once more, against slips of the finger."""
    return Screen(text("register-pin-again"), asks=Asks.NEW_PIN)


@ask_pin_again.answered
async def take_pin_again(turn: Turn, pin: str) -> Step:
    """Open the account when both agree."""
    member = MemberId(turn.id("new_member"))
    if not await turn.checks.is_same_pin(pin, str(turn.values["sealed_pin"]), owner=member):
        return Again(text("register-pins-differ"))
    await register(
        turn.uow,
        member=member,
        phone=phone_of(turn),
        name=str(turn.values["name"]),
        language=turn.language,
        sealed_pin=str(turn.values["sealed_pin"]),
        consent_version=CONSENT_VERSION,
        channel=turn.channel.name,
    )
    if turn.incoming.telegram is not None and turn.incoming.chat is not None:
        await link_telegram(
            turn.uow,
            member=member,
            telegram_id=turn.incoming.telegram,
            chat=turn.incoming.chat,
            name=turn.incoming.display_name,
        )
    return End(text("register-done", name=str(turn.values["name"])))
