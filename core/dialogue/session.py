"""What is remembered between two messages, as plain JSON, and the port of the store that keeps it.

Never in here: a PIN or a code. A session is owned by one turn at a time: `open` claims it and `close` saves only while the
claim still holds, so a turn that was too slow can't overwrite a newer one. Who only reads needs no claim: `swap` saves only
over what was read. Losing it all costs a screen, never money.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

from core.kernel.money import CURRENCIES, Money

# Raise this when the meaning of a field changes: older sessions then start at home with a notice.
SCHEMA = 2
MAX_BACK = 8
MAX_REPLIES = 30
# What a reply begins with that is kept sealed; no channel's own reply does.
SEALED = "sealed:"


@dataclass
class Session:
    """One person's live conversation on one channel."""

    schema: int = SCHEMA
    turn: int = 0
    screen: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    back: list[list[Any]] = field(default_factory=list)
    pending: str = ""  # the action that waits for a PIN
    shown: dict[str, str] = field(default_factory=dict)  # the options' ids by what is typed for them
    asks: str = "nothing"
    wrong: int = 0
    language: str = ""
    proven_until: str = ""  # ISO time until which a PIN counts as recent
    draft: list[Any] = field(default_factory=list)
    kept: bool = False  # what is unfinished here has a row in the database
    pages: list[str] = field(default_factory=list)
    page: int = 0
    replies: dict[str, str] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)  # the channel's own

    def remember_reply(self, event: str, reply: str) -> None:
        """Keep the answer to this event for when it arrives again; the oldest are forgotten."""
        self.replies[event] = reply
        while len(self.replies) > MAX_REPLIES:
            del self.replies[next(iter(self.replies))]

    def leave(self) -> None:
        """Push the current screen on the way back, once."""
        if self.screen and [name for name, _ in self.back[-1:]] != [self.screen]:
            self.back = [*self.back, [self.screen, dict(self.values)]][-MAX_BACK:]

    def settle(self) -> None:
        """Take the current screen for over: the one before it is the current one again, with what is known by now."""
        self.screen = self.back.pop()[0] if self.back else ""

    def forget_secrets(self) -> None:
        """Keep no reply with a secret in it, sealed or not, once she has gone on."""
        kept = len(SEALED)
        self.replies = {event: reply for event, reply in self.replies.items() if reply[:kept] != SEALED}

    def copy(self) -> Session:
        """A snapshot to go back to."""
        copied = Session(**vars(self))
        copied.shown, copied.pages, copied.replies = dict(self.shown), list(self.pages), dict(self.replies)
        copied.values, copied.back, copied.draft = _copied(self.values), _copied(self.back), _copied(self.draft)
        copied.memory = _copied(self.memory)
        return copied

    def restore(self, snapshot: Session) -> None:
        """Go back to the snapshot; only the count of turns stays."""
        turn = self.turn
        self.__dict__.update(snapshot.copy().__dict__)
        self.turn = turn

    def clear(self) -> None:
        """Forget the flow: nothing waits, nothing to go back to."""
        self.screen, self.values, self.back, self.pending, self.wrong = "", {}, [], "", 0
        self.shown, self.pages, self.page = {}, [], 0


def plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state as JSON values alone, for a row in the database."""
    found: dict[str, Any] = json.loads(json.dumps(state, default=_to_json))
    return found


def from_plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state that `plain` wrote, with its amounts and ids."""
    found: dict[str, Any] = json.loads(json.dumps(state), object_hook=_from_json)
    return found


def dump(session: Session) -> str:
    """The session as JSON text."""
    return json.dumps(vars(session), default=_to_json, separators=(",", ":"))


def load(stored: str | None) -> Session:
    """The session from JSON text; a fresh one when there is none or it was made by an incompatible version."""
    if stored is None:
        return Session()
    found = json.loads(stored, object_hook=_from_json)
    return Session(**found) if found.get("schema") == SCHEMA else Session()


def _copied(value: Any) -> Any:
    """Down to what can't change."""
    match value:
        case dict():
            return {name: _copied(one) for name, one in value.items()}
        case list():
            return [_copied(one) for one in value]
    return value


def _to_json(value: object) -> Mapping[str, object]:
    match value:
        case Money():
            return {"$money": [str(value.minor), value.currency.code]}
        case UUID():
            return {"$id": str(value)}
    raise TypeError(f"a session can't hold {type(value).__name__}")


def _from_json(found: dict[str, Any]) -> Any:
    if "$money" in found:
        minor, code = found["$money"]
        return Money(int(minor), CURRENCIES[code])
    if "$id" in found:
        return UUID(found["$id"])
    return found


# What came of saving a session over the one before: another turn may have claimed it, or it may be another one by now.
Became = Literal["saved", "claimed", "another"]


class SessionStore(Protocol):
    """Keeps sessions and hands each out to one turn at a time."""

    async def open(self, key: str, *, claim: str) -> tuple[bool, str | None]:
        """Claim the session under the unique name `claim`. False when another turn holds it. Raises StoreUnavailable."""
        ...

    async def peek(self, key: str) -> str | None:
        """The session as it was last saved, without claiming it. Raises StoreUnavailable."""
        ...

    async def swap(self, key: str, *, before: str | None, session: str, seconds: int) -> tuple[Became, str | None]:
        """Save for `seconds` if what is stored is still `before` (None: nothing) and nobody has claimed it.

        With "another" comes what is stored now. Raises StoreUnavailable.
        """
        ...

    async def close(self, key: str, *, claim: str, session: str, seconds: int) -> bool:
        """Save for `seconds` and give the claim back; False (and nothing saved) when the claim was lost."""
        ...

    async def renew(self, key: str, *, claim: str) -> bool:
        """Hold the session for as long again as `open` does; False when the claim was lost."""
        ...

    async def release(self, key: str, *, claim: str) -> None:
        """Give the claim back without saving."""
        ...
