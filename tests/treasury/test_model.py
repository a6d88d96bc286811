"""Whatever people and time do to a treasury, in any order: the product and the model agree on every answer and every shilling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.kernel.errors import CoreError
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, member_account, treasury
from core.ledger.service import balances
from core.treasury.jobs import look_after
from core.treasury.requests import Request, find_request

from .chama import Chama
from .model import Model

ROLES = ["chair", "secretary", "treasurer", "member", "member", "member"]
OTHER_ROLES = ("chair", "secretary", "treasurer", "auditor", "member", "member")
RULES = {
    "approvals": 1,
    "objectors": 2,
    "pay_delay_hours": 5,
    "daily_limit": 30_000_00,
    "weekly_limit": 70_000_00,
    "reserve": 10_000_00,
}


@dataclass(frozen=True)
class Step:
    """One thing that somebody does: which, who, and about what."""

    what: str
    who: int
    other: int
    amount: int


# Requests are mostly brought to their end, so approvals are the most of it.
WHAT = ("ask", "ask", "approve", "approve", "approve", "all", "all", "all", "reject", "object", "withdraw", "hours", "hours")


def walk(seed: int) -> list[Step]:
    """Steps that are nothing alike, which lists that grow from small examples are."""
    lot = Random(seed)
    what = (*WHAT, "look", "role", "limit", "fund")
    begin = [Step("ask", lot.randrange(3), lot.randrange(1, 30), lot.randint(1_00, 25_000_00)) for _ in range(3)]
    return begin + [
        Step(lot.choice(what), lot.randrange(len(ROLES)), lot.randrange(31), lot.randint(1_00, 25_000_00)) for _ in range(25)
    ]


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.integers(0, 2**32))
async def test_treasury_when_anything_happens_agrees_with_the_model(chama: Chama, seed: int) -> None:
    money = {name: value for name, value in RULES.items() if value > 1_000}
    given_rules = {**RULES, **{name: Money(value) for name, value in money.items()}}
    await chama.found(ordinary=3, **given_rules, vote_above=Money(10_000_000_00))
    model = Model(chama.clock.now(), list(ROLES), 100_000_00, dict(RULES))
    requests: list[Request] = []
    before = (await chama.holds(MPESA_UTILITY)).available
    for step in walk(seed):
        await take(chama, model, requests, step)
        await agree(chama, model)
    funded = before - (await chama.holds(MPESA_UTILITY)).available
    assert model.available + model.pending + sum(model.own.values()) == 100_000_00 + funded.minor
    await chama.audit_is_clean()


async def take(chama: Chama, model: Model, requests: list[Request], step: Step) -> None:
    """Do it to both; their answers must be the same."""
    place = step.other % len(requests) if requests else 0
    if step.what in ("approve", "reject", "object", "withdraw", "all") and not requests:
        return
    match step.what:
        case "ask":
            await ask(chama, model, requests, step)
        case "approve" | "reject":
            verdict = "approved" if step.what == "approve" else "rejected"
            expected = model.decide(model.asked[place], step.who, verdict)
            assert await answer(getattr(chama, step.what)(requests[place], chama.persons[step.who])) == expected
        case "all":
            for who in (*model.asked[place].signers, *model.asked[place].padlocks):
                expected = model.decide(model.asked[place], who, "approved")
                assert await answer(chama.approve(requests[place], chama.persons[who])) == expected
        case "object":
            expected = model.object(model.asked[place], step.who)
            assert await answer(chama.object(requests[place], chama.persons[step.who])) == expected
        case "withdraw":
            who = step.who if step.other % 2 else model.asked[place].proposer
            expected = model.withdraw(model.asked[place], who)
            assert await answer(chama.withdraw(requests[place], chama.persons[who])) == expected
        case "hours":
            chama.clock.advance(hours=step.other)
            model.now += timedelta(hours=step.other)
            await look(chama, model)
        case "look":
            await look(chama, model)
        case "role" if step.other < 8 and is_free(model, OTHER_ROLES[step.other % len(OTHER_ROLES)]):
            role = OTHER_ROLES[step.other % len(OTHER_ROLES)]
            model.roles[step.who] = role
            await chama.role(chama.persons[step.who], role)
        case "limit" if step.other < 8:
            model.rules["daily_limit"] = 20_000_00 + step.amount
            await chama.enact(daily_limit=Money(20_000_00 + step.amount))
        case "fund":
            model.available += step.amount
            await chama.fund(treasury(chama.group), Money(step.amount))


def is_free(model: Model, role: str) -> bool:
    """An office has one holder."""
    return role == "member" or role not in model.roles


async def ask(chama: Chama, model: Model, requests: list[Request], step: Step) -> None:
    # Mostly an official asks, so that something happens.
    who, payee = step.who % 3 if step.other % 4 else step.who, step.other % len(ROLES)
    expected = model.ask(who, payee, step.amount)
    asking = chama.ask(Money(step.amount), by=chama.persons[who], to=chama.persons[payee])
    assert await answer(asking) == expected
    if expected != "ok":
        return
    [row] = await chama.rows("SELECT id FROM treasury_requests WHERE dao_id = :d ORDER BY number DESC LIMIT 1", d=chama.group)
    async with chama.database.unit() as uow:
        made = await find_request(uow, request=row.id)
    places = {person.id: place for place, person in enumerate(chama.persons)}
    padlocks = tuple(places[one] for one in made.padlocks)
    free = [place for place, role in enumerate(model.roles) if role == "member" and place not in (who, payee)]
    assert len(padlocks) == min(1, len(free))
    assert set(padlocks) <= set(free)
    model.asked_for(who, payee, step.amount, padlocks)
    requests.append(made)


async def answer(doing: object) -> str:
    try:
        await doing  # type: ignore[misc]
    except CoreError as refused:
        return refused.code
    return "ok"


async def look(chama: Chama, model: Model) -> None:
    await look_after(chama, {})
    model.look()


async def agree(chama: Chama, model: Model) -> None:
    """Every state, and every shilling of the group and its members."""
    async with chama.database.unit() as uow:
        states = text("SELECT status FROM treasury_requests WHERE dao_id = :dao ORDER BY number")
        found = [row.status for row in await uow.session.execute(states, {"dao": chama.group})]
        owners = [treasury(chama.group), *(member_account(person.id) for person in chama.persons)]
        held = await balances(uow, owners)
    assert found == [one.status for one in model.asked]
    group, *own = (held[owner] for owner in owners)
    assert (group.available.minor, group.pending.minor) == (model.available, model.pending)
    assert [one.available.minor for one in own] == [model.own.get(place, 0) for place in range(len(own))]
