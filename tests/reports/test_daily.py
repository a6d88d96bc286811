"""The operator's daily report: what it says, that it is made and sent once, and that it stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import text

from core.cli.report import report
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database
from core.kernel.settings import Settings, read_settings
from core.payments import corrections
from core.reports.daily import publish_daily, yesterday
from core.reports.daily_figures import Day
from core.reports.daily_text import headline, lines_of
from core.reports.jobs import report_day
from tests.payments.counter import Counter
from tests.payments.fake_payouts import FakePayouts
from tests.payments.test_reconciliation import RECEIPT, Office, paid_in, withdrawn

# The books write down themselves when they change, so the day is that of the machine; early enough in it for all that happens.
TODAY = Day(datetime.now(UTC).astimezone(EAST_AFRICA).date())


@pytest.fixture
def office(db: Database, clock: Any) -> Office:
    clock.moment = TODAY.since + timedelta(hours=1)
    return Office(Counter(db, FakePayouts(clock), clock))


async def a_day(office: Office) -> None:
    """Two payments to a member, one to nobody, one withdrawal, a row that fits nothing; all in the statement but one payment."""
    counter = office.counter
    wanjiru, otieno, operator = [await counter.person() for _ in range(3)]
    office.bank.enters("float", 10_000, "SGFLOAT001")
    await paid_in(office, wanjiru, 2_000, RECEIPT)
    counter.clock.advance(minutes=10)
    await counter.confirm(account="chama", receipt="SGC2B00002", amount="70")
    await counter.work()
    counter.clock.advance(minutes=10)
    await withdrawn(office, wanjiru, 500, "SGSENT0001")
    office.bank.enters("payout", 30, "SGSENT0009")
    await office.imports()
    counter.clock.advance(hours=4)
    await paid_in(office, otieno, 300, "SGC2B00003")
    async with counter.database.unit() as uow:
        await corrections.request(uow, kind="refund", subject="SGC2B00003", by=operator.id, reason="paid twice")


async def test_report_tells_what_came_and_went_what_is_open_and_what_the_day_earned(office: Office) -> None:
    counter = office.counter
    await a_day(office)
    counter.clock.advance(hours=20)

    async with counter.database.unit() as uow:
        row = await publish_daily(uow, day=TODAY)

    data = row.report_data
    assert data["received"] == {"count": 3, "sum": "KES 2,370", "matched": 1}
    assert data["suspense"]["payments"] == [
        {"receipt": "SGC2B00002", "amount": "KES 70", "hours": 24, "why": "unknown account"}
    ]
    assert (data["payouts"]["paid"], data["payouts"]["sum"], data["payouts"]["open"]) == (1, "KES 500", 0)
    assert {one["category"]: one["sum"] for one in data["fees"]} == {
        "mpesa_deposit": "KES 57.50",
        "mpesa_withdrawal": "KES 5",
        "mpesa_charge": "KES 5",
    }
    assert data["charges"] == {"booked": "KES 5", "recovered": "KES 5"}
    assert [(one["receipt"], one["why"]) for one in data["differences"]] == [("SGSENT0009", "no payment of ours")]
    assert [one["subject"] for one in data["corrections"]] == ["SGC2B00003"]
    # 57.50 and 5 of our own, 5 towards M-Pesa's charge of 5.
    assert (row.total_revenue, row.total_expenses, row.net_profit) == (Decimal("67.50"), Decimal(5), Decimal("62.50"))
    # 10,000 of the operator's own went from the bank to M-Pesa; 2,370 came, 500 went and 5 are owed for it.
    assert row.total_assets == Decimal(2_370 - 500 - 5)
    assert row.total_assets == row.total_liabilities + row.equity
    assert row.equity == Decimal("62.50")
    said = "\n".join(lines_of(data))
    assert headline(data) == "2 differences"
    assert "+2547" not in said
    assert "DIFFERENT payout SGSENT0009 KES -30" in said
    assert "waits: refund of SGC2B00003 KES 300 (requested)" in said


async def test_payout_of_which_mpesa_told_no_time_counts_on_the_day_on_which_we_heard_of_it(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.rich()
    await withdrawn(office, wanjiru, 500, "SGSENT0001", stated=False, timed=False)
    counter.clock.advance(hours=24)

    async with counter.database.unit() as uow:
        data = (await publish_daily(uow, day=TODAY)).report_data

    assert (data["payouts"]["paid"], data["payouts"]["sum"]) == (1, "KES 500")


async def test_report_is_made_once_sent_once_and_a_second_look_is_another_version(office: Office) -> None:
    counter = office.counter
    await a_day(office)
    counter.clock.advance(days=1)
    counter.settings = replace(counter.settings, operator_emails=("books@example.org", "chair@example.org"))

    for _ in range(2):
        await report_day(cast("Any", counter), {})

    mails = await counter.rows("SELECT to_email, subject FROM email_delivery_log ORDER BY to_email")
    assert [mail.to_email for mail in mails] == ["books@example.org", "chair@example.org"]
    assert mails[0].subject == f"Mtaa payments {TODAY.date}: 2 differences"
    await office.imports("daily")
    async with counter.database.unit() as uow:
        again = await publish_daily(uow, day=TODAY, again=True)
    assert (again.version, again.report_data["received"]["matched"]) == (2, 2)
    assert [row.version for row in await counter.rows("SELECT version FROM financial_reports ORDER BY version")] == [1, 2]
    for damage in (
        "DELETE FROM financial_reports",
        "UPDATE financial_reports SET status = 'draft'",
        "UPDATE financial_reports SET notes = '', net_profit = 1",
    ):
        with pytest.raises(Exception, match=r"stays as it was|net_profit"):
            async with counter.database.unit() as uow:
                await uow.session.execute(text(damage))


async def test_day_is_east_africas_and_one_that_is_not_over_has_no_report(office: Office, clock: Any) -> None:
    # 21:30 UTC is half past midnight in Nairobi.
    clock.moment = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    assert yesterday(clock.now()) == Day(date(2026, 11, 23))
    assert Day(date(2026, 11, 23)).since == datetime(2026, 11, 22, 21, tzinfo=UTC)
    clock.moment = TODAY.until
    assert TODAY.until - TODAY.since == timedelta(days=1)
    async with office.counter.database.unit() as uow:
        assert headline((await publish_daily(uow, day=TODAY)).report_data) == "no statement yet"
        with pytest.raises(ValueError, match="isn't over"):
            await publish_daily(uow, day=Day(TODAY.date + timedelta(days=1)))


async def test_command_prints_the_report_and_says_by_its_code_whether_something_differs(
    office: Office, empty_database: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings: Settings = read_settings({"DATABASE_URL": empty_database, "REDIS_URL": redis_url})
    await a_day(office)

    assert await report(settings, day="someday", again=False) == 2
    assert "such as 2026-11-23" in capsys.readouterr().err
    assert await report(settings, day="2026-11-20", again=False) == 1
    assert "no payment of ours" in capsys.readouterr().out
