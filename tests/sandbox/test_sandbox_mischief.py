"""Trouble by the dice: a seed decides, everything that Daraja has been seen to do happens, and the book stays right."""

import asyncio
import json
from collections import Counter

import pytest

from core.sandbox.faults import CATALOGUE, Faults, UnknownFault
from core.sandbox.mischief import BAD_DAY

WANJIRU, OTIENO = "254712000001", "254722000002"
CONFIRMED = "/pay/c0ffee/c2b/confirmation"


def thrown(seed, phones, *, rate=0.3, times=40):
    """Which chances struck, by phone, when the phones take turns in this order."""
    faults = Faults()
    faults.throw_dice({"seed": seed, "rates": {"daraja.callback": {"lose": rate}}})
    struck = {phone: [] for phone in set(phones)}
    for _ in range(times):
        for phone in phones:
            struck[phone].append(faults.take("daraja.callback", "lose", phone=phone) is not None)
    return struck


def test_dice_when_the_seed_is_the_same_fall_alike_in_whatever_order_people_come():
    assert thrown(7, ["+1", "+2"]) == thrown(7, ["+2", "+1"])
    assert thrown(7, ["+1"])["+1"] == thrown(7, ["+2", "+1"])["+1"]
    assert thrown(7, ["+1"]) != thrown(8, ["+1"])
    assert thrown(7, ["+1"], rate=0)["+1"] == [False] * 40
    assert thrown(7, ["+1"], rate=1)["+1"] == [True] * 40


def test_dice_strike_about_as_often_as_they_should():
    struck = sum(thrown(11, ["+1"], rate=0.25, times=4_000)["+1"])

    assert 900 < struck < 1_100


def test_bad_day_names_faults_that_there_are():
    Faults().throw_dice({"rates": "bad-day"})

    assert all(what in CATALOGUE[where] for where, faults in BAD_DAY.items() for what in faults)


@pytest.mark.parametrize(
    "wanted",
    [
        {"rates": {"nowhere": {"lose": 1}}},
        {"rates": {"daraja.callback": {"nothing": 1}}},
        {"rates": {"daraja.callback": {"lose": 2}}},
        {"rates": {"daraja.callback": {"lose": True}}},
        {"rates": {"daraja.callback": "lose"}},
        {"rates": "good-day"},
        {"seed": "7"},
        {"seconds": -1},
    ],
)
def test_dice_when_asked_for_nonsense_are_refused(wanted):
    with pytest.raises(UnknownFault):
        Faults().throw_dice(wanted)


async def test_control_shows_the_dice_and_puts_them_away(control, http):
    await control.post("mischief", seed=5, rates="bad-day", seconds=0.1)
    shown = await control.get("mischief")
    assert (shown["seed"], shown["rates"]["daraja.result"]["lose"], shown["seconds"]) == (5, 0.05, 0.1)

    async with http.delete(f"{control.url}/phone/api/faults") as response:
        assert response.status == 200
    assert (await control.get("mischief"))["rates"] == {}


@pytest.fixture
def registered(box, application):
    """Payments to the paybill are reported to the application."""
    from core.sandbox.daraja.orders import Registration

    where = f"{application.url}/pay/c0ffee/c2b"
    return box.mpesa.paybill.register(Registration(f"{where}/validation", f"{where}/confirmation", True, False))


def receipts(application):
    return Counter(json.loads(call.body)["TransID"] for call in application.to(CONFIRMED))


async def test_paybill_when_the_application_rejects_a_validation_takes_nothing(box, control, application, registered):
    from aiohttp import web

    await registered
    await control.post("settings", validation=True)
    application.answer = lambda _call: web.json_response({"ResultCode": "C2B00012", "ResultDesc": "Rejected"})

    refused = await control.act(WANJIRU, "paybill", expect=409, amount=500, account="NOBODY", pin="1234")

    assert refused == {"error": "the business rejected this payment"}
    person = await control.person(WANJIRU)
    assert (person["mpesa"]["balance"], box.mpesa.book.entries) == (20_000, [])
    assert "was rejected" in person["sms"][-1]["text"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"pin": "9999"}, "PIN"),
        ({"amount": 0}, "from 1"),
        ({"amount": 250_001}, "from 1"),
        ({"amount": 20_001}, "enough"),
        ({"account": " "}, "characters"),
        ({"account": "x" * 21}, "characters"),
    ],
)
async def test_paybill_when_it_cannot_be_paid_says_why_and_takes_nothing(box, control, wrong, why):
    refused = await control.act(WANJIRU, "paybill", expect=409, **{"amount": 500, "account": "UMOJA7", "pin": "1234", **wrong})

    assert why in refused["error"]
    assert box.mpesa.book.entries == []


async def test_paybill_when_paid_writes_an_sms_with_the_receipt(box, control):
    person = await control.act(WANJIRU, "paybill", amount=500, account="UMOJA7", pin="1234")

    (entry,) = box.mpesa.book.entries
    assert person["sms"][-1]["text"].startswith(f"{entry.receipt} Confirmed. Ksh500.00 sent to MTAA GROUPS for account UMOJA7")
    assert person["mpesa"]["balance"] == 19_500


async def test_confirmation_when_things_go_wrong_comes_twice_not_at_all_or_for_nothing(box, control, application, registered):
    await registered
    await control.fault("daraja.confirmation", "double")
    await control.act(WANJIRU, "paybill", amount=1, account="A", pin="1234")
    await application.wait_for(CONFIRMED, 2)
    await control.fault("daraja.confirmation", "lose")
    await control.act(WANJIRU, "paybill", amount=2, account="A", pin="1234")
    await control.fault("daraja.confirmation", "forge", amount=9_000)
    await control.act(WANJIRU, "paybill", amount=3, account="A", pin="1234")
    await application.wait_for(CONFIRMED, 4)

    first, lost, third = [entry.receipt for entry in box.mpesa.book.entries]
    seen = receipts(application)
    assert (seen[first], seen[lost], seen[third]) == (2, 0, 1)
    (forged,) = set(seen) - {first, third}
    assert not box.mpesa.book.has(forged)


async def test_confirmations_when_reordered_come_the_other_way_round(control, application, registered):
    await registered
    await control.fault("daraja.confirmation", "reorder", seconds=20)
    await control.act(WANJIRU, "paybill", amount=1, account="A", pin="1234")
    await asyncio.sleep(0.1)
    await control.act(OTIENO, "paybill", amount=2, account="A", pin="1234")

    calls = await application.wait_for(CONFIRMED, 2)

    assert [json.loads(call.body)["TransAmount"] for call in calls] == ["2.00", "1.00"]
