"""A group's chat on a played Telegram: brought in by the chair's own link, told nothing personal, left when we are taken out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from core.daos.contribution_board import refresh_board
from core.kernel.db import Database
from tests.bot.conftest import PIN, Member
from tests.bot.test_pictures import Worker, chama, worker  # noqa: F401 - fixtures

CHAT = -1_001_000_000_001


async def groups(member: Member) -> list[dict[str, Any]]:
    async with member.played.http.get(f"{member.played.page}/phone/api/groups") as response:
        found: list[dict[str, Any]] = await response.json()
        return found


async def act(member: Member, what: str, **more: Any) -> None:
    await member.played.act(member.phone, f"telegram/{what}", **more)
    await member.quiet()


async def token(member: Member) -> str:
    await member.write("/groups")
    for label in ("Umoja", "More", "Telegram chat"):
        await member.tap(label)
    said = await member.tap("Add a chat")
    said = await member.enter(PIN) if "PIN" in said else said
    return re.findall(r"startgroup=(group_[A-Za-z0-9_-]+)", said)[0]


async def said(member: Member) -> list[str]:
    return [one["text"] for one in (await groups(member))[0]["messages"] if not one["out"]]


async def test_chair_brings_us_in_and_the_board_is_pinned_with_the_way_to_a_private_chat(
    linked: Member,
    chama: str,  # noqa: F811
    worker: Worker,  # noqa: F811
    sql: Callable[..., Any],
) -> None:
    await act(linked, "group", title="Umoja chat", payload=await token(linked))
    ((group,),) = await sql("SELECT dao_id FROM group_chats")
    await refresh_board(worker, {"group": str(UUID(str(group)))})
    (chat,) = await groups(linked)
    board = chat["messages"][-1]

    assert "This chat belongs to Umoja now. The board of who has paid follows." in await said(linked)
    assert board["text"].startswith("Umoja: who has paid")
    assert chat["pinned"] == board["id"]
    assert board["buttons"][0][0]["text"] == "Pay in private"
    assert re.fullmatch(r"https://t\.me/\w+\?start=board", board["buttons"][0][0]["url"])
    assert "What would you like to do?" in await linked.write("/start board")


async def test_link_of_somebody_else_or_of_nobody_links_nothing(
    linked: Member,
    otieno: Member,
    chama: str,  # noqa: F811
    sql: Callable[..., Any],
) -> None:
    payload = await token(linked)
    await act(otieno, "group", title="Mine", payload=payload)
    await act(linked, "group-text", chat=CHAT, text=f"/start {payload}", anonymous=True)
    assert await sql("SELECT count(*) FROM group_chats") == [(0,)]
    assert any("This did not work" in one for one in await said(linked))

    await act(linked, "group-text", chat=CHAT, text=f"/start {payload}")
    assert await sql("SELECT chat FROM group_chats") == [(CHAT,)]


async def test_chat_when_it_gets_another_number_is_followed_and_when_we_are_taken_out_is_forgotten(
    linked: Member,
    chama: str,  # noqa: F811
    worker: Worker,  # noqa: F811
    sql: Callable[..., Any],
    db: Database,
) -> None:
    await act(linked, "group", title="Umoja chat", payload=await token(linked))
    await act(linked, "group-upgrade", chat=CHAT)
    assert await sql("SELECT chat, board_message FROM group_chats") == [(CHAT - 1, None)]
    balance_asked = await said(linked)

    await act(linked, "group-text", chat=CHAT - 1, text="/balance")
    private = [one["text"] for one in (await groups(linked))[1]["messages"] if not one["out"]]
    assert all("KES" not in one for one in [*private, *balance_asked]), "a balance is never said in a group"

    await act(linked, "group-remove", chat=CHAT - 1)
    assert await sql("SELECT count(*) FROM group_chats") == [(0,)]
