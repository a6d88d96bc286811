"""The USSD gateway over real HTTP: the wire, the limits, the network's failures."""

import asyncio
import re
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

WANJIRU, OTIENO = "254712000001", "254722000002"
HOPS, EVENTS = "/ussd/c0ffee", "/ussd/c0ffee/events"


def menu(*screens):
    """An application that answers the hops with these screens, one after the other."""
    left = list(screens)

    def answer(call):
        return web.Response(text=left.pop(0)) if call.path == HOPS else web.Response(text="")

    return answer


async def test_dial_when_code_is_ours_posts_the_captured_form(control, application):
    application.answer = menu("CON Karibu\n1. Balance")

    person = await control.act(WANJIRU, "dial", code="*384*77#")

    (call,) = application.to(HOPS)
    session = call.fields["sessionId"]
    assert call.form == [
        ("phoneNumber", "+254712000001"),
        ("serviceCode", "*384*77#"),
        ("text", ""),
        ("sessionId", session),
        ("networkCode", "63902"),
    ]
    assert b"phoneNumber=%2B254712000001&serviceCode=%2A384%2A77%23" in call.body
    assert re.fullmatch(r"ATUid_[0-9a-f]{32}", session)
    assert call.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert (call.headers["User-Agent"], call.headers["Accept-Encoding"]) == ("at-ussd-api/1.0", "gzip")
    assert person["ussd"] == {
        "open": True,
        "screen": "Karibu\n1. Balance",
        "septets": 17,
        "limit": 160,
        "encoding": "gsm7",
        "page": 1,
        "pages": 1,
        "error": False,
        "waiting": False,
    }


async def test_replies_when_empty_or_starred_stay_in_the_history(control, application):
    application.answer = menu(*["CON more"] * 4, "END bye")

    await control.act(WANJIRU, "dial", code="*384*77#")
    for text in ("1", "", "a*b"):
        await control.act(WANJIRU, "reply", text=text)
    person = await control.act(WANJIRU, "reply", text="1")

    assert [call.fields["text"] for call in application.to(HOPS)] == ["", "1", "1*", "1**a*b", "1**a*b*1"]
    assert len({call.fields["sessionId"] for call in application.to(HOPS)}) == 1
    assert (person["ussd"]["open"], person["ussd"]["screen"]) == (False, "bye")
    await control.act(WANJIRU, "reply", text="1", expect=409)


async def test_session_when_it_ends_is_reported_with_its_whole_story(control, application):
    def answer(call):
        if call.path == EVENTS:
            return web.Response(text="")
        step = "amount" if call.fields["text"] else "home"
        body = "END Thank you" if call.fields["text"] else "CON How much?"
        return web.Response(text=body, headers={"at-ussd-hop-metadata": step})

    application.answer = answer
    await control.act(WANJIRU, "dial", code="*384*77#")
    await control.act(WANJIRU, "reply", text="500")

    (event,) = await application.wait_for(EVENTS)
    first, second = application.to(HOPS)
    assert "at-ussd-hop-metadata" not in first.headers
    assert second.headers["at-ussd-hop-metadata"] == "home"
    assert [name for name, _ in event.form] == [
        "date",
        "sessionId",
        "serviceCode",
        "networkCode",
        "phoneNumber",
        "status",
        "cost",
        "durationInMillis",
        "hopsCount",
        "hopsMetadata",
        "input",
        "lastAppResponse",
    ]
    told = event.fields
    assert told["sessionId"] == first.fields["sessionId"]
    assert (told["status"], told["hopsCount"], told["hopsMetadata"]) == ("Success", "2", "home|amount")
    assert (told["input"], told["lastAppResponse"]) == ("500", "END Thank you")


async def test_hang_up_when_session_is_open_reports_incomplete_and_clears_the_screen(control, application):
    application.answer = menu("CON Karibu")
    await control.act(WANJIRU, "dial", code="*384*77#")

    person = await control.act(WANJIRU, "hangup")

    (event,) = await application.wait_for(EVENTS)
    assert event.fields["status"] == "Incomplete"
    assert person["ussd"] is None


async def test_dial_when_a_session_is_open_replaces_it(control, application):
    application.answer = menu("CON first", "CON second")
    await control.act(WANJIRU, "dial", code="*384*77#")

    person = await control.act(WANJIRU, "dial", code="*384*77#")

    (event,) = await application.wait_for(EVENTS)
    first, second = application.to(HOPS)
    assert event.fields["sessionId"] == first.fields["sessionId"] != second.fields["sessionId"]
    assert person["ussd"]["screen"] == "second"


@pytest.mark.parametrize(
    ("form", "service_code", "text"),
    [("text", "*384*77#", "3*1"), ("empty", "*384*77#", ""), ("service_code", "*384*77*3*1#", "")],
)
async def test_deep_dial_when_set_so_comes_in_that_form(control, application, form, service_code, text):
    application.answer = menu("CON deep", "CON deeper")
    await control.post("settings", deep_dial=form)

    await control.act(WANJIRU, "dial", code="*384*77*3*1#")
    await control.act(WANJIRU, "reply", text="2")

    first, second = application.to(HOPS)
    assert (first.fields["serviceCode"], first.fields["text"]) == (service_code, text)
    assert second.fields["text"] == (f"{text}*2" if text else "2")


async def test_dial_when_code_belongs_to_nobody_is_answered_by_the_network(control, application):
    person = await control.act(WANJIRU, "dial", code="*144#")

    assert person["ussd"]["screen"] == "Connection problem or invalid MMI code."
    assert (person["ussd"]["error"], person["ussd"]["open"]) == (True, False)
    assert application.calls == []
    await control.act(WANJIRU, "dial", code="hello", expect=409)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda: web.Response(text=""), "The response must be UTF-8 text that starts with CON or END"),
        (lambda: web.Response(text=" CON hello"), "The response must be UTF-8 text that starts with CON or END"),
        (lambda: web.Response(text="Hello"), "The response must be UTF-8 text that starts with CON or END"),
        (lambda: web.Response(text="CONhello"), "The response must be UTF-8 text that starts with CON or END"),
        (
            lambda: web.Response(body=b"CON \xff\xfe", content_type="text/plain"),
            "The response must be UTF-8 text that starts with CON or END",
        ),
        (lambda: web.Response(status=500, text="CON hello"), "Received unexpected response code: 500"),
        (lambda: web.Response(status=201, text="CON hello"), "Received unexpected response code: 201"),
        (lambda: web.Response(status=302, headers={"Location": "/"}), "Received unexpected response code: 302"),
        (lambda: web.json_response({}), "Received unexpected content type: application/json"),
        (
            lambda: web.Response(text="CON a", headers={"at-ussd-hop-metadata": "a|b"}),
            "at-ussd-hop-metadata must have at most 99 characters and no |",
        ),
    ],
)
async def test_hop_when_answer_is_unusable_ends_with_a_network_error(control, application, answer, problem):
    application.answer = lambda call: web.Response(text="") if call.path == EVENTS else answer()

    person = await control.act(WANJIRU, "dial", code="*384*77#")

    (event,) = await application.wait_for(EVENTS)
    assert person["ussd"]["screen"] == "Network technical problem. Please try again later."
    assert (person["ussd"]["error"], person["ussd"]["open"]) == (True, False)
    assert (event.fields["status"], event.fields["errorMessage"]) == ("Failed", problem)


async def test_hop_when_application_is_too_slow_ends_with_a_network_error(control, application):
    async def answer(call):
        if call.path == HOPS:
            await asyncio.sleep(5)
        return web.Response(text="CON too late")

    application.answer = answer
    await control.post("settings", answer_seconds=0.1)

    person = await control.act(WANJIRU, "dial", code="*384*77#")

    (event,) = await application.wait_for(EVENTS)
    assert person["ussd"]["error"]
    assert event.fields["errorMessage"] == "Request timed out"


async def test_hang_up_when_the_application_still_thinks_drops_its_answer(control, application):
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def answer(call):
        if call.path == HOPS:
            thinking.set()
            await go_on.wait()
        return web.Response(text="CON too late")

    application.answer = answer
    dialling = asyncio.create_task(control.act(WANJIRU, "dial", code="*384*77#"))
    await thinking.wait()
    assert (await control.person(WANJIRU))["ussd"]["waiting"]
    await control.act(WANJIRU, "reply", text="1", expect=409)
    await control.act(WANJIRU, "hangup")
    go_on.set()
    person = await dialling

    (event,) = await application.wait_for(EVENTS)
    assert (event.fields["status"], person["ussd"]) == ("Incomplete", None)


async def test_session_when_nobody_types_is_cut_off(control, application):
    application.answer = menu("CON Karibu", "CON Bado", "CON again")
    await control.post("settings", idle_seconds=300, total_seconds=0)
    await control.act(WANJIRU, "dial", code="*384*77#")
    await control.post("clock", advance_seconds=200)
    await control.act(WANJIRU, "reply", text="1")
    await control.post("clock", advance_seconds=200)
    assert (await control.person(WANJIRU))["ussd"]["open"]

    await control.post("clock", advance_seconds=101)

    (event,) = await application.wait_for(EVENTS)
    person = await control.eventually(WANJIRU, lambda seen: not seen["ussd"]["open"])
    assert person["ussd"]["screen"] == "Session timed out. Please dial again."
    assert event.fields["status"] == "Incomplete"
    assert int(event.fields["durationInMillis"]) >= 500_000


async def test_session_when_it_takes_too_long_in_all_is_cut_off(control, application):
    application.answer = menu(*["CON go on"] * 10)
    await control.post("settings", idle_seconds=0, total_seconds=180)
    await control.act(WANJIRU, "dial", code="*384*77#")
    await control.post("clock", advance_seconds=120)
    await control.act(WANJIRU, "reply", text="1")

    await control.post("clock", advance_seconds=61)

    await application.wait_for(EVENTS)
    await control.eventually(WANJIRU, lambda seen: not seen["ussd"]["open"])


async def test_session_when_limits_are_off_waits_for_ever(control, application):
    application.answer = menu("CON Karibu", "CON still here")
    await control.post("settings", idle_seconds=0, total_seconds=0)
    await control.act(WANJIRU, "dial", code="*384*77#")
    await control.post("clock", advance_seconds=100_000)

    person = await control.act(WANJIRU, "reply", text="1")

    assert person["ussd"]["screen"] == "still here"


async def test_long_screen_when_paged_by_the_telco_takes_98_and_00_for_itself(control, application):
    application.answer = menu("CON " + "a" * 200, "CON second")
    await control.act(WANJIRU, "dial", code="*384*77#")

    turned = await control.act(WANJIRU, "reply", text="98")
    back = await control.act(WANJIRU, "reply", text="00")
    answered = await control.act(WANJIRU, "reply", text="00")

    assert turned["ussd"]["screen"] == "a" * 48 + "\n00:Back"
    assert (back["ussd"]["page"], back["ussd"]["pages"]) == (1, 2)
    # On the first page there is nothing to go back to: the key is the application's.
    assert answered["ussd"]["screen"] == "second"
    assert [call.fields["text"] for call in application.to(HOPS)] == ["", "00"]


async def test_screen_when_on_airtel_holds_more_than_on_safaricom(control, application):
    application.answer = menu("CON " + "a" * 184, "CON " + "a" * 184)
    await control.act(OTIENO, "network", network="airtel")

    airtel = await control.act(OTIENO, "dial", code="*384*77#")
    safaricom = await control.act(WANJIRU, "dial", code="*384*77#")

    assert (airtel["ussd"]["limit"], airtel["ussd"]["pages"]) == (184, 1)
    assert (safaricom["ussd"]["limit"], safaricom["ussd"]["pages"]) == (160, 2)
    assert [call.fields["networkCode"] for call in application.to(HOPS)] == ["63903", "63902"]


async def test_reply_when_longer_than_the_network_takes_is_refused_on_the_handset(control, application):
    application.answer = menu("CON Karibu", "CON taken")
    await control.act(WANJIRU, "dial", code="*384*77#")

    refused = await control.act(WANJIRU, "reply", text="1" * 81, expect=409)
    await control.act(WANJIRU, "reply", text="1" * 80)

    assert refused == {"error": "Safaricom takes at most 80 characters"}
    assert len(application.to(HOPS)) == 2


async def test_fault_duplicate_hop_sends_the_same_bytes_twice_at_once(control, application):
    both = asyncio.Barrier(2)

    async def answer(call):
        if call.path == HOPS:
            await both.wait()  # neither is answered before both have come
        return web.Response(text="CON same")

    application.answer = answer
    await control.fault("ussd.hop", "duplicate", phone=WANJIRU)

    person = await control.act(WANJIRU, "dial", code="*384*77#")

    first, second = application.to(HOPS)
    assert first.body == second.body
    assert person["ussd"]["screen"] == "same"
    (entry,) = await control.get("ussd-log")
    assert [answer["body"] for answer in entry["answers"]] == ["CON same", "CON same"]


async def test_fault_late_duplicate_sends_the_same_bytes_again_later(control, application):
    application.answer = lambda _call: web.Response(text="CON same")
    await control.fault("ussd.hop", "late_duplicate", seconds=60)
    await control.act(WANJIRU, "dial", code="*384*77#")
    assert len(application.to(HOPS)) == 1

    await control.post("clock", advance_seconds=61)

    first, second = await application.wait_for(HOPS, 2)
    assert first.body == second.body


async def test_fault_drop_never_reaches_the_application(control, application):
    await control.fault("ussd.hop", "drop")

    person = await control.act(WANJIRU, "dial", code="*384*77#")

    assert application.to(HOPS) == []
    assert person["ussd"]["error"]


async def test_fault_drop_answer_reaches_the_application_but_not_the_handset(control, application):
    application.answer = menu("END your money moved", "CON Karibu")
    await control.fault("ussd.hop", "drop_answer")

    dropped = await control.act(WANJIRU, "dial", code="*384*77#")
    again = await control.act(WANJIRU, "dial", code="*384*77#")

    assert dropped["ussd"]["screen"] == "Network technical problem. Please try again later."
    assert again["ussd"]["screen"] == "Karibu"
    assert len(application.to(HOPS)) == 2


async def test_fault_mangle_turns_the_at_sign_over(control, application):
    application.answer = menu("CON mail?", "CON thanks")
    await control.act(WANJIRU, "dial", code="*384*77#")
    await control.fault("ussd.hop", "mangle")

    await control.act(WANJIRU, "reply", text="a@b.ke")

    assert dict(parse_qsl(application.to(HOPS)[1].body.decode()))["text"] == "a¡b.ke"


async def test_ussd_log_whatever_was_typed_never_holds_it(control, application):
    application.answer = menu("CON PIN?", "END ok")
    await control.act(WANJIRU, "dial", code="*384*77#")
    await control.act(WANJIRU, "reply", text="482913")

    log = await control.get("ussd-log")

    assert [entry["inputs"] for entry in log] == [0, 1]
    assert "482913" not in str(log)


async def test_two_phones_when_they_dial_together_have_sessions_of_their_own(control, application):
    application.answer = lambda call: web.Response(text=f"CON {call.fields.get('phoneNumber')} {call.fields.get('text')}")

    await asyncio.gather(*(control.act(phone, "dial", code="*384*77#") for phone in (WANJIRU, OTIENO)))
    first, second = await asyncio.gather(*(control.act(phone, "reply", text=phone[-1]) for phone in (WANJIRU, OTIENO)))

    assert first["ussd"]["screen"] == "+254712000001 1"
    assert second["ussd"]["screen"] == "+254722000002 2"


async def test_fault_slow_keeps_the_person_waiting(control, application):
    application.answer = menu("CON at last")
    await control.fault("ussd.hop", "slow", seconds=60)

    dialling = asyncio.create_task(control.act(WANJIRU, "dial", code="*384*77#"))
    await control.eventually(WANJIRU, lambda seen: seen["ussd"] and seen["ussd"]["waiting"])
    assert application.to(HOPS) == []
    await control.post("clock", advance_seconds=61)

    assert (await dialling)["ussd"]["screen"] == "at last"


@pytest.mark.parametrize(("what", "count"), [("lose", 1), ("double", 3)])
async def test_fault_at_the_event_loses_or_doubles_it(control, application, what, count):
    application.answer = lambda call: web.Response(text="" if call.path == EVENTS else "END bye")
    await control.fault("ussd.event", what)

    for _ in range(2):
        await control.act(WANJIRU, "dial", code="*384*77#")

    events = await application.wait_for(EVENTS, count)
    await asyncio.sleep(0.05)
    assert len(application.to(EVENTS)) == count
    assert len({event.fields["sessionId"] for event in events}) == min(count, 2)
