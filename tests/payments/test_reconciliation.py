"""M-PESA's statement meets our books: nothing is lost, nothing is counted twice, and what fits nothing is seen."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.kernel.db import Database
from core.kernel.money import Money
from core.ledger.accounts import MPESA_CHARGES, MPESA_CHARGES_PAID, MPESA_TRANSIT, MPESA_UTILITY, SUSPENSE, member_account
from core.ledger.service import Leg, transfer
from core.monitoring.attention import tasks
from core.payments.claims import claim_payment
from core.payments.statements.coverage import unstated
from core.payments.statements.reconciling import Imported, differences, import_statement, sums
from core.payments.statements.rows import BadStatement
from core.providers.daraja.statement_file import read_statement
from tests.ledger.test_history import counted

from .counter import Counter
from .desk import Person
from .fake_payouts import FakePayouts
from .statement_samples import SHORTCODE, Bank

RECEIPT = "SGC2B00001"


class Office:
    """A counter with M-PESA's own book beside it, and an operator who imports its statements."""

    def __init__(self, counter: Counter) -> None:
        self.counter, self.bank = counter, Bank()

    async def imports(self, variant: str = "organisation", **between: Any) -> Imported:
        file = read_statement(self.bank.file(variant, **between))
        imported = await import_statement(self.counter.database, file, name="x.csv", shortcode=SHORTCODE, said=SHORTCODE)
        await self.counter.work()
        return imported

    async def open_rows(self) -> list[tuple[str, str, str]]:
        async with self.counter.database.unit() as uow:
            return [(one.receipt, one.kind, one.why) for one in await differences(uow)]

    async def held(self, **changed: Money) -> None:
        """What M-PESA holds is what our books say, account by account."""
        counter, book = self.counter, self.bank.book
        assert (await counter.holds(MPESA_UTILITY)).available == Money(-book.balance * 100)
        assert (await counter.holds(MPESA_CHARGES_PAID)).available == Money(book.charges * 100)
        assert (await counter.holds(MPESA_CHARGES)).available == Money(-book.charges * 100)
        await counter.audit_is_clean()


@pytest.fixture
def office(db: Database, clock: Any) -> Office:
    counter = Counter(db, FakePayouts(clock), clock)
    # Of the day of the samples, after its end.
    return Office(counter)


async def paid_in(office: Office, person: Person, amount: int, receipt: str) -> None:
    """A payment that was confirmed to us and stands in M-PESA's book."""
    number = await office.counter.number(person)
    office.bank.enters("paybill", amount, receipt, account=number, phone=person.phone, at=office.counter.clock.now())
    await office.counter.confirm(account=number, receipt=receipt, amount=str(amount))
    await office.counter.work()


async def withdrawn(
    office: Office, person: Person, amount: int, receipt: str, *, heard: bool = True, stated: bool = True, timed: bool = True
) -> UUID:
    """A withdrawal that M-PESA paid; `heard`: we were told, `timed`: when. `stated`: its statement has it."""
    counter = office.counter
    started = await counter.sent(person, Money(amount * 100))
    if stated:
        at = counter.clock.now() + timedelta(seconds=20)
        office.bank.enters("payout", amount, receipt, phone=person.phone, charge=5, at=at)
    if heard:
        [name] = await counter.names(started)
        counter.mpesa.finish(name, charge=Money(5_00))
        counter.mpesa.paid[-1] = (name, receipt, Money(amount * 100))
        counter.mpesa.sent[name].receipt = receipt
        when = {} if timed else {"TransactionCompletedDateTime": ""}
        await counter.hear(started.payouts[0].id, counter.mpesa.result(name, **when))
    return started.payouts[0].id


@pytest.mark.parametrize("variant", ["organisation", "older", "personal", "daily", "daily-shifted"])
async def test_statement_when_all_is_known_changes_nothing_and_the_same_file_again_nothing_either(
    office: Office, variant: str
) -> None:
    wanjiru = await office.counter.person()
    await paid_in(office, wanjiru, 500, RECEIPT)
    before = await office.counter.rows("SELECT count(*) AS n FROM ledger_transfers")

    first = await office.imports(variant)
    again = await office.imports(variant)

    assert (first.again, first.rows, first.new) == (False, 1, 1)
    assert (again.again, again.new) == (True, 0)
    assert await office.counter.rows("SELECT count(*) AS n FROM ledger_transfers") == before
    assert await office.open_rows() == []
    (row,) = await office.counter.rows("SELECT sources FROM payments_received")
    assert row.sources == ["c2b", "statement"]
    await office.held()


async def test_payment_that_nobody_told_us_of_is_taken_in_from_the_statement_and_told(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    number = await counter.number(wanjiru)
    office.bank.enters("paybill", 500, RECEIPT, account=number, phone=wanjiru.phone)
    office.bank.enters("paybill", 70, "SGC2B00002", account="chama", phone=wanjiru.phone)

    await office.imports("organisation")

    assert (await counter.has(wanjiru), await counter.suspense()) == (Money(487_50), Money(70_00))
    assert RECEIPT in (await counter.sms(wanjiru))[0]
    await office.held()
    # The statement shows her whole number, so its digest decides her claim.
    async with counter.database.unit() as uow:
        assert (await claim_payment(uow, member=wanjiru.id, typed="SGC2B00002")).outcome == "credited"


async def test_files_of_several_variants_that_overlap_are_counted_once_and_fill_in_what_others_lack(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    number = await counter.number(wanjiru)
    office.bank.enters("float", 10_000, "SGFLOAT001")
    office.bank.enters("paybill", 500, RECEIPT, account=number, phone=wanjiru.phone)
    office.bank.enters("reversal", 500, "SGBACK0001", phone=wanjiru.phone, linked=RECEIPT)

    # The nightly file doesn't tell what was typed; the personal one not what a reversal undoes.
    for variant in ("daily", "personal", "older", "organisation", "daily-shifted"):
        await office.imports(variant)

    assert await office.open_rows() == []
    assert await counter.has(wanjiru) == Money(0)
    assert [row.n for row in await counter.rows("SELECT count(*) AS n FROM statement_rows")] == [3]
    assert (await counter.holds(MPESA_TRANSIT)).available == Money(10_000_00)
    await office.held()


async def test_payout_whose_end_nobody_told_is_settled_by_the_one_row_that_fits(office: Office) -> None:
    counter = office.counter
    wanjiru, otieno = await counter.rich(), await counter.rich()
    office.bank.enters("float", 20_000, "SGFLOAT001")
    payout = await withdrawn(office, wanjiru, 500, "SGSENT0001", heard=False)
    other = await withdrawn(office, otieno, 500, "SGSENT0002")

    await office.imports()

    rows = await counter.rows("SELECT id, books, real_charge, charge_source FROM payouts")
    assert {row.id: (row.books, row.real_charge) for row in rows} == {payout: ("paid", 5), other: ("paid", 5)}
    assert any("paid to" in said and "SGSENT0001" in said for said in await counter.sms(wanjiru))
    assert await office.open_rows() == []
    assert (await counter.holdings(wanjiru)).total == Money(10_000_00 - 510_00)
    # The result that comes at last says what is known.
    [name] = [one for one, sent in counter.mpesa.sent.items() if sent.code is None]
    body = counter.mpesa.finish(name).replace(counter.mpesa.paid[-1][1].encode(), b"SGSENT0001")
    await counter.hear(payout, body)
    assert (await counter.outcomes())[-1] == "repeated"
    await counter.audit_is_clean()


async def test_payout_row_when_two_of_ours_fit_or_none_moves_nothing_and_raises_the_alarm(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.rich()
    office.bank.enters("float", 20_000, "SGFLOAT001")
    await withdrawn(office, wanjiru, 500, "SGSENT0001", heard=False)
    await counter.sent(wanjiru, Money(500_00))
    office.bank.enters("payout", 3_000, "SGSENT0009", charge=9)

    await office.imports()

    assert await office.open_rows() == [
        ("SGSENT0001", "payout", "several payments fit"),
        ("SGSENT0001", "charge", "a charge for what we don't know"),
        ("SGSENT0009", "payout", "no payment of ours"),
        ("SGSENT0009", "charge", "a charge for what we don't know"),
    ]
    events = await counter.rows("SELECT severity FROM security_events WHERE event_type = 'statement_row_open' ORDER BY id")
    assert [event.severity for event in events] == ["critical", "critical", "medium", "medium"]
    # M-PESA's own answer says which of the two it was; the next look finds the row explained.
    [first, _second] = list(counter.mpesa.sent)
    counter.mpesa.finish(first, charge=Money(5_00))
    body = counter.mpesa.answer(first).replace(counter.mpesa.paid[-1][1].encode(), b"SGSENT0001")
    (row,) = await counter.rows("SELECT id FROM mpesa_transactions WHERE originator_conversation_id = :name", name=first)
    await counter.hear(row.id, body, "status-result")
    await counter.take_named("match-statement")
    assert [receipt for receipt, _, _ in await office.open_rows()] == ["SGSENT0009", "SGSENT0009"]
    async with counter.database.unit() as uow:
        assert {task.name for task in await tasks(uow) if task.kind == "statement"} == {"SGSENT0009"}


async def test_payout_is_released_when_the_statement_covers_days_without_it_and_not_before(office: Office) -> None:
    counter, clock = office.counter, office.counter.clock
    wanjiru = await counter.rich()
    office.bank.enters("float", 20_000, "SGFLOAT001", at=clock.now() - timedelta(minutes=5))
    started = await counter.sent(wanjiru, Money(500_00))
    other = await counter.person()
    number = await counter.number(other)
    clock.advance(days=1)
    office.bank.enters("paybill", 50, "SGLATER001", account=number, at=clock.now())
    assert (await office.imports("daily")).released == 0
    clock.advance(days=2)
    office.bank.enters("paybill", 50, "SGLATER002", account=number, at=clock.now())

    # Only the third day: what came between isn't covered. With the whole, it is.
    since = clock.now() - timedelta(hours=1)
    office.bank.enters("paybill", 60, "SGLATER003", account=number, at=clock.now())
    assert (await office.imports("older")).released == 1

    assert (await counter.see(started)).payouts[0].books == "released"
    assert (await counter.holdings(wanjiru)).available == Money(10_000_00)
    assert since < clock.now()
    await counter.audit_is_clean()


async def test_coverage_with_a_gap_releases_nothing(office: Office) -> None:
    counter, clock = office.counter, office.counter.clock
    wanjiru = await counter.rich()
    office.bank.enters("float", 20_000, "SGFLOAT001", at=clock.now() - timedelta(minutes=5))
    started = await counter.sent(wanjiru, Money(500_00))
    office.bank.enters("payout", 60, "SGGAP00001", at=clock.now() + timedelta(days=1))
    office.bank.enters("paybill", 50, "SGLATER001", at=clock.now() + timedelta(days=4))

    await office.imports("daily", until=clock.now() + timedelta(hours=1))
    await office.imports("daily", since=clock.now() + timedelta(days=3))

    assert (await counter.see(started)).payouts[0].books == "held"


async def test_reversal_by_mpesa_takes_the_deposit_and_our_fee_back(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    await paid_in(office, wanjiru, 500, RECEIPT)
    office.bank.enters("reversal", 500, "SGBACK0001", phone=wanjiru.phone, linked=RECEIPT)

    await office.imports()
    await office.imports("daily")

    assert await counter.has(wanjiru) == Money(0)
    assert "took back your payment of KES 500" in (await counter.sms(wanjiru))[-1]
    assert (await counter.rows("SELECT status FROM mpesa_transactions"))[0].status == "reversed"
    # Revenue by the platform's own query: what was earned, and apart from it what was given back.
    assert {(row[0], row[1], row[2]) for row in await counter.revenue()} == {
        ("mpesa_deposit", 12.5, 1),
        ("mpesa_deposit_returned", -12.5, 1),
    }
    await office.held()


async def test_reversal_of_what_was_spent_or_waits_in_suspense_or_is_unknown(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    await paid_in(office, wanjiru, 500, RECEIPT)
    await counter.sent(wanjiru, Money(300_00))
    office.bank.enters("paybill", 70, "SGC2B00002", account="chama", at=counter.clock.now())
    await office.imports()
    office.bank.enters("reversal", 500, "SGBACK0001", linked=RECEIPT)
    office.bank.enters("reversal", 70, "SGBACK0002", linked="SGC2B00002")
    await office.imports()

    assert (await counter.holds(SUSPENSE)).available == Money(-500_00)
    async with counter.database.unit() as uow:
        found = [(task.kind, task.why) for task in await tasks(uow)]
        claimed = await claim_payment(uow, member=wanjiru.id, typed="SGC2B00002")
    assert ("reversal", "reversed-after-spent") in found
    assert claimed.outcome == "refused"
    assert [kind for kind, _ in found if kind == "suspense"] == []
    await counter.audit_is_clean()


async def test_payout_that_came_back_is_on_her_balance_again_with_its_fees(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.rich()
    office.bank.enters("float", 10_000, "SGFLOAT001")
    await withdrawn(office, wanjiru, 500, "SGSENT0001")
    file = office.bank.file("organisation").decode()
    row = (
        '"SGBACK0009","{at}","{at}","Reversal of Business Payment","Completed","500.00","","10,000.00","true",'
        '"Business Payment Reversal","","SGSENT0001",""\r\n'
    )
    heading = next(line for line in file.splitlines() if line.startswith("Receipt No."))
    file = file.replace(heading + "\r\n", heading + "\r\n" + row.format(at="24-11-2026 10:00:00"), 1)

    await import_statement(counter.database, read_statement(file.encode()), name="x", shortcode=SHORTCODE)

    assert (await counter.holdings(wanjiru)).available == Money(10_000_00)
    assert await office.open_rows() == []
    assert sum(row[1] for row in await counter.revenue()) == 0
    await counter.audit_is_clean()


async def test_payout_that_came_back_to_somebody_who_was_forgotten_is_for_a_person_and_the_other_rows_are_booked(
    office: Office,
) -> None:
    counter = office.counter
    wanjiru = await counter.rich()
    office.bank.enters("float", 20_000, "SGFLOAT000")
    await withdrawn(office, wanjiru, 500, "SGSENT0001")
    left = (await counter.holdings(wanjiru)).available
    async with counter.database.unit() as uow:
        legs = [Leg(member_account(wanjiru.id), -left), Leg(MPESA_UTILITY, left)]
        await transfer(uow, key=uow.ids.new(), kind="test_spending", legs=legs)
    forget = "UPDATE members SET erased_at = now(), phone = 'erased:' || id WHERE id = :id RETURNING id"
    await counter.rows(forget, id=wanjiru.id)
    office.bank.enters("reversal", 500, "SGBACK0001", phone=wanjiru.phone, linked="SGSENT0001")
    office.bank.enters("float", 10_000, "SGFLOAT001")

    for _ in range(2):
        await office.imports()

    assert await office.open_rows() == [("SGBACK0001", "reversal", "the books refuse it")]
    assert (await counter.holds(MPESA_TRANSIT)).available == Money(30_000_00)
    assert (await counter.holdings(wanjiru)).total == Money(0)


async def test_booked_payment_that_the_statement_of_its_time_lacks_is_a_difference(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    await paid_in(office, wanjiru, 500, RECEIPT)
    counter.clock.advance(minutes=10)
    await counter.confirm(account=await counter.number(wanjiru), receipt="SGFORGED01", amount="400")
    await counter.work()
    counter.clock.advance(minutes=10)
    await paid_in(office, wanjiru, 50, "SGC2B00003")

    await office.imports()

    async with counter.database.unit() as uow:
        assert [(one.kind, one.receipt, one.amount) for one in await unstated(uow)] == [
            ("payment", "SGFORGED01", Money(400_00))
        ]


@pytest.mark.parametrize("timed", [True, False])
async def test_booked_payout_that_the_statement_of_its_time_lacks_is_a_difference_also_when_mpesa_told_no_time(
    office: Office, *, timed: bool
) -> None:
    counter = office.counter
    wanjiru = await counter.rich()
    await paid_in(office, wanjiru, 500, RECEIPT)
    counter.clock.advance(minutes=10)
    await withdrawn(office, wanjiru, 100, "SGSENT0001", stated=False, timed=timed)
    counter.clock.advance(minutes=10)
    await paid_in(office, wanjiru, 500, "SGC2B00009")
    await office.imports()

    async with counter.database.unit() as uow:
        assert [(one.kind, one.receipt) for one in await unstated(uow)] == [("payout", "SGSENT0001")]


async def test_files_that_are_somebody_elses_or_nobodys_are_refused_before_anything_is_written(office: Office) -> None:
    office.bank.enters("paybill", 500, RECEIPT)
    told, untold = read_statement(office.bank.file("organisation")), read_statement(office.bank.file("personal"))
    named = read_statement(office.bank.file("daily"), name="Mpesa_600999_20261123000000.csv")
    database = office.counter.database

    for file, said, why in (
        (told, "", "shortcode 174379, ours is 600999"),
        (untold, "", "doesn't say whose"),
        (told, "600999", "ours is"),
    ):
        with pytest.raises(BadStatement, match=why or None):
            await import_statement(database, file, name="x", shortcode="600999", said=said)
    with pytest.raises(BadStatement, match="600999"):
        await import_statement(database, named, name="x", shortcode=SHORTCODE, said=SHORTCODE)

    assert await office.counter.rows("SELECT id FROM statement_files UNION ALL SELECT id FROM statement_rows") == []


async def test_import_that_broke_off_goes_on_and_its_sums_explain_the_day(office: Office, monkeypatch: Any) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    number = await counter.number(wanjiru)
    office.bank.enters("float", 1_000, "SGFLOAT001")
    for place in range(9):
        office.bank.enters("paybill", 100 + place, f"SGMANY{place:04d}", account=number)
    monkeypatch.setattr("core.payments.statements.importing.STEP", 3)
    broken = random.Random(7)

    async def breaks(*args: Any, **given: Any) -> Any:
        if broken.random() < 0.5:
            raise ConnectionError
        return await real(*args, **given)

    from core.payments.statements import reconciling

    real = reconciling.store_rows
    monkeypatch.setattr(reconciling, "store_rows", breaks)
    for _ in range(40):
        try:
            imported = await office.imports()
            break
        except ConnectionError:
            continue

    async with counter.database.unit() as uow:
        found = {(one.kind, one.state): (one.rows, one.amount) for one in await sums(uow, file=imported.file)}
    assert found == {("own", "matched"): (1, Money(1_000_00)), ("payment", "matched"): (9, Money(936_00))}
    await office.held()


async def test_imports_and_callbacks_at_the_same_time_count_everything_once(office: Office) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    number = await counter.number(wanjiru)
    office.bank.enters("float", 9_000, "SGFLOAT001")
    for place in range(8):
        office.bank.enters("paybill", 100, f"SGMANY{place:04d}", account=number)
        await counter.confirm(account=number, receipt=f"SGMANY{place:04d}", amount="100")
    office.bank.enters("reversal", 100, "SGBACK0001", linked="SGMANY0000")

    async def reads() -> None:
        for callback in await counter.rows("SELECT id FROM payment_callbacks"):
            await counter.take_named("read-payment-callback", callback=str(callback.id))

    await asyncio.gather(*(office.imports(variant) for variant in ("organisation", "daily", "organisation")), reads())
    await office.imports()

    assert (await counter.has(wanjiru), await office.open_rows()) == (Money(7 * 97_50), [])
    await office.held()


async def test_rows_of_the_statement_can_not_be_changed_or_decided_twice(office: Office) -> None:
    office.bank.enters("paybill", 500, RECEIPT)
    await office.imports()

    for damage in (
        "UPDATE statement_rows SET amount = 1",
        "UPDATE statement_rows SET state = 'new', decided_at = NULL",
        "DELETE FROM statement_rows",
    ):
        with pytest.raises(Exception, match="row of the statement"):
            await office.counter.rows(f"WITH done AS ({damage} RETURNING 1) SELECT * FROM done")


async def queries_of_a_day(office: Office, payments: int) -> int:
    """How often the database is asked for a statement with so many payments in and out, all known to us."""
    counter, day = office.counter, office.counter.clock.now()
    for number in range(payments):
        await paid_in(office, await counter.person(), 500, f"SGIN{payments:02}{number:04}")
        await withdrawn(office, await counter.rich(), 100, f"SGOUT{payments:02}{number:03}")
    await counter.wait(minutes=2)
    await counter.answer_questions()
    file = read_statement(office.bank.file("organisation", since=day))
    with counted(counter.database) as asked:
        imported = await import_statement(counter.database, file, name="x.csv", shortcode=SHORTCODE, said=SHORTCODE)
    assert (imported.new, await office.open_rows()) == (3 * payments, [])
    await counter.wait(days=1)
    return len(asked)


async def test_statement_that_tells_what_is_known_takes_as_many_queries_for_many_rows_as_for_few(office: Office) -> None:
    few, many = await queries_of_a_day(office, 2), await queries_of_a_day(office, 9)

    assert many == few
    states = await office.counter.rows(
        "SELECT kind, state, outcome, count(*) AS n FROM statement_rows GROUP BY 1, 2, 3 ORDER BY 1"
    )
    assert [tuple(row) for row in states] == [
        ("charge", "matched", "charge booked", 11),
        ("payment", "matched", "repeated", 11),
        ("payout", "matched", "paid", 11),
    ]
