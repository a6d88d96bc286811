"""What may go wrong between any two steps of a call, each as a way to make the same call.

Every way leads to the same end as an undisturbed call: the same words at the end, the same rows and the same money. `Calm` writes
down what that is; the others compare. What is wrong is noted and the play goes on, so that one run tells of everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.dialogue.screens import Assurance
from core.dialogue.turn import NO, TELEGRAM, USSD, YES, Channel, Input, Kind
from core.dialogue.unfinished import NEVER_KEPT
from core.kernel.money import Money
from core.kernel.texts import catalogue, text
from tests.drops.effects import TOLD, Effects, change
from tests.drops.village import Village, Villager, settled
from tests.screen_walk import PIN

Steps = Sequence[str]
Redis = dict[bytes, bytes]
OUT_OF_STEP = {
    f"END {catalogue().say(language, text('out-of-step'), short=short)}" for language in ("en", "sw") for short in (True, False)
}
SHOWN_ONCE = {
    f"END {catalogue().say(language, text('done-and-shown'), short=short)}"
    for language in ("en", "sw")
    for short in (True, False)
}
OFFER = "continue"


@dataclass
class Call:
    """What an undisturbed call came to: each step's screen with its words, and what was done by its end."""

    screens: list[tuple[str, str]] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    said: str = ""


@dataclass
class Known:
    """What is known of the undisturbed calls, and what was found wrong and covered since."""

    calls: dict[tuple[str, str, int], Call] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    # Which action behind the PIN was done how often in which way, and how many steps each way disturbed.
    acted: Counter[tuple[str, str]] = field(default_factory=Counter)
    where: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    disturbed: Counter[tuple[str, str]] = field(default_factory=Counter)


class Fault:
    """One way for things to go; this one is the way that they should."""

    name = "calm"
    # What the end is not compared in: who is told in a chat isn't told by SMS.
    apart: frozenset[str] = frozenset()
    compares = True

    def __init__(self, known: Known) -> None:
        self.known = known
        self.village: Village
        self.effects: Effects

    async def meet(self, village: Village) -> None:
        """These are the people."""
        self.village, self.effects = village, Effects(village.database)

    # --- calls

    async def call(self, who: Villager, steps: Steps, channel: Channel) -> str:
        """The whole call, compared with the undisturbed one."""
        if not self.is_known(who):
            # Who holds the padlock is drawn: another one each time.
            return await who.plainly(*steps, channel=channel)
        before = await self.effects.count()
        said = await self.made(who, steps, channel)
        done = change(before, await self.effects.count(), but=self.apart)
        self.compared(who, Call(done=done, said=settled(said)))
        return said

    async def made(self, who: Villager, steps: Steps, channel: Channel) -> str:
        """The call in this way; what she reads at its end."""
        return await who.plainly(*steps, channel=channel)

    def compared(self, who: Villager, call: Call) -> None:
        """Whether it came to what it should have come to."""
        known = self.known.calls[self.about(who)]
        due = {name: many for name, many in known.done.items() if name not in self.apart}
        if call.done != due:
            self.wrong(who, f"did {call.done} instead of {due}")
        if self.compares and call.said != known.said:
            self.wrong(who, f"said {call.said!r} instead of {known.said!r}")

    def is_known(self, who: Villager) -> bool:
        """Whether there is an undisturbed call to compare hers with."""
        return self.about(who) in self.known.calls

    def about(self, who: Villager) -> tuple[str, str, int]:
        """Which call this is."""
        return self.village.play_name, who.name, who.calls

    def wrong(self, who: Villager, what: str) -> None:
        """Something is; the play goes on."""
        play, name, number = self.about(who)
        self.known.problems.append(f"{self.name}: {play}, call {number} of {name} at {' '.join(who.way)}: {what}")

    # --- hops

    async def hop(self, who: Villager, channel: Channel, one: Input) -> None:
        """One hop, in this way."""
        before = await who.session_of(channel)
        who.body = await self.sent(who, channel, one)
        self.known.disturbed[self.village.play_name, self.name] += 1
        if one.kind is Kind.START:
            who.proven_for = ""
        if before.pending and one.kind is Kind.TYPED and one.value == PIN:
            who.proven_for = before.pending
            self.known.acted[before.pending, self.name] += 1
            self.known.where.setdefault((before.pending, self.name), set()).add(self.village.play_name)

    async def sent(self, who: Villager, channel: Channel, one: Input) -> str:
        """What she reads."""
        return await who.send(channel, one)

    # --- what several ways do

    async def step_by_step(self, who: Villager, steps: Steps, channel: Channel = USSD) -> None:
        """Dial and take these steps."""
        await who.plainly(channel=channel)
        for one in steps:
            await self.take(who, one, channel)

    async def take(self, who: Villager, step: str, channel: Channel = USSD) -> None:
        """One step; a PIN where none is asked for any more is none."""
        session = await who.session_of(channel)
        if step == "PIN" and not session.pending and not session.screen.startswith("step_up."):
            return
        await who.go(step, channel=channel)

    async def is_offered(self, who: Villager, channel: Channel = USSD) -> bool:
        """Whether a new call offers to carry on."""
        await who.plainly(channel=channel)
        return any(one.id == OFFER for one in who.reply.screen.choices)

    def asks_yes(self, who: Villager) -> bool:
        """Whether what she sees is to be confirmed."""
        return any(one.id == YES.id for one in who.reply.screen.choices)

    async def is_unfinished(self, who: Villager, channel: Channel = USSD) -> bool:
        """Whether she has given an amount or come to what is to be confirmed, so that it must be offered again."""
        session = await who.session_of(channel)
        if session.screen.startswith(NEVER_KEPT):
            return False
        if session.pending and session.pending in self.village.book.actions:
            return self.village.book.actions[session.pending].needs is Assurance.PIN
        return self.asks_yes(who) or any(isinstance(one, Money) for one in session.values.values())

    def only_read(self, who: Villager) -> bool:
        """Whether what she came to by her PIN was only to be read, which she may carry on with."""
        action = self.village.book.actions.get(who.proven_for)
        return action is not None and action.needs is not Assurance.PIN

    async def snapshot(self) -> Redis:
        """Everything that Redis holds."""
        keys = await self.village.redis.keys("*")
        return {key: await self.village.redis.dump(key) for key in keys}

    async def put_back(self, kept: Redis) -> None:
        """As if nothing had been saved since, by processes that died."""
        await self.village.redis.flushdb()
        for key, value in kept.items():
            await self.village.redis.restore(key, 0, value)
        self.village.restart()


class Calm(Fault):
    """Nothing goes wrong; what comes of each call is written down."""

    def is_known(self, who: Villager) -> bool:
        return True

    def compared(self, who: Villager, call: Call) -> None:
        known = self.known.calls.setdefault(self.about(who), Call())
        known.done, known.said = call.done, call.said

    async def made(self, who: Villager, steps: Steps, channel: Channel) -> str:
        call = self.known.calls.setdefault(self.about(who), Call())
        await who.plainly(channel=channel)
        for one in steps:
            await who.go(one, channel=channel)
            call.screens.append((who.before, settled(who.body)))
        return who.said()


class Twice(Fault):
    """Each hop comes again, to the same process and to one that has just started; then as something else."""

    name = "twice"

    async def sent(self, who: Villager, channel: Channel, one: Input) -> str:
        said = await who.send(channel, one)
        seen = self.village.seen_last
        kept = seen.reply, seen.pages
        again = [await self.repeated(who, channel)]
        self.village.restart()
        again.append(await self.repeated(who, channel))
        if again != [said, said]:
            self.wrong(who, f"answered {said!r}, then {again!r}")
        if channel is USSD and who.text:
            await self._altered(who)
        seen.reply, seen.pages = kept
        return said

    async def repeated(self, who: Villager, channel: Channel) -> str:
        """The same once more."""
        if channel is USSD:
            return await who.post(who.text)
        for update in who.sent:
            await who.handed(update)
        return self.village.telegram.newest(who.telegram)

    async def _altered(self, who: Villager) -> None:
        """At the same position she typed something else: that can't be, and takes nothing from what she does."""
        head, _, last = who.text.rpartition("*")
        position = f"{head}*" if head else ""
        for other in (f"{who.text}9", f"{position}{'2' if last != '2' else '3'}", f"8{who.text[1:]}*{PIN}"):
            answer = await who.post(other)
            if answer not in OUT_OF_STEP:
                self.wrong(who, f"another text was taken: {answer!r}")


class Lost(Twice):
    """Each hop's work is committed, then the process dies before it remembers or says so; and the hop comes again."""

    name = "lost"

    async def sent(self, who: Villager, channel: Channel, one: Input) -> str:
        kept = await self.snapshot()
        typed = who.text, who.session
        said = await who.send(channel, one)
        done = await self.effects.count()
        await self.put_back(kept)
        del typed
        again = await self.repeated(who, channel)
        if settled(again) != settled(said):
            self.wrong(who, f"said {said!r}, and when it was repeated {again!r}")
        if more := change(done, await self.effects.count()):
            self.wrong(who, f"repeated, it did {more} more")
        return again

    async def made(self, who: Villager, steps: Steps, channel: Channel) -> str:
        said = await super().made(who, steps, channel)
        if settled(who.body) not in SHOWN_ONCE:
            return said
        # What is shown only once isn't shown again; she asks for it anew.
        calmly = Fault(self.known)
        await calmly.meet(self.village)
        self.village.fault = calmly
        said = await who.plainly(*steps, channel=channel)
        self.village.fault = self
        return said


class Emptied(Fault):
    """Redis is emptied before each hop."""

    name = "emptied"

    async def made(self, who: Villager, steps: Steps, channel: Channel) -> str:
        call, proven = self.known.calls[self.about(who)], False
        await who.plainly(channel=channel)
        for place, one in enumerate(steps):
            await self.village.flush()
            await self._lands(who, one, steps[:place], channel)
            proven = proven or one == "PIN"
            if (who.before, settled(who.body)) != call.screens[place]:
                if channel is USSD and not proven and not any(step.startswith("=") for step in steps[:place]):
                    self.wrong(who, f"emptied, it came to {who.before} {who.body!r} instead of {call.screens[place]}")
                await self._anew(who, steps[: place + 1], channel)
        return who.said()

    async def _lands(self, who: Villager, step: str, before: Steps, channel: Channel) -> None:
        """The gateway repeats all that was typed; a chat begins anew."""
        if channel is USSD:
            try:
                await who.go(step)
            except AssertionError:
                return
        else:
            await self._anew(who, [*before, step], channel)

    async def _anew(self, who: Villager, steps: Steps, channel: Channel) -> None:
        """It cost a screen or two: she goes there again; a PIN that is asked for is typed."""
        asked, session = self.known.calls[self.about(who)].screens[len(steps) - 2][0], await who.session_of(channel)
        if steps[-1] == "PIN" and f"{session.pending}:pin" == asked:
            await who.go("PIN", channel=channel)
            return
        await self.step_by_step(who, steps, channel)


class Dropped(Fault):
    """After each step the session is gone, and she dials anew."""

    name = "dropped"

    async def made(self, who: Villager, steps: Steps, channel: Channel) -> str:
        # What she left unfinished in an earlier call is offered still.
        older = await self.village.sql("SELECT screen FROM drafts WHERE user_id = :who", who=who.member)
        await who.plainly(channel=channel)
        for place, one in enumerate(steps):
            await self.step(who, one, channel)
            said = who.said()
            if who.reply.screen.ends:
                if not older and not self.only_read(who) and await self.is_offered(who, channel):
                    self.wrong(who, f"offered after {said!r}")
                return said
            if place == len(steps) - 1:
                return said
            await self._back(who, steps[: place + 1], channel)
        return who.said()

    async def step(self, who: Villager, one: str, channel: Channel) -> None:
        """One step, after which the session is gone."""
        await self.take(who, one, channel)

    async def _back(self, who: Villager, steps: Steps, channel: Channel) -> None:
        """To where she was: by what is offered, where something was unfinished; else the way that she came."""
        due, session = await self.is_unfinished(who, channel), await who.session_of(channel)
        shown, way = (who.before, settled(who.said())), list(who.way)
        offered = await self.is_offered(who, channel)
        if due and not offered:
            who.way = way
            self.wrong(who, f"{shown} isn't offered")
        if not due or not offered:
            # What else she may be offered is what she left unfinished before.
            await self.step_by_step(who, steps, channel)
            return
        await who.go(OFFER, channel=channel)
        came = await who.session_of(channel)
        if came.pending:
            self.wrong(who, "past the question for the PIN")
        if "intent" in came.values and came.values["intent"] != session.values.get("intent"):
            self.wrong(who, f"{shown} came back with another intent")
        if session.pending:
            await self.take(who, steps[-1], channel)
        if (who.before, settled(who.said())) != shown:
            self.wrong(who, f"{shown} came back as {(who.before, who.said())}")
            await self.step_by_step(who, steps, channel)


class Died(Dropped):
    """Each hop's work is committed, then the process dies before it remembers; and she dials anew."""

    name = "died"

    def only_read(self, who: Villager) -> bool:
        """What takes no PIN may be offered once more: its verb says that it was done."""
        return not who.proven_for or super().only_read(who)

    async def step(self, who: Villager, one: str, channel: Channel) -> None:
        kept = await self.snapshot()
        await self.take(who, one, channel)
        if who.reply.screen.ends:
            await self.put_back(kept)


class Cancelled(Fault):
    """She says no wherever she is asked to confirm, then lets a day pass where she might have; and does it after all."""

    name = "cancelled"

    async def made(self, who: Villager, steps: Steps, channel: Channel) -> str:
        await who.plainly(channel=channel)
        for place, one in enumerate(steps):
            await self.take(who, one, channel)
            if who.reply.screen.ends or not self.asks_yes(who) or NO not in who.reply.screen.choices:
                continue
            before = await self.effects.count()
            await who.go(NO.id, channel=channel)
            await self._over(who, channel, "cancelled")
            await self.step_by_step(who, steps[: place + 1], channel)
            await self.village.sql(
                "UPDATE drafts SET updated_at = updated_at - interval '25 hours' WHERE user_id = :who", who=who.member
            )
            await self.village.flush()
            await self._over(who, channel, "a day old")
            await self.step_by_step(who, steps[: place + 1], channel)
            if done := change(before, await self.effects.count()):
                self.wrong(who, f"cancelled, it did {done}")
        return who.said()

    async def _over(self, who: Villager, channel: Channel, how: str) -> None:
        if await self.is_offered(who, channel):
            self.wrong(who, f"offered, though it was {how}")


class HandedOver(Fault):
    """Begun on one channel and finished on the other, where it is something to confirm; then tried on the first once more."""

    apart = TOLD
    compares = False
    here, there = USSD, TELEGRAM

    async def made(self, who: Villager, steps: Steps, channel: Channel) -> str:
        if channel is not USSD:
            return await who.plainly(*steps, channel=channel)
        place = await self._begun(who, steps)
        if place is None:
            return who.said()
        rest = steps[place:]
        waits = await self._goes_on_here(who, rest)
        shown = settled(who.said())
        if not await self.is_offered(who, self.there):
            self.wrong(who, f"{shown!r} isn't offered there")
            return await self._all_there(who, steps)
        await who.go(OFFER, channel=self.there)
        for one in rest:
            await self.take(who, one, self.there)
        said = who.said()
        if waits:
            await self._late(who)
        for one in (self.here, self.there):
            if await self.is_offered(who, one):
                self.wrong(who, f"offered by {one.name} after {said!r}")
        return said

    async def _begun(self, who: Villager, steps: Steps) -> int | None:
        """How many steps lead to what is kept for every channel; None when nothing on this way is, and it is done here."""
        await who.plainly(channel=self.here)
        for place, one in enumerate(steps):
            await self.take(who, one, self.here)
            kept = await self.village.sql("SELECT intent FROM drafts WHERE user_id = :who", who=who.member)
            if kept and kept[0][0] and self.asks_yes(who) and not who.reply.screen.ends:
                return place + 1
        return None

    async def _goes_on_here(self, who: Villager, rest: Steps) -> bool:
        """Up to the PIN, which she hasn't typed yet when the session is gone."""
        if len(rest) < 2 or rest[1] != "PIN":
            return False
        await self.take(who, rest[0], self.here)
        return bool((await who.session_of(self.here)).pending)

    async def _late(self, who: Villager) -> None:
        """The first channel still asks for the PIN of what was done on the other."""
        await who._hop(self.here, Input(Kind.TYPED, PIN))

    async def _all_there(self, who: Villager, steps: Steps) -> str:
        await self.step_by_step(who, steps, self.there)
        return who.said()


class ToChat(HandedOver):
    """From the phone to the chat."""

    name = "to the chat"


class ToPhone(HandedOver):
    """From the chat to the phone."""

    name = "to the phone"
    here, there = TELEGRAM, USSD


FAULTS: tuple[type[Fault], ...] = (Twice, Lost, Emptied, Dropped, Died, Cancelled, ToChat, ToPhone)
