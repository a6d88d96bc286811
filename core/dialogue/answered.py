"""The same message once more, when what it did was committed and nobody remembers: its answer is found where it was written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.dialogue.holding import AnsweredMeanwhile, key_of
from core.dialogue.screens import Asks, Screen
from core.dialogue.session import Session, dump, load
from core.dialogue.turn import Incoming, Input, Kind, Render, Reply, Turn
from core.identity.answers import Answer, answer_to, has_written, keep_answer
from core.identity.new_pins import PIN_SHAPE
from core.kernel.db import Database, UnitOfWork
from core.kernel.secrets import Vault
from core.kernel.texts import DEFAULT_LANGUAGE, LANGUAGES, text

# A row is kept for a day; a talk is forgotten sooner, or with all others.
REMEMBERED_MINUTES, FORGOTTEN_MINUTES = 24 * 60, 5


def mark(vault: Vault, session: Session, incoming: Incoming) -> str:
    """What tells this conversation, as it is now, from any other and from itself before and after."""
    return vault.digest(f"{key_of(incoming)} {dump(session)}", context="answered turn")


def event_of(vault: Vault, incoming: Incoming) -> str:
    """The message as hers: what several are sent at once (where they are, after we were away) has one event for all."""
    return vault.digest(f"{key_of(incoming)} {incoming.event}", context="answered event")


async def keep(
    uow: UnitOfWork, session: Session, turn: Turn, incoming: Incoming, *, began_with: str, reply: str, secret: bool
) -> None:
    """Write down what this unit answers to its message, where it has written anything. Raises AnsweredMeanwhile.

    reply: as the session keeps it. secret: it's shown once, so that it was done is all that is kept.
    """
    if not await has_written(uow):
        return
    left = session.copy()
    left.replies = {incoming.event: reply}
    kept = await keep_answer(
        uow,
        channel=turn.channel.name,
        answer=Answer(event_of(uow.vault, incoming), began_with, "" if secret else dump(left)),
        turn=session.turn,
        member=turn.member.id if turn.member else None,
    )
    if not kept:
        raise AnsweredMeanwhile


async def find(database: Database, session: Session, incoming: Incoming, render: Render, *, begins_with: str) -> str | None:
    """The reply that this message had, with the session as it left it; None for a message that is new, or did nothing.

    A session that stayed behind another message's work is brought up to it.
    """
    event = event_of(database.vault, incoming)
    # All talks that nobody remembers look alike: only what was done just now may be hers.
    back = FORGOTTEN_MINUTES if not session.turn else REMEMBERED_MINUTES
    async with database.reading() as uow:
        since = uow.clock.now() - timedelta(minutes=back)
        answer = await answer_to(uow, channel=incoming.channel.name, event=event, begins_with=begins_with, since=since)
    if answer is None:
        return None
    left = load(answer.state) if answer.state else Session(turn=session.turn)
    reply = left.replies.get(incoming.event)
    # Not over a talk that has gone on since.
    if not session.turn or answer.began_with == begins_with:
        _catch_up(session, left)
    if answer.event != event:
        return None
    reply = reply or _only_once(session, render)
    session.remember_reply(incoming.event, reply)
    return reply


def _catch_up(session: Session, left: Session) -> None:
    replies, memory, turn = {**session.replies, **left.replies}, left.memory or session.memory, left.turn
    session.restore(left)
    session.replies, session.memory, session.turn = replies, memory, turn
    # What is unfinished was noted after that was written down, if it was; to forget what isn't there does no harm.
    session.kept = True


def may_be_behind(session: Session, inputs: Sequence[Input]) -> bool:
    """Whether she begins anew where her PIN had been asked for, or a session that we have forgotten comes with a PIN in it."""
    if not inputs or inputs[0].kind is not Kind.START:
        return False
    return bool(session.pending) or any(PIN_SHAPE.fullmatch(one.value) for one in inputs[1:])


def _only_once(session: Session, render: Render) -> str:
    language = session.language if session.language in LANGUAGES else DEFAULT_LANGUAGE
    return render(Reply(Screen(text("done-and-shown"), asks=Asks.NOTHING, ends=True), language, session.turn))[0]
