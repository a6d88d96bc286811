"""One step through the book, inside one transaction: from what a person did to the screen that she sees next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.dialogue.answers import Unreadable, read_answer
from core.dialogue.book import Book
from core.dialogue.definitions import ActionDefinition, ScreenDefinition
from core.dialogue.free_text import Understood
from core.dialogue.own_words import OwnWords, both, not_clear
from core.dialogue.screens import Again, Asks, Assurance, Choice, End, Go, Screen, Step
from core.dialogue.session import Session
from core.dialogue.turn import Input, Kind, Turn
from core.dialogue.unfinished import HOME, Unfinished
from core.identity.answers import has_written
from core.identity.approvals import Approval
from core.identity.consents import has_agreed
from core.identity.forged_buttons import note_forged_button
from core.identity.idle import idle
from core.identity.pins import PinOutcome
from core.identity.step_up import Missing, StepUpNeeded, require_step_up, still_to_prove
from core.kernel.errors import CoreError
from core.kernel.texts import Text, text

WELCOME = "register.language"
LINK = "link.contact"
STEP_UP, WAKE = "step_up.start", "wake.start"
TERMS = "terms.renew"
OPEN_WITHOUT_TERMS = ("terms.", "data.", "recovery.")
CLOSED = "recovery.closed"
MAX_WRONG = 5
MAX_TURNS = 300
RECENT_PIN = timedelta(minutes=5)
UNDO, UNDO_TIME = "undo.offer", timedelta(seconds=30)


@dataclass(frozen=True)
class Outcome:
    """Where a turn ended: the screen, and the sentence above it."""

    screen: Screen
    note: Text | None = None


class Walk:
    """One step through the book, inside one transaction."""

    def __init__(self, book: Book, session: Session, turn: Turn) -> None:
        self._book, self._session, self._turn = book, session, turn
        self._unfinished, self._words = Unfinished(book, session, turn), OwnWords(session, turn)

    async def keep(self, outcome: Outcome) -> None:
        """Keep what is unfinished where this led, in the same transaction."""
        if not outcome.screen.ends:
            await self._unfinished.keep(outcome.screen.asks)

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
            case Kind.HOME:
                await self._unfinished.drop()
                return await self._home()
            case Kind.BACK:
                outcome = await self._back()
                self._words.forget()
                return outcome
            case Kind.COMMAND:
                session.clear()
                self._turn.argument = one.argument
                return await self._arrive(one.value)
        return await self._filled(await self._said(one, proof))

    async def _said(self, one: Input, proof: PinOutcome | CoreError | None) -> Outcome:
        """An answer, a PIN, or what she writes of her own accord."""
        session = self._session
        if session.pending and session.pending not in self._book.screens and session.pending not in self._book.actions:
            # An older version of us asked for the PIN, for something that isn't there any more.
            return await self._home(note=text("starts-over"))
        meant = await self._words.meant(one)
        if isinstance(meant, Understood):
            return await self._open(meant)
        if session.pending:
            return await self._proven(proof)
        if not session.screen:
            begins = text("starts-over") if session.turn > 1 else None
            return await self._home(note=begins if meant is None else not_clear(meant))
        return await self._answered(one) if meant is None else await self._again(not_clear(meant))

    async def _open(self, meant: Understood) -> Outcome:
        """The screen of the task that she named; or the question for the group. It never acts."""
        self._session.clear()
        step, note = await self._words.begin(meant)
        self._session.values.update(step.values)
        outcome = await self._arrive(step.to)
        return replace(outcome, note=both(note, outcome.note))

    async def _filled(self, outcome: Outcome) -> Outcome:
        """What she said of her own accord, filled in as far as it goes. What is refused of it is said where it was asked."""
        while (answer := self._words.answer(outcome.screen)) is not None:
            definition, before = self._book.screens[self._session.screen], self._session.copy()
            if definition.take is None:
                break
            had_written = await has_written(self._turn.uow)
            try:
                reached = await self._follow(await definition.take(self._turn, answer))
            except CoreError as refusal:
                if not had_written and await has_written(self._turn.uow):
                    raise  # What it wrote is no part of what she's told.
                self._session.restore(before)
                self._words.forget()
                reached = await self._show(self._session.screen)
                reached = replace(reached, note=Text(f"error-{refusal.code}", refusal.details()))
            outcome = replace(reached, note=both(outcome.note, reached.note))
        self._words.settle()
        return outcome

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
            await self._unfinished.drop()
            return self._over(note)
        return await self._again(note)

    async def _start(self, *, offers_draft: bool) -> Outcome:
        """A fresh dial or /start. What was left unfinished, here or on another channel, is offered above the rest of home.

        Not to a dialled code with answers in it: its numbers are those of the home screen.
        """
        session = self._session
        session.draft = await self._unfinished.find()
        # What is begun from here on has no row yet; what has one gets it back with what she goes on with.
        session.turn, session.kept = 1, False
        if not session.draft or not offers_draft:
            return await self._home()
        session.clear()
        screen, values, _ = session.draft
        session.values = {"task": str(values.get("approved_for") or screen).partition(".")[0], "amount": values.get("amount")}
        return await self._arrive(HOME)

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
                return await self._closed(proof.locked_until)
            case _:
                return await self._closed(None)

    async def _closed(self, until: datetime | None) -> Outcome:
        """Too many wrong PINs: what she was doing is over, and the way back in is shown."""
        self._session.clear()
        self._session.draft = []
        self._session.values = {"until": until.isoformat()} if until else {}
        return await self._show(CLOSED)

    async def _act(self, *, proven: bool = False) -> Outcome:
        session, name = self._session, self._session.pending
        if proven:
            session.proven_until = (self._turn.uow.clock.now() + RECENT_PIN).isoformat()
        definition = self._defined(name)
        if definition.approves is not None and not await self._is_approved(definition):
            return await self._step_up(definition)
        if isinstance(definition, ScreenDefinition):
            session.pending = ""
            return await self._show(name)
        step = await definition.act(self._turn)
        session.pending = ""
        return await self._follow(step)

    async def _answered(self, one: Input) -> Outcome:
        session = self._session
        definition = self._book.screens.get(session.screen)
        if definition is None or definition.take is None:
            return await self._home(note=text("starts-over"))
        if one.dialled and session.screen == TERMS:
            # Her numbers were meant for another screen: nobody agrees to what she hasn't seen.
            return await self._again(text("terms-read-first"), counts=False)
        try:
            answer = read_answer(Asks(session.asks), one, session.shown)
        except Unreadable as problem:
            if one.kind is Kind.CHOSE:
                await self._note_forgery()
            return await self._again(problem.note)
        session.wrong = 0
        if session.screen == HOME:
            # What was said there of the unfinished task is of no use to another.
            self._turn.values = session.values = {}
            if answer == "continue":
                return await self._resume()
        return await self._follow(await definition.take(self._turn, answer))

    async def _note_forgery(self) -> None:
        """A button of this very turn that wasn't on the screen: no app of an honest member sends it."""
        member = self._turn.member.id if self._turn.member else None
        await note_forged_button(self._turn.uow, member=member, channel=self._turn.channel.name, screen=self._session.screen)

    async def _resume(self) -> Outcome:
        """Go on where she stopped, at the screen she stopped at."""
        session = self._session
        if not session.draft:
            return await self._home()
        session.screen, session.values, session.back = session.draft[0], dict(session.draft[1]), list(session.draft[2])
        session.draft, session.kept, session.wrong = [], True, 0
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
                await self._unfinished.drop()
                self._session.draft = []
                if step.undo and self._turn.channel.can_push:
                    return self._undoable(step, step.undo)
                return self._over(step.text, step)
            case Again():
                return await self._again(step.note)
            case Go():
                if step.settled:
                    self._session.settle()
                else:
                    self._session.leave()
                self._session.values.update(step.values)
                return await self._arrive(step.to)

    async def _arrive(self, name: str, note: Text | None = None) -> Outcome:
        """Reach a screen or action, through registration, linking or the PIN when it needs them."""
        if name not in self._book.screens and name not in self._book.actions:
            return await self._home(note=text("starts-over"))
        definition = self._defined(name)
        if definition.needs > Assurance.ANYONE and self._turn.member is None:
            self._session.clear()
            name = WELCOME if self._turn.incoming.phone else LINK
            return await self._show(name)
        if self._must_agree_first(name, definition.needs):
            self._session.clear()
            return await self._show(TERMS)
        if (first := await self._more_than_the_pin(definition)) is not None:
            return first
        if definition.needs >= Assurance.RECENT_PIN and not self._proven_recently(definition.needs):
            return self._want_pin(name)
        self._session.pending = name
        reached = await self._act()
        return replace(reached, note=note) if note else reached

    def _defined(self, name: str) -> ScreenDefinition | ActionDefinition:
        return self._book.screens.get(name) or self._book.actions[name]

    def _approval(self, definition: ScreenDefinition | ActionDefinition) -> Approval | None:
        """What is approved here, as she has read it by now."""
        self._turn.values = self._session.values
        return definition.approves(self._turn) if definition.approves else None

    async def _lacks_code(self, definition: ScreenDefinition | ActionDefinition) -> bool:
        """Whether a code has to be proven first. It comes before the PIN, which is the last thing typed."""
        approval = self._approval(definition)
        if approval is None:
            return False
        missing = await still_to_prove(self._turn.uow, member=self._turn.me.id, approval=approval)
        return missing is not Missing.NOTHING

    async def _is_approved(self, definition: ScreenDefinition | ActionDefinition) -> bool:
        """Let it happen in this unit; False when what was proven isn't enough (any more)."""
        approval = self._approval(definition)
        if approval is None:
            return True
        try:
            await require_step_up(self._turn.uow, member=self._turn.me.id, approval=approval)
        except StepUpNeeded:
            return False
        return True

    async def _step_up(self, definition: ScreenDefinition | ActionDefinition) -> Outcome:
        """Ask for the code, and come back here with it."""
        approval = self._approval(definition)
        if approval is None:
            raise LookupError("nothing is approved here")
        return await self._proving(approval, definition, STEP_UP)

    async def _proving(self, approval: Approval, definition: ScreenDefinition | ActionDefinition, where: str) -> Outcome:
        self._session.pending = ""
        self._turn.values = self._session.values
        self._session.values.update(approving=approval.keep(), approved_for=definition.name)
        return await self._arrive(where)

    async def _more_than_the_pin(self, definition: ScreenDefinition | ActionDefinition) -> Outcome | None:
        """Where a code is asked for first: for a phone or chat that was idle for so long, and for what is approved here."""
        if definition.needs >= Assurance.RECENT_PIN:
            asleep = await idle(self._turn.uow, member=self._turn.me.id, device=self._turn.incoming.device)
            if asleep is not None:
                return await self._proving(asleep.approval, definition, WAKE)
        return await self._step_up(definition) if await self._lacks_code(definition) else None

    def _must_agree_first(self, name: str, needs: Assurance) -> bool:
        """Whether the terms have changed since she agreed. What she has a right to in any case stays open."""
        member = self._turn.member
        if member is None or needs is Assurance.ANYONE or name.startswith(OPEN_WITHOUT_TERMS):
            return False
        return not has_agreed(member)

    def _proven_recently(self, needs: Assurance) -> bool:
        until = self._session.proven_until
        if needs is Assurance.PIN or not until or not self._turn.channel.can_push:
            return False
        ends = datetime.fromisoformat(until)
        return self._turn.uow.clock.now() < ends and not self._signed_out_since(ends - RECENT_PIN)

    def _signed_out_since(self, proven: datetime) -> bool:
        """Whether she has signed out everywhere after this PIN, perhaps on another channel."""
        signed_out = self._turn.me.signed_out_at
        return signed_out is not None and signed_out >= proven

    def _ask_pin(self, note: Text | None = None) -> Outcome:
        action = self._book.actions.get(self._session.pending)
        why = Text(self._defined(self._session.pending).why, dict(self._turn.values))
        # A small screen has no room for it; there the confirm screen before says amount and payee.
        is_final = action is not None and action.final and self._turn.channel.can_push
        rows = (text("cant-be-undone"),) if is_final else ()
        return Outcome(Screen(text("pin-ask", why=why), rows=rows, asks=Asks.PIN), note)

    def _want_pin(self, name: str) -> Outcome:
        """Ask for the PIN that this waits for; while too many wait, turn her away before she types it and not after.

        What she had chosen is offered again when she comes back.
        """
        session = self._session
        if not self._turn.checks.is_crowded:
            session.pending = name
            return self._ask_pin()
        definition = self._book.screens.get(session.screen)
        if definition is not None and session.values and self._unfinished.may_be_kept(definition):
            session.draft = [session.screen, dict(session.values), list(session.back)]
        return self._over(text("error-busy"))

    async def _show(self, name: str) -> Outcome:
        self._session.screen = name
        self._turn.values = self._session.values
        return Outcome(await self._book.screens[name].ask(self._turn))

    def _undoable(self, end: End, undo: Go) -> Outcome:
        """Over, but for half a minute with a button that takes it back."""
        session, until = self._session, self._turn.uow.clock.now() + UNDO_TIME
        session.clear()
        session.screen = UNDO
        session.values = {**undo.values, "undo": undo.to, "undo_until": until.isoformat()}
        self._turn.values = session.values
        return Outcome(
            Screen(end.text, rows=end.rows, choices=(Choice("undo", text("undo")),), live=end.live, secret=end.secret)
        )

    def _over(self, what: Text, end: End | None = None) -> Outcome:
        end = end or End(what)
        shown = Screen(what, rows=end.rows, live=end.live, asks=Asks.NOTHING, ends=True, secret=end.secret, sent=end.sent)
        return Outcome(shown)
