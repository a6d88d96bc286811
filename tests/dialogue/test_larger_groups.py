"""A screen asks PostgreSQL as often in a group of twelve as in one of four, however much there is to say of each member."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.daos.calendar import Schedule
from core.daos.contributions import contribute
from core.daos.dues.changing import create_kind
from core.daos.dues.opening import open_charges
from core.daos.loans.asking import ask_for_loan
from core.daos.loans.deciding import decide_loan
from core.daos.loans.funding import decide_funding, propose_funding
from core.daos.loans.reading import live_loan
from core.daos.rotation.jobs import look_at_turns
from core.daos.shares.cycles import buy_shares, start_cycle
from core.daos.welfare.claims import claim
from core.kernel.db import Database
from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from core.ledger.accounts import treasury
from core.providers.redis_store import RedisStore
from core.treasury.asking import ask_payment
from core.treasury.requests import Payee
from tests.asked import count_asked
from tests.conversing import conversation_on
from tests.screen_plays.cast import Cast, Person

SAVED, LENT = Money(20_000_00), Money(3_000_00)
ROLES = ("secretary", "treasurer")
WHY = "=Shule ya msingi, darasa la nne"
# From the screen of the group, for the chair, who sees the most.
WAYS = (
    (),
    ("savings",),
    ("savings", "loans"),
    ("savings", "loans", "decide"),
    ("savings", "loans", "decide", "#1"),
    ("savings", "kinds"),
    ("savings", "kinds", "fine", "other", WHY),
    ("savings", "merry"),
    ("savings", "merry", "pay"),
    ("savings", "merry", "help", "=2"),
    ("savings", "merry", "swap", "ask"),
    ("savings", "shares"),
    ("savings", "shares", "out"),
    ("savings", "welfare"),
    ("savings", "welfare", "decide"),
    ("savings", "welfare", "decide", "#1"),
    ("savings", "mine"),
    ("decisions",),
    ("decisions", "votes"),
    ("decisions", "votes", "#1"),
    ("decisions", "votes", "#1", "more"),
    ("decisions", "treasury"),
    ("decisions", "to_approve"),
    ("decisions", "treasury", "requests", "#1"),
    ("decisions", "treasury", "requests", "#1", "details"),
    ("decisions", "meetings"),
    ("more", "people"),
    ("more", "people", "suspend"),
    ("more", "rules"),
)


@pytest.fixture
async def store(redis_url: str) -> Any:
    kept = RedisStore(redis_url)
    yield kept
    await kept.aclose()


async def test_a_screen_asks_as_often_in_a_large_group_as_in_a_small_one(
    db: Database, store: RedisStore, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    casts = [await a_busy_group(db, store, vault, place=place, count=count) for place, count in ((7, 4), (8, 12))]
    asked = count_asked(monkeypatch)
    more = {}
    for way in WAYS:
        small, large = [await most_asked(cast, way, asked) for cast in casts]
        assert small, way
        if small != large:
            more[way] = small, large

    assert more == {}


async def most_asked(cast: Cast, way: tuple[str, ...], asked: dict[str, list[int]]) -> dict[str, int]:
    """How often the chair's hops on this way ask, by where they lead; the second time, since the first may have to write."""
    for _ in range(2):
        asked.clear()
        await cast.people["chair"].group(*way)
    return {place: max(counts) for place, counts in asked.items()}


async def a_busy_group(database: Database, store: RedisStore, vault: Vault, *, place: int, count: int) -> Cast:
    """Everybody owes, saves, has a hand and shares; all but two officials have loans; there is something of each sort to decide."""
    conversation = conversation_on(database, store, PinHasher(vault), paybill="4082451")
    cast = Cast(database, store, vault, conversation, "en", "ordinary", place)
    chair = await cast.enrolled("chair")
    await cast.found("main", by=chair, loan_guarantors=0)
    for number in range(count - 1):
        await cast.enrolled(f"member {number}", role=ROLES[number] if number < len(ROLES) else "member")
    everybody = list(cast.people.values())
    for one in everybody:
        await act(cast, contribute, member=one.member, amount=SAVED)
    await lend(cast, everybody)
    await owe(cast, chair)
    await go_round(cast, everybody)
    await act(cast, start_cycle, official=chair.member)
    for one in everybody:
        await act(cast, buy_shares, member=one.member, shares=2)
    outside = Payee("Mama Mboga", phone=Phone("+254711000111"))
    for one in everybody[1:]:
        await act(cast, claim, member=one.member, benefit="bereavement", amount=Money(500_00), reason=WHY[1:])
        about = {"amount": Money(1_000_00), "payee": outside, "reason": WHY[1:]}
        await act(cast, ask_payment, member=everybody[2].member, **about)
    await chair.group("decisions", "votes", "new", "poll", WHY, "=Jumamosi, Jumapili", "yes", "PIN")
    return cast


async def act(cast: Cast, verb: Any, **about: Any) -> Any:
    """What an official or a member does in the group, in a unit of its own."""
    async with cast.database.unit() as uow:
        return await verb(uow, intent=IntentId(uow.ids.new()), group=cast.groups["main"], **about)


async def lend(cast: Cast, people: list[Person]) -> None:
    """The chair's own loan runs, and every other one; the rest is asked for."""
    chair, treasurer = cast.people["chair"], people[2]
    await cast.give(treasury(cast.groups["main"]), Money(90_000_00))
    moved = await act(cast, propose_funding, official=chair.member, amount=Money(90_000_00), direction="in")
    if not moved.done:
        async with cast.database.unit() as uow:
            await decide_funding(uow, funding=moved.id, official=treasurer.member, agrees=True)
    for place, one in enumerate(people):
        loan = await act(cast, ask_for_loan, member=one.member, amount=LENT, months=3)
        for official in people[:3]:
            # Of some of the others the chair alone has said yes.
            if official is one or (place % 2 and not (place % 4 == 3 and official is chair)):
                continue
            async with cast.database.unit() as uow:
                if (await live_loan(uow, group=cast.groups["main"], member=one.member)).status == "asked":  # type: ignore[union-attr]
                    await decide_loan(uow, loan=loan.id, official=official.member, agrees=True)


async def owe(cast: Cast, chair: Person) -> None:
    """A contribution of each member is open."""
    about = {"purpose": "treasury", "schedule": Schedule("weekly", 3), "amount": Money(200_00)}
    await act(cast, create_kind, official=chair.member, name="Pamoja", **about)
    cast.clock.advance(days=7)
    async with cast.database.unit() as uow:
        await open_charges(uow, group=cast.groups["main"])


async def go_round(cast: Cast, people: list[Person]) -> None:
    """Everybody has a hand of a round that runs."""
    chair = cast.people["chair"]
    await chair.group("savings", "merry", "start", "=200", "yes", "PIN")
    for one in people:
        await one.group("savings", "merry", "take", "yes", "PIN")
    await chair.group("savings", "merry", "close", "yes", "PIN")
    cast.clock.advance(hours=25)
    await look_at_turns(SimpleNamespace(database=cast.database), {})  # type: ignore[arg-type]
