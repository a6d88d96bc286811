"""Her devices: seeing them, taking one off, signing out everywhere. Each behind the PIN.

A device is chosen by its number, before the PIN, so that nothing private is on the screen yet and the PIN stays the last thing
that is typed.
"""

from __future__ import annotations

from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.device_list import Device, UnknownDevice, devices_of, revoke_device
from core.identity.signing_out import revoke_everything
from core.kernel.clock import local_time
from core.kernel.texts import Text, text
from core.notifications.service import queue_sms

# What a closing USSD screen shows; a longer list comes by SMS as well.
ON_A_SCREEN = 4
MOST_DIGITS = 4


@screen("devices.menu")
async def ask_menu(_turn: Turn) -> Screen:
    """What can be done about them."""
    return Screen(
        text("devices-menu"),
        choices=(
            option("list", text("devices-list")),
            option("remove", text("devices-remove")),
            option("sign_out", text("devices-sign-out")),
        ),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    doors = {"list": go("devices.list"), "remove": go("devices.which"), "sign_out": go("devices.sign_out")}
    return doors[chosen]


@action("devices.list", needs=Assurance.RECENT_PIN, why="pin-why-devices")
async def show_list(turn: Turn) -> Step:
    """Every device with its number and when it was last used."""
    found = await devices_of(turn.uow, member=turn.me.id)
    is_sent = len(found) > ON_A_SCREEN and not turn.channel.can_push
    if is_sent:
        await queue_sms(
            turn.uow,
            to=turn.me.phone,
            what=text("sms-devices", devices="; ".join(_plain(device) for device in found)),
            language=turn.language,
            template="devices",
            member=turn.me.id,
        )
    return End(text("devices-title"), rows=tuple(_line(device) for device in found), sent=is_sent)


@screen("devices.which")
async def ask_which(_turn: Turn) -> Screen:
    """The number from her list."""
    return Screen(text("devices-which"), asks=Asks.DIGITS)


@ask_which.answered
async def take_which(_turn: Turn, typed: str) -> Step:
    """Whether it exists shows only after the PIN. Raises UnknownDevice for what can't be one."""
    if len(typed) > MOST_DIGITS:
        raise UnknownDevice
    return go("devices.remove", number=int(typed))


@action("devices.remove", needs=Assurance.PIN, why="pin-why-remove-device")
async def remove(turn: Turn) -> Step:
    """From now on it speaks for her no more."""
    device = await revoke_device(turn.uow, member=turn.me.id, number=int(turn.values["number"]))
    return End(text("device-removed", number=device.number, name=_name(device)))


@action("devices.sign_out", needs=Assurance.PIN, why="pin-why-sign-out")
async def sign_out(turn: Turn) -> Step:
    """Nothing that was proven before counts any more."""
    done = await revoke_everything(turn.uow, member=turn.me.id, reason="member")
    return End(text("devices-signed-out", sessions=done.sessions, keys=done.keys))


def _line(device: Device) -> Text:
    if device.last_used_at is None:
        return text("device-line-new", number=device.number, kind=device.kind, name=_name(device))
    return text("device-line", number=device.number, kind=device.kind, name=_name(device), at=device.last_used_at)


def _plain(device: Device) -> str:
    """One device in an SMS of many."""
    used = f" {local_time(device.last_used_at)}" if device.last_used_at else ""
    return f"{device.number}. {_name(device)}{used}"


def _name(device: Device) -> str:
    return device.name or {"telegram": "Telegram"}.get(device.kind, "-")
