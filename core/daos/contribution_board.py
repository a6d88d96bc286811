"""The contribution board in a group's chat: one pinned message that says who has paid, changed in place.

However many pay at the same time, the message changes at most every five seconds, whichever process does it: the moment of the
next change stands in the chat's row. Each change takes its place in the pace of the chat and of the whole, and lets what is
urgent pass. What it says is computed when it is changed, so the last change is exact. No amounts of anybody, and names only of
those who agreed; the rest are counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from core.daos.dues.standing import Board, Standing, open_boards
from core.daos.group_chat_models import BoardName, GroupChatRow
from core.daos.group_chats import EVERY, REFRESH_BOARD, refresh_soon
from core.daos.groups import find_group
from core.daos.muhuri import newest_muhuri
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import DaoId
from core.kernel.texts import catalogue, text
from core.notifications.pacing import pause, slot_for
from core.notifications.ports import BLOCKED, GONE, Accepted, ChatSender, LinkButton, Rejected

REFRESH_ALL = "refresh-boards"
BARS, FULL, EMPTY = 10, "#", "-"
MOST_KINDS = 4
# How many are named at most in a line; fewer where the whole would be longer than one message (Bot API, sendMessage).
MOST_NAMES, LONGEST = (25, 16, 10, 6, 3, 0), 4096
STATES = ("paid", "part", "due", "late")


class Services(Protocol):
    """What these jobs need."""

    @property
    def database(self) -> Database: ...
    @property
    def chat(self) -> ChatSender: ...


@dataclass(frozen=True)
class Planned:
    """A board as it is to be: in which chat and message, what it says, and what the button below it is called."""

    chat: int
    message: int | None
    said: str = field(repr=False)
    button: str
    digest: str


async def plan_board(uow: UnitOfWork, *, group: DaoId) -> Planned | None:
    """Take the right to change this group's board now. None when it shows everything, or when it is too soon.

    What comes too soon is done a little later.
    """
    row = await uow.session.get(GroupChatRow, group, with_for_update=True, populate_existing=True)
    if row is None:
        return None
    said = await written(uow, group=group, language=row.language)
    digest = hashlib.sha256(said.encode()).hexdigest()
    if row.shown == digest and row.board_message is not None:
        return None
    if uow.clock.now() < row.next_edit_at:
        await refresh_soon(uow, group=group, again=True)
        return None
    if not await _has_turn(uow, row):
        return None
    row.next_edit_at = uow.clock.now() + EVERY
    await uow.session.flush()
    button = catalogue().say(row.language, text("board-pay"))
    return Planned(row.chat, row.board_message, said, button, digest)


async def _has_turn(uow: UnitOfWork, row: GroupChatRow) -> bool:
    """Whether the chat can take a change now, at the pace that all processes share; if not, it is done when it can."""
    row.slot_at = await slot_for(uow, chat=row.chat, is_broadcast=True, booked=row.slot_at)
    if row.slot_at <= uow.clock.now():
        row.slot_at = None
        return True
    row.next_edit_at = row.slot_at
    await uow.session.flush()
    await refresh_soon(uow, group=DaoId(row.dao_id), again=True)
    return False


async def written(uow: UnitOfWork, *, group: DaoId, language: str) -> str:
    """What the board says."""

    def say(key: str, **given: object) -> str:
        return catalogue().say(language, text(key, **given))

    name = (await find_group(uow, group=group)).name
    found = (await open_boards(uow, group=group))[:MOST_KINDS]
    named = set(await uow.session.scalars(select(BoardName.user_id).where(BoardName.dao_id == group)))
    seal = await newest_muhuri(uow, group=group)
    sealed = [say("chat-board-seal", day=f"{seal.day.day}/{seal.day.month}", seal=seal.code)] if seal else []
    said = ""
    for most in MOST_NAMES:
        parts = ["\n".join(_lines(board, named, say, most)) for board in found] or [say("chat-board-nothing")]
        said = "\n\n".join([say("chat-board-title", group=name), *parts, *sealed, say("chat-board-foot")])
        if len(said) <= LONGEST:
            break
    return said


def _lines(board: Board, named: set[UUID], say: Callable[..., str], most: int) -> list[str]:
    paid, everybody = sum(one.state == "paid" for one in board.standings), len(board.standings)
    full = BARS * paid // everybody if everybody else 0
    lines = [
        say("chat-board-kind", dues=board.name, day=f"{board.day.day}/{board.day.month}"),
        f"[{FULL * full}{EMPTY * (BARS - full)}] {say('chat-board-count', count=paid, members=everybody)}",
    ]
    for state in STATES:
        those = [one for one in board.standings if one.state == state]
        if those:
            lines.append(say("chat-board-line", state=state, count=len(those), names=_names(those, named, say, most)))
    return lines


def _names(those: list[Standing], named: set[UUID], say: Callable[..., str], most: int) -> str:
    """Those who agreed by name, the rest as a number."""
    names = [one.name for one in those if one.member in named][:most]
    rest = len(those) - len(names)
    if not names:
        return say("chat-board-only", count=rest)
    return ", ".join(names) + (say("chat-board-and", count=rest) if rest else "")


async def refresh_board(services: Services, payload: dict[str, Any]) -> None:
    """Bring one group's board up to date."""
    group = DaoId(UUID(payload["group"]))
    async with services.database.unit() as uow:
        plan = await plan_board(uow, group=group)
    if plan is None:
        return
    link = LinkButton(plan.button, await services.chat.link("board"))
    sent = await _shown(services.chat, plan, link)
    async with services.database.unit() as uow:
        row = await uow.session.get(GroupChatRow, group, with_for_update=True)
        if row is None or row.chat != plan.chat:
            return
        if isinstance(sent, Accepted):
            row.board_message, row.shown = int(sent.message_id), plan.digest
        elif isinstance(sent, Rejected) and sent.reason == BLOCKED:
            await uow.session.delete(row)
            return
        elif isinstance(sent, Rejected) and sent.after is not None:
            row.next_edit_at = uow.clock.now() + max(sent.after, EVERY)
            await pause(uow, chat=row.chat, until=uow.clock.now() + sent.after)
        await uow.session.flush()
        # What changed while this was shown found the job busy. A board that could not be shown waits for the next minute.
        if isinstance(sent, Accepted):
            await refresh_soon(uow, group=group, again=True)


async def _shown(chat: ChatSender, plan: Planned, link: LinkButton) -> object:
    if plan.message is not None:
        outcome = await chat.edit(chat=plan.chat, message_id=plan.message, message=plan.said, button=link)
        if not (isinstance(outcome, Rejected) and outcome.reason == GONE):
            return outcome
    outcome = await chat.send(chat=plan.chat, message=plan.said, button=link)
    if isinstance(outcome, Accepted):
        # Without the right to pin it stands in the chat all the same.
        await chat.pin(chat=plan.chat, message_id=int(outcome.message_id))
    return outcome


async def refresh_boards(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Look at every board: days pass and charges open without anybody paying."""
    async with services.database.unit() as uow:
        for group in await uow.session.scalars(select(GroupChatRow.dao_id)):
            await refresh_soon(uow, group=DaoId(group))


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {REFRESH_BOARD: refresh_board, REFRESH_ALL: refresh_boards}
REGULARLY = {REFRESH_ALL: "* * * * *"}
