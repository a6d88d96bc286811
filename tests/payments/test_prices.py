"""Prices are dated rows that are only ever added, from a file that is taken whole or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.cli.prices import prices
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.settings import Settings, read_settings
from core.payments.deposits import quote_deposit
from core.payments.prices import BadPrices, add_prices, list_prices
from core.payments.withdrawal_quotes import quote_withdrawal

from .desk import Desk

FILE = """
[[fee]]
category = "mpesa_deposit"
basis_points = 200
maximum = 100
platform = 8000
dao = 2000
from = 2026-12-01

[[tariff]]
operation = "b2c"
plan = "registered"
bands = [[1, 1500, 0, 6], [1501, 250000, 0, "14.50"]]
from = 2026-12-01
source = "tariff form of December 2026"

[[tax]]
tax = "excise"
category = "mpesa_deposit"
basis_points = 2000
from = 2027-07-01
source = "Finance Act 2027"

[[limit]]
tier = "basic"
minimum = 10
at_once = 100000
per_day = 200000
per_month = 2000000
from = 2026-12-01
source = "board, 20 November 2026"
"""


async def added(db: Database, content: str) -> list[str]:
    async with db.unit() as uow:
        return await add_prices(uow, content=content)


async def test_prices_of_a_file_begin_on_their_day_and_what_was_before_stays(db: Database, clock: Any) -> None:
    told = await added(db, FILE)

    assert told[0] == (
        "fee mpesa_deposit KES: 200 basis points, at least 0, at most 100, platform/group/protocol 8000/2000/0, from 1/12/26 00:00"
    )
    assert len(told) == 5
    before = clock.now()
    async with db.unit() as uow:
        assert (await quote_deposit(uow, amount=Money(10_000_00), at=before)).fee == Money(250_00)
    # The last moment of November in Nairobi, and the first of December.
    clock.moment = before.replace(month=11, day=30, hour=20, minute=59, second=59)
    for fee, charge in ((Money(250_00), Money(11_00)), (Money(100_00), Money(14_50))):
        async with db.unit() as uow:
            assert (await quote_deposit(uow, amount=Money(10_000_00), at=clock.now())).fee == fee
            assert (await quote_withdrawal(uow, amount=Money(10_000_00))).charge == charge
            assert (await quote_deposit(uow, amount=Money(10_000_00), at=before)).fee == Money(250_00)
        clock.advance(seconds=1)
    async with db.unit() as uow:
        listed = await list_prices(uow)
    assert [one.state for one in listed if one.what == "fee mpesa_deposit KES"] == ["now", "past"]
    assert {one.state for one in listed if one.what.startswith("tariff b2c registered") and "2023" in one.price} == {"past"}
    assert [one.state for one in listed if one.what == "tax excise mpesa_deposit"] == ["later", "now"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("2026-12-01", "2026-11-23", "has begun"),
        ("2026-12-01", '"2026-12-01"', "a day such as"),
        ("basis_points = 200\n", "basis_points = 2.0\n", "whole number"),
        ("maximum = 100", "maximum = 100.5", "shillings"),
        ("dao = 2000", "dao = 3000", "together they are 10000"),
        ("[1501, 250000", "[1600, 250000", "without a gap"),
        ("250000, 0", "200000, 0", "cover 1 to 250000"),
        ("at_once = 100000", "at_once = 300000", "don't shrink"),
        ("[[tax]]", "[[taxes]]", "unknown: taxes"),
        ('category = "mpesa_deposit"', 'kategory = "mpesa_deposit"', "unknown: kategory"),
        ('operation = "b2c"', 'operation = "b2b"', "b2c or c2b"),
        ('source = "Finance Act 2027"', "", "source is missing"),
        ("[[fee]]", "[[fee", "TOML"),
    ],
)
async def test_file_with_anything_wrong_in_it_adds_nothing(db: Database, old: str, new: str, why: str) -> None:
    with pytest.raises(BadPrices, match=why):
        await added(db, FILE.replace(old, new, 1))

    async with db.unit() as uow:
        assert [one for one in await list_prices(uow) if one.state == "later"] == []


async def test_row_that_is_there_can_not_be_added_again_edited_or_deleted(desk: Desk) -> None:
    await added(desk.database, FILE)
    with pytest.raises(BadPrices, match="already, and it stays"):
        await added(desk.database, FILE)

    for table in ("fee_schedules", "mpesa_tariffs", "tax_rates", "withdrawal_limits"):
        for damage in (f"DELETE FROM {table}", f"UPDATE {table} SET valid_from = valid_from - interval '1 day'"):
            with pytest.raises(Exception, match="stays as it is: add one that begins later"):
                async with desk.database.unit() as uow:
                    await uow.session.execute(text(damage))


async def test_command_lists_and_adds_in_the_name_of_somebody_with_an_account(
    desk: Desk, empty_database: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings: Settings = read_settings({"DATABASE_URL": empty_database, "REDIS_URL": redis_url})
    operator = await desk.person()
    file = tmp_path / "prices.toml"
    file.write_text(FILE.replace("2026-12-01", str(date.today() + timedelta(days=40))).replace("2027-07-01", "2099-07-01"))

    assert await prices(settings, action="add", file=str(file), by="0799999999") == 2
    assert await prices(settings, action="add", file=str(tmp_path / "none"), by=operator.phone) == 2
    assert await prices(settings, action="add", file=str(file), by=operator.phone) == 0
    assert await prices(settings, action="add", file=str(file), by=operator.phone) == 2
    assert await prices(settings, action="list", file="", by="") == 0

    said = capsys.readouterr().out
    assert "now   fee mpesa_withdrawal KES: 0 basis points, at least 5" in said
    assert "later tax excise mpesa_deposit: 2000 basis points (Finance Act 2027)" in said
    (event,) = await desk.rows("SELECT user_id FROM security_events WHERE event_type = 'prices_added'")
    assert event.user_id == operator.id
