"""Muhuri: sealed once a day, checked by the audit and by a script that knows nothing of us; receipts by their codes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.daos.contributions import contribute
from core.daos.groups import create_group, join
from core.daos.muhuri import Muhuri, latest_muhuri, seal_code, seal_group, sealed_book
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.ledger.accounts import pot, treasury
from core.ledger.service import Leg, transfer
from core.monitoring.audit import audit
from core.monitoring.jobs import seal_groups
from core.monitoring.receipt_codes import check_receipt, read_receipt_code, write_receipt_codes
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings, someone
from tests.ledger.books import seal_everything

CHECKER = Path(__file__).parents[2] / "docs" / "muhuri_check.py"


class Group:
    """A group of two, whose money moves when it is told to."""

    def __init__(self, db: Database, group: DaoId, amina: MemberId, baraka: MemberId) -> None:
        self.db, self.id, self.amina, self.baraka = db, group, amina, baraka

    async def contributes(self, who: MemberId, amount: int) -> str:
        async with self.db.unit() as uow:
            made = await contribute(uow, intent=new_intent(), member=who, group=self.id, amount=shillings(amount))
        return made.reference

    async def moves_to_pot(self, amount: int) -> None:
        legs = [Leg(treasury(self.id), -shillings(amount)), Leg(pot(self.id, "welfare"), shillings(amount))]
        async with self.db.unit() as uow:
            await transfer(uow, key=new_id(), kind="allocation", legs=legs)

    async def seals(self) -> Muhuri | None:
        async with self.db.unit() as uow:
            return await seal_group(uow, group=self.id)

    async def book(self) -> str:
        async with self.db.unit() as uow:
            return await sealed_book(uow, group=self.id)


@pytest.fixture
async def group(db: Database) -> Group:
    amina = await someone(db, "Amina Wanjiru", money=shillings(5_000))
    baraka = await someone(db, "Baraka", money=shillings(5_000))
    async with db.unit() as uow:
        made = await create_group(uow, intent=new_intent(), founder=amina, name="Umoja")
    async with db.unit() as uow:
        await join(uow, member=baraka, group=made.id)
    return Group(db, made.id, amina, baraka)


async def a_month(group: Group, clock: FakeClock) -> list[Muhuri]:
    made = []
    for day in range(4):
        await group.contributes(group.amina, 100 + day)
        await group.contributes(group.baraka, 50)
        await group.moves_to_pot(10)
        made.append(await group.seals())
        clock.advance(days=1)
    return [one for one in made if one]


def checked(book: str, tmp_path: Path) -> tuple[int, str]:
    """What the offline check prints about this book, run by a bare interpreter that can't see our packages."""
    path = tmp_path / "muhuri.txt"
    path.write_text(book, encoding="utf-8")
    ran = subprocess.run([sys.executable, "-I", CHECKER, path], capture_output=True, text=True, timeout=30, check=False)
    return ran.returncode, ran.stdout


async def test_a_day_is_sealed_once_however_many_try(group: Group, clock: FakeClock) -> None:
    await group.contributes(group.amina, 200)

    made = await asyncio.gather(*(group.seals() for _ in range(8)))

    assert len([one for one in made if one]) == 1
    async with group.db.unit() as uow:
        told = await uow.session.scalar(text("SELECT count(*) FROM sms_delivery_log WHERE template = 'muhuri'"))
    assert told == 2, "each member hears the code once"
    clock.advance(days=1)
    assert await group.seals() is None, "nothing has moved"


async def test_the_offline_check_agrees_with_what_members_were_told(group: Group, clock: FakeClock, tmp_path: Path) -> None:
    made = await a_month(group, clock)

    status, printed = checked(await group.book(), tmp_path)

    assert status == 0, printed
    for one in made:
        assert f"{one.day}  {one.code}  {one.total.figures()}.00" in printed
    async with group.db.unit() as uow:
        assert await latest_muhuri(uow, group=group.id, most=2) == [made[3], made[2]]


async def test_every_altered_character_of_a_book_is_found(group: Group, clock: FakeClock, tmp_path: Path) -> None:
    await a_month(group, clock)
    book = await group.book()
    lines = book.splitlines()
    without_an_entry = [line for place, line in enumerate(lines) if place != 2]
    forged = [book[:place] + ("1" if book[place] != "1" else "2") + book[place + 1 :] for place in range(3, len(book), 211)]

    for false in ["\n".join(without_an_entry), "\n".join(lines[:-1]), *forged]:
        assert checked(false, tmp_path)[0] == 1


async def test_the_audit_recomputes_the_chains(group: Group, clock: FakeClock) -> None:
    await a_month(group, clock)
    assert [one.name for one in await audit(group.db) if not one.ok] == []

    async with group.db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("UPDATE group_seals SET hash = sha256(hash) WHERE number = 2"))
        await uow.session.execute(text("UPDATE group_seal_accounts SET available = available + 1 WHERE number = 3"))

    assert {one.name for one in await audit(group.db) if not one.ok} == {
        "each group's seals form a chain over its entries",
        "each group's seals say what its accounts held",
    }


@pytest.mark.parametrize("table", ["group_seals", "group_seal_accounts"])
async def test_what_was_sealed_can_not_be_changed(group: Group, table: str) -> None:
    await group.contributes(group.amina, 200)
    await group.seals()

    for statement in (f"UPDATE {table} SET number = number + 1", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="what was sealed stays"):
            async with group.db.unit() as uow:
                await uow.session.execute(text(statement))


async def test_a_receipt_can_be_checked_by_its_code_once_it_is_sealed(group: Group) -> None:
    reference = await group.contributes(group.amina, 250)
    async with group.db.unit() as uow:
        assert await check_receipt(uow, code=reference) == []
    await seal_everything(group.db)
    async with group.db.unit() as uow:
        assert await write_receipt_codes(uow) == 3, "two deposits and the contribution"
        assert await write_receipt_codes(uow) == 0
        [found] = await check_receipt(uow, code=reference)
    assert (found.amount, found.initials, found.group, found.seal, found.holds) == (
        shillings(250),
        "A. W.",
        group.id,
        "",
        True,
    )

    sealed = await group.seals()
    assert sealed
    async with group.db.unit() as uow:
        [found] = await check_receipt(uow, code=reference)
    assert found.seal == sealed.code


async def test_a_receipt_whose_block_was_altered_is_called_broken(group: Group) -> None:
    reference = await group.contributes(group.amina, 250)
    await seal_everything(group.db)
    async with group.db.unit() as uow:
        await write_receipt_codes(uow)
    async with group.db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("UPDATE ledger_entries SET amount = amount * 2 WHERE amount = 250"))
        [found] = await check_receipt(uow, code=reference)

    assert not found.holds


async def test_each_group_that_moved_gets_a_job_of_its_own(group: Group) -> None:
    await group.contributes(group.amina, 200)

    class Services:
        database = group.db

    for _ in range(2):
        await seal_groups(Services(), {})  # type: ignore[arg-type]

    async with group.db.unit() as uow:
        jobs = await uow.session.scalars(
            text("SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = 'seal-group'")
        )
        assert [str(group.id) in job for job in jobs] == [True]


@pytest.mark.parametrize(
    ("typed", "code"),
    [("abcd 2345", "ABCD2345"), ("ABCD-2345", "ABCD2345"), ("OIL00000", "01100000"), ("ABCD234", None), ("ABCDU345", None)],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str | None) -> None:
    assert read_receipt_code(typed) == code


def test_a_code_is_the_first_thirty_bits() -> None:
    assert seal_code(bytes(32)) == "000-000"
    assert seal_code(b"\xff" * 32) == "ZZZ-ZZZ"
