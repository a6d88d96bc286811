"""The one conversation: takes what a person did, moves money at most once, and answers with a screen.

The order matters. The session is claimed; a repeated event gets its remembered reply; a PIN is counted and checked before
the turn's transaction opens; the transaction commits; only then is the session saved. A crash before the save shows the
confirm screen again, with the same intent, and the repeat is harmless. A turn that only reads goes the short way first: it
claims nothing, and its session is saved only over the one that it began with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from core.dialogue import answered
from core.dialogue.ahead import ahead_of
from core.dialogue.book import Book
from core.dialogue.dialling import minutes_to_wait, note_flood
from core.dialogue.endings import note_end, note_step, tell_late, where
from core.dialogue.holding import AnsweredMeanwhile, Sessions
from core.dialogue.reading import Habits, Means, OneReading, hands_in_a_pin, place_of
from core.dialogue.screens import Asks, Screen, answers
from core.dialogue.session import SEALED, Session, SessionStore, load
from core.dialogue.turn import TELEGRAM, Channel, Checks, Incoming, Input, Kind, Render, Reply, Turn
from core.dialogue.unfinished import HOME
from core.dialogue.walk import LINK, WELCOME, Outcome, Walk
from core.identity.forged_buttons import note_forged_button
from core.identity.members import Member, find_by_phone, find_by_telegram
from core.identity.new_pins import PIN_SHAPE
from core.identity.pins import PinGate, PinOutcome
from core.identity.strangers import NOBODY
from core.kernel import errors
from core.kernel.db import Database, Notes, NotJustReading, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.phone import Phone
from core.kernel.texts import DEFAULT_LANGUAGE, LANGUAGES, Text, text
from core.monitoring.ussd_sessions import Ended

# On the session that this process remembers, and once more on the one that it turns out to be.
MOST_READINGS = 2
# So many turns that only read are under way in a process; others wait in the order of their coming. What is begun is then
# done soon, where many turns that take a little of each other's time would all be late.
READING_AT_ONCE = 8
FIRST_SCREENS = (HOME, WELCOME, LINK)  # there is nowhere to go back to


@dataclass
class NotAPin(CoreError):
    """What was typed can't be a PIN: it isn't six digits."""

    code = "not-a-pin"
    kind = errors.Kind.INVALID


@dataclass(frozen=True)
class Hop:
    """One message on its way through the conversation. began_with: the mark of the session as it came, where it may write."""

    session: Session
    incoming: Incoming
    render: Render
    means: Means
    began_with: str = ""


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
        self._database, self._gate, self._book = database, gate, book
        self._sessions, self._habits = Sessions(store), Habits()
        self._reading = asyncio.Semaphore(READING_AT_ONCE)
        self._checks, self._everything = checks, Means(database.unit, checks)
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
        session = await self._sessions.look(channel.name, key)
        await note_end(self._database, self._book, ended, memory=session.memory, echoed=echoed)

    async def is_underway(self, channel: Channel, *, key: str) -> bool:
        """Whether somebody is in the middle of something there."""
        session = await self._sessions.look(channel.name, key)
        return bool(session.pending or (session.screen and session.screen not in FIRST_SCREENS))

    async def note_forged_button(self, *, telegram: int) -> None:
        """Write down that this account sent what no button of ours says."""
        async with self._database.unit() as uow:
            member = await find_by_telegram(uow, telegram)
            await note_forged_button(uow, member=member.id if member else None, channel=TELEGRAM.name)

    async def handle(self, incoming: Incoming, render: Render) -> str:
        """The channel's reply to this message, remembered under its event. Raises Overloaded; nothing is lost then."""
        reply = None
        while reply is None:
            async with self._reading:
                reply = await self._only_reading(incoming, render)
            if reply is None:
                with suppress(AnsweredMeanwhile):
                    reply = await self._with_everything(incoming, render)
        return self._open(reply)

    async def _only_reading(self, incoming: Incoming, render: Render) -> str | None:
        """The reply, from a turn that did nothing but read; None when that can't be, and nothing has happened."""
        stored = await self._sessions.recall(incoming)
        for _ in range(MOST_READINGS):
            session, left = load(stored), Notes()
            reply = session.replies.get(incoming.event) or await self._read(session, incoming, render, left)
            if reply is None:
                return None
            became, stored = await self._sessions.swap(incoming, before=stored, session=session)
            if became == "saved":
                await self._database.note(left)
                return reply
            if became == "claimed":
                return None
            # It has gone on at another process meanwhile: once more, with the session as it is now.
        return None

    async def _read(self, session: Session, incoming: Incoming, render: Render, left: Notes) -> str | None:
        """The answer of a turn that may only read; None when it has to write, or is known for it."""
        inputs = _inputs(session, incoming)
        place = place_of(session, inputs)
        if answered.may_be_behind(session, inputs):
            return None
        if hands_in_a_pin(session, inputs) or self._has_to_wait(session, inputs) or not self._habits.is_worth_trying(place):
            return None
        try:
            async with self._database.reading(left) as uow:
                reading = OneReading(uow, self._checks, *ahead_of(self._book, session, incoming, inputs))
                reply = await self._answer(Hop(session, incoming, render, reading.means), inputs)
        except NotJustReading:
            self._habits.wrote(place)
            return None
        self._habits.only_read(place)
        return reply

    async def _with_everything(self, incoming: Incoming, render: Render) -> str:
        """The reply of a turn that has the session to itself and may write. Raises Overloaded, AnsweredMeanwhile."""
        async with self._sessions.hold(incoming) as session:
            reply = session.replies.get(incoming.event)
            began_with = answered.mark(self._database.vault, session, incoming)
            if reply is None:
                reply = await answered.find(self._database, session, incoming, render, begins_with=began_with)
            if reply is not None:
                return reply
            inputs = _inputs(session, incoming)
            if wait := self._has_to_wait(session, inputs):
                return await self._too_many(session, incoming, render, wait)
            return await self._answer(Hop(session, incoming, render, self._everything, began_with), inputs)

    def _has_to_wait(self, session: Session, inputs: Sequence[Input]) -> int:
        """The minutes until another session may begin; 0 when this goes on, or is one that may, which is counted."""
        return minutes_to_wait(session.memory, inputs, most=self._most_dials, now=self.now())

    async def _too_many(self, session: Session, incoming: Incoming, render: Render, wait: int) -> str:
        """No session begins now. The reply isn't remembered: the same hop may be answered when there is room again."""
        await note_flood(self._database, session.memory, incoming)
        return _turned_away(session, text("too-many-dials", minutes=wait), render)

    async def _answer(self, hop: Hop, inputs: Sequence[Input]) -> str:
        """What the last of the inputs leads to, as it may be kept; the session remembers it for when the event comes again."""
        session = hop.session
        reply: str | None = None
        if inputs and inputs[0].kind is Kind.REFUSED:
            # It came late, or in another order: it takes nothing from the session that lives.
            reply, inputs = _turned_away(session, text("out-of-step"), hop.render), []
        for one in inputs:
            for part in taken_apart(session, one):
                reply = await self._step(hop, part)
                if part is not one and session.wrong:
                    break  # What follows was meant for the screen that she didn't reach.
        if reply is None:
            raise ValueError("a message without an input")
        session.remember_reply(hop.incoming.event, reply)
        return reply

    async def _step(self, hop: Hop, one: Input) -> str:
        session = hop.session
        if (page := turned_page(session, one)) is not None:
            session.page = page
            return session.pages[page]
        if one.kind is Kind.MORE:
            one = replace(one, kind=Kind.TYPED)
        session.turn += 1
        before, proof = session.copy(), await self._prove(session, hop.incoming, one, hop.means)
        try:
            async with hop.means.unit() as uow:
                turn = await self._turn(uow, session, hop.incoming, hop.means.checks)
                walk = Walk(self._book, session, turn)
                outcome = await walk.take(one, proof)
                reply = self._shown(hop, before, outcome, turn)
                secret = outcome.screen.secret
                await answered.keep(uow, session, turn, hop.incoming, began_with=hop.began_with, reply=reply, secret=secret)
                await walk.keep(outcome)
                return reply
        except CoreError as refusal:
            # What the flow wrote before it refused was rolled back; the session goes back with it.
            session.restore(before)
            async with hop.means.unit() as uow:
                turn = await self._turn(uow, session, hop.incoming, hop.means.checks)
                return self._shown(hop, before, await Walk(self._book, session, turn).refused(refusal), turn)

    def _shown(self, hop: Hop, before: Session, outcome: Outcome, turn: Turn) -> str:
        """The reply as the session keeps it, which remembers from now on what is shown."""
        session, screen = hop.session, outcome.screen
        note_step(session, before=where(before), ends=screen.ends)
        first = session.screen in FIRST_SCREENS and not session.pending
        reply = Reply(screen, turn.language, session.turn, outcome.note, first, can_go_back=bool(session.back))
        session.shown = answers(screen.choices)
        session.asks, session.language = screen.asks.value, turn.language
        pages = [self._sealed(page) for page in hop.render(reply)] if screen.secret else hop.render(reply)
        if screen.ends:
            session.clear()
        # What is over may have more pages to be turned to, like anything else.
        session.pages, session.page = pages, 0
        return pages[0]

    def _sealed(self, page: str) -> str:
        """A page with a secret on it, as the session may keep it."""
        return SEALED + self._database.vault.seal(page.encode(), context=SEALED)

    def _open(self, page: str) -> str:
        """A page as it's shown."""
        if not page.startswith(SEALED):
            return page
        return self._database.vault.open(page.removeprefix(SEALED), context=SEALED).decode()

    async def _prove(self, session: Session, incoming: Incoming, one: Input, means: Means) -> PinOutcome | CoreError | None:
        """Count and check a PIN on its own, so that the attempt stays counted whatever the turn does."""
        if not session.pending or one.kind is not Kind.TYPED or one.dialled:
            return None
        if PIN_SHAPE.fullmatch(one.value.strip()) is None:
            # An amount or the four digits of her M-PESA PIN is a slip, not a guess, and must not lock her out.
            return NotAPin()
        if means.only_reads:
            raise NotJustReading
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

    async def _turn(self, uow: UnitOfWork, session: Session, incoming: Incoming, checks: Checks) -> Turn:
        member = await who(uow, incoming)
        language = member.language if member else session.language or incoming.language
        return Turn(
            uow=uow,
            channel=incoming.channel,
            incoming=incoming,
            language=language if language in LANGUAGES else DEFAULT_LANGUAGE,
            values=session.values,
            checks=checks,
            member=member,
            event=incoming.event,
            paybill=self._paybill,
            dial=self._dial,
            proven_until=datetime.fromisoformat(session.proven_until) if session.proven_until else None,
        )


def _inputs(session: Session, incoming: Incoming) -> list[Input]:
    """What she did, now that she has gone on from what was shown."""
    session.forget_secrets()
    return list(incoming.read(session.memory))


def _turned_away(session: Session, why: Text, render: Render) -> str:
    """An end beside the session, which stays where it is."""
    language = session.language if session.language in LANGUAGES else DEFAULT_LANGUAGE
    return render(Reply(Screen(why, asks=Asks.NOTHING, ends=True), language, session.turn))[0]


def taken_apart(session: Session, one: Input) -> tuple[Input, ...]:
    """Several answers given at once, where the screen waits for a number; elsewhere what was typed is one answer."""
    waits_for_a_number = not session.pending and Asks(session.asks) in {Asks.CHOICE, Asks.AMOUNT}
    return one.parts if one.parts and waits_for_a_number else (one,)


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
