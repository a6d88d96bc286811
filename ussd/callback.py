"""Africa's Talking's USSD callback: their form becomes an Incoming, our screen becomes CON or END.

The gateway repeats everything that was typed on each hop and has no request id, so a hop is named by a keyed digest of its
session and its whole text. The text itself, which ends with a PIN, is neither stored nor logged. Whatever happens, the
gateway gets a 200 with CON or END within two seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web
from multidict import MultiDictProxy

from core.dialogue.endings import begin_journey, last_step
from core.dialogue.engine import Conversation
from core.dialogue.holding import Overloaded
from core.dialogue.turn import USSD, Incoming, Input, Kind, Reply
from core.kernel.ids import TimeOrderedIds
from core.kernel.logs import turn
from core.kernel.phone import NotAPhone, Phone, masked, parse_phone
from core.kernel.secrets import Vault
from core.kernel.texts import DEFAULT_LANGUAGE, Text, Texts, text
from core.web.forms import read_post
from ussd.networks import network_of
from ussd.render import BACK_KEY, HOME_KEY, MORE_KEY, UssdRenderer

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# Africa's Talking waits 10 s and the member far less; a money hop that takes longer goes on in the background.
DEADLINE_SECONDS = 1.8
# Then an outcome can't be told any more; what moved money has told it itself.
RETRIES = (1, 2, 4, 8, 16, 32)
STEP_HEADER, MAX_STEP = "at-ussd-hop-metadata", 99
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

    def __init__(self, *, conversation: Conversation, vault: Vault, texts: Texts, seconds: float | None = None) -> None:
        self._conversation, self._vault, self._texts, self._seconds = conversation, vault, texts, seconds
        self._ids = TimeOrderedIds()
        self._running: set[asyncio.Task[Any]] = set()

    async def hop(self, request: web.Request) -> web.Response:
        """Answer one hop; always 200 with CON or END."""
        headers: dict[str, str] = {}
        with turn(str(self._ids.new())):
            try:
                form = await read_post(request)
                incoming, transcript = self._incoming(form)
                network = network_of(_one(form, "networkCode", required=False))
                reply = await self._within_deadline(incoming, transcript, UssdRenderer(self._texts, network.septets))
                headers = step_name(incoming)
            except (BadHop, NotAPhone, web.HTTPBadRequest):
                log.info("refused a hop that the gateway would not send")
                reply = self._end("ussd-bad-request")
            return web.Response(text=reply, content_type="text/plain", charset="utf-8", headers=headers)

    def _incoming(self, form: MultiDictProxy[Any]) -> tuple[Incoming, Transcript]:
        session_id = _one(form, "sessionId")
        phone = parse_phone(_one(form, "phoneNumber"))
        typed = _one(form, "text", required=False)
        if not session_id or len(session_id) > MAX_SESSION_ID or len(typed) > MAX_TEXT:
            raise BadHop
        name = self._vault.digest(f"{session_id}\0{phone}\0{typed}", context="ussd hop")
        log.info("hop of %s, %d characters", masked(phone), len(typed))
        longer = dialled_beyond(self._conversation.dial, _one(form, "serviceCode", required=False))
        transcript = Transcript(self._vault, session_id, typed, longer)
        incoming = Incoming(
            channel=USSD,
            key=phone,
            event=name,
            read=transcript.read,
            phone=Phone(phone),
            step=transcript.step,
            opens=not typed,
        )
        return incoming, transcript

    async def _within_deadline(self, incoming: Incoming, transcript: Transcript, render: UssdRenderer) -> str:
        """The reply, or "busy": the work itself is never cut off in the middle of a commit."""
        seen, began = Seen(render), self._conversation.now()
        task = self._start(self._conversation.handle(incoming, seen))
        done, _ = await asyncio.wait({task}, timeout=self._seconds or DEADLINE_SECONDS)
        if not done:
            log.warning("a hop took too long; its work goes on, and its outcome by SMS")
            transcript.give_up()
            self._start(self._tell_late(incoming, self._late_outcome(transcript, task, seen), seen, began))
            return self._end("ussd-slow")
        try:
            return task.result()
        except Overloaded:
            return self._end("ussd-busy")
        except Exception:
            log.exception("a hop failed")
            return self._end("ussd-failed")

    def _start(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _tell_late(self, incoming: Incoming, late: Awaitable[Text | str], seen: Seen, since: datetime) -> None:
        """By SMS what she was told to expect. A database that was away is tried for a minute or so."""
        outcome = await late
        assert incoming.phone is not None  # noqa: S101 - USSD always has a number
        for wait in RETRIES:
            try:
                await self._conversation.tell_late(phone=incoming.phone, outcome=outcome, language=seen.language, since=since)
            except Exception:
                log.exception("a late outcome could not be told")
                await asyncio.sleep(wait)
            else:
                return

    async def _late_outcome(self, transcript: Transcript, task: asyncio.Task[str], seen: Seen) -> Text | str:
        """A closing screen's own words; for a question, or what only she may see on her screen, where it can be read."""
        try:
            reply = await task
        except Overloaded:
            return text("ussd-late-failed", dial=self._conversation.dial)
        except Exception:
            log.exception("a late hop failed")
            return text("ussd-late-failed", dial=self._conversation.dial)
        if transcript.began_nothing:
            return text("ussd-late-nothing", dial=self._conversation.dial)
        if seen.can_be_sent and (seen.closing or reply.startswith("END ")):
            return seen.closing or reply.removeprefix("END ")
        return text("ussd-late-ready", dial=self._conversation.dial)

    def _end(self, key: str) -> str:
        both = [self._texts.say(language, text(key), short=True) for language in (DEFAULT_LANGUAGE, "sw")]
        return "END " + "\n".join(both)

    async def finish(self) -> None:
        """Wait for hops that outlived their deadline."""
        while self._running:
            await asyncio.wait(self._running)


class Seen:
    """A renderer that remembers in which language it spoke last, and whether that may go into an SMS."""

    def __init__(self, render: UssdRenderer) -> None:
        self._render, self.language, self.can_be_sent, self.closing = render, "", True, ""

    def __call__(self, reply: Reply) -> list[str]:
        """The pages."""
        self.language, self.can_be_sent = reply.language, not reply.screen.secret
        self.closing = self._render.closing(reply) if reply.screen.ends else ""
        return self._render(reply)


def step_name(incoming: Incoming) -> dict[str, str]:
    """The gateway's header for the step that she is at; it shows how people get on, in its own figures too."""
    return {STEP_HEADER: incoming.step()[:MAX_STEP]} if incoming.step() else {}


class Transcript:
    """The gateway's cumulative text against what this session has read of it so far."""

    def __init__(self, vault: Vault, session_id: str, typed: str, dialled: Sequence[str] = ()) -> None:
        self._vault, self._session_id, self._typed, self._dialled = vault, session_id, typed, list(dialled)
        self._memory: dict[str, Any] = {}
        self._given_up = self.began_nothing = False

    def give_up(self) -> None:
        """She was told not to wait, so she may have dialled anew: from now on this hop doesn't begin a session."""
        self._given_up = True

    def read(self, memory: dict[str, Any]) -> Sequence[Input]:
        """What is new since the last hop. A first hop may already carry answers: she dialled a longer code."""
        name = self._named(self._session_id)
        if name in memory.get("past", []):
            return [Input(Kind.REFUSED)]
        if memory.get("session") != name:
            self.began_nothing = self._given_up
            if self.began_nothing:
                return [Input(Kind.REFUSED)]
            memory["past"] = [*memory.get("past", []), *([memory["session"]] if "session" in memory else [])][-PAST_SESSIONS:]
            begin_journey(memory, name)
            answers = [replace(one, dialled=True) for one in self._remember(memory, self._from_the_first())]
            return [Input(Kind.START, dialled=bool(answers)), *answers]
        new = self._new(memory)
        return [Input(Kind.REFUSED)] if new is None else self._remember(memory, new)

    def step(self) -> str:
        """The step that this hop led to; empty for a repeated hop, which isn't read again."""
        return last_step(self._memory)

    def _from_the_first(self) -> list[str]:
        """All answers so far. What was dialled with the code may stand in the text, in the service code, or in both."""
        typed = self._typed.split("*") if self._typed else []
        return typed if typed[: len(self._dialled)] == self._dialled else [*self._dialled, *typed]

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
        self._memory = memory
        memory["length"] = len(self._typed)
        memory["read"] = self._vault.digest(self._typed, context="ussd text")
        return [_input(segment) for segment in segments[:MAX_SEGMENTS]]

    def _named(self, session_id: str) -> str:
        return session_name(self._vault, session_id)


def session_name(vault: Vault, session_id: str) -> str:
    """What a session is called where it is remembered."""
    return vault.digest(session_id, context="ussd session")[:32]


def dialled_beyond(code: str, service_code: str) -> list[str]:
    """The answers in a service code that is longer than ours: "*384*77*2*500#" is 2, then 500."""
    ours = code.removesuffix("#")
    if not ours or not service_code.startswith(f"{ours}*"):
        return []
    return service_code.removeprefix(f"{ours}*").removesuffix("#").split("*")


def _input(segment: str) -> Input:
    typed = segment.translate(MANGLED).strip()
    kind = KEYS.get(typed)
    return Input(kind or Kind.TYPED, typed, parts=_parts(typed))


def _parts(typed: str) -> tuple[Input, ...]:
    """Answers that she gives at once, as in a dialled code; like those, none of them is a PIN."""
    answers = typed.split("*")
    if not 1 < len(answers) <= MAX_SEGMENTS:
        return ()
    return tuple(replace(_input(one), dialled=True) for one in answers)


def _one(form: MultiDictProxy[Any], name: str, *, required: bool = True) -> str:
    """The field's only value. Raises BadHop when it is missing, doubled or a file."""
    values = form.getall(name, [])
    if len(values) > 1 or (required and not values):
        raise BadHop
    value = values[0] if values else ""
    if not isinstance(value, str) or "\0" in value:
        raise BadHop
    return value
