"""What is left to do when a session is over: tell an outcome that came too late, and note what the session was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.dialogue.book import Book
from core.dialogue.session import Session
from core.identity.members import find_by_phone
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.texts import DEFAULT_LANGUAGE, Text, catalogue
from core.monitoring.ussd_sessions import CLOSED, Ended, record_end
from core.notifications.late import send_outcome

__all__ = ["Ended", "begin_journey", "last_step", "note_end", "note_step", "tell_late", "where"]

# Sessions whose way is remembered: the end of one may be reported after the next has begun.
MOST_JOURNEYS = 3
MOST_STEPS = 60
PIN_STEP = ":pin"


def begin_journey(memory: dict[str, Any], session: str) -> None:
    """Follow the steps of this session from here on."""
    known = [*memory.get("journeys", {}).items(), (session, {"steps": [], "group": ""})]
    memory["journeys"] = dict(known[-MOST_JOURNEYS:])


def where(session: Session) -> str:
    """The name of the step that she is at: the screen, or the action whose PIN is asked for."""
    return f"{session.pending}{PIN_STEP}" if session.pending else session.screen


def note_step(session: Session, *, before: str, ends: bool) -> None:
    """Remember the step that this turn led to, and which group it was about. Names only, nothing that was typed."""
    journey = session.memory.get("journeys", {}).get(session.memory.get("session", ""))
    if journey is None:
        return
    step = f"{before.removesuffix(PIN_STEP) or 'home'}{CLOSED}" if ends else where(session)
    journey["steps"] = [*journey["steps"], step][-MOST_STEPS:]
    if isinstance(group := session.values.get("group"), UUID):
        journey["group"] = str(group)


def last_step(memory: dict[str, Any]) -> str:
    """The step that the current session is at; empty when it isn't followed."""
    steps = memory.get("journeys", {}).get(memory.get("session", ""), {}).get("steps", [])
    return str(steps[-1]) if steps else ""


async def note_end(database: Database, book: Book, ended: Ended, *, memory: dict[str, Any], echoed: Sequence[str]) -> None:
    """Note how a session ended, with its way as we remember it; else as far as the gateway's echo names steps of ours."""
    journey = memory.get("journeys", {}).get(ended.session, {})
    known = book.screens.keys() | book.actions.keys()
    steps = journey.get("steps") or [step for step in echoed if step.partition(":")[0] in known]
    group = UUID(journey["group"]) if journey.get("group") else None
    async with database.unit() as uow:
        await record_end(uow, ended, steps=steps[:MOST_STEPS], group=group)


async def tell_late(database: Database, *, phone: Phone, outcome: Text | str, language: str, since: datetime) -> None:
    """Send her by SMS what the screen that she waited for would have said. `language`: hers where it isn't known."""
    async with database.unit() as uow:
        member = await find_by_phone(uow, phone)
        said = outcome
        if isinstance(said, Text):
            speaks = language or (member.language if member else DEFAULT_LANGUAGE)
            said = catalogue().say(speaks, said)
        await send_outcome(uow, to=phone, message=said, since=since, member=member.id if member else None)
