"""Random groups vote, change their minds and let others vote; a plain model in a few lines comes to the same counts."""

from __future__ import annotations

import random

import pytest

from core.governance.delegating import Scope, Wish, delegate, revoke
from core.governance.errors import CannotDelegate
from core.governance.matters import Poll
from core.kernel.db import Database
from core.monitoring.governance_invariants import SENTENCES
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.governance.chama import Chama

SIZE = 14


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_counts_are_those_of_a_plain_model(db: Database, clock: FakeClock, seed: int) -> None:
    chance = random.Random(seed)
    chama = await Chama.of(db, SIZE)
    votes = [await chama.propose(), await chama.propose(Poll(("Goat", "Beef", "Fish")), "What do we eat?")]
    own: list[dict[int, str]] = [{}, {}]
    given: dict[tuple[int, str], tuple[int, object]] = {}

    async def let_vote() -> None:
        giver, holder = chance.sample(range(SIZE), 2)
        which = chance.choice(["all", "category", "proposal"])
        target = chance.randrange(2)
        scope = {"all": Scope(), "category": Scope(category="poll"), "proposal": Scope(proposal=votes[target].id)}[which]
        key = (giver, f"{which} {target}" if which == "proposal" else which)
        chain = any(one == holder for one, _ in given) or any(held == giver for held, _ in given.values())
        holds = {one for (one, _), (held, _) in given.items() if held == holder} - {giver}
        try:
            async with db.unit() as uow:
                wish = Wish(chama.group, chama.members[giver], chama.members[holder], scope, 30)
                made = await delegate(uow, intent=new_intent(), wish=wish)
        except CannotDelegate:
            assert chain or len(holds) >= 2
            return
        assert not chain
        assert len(holds) < 2
        given[key] = (holder, made.id)

    async def end_one() -> None:
        if given:
            key = chance.choice(list(given))
            async with db.unit() as uow:
                await revoke(uow, giver=chama.members[key[0]], delegation=given.pop(key)[1])  # type: ignore[arg-type]

    async def vote() -> None:
        voter, which = chance.randrange(SIZE - 4), chance.randrange(2)
        own[which][voter] = chance.choice([["yes", "no"], ["1", "2", "3"]][which] + ["abstain"])
        await chama.vote(votes[which], chama.members[voter], own[which][voter])

    for _ in range(60):
        clock.advance(minutes=1)
        await chance.choice([vote, vote, let_vote, end_one])()
    clock.moment = votes[1].closes_at  # type: ignore[assignment]
    await chama.work()

    for which, proposal in enumerate(votes):
        said = list(own[which].values())
        for giver in set(range(SIZE)) - own[which].keys():
            narrowest = [f"proposal {which}", *(["category"] if which == 1 else []), "all"]
            holder = next((given[giver, scope][0] for scope in narrowest if (giver, scope) in given), None)
            if holder in own[which]:
                said.append(own[which][holder])
        expected = {choice: said.count(choice) for choice in (*proposal.question.choices, "abstain")}
        assert (await chama.now(proposal)).counts == expected
    for query, name, _ in SENTENCES:
        [(_, bad)] = await chama.sql(query)
        assert bad == 0, name
