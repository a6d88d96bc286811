"""One simulation from beginning to end: play, let everything come to rest, judge."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import aiohttp

from core.payments.payouts import send_payout_again
from tests.simulation.controls import unnoticed
from tests.simulation.dangers import Dangers, bad_day, kill_now_and_then
from tests.simulation.people import settle_in
from tests.simulation.play import AT_ONCE, MOST_WAITING, Play
from tests.simulation.story import stories, unrest
from tests.simulation.town import LOST, Town, opened
from tests.simulation.verdict import Verdict, judge

# Played seconds from one look to the next at the end: then each question has been put, and the list been read.
MINUTE, HOUR, DAY = 60, 3600, 86_400
REST = (30, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, HOUR, 2 * HOUR, 12 * HOUR, *(2 * DAY,) * 4)
# On a busy machine; otherwise it takes a second or two.
IDLE_SECONDS = 240
# M-Pesa's list reaches back two days, so nobody leaps further than this while payments in it are still being read. So many rounds
# in a row that bring none say that the rest is lost; so many in all are enough for a machine that is very slow.
LONGEST_STEP, VAIN_ROUNDS, MOST_ROUNDS = 2 * HOUR, 3, 30
Say = Callable[[str], None]


@dataclass
class Outcome:
    """What came of it."""

    seed: str
    payments: int
    seconds: float
    verdict: Verdict
    seen: Counter[str]
    struck: Counter[str]
    deaths: Counter[str]
    points: dict[str, int]
    kills: Counter[str]
    rested: bool
    # Spoilings of M-Pesa's book that the verdict didn't notice.
    unnoticed: list[str]
    # All there is about what went wrong.
    stories: list[str]

    @property
    def ok(self) -> bool:
        return not self.verdict.wrong and not self.unnoticed and self.rested

    def report(self) -> str:
        """For people."""
        died = {name: times for name, times in self.points.items() if times}
        lines = [
            f"seed {self.seed}: {self.payments:,} payments in {self.seconds:,.0f} s",
            f"  done: {_listed(self.seen)}",
            f"  deaths: {_listed(self.deaths)}; servers killed: {_listed(self.kills)}",
            f"  named points: {len(self.points)} passed, {len(died)} died at, {sum(died.values())} deaths there",
            f"  faults: {self.struck.total():,} ({_listed(self.struck)})",
            f"  at the end: {_listed(self.verdict.figures)}",
        ]
        if not self.rested:
            lines.append("  IT DIDN'T COME TO REST")
        lines += [f"  UNNOTICED: {one}" for one in self.unnoticed]
        return "\n".join([*lines, *(f"  WRONG: {one}" for one in self.verdict.wrong), *self.stories])


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()) if count) or "none"


async def simulate(
    home: Path, *, seed: str, payments: int, people: int, dangers: Dangers, say: Say, controls: bool = False
) -> Outcome:
    """Play so many payments under this seed in this empty folder. controls: prove that the verdict can fail, too."""
    began = monotonic()
    async with (
        opened(home, random.Random(f"{seed} points")) as town,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http,
    ):
        say(f"seed {seed}: everything runs after {monotonic() - began:.0f} s; {people} members settle in")
        play = Play(town, await settle_in(town, people), seed, http=http)
        await play.save_up()
        await town.idle(IDLE_SECONDS)
        town.world.faults.throw_dice(bad_day(random.Random(f"{seed} dice").getrandbits(32)))
        town.ours.live(dangerously=True)
        hands = asyncio.create_task(play.hands())
        await _live(play, payments, dangers, say)
        struck = Counter(town.world.faults.mischief.struck)
        town.world.faults.clear()
        town.ours.live(dangerously=False)
        rested = await come_to_rest(town, say)
        hands.cancel()
        say("comparing the books")
        passed, died = town.ours.points()
        points = {f"{role}: {name}": died[role, name] for role, name in passed}
        deaths = Counter(town.ours.deaths)
        verdict = await judge(play)
        told = [*(await stories(play, verdict.wrong)), *([] if rested else await unrest(play))]
        missed = await unnoticed(play) if controls else []
        seen = play.notebook.seen
    return Outcome(seed, payments, monotonic() - began, verdict, seen, struck, deaths, points, town.kills, rested, missed, told)


async def _live(play: Play, payments: int, dangers: Dangers, say: Say) -> None:
    """All that is done, and all that happens meanwhile."""
    town, chance = play.town, random.Random(f"{play.seed} kills")
    todo = iter(range(payments))
    servers = {int(share * payments): what for share, what in dangers.servers_at}
    progress, began = Progress(play, payments, say), monotonic()

    async def payer() -> None:
        for number in todo:
            if dangers.most_a_second:
                await asyncio.sleep(began + number / dangers.most_a_second - monotonic())
            if (what := servers.get(number)) is not None:
                say(f"{number:,} payments: {what} is killed")
                await town.kill_server(what)
            town.world.behaviour.validation = number > payments * 2 // 3
            await _patience(town)
            await play.act(number)
            progress.one_more()

    beside = [kill_now_and_then(town, chance, dangers), _count(town), play.time(), play.forgers()]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in beside]
        await asyncio.gather(*(payer() for _ in range(AT_ONCE)))
        for task in tasks:
            task.cancel()


async def _count(town: Town) -> None:
    """How much the workers have to do, again and again; too much while nobody can say."""
    while True:
        try:
            town.waiting = await town.backlog()
        except LOST:
            town.waiting = MOST_WAITING + 1
        await asyncio.sleep(0.3)


async def _patience(town: Town) -> None:
    """Wait while the workers have too much to do."""
    while town.waiting > MOST_WAITING:
        await asyncio.sleep(0.1)


class Progress:
    """A line every few seconds."""

    def __init__(self, play: Play, payments: int, say: Say, every: float = 10) -> None:
        self._play, self._payments, self._say, self._every = play, payments, say, every
        self._done, self._began, self._last = 0, monotonic(), monotonic()

    def one_more(self) -> None:
        self._done += 1
        now = monotonic()
        if now - self._last < self._every:
            return
        self._last = now
        rate, town = self._done / (now - self._began), self._play.town
        left = (self._payments - self._done) / rate
        deaths = town.ours.deaths.total()
        self._say(f"{self._done:,} of {self._payments:,}, {rate:.1f}/s, about {left:,.0f} s left; {deaths} deaths")


async def come_to_rest(town: Town, say: Say) -> bool:
    """Nothing goes wrong any more, and time goes by until everything has had every chance; whether all was done in time."""
    rested = await town.idle(IDLE_SECONDS)
    for number, seconds in enumerate(REST, 1):
        if seconds > LONGEST_STEP:
            rested = await catch_up(town, say) and rested
        say(f"coming to rest: {number} of {len(REST)}")
        await town.turn(seconds)
        await town.turn(_to_the_hour(town) if seconds == HOUR else 0)
        await town.regular_jobs()
        if seconds >= DAY:
            await operators_send_again(town)
        await asyncio.sleep(0.2)
        rested = await town.idle(IDLE_SECONDS) and rested
        # What M-Pesa answered to the questions of this moment.
        await asyncio.sleep(0.3)
        rested = await town.idle(IDLE_SECONDS) and rested
    return rested


async def catch_up(town: Town, say: Say) -> bool:
    """Wait until we know of every payment to us, or nothing comes any more; whether nothing was left to do.

    So what a slow machine hasn't read yet isn't taken for lost, and what is lost is still found: after some rounds in vain.
    """
    rested, vain = True, 0
    unknown = await _unknown(town)
    for number in range(1, MOST_ROUNDS + 1):
        if not unknown or vain == VAIN_ROUNDS:
            break
        say(f"{unknown:,} payments of M-Pesa's book aren't known yet: round {number}")
        if rested:
            # Nobody is reading: the list is asked for anew by the first look of the hour.
            await town.turn(_to_the_hour(town))
            await town.regular_jobs()
        rested = await town.idle(IDLE_SECONDS)
        before, unknown = unknown, await _unknown(town)
        vain = 0 if unknown < before else vain + 1
    return rested


async def _unknown(town: Town) -> int:
    """Payments to us in M-Pesa's book that were never reported to us, or whose report nobody has read."""
    known = {row["receipt"] for row in await town.fetch("SELECT receipt FROM payments_received")}
    return sum(entry.kind in ("prompt", "paybill") and entry.receipt not in known for entry in town.mpesa.book.entries)


async def operators_send_again(town: Town) -> None:
    """They send again what M-Pesa never knew of, under its first name, under which it is paid once."""
    found = await town.fetch(
        "SELECT id FROM mpesa_transactions WHERE transaction_type = 'b2c' AND status = 'processing' AND attention = 'unresolved'"
    )
    for row in found:
        async with town.database.unit() as uow:
            await send_payout_again(uow, payout=row["id"])


def _to_the_hour(town: Town) -> float:
    """Seconds to a minute past the next full hour, when the list of payments is read in any case."""
    now = town.clock.now()
    return (HOUR - now.minute * MINUTE - now.second) + MINUTE
