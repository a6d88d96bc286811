"""The welfare kitty: paid by the table, on others' word, within the year, and never twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.daos.calendar import Schedule
from core.daos.constitutions import enact
from core.daos.contributions import contribute
from core.daos.dues.changing import create_kind
from core.daos.dues.jobs import tend_dues
from core.daos.people import NotYourRole
from core.daos.rules import Rules
from core.daos.welfare.claims import claim, open_claims
from core.daos.welfare.deciding import decide, decide_by_vote
from core.daos.welfare.errors import ClaimIsOpen, KittyShort, NoClaim, NotABenefit, OwnClaim, StillWaiting, YearUsed
from core.daos.welfare.kitty import kitty_of, pay_welfare
from core.identity.signing import SignsLater
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.ledger.accounts import pot
from core.ledger.service import KeyReused
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings
from tests.daos.shares.test_shares import Savers
from tests.identity.people import recovered, swapped

RULES = replace(Rules(), welfare_waiting_days=0, approvals=2, welfare_floor=shillings(3_000))


async def ask(savers: Savers, member: int, amount: Money, benefit: Any = "hospital", intent: Any = None) -> Any:
    async with savers.db.unit() as uow:
        return await claim(
            uow,
            intent=intent or new_intent(),
            member=savers.members[member],
            group=savers.group.id,
            benefit=benefit,
            amount=amount,
            reason="  a broken   leg ",
        )


async def say(savers: Savers, official: int, made: Any, *, approves: bool = True) -> Any:
    async with savers.db.unit() as uow:
        return await decide(uow, official=savers.members[official], group=savers.group.id, claim=made.id, approves=approves)


async def pay_in(savers: Savers, member: int, amount: Money, intent: Any = None) -> Any:
    async with savers.db.unit() as uow:
        return await pay_welfare(
            uow, intent=intent or new_intent(), member=savers.members[member], group=savers.group.id, amount=amount
        )


async def test_welfare_is_paid_once_per_intent(db: Database, clock: FakeClock) -> None:
    savers, intent = await Savers.found(db, clock, rules=RULES), new_intent()

    made = await asyncio.gather(*(pay_in(savers, 3, shillings(100), intent) for _ in range(8)))

    assert {one.total for one in made} == {shillings(100)}
    assert [one.repeated for one in made].count(False) == 1
    with pytest.raises(KeyReused):
        await pay_in(savers, 3, shillings(101), intent)


async def test_what_she_paid_in_is_what_she_gave_and_her_contributions_for_welfare(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    group, hers = savers.group.id, savers.members[3]
    async with db.unit() as uow:
        kind = {"name": "Welfare", "purpose": "welfare", "schedule": Schedule("weekly", 7), "amount": shillings(100)}
        await create_kind(uow, intent=new_intent(), group=group, official=savers.members[0], **kind)  # type: ignore[arg-type]
    await tend_dues(savers, {"group": str(group)})
    async with db.unit() as uow:
        await contribute(uow, intent=new_intent(), member=hers, group=group, amount=shillings(100))
    await pay_in(savers, 3, shillings(50))

    async with db.unit() as uow:
        kitty = await kitty_of(uow, viewer=hers, group=group)
        assert (kitty.total, kitty.mine) == (shillings(150), shillings(150))
        assert (await kitty_of(uow, viewer=savers.members[2], group=group)).mine == Money(0)


async def test_a_claim_is_paid_on_two_officials_word_and_all_are_told(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    await savers.give(pot(savers.group.id, "welfare"), shillings(6_000))
    made = await ask(savers, 3, shillings(4_000))
    assert (made.reason, made.needed, made.number) == ("a broken leg", 2, 1)
    with pytest.raises(ClaimIsOpen):
        await ask(savers, 3, shillings(10))
    with pytest.raises(NotYourRole):
        await say(savers, 3, made)

    assert await say(savers, 0, made) == "waiting"
    assert await say(savers, 0, made) == "waiting"
    assert await say(savers, 1, made) == "paid"

    assert await savers.money(3) == [shillings(9_000)]
    told = await savers.sql("SELECT DISTINCT message FROM sms_delivery_log WHERE template = 'welfare_paid'")
    assert told == [("Umoja welfare: KES 4,000 to M. D (Hospital). By M. A, M. B. Fund: KES 2,000.",)]
    low = await savers.sql("SELECT count(*) FROM sms_delivery_log WHERE template = 'welfare_low'")
    assert low == [(4,)]
    with pytest.raises(NoClaim):
        await say(savers, 2, made)
    for _ in range(3):
        again = await ask(savers, 3, shillings(5_000))
        await savers.give(pot(savers.group.id, "welfare"), shillings(5_000))
        await say(savers, 0, again)
        await say(savers, 1, again)
    with pytest.raises(YearUsed) as refused:
        await ask(savers, 3, shillings(5_000))
    assert refused.value.left == shillings(1_000)
    clock.advance(days=366)
    await ask(savers, 3, shillings(5_000))


async def test_u10_an_official_whose_sim_was_swapped_says_no_but_not_yes(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    await savers.give(pot(savers.group.id, "welfare"), shillings(6_000))
    made = await ask(savers, 3, shillings(4_000))
    await swapped(db, savers.members[0], ago=timedelta(hours=2))
    with pytest.raises(SignsLater):
        await say(savers, 0, made)
    assert await say(savers, 0, made, approves=False) == "waiting"


async def test_u10_an_approval_does_not_count_while_the_sim_of_whoever_gave_it_was_swapped_since(
    db: Database, clock: FakeClock
) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    await savers.give(pot(savers.group.id, "welfare"), shillings(6_000))
    made = await ask(savers, 3, shillings(4_000))
    await say(savers, 0, made)
    await swapped(db, savers.members[0], ago=timedelta(hours=2))

    assert await say(savers, 1, made) == "waiting"
    async with db.unit() as uow:
        assert [one.id for one in await open_claims(uow, official=savers.members[1], group=savers.group.id)] == [made.id]
    clock.advance(hours=71)
    assert await say(savers, 1, made) == "paid"


async def test_an_official_whose_account_was_recovered_since_approves_again_after_the_hold(
    db: Database, clock: FakeClock
) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    await savers.give(pot(savers.group.id, "welfare"), shillings(6_000))
    made = await ask(savers, 3, shillings(4_000))
    await say(savers, 0, made)
    clock.advance(minutes=1)
    await recovered(db, savers.members[0])

    with pytest.raises(SignsLater):
        await say(savers, 0, made)
    clock.advance(hours=72)
    async with db.unit() as uow:
        assert [one.id for one in await open_claims(uow, official=savers.members[0], group=savers.group.id)] == [made.id]
    assert [await say(savers, 0, made) for _ in range(3)] == ["waiting"] * 3, "hers is one word however often she says it"
    async with db.unit() as uow:
        assert await open_claims(uow, official=savers.members[0], group=savers.group.id) == []
    assert await say(savers, 1, made) == "paid"


async def test_an_official_decides_on_others_claims_only_and_the_rest_decide_on_hers(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=replace(RULES, approvals=3))
    await savers.give(pot(savers.group.id, "welfare"), shillings(6_000))
    made = await ask(savers, 0, shillings(1_000), "birth")
    assert made.needed == 2
    async with db.unit() as uow:
        assert await open_claims(uow, official=savers.members[0], group=savers.group.id) == []
        assert [one.id for one in await open_claims(uow, official=savers.members[1], group=savers.group.id)] == [made.id]
    with pytest.raises(OwnClaim):
        await say(savers, 0, made)
    assert await say(savers, 1, made) == "waiting"
    assert await say(savers, 2, made, approves=False) == "refused"
    assert await savers.held(pot(savers.group.id, "welfare")) == shillings(6_000)


async def test_a_claim_is_bound_by_the_table_the_waiting_time_and_the_kitty(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=replace(RULES, welfare_waiting_days=90, welfare_wedding=shillings(0)))
    with pytest.raises(StillWaiting):
        await ask(savers, 3, shillings(100))
    clock.advance(days=91)
    with pytest.raises(NotABenefit):
        await ask(savers, 3, shillings(5_001))
    with pytest.raises(NotABenefit):
        await ask(savers, 3, shillings(1), "wedding")
    made = await ask(savers, 3, shillings(5_000))
    await savers.give(pot(savers.group.id, "welfare"), shillings(4_999))
    await say(savers, 0, made)
    with pytest.raises(KittyShort):
        await say(savers, 1, made)
    await savers.give(pot(savers.group.id, "welfare"), shillings(1))
    assert await say(savers, 1, made) == "paid"
    assert await savers.held(pot(savers.group.id, "welfare")) == shillings(0)


async def test_a_claim_when_many_approve_at_once_is_paid_once(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    await savers.give(pot(savers.group.id, "welfare"), shillings(20_000))
    made = await ask(savers, 3, shillings(2_000))

    answers = await asyncio.gather(*(say(savers, n % 3, made) for n in range(12)), return_exceptions=True)

    assert answers.count("paid") == 1
    assert await savers.money(3) == [shillings(7_000)]
    for damage in ("amount = 1", "user_id = (SELECT founder FROM daos)", "status = 'refused', transfer_id = NULL"):
        with pytest.raises(DBAPIError, match="stands"):
            await savers.sql(f"UPDATE welfare_claims SET {damage}")


async def test_one_official_alone_decides_only_where_the_rules_say_that_one_is_enough(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    await savers.give(pot(savers.group.id, "welfare"), shillings(2_000))
    async with db.unit() as uow:
        alone = "UPDATE dao_memberships SET role = 'member' WHERE role IN ('secretary', 'treasurer')"
        await uow.session.execute(text(alone))

    made = await ask(savers, 3, shillings(500))
    assert made.needed == 0, "the members decide"
    async with db.unit() as uow:
        assert await open_claims(uow, official=savers.members[0], group=savers.group.id) == []
    with pytest.raises(NoClaim):
        await say(savers, 0, made)

    async with db.unit() as uow:
        enough = replace(RULES, approvals=1)
        await enact(uow, group=savers.group.id, rules=enough, in_force_from=uow.clock.now(), because="the test")
    assert (await ask(savers, 2, shillings(500))).needed == 1


async def test_a_claim_that_no_other_official_can_decide_goes_to_the_vote(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, count=1, rules=RULES)
    await savers.give(pot(savers.group.id, "welfare"), shillings(2_000))
    made = await ask(savers, 0, shillings(500))
    assert made.needed == 0
    async with db.unit() as uow:
        assert await decide_by_vote(uow, group=savers.group.id, claim=made.id, passed=True, because="vote 7") == "paid"

    lapsing = await ask(savers, 0, shillings(500))
    # Two votes with their hours, and two weeks.
    clock.advance(days=22)
    async with db.unit() as uow:
        with pytest.raises(NoClaim):
            await decide_by_vote(uow, group=savers.group.id, claim=lapsing.id, passed=True, because="vote 8")
    async with db.unit() as uow:
        kitty = await kitty_of(uow, viewer=MemberId(savers.members[0]), group=savers.group.id)
    assert (kitty.total, kitty.left) == (shillings(1_500), shillings(19_500))
