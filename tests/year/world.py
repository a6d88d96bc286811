"""One machine with a turned clock: the queue as the worker runs it, the jobs that are due by the clock, and what M-Pesa answers.

Everything that is random comes from the seed, ids and codes too, so a year is replayed by its number. The one thing that isn't
ours is the moment at which the database posts an entry, which is why the seals of two replays differ.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID

from croniter import croniter
from sqlalchemy import text

from core.app import EXECUTIONS
from core.daos.calendar import day_of
from core.identity.members import Member, find
from core.jobs.handlers import WORK
from core.jobs.turned import TurnedClock, TurnedWorker
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import IntentId, MemberId
from core.kernel.secrets import Vault
from core.kernel.settings import DarajaSettings, Settings
from core.kernel.texts import Texts, catalogue
from core.payments.inbox import store_callback
from core.payments.payout_reports import ANSWER, RESULT
from core.providers.daraja.reports import read_report

from .bank import Bank, Carrier

SAFARICOM = "196.201.214.200"
DAY = timedelta(days=1)


class SeededIds:
    """Version 7 by the turned clock: a number that grows keeps their order while it stands, the rest is drawn from the seed."""

    def __init__(self, clock: TurnedClock, random: Random) -> None:
        self._clock, self._random, self._made = clock, random, 0

    def new(self) -> UUID:
        self._made += 1
        milliseconds = int(self._clock.now().timestamp() * 1000)
        high, low = divmod(self._made, 1 << 20)
        bits = (milliseconds << 80) | (7 << 76) | (high << 64) | (2 << 62) | (low << 42) | self._random.getrandbits(42)
        return UUID(int=bits)


@contextmanager
def seeded_codes(random: Random) -> Iterator[None]:
    """Codes, draws and nonces from the seed."""
    drawn = {
        "randbelow": random.randrange,
        "randbits": random.getrandbits,
        "token_bytes": lambda size=32: random.randbytes(size or 32),
        "token_urlsafe": lambda size=32: urlsafe_b64encode(random.randbytes(size or 32)).rstrip(b"=").decode(),
        "SystemRandom": lambda: random,
    }
    with patch.multiple(secrets, **drawn):
        yield


@dataclass
class World:
    """The services of every handler, with the worker's hands and the counts of what happened."""

    database: Database
    clock: TurnedClock
    random: Random
    vault: Vault
    batcher: Any
    database_url: str
    settings: Settings = field(
        default_factory=lambda: Settings(
            public_url="https://mtaa.example", callback_token="a-token", daraja=DarajaSettings(initiator="operator")
        )
    )
    counts: Counter[str] = field(default_factory=Counter)
    jobs: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    # Verbs that are asked for an answer and lock or write on the way to it.
    not_just_reading: set[Any] = field(default_factory=set)
    ticked: datetime | None = None
    # How many of the messages are carried to their end; the others stay in the log as queued.
    carried: int = 1
    _messages: int = 0

    def __post_init__(self) -> None:
        self.mobile_money = Bank(self.clock)
        self.sms = self.chat = self.email = self.sim_swap = Carrier()
        self.texts: Texts = catalogue()
        self.executions = EXECUTIONS
        self.read_report = read_report
        self.worker = TurnedWorker(self.database, self, left_out=self._left_out)

    @property
    def today(self) -> date:
        return day_of(self.clock.now())

    def intent(self) -> IntentId:
        return IntentId(self.ids.new())

    @property
    def ids(self) -> SeededIds:
        return cast("SeededIds", self.database._ids)

    async def member(self, member: MemberId) -> Member:
        """Whoever has registered under this id."""
        async with self.database.reading() as uow:
            found = await find(uow, member)
        assert found is not None
        return found

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        async with self.database.unit() as uow:
            yield uow

    async def rows(self, query: str, **values: Any) -> Sequence[Any]:
        only_reads = query.lstrip().startswith("SELECT")
        async with self.database.reading() if only_reads else self.database.unit() as uow:
            result = await uow.session.execute(text(query), values)
            return result.all() if result.returns_rows else []  # type: ignore[attr-defined]

    async def until(self, moment: datetime, *, ticking: bool = True) -> None:
        """Turn the clock, start what is due by it (what has only just come due may wait for the next time), and work."""
        self.clock.moment = moment
        if ticking:
            await self.worker.start(self._due())
        await self.work()

    def _due(self) -> list[str]:
        """What runs by the clock and has come due since this was last asked."""
        now = self.clock.now()
        since, self.ticked = self.ticked or now - timedelta(minutes=1), now
        regularly = WORK.regularly.items()
        return [name for name, cron in regularly if croniter(cron, since.astimezone(UTC)).get_next(datetime) <= now]

    async def work(self) -> None:
        """Do what is due and what that makes due, with M-Pesa's answers, until nothing is left."""
        while await self.worker.once() or await self._mpesa_answers():
            pass
        for job, error in self.worker.failed:
            self.counts[f"job tried again: {job}, {type(error).__name__}"] += 1
        self.surprises += self.worker.given_up
        self.worker.failed, self.worker.given_up = [], []

    def _left_out(self, entrypoint: str) -> bool:
        self.jobs[entrypoint] += 1
        if self.carried == 1 or entrypoint not in ("deliver-sms", "deliver-chat"):
            return False
        self._messages += 1
        return self._messages % self.carried != 0

    async def _mpesa_answers(self) -> bool:
        """Everything that M-Pesa was asked is answered; whether there was anything."""
        bank, heard = self.mobile_money, 0
        for prompt in [one for one in bank.prompts.values() if one.result_code is None]:
            await self.hear("stk", str(prompt.request.intent), bank.reply(prompt))
            heard += 1
        for name in [name for name, one in bank.sent.items() if one.code is None]:
            await self.hear(RESULT, bank.sent[name].request.result_url.split("/")[-2], bank.finish(name))
            heard += 1
        while bank.about:
            question = bank.about.pop(0)
            name = question.payout or next(name for name, receipt, _ in bank.paid if receipt == question.receipt)
            await self.hear(ANSWER, question.result_url.split("/")[-2], bank.answer(name))
            heard += 1
        while bank.balances_asked:
            await self.hear("balance-result", bank.balances_asked.pop(0).result_url.split("/")[-2], bank.told())
            heard += 1
        # What has ended is nobody's question any more.
        bank.prompts = {reference: one for reference, one in bank.prompts.items() if one.result_code is None}
        return heard > 0

    async def hear(self, kind: str, intent: str, body: bytes) -> None:
        """A callback of M-Pesa arrives."""
        async with self.unit() as uow:
            await store_callback(uow, kind=kind, intent=intent, body=body, remote=SAFARICOM)
