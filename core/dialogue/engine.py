"""The one conversation: takes what a person did, moves money at most once, and answers with a screen.

The order matters. The session is claimed; a repeated event gets its remembered reply; a PIN is counted and checked before
the turn's transaction opens; the transaction commits; only then is the session saved. A crash before the save shows the
confirm screen again, with the same intent, and the repeat is harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from core.dialogue.book import Book
from core.dialogue.dialling import minutes_to_wait, note_flood
from core.dialogue.endings import note_end, note_step, tell_late, where
from core.dialogue.screens import Asks, Screen, answers
from core.dialogue.session import SEALED, Session, SessionStore, dump, load
from core.dialogue.turn import Channel, Checks, Incoming, Input, Kind, Render, Reply, Turn
from core.dialogue.unfinished import HOME
from core.dialogue.walk import LINK, WELCOME, Outcome, Walk
from core.identity.members import Member, find_by_phone, find_by_telegram
from core.identity.new_pins import PIN_SHAPE
from core.identity.pins import PinGate, PinOutcome
from core.identity.strangers import NOBODY
from core.kernel import errors
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError, StoreUnavailable
from core.kernel.phone import Phone
from core.kernel.secrets import random_token
from core.kernel.texts import DEFAULT_LANGUAGE, LANGUAGES, Text, text
from core.monitoring.ussd_sessions import Ended

log = logging.getLogger(__name__)

FIRST_SCREENS = (HOME, WELCOME, LINK)  # there is nowhere to go back to
CLAIM_WAIT_SECONDS = 1.5
CLAIM_POLL_SECONDS = 0.04


@dataclass
class NotAPin(CoreError):
    """What was typed can't be a PIN: it isn't six digits."""

    code = "not-a-pin"
    kind = errors.Kind.INVALID


class Overloaded(Exception):
    """This person's previous message is still being worked on, or sessions can't be reached: say "busy, try again"."""


class Conversation:
    """Answers every channel from the same book of screens."""

    def __init__(
        self,
        *,
        database: Database,
        store: SessionStore,
        gate: PinGate,
        checks: Checks,
        book: Book,
        paybill: str = "",
        dial: str = "",
        most_dials: int = 0,
    ) -> None:
        self._database, self._store, self._gate, self._checks, self._book = database, store, gate, checks, book
        self._paybill, self._dial, self._most_dials = paybill, dial, most_dials

    @property
    def dial(self) -> str:
        """The code that a phone dials to reach us, as the channel owns it; empty where there is none."""
        return self._dial

    def now(self) -> datetime:
        """The moment by the clock that everything is written with."""
        return self._database.now()

    async def tell_late(self, *, phone: Phone, outcome: Text | str, language: str, since: datetime) -> None:
        """Tell an outcome by SMS that came too late for its screen; not what the work has told her itself since then."""
        await tell_late(self._database, phone=phone, outcome=outcome, language=language, since=since)

    async def note_end(self, ended: Ended, *, channel: Channel, key: str, echoed: Sequence[str]) -> None:
        """Note how a session ended, by the way that is remembered of it."""
        try:
            session = load(await self._store.peek(f"{channel.name}:{key}"))
        except StoreUnavailable:
            session = Session()
        await note_end(self._database, self._book, ended, memory=session.memory, echoed=echoed)

    async def handle(self, incoming: Incoming, render: Render) -> str:
        """The channel's reply to this message, remembered under its event. Raises Overloaded; nothing is lost then."""
        async with self._session(incoming) as session:
            known = session.replies.get(incoming.event)
            if known is not None:
                return self._open(known)
            session.forget_secrets()
            inputs = incoming.read(session.memory)
            wait = minutes_to_wait(session.memory, inputs, most=self._most_dials, now=self.now())
            if wait:
                return await self._too_many(session, incoming, render, wait)
            reply = await self._answer(session, incoming, list(inputs), render)
            session.remember_reply(incoming.event, reply)
            return self._open(reply)

    async def _too_many(self, session: Session, incoming: Incoming, render: Render, wait: int) -> str:
        """No session begins now. The reply isn't remembered: the same hop may be answered when there is room again."""
        await note_flood(self._database, session.memory, incoming)
        language = session.language if session.language in LANGUAGES else DEFAULT_LANGUAGE
        over = Screen(text("too-many-dials", minutes=wait), asks=Asks.NOTHING, ends=True)
        return render(Reply(over, language, session.turn))[0]

    @asynccontextmanager
    async def _session(self, incoming: Incoming) -> AsyncIterator[Session]:
        claim = random_token()
        key = f"{incoming.channel.name}:{incoming.key}"
        try:
            session = load(await self._claim(key, claim))
        except StoreUnavailable as problem:
            raise Overloaded from problem
        try:
            yield session
        except BaseException:
            await self._give_back(key, claim)
            raise
        await self._save(key, claim, session, incoming.channel.session_seconds)

    async def _claim(self, key: str, claim: str) -> str | None:
        deadline = asyncio.get_running_loop().time() + CLAIM_WAIT_SECONDS
        while True:
            claimed, stored = await self._store.open(key, claim=claim)
            if claimed:
                return stored
            if asyncio.get_running_loop().time() > deadline:
                raise Overloaded
            await asyncio.sleep(CLAIM_POLL_SECONDS)

    async def _save(self, key: str, claim: str, session: Session, seconds: int) -> None:
        """What the turn did is committed already; a lost session only shows a screen again."""
        try:
            saved = await self._store.close(key, claim=claim, session=dump(session), seconds=seconds)
        except StoreUnavailable:
            saved = False
        if not saved:
            log.warning("a session was not saved")

    async def _give_back(self, key: str, claim: str) -> None:
        try:
            await self._store.release(key, claim=claim)
        except StoreUnavailable:
            log.warning("a claim could not be given back; it expires on its own")

    async def _answer(self, session: Session, incoming: Incoming, inputs: list[Input], render: Render) -> str:
        reply: str | None = None
        for one in inputs:
            reply = await self._step(session, incoming, one, render)
        if reply is None:
            raise ValueError("a message without an input")
        return reply

    async def _step(self, session: Session, incoming: Incoming, one: Input, render: Render) -> str:
        if (page := turned_page(session, one)) is not None:
            session.page = page
            return session.pages[page]
        if one.kind is Kind.MORE:
            one = replace(one, kind=Kind.TYPED)
        session.turn += 1
        before = where(session)
        outcome, turn = await self._outcome(session, incoming, one)
        note_step(session, before=before, ends=outcome.screen.ends)
        first = session.screen in FIRST_SCREENS and not session.pending
        reply = Reply(outcome.screen, turn.language, session.turn, outcome.note, first, can_go_back=bool(session.back))
        session.shown = answers(outcome.screen.choices)
        session.asks, session.language = outcome.screen.asks.value, turn.language
        pages = [self._sealed(page) for page in render(reply)] if outcome.screen.secret else render(reply)
        session.pages, session.page = pages, 0
        if outcome.screen.ends:
            session.clear()
        return pages[0]

    def _sealed(self, page: str) -> str:
        """A page with a secret on it, as the session may keep it."""
        return SEALED + self._database.vault.seal(page.encode(), context=SEALED)

    def _open(self, page: str) -> str:
        """A page as it's shown."""
        if not page.startswith(SEALED):
            return page
        return self._database.vault.open(page.removeprefix(SEALED), context=SEALED).decode()

    async def _outcome(self, session: Session, incoming: Incoming, one: Input) -> tuple[Outcome, Turn]:
        proof = await self._prove(session, incoming, one)
        before = session.copy()
        try:
            async with self._database.unit() as uow:
                turn = await self._turn(uow, session, incoming)
                return await Walk(self._book, session, turn).take(one, proof), turn
        except CoreError as refusal:
            # What the flow wrote before it refused was rolled back; the session goes back with it.
            session.restore(before)
            async with self._database.unit() as uow:
                turn = await self._turn(uow, session, incoming)
                return await Walk(self._book, session, turn).refused(refusal), turn

    async def _prove(self, session: Session, incoming: Incoming, one: Input) -> PinOutcome | CoreError | None:
        """Count and check a PIN on its own, so that the attempt stays counted whatever the turn does."""
        if not session.pending or one.kind is not Kind.TYPED or one.dialled:
            return None
        if PIN_SHAPE.fullmatch(one.value.strip()) is None:
            # An amount or the four digits of her M-PESA PIN is a slip, not a guess, and must not lock her out.
            return NotAPin()
        async with self._database.unit() as uow:
            member = await who(uow, incoming)
        # An account that was let go a moment ago is nobody's: the attempt is counted like any other.
        try:
            return await self._gate.check(
                member=member.id if member else NOBODY,
                pin=one.value.strip(),
                channel=incoming.channel.name,
                event_id=incoming.event,
                device=incoming.device,
                claimed=f"{incoming.channel.name}:{incoming.key}" if member is None else "",
            )
        except CoreError as refusal:
            return refusal

    async def _turn(self, uow: UnitOfWork, session: Session, incoming: Incoming) -> Turn:
        member = await who(uow, incoming)
        language = member.language if member else session.language or incoming.language
        return Turn(
            uow=uow,
            channel=incoming.channel,
            incoming=incoming,
            language=language if language in LANGUAGES else DEFAULT_LANGUAGE,
            values=session.values,
            checks=self._checks,
            member=member,
            event=incoming.event,
            paybill=self._paybill,
            dial=self._dial,
            proven_until=datetime.fromisoformat(session.proven_until) if session.proven_until else None,
        )


def turned_page(session: Session, one: Input) -> int | None:
    """The page that this input turns to, when it turns one."""
    if one.kind is Kind.MORE and session.page + 1 < len(session.pages):
        return session.page + 1
    if one.kind is Kind.BACK and session.page > 0:
        return session.page - 1
    return None


async def who(uow: UnitOfWork, incoming: Incoming) -> Member | None:
    """The member behind this number or Telegram account."""
    if incoming.telegram is not None:
        return await find_by_telegram(uow, incoming.telegram)
    return await find_by_phone(uow, incoming.phone) if incoming.phone else None
