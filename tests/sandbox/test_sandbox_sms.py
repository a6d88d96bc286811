"""The SMS account, asked by the official SDK, and what it tells the application."""

import asyncio

import pytest
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService
from aiohttp import web

WANJIRU = "254712000001"
DELIVERY, INBOUND = "/sms/c0ffee/delivery", "/sms/c0ffee/inbound"
HEADERS = {"apiKey": "development-only-secret", "Accept": "application/json"}


@pytest.fixture
def send(box):
    """Send by the SDK, which blocks; its base address is private."""
    sms = SMSService("sandbox", "development-only-secret")
    sms._baseUrl = f"{box.addresses['africastalking']}/version1"

    async def send(text, *numbers, **more):
        return await asyncio.to_thread(sms.send, text, list(numbers), **more)

    send.service = sms
    return send


async def test_send_when_everything_fits_reaches_the_inbox(send, control):
    answer = await send("Your code is 482913", "+254712000001", sender_id="MTAA")

    (recipient,) = answer["SMSMessageData"]["Recipients"]
    message_id = recipient.pop("messageId")
    assert recipient == {"statusCode": 101, "number": "+254712000001", "status": "Success", "cost": "KES 0.8000"}
    assert answer["SMSMessageData"]["Message"] == "Sent to 1/1 Total Cost: KES 0.8000"
    assert message_id.startswith("ATXid_")
    (received,) = (await control.person(WANJIRU))["sms"]
    assert (received["from"], received["text"], received["parts"]) == ("MTAA", "Your code is 482913", 1)
    (logged,) = await control.get("sms-log")
    assert (logged["id"], logged["code"], logged["cost"]) == (message_id, 101, "0.8000")


async def test_send_when_long_or_not_gsm_costs_each_part(send):
    long = await send("a" * 161, "+254712000001")
    unicode = await send("ê" * 71, "+254712000001")

    assert [answer["SMSMessageData"]["Recipients"][0]["cost"] for answer in (long, unicode)] == ["KES 1.6000", "KES 1.6000"]


async def test_send_when_some_numbers_are_bad_names_each(send):
    answer = await send("hello", "+254712000001", "+254201234567", "+1234")

    data = answer["SMSMessageData"]
    assert [(each["statusCode"], each["status"], each["cost"], each["messageId"]) for each in data["Recipients"][1:]] == [
        (404, "UnsupportedNumberType", "0", "None"),
        (403, "InvalidPhoneNumber", "0", "None"),
    ]
    assert data["Message"] == "Sent to 1/3 Total Cost: KES 0.8000"


async def test_send_when_sender_is_not_ours_sends_nothing(send, control):
    answer = await send("hello", "+254712000001", sender_id="SAFARICOM")

    assert answer == {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}
    assert (await control.person(WANJIRU))["sms"] == []


async def test_send_when_key_is_wrong_is_refused_in_their_words(send):
    send.service._headers["apiKey"] = "wrong"

    with pytest.raises(AfricasTalkingException, match="The supplied authentication is invalid"):
        await send("hello", "+254712000001")


async def test_delivery_when_sent_is_reported_until_it_is_taken(send, control, application):
    answers = [web.Response(status=500), web.Response(status=202), web.Response(text="ok")]
    application.answer = lambda _call: answers.pop(0)
    answer = await send("hello", "+254712000001")
    await application.wait_for(DELIVERY, 1)

    await control.post("clock", advance_seconds=5)
    await application.wait_for(DELIVERY, 2)
    await asyncio.sleep(0.05)
    await control.post("clock", advance_seconds=5)

    reports = await application.wait_for(DELIVERY, 3)
    assert len({report.body for report in reports}) == 1
    assert reports[0].form == [
        ("id", answer["SMSMessageData"]["Recipients"][0]["messageId"]),
        ("status", "Success"),
        ("phoneNumber", "+254712000001"),
        ("networkCode", "63902"),
        ("retryCount", "0"),
    ]
    async with asyncio.timeout(10):
        while not (await control.get("sms-log"))[0]["reported"]:
            await asyncio.sleep(0.02)
    assert len(application.to(DELIVERY)) == 3


async def test_delivery_when_nobody_has_the_number_is_reported_as_failed(send, application):
    await send("hello", "+254799999999")

    (report,) = await application.wait_for(DELIVERY)
    assert (report.fields["status"], report.fields["failureReason"]) == ("Failed", "UserDoesNotExist")


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        ({"what": "double"}, ["Success", "Success"]),
        ({"what": "reorder"}, ["Success", "Sent"]),
        ({"what": "fail", "reason": "UserInBlackList"}, ["Failed"]),
    ],
)
async def test_fault_at_delivery_changes_what_is_reported(send, control, application, fault, statuses):
    await control.fault("sms.delivery", **fault)

    await send("hello", "+254712000001")

    reports = await application.wait_for(DELIVERY, len(statuses))
    assert [report.fields["status"] for report in reports] == statuses
    assert reports[0].fields.get("failureReason") == fault.get("reason")


async def test_fault_lost_report_is_never_sent(send, control, application):
    await control.fault("sms.delivery", "lose")
    await send("lost", "+254712000001")
    await send("reported", "+254712000001")

    await application.wait_for(DELIVERY)

    first, second = await control.get("sms-log")
    assert [report.fields["id"] for report in application.to(DELIVERY)] == [second["id"]]
    assert first["reported"]


@pytest.mark.parametrize(
    ("code", "status"), [(406, "UserInBlacklist"), (405, "InsufficientBalance"), (500, "InternalServerError")]
)
async def test_fault_reject_refuses_one_recipient(send, control, code, status):
    await control.fault("sms.send", "reject", code=code, phone=WANJIRU)

    answer = await send("hello", "+254712000001", "+254722000002")

    first, second = answer["SMSMessageData"]["Recipients"]
    assert (first["statusCode"], first["status"], second["statusCode"]) == (code, status, 101)
    assert (await control.person(WANJIRU))["sms"] == []


@pytest.mark.parametrize(("what", "words"), [("http_500", "internal server error"), ("html", "502 Bad Gateway")])
async def test_fault_broken_server_sends_nothing(send, control, what, words):
    await control.fault("sms.send", what)

    with pytest.raises(AfricasTalkingException, match=words):
        await send("hello", "+254712000001")

    assert await control.get("sms-log") == []


async def test_fault_hang_sends_but_answers_too_late(send, control):
    await control.fault("sms.send", "hang", seconds=60)

    sending = asyncio.create_task(send("hello", "+254712000001"))
    await control.eventually(WANJIRU, lambda person: person["sms"])
    assert not sending.done()
    await control.post("clock", advance_seconds=61)

    assert (await sending)["SMSMessageData"]["Recipients"][0]["statusCode"] == 101


async def test_balance_when_messages_were_sent_is_less_by_their_cost(send, box, http):
    url = f"{box.addresses['africastalking']}/version1/user"
    await send("a" * 161, "+254712000001")

    async with http.get(url, params={"username": "sandbox"}, headers=HEADERS) as response:
        assert response.headers["Content-Type"] == "application/json"
        assert await response.json() == {"UserData": {"balance": "KES 9998.4000"}}
    async with http.get(url, params={"username": "other"}, headers=HEADERS) as response:
        assert (response.status, await response.text()) == (401, "The supplied authentication is invalid")


@pytest.mark.parametrize(
    ("form", "headers", "refusal"),
    [
        ({"to": "+254712000001", "message": "x"}, HEADERS, (400, "Request is missing required form field 'username'")),
        ({"username": "sandbox", "message": "x"}, HEADERS, (400, "Request is missing required form field 'to'")),
        ({"username": "sandbox", "to": "+254712000001"}, HEADERS, (400, "Request is missing required form field 'message'")),
        (
            {"username": "sandbox", "to": "1", "message": "x"},
            {"Accept": "application/json"},
            (401, "authentication is invalid"),
        ),
        ({"username": "sandbox", "to": "1", "message": "x"}, {"apiKey": "x"}, (406, "Accept")),
    ],
)
async def test_messaging_when_form_is_incomplete_is_refused(box, http, form, headers, refusal):
    url = f"{box.addresses['africastalking']}/version1/messaging"

    async with http.post(url, data=form, headers=headers) as response:
        assert response.status == refusal[0]
        assert refusal[1] in await response.text()


async def test_unknown_path_is_answered_in_their_words(box, http):
    async with http.post(f"{box.addresses['africastalking']}/version1/airtime/send", headers=HEADERS) as response:
        assert (response.status, await response.text()) == (404, "The requested resource could not be found.")


async def test_inbound_when_somebody_writes_is_posted_until_it_is_taken(control, application):
    answers = [web.Response(status=503), web.Response(text="ok")]
    application.answer = lambda _call: answers.pop(0)

    await control.act(WANJIRU, "sms", text="STOP")
    await application.wait_for(INBOUND)
    await control.post("clock", advance_seconds=2)

    first, second = await application.wait_for(INBOUND, 2)
    assert first.body == second.body
    assert list(first.fields) == ["date", "from", "id", "linkId", "text", "to", "cost", "networkCode"]
    assert (first.fields["from"], first.fields["text"]) == ("+254712000001", "STOP")
