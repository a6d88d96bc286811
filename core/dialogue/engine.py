"""The one conversation: takes what a person did, moves money at most once, and answers with a screen.

The order matters. The session is claimed; a repeated event gets its remembered reply; a PIN is counted and checked before
the turn's transaction opens; the transaction commits; only then is the session saved. A crash before the save shows the
confirm screen again, with the same intent, and the repeat is harmless.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.dialogue.answers import Unreadable, read_answer
from core.dialogue.book import Book
from core.dialogue.definitions import ScreenDefinition
from core.dialogue.screens import Again, Asks, Assurance, End, Go, Screen, Step
from core.dialogue.session import Session, SessionStore, dump, load
from core.dialogue.turn import Checks, Incoming, Input, Kind, Render, Reply, Turn
from core.identity.members import Member, find_by_phone, find_by_telegram
from core.identity.pins import PinGate, PinOutcome
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError, StoreUnavailable
from core.kernel.errors import Kind as Kind_
from core.kernel.secrets import random_token
from core.kernel.texts import DEFAULT_LANGUAGE, LANGUAGES, Text, text

log = logging.getLogger(__name__)

HOME = "home"
WELCOME = "register.language"
LINK = "link.contact"
FIRST_SCREENS = (HOME, WELCOME, LINK)  # there is nowhere to go back to
MAX_WRONG = 5
PIN_SHAPE = re.compile(r"[0-9]{6}", re.ASCII)
MAX_TURNS = 300
RECENT_PIN = timedelta(minutes=5)
CLAIM_WAIT_SECONDS = 1.5
CLAIM_POLL_SECONDS = 0.04


@dataclass
class NotAPin(CoreError):
    """What was typed can't be a PIN: it isn't six digits."""

    code = "not-a-pin"
    kind = Kind_.INVALID


@dataclass(frozen=True)
class Outcome:
    """Where a turn ended: the screen, and the sentence above it."""

    screen: Screen
    note: Text | None = None


class Overloaded(Exception):
    """This person's previous message is still being worked on, or sessions can't be reached: say "busy, try again"."""


class Conversation:
    """Answers every channel from the same book of screens."""

    def __init__(self, *, database: Database, store: SessionStore, gate: PinGate, checks: Checks, book: Book) -> None:
        self._database, self._store, self._gate, self._checks, self._book = database, store, gate, checks, book

    async def handle(self, incoming: Incoming, render: Render) -> str:
        """The channel's reply to this message, remembered under its event. Raises Overloaded; nothing is lost then."""
        async with self._session(incoming) as session:
            known = session.replies.get(incoming.event)
            if known is not None:
                return known
            inputs = incoming.read(session.memory)
            reply = await self._answer(session, incoming, list(inputs), render)
            session.remember_reply(incoming.event, reply)
            return reply

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
        outcome, turn = await self._outcome(session, incoming, one)
        first = session.screen in FIRST_SCREENS and not session.pending
        reply = Reply(outcome.screen, turn.language, session.turn, outcome.note, first, can_go_back=bool(session.back))
        session.shown = [choice.id for choice in outcome.screen.choices]
        session.asks, session.language = outcome.screen.asks.value, turn.language
        session.pages, session.page = render(reply), 0
        if outcome.screen.ends:
            session.clear()
        return session.pages[0] if session.pages else render(reply)[0]

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
        if member is None:
            return None
        try:
            return await self._gate.check(
                member=member.id, pin=one.value.strip(), channel=incoming.channel.name, event_id=incoming.event
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
            has_draft=bool(session.draft),
            event=incoming.event,
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


class Walk:
    """One step through the book, inside one transaction."""

    def __init__(self, book: Book, session: Session, turn: Turn) -> None:
        self._book, self._session, self._turn = book, session, turn

    async def take(self, one: Input, proof: PinOutcome | CoreError | None) -> Outcome:  # noqa: PLR0911 - one line a kind
        """Where this input leads."""
        session = self._session
        if session.turn > MAX_TURNS:
            # Counted anew, or the person could never begin again before the session is forgotten.
            session.turn = 0
            return self._over(text("session-too-long"))
        if one.turn is not None and one.turn != session.turn - 1 and one.kind is not Kind.HOME:
            return await self._stale()
        match one.kind:
            case Kind.START:
                return await self._start(offers_draft=not one.dialled)
            case Kind.REFUSED:
                return self._over(text("out-of-step"))
            case Kind.HOME:
                return await self._home()
            case Kind.BACK:
                return await self._back()
            case Kind.COMMAND:
                session.clear()
                return await self._arrive(one.value)
        if session.pending:
            return await self._proven(proof)
        if not session.screen:
            return await self._home(note=text("starts-over") if session.turn > 1 else None)
        return await self._answered(one)

    async def _stale(self) -> Outcome:
        """A button of an older message: show where she is now instead of acting on what she no longer sees."""
        session, note = self._session, text("menu-expired")
        session.turn -= 1
        if session.pending:
            return self._ask_pin(note)
        return await (self._again(note, counts=False) if session.screen else self._home(note=note))

    async def refused(self, refusal: CoreError) -> Outcome:
        """Say what was refused and ask again; nothing of the failed attempt remains."""
        note = Text(f"error-{refusal.code}", refusal.details())
        if self._session.pending:
            return self._over(note)
        return await self._again(note)

    async def _start(self, *, offers_draft: bool) -> Outcome:
        """A fresh dial or /start. What was left unfinished is kept aside and offered on the home screen.

        Not to a dialled code with answers in it: its numbers count the options as they stand without the offer.
        """
        session = self._session
        definition = self._book.screens.get(session.screen)
        if definition is not None and session.values and definition.needs is not Assurance.ANYONE:
            session.draft = [session.screen, dict(session.values), list(session.back)]
        self._turn.has_draft = bool(session.draft) and offers_draft
        session.turn = 1
        return await self._home()

    async def _home(self, note: Text | None = None) -> Outcome:
        self._session.clear()
        return await self._arrive(HOME, note)

    async def _back(self) -> Outcome:
        session = self._session
        if session.pending and session.screen:
            session.pending = ""
            return await self._show(session.screen)
        if not session.back:
            return await self._home()
        session.screen, session.values = session.back[-1][0], dict(session.back[-1][1])
        session.back = session.back[:-1]
        self._turn.values = session.values
        return await self._show(session.screen)

    async def _proven(self, proof: PinOutcome | CoreError | None) -> Outcome:
        """What waits for the PIN happens when the PIN is right."""
        match proof:
            case None:
                return self._ask_pin(text("pin-needed"))
            case CoreError():
                return self._ask_pin(Text(f"error-{proof.code}", proof.details()))
            case PinOutcome(verdict="right"):
                return await self._act(proven=True)
            case PinOutcome(verdict="wrong"):
                return self._ask_pin(text("pin-wrong", tries=proof.tries_left))
            case PinOutcome(verdict="locked"):
                return self._over(text("pin-locked", until=proof.locked_until or self._turn.uow.clock.now()))
            case _:
                return self._over(text("pin-disabled"))

    async def _act(self, *, proven: bool = False) -> Outcome:
        session, name = self._session, self._session.pending
        if proven:
            session.proven_until = (self._turn.uow.clock.now() + RECENT_PIN).isoformat()
        if name in self._book.screens:
            session.pending = ""
            return await self._show(name)
        step = await self._book.actions[name].act(self._turn)
        session.pending = ""
        return await self._follow(step)

    async def _answered(self, one: Input) -> Outcome:
        session = self._session
        definition = self._book.screens.get(session.screen)
        if definition is None or definition.take is None:
            return await self._home(note=text("starts-over"))
        try:
            answer = read_answer(Asks(session.asks), one, session.shown)
        except Unreadable as problem:
            return await self._again(problem.note)
        session.wrong = 0
        if answer == "continue" and session.screen == HOME and session.draft:
            return await self._continue()
        return await self._follow(await definition.take(self._turn, answer))

    async def _continue(self) -> Outcome:
        session = self._session
        session.screen, session.values, session.back = session.draft[0], dict(session.draft[1]), list(session.draft[2])
        session.draft = []
        self._turn.values = session.values
        return await self._show(session.screen)

    async def _again(self, note: Text, *, counts: bool = True) -> Outcome:
        session = self._session
        session.wrong += int(counts)
        if session.wrong >= MAX_WRONG:
            return self._over(text("too-many-wrong"))
        if not session.screen:
            return self._over(note)
        shown = await self._show(session.screen)
        return replace(shown, note=note)

    async def _follow(self, step: Step) -> Outcome:
        match step:
            case End():
                self._session.draft = []
                return self._over(step.text, step)
            case Again():
                return await self._again(step.note)
            case Go():
                self._session.leave()
                self._session.values.update(step.values)
                return await self._arrive(step.to)

    async def _arrive(self, name: str, note: Text | None = None) -> Outcome:
        """Reach a screen or action, through registration, linking or the PIN when it needs them."""
        definition = self._book.screens.get(name) or self._book.actions.get(name)
        if definition is None:
            return await self._home(note=text("starts-over"))
        if definition.needs > Assurance.ANYONE and self._turn.member is None:
            self._session.clear()
            name = WELCOME if self._turn.incoming.phone else LINK
            return await self._show(name)
        if definition.needs >= Assurance.RECENT_PIN and not self._proven_recently(definition.needs):
            self._session.pending = name
            return self._ask_pin()
        if isinstance(definition, ScreenDefinition):
            shown = await self._show(name)
            return replace(shown, note=note) if note else shown
        self._session.pending = name
        return await self._act()

    def _proven_recently(self, needs: Assurance) -> bool:
        until = self._session.proven_until
        if needs is Assurance.PIN or not until or not self._turn.channel.can_push:
            return False
        return self._turn.uow.clock.now() < datetime.fromisoformat(until)

    def _ask_pin(self, note: Text | None = None) -> Outcome:
        action = self._book.actions.get(self._session.pending)
        why = Text(action.why, dict(self._turn.values)) if action else text("pin-why-private")
        return Outcome(Screen(text("pin-ask", why=why), asks=Asks.PIN), note)

    async def _show(self, name: str) -> Outcome:
        self._session.screen = name
        self._turn.values = self._session.values
        return Outcome(await self._book.screens[name].ask(self._turn))

    def _over(self, what: Text, end: End | None = None) -> Outcome:
        rows, live = (end.rows, end.live) if end else ((), None)
        return Outcome(Screen(what, rows=rows, live=live, asks=Asks.NOTHING, ends=True))
