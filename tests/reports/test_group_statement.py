"""The group's statement adds up, is for members only, and its documents open in what people have."""

from __future__ import annotations

import csv
import io
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daos.contributions import contribute
from core.daos.groups import NotAMember, create_group, join
from core.daos.muhuri import seal_group
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import catalogue, text
from core.ledger.accounts import SUSPENSE, member_account, pot, treasury
from core.ledger.service import Leg, transfer
from core.payments.correction_acts import GROUP_CORRECTION
from core.payments.reversing import GROUP_REVERSAL
from core.reports.group.figures import GroupStatement, Period, group_statement, span_of
from core.reports.group.pages import as_pdf
from core.reports.group.table import as_csv, rows, safe
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings, someone
from tests.daos.rotation.chama import HAND, Chama

TODAY = date(2026, 11, 23)


async def moves(db: Database, kind: str, *legs: Leg) -> None:
    async with db.unit() as uow:
        await transfer(uow, key=new_id(), kind=kind, legs=legs)


@pytest.fixture
async def umoja(db: Database, clock: FakeClock) -> tuple[DaoId, MemberId]:
    """=Umoja: 1,000 came in last month; this month 500 more, 300 went into welfare, of which 200 were paid to a member."""
    amina = await someone(db, "Amina Wanjiru", money=shillings(5_000))
    async with db.unit() as uow:
        group = (await create_group(uow, intent=new_intent(), founder=amina, name="=Umoja")).id
    clock.advance(days=-30)
    for amount in (1_000, 500):
        async with db.unit() as uow:
            await contribute(uow, intent=new_intent(), member=amina, group=group, amount=shillings(amount))
        clock.advance(days=30 if amount == 1_000 else 0)
    await moves(db, "allocation", Leg(treasury(group), -shillings(300)), Leg(pot(group, "welfare"), shillings(300)))
    await moves(db, "welfare", Leg(pot(group, "welfare"), -shillings(200)), Leg(member_account(amina), shillings(200)))
    async with db.unit() as uow:
        await seal_group(uow, group=group)
    return group, amina


async def statement(db: Database, group: DaoId, viewer: MemberId, period: Period | None = None) -> GroupStatement:
    async with db.unit() as uow:
        return await group_statement(uow, viewer=viewer, group=group, period=period or span_of("month", TODAY))


async def test_what_came_in_less_what_went_out_is_what_is_there(db: Database, umoja: tuple[DaoId, MemberId]) -> None:
    found = await statement(db, *umoja)

    assert (
        found.opening + sum(found.income.values(), start=Money(0)) - sum(found.expenses.values(), start=Money(0))
        == found.closing
    )
    assert found.expenses == {"welfare": shillings(200)}
    assert found.held == {"treasury": shillings(1_200), "welfare": shillings(100)}
    assert "allocation" not in found.income, "what moves between the group's own accounts is no income"
    assert found.seal


async def test_only_members_read_it(db: Database, umoja: tuple[DaoId, MemberId]) -> None:
    stranger = await someone(db, "Baraka")
    with pytest.raises(NotAMember):
        await statement(db, umoja[0], stranger)
    async with db.unit() as uow:
        await join(uow, member=stranger, group=umoja[0])
    assert (await statement(db, umoja[0], stranger)).closing == shillings(1_300)


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_the_table_can_be_read_back_and_holds_no_formula(
    db: Database, umoja: tuple[DaoId, MemberId], language: str
) -> None:
    written = as_csv(await statement(db, *umoja), language=language)

    read = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
    assert read[0] == ["'=Umoja"]
    assert ["1300.00"] in [row[1:] for row in read]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in read for cell in row)


@pytest.mark.parametrize("kind", [GROUP_CORRECTION, GROUP_REVERSAL])
@pytest.mark.parametrize("language", ["en", "sw"])
async def test_what_an_operator_put_right_in_the_treasury_has_its_name(
    db: Database, umoja: tuple[DaoId, MemberId], kind: str, language: str
) -> None:
    await moves(db, kind, Leg(treasury(umoja[0]), -shillings(40)), Leg(SUSPENSE, shillings(40)))
    name, other = (catalogue().say(language, text("group-movement", movement=one)) for one in (kind, "nothing known"))
    assert name != other
    assert (name, "40.00") in list(rows(await statement(db, *umoja), language))


@given(st.text(max_size=30))
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert not safe(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t=", "\r="])
def test_signs_of_a_formula_are_written_as_text_in_wide_letters_too(sign: str) -> None:
    assert safe(f"{sign}1+1") == f"'{sign}1+1"


async def test_who_is_late_with_a_turn_of_the_merry_go_round_owes_it(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock)
    await chama.start(2, 3, 1)
    await chama.pay(0)
    await chama.until(1, days=2)
    assert await chama.work() == 1

    found = await statement(db, chama.group.id, chama.members[0])
    assert [(debt.name, debt.owed, debt.late) for debt in found.debts] == [("M. C", HAND, HAND)]


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_the_pages_say_the_same(db: Database, umoja: tuple[DaoId, MemberId], language: str, tmp_path: Path) -> None:
    path = tmp_path / "statement.pdf"
    path.write_bytes(as_pdf(await statement(db, *umoja), language=language))

    assert path.read_bytes().startswith(b"%PDF-")
    try:
        ran = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True, timeout=30)
    except FileNotFoundError:
        return  # without poppler only the file's form is looked at
    assert "=Umoja" in ran.stdout
    assert "1,300.00" in ran.stdout


@pytest.mark.parametrize(
    ("span", "today", "first", "last"),
    [
        ("month", date(2026, 11, 23), date(2026, 11, 1), date(2026, 11, 23)),
        ("last_month", date(2026, 3, 1), date(2026, 2, 1), date(2026, 2, 28)),
        ("last_month", date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31)),
        ("year", date(2026, 11, 23), date(2026, 1, 1), date(2026, 11, 23)),
    ],
)
def test_the_days_of_a_word(span: str, today: date, first: date, last: date) -> None:
    assert span_of(span, today) == Period(first, last)  # type: ignore[arg-type]
