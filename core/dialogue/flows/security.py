"""Her security settings: an authenticator app, backup codes, and above which amount a code is asked for.

Every change takes a code first (of the app, or by SMS while there is none) and the PIN last, and is told at all her addresses.
"""

from __future__ import annotations

from core.dialogue.definitions import Approves, action, screen
from core.dialogue.screens import Again, Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.addresses import tell_everywhere
from core.identity.approvals import Approval
from core.identity.step_up import set_limit
from core.identity.two_factor import (
    TwoFactorOff,
    begin_enrolment,
    confirm_enrolment,
    disable,
    enable,
    has_two_factor,
    in_fours,
    renew_backup_codes,
)
from core.kernel.money import Money
from core.kernel.texts import Text, text


def change(name: str, *, payee: str = "", phone_is_here: bool = False) -> Approves:
    """The approval of a change of her settings, by the intent that was minted when she chose it.

    `payee` names the value that says what it is changed to. `phone_is_here`: no code is needed of a member without an
    authenticator who types on the very phone that it would come to; whoever has only her chat doesn't have that phone.
    """

    def approval(turn: Turn) -> Approval:
        value = str(turn.values[payee]) if payee else ""
        return Approval(name, turn.intent, payee=value, if_enrolled=phone_is_here and turn.channel.is_the_phone)

    return approval


def new_limit(turn: Turn) -> Approval:
    """The approval of another limit, with the amount that she read."""
    return Approval("limit", turn.intent, payee=turn.money("limit").figures())


@screen("security.menu")
async def ask_menu(turn: Turn) -> Screen:
    """What she has, or could have."""
    limit = option("limit", text("security-limit"))
    if not await has_two_factor(turn.uow, member=turn.me.id):
        return Screen(text("security-menu"), choices=(option("on", text("security-on")), limit))
    codes, off = option("codes", text("security-codes")), option("off", text("security-off"))
    return Screen(text("security-menu"), choices=(codes, limit, off))


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose; each visit is another change."""
    intent = turn.uow.ids.new()
    doors = {
        "on": go("security.app", intent=intent),
        "codes": go("security.codes", intent=intent),
        "off": go("security.off", intent=intent),
        "limit": go("security.limit"),
    }
    return doors[chosen]


@screen("security.app", approves=change("two-factor-on"))
async def ask_app(turn: Turn) -> Screen:
    """The key for her app: as a picture where one can be shown, and as text for the app on the very same phone."""
    enrolment = await begin_enrolment(turn.uow, member=turn.me.id)
    shown = turn.channel.can_show_image
    said = text("two-factor-scan" if shown else "two-factor-key", letters=enrolment.grouped_key)
    return Screen(said, asks=Asks.CODE, picture=enrolment.address if shown else "", secret=True)


@ask_app.answered
async def take_app(turn: Turn, code: str) -> Step:
    """Nothing counts before the app has shown one right code."""
    try:
        right = await confirm_enrolment(turn.uow, member=turn.me.id, code=code)
    except TwoFactorOff:
        return End(text("error-two-factor-off"))
    return go("security.enable") if right else Again(text("two-factor-code-wrong"))


@action("security.enable", needs=Assurance.PIN, why="pin-why-two-factor-on")
async def turn_on(turn: Turn) -> Step:
    """From now on the app approves; the backup codes are shown this once."""
    codes = await enable(turn.uow, member=turn.me.id)
    await tell_everywhere(turn.uow, member=turn.me.id, what=text("sms-two-factor-on"))
    return End(text("two-factor-is-on"), rows=lines(codes), secret=True)


@action("security.codes", needs=Assurance.PIN, why="pin-why-backup-codes", approves=change("backup-codes"))
async def show_codes(turn: Turn) -> Step:
    """New backup codes, shown this once; the old ones are dead."""
    codes = await renew_backup_codes(turn.uow, member=turn.me.id)
    await tell_everywhere(turn.uow, member=turn.me.id, what=text("sms-backup-codes"))
    return End(text("backup-codes-new"), rows=lines(codes), secret=True)


@action("security.off", needs=Assurance.PIN, why="pin-why-two-factor-off", approves=change("two-factor-off"))
async def turn_off(turn: Turn) -> Step:
    """From now on codes come by SMS again."""
    await disable(turn.uow, member=turn.me.id)
    await tell_everywhere(turn.uow, member=turn.me.id, what=text("sms-two-factor-off"))
    return End(text("two-factor-is-off"))


@screen("security.limit")
async def ask_limit(_turn: Turn) -> Screen:
    """The limit that is in force is private and stays behind the PIN."""
    return Screen(text("limit-amount"), asks=Asks.AMOUNT)


@ask_limit.answered
async def take_limit(turn: Turn, amount: Money) -> Step:
    """Remember it; another amount is another change."""
    return go("security.limit_confirm", limit=amount, intent=turn.uow.ids.new())


@screen("security.limit_confirm")
async def ask_limit_confirm(turn: Turn) -> Screen:
    """What it means, before it's changed."""
    return Screen(text("limit-confirm", limit=turn.money("limit")), choices=(YES, NO))


@ask_limit_confirm.answered
async def take_limit_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("security.set_limit") if chosen == "yes" else End(text("change-cancelled"))


@action("security.set_limit", needs=Assurance.PIN, why="pin-why-limit", approves=new_limit)
async def change_limit(turn: Turn) -> Step:
    """In force at once."""
    limit = turn.money("limit")
    await set_limit(turn.uow, member=turn.me.id, limit=limit)
    await tell_everywhere(turn.uow, member=turn.me.id, what=text("sms-limit", limit=limit))
    return End(text("limit-set", limit=limit))


def lines(codes: list[str]) -> tuple[Text, ...]:
    """Backup codes as they're read and typed, one a line."""
    return tuple(text("backup-code", code=in_fours(code)) for code in codes)
