"""Africa's Talking's USSD callback: their form becomes an Incoming, our screen becomes CON or END.

The gateway repeats everything that was typed on each hop and has no request id, so a hop is named by a keyed digest of its
session and its whole text. The text itself, which ends with a PIN, is neither stored nor logged. Whatever happens, the
gateway gets a 200 with CON or END within two seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from core.dialogue.engine import Conversation, Overloaded
from core.dialogue.turn import USSD, Incoming, Input, Kind
from core.kernel.ids import TimeOrderedIds
from core.kernel.logs import turn
from core.kernel.phone import NotAPhone, Phone, masked, parse_phone
from core.kernel.secrets import Vault
from core.kernel.texts import DEFAULT_LANGUAGE, Texts, text
from core.web.forms import read_post
from ussd.render import BACK_KEY, HOME_KEY, MORE_KEY, UssdRenderer

log = logging.getLogger(__name__)

# Africa's Talking waits 10 s and the member far less; a money hop that takes longer goes on in the background.
DEADLINE_SECONDS = 1.8
MAX_TEXT = 2_000
MAX_SESSION_ID = 128
MAX_SEGMENTS = 12
# A hop of an earlier session that arrives late must not be taken for a new dial with answers in it.
PAST_SESSIONS = 5
KEYS = {BACK_KEY: Kind.BACK, HOME_KEY: Kind.HOME, MORE_KEY: Kind.MORE}
# Some networks mangle the alphabet on the way: "@" arrives as an inverted exclamation mark.
MANGLED = str.maketrans({"¡": "@"})


class BadHop(Exception):
    """The form isn't one of the gateway's: a field is missing, doubled, oversized or no phone number."""


class UssdChannel:
    """Serves USSD hops."""

    def __init__(self, *, conversation: Conversation, vault: Vault, texts: Texts) -> None:
        self._conversation, self._vault, self._texts = conversation, vault, texts
        self._render = UssdRenderer(texts)
        self._ids = TimeOrderedIds()
        self._running: set[asyncio.Task[str]] = set()

    async def hop(self, request: web.Request) -> web.Response:
        """Answer one hop; always 200 with CON or END."""
        with turn(str(self._ids.new())):
            try:
                incoming = self._incoming(await read_post(request))
                reply = await self._within_deadline(incoming)
            except (BadHop, NotAPhone, web.HTTPBadRequest):
                log.info("refused a hop that the gateway would not send")
                reply = self._end("ussd-bad-request")
            return web.Response(text=reply, content_type="text/plain", charset="utf-8")

    def _incoming(self, form: MultiDictProxy[Any]) -> Incoming:
        session_id = _one(form, "sessionId")
        phone = parse_phone(_one(form, "phoneNumber"))
        typed = _one(form, "text", required=False)
        if not session_id or len(session_id) > MAX_SESSION_ID or len(typed) > MAX_TEXT:
            raise BadHop
        name = self._vault.digest(f"{session_id}\0{phone}\0{typed}", context="ussd hop")
        log.info("hop of %s, %d characters", masked(phone), len(typed))
        transcript = Transcript(self._vault, session_id, typed)
        return Incoming(channel=USSD, key=phone, event=name, read=transcript.read, phone=Phone(phone))

    async def _within_deadline(self, incoming: Incoming) -> str:
        """The reply, or "busy": the work itself is never cut off in the middle of a commit."""
        task = asyncio.create_task(self._conversation.handle(incoming, self._render))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({task}, timeout=DEADLINE_SECONDS)
        if not done:
            log.warning("a hop took too long; its work goes on")
            task.add_done_callback(_tell_late_failure)
            return self._end("ussd-slow")
        try:
            return task.result()
        except Overloaded:
            return self._end("ussd-busy")
        except Exception:
            log.exception("a hop failed")
            return self._end("ussd-failed")

    def _end(self, key: str) -> str:
        both = [self._texts.say(language, text(key), short=True) for language in (DEFAULT_LANGUAGE, "sw")]
        return "END " + "\n".join(both)

    async def finish(self) -> None:
        """Wait for hops that outlived their deadline."""
        if self._running:
            await asyncio.wait(self._running)


def _tell_late_failure(task: asyncio.Task[str]) -> None:
    """Nobody waits for this hop any more, so a bug in it must still be seen."""
    if not task.cancelled() and (problem := task.exception()) is not None:
        log.error("a late hop failed", exc_info=problem)


class Transcript:
    """The gateway's cumulative text against what this session has read of it so far."""

    def __init__(self, vault: Vault, session_id: str, typed: str) -> None:
        self._vault, self._session_id, self._typed = vault, session_id, typed

    def read(self, memory: dict[str, Any]) -> Sequence[Input]:
        """What is new since the last hop. A first hop may already carry answers: she dialled a longer code."""
        name = self._named(self._session_id)
        if name in memory.get("past", []):
            return [Input(Kind.REFUSED)]
        if memory.get("session") != name:
            memory["past"] = [*memory.get("past", []), *([memory["session"]] if "session" in memory else [])][-PAST_SESSIONS:]
            dialled = self._typed.split("*") if self._typed else []
            answers = [replace(one, dialled=True) for one in self._remember(memory, dialled)]
            return [Input(Kind.START, dialled=bool(answers)), *answers]
        new = self._new(memory)
        return [Input(Kind.REFUSED)] if new is None else self._remember(memory, new)

    def _new(self, memory: dict[str, Any]) -> list[str] | None:
        """The typed segments that follow what was read; None when the history was altered."""
        length = int(memory["length"])
        before, rest = self._typed[:length], self._typed[length:]
        if not self._vault.matches(before, memory["read"], context="ussd text"):
            return None
        if length == 0:
            return [rest]
        # Only the separator is removed: whoever types "*" herself gets it back as part of her answer.
        return [rest[1:]] if rest.startswith("*") else None

    def _remember(self, memory: dict[str, Any], segments: list[str]) -> list[Input]:
        memory["session"] = self._named(self._session_id)
        memory["length"] = len(self._typed)
        memory["read"] = self._vault.digest(self._typed, context="ussd text")
        return [_input(segment) for segment in segments[:MAX_SEGMENTS]]

    def _named(self, session_id: str) -> str:
        return self._vault.digest(session_id, context="ussd session")[:32]


def _input(segment: str) -> Input:
    typed = segment.translate(MANGLED).strip()
    kind = KEYS.get(typed)
    return Input(kind or Kind.TYPED, typed)


def _one(form: MultiDictProxy[Any], name: str, *, required: bool = True) -> str:
    """The field's only value. Raises BadHop when it is missing, doubled or a file."""
    values = form.getall(name, [])
    if len(values) > 1 or (required and not values):
        raise BadHop
    value = values[0] if values else ""
    if not isinstance(value, str) or "\0" in value:
        raise BadHop
    return value
