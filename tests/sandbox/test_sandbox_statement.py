"""The shortcode's statement, in every variant, from the sandbox's own book."""

import csv
import io
from decimal import Decimal

import pytest

from core.sandbox.daraja.orders import PayoutOrder, ReversalOrder

WANJIRU, OTIENO = "254712000001", "254722000002"


@pytest.fixture
async def busy_day(box, control):
    """Two payments in, one of them given back, one payout with its charge."""
    mpesa = box.mpesa
    box.world.behaviour.change({"payout_seconds": 0})
    mpesa.operator.knows = lambda *_: True
    await control.act(WANJIRU, "paybill", amount=3_000, account="UMOJA 7", pin="1234")
    await control.act(OTIENO, "paybill", amount=700, account="umoja7", pin="1234")
    nowhere = ("practice", "", "http://127.0.0.1:9/r", "http://127.0.0.1:9/t")
    payout = await mpesa.payouts.accept(PayoutOrder(*nowhere, originator="p-1", phone=f"+{WANJIRU}", amount=2_000))
    await mpesa.payouts.settle(payout)
    given_back = mpesa.book.entries[1]
    await mpesa.reversals.settle(ReversalOrder(*nowhere, receipt=given_back.receipt, amount=700), mpesa.enquiries.ids())
    return mpesa.book


async def rows(http, box, variant):
    async with http.get(f"{box.addresses['page']}/phone/api/daraja/statement", params={"variant": variant}) as response:
        assert response.status == 200
        return list(csv.reader(io.StringIO((await response.read()).decode(), newline="")))


def table(found, heading):
    """The rows under a heading, by its names."""
    start = next(place for place, row in enumerate(found) if row == list(heading))
    listed = []
    for row in found[start + 1 :]:
        if len(row) != len(heading):
            break
        listed.append(dict(zip(heading, row, strict=True)))
    return listed


def shillings(text):
    return Decimal(text.replace(",", "") or 0)


async def test_organisation_statement_explains_every_balance(busy_day, http, box):
    from core.sandbox.daraja.statements import ORGANISATION

    found = await rows(http, box, "organisation")

    listed = table(found, ORGANISATION)
    assert [row["Details"][:8] for row in listed] == ["Transact", "Business", "Pay Bill", "Pay Bill"]
    assert [shillings(row["Balance"]) for row in listed] == [1_000, 1_700, 3_700, 3_000]
    balance = Decimal(0)
    for row in reversed(listed):
        balance += shillings(row["Paid In"]) + shillings(row["Withdrawn"])
        assert balance == shillings(row["Balance"])
    assert listed[0]["Linked Transaction ID"] == busy_day.entries[1].receipt
    assert listed[3]["A/C No."] == "UMOJA 7"
    assert listed[3]["Other Party Info"] == f"{WANJIRU} - WANJIRU"
    charge = table(found[found.index(["Account:", "Charges Paid Account"]) + 1 :], ORGANISATION)
    assert [(row["Receipt No."], row["Withdrawn"], row["Balance"]) for row in charge] == [
        (busy_day.entries[2].receipt, "-9.00", "-9.00")
    ]


async def test_older_statement_has_attempts_between_the_rest(busy_day, http, box):
    from core.sandbox.daraja.statements import OLDER

    listed = table(await rows(http, box, "older"), OLDER)

    assert [row["Status"] for row in listed] == ["Completed", "Declined"] * 2 + ["Completed"] * 2
    done = [row for row in listed if row["Status"] == "Completed"]
    assert [row["Receipt"] for row in done] == [entry.receipt for entry in busy_day.entries]


async def test_personal_statement_has_seven_columns(busy_day, http, box):
    from core.sandbox.daraja.statements import PERSONAL

    listed = table(await rows(http, box, "personal"), PERSONAL)

    assert [shillings(row["Balance"]) for row in listed] == [3_000, 3_700, 1_700, 1_000]


@pytest.mark.parametrize(("variant", "shift"), [("daily", 0), ("daily-shifted", 1)])
async def test_daily_statement_mixes_accounts_and_may_be_shifted(busy_day, http, box, variant, shift):
    heading, *listed = await rows(http, box, variant)

    assert heading.index("RECEIPT_NUMBER") == 1 - shift
    assert [row[1] for row in listed] == [busy_day.entries[number].receipt for number in (0, 1, 2, 2, 3)]
    assert [(row[6], row[7]) for row in listed][2:4] == [("0.00", "2000.00"), ("0.00", "9.00")]


async def test_statement_when_the_variant_or_day_is_unknown_is_refused(box, http):
    for query in ({"variant": "pdf"}, {"since": "yesterday"}):
        async with http.get(f"{box.addresses['page']}/phone/api/daraja/statement", params=query) as response:
            assert response.status == 400


async def test_statement_of_another_day_is_empty(busy_day, box, http):
    from core.sandbox.daraja.statements import PERSONAL

    query = {"variant": "personal", "until": "2021-01-01"}
    async with http.get(f"{box.addresses['page']}/phone/api/daraja/statement", params=query) as response:
        assert list(csv.reader(io.StringIO(await response.text()))) == [list(PERSONAL)]
