"""Leaving: what she would get today, line by line and for her alone; notice, staying after all, and closing an empty group."""

from __future__ import annotations

from core.daos.groups import require_member
from core.daos.leaving import IfLeft, close_group, give_notice, if_left_today, leaves_at, stay
from core.daos.standing import group_name
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.errors import CoreError
from core.kernel.texts import Text, catalogue, text
from core.notifications.service import queue_sms

# Beside the sum a closing screen shows about this many lines; a longer account comes by SMS as well.
LINES_ON_A_SCREEN = 3


DOORS = {"account": go("leave.account"), "leave": go("leave.confirm"), "stay": go("leave.stay"), "close": go("leave.sure")}


@screen("leave.menu", leads=DOORS)
async def ask_menu(turn: Turn) -> Screen:
    """Her account first; nothing private is shown before the PIN."""
    name = await group_name(turn.uow, group=turn.group, member=turn.me.id)
    leaves = await leaves_at(turn.uow, group=turn.group, member=turn.me.id)
    return Screen(
        text("leave-menu", group=name),
        choices=(
            option("account", text("leave-account"), 1),
            option("leave", text("leave-say-so"), 2),
            *((option("stay", text("leave-stay"), 3),) if leaves else ()),
            *((option("close", text("leave-close"), 4),) if await _is_chair(turn) else ()),
        ),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    return DOORS[chosen]


@action("leave.account", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_account(turn: Turn) -> Step:
    """If she left today: each line, the sum, and what keeps her."""
    account = await if_left_today(turn.uow, group=turn.group, member=turn.me.id)
    rows = _rows(account)
    head = text("leave-today", group=account.group.name, amount=account.net)
    is_sent = len(rows) > LINES_ON_A_SCREEN and not turn.channel.can_push
    if is_sent:
        # One message: several come in any order, and each costs.
        lines = ". ".join(catalogue().say(turn.language, row, short=True).rstrip(".") for row in rows)
        await _send(turn, text("sms-leave-today", group=account.group.name, amount=account.net, lines=lines))
    return End(head, rows=rows, sent=is_sent)


@screen("leave.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """When it counts, before she says so."""
    account = await if_left_today(turn.uow, group=turn.group, member=turn.me.id)
    if account.leaves_at is not None:
        said = text("leave-given", group=account.group.name, at=account.leaves_at)
        return Screen(said, choices=(option("stay", text("leave-stay")),))
    return Screen(text("leave-confirm", group=account.group.name, days=account.notice_days), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """With her PIN; staying takes none."""
    if chosen == "stay":
        return go("leave.stay")
    return go("leave.give") if chosen == "yes" else End(text("leave-not"))


@action("leave.give", needs=Assurance.PIN, why="pin-why-leave")
async def give(turn: Turn) -> Step:
    """Notice begins, or she has left."""
    name = await group_name(turn.uow, group=turn.group, member=turn.me.id)
    at = await give_notice(turn.uow, group=turn.group, member=turn.me.id)
    if at is None:
        return End(text("leave-left", group=name))
    return End(text("leave-noted", group=name, at=at), undo=go("leave.stay", group=turn.group))


@action("leave.stay", needs=Assurance.MEMBER, why="pin-why-leave")
async def stay_after_all(turn: Turn) -> Step:
    """Staying harms nobody and needs no PIN."""
    name = await group_name(turn.uow, group=turn.group, member=turn.me.id)
    await stay(turn.uow, group=turn.group, member=turn.me.id)
    return End(text("leave-stays", group=name))


@screen("leave.sure")
async def ask_sure(turn: Turn) -> Screen:
    """A closed group stays closed."""
    name = await group_name(turn.uow, group=turn.group, member=turn.me.id)
    return Screen(text("leave-close-sure", group=name), choices=(YES, NO))


@ask_sure.answered
async def take_sure(_turn: Turn, chosen: str) -> Step:
    """With her PIN."""
    return go("leave.close") if chosen == "yes" else End(text("leave-not"))


@action("leave.close", needs=Assurance.PIN, why="pin-why-close", final=True)
async def close(turn: Turn) -> Step:
    """Its code leads nowhere from now on."""
    name = await close_group(turn.uow, group=turn.group, member=turn.me.id)
    return End(text("leave-closed", group=name))


def _rows(account: IfLeft) -> tuple[Text, ...]:
    lines = tuple(text("leave-line", label=line.label, amount=line.amount) for line in account.lines)
    keeps = tuple(text("leave-keeps", reason=reason) for reason in account.obstacles)
    notice = (text("leave-notice", days=account.notice_days),) if account.leaves_at is None else ()
    return (*lines, *keeps, *notice)


async def _send(turn: Turn, what: Text) -> None:
    await queue_sms(turn.uow, to=turn.me.phone, what=what, language=turn.language, template="leave_account", member=turn.me.id)


async def _is_chair(turn: Turn) -> bool:
    try:
        return (await require_member(turn.uow, member=turn.me.id, group=turn.group)).role == "chair"
    except CoreError:
        return False
