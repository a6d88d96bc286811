"""Two hundred votes at the closing moment, with changes of mind and repeats: each is in the result or was refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from core.governance.errors import VoteNotOpen
from core.governance.jobs import JOBS
from core.governance.matters import Expulsion
from core.governance.voting import cast
from core.kernel.db import Database
from core.kernel.ids import IntentId, MemberId
from core.monitoring.governance_invariants import SENTENCES
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.governance.chama import Chama

VOTERS = 70


@pytest.mark.parametrize("secret", [False, True])
async def test_two_hundred_votes_at_the_closing_moment(db: Database, clock: FakeClock, secret: bool) -> None:
    chama = await Chama.of(db, VOTERS + 1, voter_missed=2)
    matter = Expulsion(chama.members[-1], "M. LAST") if secret else None
    proposal = await chama.propose(matter)
    assert proposal.closes_at is not None
    clock.moment = proposal.closes_at - timedelta(milliseconds=1)
    accepted: list[tuple[MemberId, int, str]] = []
    at_once = asyncio.Semaphore(12)
    two_thirds = asyncio.Event()

    async def vote(number: int, voter: MemberId, choice: str, intent: IntentId) -> None:
        async with at_once:
            try:
                async with db.unit() as uow:
                    await cast(uow, intent=intent, proposal=proposal.id, voter=voter, choice=choice, channel="ussd")
            except VoteNotOpen:
                return
            accepted.append((voter, number, choice))
            if len(accepted) >= VOTERS * 2:
                two_thirds.set()

    async def close() -> None:
        while (await chama.now(proposal)).state == "open":
            await JOBS["close-vote"](chama, {"proposal": str(proposal.id)})  # type: ignore[arg-type]
            await asyncio.sleep(0.01)

    async def strike() -> None:
        """The hour strikes when two thirds are in."""
        await two_thirds.wait()
        clock.moment = proposal.closes_at  # type: ignore[assignment]

    def votes() -> list[object]:
        found = []
        for number, voter in enumerate(chama.members[:VOTERS]):
            intents = [new_intent() for _ in range(2)]
            choices = ["yes", "no"] if number % 2 else ["abstain", "yes"]
            found += [vote(0, voter, choices[0], intents[0]), vote(1, voter, choices[1], intents[1])]
            # The gateway repeats the first one, word for word.
            found.append(vote(0, voter, choices[0], intents[0]))
        return found

    tasks = votes()
    assert len(tasks) > 200
    await asyncio.gather(*tasks, close(), close(), strike())  # type: ignore[arg-type]

    found = await chama.now(proposal)
    assert found.counts is not None
    rows = await chama.sql("SELECT voter_id, choice, replaced_at IS NULL FROM ballots")
    voters = {voter for voter, _, _ in accepted}
    assert sum(found.counts.values()) == len(voters)
    assert Counter(row[0] for row in rows if row[2]) == Counter(voters), "one ballot counts for each"
    assert len(rows) == len({(voter, number) for voter, number, _ in accepted})
    if not secret:
        expected = Counter(row[1] for row in rows if row[2])
        assert found.counts == {choice: expected[choice] for choice in ("yes", "no", "abstain")}
    for query, name, _ in SENTENCES:
        [(_, wrong)] = await chama.sql(query)
        assert wrong == 0, name
