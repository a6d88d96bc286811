"""Muhuri: a group's newest seals for its members, and any receipt checked by anybody who can read its code."""

from __future__ import annotations

from core.daos.groups import UnknownGroup, find_group, require_member
from core.daos.muhuri import Muhuri, latest_muhuri
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Again, Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.ids import DaoId
from core.kernel.texts import Text, text
from core.monitoring.jobs import SEND_BOOK
from core.monitoring.receipt_codes import Checked, check_receipt, read_receipt_code


@screen("muhuri.group")
async def ask_group(turn: Turn) -> Screen:
    """The newest codes, to be read aloud together; in a chat the whole sealed book as well."""
    group = await find_group(turn.uow, group=turn.group)
    await require_member(turn.uow, member=turn.me.id, group=group.id)
    seals = await latest_muhuri(turn.uow, group=group.id)
    said = text("muhuri-group", group=group.name) if seals else text("muhuri-none", group=group.name)
    book = (option("book", text("muhuri-book")),) if seals and turn.channel.can_push else ()
    return Screen(said, rows=tuple(_line(seal) for seal in seals), choices=(*book, option("receipt", text("door-receipt"))))


@ask_group.answered
async def take_group(_turn: Turn, chosen: str) -> Step:
    """The book, or a receipt."""
    return go("muhuri.send") if chosen == "book" else go("receipt.code")


@action("muhuri.send", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def send_book(turn: Turn) -> Step:
    """Everything that was sealed, as a document that anybody can check without us."""
    await require_member(turn.uow, member=turn.me.id, group=turn.group)
    chat = turn.incoming.chat
    if chat is not None:
        await turn.uow.enqueue(SEND_BOOK, {"group": str(turn.id("group")), "chat": chat})
    return End(text("muhuri-book-sent"))


@screen("receipt.code", needs=Assurance.ANYONE)
async def ask_code(_turn: Turn) -> Screen:
    """The code at the beginning of a receipt."""
    return Screen(text("receipt-code"), asks=Asks.TEXT)


@action("receipt.link", needs=Assurance.ANYONE, why="receipt-code")
async def open_link(turn: Turn) -> Step:
    """What the QR code on a receipt leads to."""
    code = read_receipt_code(turn.argument)
    return go("receipt.code") if code is None else await _found(turn, code)


@ask_code.answered
async def take_code(turn: Turn, typed: str) -> Step:
    """What it stands for, and whether the book agrees; a false receipt is called false."""
    code = read_receipt_code(typed)
    if code is None:
        return Again(text("receipt-not-a-code"))
    return await _found(turn, code)


async def _found(turn: Turn, code: str) -> Step:
    found = await check_receipt(turn.uow, code=code)
    if not found:
        return End(text("receipt-unknown", code=code))
    return End(await _said(turn, found[0]))


async def _said(turn: Turn, checked: Checked) -> Text:
    said = {"reference": checked.code, "amount": checked.amount, "at": checked.at, "kind": checked.kind}
    if not checked.holds:
        return text("receipt-broken", reference=checked.code)
    name = await _group_name(turn, checked.group)
    if not name:
        return text("receipt-own", initials=checked.initials, **said)
    if not checked.seal:
        return text("receipt-group", initials=checked.initials, group=name, **said)
    return text("receipt-sealed", initials=checked.initials, group=name, seal=checked.seal, **said)


async def _group_name(turn: Turn, group: DaoId | None) -> str:
    if group is None:
        return ""
    try:
        return (await find_group(turn.uow, group=group)).name
    except UnknownGroup:
        return ""


def _line(seal: Muhuri) -> Text:
    day = f"{seal.day.day}/{seal.day.month}"
    return text("muhuri-line", day=day, total=seal.total, seal=seal.code)
