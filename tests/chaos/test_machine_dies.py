"""Everything that the books can do, in any order, on a server that is killed in the middle of it and started again.

What was answered before the crash stands after it; what wasn't is there entirely or not at all, and asked again under the same
key it is posted once. The model, which never crashes, must agree with all of it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import ClassVar
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from core.kernel.db import Database
from core.kernel.errors import CoreError
from core.kernel.ids import TimeOrderedIds
from core.kernel.money import KES
from core.kernel.secrets import Vault
from core.ledger.accounts import MPESA_UTILITY, Bucket
from core.ledger.posting import post
from tests.chaos.conftest import LONG
from tests.chaos.payday import is_lost
from tests.chaos.server import OwnServer
from tests.conftest import REMEMBER_SEED
from tests.ledger.books import new_id
from tests.ledger.model import Answer, Body
from tests.ledger.test_machine import Bookkeeping, amount, owner, told

A = Bucket.AVAILABLE
LOST: Answer = ("lost",)
# A transfer (giver, taker, amount), or a repeat of an earlier one by its number.
asked = st.one_of(st.tuples(owner, owner, amount), st.tuples(st.integers(0, 50)))
crashes = {
    "wanted": st.lists(asked, min_size=1, max_size=8),
    "answers": st.integers(0, 7),
    "moment": st.sampled_from([0, 0.0005, 0.001, 0.002, 0.004, 0.008]),
}


class DyingServer(Bookkeeping):
    """The real books on a server of their own, and the model."""

    server: ClassVar[OwnServer]
    seen: ClassVar[Counter[str]]

    @rule(**crashes)
    def crash(self, wanted: list[tuple[int, ...]], answers: int, moment: float) -> None:
        """Kill the server so long after so many answers, start it, and hear what became of everything."""
        sent = [self.sent(one) for one in wanted]
        heard = self.run(self.killed(sent, after=min(answers, len(sent) - 1), moment=moment))
        self.seen["crashes"] += 1
        # What was answered is what the model says, in the same order; and asked again it is still so.
        for (key, body), answer in zip(sent, heard, strict=True):
            if answer != LOST:
                assert answer == self.model.post(key, body)
                self.seen["answered before"] += 1
        for (key, body), answer in zip(sent, heard, strict=True):
            again = self.run(self.ask(key, body))
            if answer == LOST:
                self.find_out(key, body, again)
            else:
                assert again == self.model.post(key, body)

    def find_out(self, key: UUID, body: Body, again: Answer) -> None:
        """Lost sight of: it had been posted, or refused, before the crash, or it is now; in any case once."""
        expected = self.model.post(key, body)
        stood = again == ("repeated",) and expected == ("posted",)
        assert stood or again == expected
        self.seen["found posted" if stood else "not there"] += 1

    def sent(self, one: tuple[int, ...]) -> tuple[UUID, Body]:
        if len(one) == 1:
            key = list(self.model.keys)[one[0] % len(self.model.keys)]
            return key, self.model.keys[key]
        giver, taker, much = one
        # Whoever is short gets it from outside, so that most of these move money.
        account = self.owners[giver] if self.model.held[self.owners[giver], A, KES] >= much else MPESA_UTILITY
        return new_id(), Body((((account, A, KES), -much), ((self.owners[taker], A, KES), much)))

    async def killed(self, sent: list[tuple[UUID, Body]], *, after: int, moment: float) -> list[Answer]:
        """Answers until the server was killed; what was in flight then, and what came after it, is lost."""
        heard: list[Answer] = []
        for key, body in sent[:after]:
            heard.append(await self.ask(key, body))
        last = asyncio.create_task(self.ask(*sent[after]))
        await asyncio.sleep(moment)
        await self.server.kill()
        heard.append(await last)
        await self.server.start()
        await self.db.engine.dispose()
        return heard + [LOST] * (len(sent) - len(heard))

    async def ask(self, key: UUID, body: Body) -> Answer:
        try:
            async with self.db.unit() as uow:
                posted = await post(uow, self.posting(key, body))
        except CoreError as refused:
            return told(refused)
        except Exception as problem:
            if not is_lost(problem):
                raise
            return LOST
        self.transfers[key] = posted.transfer
        return told(posted)

    def teardown(self) -> None:
        """Whatever was drawn, it has crashed at least once when everything is compared."""
        if hasattr(self, "owners"):
            self.crash(wanted=[(0, 1, 1), (5, 2, 7), (0,)], answers=1, moment=0.001)
        super().teardown()


def test_books_when_their_server_is_killed_in_the_middle_of_anything_agree_with_the_model(own_server: OwnServer, clock) -> None:
    with asyncio.Runner() as runner:
        runner.run(own_server.start())
        url = own_server.url(runner.run(own_server.fresh_books()))
        runner.run(remember_seed(url))
        DyingServer.url, DyingServer.clock, DyingServer.runner = url, clock, runner
        DyingServer.server, DyingServer.seen = own_server, Counter()
        DyingServer.db = Database(url, clock=clock, ids=TimeOrderedIds(), vault=Vault(["k" * 40]), pool_size=2)
        limits = settings(
            max_examples=max(LONG // 4, 2),
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        try:
            run_state_machine_as_test(DyingServer, settings=limits)
        finally:
            runner.run(DyingServer.db.close())
    print(", ".join(f"{count} {what}" for what, count in DyingServer.seen.items()))
    assert DyingServer.seen["crashes"] >= limits.max_examples


async def remember_seed(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(REMEMBER_SEED)
    await connection.close()
