"""What a person has begun and not finished: kept where every channel of hers finds it, dropped when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.dialogue.book import Book
from core.dialogue.definitions import ScreenDefinition
from core.dialogue.screens import SECRET, Asks, Assurance
from core.dialogue.session import Session, from_plain, plain
from core.dialogue.turn import Turn
from core.identity.drafts import Draft, draft_of, drop_draft, keep_draft
from core.kernel.money import Money

HOME = "home"
# How she proves who she is isn't something to come back to, nor is what takes a deed back for half a minute.
UNDONE = "undo."
NEVER_KEPT = ("home.", UNDONE, "register.", "link.", "step_up.", "security.", "new_pin.", "recovery.", "email.", "terms.")


class Unfinished:
    """What is unfinished in one session, and in the database for the same member."""

    def __init__(self, book: Book, session: Session, turn: Turn) -> None:
        self._book, self._session, self._turn = book, session, turn

    async def find(self) -> list[Any]:
        """Screen, values and way back of what she has begun; empty when it is done, dropped, or older than a day.

        The database is asked first: it knows what was done on another channel. What isn't worth a row there (a group that she
        was looking at) is remembered by this conversation alone.
        """
        session, member = self._session, self._turn.member
        aside = session.screen == HOME or not session.screen
        here: list[Any] = session.draft if aside else [session.screen, dict(session.values), list(session.back)]
        definition = self._book.screens.get(here[0]) if here else None
        if definition is None or not here[1] or not (aside or self.may_be_kept(definition)):
            here = []
        if here and not aside and self._asks_for_a_deed() and not session.kept:
            # What got its intent or amount on the way to the PIN was never written there, and gets another one.
            values = {name: value for name, value in here[1].items() if name != "intent"}
            return self._before_the_pin([here[0], values, here[2]])
        if member is not None and (found := await draft_of(self._turn.uow, member=member.id)) and self._exists(found.screen):
            state = from_plain(found.state)
            # This conversation knows more of the very same command: that a code was sent for it, say.
            is_same = here and here[1].get("intent") is not None and here[1].get("intent") == state["values"].get("intent")
            return self._before_the_pin(here if is_same else [found.screen, state["values"], state["back"]])
        if not here or self._lasts(here[0], here[1]) or "intent" in here[1]:
            return []
        return self._before_the_pin(here)

    def _asks_for_a_deed(self) -> bool:
        """Whether she is at the question for the PIN of something that she does, and doesn't only read."""
        action = self._book.actions.get(self._session.pending)
        return action is not None and action.needs is Assurance.PIN

    def _before_the_pin(self, found: list[Any]) -> list[Any]:
        """As whoever holds the phone next may see it: there is no way back to what was only shown after a PIN.

        What was shown behind that isn't offered at all, unless it is a command: its screen says what she typed herself.
        """
        screen, values, back = found
        places = (place for place, (name, _) in enumerate(back) if self._takes_a_pin(name))
        first = next(places, None)
        if first is None:
            return found
        return [screen, values, back[:first]] if self._lasts(screen, values) else []

    def _takes_a_pin(self, name: str) -> bool:
        definition = self._book.screens.get(name)
        return definition is not None and definition.needs > Assurance.MEMBER

    def _exists(self, name: str) -> bool:
        return name in self._book.screens

    async def keep(self, asks: Asks) -> None:
        """Write down where she is when that is something to come back to. Reading and looking around writes nothing."""
        session, member = self._session, self._turn.member
        if member is None or session.pending or asks in SECRET or not self._lasts(session.screen, session.values):
            return
        draft = Draft(session.screen, plain({"values": session.values, "back": session.back}))
        await keep_draft(self._turn.uow, member=member.id, draft=draft, intent=self._intent(), channel=self._turn.channel.name)
        session.kept = True

    def _lasts(self, screen: str, values: Mapping[str, Any]) -> bool:
        """Whether this is a command about to be confirmed, or on the way to one with something typed."""
        definition = self._book.screens.get(screen)
        if definition is None or definition.needs is not Assurance.MEMBER or definition.approves is not None:
            return False
        if screen == HOME or screen.startswith(NEVER_KEPT) or any(name.startswith("sealed") for name in values):
            return False
        return "intent" in values or any(isinstance(value, Money) for value in values.values())

    def _intent(self) -> UUID | None:
        found = self._session.values.get("intent")
        return found if isinstance(found, UUID) else None

    async def drop(self) -> None:
        """What she had begun here is over."""
        if self._session.kept and self._turn.member is not None:
            await drop_draft(self._turn.uow, member=self._turn.member.id, intent=self._intent())
        self._session.kept = False

    def may_be_kept(self, definition: ScreenDefinition) -> bool:
        """Whether whoever holds the phone next may go on here. Not where a PIN or a code was proven to get here."""
        if definition.needs is not Assurance.MEMBER or definition.approves is not None or definition.name.startswith(UNDONE):
            return False
        # What asks for the PIN is the action that she chose there.
        return self._session.pending in self._book.actions or Asks(self._session.asks) not in SECRET
