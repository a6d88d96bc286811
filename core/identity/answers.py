"""What was answered to each message that did something: written in the very unit, so that the same message does it once.

A process may die after the commit and before the conversation is saved and its answer sent. The message comes again, by the
gateway or Telegram, or she begins anew, and the conversation knows nothing of it. Many deeds have no intent of their own that
would make them harmless to repeat: taking a hand of a merry-go-round, saying yes to a loan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.questions import Question

# Of a message that was taken apart, each step that wrote has a row; the last one is what it led to.
_FIND = Question("""
    SELECT event, began_with, sealed_state FROM answered_turns
    WHERE channel = :channel AND (event = :event OR (began_with = :begins_with AND answered_at > :since))
    ORDER BY event = :event DESC, answered_at DESC, turn DESC LIMIT 1
""")
_HAS_WRITTEN = Question("SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS it")
_KEEP = Question("""
    INSERT INTO answered_turns (channel, event, turn, user_id, began_with, sealed_state, answered_at)
    VALUES (:channel, :event, :turn, CAST(:member AS uuid), :began_with, CAST(:state AS text), :now)
    ON CONFLICT DO NOTHING RETURNING turn
""")


@dataclass(frozen=True)
class Answer:
    """A message, the mark of the conversation as it found it, and the conversation as it left it; "" where that isn't kept."""

    event: str
    began_with: str
    state: str


async def has_written(uow: UnitOfWork) -> bool:
    """Whether this unit has written or locked anything so far."""
    if uow.only_reads:
        return False
    if uow.would_write:
        return True
    (found,) = await uow.ask(_HAS_WRITTEN)
    return bool(found["it"])


async def answer_to(uow: UnitOfWork, *, channel: str, event: str, begins_with: str, since: datetime) -> Answer | None:
    """What this message was answered when it came for the first time; None when it is new, or did nothing.

    Or what another was that has found the conversation like this `since`.
    """
    for found in await uow.ask(_FIND, channel=channel, event=event, begins_with=begins_with, since=since):
        sealed, whose = found["sealed_state"], str(found["event"])
        state = uow.vault.open(sealed, context=_context(channel, whose)).decode() if sealed else ""
        return Answer(whose, str(found["began_with"]), state)
    return None


async def keep_answer(uow: UnitOfWork, *, channel: str, answer: Answer, turn: int, member: MemberId | None) -> bool:
    """Write down what this unit answers, as its turn of this number. False when somebody else has answered it meanwhile."""
    sealed = uow.vault.seal(answer.state.encode(), context=_context(channel, answer.event)) if answer.state else None
    about = {"channel": channel, "event": answer.event, "turn": turn, "member": member, "began_with": answer.began_with}
    return bool(await uow.ask(_KEEP, **about, state=sealed, now=uow.clock.now()))


def _context(channel: str, event: str) -> str:
    return f"answer {channel} {event}"
