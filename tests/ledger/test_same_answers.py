"""One list of commands, four ways: one by one, in batches that are cut anywhere, as the batcher does, and through the model.

What a batch promises: its answers and its rows are those of posting one by one, first the postings that nothing can go wrong
with in any order, then the others, each of the two in the order of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId, MemberId, TransferId
from core.kernel.money import CUSD, KES, Currency, Money
from core.ledger.accounts import FX, MPESA_UTILITY, Account, Bucket, member_account, pot, treasury
from core.ledger.batcher import ask_many
from core.ledger.posting import post, post_all
from core.ledger.service import Leg, Posted, Posting
from tests.conftest import RESET, FakeClock

from .books import new_id
from .model import Answer, Body, Books
from .test_machine import told

A, P, L = Bucket.AVAILABLE, Bucket.PENDING, Bucket.LOCKED
MEMBER, DAO = MemberId(new_id()), DaoId(new_id())
OWNERS = [
    *(member_account(MEMBER), member_account(MEMBER, DAO), treasury(DAO)),
    *(pot(DAO, "welfare"), member_account(MemberId(new_id())), MPESA_UTILITY),
]
FROM_OUTSIDE = OWNERS.index(MPESA_UTILITY)
owner, amount, number = st.integers(0, len(OWNERS) - 1), st.integers(1, 300), st.integers(0, 40)
Command = tuple[Any, ...]
Sent = tuple[UUID, Body]

moves = st.tuples(
    st.just("move"), owner, st.lists(st.tuples(owner, amount), min_size=1, max_size=4), st.sampled_from([KES, KES, KES, CUSD])
)
deposits = st.tuples(
    st.just("move"), st.just(FROM_OUTSIDE), st.lists(st.tuples(owner, amount), min_size=1, max_size=2), st.just(KES)
)
exchanges = st.tuples(st.just("exchange"), owner, amount, amount)
holds = st.tuples(st.just("hold"), owner, amount, st.sampled_from([None, 0, 5]), st.sampled_from([L, L, P]))
ends = st.tuples(st.sampled_from(["pay", "release", "expire"]), number, owner, st.integers(1, 100))
# Few to choose from, so that some are taken back twice.
reversals = st.tuples(st.just("reverse"), st.integers(0, 3))
duplicates = st.tuples(st.sampled_from(["again", "other"]), number, owner, amount)
# Everybody has something, and something is set aside, before anything goes.
OPENING: Command = ("move", FROM_OUTSIDE, [(n, 250) for n in range(FROM_OUTSIDE)], KES)
anything = st.lists(st.one_of(moves, deposits, exchanges, holds, ends, ends, reversals, duplicates), min_size=6, max_size=30)
commands = st.builds(lambda first, rest: [OPENING, *first, *rest], st.lists(holds, min_size=2, max_size=4), anything)
cuts = st.lists(st.integers(1, 9), min_size=1, max_size=12)


def body_of(command: Command, model: Books, before: Sequence[Sent], clock: FakeClock) -> Sent | None:
    """The posting that the command stands for; what it refers to is looked up in what was posted by earlier batches."""
    what, rest = command[0], command[1:]
    key = new_id()
    if what == "move":
        giver, takers, currency = rest
        whole = sum(part for _, part in takers)
        return key, Body((((OWNERS[giver], A, currency), -whole), *(((OWNERS[n], A, currency), part) for n, part in takers)))
    if what == "exchange":
        who, gives, takes = rest
        account = OWNERS[who]
        moved = (((account, A, KES), -gives), ((FX, A, KES), gives), ((FX, A, CUSD), -takes), ((account, A, CUSD), takes))
        return key, Body(moved)
    if what == "hold":
        who, much, minutes, bucket = rest
        until = None if minutes is None else clock.now() + timedelta(minutes=minutes)
        return key, Body((((OWNERS[who], A, KES), -much), ((OWNERS[who], bucket, KES), much)), "pending", expires_at=until)
    if what in {"again", "other"}:
        return duplicate(what, before, *rest)
    if what == "reverse":
        return (key, reversal(model, rest[0])) if model.standing("single", "post") else None
    return ending(key, model, clock, command)


def duplicate(what: str, before: Sequence[Sent], n: int, who: int, much: int) -> Sent | None:
    if not before:
        return None
    key, body = before[n % len(before)]
    return key, body if what == "again" else Body(
        (((MPESA_UTILITY, A, KES), -much), ((OWNERS[who], A, KES), much)), kind="other"
    )


def reversal(model: Books, n: int) -> Body:
    standing = model.standing("single", "post")
    first, net = standing[n % len(standing)], dict[Any, int]()
    for (account, _, currency), minor in model.keys[first].moves:
        net[account, A, currency] = net.get((account, A, currency), 0) - minor
    return Body(tuple((place, minor) for place, minor in net.items() if minor), "reverse", first)


def ending(key: UUID, model: Books, clock: FakeClock, command: Command) -> Sent | None:
    """Ends of holds, of those that are over too; only what is due may expire: else it would be broken, not refused."""
    what, n, payee, share = command
    found = model.standing("pending")
    if what == "expire":
        found = [each for each in found if (until := model.keys[each].expires_at) and until <= clock.now()]
    if not found:
        return None
    held = found[n % len(found)]
    place, whole = next(move for move in model.keys[held].moves if move[0][1] is not A)
    back = place[0], A, place[2]
    if what != "pay":
        return key, Body(((place, -whole), (back, whole)), "void" if what == "release" else "expire", held)
    paid = max(1, whole * share // 100)
    rest = [(back, whole - paid)] if whole > paid else []
    return key, Body(((place, -whole), ((OWNERS[payee], A, KES), paid), *rest), "post", held)


def cut(
    wanted: Sequence[Command], sizes: Sequence[int], clock: FakeClock
) -> tuple[Books, list[list[Sent]], list[list[int]], list[Answer]]:
    """The model after all of it, the batches, the serial order that each promises, and all answers."""
    model, batches, orders, answers = Books(), list[list[Sent]](), list[list[int]](), list[Answer]()
    before: list[Sent] = []
    left, turn = list(wanted), 0
    while left:
        size = sizes[turn % len(sizes)]
        chunk, left, turn = left[:size], left[size:], turn + 1
        batch: list[Sent] = []
        for command in chunk:
            if (sent := body_of(command, model, [*before, *batch], clock)) is not None and sent[1].moves:
                batch.append(sent)
        if batch:
            orders.append(model.order(batch))
            answers += model.post_all(batch)
            batches.append(batch)
            before += batch
    return model, batches, orders, answers


def posting(key: UUID, body: Body, transfers: dict[UUID, TransferId]) -> Posting:
    legs = [Leg(account, Money(minor, currency), bucket) for (account, bucket, currency), minor in body.moves]
    ref = transfers[body.ref] if body.ref else None
    return Posting(key, body.kind, legs, step=body.step, ref=ref, expires_at=body.expires_at)


async def post_batches(db: Database, batches: Sequence[Sequence[Sent]]) -> list[Answer]:
    transfers, answers = dict[UUID, TransferId](), list[Answer]()
    for batch in batches:
        async with db.unit() as uow:
            given_back = await post_all(uow, [posting(key, body, transfers) for key, body in batch])
        transfers |= {key: each.transfer for (key, _), each in zip(batch, given_back, strict=True) if isinstance(each, Posted)}
        answers += [told(each) for each in given_back]
    return answers


async def post_the_short_way(url: str, batches: Sequence[Sequence[Sent]], clock: FakeClock) -> list[Answer]:
    """As the batcher does on its connection: together those batches about which nothing is in doubt."""
    transfers, answers = dict[UUID, TransferId](), list[Answer]()
    connection = await asyncpg.connect(url)
    for batch in batches:
        given = [TransferId(new_id()) for _ in batch]
        postings = [posting(key, body, transfers) for key, body in batch]
        given_back = await ask_many(connection, postings, transfers=given, now=clock.now())
        transfers |= {key: each.transfer for (key, _), each in zip(batch, given_back, strict=True) if isinstance(each, Posted)}
        answers += [told(each) for each in given_back]
    await connection.close()
    return answers


async def post_singly(db: Database, batches: Sequence[Sequence[Sent]], orders: Sequence[Sequence[int]]) -> list[Answer]:
    """In the order that the batches promise; the answers in the order in which they were asked for."""
    transfers, answers = dict[UUID, TransferId](), list[Answer]()
    for batch, order in zip(batches, orders, strict=True):
        heard: dict[int, Answer] = {}
        for n in order:
            key, body = batch[n]
            async with db.unit() as uow:
                try:
                    posted = await post(uow, posting(key, body, transfers))
                except CoreError as refused:
                    heard[n] = told(refused)
                else:
                    transfers[key], heard[n] = posted.transfer, told(posted)
        answers += [heard[n] for n in range(len(batch))]
    return answers


# Rows by what they mean: the ids of transfers and balances, and the moments, are those of each way alone.
ROWS = {
    "balances": "SELECT kind, user_id, dao_id, name, currency, available, pending, locked, seq FROM ledger_balances WHERE seq > 0",
    "entries": "SELECT t.key, e.leg, b.kind, b.user_id, b.dao_id, b.name, e.currency, e.seq, e.bucket, e.amount, e.after"
    " FROM ledger_entries e JOIN ledger_transfers t ON t.id = e.transfer_id JOIN ledger_balances b ON b.id = e.balance_id",
    "transfers": "SELECT t.key, t.kind, t.step, t.legs, t.expires_at, t.details, f.key AS ref FROM ledger_transfers t"
    " LEFT JOIN ledger_transfers f ON f.id = t.ref_transfer",
    "ends": "SELECT h.key, t.key AS by, r.outcome FROM ledger_resolutions r"
    " JOIN ledger_transfers h ON h.id = r.pending_transfer JOIN ledger_transfers t ON t.id = r.transfer_id",
    "refusals": "SELECT key, kind, reason, currency, available, needed FROM ledger_rejections",
}


async def rows(db: Database) -> dict[str, list[str]]:
    async with db.unit() as uow:
        return {
            name: list(await uow.session.scalars(text(f"SELECT r::text FROM ({query}) r ORDER BY 1")))
            for name, query in ROWS.items()
        }


async def held(db: Database) -> dict[tuple[Account, Bucket, Currency], int]:
    async with db.unit() as uow:
        found = await uow.session.execute(text("SELECT * FROM ledger_balances WHERE seq > 0"))
        return {
            (Account(row.kind, row.user_id, row.dao_id, row.name), bucket, currency): Money.from_decimal(much, currency).minor
            for row in found
            for currency in (KES if row.currency == "KES" else CUSD,)
            for bucket, much in ((A, row.available), (P, row.pending), (L, row.locked))
            if much
        }


async def empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(RESET)
    await connection.close()


@settings(
    max_examples=25,
    deadline=None,
    # Making a failure small takes longer than a test may; run it again with every phase to see the smallest.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(commands, cuts)
async def test_commands_when_posted_singly_or_in_batches_or_by_the_model_come_to_the_same(
    db: Database, empty_database: str, clock: FakeClock, wanted: list[Command], sizes: list[int]
) -> None:
    model, batches, orders, expected = cut(wanted, sizes, clock)

    await empty(empty_database)
    assert await post_batches(db, batches) == expected
    by_batch, had = await rows(db), await held(db)

    await empty(empty_database)
    assert await post_the_short_way(empty_database, batches, clock) == expected
    assert await rows(db) == by_batch

    await empty(empty_database)
    assert await post_singly(db, batches, orders) == expected
    assert await rows(db) == by_batch

    assert had == {place: minor for place, minor in model.held.items() if minor}


async def test_commands_of_the_test_above_reach_every_step_and_every_answer(clock: FakeClock) -> None:
    """Or the agreement of the three would say less than it seems to."""
    steps, heard = set[str](), set[object]()

    @settings(
        max_examples=150, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(commands, cuts)
    def collect(wanted: list[Command], sizes: list[int]) -> None:
        _, batches, _, answers = cut(wanted, sizes, clock)
        sent = [body for batch in batches for _, body in batch]
        steps.update(body.step for body, answer in zip(sent, answers, strict=True) if answer == ("posted",))
        heard.update(answer[0] for answer in answers)

    collect()

    assert steps == {"single", "pending", "post", "void", "expire", "reverse"}
    assert heard == {"posted", "repeated", "reused", "short", "resolved", "reversed"}
