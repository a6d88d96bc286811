"""Fees are shared out to the last cent, each share is booked where it belongs, and the platform's own queries say the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from core.daos.groups import create_group
from core.kernel.db import Database
from core.kernel.ids import DaoId, IntentId, TimeOrderedIds
from core.kernel.money import Money
from core.ledger.accounts import PLATFORM_FEES, PROTOCOL_FEES, treasury
from core.ledger.batcher import Batcher, connector
from core.payments import corrections

from .counter import Counter
from .desk import Person, new_id
from .fake_payouts import FakePayouts
from .test_reconciliation import RECEIPT, Office

# As the platform has them in its report on the migration, word for word.
REVENUE = """
SELECT 
  fee_category,
  SUM(platform_revenue) as revenue,
  COUNT(*) as transactions
FROM transaction_fees
GROUP BY fee_category
ORDER BY revenue DESC;
"""  # noqa: W291
BALANCES = """
SELECT 
  currency,
  COUNT(DISTINCT user_id) as users,
  SUM(total_balance) as total_locked
FROM user_balances
GROUP BY currency;
"""  # noqa: W291
SHARED = (
    "INSERT INTO fee_schedules (id, category, currency, basis_points, minimum, platform_share, dao_share, protocol_share, valid_from)"
    " VALUES (gen_random_uuid(), :category, 'KES', 333, :minimum, 6000, 3000, 1000, :since)"
)


@pytest.fixture
async def office(db: Database, empty_database: str, clock: Any) -> AsyncIterator[Office]:
    """A day on which three share the fees: 60, 30 and 10 of a hundred."""
    async with db.unit() as uow:
        for category, minimum in (("mpesa_deposit", 0), ("mpesa_withdrawal", 7)):
            await uow.session.execute(text(SHARED), {"category": category, "minimum": minimum, "since": clock.now()})
    async with Batcher(connector(empty_database), clock=clock, ids=TimeOrderedIds()) as batcher:
        yield Office(Counter(db, FakePayouts(clock), clock, batcher))


async def group_of(office: Office, person: Person) -> DaoId:
    async with office.counter.database.unit() as uow:
        return (await create_group(uow, intent=IntentId(new_id()), founder=person.id, name="Umoja")).id


async def pays(office: Office, person: Person, amount: int, receipt: str, group: DaoId | None = None) -> None:
    number = await office.counter.number(person, group)
    office.bank.enters("paybill", amount, receipt, account=number, phone=person.phone, at=office.counter.clock.now())
    await office.counter.confirm(account=number, receipt=receipt, amount=str(amount))
    await office.counter.work()


@pytest.mark.parametrize("amount", [53, 333, 19_999])
async def test_fee_of_a_group_is_shared_with_its_treasury_to_the_last_cent(office: Office, amount: int) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    group = await group_of(office, wanjiru)

    await pays(office, wanjiru, amount, RECEIPT, group)

    fee = Money(amount * 100).percent(333)
    platform, dao, protocol = fee.split([6000, 3000, 1000])
    (row,) = await counter.rows("SELECT * FROM transaction_fees")
    assert (row.fee_amount, row.platform_revenue, row.dao_revenue, row.protocol_revenue) == tuple(
        one.as_decimal() for one in (fee, platform, dao, protocol)
    )
    assert row.dao_id == group
    assert (await counter.holds(PLATFORM_FEES)).available == platform
    assert (await counter.holds(PROTOCOL_FEES)).available == protocol
    # The contribution is what was credited; the group's share of the fee comes on top.
    assert (await counter.holds(treasury(group))).available == Money(amount * 100) - fee + dao
    await counter.audit_is_clean()


async def test_fee_of_a_member_alone_has_no_groups_share_on_the_way_in_and_out(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    await pays(office, wanjiru, 5_000, RECEIPT)
    started = await counter.sent(wanjiru, Money(1_000_00))
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))

    rows = await counter.rows(
        "SELECT fee_category, fee_amount, platform_revenue, dao_revenue, protocol_revenue, tax_amount FROM transaction_fees"
        " WHERE fee_type = 'platform_fee' ORDER BY fee_category"
    )
    # 3.33 % of 5,000 and of 1,000: nine and one parts; excise is 15/115 of it.
    assert [tuple(row) for row in rows] == [
        ("mpesa_deposit", Decimal("166.50"), Decimal("149.85"), Decimal(0), Decimal("16.65"), Decimal("21.72")),
        ("mpesa_withdrawal", Decimal("33.30"), Decimal("29.97"), Decimal(0), Decimal("3.33"), Decimal("4.34")),
    ]
    assert (await counter.holds(PLATFORM_FEES)).available == Money(149_85 + 29_97)
    assert (await counter.holds(PROTOCOL_FEES)).available == Money(16_65 + 3_33)
    await counter.audit_is_clean()


@pytest.mark.parametrize("by", ["statement", "refund"])
async def test_fee_that_is_given_back_leaves_the_group_its_share_and_the_platform_bears_it(office: Office, by: str) -> None:
    counter = office.counter
    wanjiru, one, other = [await counter.person() for _ in range(3)]
    group = await group_of(office, wanjiru)
    await pays(office, wanjiru, 500, RECEIPT, group)
    await pays(office, wanjiru, 1_000, "SGC2B00002")
    if by == "refund":
        async with counter.database.unit() as uow:
            await corrections.request(uow, kind="refund", subject=RECEIPT, by=one.id, reason="x")
        async with counter.database.unit() as uow:
            await corrections.approve(uow, subject=RECEIPT, by=other.id)
    office.bank.enters("reversal", 500, "SGBACK0001", phone=wanjiru.phone, linked=RECEIPT)

    await office.imports()

    fee = Money(500_00).percent(333)
    _, dao, _ = fee.split([6000, 3000, 1000])
    own = Money(1_000_00).percent(333)
    platform, _, protocol = own.split([9000, 0, 1000])
    assert (await counter.holds(treasury(group))).available == Money(500_00) - fee + dao
    assert (await counter.holds(PLATFORM_FEES)).available == platform - dao
    assert (await counter.holds(PROTOCOL_FEES)).available == protocol
    (sums,) = await counter.rows("SELECT sum(platform_revenue) AS platform, sum(fee_amount) AS fees FROM transaction_fees")
    assert (sums.platform, sums.fees) == ((platform - dao).as_decimal(), own.as_decimal())
    await office.held()


async def test_the_platforms_two_queries_are_right_in_shillings(office: Office) -> None:
    counter = office.counter
    wanjiru, otieno = await counter.person(), await counter.person()
    await pays(office, wanjiru, 5_000, RECEIPT)
    await pays(office, otieno, 100, "SGC2B00002")
    await pays(office, otieno, 70, "SGC2B00003")
    office.bank.enters("reversal", 70, "SGBACK0001", linked="SGC2B00003")
    await office.imports()

    revenue, balances = await counter.rows(REVENUE), await counter.rows(BALANCES)

    assert [tuple(row) for row in revenue] == [
        ("mpesa_deposit", Decimal("149.85") + Decimal("3.00") + Decimal("2.10"), 3),
        ("mpesa_deposit_returned", Decimal("-2.10"), 1),
    ]
    assert [tuple(row) for row in balances] == [("KES", 2, Decimal("4833.50") + Decimal("96.67"))]
    assert (await counter.holds(PLATFORM_FEES)).available == Money(152_85)
