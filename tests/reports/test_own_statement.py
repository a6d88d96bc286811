"""A member's own statement: to the cent what the books hold for her, each line with a code that leads to its check."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from core.daos.contributions import contribute
from core.daos.groups import create_group
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import catalogue, text
from core.ledger.accounts import member_account
from core.ledger.service import balance, hold
from core.monitoring.receipt_codes import check_receipt, write_receipt_codes
from core.reports.group.pages import FONT, Pages, fitted
from core.reports.own.chart import as_chart
from core.reports.own.figures import Line, Month, OwnStatement, own_statement
from core.reports.own.pages import as_pdf
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings, someone
from tests.extremes import LARGEST, LONGEST_NAME
from tests.ledger.books import seal_everything


@pytest.fixture
async def amina(db: Database, clock: FakeClock) -> MemberId:
    """She had 5,000 two years ago, put 1,000 into a group two months ago and 500.25 more now, and 100 are set aside."""
    clock.advance(days=-730)
    member = await someone(db, "Amina Wanjiru", money=shillings(5_000))
    async with db.unit() as uow:
        group = (await create_group(uow, intent=new_intent(), founder=member, name="Umoja")).id
    clock.advance(days=670)
    for amount, days in ((Money(1_000_00), 60), (Money(500_25), 0)):
        async with db.unit() as uow:
            await contribute(uow, intent=new_intent(), member=member, group=group, amount=amount)
        clock.advance(days=days)
    async with db.unit() as uow:
        await hold(uow, intent=new_id(), kind="withdrawal", account=member_account(member), amount=shillings(100))
    return member


async def read(db: Database, member: MemberId) -> OwnStatement:
    async with db.unit() as uow:
        return await own_statement(uow, member=member)


async def test_lines_chart_and_books_agree_to_the_cent(db: Database, amina: MemberId) -> None:
    found = await read(db, amina)
    async with db.unit() as uow:
        held = await balance(uow, member_account(amina))

    assert found.closing == held.total == Money(3_499_75)
    assert found.opening + sum((line.amount for line in found.lines), start=Money(0)) == found.closing
    assert [line.amount for line in found.lines] == [Money(-1_000_00), Money(-500_25)], "setting aside is no movement"
    assert [(month.own, month.saved) for month in found.months[-4:]] == [
        (shillings(5_000), Money(0)),
        (shillings(4_000), shillings(1_000)),
        (shillings(4_000), shillings(1_000)),
        (Money(3_499_75), Money(1_500_25)),
    ]
    assert len(found.months) == 12


async def test_every_code_leads_to_the_check_of_its_line(db: Database, amina: MemberId) -> None:
    await seal_everything(db)
    async with db.unit() as uow:
        await write_receipt_codes(uow)
    for line in (await read(db, amina)).lines:
        async with db.unit() as uow:
            (checked,) = await check_receipt(uow, code=line.code)
        assert (checked.holds, checked.amount, checked.initials) == (True, -line.amount, "A. W.")


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_pages_hold_every_figure(db: Database, amina: MemberId, language: str, tmp_path: Path) -> None:
    found = await read(db, amina)
    document = tmp_path / "statement.pdf"
    document.write_bytes(as_pdf(found, language=language, link=f"https://t.me/bot?start=check_{found.lines[-1].code}"))
    if shutil.which("pdftotext") is None:
        return  # without poppler only the file's form is looked at
    ran = subprocess.run(["pdftotext", "-layout", document, "-"], check=True, capture_output=True, text=True, timeout=30)
    said = ran.stdout

    for expected in ("Amina Wanjiru", "-1,000.00", "-500.25", "5,000.00", "3,499.75", *(line.code for line in found.lines)):
        assert expected in said


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_chart_is_a_small_picture_with_bars(db: Database, amina: MemberId, language: str) -> None:
    png = as_chart(await read(db, amina), language=language)
    picture = Image.open(io.BytesIO(png)).convert("RGB")

    assert len(png) < 30_000
    assert {picture.getpixel((70, 600)), picture.getpixel((660, 600))} == {(11, 93, 59)}


async def test_who_never_had_anything_gets_an_empty_statement(db: Database) -> None:
    found = await read(db, await someone(db, "Baraka", money=Money(0)))

    assert found.lines == ()
    assert as_chart(found, language="sw").startswith(b"\x89PNG")
    assert as_pdf(found, language="sw").startswith(b"%PDF")


def test_a_cell_stays_within_its_column() -> None:
    pdf = Pages(format="A4")
    pdf.add_page()
    for words in ("Umoja", LONGEST_NAME, "W" * 40):
        pdf.set_font(FONT, "B", 16)
        shown = fitted(pdf, words, 94)
        assert pdf.get_string_width(shown) <= 94
        assert shown == words or shown.endswith("...")
        assert (pdf.font_size_pt < 16) == (words != "Umoja")


@pytest.mark.parametrize("language", ["en", "sw"])
def test_every_page_says_what_its_columns_are(language: str, tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    lines = (Line(at, "merry_payout", LARGEST, LARGEST, "7K39QFAB"),) * 60
    months = (Month(date(2026, 11, 1), LARGEST, LARGEST),) * 12
    found = OwnStatement(LONGEST_NAME, date(2025, 12, 1), date(2026, 11, 23), LARGEST, lines, LARGEST, months)
    document = tmp_path / "statement.pdf"
    document.write_bytes(as_pdf(found, language=language))
    if shutil.which("pdftotext") is None:
        return  # without poppler only the file's form is looked at
    ran = subprocess.run(["pdftotext", "-layout", document, "-"], check=True, capture_output=True, text=True, timeout=30)
    pages = ran.stdout.rstrip("\f").split("\f")

    assert len(pages) == 3
    assert all(catalogue().say(language, text("own-statement-column", column="code")) in page for page in pages)
    assert ran.stdout.count("99,999,999.99") == 122
    assert catalogue().say(language, text("own-movement", movement="merry_payout")) in pages[0]
    assert catalogue().say(language, text("own-movement", movement="other")) not in ran.stdout
