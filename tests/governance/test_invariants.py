"""The audit counts every vote again and finds whatever somebody past all guards has changed."""

from __future__ import annotations

from sqlalchemy import text

from core.governance.delegating import Scope, Wish, delegate
from core.governance.matters import Election, Expulsion, Poll, RuleChange
from core.kernel.db import Database
from core.monitoring.governance_invariants import SENTENCES
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.governance.chama import Chama

RESULTS, SECRETS, LIST, VERDICTS, PROXIES, EFFECTS = (name for _, name, _ in SENTENCES)
OPEN = "(SELECT id FROM proposals WHERE kind = 'poll')"
SECRET = "(SELECT id FROM proposals WHERE kind = 'expulsion')"
# What somebody with the keys to the database might do, past every trigger, and which sentences turn.
DAMAGE: dict[str, tuple[str, set[str]]] = {
    "a vote turned in the result": (
        f'UPDATE proposals SET counts = \'{{"1": 1, "2": 3, "abstain": 0}}\', winner = \'2\' WHERE id = {OPEN}',
        {RESULTS},
    ),
    "a vote turned in a ballot": (
        f"UPDATE ballots SET choice = '2' WHERE proposal_id = {OPEN} AND choice = '1' AND voter_id = :holder",
        {RESULTS},
    ),
    "a secret paper turned": (f"UPDATE ballot_papers SET choice = 'no' WHERE proposal_id = {SECRET} AND number = 3", {RESULTS}),
    "a secret paper added": (
        f"INSERT INTO ballot_papers SELECT gen_random_uuid(), {SECRET}, 9, 'no'",
        {RESULTS, SECRETS},
    ),
    "a secret written beside its voter": (
        f"UPDATE ballots SET choice = 'yes' WHERE proposal_id = {SECRET} AND voter_id = :chair",
        {SECRETS},
    ),
    "a voter taken off the list": (
        f"DELETE FROM proposal_voters WHERE proposal_id = {OPEN} AND counted IS NULL",
        {LIST},
    ),
    "a ballot moved to after the close": (
        f"UPDATE ballots SET cast_at = cast_at + interval '9 days' WHERE proposal_id = {OPEN}",
        {LIST},
    ),
    "a failure called passed": ("UPDATE proposals SET quorum = 6, eligible = 6 WHERE kind = 'poll'", {VERDICTS}),
    "another winner": (f"UPDATE proposals SET winner = '2' WHERE id = {OPEN}", {VERDICTS}),
    "a third proxy": (
        f"UPDATE proposal_voters SET counted = :holder WHERE proposal_id = {OPEN} AND voter_id <> :holder",
        {RESULTS, PROXIES},
    ),
    "an effect before its time": (
        "UPDATE proposals SET executed_at = closed_at WHERE state = 'executed' AND kind = 'rule'",
        {EFFECTS},
    ),
    "a rule that no constitution has": (
        "UPDATE dao_constitutions SET because = 'the chair' WHERE because LIKE 'vote %'",
        {EFFECTS},
    ),
}


async def lived(db: Database, clock: FakeClock) -> Chama:
    """A poll with a representative, a secret vote, an election and a rule that took effect."""
    chama = await Chama.of(db, 6)
    async with db.unit() as uow:
        wish = Wish(chama.group, chama.members[1], chama.members[2], Scope(), 90)
        await delegate(uow, intent=new_intent(), wish=wish)
    poll = await chama.propose(Poll(("Goat", "Beef")), "What do we eat?")
    await chama.vote(poll, chama.members[2], "2")
    await chama.votes(poll, ["2", "1"], first=2)
    await chama.vote(poll, chama.members[2], "1")
    secret = await chama.propose(Expulsion(chama.members[5], "M. FIVE"))
    await chama.votes(secret, ["no", "yes", "yes", "yes"])
    rule = await chama.propose(RuleChange("fine", None, 100_00))
    await chama.votes(rule, ["yes"] * 5)
    await chama.propose(Election("auditor"), by=1)
    for _ in range(6):
        await chama.work()
        clock.advance(days=1)
    return chama


async def wrong(chama: Chama) -> set[str]:
    found = set()
    for query, name, _ in SENTENCES:
        [(examined, bad)] = await chama.sql(query)
        assert examined > 0, name
        found |= {name} if bad else set()
    return found


async def test_a_life_of_votes_is_in_order_and_every_damage_is_found(db: Database, clock: FakeClock) -> None:
    chama = await lived(db, clock)
    assert await wrong(chama) == set()
    assert [row[0] for row in await chama.sql("SELECT state FROM proposals ORDER BY number")] == [
        "passed",
        "executed",
        "executed",
        "lapsed",
    ]
    people = {"holder": chama.members[2], "chair": chama.members[0]}

    for what, (statement, expected) in DAMAGE.items():
        used = {name: value for name, value in people.items() if f":{name}" in statement}
        assert await damaged(db, statement, used) == expected, what
    assert set().union(*(expected for _, expected in DAMAGE.values())) == {name for _, name, _ in SENTENCES}


async def damaged(db: Database, statement: str, used: dict[str, object]) -> set[str]:
    """Which sentences are wrong after this, which is then undone."""
    async with db.engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        changed = await connection.execute(text(statement), used)
        assert changed.rowcount, statement
        numbers = {name: (await connection.execute(text(query))).one() for query, name, _ in SENTENCES}
        await connection.rollback()
    return {name for name, (_, bad) in numbers.items() if bad}
