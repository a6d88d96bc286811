"""As little of Telegram as a walk needs: its Bot API takes messages and edits, people tap the buttons that they see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

BOT = 7000000001
TOKEN = f"{BOT}:a-token-for-walks-only-0123456789abcdef"
ME = {"id": BOT, "is_bot": True, "first_name": "Mtaa", "username": "mtaa_walk_bot"}


@dataclass
class Message:
    """What stands in a chat now, and everything that stood in its place before."""

    text: str
    rows: list[list[dict[str, Any]]]
    before: list[str] = field(default_factory=list)


class PlayedTelegram:
    """The Bot API, for as many bots as ask with our token."""

    def __init__(self) -> None:
        self.chats: dict[int, dict[int, Message]] = {}
        self.said: list[tuple[int, str]] = []
        self._next = 1
        app = web.Application()
        app.router.add_post(f"/bot{TOKEN}/{{method}}", self._call)
        self.server = TestServer(app)

    async def start(self) -> str:
        """Its address."""
        await self.server.start_server()
        return str(self.server.make_url("")).rstrip("/")

    def forget(self) -> None:
        """Nobody has said anything yet."""
        self.chats.clear()
        self.said.clear()

    def buttons(self, chat: int) -> list[tuple[int, str, str]]:
        """Message, label and data of every button that stands in the chat, the newest message's last."""
        return [
            (number, one["text"], one["callback_data"])
            for number, message in sorted(self.chats.get(chat, {}).items())
            for row in message.rows
            for one in row
            if "callback_data" in one
        ]

    def newest(self, chat: int) -> str:
        """The text of the last message."""
        messages = self.chats.get(chat, {})
        return messages[max(messages)].text if messages else ""

    async def _call(self, request: web.Request) -> web.Response:
        given = dict(await request.post()) if request.content_type != "application/json" else await request.json()
        answer = getattr(self, f"_{request.match_info['method'].lower()}", lambda _given: True)(given)
        if answer is None:
            said = {"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"}
            return web.json_response(said, status=400)
        return web.json_response({"ok": True, "result": answer})

    def _getme(self, _given: dict[str, Any]) -> Any:
        return ME

    def _sendmessage(self, given: dict[str, Any]) -> Any:
        number, self._next = self._next, self._next + 1
        chat = int(given["chat_id"])
        self.chats.setdefault(chat, {})[number] = Message("", [])
        return self._shown(chat, number, str(given["text"]), given)

    def _editmessagetext(self, given: dict[str, Any]) -> Any:
        chat, number = int(given["chat_id"]), int(given["message_id"])
        if number not in self.chats.get(chat, {}):
            return None
        return self._shown(chat, number, str(given["text"]), given)

    def _editmessagereplymarkup(self, given: dict[str, Any]) -> Any:
        chat, number = int(given["chat_id"]), int(given["message_id"])
        if number not in self.chats.get(chat, {}):
            return None
        return self._shown(chat, number, self.chats[chat][number].text, given)

    def _deletemessage(self, given: dict[str, Any]) -> Any:
        return self.chats.get(int(given["chat_id"]), {}).pop(int(given["message_id"]), None) is not None or None

    def _shown(self, chat: int, number: int, text: str, given: dict[str, Any]) -> Any:
        message = self.chats[chat][number]
        if message.text and message.text != text:
            message.before.append(message.text)
        markup = given.get("reply_markup")
        found = json.loads(markup) if isinstance(markup, str) else markup or {}
        message.text, message.rows = text, found.get("inline_keyboard", [])
        self.said.append((chat, text))
        return {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}, "text": text}


def numbers() -> Iterator[int]:
    """Ids of updates, as Telegram counts them."""
    number = 100
    while True:
        yield number
        number += 1


def written(number: int, person: int, text: str) -> dict[str, Any]:
    """The update of a message in a private chat."""
    who = {"id": person, "is_bot": False, "first_name": "P"}
    chat = {"id": person, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "date": 1, "chat": chat, "from": who, "text": text}}


def tapped(number: int, person: int, message: int, data: str) -> dict[str, Any]:
    """The update of a tap on a button."""
    who = {"id": person, "is_bot": False, "first_name": "P"}
    below = {"message_id": message, "date": 1, "chat": {"id": person, "type": "private"}, "from": ME, "text": "x"}
    query = {"id": str(number), "from": who, "chat_instance": "1", "data": data, "message": below}
    return {"update_id": number, "callback_query": query}
