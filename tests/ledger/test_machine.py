"""Everything that the books can do, in any order, one by one and in batches, against the model: they must agree on all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar
from uuid import UUID, uuid5

import asyncpg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from core.kernel.db import Database
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId, MemberId, TimeOrderedIds, TransferId
from core.kernel.money import CUSD, KES, Currency, Money
from core.ledger.accounts import FX, MPESA_UTILITY, Account, Bucket, member_account, pot, treasury
from core.ledger.posting import post, post_all
from core.ledger.service import (
    InsufficientFunds,
    Leg,
    Posted,
    Posting,
    balances,
    entries,
    exchange,
    expire_due,
    hold,
    release,
    reverse,
    settle,
    split,
    transfer,
)
from core.monitoring.audit import audit
from tests.conftest import RESET, FakeClock

from .books import new_id
from .model import Answer, Body, Books, Move, moves_of

OWNERS = 6
owner = st.integers(0, OWNERS - 1)
amount = st.integers(1, 400)
number = st.integers(0, 50)
A, P, L = Bucket.AVAILABLE, Bucket.PENDING, Bucket.LOCKED


def told(answer: object) -> Answer:
    """An answer of the books in the model's words."""
    match answer:
        case Posted():
            return ("repeated",) if answer.repeated else ("posted",)
        case InsufficientFunds():
            return "short", answer.available, answer.needed
        case CoreError():
            return ({"key-reused": "reused", "hold-resolved": "resolved", "already-reversed": "reversed"}[answer.code],)
    raise AssertionError(answer)


class Bookkeeping(RuleBasedStateMachine):
    """The real books and the model, side by side."""

    db: ClassVar[Database]
    clock: ClassVar[FakeClock]
    runner: ClassVar[asyncio.Runner]
    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.model = Books()
        self.transfers: dict[UUID, TransferId] = {}

    @initialize()
    def open_books(self) -> None:
        self.run(self.empty())
        member, dao = MemberId(new_id()), DaoId(new_id())
        self.owners = [
            *(member_account(member), member_account(member, dao), treasury(dao)),
            *(pot(dao, "welfare"), member_account(MemberId(new_id())), MPESA_UTILITY),
        ]
        for each in self.owners[:3]:
            self.check(Body((((MPESA_UTILITY, A, KES), -500), ((each, A, KES), 500))))

    async def empty(self) -> None:
        connection = await asyncpg.connect(self.url)
        await connection.execute(RESET)
        await connection.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def posting(self, key: UUID, body: Body) -> Posting:
        legs = [Leg(account, Money(minor, currency), bucket) for (account, bucket, currency), minor in body.moves]
        ref = self.transfers[body.ref] if body.ref else None
        return Posting(key, body.kind, legs, step=body.step, ref=ref, expires_at=body.expires_at)

    def check(self, body: Body, key: UUID | None = None, verb: Any = None) -> None:
        """Do it both ways; without a verb through the function that all verbs use."""
        key = key or new_id()

        async def ask() -> Answer:
            async with self.db.unit() as uow:
                try:
                    posted = await (verb(uow) if verb else post(uow, self.posting(key, body)))
                except CoreError as refused:
                    return told(refused)
            self.transfers[key] = posted.transfer
            return told(posted)

        assert self.run(ask()) == self.model.post(key, body)

    def hold_at(self, n: int) -> UUID | None:
        holds = self.model.standing("pending")
        return holds[n % len(holds)] if holds else None

    def held_by(self, key: UUID) -> Move:
        return next(move for move in self.model.keys[key].moves if move[0][1] is not A)

    @rule(
        giver=owner,
        takers=st.lists(st.tuples(owner, amount), min_size=1, max_size=3),
        currency=st.sampled_from([KES, KES, CUSD]),
    )
    def move(self, giver: int, takers: list[tuple[int, int]], currency: Currency) -> None:
        legs = [Leg(self.owners[taker], Money(part, currency)) for taker, part in takers]
        legs.insert(0, Leg(self.owners[giver], Money(-sum(part for _, part in takers), currency)))
        key = new_id()
        self.check(Body(moves_of(legs)), key, partial(transfer, key=key, kind="step", legs=legs))

    @rule(giver=owner, whole=amount, weights=st.lists(st.integers(0, 5), min_size=OWNERS, max_size=OWNERS).filter(any))
    def share(self, giver: int, whole: int, weights: list[int]) -> None:
        among, total, key = dict(zip(self.owners, weights, strict=True)), sum(weights), new_id()
        parts = [whole * weight // total for weight in weights]
        by_rest = sorted(range(OWNERS), key=lambda n: -(whole * weights[n] % total))
        for n in by_rest[: whole - sum(parts)]:
            parts[n] += 1
        moves = [((self.owners[giver], A, KES), -whole)]
        moves += [((each, A, KES), part) for each, part in zip(self.owners, parts, strict=True) if part]
        self.check(
            Body(tuple(moves)), key, partial(split, key=key, kind="step", giver=self.owners[giver], amount=Money(whole), among=among),
        )  # fmt: skip

    @rule(who=owner, given=amount, taken=amount)
    def change(self, who: int, given: int, taken: int) -> None:
        account, key = self.owners[who], new_id()
        moves = (((account, A, KES), -given), ((FX, A, KES), given), ((FX, A, CUSD), -taken), ((account, A, CUSD), taken))
        self.check(
            Body(moves), key, partial(
                exchange, key=key, kind="step", account=account,
                given=Money(given), taken=Money(taken, CUSD), rate=Decimal(taken) / 7,
            ),
        )  # fmt: skip

    @rule(who=owner, much=amount, minutes=st.one_of(st.none(), st.integers(0, 30)), bucket=st.sampled_from([L, L, P]))
    def set_aside(self, who: int, much: int, minutes: int | None, bucket: Bucket) -> None:
        account, key = self.owners[who], new_id()
        until = self.clock.now() + timedelta(minutes=minutes) if minutes is not None else None
        body = Body((((account, A, KES), -much), ((account, bucket, KES), much)), "pending", expires_at=until)
        arguments = {"intent": key, "kind": "step", "account": account, "amount": Money(much), "bucket": bucket}
        self.check(body, key, partial(hold, expires_at=until, **arguments))

    @precondition(lambda self: self.model.standing("pending"))
    @rule(n=number, payee=owner, share=st.integers(1, 100))
    def pay_from_hold(self, n: int, payee: int, share: int) -> None:
        held, key = self.hold_at(n), new_id()
        place, whole = self.held_by(held)
        paid = max(1, whole * share // 100)
        rest = [((place[0], A, KES), whole - paid)] if whole > paid else []
        body = Body(((place, -whole), ((self.owners[payee], A, KES), paid), *rest), "post", held)
        to = [(self.owners[payee], Money(paid))]
        self.check(body, key, partial(settle, key=key, hold=self.transfers[held], to=to, kind="step"))

    @precondition(lambda self: self.model.standing("pending"))
    @rule(n=number)
    def let_go(self, n: int) -> None:
        held, key = self.hold_at(n), new_id()
        verb = partial(release, key=key, hold=self.transfers[held], kind="step")
        self.check(self.given_back(held, "void"), key, verb)

    def given_back(self, held: UUID, step: str, kind: str = "step") -> Body:
        place, whole = self.held_by(held)
        return Body(((place, -whole), ((place[0], A, KES), whole)), step, held, kind)

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

        async def ask() -> list[TransferId]:
            async with self.db.unit() as uow:
                return await expire_due(uow)

        until = {key: self.model.keys[key].expires_at for key in self.model.open_holds()}
        due = [key for key, moment in until.items() if moment and moment <= self.clock.now()]
        assert set(self.run(ask())) == {self.transfers[key] for key in due}
        for key in due:
            self.model.post(uuid5(self.transfers[key], "expiry"), self.given_back(key, "expire", "expiry"))

    @precondition(lambda self: self.model.standing("single", "post"))
    @rule(n=number)
    def take_back(self, n: int) -> None:
        standing, key = self.model.standing("single", "post"), new_id()
        first, net = standing[n % len(standing)], {}
        for (account, _, currency), minor in self.model.keys[first].moves:
            net[account, A, currency] = net.get((account, A, currency), 0) - minor
        moves = tuple((place, minor) for place, minor in net.items() if minor)
        if moves:
            body = Body(moves, "reverse", first)
            self.check(body, key, partial(reverse, key=key, transfer=self.transfers[first], kind="step"))

    @rule(n=number)
    def repeat(self, n: int) -> None:
        key = list(self.model.keys)[n % len(self.model.keys)]
        self.check(self.model.keys[key], key)

    @rule(n=number, who=owner, much=amount)
    def say_otherwise(self, n: int, who: int, much: int) -> None:
        key = list(self.model.keys)[n % len(self.model.keys)]
        self.check(Body((((MPESA_UTILITY, A, KES), -much), ((self.owners[who], A, KES), much)), kind="other"), key)

    @rule(wanted=st.lists(st.tuples(st.integers(0, 9), owner, owner, amount, number), min_size=2, max_size=9))
    def batch(self, wanted: list[tuple[int, int, int, int, int]]) -> None:
        """New transfers and holds, repeats of old and of each other, other contents, ends of holds: all in one call."""
        sent: list[tuple[UUID, Body]] = []
        for what, giver, taker, much, n in wanted:
            moves = (((self.owners[giver], A, KES), -much), ((self.owners[taker], A, KES), much))
            held = self.hold_at(n)
            match what:
                case 0 if sent:
                    sent.append(sent[n % len(sent)])
                case 1:
                    key = list(self.model.keys)[n % len(self.model.keys)]
                    sent.append((key, self.model.keys[key]))
                case 2 if sent:
                    sent.append((sent[n % len(sent)][0], Body(moves, kind="other")))
                case 3 if held:
                    sent.append((new_id(), self.given_back(held, "void")))
                case 4:
                    account = self.owners[giver]
                    sent.append((new_id(), Body((((account, A, KES), -much), ((account, L, KES), much)), "pending")))
                case _:
                    sent.append((new_id(), Body(moves)))

        async def ask() -> list[Posted | CoreError]:
            async with self.db.unit() as uow:
                return await post_all(uow, [self.posting(key, body) for key, body in sent])

        answers = self.run(ask())
        self.transfers |= {key: each.transfer for (key, _), each in zip(sent, answers, strict=True) if isinstance(each, Posted)}
        assert [told(answer) for answer in answers] == self.model.post_all(sent)

    @invariant()
    def balances_agree(self) -> None:
        async def ask() -> dict[Currency, dict[Account, Any]]:
            async with self.db.unit() as uow:
                return {currency: await balances(uow, [*self.owners, FX], currency) for currency in (KES, CUSD)}

        if hasattr(self, "owners"):
            for currency, found in self.run(ask()).items():
                for account, held in found.items():
                    expected = [self.model.held[account, bucket, currency] for bucket in (A, P, L)]
                    assert [held.available.minor, held.pending.minor, held.locked.minor] == expected

    def teardown(self) -> None:
        async def ask() -> None:
            async with self.db.unit() as uow:
                for account in [*self.owners, FX]:
                    for currency in (KES, CUSD):
                        lines = await entries(uow, account, limit=5000, currency=currency)
                        lived = [(line.bucket, line.amount.minor, line.after.minor) for line in reversed(lines)]
                        assert lived == self.model.history[account, currency]
            assert [finding for finding in await audit(self.db) if not finding.ok] == []

        if hasattr(self, "owners"):
            self.run(ask())


def test_books_when_anything_happens_in_any_order_agree_with_the_model(database_url: str, clock: FakeClock, vault) -> None:
    with asyncio.Runner() as runner:
        Bookkeeping.url, Bookkeeping.clock, Bookkeeping.runner = database_url, clock, runner
        Bookkeeping.db = Database(database_url, clock=clock, ids=TimeOrderedIds(), vault=vault)
        # Making a failure small takes longer than a test may; run it again with every phase to see the smallest.
        limits = settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        try:
            run_state_machine_as_test(Bookkeeping, settings=limits)
        finally:
            runner.run(Bookkeeping.db.close())
