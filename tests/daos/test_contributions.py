from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text

from core.daos.contributions import AmountTooSmall, Contribution, contribute, group_summary
from core.daos.groups import Group, NotAMember, create_group, join
from core.daos.models import ContributionRow
from core.kernel.db import Database
from core.kernel.ids import DaoId, IntentId, MemberId, reference
from core.kernel.money import Money
from core.ledger.accounts import member_account, treasury
from core.ledger.service import InsufficientFunds, KeyReused, balances, entries

from .people import new_id, new_intent, shillings, someone


async def found(db: Database, *members: MemberId, name: str = "Umoja") -> Group:
    async with db.unit() as uow:
        group = await create_group(uow, intent=new_intent(), founder=members[0], name=name)
        for member in members[1:]:
            await join(uow, member=member, group=group.id)
    return group


async def give(db: Database, member: MemberId, group: Group, amount: Money, intent: IntentId | None = None) -> Contribution:
    async with db.unit() as uow:
        return await contribute(uow, intent=intent or new_intent(), member=member, group=group.id, amount=amount)


async def rows(db: Database) -> int:
    async with db.unit() as uow:
        return await uow.session.scalar(select(func.count()).select_from(ContributionRow)) or 0


async def test_contribute_when_money_is_there_moves_it_and_says_where_it_is(db: Database) -> None:
    amina = await someone(db, money=Money(48750))
    group = await found(db, amina)

    made = await give(db, amina, group, shillings(200))

    assert (made.group_name, made.amount, made.balance) == ("Umoja", shillings(200), Money(28750))
    assert (made.group_total, made.contributed) == (shillings(200), shillings(200))
    async with db.unit() as uow:
        line = (await entries(uow, treasury(group.id), limit=1))[0]
        row = (await uow.session.execute(select(ContributionRow))).scalar_one()
    assert (line.kind, line.amount, line.transfer) == ("contribution", shillings(200), row.transfer_id)
    assert (row.id, row.user_id, row.dao_id, row.currency) == (made.id, amina, group.id, "KES")
    assert made.reference == reference(row.transfer_id)


async def test_contribute_when_cents_are_given_takes_them(db: Database) -> None:
    amina = await someone(db, money=Money(48750))
    group = await found(db, amina)

    made = await give(db, amina, group, Money(48750))

    assert (made.balance, made.group_total) == (shillings(0), Money(48750))


async def test_contribute_when_repeated_gives_once(db: Database) -> None:
    amina, intent = await someone(db, money=shillings(500)), new_intent()
    group = await found(db, amina)

    first = await give(db, amina, group, shillings(200), intent)
    again = await give(db, amina, group, shillings(200), intent)

    assert first == again
    assert await rows(db) == 1


async def test_contribute_when_sent_twenty_times_at_once_gives_once(db: Database) -> None:
    amina, intent = await someone(db, money=shillings(500)), new_intent()
    group = await found(db, amina)

    answers = await asyncio.gather(*(give(db, amina, group, shillings(200), intent) for _ in range(20)))

    assert len(set(answers)) == 1
    assert answers[0].balance == shillings(300)
    assert await rows(db) == 1


@pytest.mark.parametrize("other", ["amount", "group", "member"])
async def test_contribute_when_intent_stood_for_another_contribution_is_refused(db: Database, other: str) -> None:
    amina, juma = await someone(db, money=shillings(500)), await someone(db, money=shillings(500))
    group, intent = await found(db, amina, juma), new_intent()
    second = await found(db, amina, name="Harambee")
    await give(db, amina, group, shillings(200), intent)

    with pytest.raises(KeyReused):
        await give(
            db,
            juma if other == "member" else amina,
            second if other == "group" else group,
            shillings(201 if other == "amount" else 200),
            intent,
        )

    assert await rows(db) == 1


async def test_contribute_when_one_intent_races_with_two_amounts_gives_one_of_them(db: Database) -> None:
    amina, intent = await someone(db, money=shillings(500)), new_intent()
    group = await found(db, amina)

    answers = await asyncio.gather(
        *(give(db, amina, group, shillings(100 + n % 2), intent) for n in range(10)), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Contribution"] * 5 + ["KeyReused"] * 5
    assert await rows(db) == 1


@pytest.mark.parametrize("amount", [0, 1, 99, -100, -50000])
async def test_contribute_when_less_than_a_shilling_is_refused(db: Database, amount: int) -> None:
    amina = await someone(db, money=shillings(500))
    group = await found(db, amina)

    with pytest.raises(AmountTooSmall) as refused:
        await give(db, amina, group, Money(amount))

    assert refused.value.low == shillings(1)
    assert await rows(db) == 0


async def test_contribute_when_balance_is_short_says_what_is_there_and_the_unit_goes_on(db: Database) -> None:
    amina = await someone(db, money=Money(19999))
    group = await found(db, amina)

    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds) as refused:
            await contribute(uow, intent=new_intent(), member=amina, group=group.id, amount=shillings(200))
        smaller = await contribute(uow, intent=new_intent(), member=amina, group=group.id, amount=shillings(199))

    assert refused.value.available == Money(19999)
    assert smaller.balance == Money(99)
    assert await rows(db) == 1


async def test_contribute_when_not_a_member_is_refused(db: Database) -> None:
    group, stranger = await found(db, await someone(db)), await someone(db, money=shillings(500))

    with pytest.raises(NotAMember):
        await give(db, stranger, group, shillings(1))
    async with db.unit() as uow:
        with pytest.raises(NotAMember):
            await contribute(uow, intent=new_intent(), member=stranger, group=DaoId(new_id()), amount=shillings(1))

    async with db.unit() as uow:
        held = await balances(uow, [member_account(stranger), treasury(group.id)])
    assert [held[account].total for account in held] == [shillings(500), shillings(0)]


async def test_contribute_when_many_pay_one_group_at_once_adds_up(db: Database) -> None:
    people = [await someone(db, money=shillings(50)) for _ in range(12)]
    group = await found(db, *people)

    await asyncio.gather(*(give(db, person, group, Money(1001)) for person in people))

    async with db.unit() as uow:
        seen = await group_summary(uow, viewer=people[0], group=group.id)
    assert (seen.total, seen.contributed, seen.members) == (Money(12012), Money(1001), 12)


async def test_contribute_when_unit_rolls_back_leaves_nothing(db: Database) -> None:
    amina, intent = await someone(db, money=shillings(500)), new_intent()
    group = await found(db, amina)

    async def interrupted() -> None:
        async with db.unit() as uow:
            await contribute(uow, intent=intent, member=amina, group=group.id, amount=shillings(200))
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await interrupted()

    assert await rows(db) == 0
    assert (await give(db, amina, group, shillings(200), intent)).balance == shillings(300)


async def test_group_summary_when_viewer_gave_to_two_groups_counts_each_apart(db: Database) -> None:
    amina, juma = await someone(db, money=shillings(500)), await someone(db, money=shillings(500))
    umoja, harambee = await found(db, amina, juma), await found(db, amina, name="Harambee")
    await give(db, amina, umoja, shillings(100))
    await give(db, amina, umoja, shillings(50))
    await give(db, juma, umoja, shillings(30))
    await give(db, amina, harambee, shillings(7))

    async with db.unit() as uow:
        seen = await group_summary(uow, viewer=amina, group=umoja.id)
        with pytest.raises(NotAMember):
            await group_summary(uow, viewer=juma, group=harambee.id)
        shown = await uow.session.scalar(
            text("SELECT total_balance FROM dao_treasuries WHERE dao_id = :dao"), {"dao": umoja.id}
        )

    assert (seen.group.name, seen.total, seen.contributed, seen.members) == ("Umoja", shillings(180), shillings(150), 2)
    assert shown == 180
