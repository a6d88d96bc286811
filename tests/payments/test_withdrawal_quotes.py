"""Prices: the tariff's bands, splitting, limits by day and month, taxes and shares; what leaves is always the sum of what is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.kernel.db import Database
from core.kernel.money import Money
from core.payments.deposits import WholeShillingsOnly
from core.payments.fees import MPESA_WITHDRAWAL, shares_of
from core.payments.models import FeeSchedule
from core.payments.tariff_models import MpesaTariff
from core.payments.tariffs import B2C, BUSINESS_PAYS, PAYBILL, REGISTERED, NoTariff, mpesa_charge, tax_within
from core.payments.withdrawal_limits import USUAL_TIER, NoLimits, WithdrawalAboveLimit, check_size, limits_of, set_tier
from core.payments.withdrawal_quotes import (
    LEAST_PART,
    MOST_PART,
    WithdrawalTooSmall,
    most_withdrawable,
    quote_withdrawal,
    split_amount,
)

from .desk import Desk

SHILLINGS = st.one_of(st.integers(10, 1_000_000), st.sampled_from([10, 100, 101, 1_500, 1_501, 249_999, 250_000, 250_001]))
REAL_DATABASE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def shillings(whole: int) -> Money:
    return Money(whole * 100)


@pytest.mark.parametrize(
    ("amount", "charge"),
    [(10, 0), (100, 0), (101, 5), (1_500, 5), (1_501, 9), (5_000, 9), (5_001, 11), (20_000, 11), (20_001, 13), (250_000, 13)],
)
async def test_charge_when_paid_to_a_phone_is_the_forms_band(db: Database, clock: Any, amount: int, charge: int) -> None:
    async with db.unit() as uow:
        found = await mpesa_charge(uow, operation=B2C, plan=REGISTERED, amount=shillings(amount), at=clock.now())

    assert (found.customer, found.business) == (Money(0), shillings(charge))


@pytest.mark.parametrize(("amount", "total"), [(49, 0), (500, 5), (1_000, 10), (5_000, 34), (45_000, 103), (250_000, 108)])
async def test_charge_at_the_paybill_is_the_same_total_whoever_pays_it(
    db: Database, clock: Any, amount: int, total: int
) -> None:
    async with db.unit() as uow:
        charges = [
            await mpesa_charge(uow, operation=PAYBILL, plan=plan, amount=shillings(amount), at=clock.now())
            for plan in ("customer_pays", "shared", BUSINESS_PAYS)
        ]

    assert {charge.total for charge in charges} == {shillings(total)}
    assert (charges[0].business, charges[2].customer) == (Money(0), Money(0))


async def test_every_whole_amount_lies_in_exactly_one_band_of_each_tariff(db: Database, clock: Any, desk: Desk) -> None:
    gaps = await desk.rows(
        "SELECT t.operation, t.plan, t.lowest FROM mpesa_tariffs t WHERE t.lowest > 1 AND NOT EXISTS (SELECT FROM mpesa_tariffs p"
        " WHERE (p.operation, p.plan) = (t.operation, t.plan) AND p.highest = t.lowest - 1)"
    )
    ends = await desk.rows("SELECT DISTINCT plan, max(highest) AS highest FROM mpesa_tariffs GROUP BY operation, plan")

    assert gaps == []
    assert {row.highest for row in ends} == {Decimal(250_000)}
    async with db.unit() as uow:
        with pytest.raises(NoTariff):
            await mpesa_charge(uow, operation=B2C, plan=REGISTERED, amount=shillings(250_001), at=clock.now())


async def test_tariff_when_a_new_one_begins_leaves_what_was_quoted_before(db: Database, clock: Any) -> None:
    quoted_at = clock.now()
    async with db.unit() as uow:
        uow.session.add(
            MpesaTariff(
                id=uow.ids.new(),
                operation=B2C,
                plan=REGISTERED,
                lowest=Decimal(1),
                highest=Decimal(250_000),
                customer_charge=Decimal(0),
                business_charge=Decimal(20),
                valid_from=quoted_at + timedelta(hours=1),
                source="test",
            )
        )
        uow.session.add(
            FeeSchedule(
                id=uow.ids.new(),
                category=MPESA_WITHDRAWAL,
                currency="KES",
                basis_points=100,
                minimum=Decimal(0),
                valid_from=quoted_at + timedelta(hours=1),
            )
        )
    clock.advance(hours=2)

    async with db.unit() as uow:
        now = await quote_withdrawal(uow, amount=shillings(500))
        then = await quote_withdrawal(uow, amount=shillings(500), at=quoted_at)

    assert (now.fee, now.charge, now.total) == (shillings(5), shillings(20), shillings(525))
    assert (then.fee, then.charge, then.total) == (shillings(5), shillings(5), shillings(510))


@REAL_DATABASE
@given(whole=SHILLINGS, basis_points=st.integers(0, 1000))
@example(whole=250_005, basis_points=0)
@example(whole=500_009, basis_points=333)
async def test_quote_when_any_amount_leaves_exactly_fee_charge_and_what_arrives(
    db: Database, whole: int, basis_points: int
) -> None:
    async with db.unit() as uow:
        row = FeeSchedule(
            id=uow.ids.new(), category=MPESA_WITHDRAWAL, currency="KES", basis_points=basis_points, minimum=Decimal(5),
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        uow.session.add(row)
        await uow.session.flush()
        quote = await quote_withdrawal(uow, amount=shillings(whole))
        charges = [
            await mpesa_charge(uow, operation=B2C, plan=REGISTERED, amount=part.amount, at=uow.clock.now())
            for part in quote.parts
        ]
        fee = shillings(whole).percent(basis_points)
        await uow.session.rollback()

    assert quote.amount == shillings(whole)
    assert quote.fee == max(fee, shillings(5))
    assert [part.charge for part in quote.parts] == [charge.total for charge in charges]
    assert quote.total == quote.amount + quote.fee + quote.charge
    assert sum((part.total for part in quote.parts), Money(0)) == quote.total
    assert all(LEAST_PART <= part.amount <= MOST_PART and not part.amount.minor % 100 for part in quote.parts)
    assert len(quote.parts) == -(-whole // 250_000)


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        (250_000, [250_000]),
        (250_001, [249_991, 10]),
        (250_010, [250_000, 10]),
        (500_000, [250_000, 250_000]),
        (500_003, [250_000, 249_993, 10]),
    ],
)
def test_split_is_as_few_payments_as_mpesa_allows(whole: int, parts: list[int]) -> None:
    assert split_amount(shillings(whole)) == [shillings(part) for part in parts]


async def test_quote_when_mpesa_can_not_send_it_is_refused(db: Database) -> None:
    async with db.unit() as uow:
        with pytest.raises(WithdrawalTooSmall):
            await quote_withdrawal(uow, amount=shillings(9))
        with pytest.raises(WholeShillingsOnly):
            await quote_withdrawal(uow, amount=Money(500_50))


@pytest.mark.parametrize(
    ("available", "most"), [(48750, 477_00), (15_00, 10_00), (14_99, 0), (0, 0), (250_018_00, 250_000_00), (111_00, 101_00)]
)
async def test_most_withdrawable_leaves_less_than_a_shilling_more_would_cost(db: Database, available: int, most: int) -> None:
    async with db.unit() as uow:
        found = await most_withdrawable(uow, available=Money(available))
        assert found == Money(most)
        if found:
            assert (await quote_withdrawal(uow, amount=found)).total <= Money(available)
            assert (await quote_withdrawal(uow, amount=found + shillings(1))).total > Money(available)


async def test_limits_when_the_tier_changes_follow_it_from_then_on(desk: Desk) -> None:
    wanjiru = await desk.person()
    async with desk.database.unit() as uow:
        assert (await limits_of(uow, member=wanjiru.id)).tier == USUAL_TIER
        await set_tier(uow, member=wanjiru.id, tier="none", reason="phone not seen for a year")

    async with desk.database.unit() as uow:
        assert (await limits_of(uow, member=wanjiru.id)).at_once == shillings(13_000)
        with pytest.raises(WithdrawalAboveLimit) as refused:
            await check_size(uow, member=wanjiru.id, amount=shillings(13_001))
        with pytest.raises(NoLimits):
            await set_tier(uow, member=wanjiru.id, tier="platinum", reason="there is none")

    assert (refused.value.period, refused.value.limit) == ("once", shillings(13_000))


@given(
    fee=st.integers(1, 10**9),
    weights=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)).filter(lambda w: sum(w) <= 10_000),
)
@REAL_DATABASE
async def test_fee_when_shared_out_adds_up_to_the_cent(db: Database, fee: int, weights: tuple[int, int]) -> None:
    async with db.unit() as uow:
        row = FeeSchedule(
            id=uow.ids.new(), category="shared", currency="KES", basis_points=0, minimum=Decimal(0),
            platform_share=10_000 - sum(weights), dao_share=weights[0], protocol_share=weights[1],
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        uow.session.add(row)
        await uow.session.flush()
        group = await shares_of(uow, category="shared", fee=Money(fee), at=uow.clock.now(), of_group=True)
        own = await shares_of(uow, category="shared", fee=Money(fee), at=uow.clock.now())
        await uow.session.rollback()

    assert group.platform + group.dao + group.protocol == Money(fee)
    assert (own.platform + own.protocol, own.dao) == (Money(fee), Money(0))


async def test_tax_is_contained_in_the_fee_and_dated(db: Database, clock: Any) -> None:
    before = datetime(2023, 6, 1, tzinfo=UTC)
    async with db.unit() as uow:
        assert await tax_within(uow, category="mpesa_deposit", fee=Money(11_50), at=clock.now()) == Money(1_50)
        assert await tax_within(uow, category="mpesa_deposit", fee=Money(11_50), at=before) == Money(0)
        assert await tax_within(uow, category="contribution", fee=Money(11_50), at=clock.now()) == Money(0)
