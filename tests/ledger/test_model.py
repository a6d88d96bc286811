"""Random transfers through the real ledger and through a model of a few lines: they must agree on everything."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import CUSD, KES, Currency, Money
from core.ledger.accounts import CHAIN_CUSTODY, Account, Bucket, member_account, treasury
from core.ledger.service import InsufficientFunds, KeyReused, Leg, balances, entries, transfer
from core.monitoring.audit import audit

from .books import new_id
from .model import Body, Books, moves_of

PEOPLE = 4
OUTSIDE = PEOPLE  # the number of the system account, which may go below zero
# The largest amounts that leave room for a dozen of them in NUMERIC(38,18).
LARGEST = {KES: 10**20, CUSD: 10**36}


@dataclass(frozen=True)
class Step:
    """A transfer to try: legs as (owner, bucket, amount), under the key of an earlier step or a new one."""

    currency: Currency
    legs: tuple[tuple[int, Bucket, int], ...]
    key_of: int | None


def amounts(currency: Currency) -> st.SearchStrategy[int]:
    few, many = st.integers(-2000, 2000), st.integers(-LARGEST[currency], LARGEST[currency])
    return st.one_of(few, few, many).filter(bool)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    currency = draw(st.sampled_from([KES, KES, CUSD]))
    buckets = st.just(Bucket.AVAILABLE)
    legs = draw(st.lists(st.tuples(st.integers(0, OUTSIDE), buckets, amounts(currency)), min_size=1, max_size=4))
    owing = -sum(amount for *_, amount in legs)
    if owing:
        legs.append((draw(st.sampled_from([OUTSIDE, OUTSIDE, 0])), Bucket.AVAILABLE, owing))
    return Step(currency, tuple(legs), draw(st.one_of(st.none(), st.none(), st.integers(0, 20))))


async def owners(db: Database) -> list[Account]:
    """New ones for each example, so that examples don't meet in the database."""
    outside = Account("system", name=f"outside {new_id()}")
    async with db.unit() as uow:
        await uow.session.execute(text("INSERT INTO ledger_chart VALUES ('system', :name, 'a test')"), {"name": outside.name})
    member, dao = MemberId(new_id()), DaoId(new_id())
    return [
        member_account(member),
        member_account(member, dao),
        treasury(dao),
        member_account(MemberId(new_id())),
        outside,
    ]


async def answer(db: Database, key: UUID, legs: list[Leg]) -> tuple[object, ...]:
    async with db.unit() as uow:
        try:
            posted = await transfer(uow, key=key, kind="step", legs=legs)
        except InsufficientFunds as refused:
            return "short", refused.available, refused.needed
        except KeyReused:
            return ("reused",)
    return ("repeated",) if posted.repeated else ("posted",)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps(), min_size=1, max_size=12), st.lists(st.integers(0, 11), max_size=3))
async def test_transfers_when_random_agree_with_the_model(db: Database, tried: list[Step], repeats: list[int]) -> None:
    accounts, model, done = await owners(db), Books(), []
    for step in [*tried, *(tried[n % len(tried)] for n in repeats)]:
        legs = [Leg(accounts[owner], Money(amount, step.currency), bucket) for owner, bucket, amount in step.legs]
        key = done[step.key_of % len(done)] if step.key_of is not None and done else new_id()
        done.append(key)

        assert await answer(db, key, legs) == model.post(key, Body(moves_of(legs)))

    for currency in (KES, CUSD):
        async with db.unit() as uow:
            for account, held in (await balances(uow, accounts, currency)).items():
                amounts_held = [model.held[account, bucket, currency] for bucket in Bucket]
                assert [held.available.minor, held.pending.minor, held.locked.minor] == amounts_held
                lines = await entries(uow, account, limit=1000, currency=currency)
                told = [(line.bucket, line.amount.minor, line.after.minor) for line in reversed(lines)]
                assert told == model.history[account, currency]


async def test_books_when_random_transfers_are_over_pass_the_audit(db: Database) -> None:
    @settings(max_examples=5, deadline=None)
    @given(st.lists(steps(), min_size=5, max_size=12))
    def collect(tried: list[Step]) -> None:
        examples.append(tried)

    examples: list[list[Step]] = []
    collect()
    for tried in examples:
        accounts = await owners(db)
        for step in tried:
            await answer(db, new_id(), [Leg(accounts[o], Money(a, step.currency), b) for o, b, a in step.legs])

    findings = await audit(db)

    assert [finding for finding in findings if not finding.ok] == []
    async with db.unit() as uow:
        assert await uow.session.scalar(text("SELECT count(*) FROM ledger_entries")) > 0


async def test_amounts_when_they_fill_the_column_stay_exact(db: Database) -> None:
    """38 digits, all different: Decimal's default context of 28 or a float anywhere on the way would change them."""
    whole = Money(98765432109876543210_123456789012345678, CUSD)
    here, there = CHAIN_CUSTODY, member_account(MemberId(new_id()))

    assert await answer(db, new_id(), [Leg(here, -whole), Leg(there, whole)]) == ("posted",)
    assert await answer(db, new_id(), [Leg(there, Money(-1, CUSD)), Leg(here, Money(1, CUSD))]) == ("posted",)

    async with db.unit() as uow:
        held = await balances(uow, [here, there], CUSD)
        lines = await entries(uow, there, limit=2, currency=CUSD)
    assert (held[there].available, held[here].available) == (Money(whole.minor - 1, CUSD), Money(1 - whole.minor, CUSD))
    assert [line.after.minor for line in lines] == [whole.minor - 1, whole.minor]
    assert (await answer(db, new_id(), [Leg(there, -whole), Leg(here, whole)])) == (
        "short",
        Money(whole.minor - 1, CUSD),
        whole,
    )
