"""Daraja over raw HTTP: refusals, prompts, results, queries, the book, and every way it can misbehave."""

import asyncio
import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import encode_basic_auth, web

WANJIRU, OTIENO = "254712000001", "254722000002"
PASSKEY = (
    "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"  # pragma: allowlist secret - published by Safaricom
)
RESULTS = "/pay/c0ffee/stk/intent-1"


def now_in_nairobi(shift=timedelta()):
    return f"{datetime.now(UTC) + timedelta(hours=3) + shift:%Y%m%d%H%M%S}"


def signed(stamp=None, passkey=PASSKEY, shortcode="174379"):
    stamp = stamp or now_in_nairobi()
    password = base64.b64encode(f"{shortcode}{passkey}{stamp}".encode()).decode()
    return {"BusinessShortCode": shortcode, "Password": password, "Timestamp": stamp}


class Daraja:
    def __init__(self, http, url, callback):
        self.http, self.url, self.callback = http, url, callback
        self.token = ""

    async def log_in(self):
        async with self.http.get(
            f"{self.url}/oauth/v1/generate",
            params={"grant_type": "client_credentials"},
            headers={"Authorization": encode_basic_auth("sandbox", "development-only-secret")},
        ) as response:
            answer = await response.json()
            self.token = answer["access_token"]
            return answer

    async def post(self, path, content, **more):
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.post(f"{self.url}{path}", json=content, headers=headers, **more) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()

    def wanted(self, **changes):
        usual = {
            **signed(),
            "TransactionType": "CustomerPayBillOnline",
            "Amount": 500,
            "PartyA": WANJIRU,
            "PartyB": "174379",
            "PhoneNumber": WANJIRU,
            "CallBackURL": self.callback,
            "AccountReference": "UMOJA1",
            "TransactionDesc": "Deposit",
        }
        return {name: value for name, value in {**usual, **changes}.items() if value is not ...}

    async def push(self, **changes):
        return await self.post("/mpesa/stkpush/v1/processrequest", self.wanted(**changes))

    async def query(self, checkout, **changes):
        return await self.post("/mpesa/stkpushquery/v1/query", {**signed(), "CheckoutRequestID": checkout, **changes})


@pytest.fixture
async def daraja(box, http, application):
    client = Daraja(http, box.addresses["daraja"], application.url + RESULTS)
    await client.log_in()
    return client


@pytest.fixture
def prompted(control):
    async def wait(phone=WANJIRU):
        person = await control.eventually(phone, lambda seen: seen["mpesa"]["prompt"])
        return person["mpesa"]["prompt"]

    return wait


def result(call):
    return json.loads(call.body)["Body"]["stkCallback"]


def items(call):
    return {item["Name"]: item.get("Value") for item in result(call)["CallbackMetadata"]["Item"]}


async def test_token_when_credentials_fit_is_given_with_a_lifetime_in_text(daraja):
    answer = await daraja.log_in()

    assert answer == {"access_token": daraja.token, "expires_in": "3599"}


async def test_token_when_a_newer_one_was_given_is_useless(daraja, http):
    old = daraja.token
    await daraja.log_in()
    new, daraja.token = daraja.token, old

    status, refusal = await daraja.push()

    assert (status, refusal["errorCode"], refusal["errorMessage"]) == (404, "404.001.03", "Invalid Access Token")
    daraja.token = new
    assert (await daraja.push())[0] == 200


async def test_token_when_its_hour_is_over_is_useless(daraja, control):
    await control.post("clock", advance_seconds=3600)

    assert (await daraja.push())[0] == 404


@pytest.mark.parametrize(
    ("params", "headers", "status", "code"),
    [
        ({"grant_type": "client_credentials"}, {}, 400, "400.008.01"),
        ({"grant_type": "client_credentials"}, {"Authorization": "Basic ???"}, 400, "400.008.01"),
        ({"grant_type": "password"}, {"Authorization": encode_basic_auth("a", "b")}, 400, "400.008.02"),
        ({"grant_type": "client_credentials"}, {"Authorization": encode_basic_auth("a", "b")}, 400, None),
    ],
)
async def test_token_when_asked_wrongly_is_refused(*, daraja, http, params, headers, status, code):
    async with http.get(f"{daraja.url}/oauth/v1/generate", params=params, headers=headers) as response:
        assert response.status == status
        body = await response.text()
        assert (json.loads(body)["errorCode"] if code else body) == (code or "")


async def test_push_when_everything_fits_is_accepted_and_rings_the_handset(daraja, prompted):
    status, answer = await daraja.push()

    assert status == 200
    assert list(answer) == [
        "MerchantRequestID",
        "CheckoutRequestID",
        "ResponseCode",
        "ResponseDescription",
        "CustomerMessage",
    ]
    assert (answer["ResponseCode"], answer["ResponseDescription"]) == ("0", "Success. Request accepted for processing")
    assert re.fullmatch(r"ws_CO_\d{17}712000001", answer["CheckoutRequestID"])
    prompt = await prompted()
    assert 0 < prompt.pop("expires_in") <= 60
    assert prompt == {"id": answer["CheckoutRequestID"], "business": "MTAA GROUPS", "amount": 500, "account": "UMOJA1"}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"Amount": 0}, "Amount"),
        ({"Amount": 250_001}, "Amount"),
        ({"Amount": 1.5}, "Amount"),
        ({"Amount": 500.0}, "Amount"),
        ({"Amount": "500.00"}, "Amount"),
        ({"Amount": -1}, "Amount"),
        ({"Amount": True}, "Amount"),
        ({"Amount": "\u0665\u0660\u0660"}, "Amount"),
        ({"Amount": ...}, "Amount"),
        ({"PartyA": "+254712000001"}, "PartyA"),
        ({"PartyA": "0712000001"}, "PartyA"),
        ({"PartyA": "254812000001"}, "PartyA"),
        ({"PhoneNumber": OTIENO}, "PhoneNumber"),
        ({"PhoneNumber": ...}, "PhoneNumber"),
        ({"PartyB": ""}, "PartyB"),
        ({"TransactionType": "PayBill"}, "TransactionType"),
        ({"AccountReference": "A" * 13}, "AccountReference"),
        ({"AccountReference": ""}, "AccountReference"),
        ({"AccountReference": "UMOJA 1"}, "AccountReference"),
        ({"TransactionDesc": "D" * 14}, "TransactionDesc"),
        ({"CallBackURL": "/pay/stk"}, "CallBackURL"),
        ({"CallBackURL": "http://example.com/pay"}, "CallBackURL"),
        ({"CallBackURL": "https://example.com/mpesa/stk"}, "CallBackURL"),
        ({"CallBackURL": "https://example.com/stk?Query=1"}, "CallBackURL"),
        ({"CallBackURL": "https://a.ngrok.io/stk"}, "CallBackURL"),
        ({"CallBackURL": "http://[::1"}, "CallBackURL"),
        ({"Timestamp": "2026"}, "Timestamp"),
        ({"Timestamp": "20261399000000"}, "Timestamp"),
        ({"BusinessShortCode": "12"}, "BusinessShortCode"),
        ({"Password": ...}, "Password"),
    ],
)
async def test_push_when_a_field_is_wrong_is_refused_by_its_name(daraja, control, changes, what):
    status, refusal = await daraja.push(**changes)

    assert status == 400
    assert set(refusal) == {"requestId", "errorCode", "errorMessage"}
    assert (refusal["errorCode"], refusal["errorMessage"]) == ("400.002.02", f"Bad Request - Invalid {what}")
    assert await control.get("daraja/checkouts") == []


@pytest.mark.parametrize(
    "changes", [{"Amount": "500"}, {"PartyA": 254712000001, "PhoneNumber": 254712000001, "PartyB": 174379}]
)
async def test_push_when_numbers_come_as_text_or_text_as_numbers_is_accepted(daraja, changes):
    assert (await daraja.push(**changes))[0] == 200


@pytest.mark.parametrize("hours", [-3, 3])
async def test_push_when_stamped_in_another_time_zone_is_refused(daraja, hours):
    status, refusal = await daraja.push(**signed(now_in_nairobi(timedelta(hours=hours))))

    assert (status, refusal["errorMessage"]) == (400, "Bad Request - Invalid Timestamp")


@pytest.mark.parametrize(
    ("signature", "message"),
    [({"passkey": "wrong"}, "Wrong credentials"), ({"shortcode": "600000"}, "Merchant does not exist")],
)
async def test_push_when_signed_wrongly_is_refused(daraja, signature, message):
    status, refusal = await daraja.push(**signed(**signature))

    assert (status, refusal["errorCode"], refusal["errorMessage"]) == (500, "500.001.1001", message)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"Amount": NaN}', b"[" * 100_000])
async def test_push_when_body_is_no_object_is_refused(daraja, http, body):
    headers = {"Authorization": f"Bearer {daraja.token}", "Content-Type": "application/json"}

    async with http.post(f"{daraja.url}/mpesa/stkpush/v1/processrequest", data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["errorCode"] == "400.002.05"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/mpesa/stkpush/v1/processrequest", 405, "405.001"),
        ("POST", "/mpesa/b2c/v1/paymentrequest", 404, "404.001.01"),
        ("POST", "/mpesa/c2b/v3/registerurl", 404, "404.001.01"),
    ],
)
async def test_path_when_not_played_is_refused_like_an_unknown_one(*, daraja, http, method, path, status, code):
    async with http.request(method, f"{daraja.url}{path}") as response:
        assert (response.status, (await response.json())["errorCode"]) == (status, code)


async def test_payment_when_pin_is_right_moves_the_money_and_tells(daraja, control, application, prompted):
    _, answer = await daraja.push()
    prompt = await prompted()

    person = await control.act(WANJIRU, "mpesa", prompt=prompt["id"], action="pay", pin="1234")

    (call,) = await application.wait_for(RESULTS)
    told, paid = result(call), items(call)
    assert (told["ResultCode"], told["CheckoutRequestID"]) == (0, answer["CheckoutRequestID"])
    assert told["MerchantRequestID"] == answer["MerchantRequestID"]
    assert [item["Name"] for item in told["CallbackMetadata"]["Item"]] == [
        "Amount",
        "MpesaReceiptNumber",
        "Balance",
        "TransactionDate",
        "PhoneNumber",
    ]
    assert b'"Amount", "Value": 500.0}' in call.body
    assert b'{"Name": "Balance"}' in call.body
    assert re.fullmatch(r"[A-Z0-9]{10}", paid["MpesaReceiptNumber"])
    assert (paid["PhoneNumber"], str(paid["TransactionDate"])[:8]) == (254712000001, now_in_nairobi()[:8])
    assert (person["mpesa"]["balance"], person["mpesa"]["prompt"]) == (19_500, None)
    book = await control.get("daraja/book")
    (entry,) = book.pop("entries")
    assert book == {"shortcode": "174379", "balance": "500.00", "charges": "0.00"}
    assert (entry["receipt"], entry["amount"], entry["account"], entry["phone"], entry["checkout"]) == (
        paid["MpesaReceiptNumber"],
        "500.00",
        "UMOJA1",
        "+254712000001",
        answer["CheckoutRequestID"],
    )


@pytest.mark.parametrize(
    ("act", "code", "text"),
    [
        ({"action": "pay", "pin": "0000"}, 2001, "The initiator information is invalid."),
        ({"action": "cancel"}, 1032, "Request cancelled by user"),
    ],
)
async def test_payment_when_not_made_says_why_and_moves_nothing(*, daraja, control, application, prompted, act, code, text):
    _, answer = await daraja.push()
    await prompted()

    person = await control.act(WANJIRU, "mpesa", prompt=answer["CheckoutRequestID"], **act)

    (call,) = await application.wait_for(RESULTS)
    assert (result(call)["ResultCode"], result(call)["ResultDesc"]) == (code, text)
    assert "CallbackMetadata" not in result(call)
    assert (person["mpesa"]["balance"], (await control.get("daraja/book"))["balance"]) == (20_000, "0.00")


async def test_payment_when_money_is_short_fails_with_1(daraja, control, application, prompted):
    await daraja.push(Amount=20_001)
    prompt = await prompted()

    await control.act(WANJIRU, "mpesa", prompt=prompt["id"], action="pay", pin="1234")

    (call,) = await application.wait_for(RESULTS)
    assert result(call)["ResultCode"] == 1
    assert (await control.person(WANJIRU))["mpesa"]["balance"] == 20_000


async def test_prompt_when_nobody_answers_ends_with_1037(daraja, control, application, prompted):
    await control.post("settings", prompt_seconds=20)
    await daraja.push()
    prompt = await prompted()

    await control.post("clock", advance_seconds=21)

    (call,) = await application.wait_for(RESULTS)
    assert result(call)["ResultCode"] == 1037
    await control.act(WANJIRU, "mpesa", prompt=prompt["id"], action="pay", pin="1234", expect=409)


async def test_push_when_nobody_has_the_number_ends_with_1037(daraja, control, application):
    _, answer = await daraja.push(PartyA="254799999999", PhoneNumber="254799999999")

    await control.post("clock", advance_seconds=61)

    (call,) = await application.wait_for(RESULTS)
    assert (result(call)["ResultCode"], result(call)["CheckoutRequestID"]) == (1037, answer["CheckoutRequestID"])


async def test_second_push_when_a_prompt_is_open_gets_1001(daraja, application, prompted):
    _, first = await daraja.push()
    await prompted()

    _, second = await daraja.push(Amount=700)

    (call,) = await application.wait_for(RESULTS)
    assert (result(call)["ResultCode"], result(call)["CheckoutRequestID"]) == (1001, second["CheckoutRequestID"])
    assert (await prompted())["id"] == first["CheckoutRequestID"]


async def test_same_amount_when_within_two_minutes_gets_17_if_switched_on(daraja, control, application, prompted):
    await control.post("settings", rule_17=True)
    await daraja.push()
    await control.act(WANJIRU, "mpesa", prompt=(await prompted())["id"], action="pay", pin="1234")

    await daraja.push()

    calls = await application.wait_for(RESULTS, 2)
    assert [result(call)["ResultCode"] for call in calls] == [0, 17]
    await control.post("clock", advance_seconds=121)
    await daraja.push()
    assert (await prompted())["amount"] == 500


@pytest.mark.parametrize("changes", [{"PartyB": "600000"}, {"TransactionType": "CustomerBuyGoodsOnline"}])
async def test_push_when_party_does_not_fit_the_product_ends_with_2028(daraja, application, changes):
    await daraja.push(**changes)

    (call,) = await application.wait_for(RESULTS)
    assert result(call)["ResultCode"] == 2028


async def test_query_when_prompt_is_open_says_being_processed(daraja, prompted):
    _, answer = await daraja.push()
    await prompted()

    status, refusal = await daraja.query(answer["CheckoutRequestID"])

    assert (status, refusal["errorCode"], refusal["errorMessage"]) == (
        500,
        "500.001.1001",
        "The transaction is being processed",
    )


@pytest.mark.parametrize(("act", "code"), [({"action": "pay", "pin": "1234"}, "0"), ({"action": "cancel"}, "1032")])
async def test_query_when_settled_tells_the_result_as_text_without_receipt(daraja, control, prompted, act, code):
    _, answer = await daraja.push()
    await prompted()
    await control.act(WANJIRU, "mpesa", prompt=answer["CheckoutRequestID"], **act)

    status, told = await daraja.query(answer["CheckoutRequestID"])

    assert status == 200
    assert set(told) == {
        "ResponseCode",
        "ResponseDescription",
        "MerchantRequestID",
        "CheckoutRequestID",
        "ResultCode",
        "ResultDesc",
    }
    assert (told["ResponseCode"], told["ResultCode"]) == ("0", code)


async def test_query_when_checkout_is_unknown_is_refused(daraja):
    status, refusal = await daraja.query("ws_CO_nobody")

    assert (status, refusal["errorCode"]) == (400, "400.002.02")
    assert (await daraja.query("ws_CO_nobody", **signed(passkey="wrong")))[0] == 500


@pytest.fixture
def paid(daraja, control, prompted):
    """Push 500 and pay it."""

    async def pay():
        _, answer = await daraja.push()
        prompt = await prompted()
        await control.act(WANJIRU, "mpesa", prompt=prompt["id"], action="pay", pin="1234")
        return answer["CheckoutRequestID"]

    return pay


async def test_fault_lose_pays_but_never_tells(daraja, control, application, paid):
    await control.fault("daraja.callback", "lose")

    checkout = await paid()

    assert (await daraja.query(checkout))[1]["ResultCode"] == "0"
    async with asyncio.timeout(10):
        while not (callbacks := (await control.get("daraja/checkouts"))[0]["callbacks"]):
            await asyncio.sleep(0.02)
    assert [(told["code"], told["outcome"]) for told in callbacks] == [(0, "lost")]
    assert application.to(RESULTS) == []
    assert (await control.get("daraja/book"))["balance"] == "500.00"


async def test_fault_double_tells_twice_with_the_same_bytes(control, application, paid):
    await control.fault("daraja.callback", "double")

    await paid()

    first, second = await application.wait_for(RESULTS, 2)
    assert first.body == second.body


async def test_fault_late_duplicate_and_delay_tell_when_time_has_passed(control, application, paid):
    await control.fault("daraja.callback", "delay", seconds=600)
    await control.fault("daraja.callback", "late_duplicate", seconds=600)
    await paid()
    assert application.to(RESULTS) == []

    await control.pass_time(601, until=lambda: len(application.to(RESULTS)) == 2)

    first, second = application.to(RESULTS)
    assert first.body == second.body


async def test_fault_before_answer_tells_before_the_push_is_answered(daraja, control, application, prompted):
    await control.fault("daraja.callback", "before_answer")
    pushing = asyncio.create_task(daraja.push())
    prompt = await prompted()
    assert not pushing.done()

    await control.act(WANJIRU, "mpesa", prompt=prompt["id"], action="pay", pin="1234")
    status, answer = await pushing

    assert (status, answer["CheckoutRequestID"]) == (200, prompt["id"])
    assert result(application.to(RESULTS)[0])["CheckoutRequestID"] == prompt["id"]


async def test_fault_success_after_failure_tells_cancelled_and_then_paid(daraja, control, application, prompted):
    await control.fault("daraja.callback", "success_after_failure", seconds=60)
    _, answer = await daraja.push()
    await prompted()
    await control.act(WANJIRU, "mpesa", prompt=answer["CheckoutRequestID"], action="cancel")
    await application.wait_for(RESULTS, 1)
    assert (await control.get("daraja/book"))["balance"] == "0.00"

    await control.post("clock", advance_seconds=61)

    calls = await application.wait_for(RESULTS, 2)
    assert [result(call)["ResultCode"] for call in calls] == [1032, 0]
    assert (await daraja.query(answer["CheckoutRequestID"]))[1]["ResultCode"] == "0"
    book = await control.get("daraja/book")
    assert (book["balance"], book["entries"][0]["receipt"]) == ("500.00", items(calls[1])["MpesaReceiptNumber"])


async def test_fault_forge_amount_lies_while_the_book_tells_the_truth(control, application, paid):
    await control.fault("daraja.callback", "forge_amount", amount=90_000)

    await paid()

    (call,) = await application.wait_for(RESULTS)
    assert items(call)["Amount"] == 90_000
    assert (await control.get("daraja/book"))["balance"] == "500.00"


async def test_fault_forge_success_tells_of_a_payment_that_never_was(daraja, control, application, prompted):
    await control.fault("daraja.callback", "forge_success")
    _, answer = await daraja.push()

    (call,) = await application.wait_for(RESULTS)

    assert (result(call)["ResultCode"], result(call)["CheckoutRequestID"]) == (0, answer["CheckoutRequestID"])
    assert await prompted()
    assert await control.get("daraja/book") == {
        "shortcode": "174379",
        "balance": "0.00",
        "charges": "0.00",
        "entries": [],
    }


async def test_fault_success_without_receipt_has_no_metadata(control, application, paid):
    await control.fault("daraja.callback", "success_without_receipt")

    await paid()

    (call,) = await application.wait_for(RESULTS)
    assert result(call)["ResultCode"] == 0
    assert "CallbackMetadata" not in result(call)


async def test_fault_hang_accepts_but_answers_too_late(daraja, control, prompted):
    await control.fault("daraja.push", "hang", seconds=60)

    pushing = asyncio.create_task(daraja.push())
    prompt = await prompted()
    await control.act(WANJIRU, "mpesa", prompt=prompt["id"], action="pay", pin="1234")
    assert not pushing.done()
    await control.post("clock", advance_seconds=61)

    assert (await pushing)[1]["CheckoutRequestID"] == prompt["id"]


async def test_push_when_the_client_gave_up_waiting_can_still_be_paid(daraja, control, application, prompted):
    await control.fault("daraja.push", "hang", seconds=60)

    pushing = asyncio.create_task(daraja.push())
    prompt = await prompted()
    pushing.cancel()
    await control.act(WANJIRU, "mpesa", prompt=prompt["id"], action="pay", pin="1234")

    assert result((await application.wait_for(RESULTS))[0])["ResultCode"] == 0


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [("http_500", 500, "500.003.1001"), ("http_429", 429, "500.003.02"), ("html", 503, None)],
)
async def test_fault_broken_push_takes_nothing(daraja, control, what, status, code):
    await control.fault("daraja.push", what, phone=WANJIRU)

    answered, refusal = await daraja.push()

    assert answered == status
    assert (refusal["errorCode"] == code) if code else ("Service Unavailable" in refusal)
    assert await control.get("daraja/checkouts") == []
    assert (await daraja.push())[0] == 200


async def test_fault_query_pending_and_contradict_say_something_else(daraja, control, paid):
    checkout = await paid()
    await control.fault("daraja.query", "pending")
    await control.fault("daraja.query", "contradict")

    pending, contradicted, honest = [await daraja.query(checkout) for _ in range(3)]

    assert (pending[0], pending[1]["errorCode"]) == (500, "500.001.1001")
    assert (contradicted[1]["ResultCode"], honest[1]["ResultCode"]) == ("1032", "0")


@pytest.mark.parametrize(("what", "status"), [("http_429", 429), ("html", 503)])
async def test_fault_broken_query_is_refused(daraja, control, paid, what, status):
    checkout = await paid()
    await control.fault("daraja.query", what)

    assert (await daraja.query(checkout))[0] == status


async def test_fault_oauth_500_gives_no_token(daraja, control, http):
    await control.fault("daraja.oauth", "http_500")

    async with http.get(f"{daraja.url}/oauth/v1/generate") as response:
        assert response.status == 500


async def test_callback_when_the_application_fails_is_not_repeated(control, application, paid):
    application.answer = lambda _call: web.Response(status=500)
    await paid()
    await application.wait_for(RESULTS)

    await control.post("clock", advance_seconds=86_400)
    await asyncio.sleep(0.1)

    assert len(application.to(RESULTS)) == 1
    assert (await control.get("daraja/checkouts"))[0]["callbacks"][0]["outcome"] == 500


async def test_mpesa_sms_when_switched_on_confirms_like_the_real_one(control, paid):
    await control.post("settings", mpesa_sms=True)

    await paid()

    (sms,) = (await control.person(WANJIRU))["sms"]
    (entry,) = (await control.get("daraja/book"))["entries"]
    assert sms["from"] == "MPESA"
    assert sms["text"].startswith(f"{entry['receipt']} Confirmed. Ksh500.00 sent to MTAA GROUPS for account UMOJA1 on ")
    assert "New M-PESA balance is Ksh19,500.00." in sms["text"]
    assert await control.get("sms-log") == []


async def test_many_payments_when_made_together_all_balance(daraja, control, application):
    people = [await control.post("people", expect=201, name=f"Member {number}") for number in range(10)]
    phones = [person["phone"] for person in people]
    pushed = await asyncio.gather(*(daraja.push(PartyA=phone, PhoneNumber=phone, Amount=100) for phone in phones))

    async def pay(phone, checkout):
        await control.eventually(phone, lambda seen: seen["mpesa"]["prompt"])
        await control.act(phone, "mpesa", prompt=checkout, action="pay", pin="1234")

    checkouts = [answer["CheckoutRequestID"] for _, answer in pushed]
    await asyncio.gather(*(pay(phone, checkout) for phone, checkout in zip(phones, checkouts, strict=True)))

    calls = await application.wait_for(RESULTS, 10)
    book = await control.get("daraja/book")
    assert book["balance"] == "1000.00"
    assert {items(call)["MpesaReceiptNumber"] for call in calls} == {entry["receipt"] for entry in book["entries"]}
    assert len({entry["receipt"] for entry in book["entries"]}) == 10


@pytest.mark.parametrize("where", ["daraja.oauth", "daraja.query"])
async def test_fault_hang_answers_when_nobody_waits_any_more(daraja, control, paid, where):
    checkout = await paid()
    await control.fault(where, "hang", seconds=60)

    asking = asyncio.create_task(daraja.log_in() if where == "daraja.oauth" else daraja.query(checkout))
    await asyncio.sleep(0.2)
    assert not asking.done()
    await control.pass_time(61, until=asking.done)

    assert await asking


async def test_prompt_when_paid_is_told_twice_with_one_receipt_where_the_paybill_is_registered(box, control, application, paid):
    from core.sandbox.daraja.orders import Registration

    where = f"{application.url}/pay/c0ffee/c2b"
    await box.mpesa.paybill.register(Registration(f"{where}/validation", f"{where}/confirmation", True, False))
    await control.post("settings", mask_phones=True)

    await paid()

    (told,) = await application.wait_for(RESULTS)
    (confirmed,) = await application.wait_for("/pay/c0ffee/c2b/confirmation")
    confirmation = json.loads(confirmed.body)
    assert confirmation["TransID"] == items(told)["MpesaReceiptNumber"]
    assert confirmation["ThirdPartyTransID"] == result(told)["MerchantRequestID"]
    assert (confirmation["TransAmount"], confirmation["BillRefNumber"]) == ("500.00", "UMOJA1")
    assert confirmation["MSISDN"] == items(told)["PhoneNumber"] == "2547*****001"
    assert application.to("/pay/c0ffee/c2b/validation") == []
    assert len((await control.get("daraja/book"))["entries"]) == 1
