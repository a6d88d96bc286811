"""The control API behind the phone page: people, live news, faults, settings, and what it refuses."""

import asyncio
import json
import tempfile
from pathlib import Path

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sandbox.box import Sandbox
from core.sandbox.faults import CATALOGUE
from core.sandbox.settings import Address, SandboxSettings

WANJIRU, OTIENO = "254712000001", "254722000002"


async def test_state_when_fresh_shows_two_people_and_the_code(control):
    state = await control.get("state")

    assert (state["ussd_code"], state["bot"]["username"], state["practice"]) == ("*384*77#", "mtaa_practice_bot", {})
    assert [(person["phone"], person["name"], person["network"]) for person in state["people"]] == [
        (WANJIRU, "Wanjiru", "safaricom"),
        (OTIENO, "Otieno", "safaricom"),
    ]
    assert state["people"][0]["mpesa"] == {"balance": 20_000, "pin": "1234", "prompt": None}
    assert {network["key"] for network in state["networks"]} == {"safaricom", "airtel", "telkom", "equitel", "sandbox"}


async def test_person_when_added_gets_what_was_not_said(control):
    plain = await control.post("people", expect=201, name="Achieng Atieno")
    chosen = await control.post(
        "people", expect=201, name="Juma", phone="+254733000009", network="safaricom", language_code="sw"
    )
    ported = await control.post("people", expect=201, name="Kamau", phone="254110000009", network="63907")

    assert (plain["phone"], plain["network"], plain["telegram"]["first_name"]) == ("254712000002", "safaricom", "Achieng")
    assert (chosen["network"], chosen["telegram"]["language_code"]) == ("safaricom", "sw")
    assert ported["network"] == "telkom"
    assert len({person["telegram"]["id"] for person in (await control.get("state"))["people"]}) == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "name must be"),
        ({"name": " "}, "name must be"),
        ({"name": "a" * 65}, "name must be"),
        ({"name": "a\nb"}, "name must be"),
        ({"name": 5}, "name must be"),
        ({"name": "A", "phone": "0712000009"}, "Kenyan mobile number"),
        ({"name": "A", "phone": WANJIRU}, "belongs to Wanjiru"),
        ({"name": "A", "phone": 254712000009}, "Kenyan mobile number"),
        ({"name": "A", "network": "vodafone"}, "network is one of"),
        ({"name": "A", "language_code": "swa"}, "two small letters"),
    ],
)
async def test_person_when_wrong_is_refused(control, content, words):
    refused = await control.post("people", expect=400, **content)

    assert words in refused["error"]


async def test_network_when_changed_is_shown(control):
    assert (await control.act(WANJIRU, "network", network="airtel"))["network"] == "airtel"
    await control.act(WANJIRU, "network", network="vodafone", expect=400)


async def test_practice_when_told_is_shown_to_everybody(control):
    await control.post("practice", group="Umoja", code="123456")

    assert (await control.get("state"))["practice"] == {"group": "Umoja", "code": "123456"}


class News:
    """Reads server-sent events."""

    def __init__(self, response):
        self._response = response

    async def next(self):
        name, data = "", ""
        async with asyncio.timeout(10):
            while True:
                line = (await self._response.content.readline()).decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    data = line.removeprefix("data: ")
                elif not line and name:
                    return name, json.loads(data)


async def test_events_when_connected_start_with_everything_and_then_tell_each_change(control, http):
    async with http.get(f"{control.url}/phone/api/events") as response:
        assert response.content_type == "text/event-stream"
        news = News(response)
        name, state = await news.next()
        assert (name, len(state["people"])) == ("state", 2)

        await control.act(OTIENO, "telegram/text", text="/start")
        name, person = await news.next()
        assert (name, person["phone"], person["telegram"]["messages"][0]["text"]) == ("person", OTIENO, "/start")

        await control.post("people", expect=201, name="Juma")
        name, person = await news.next()
        assert (name, person["name"]) == ("person", "Juma")

        await control.post("practice", code="123456")
        name, state = await news.next()
        assert (name, state["practice"]) == ("state", {"code": "123456"})


async def test_events_when_a_browser_leaves_go_on_for_the_others(control, http):
    async with http.get(f"{control.url}/phone/api/events") as stays:
        news = News(stays)
        await news.next()
        async with http.get(f"{control.url}/phone/api/events") as leaves:
            await News(leaves).next()

        await control.act(WANJIRU, "telegram/text", text="/start")
        await control.act(WANJIRU, "telegram/text", text="again")

        assert (await news.next())[0] == "person"


async def test_faults_when_listed_name_every_place_and_what_is_armed(control, http):
    await control.fault("daraja.callback", "double", times=None, phone=f"+{WANJIRU}")

    faults = await control.get("faults")
    assert faults["possible"] == CATALOGUE
    (armed,) = faults["armed"]
    assert (armed["where"], armed["what"], armed["times"], armed["phone"]) == (
        "daraja.callback",
        "double",
        None,
        f"+{WANJIRU}",
    )
    async with http.delete(f"{control.url}/phone/api/faults") as response:
        assert (await response.json())["armed"] == []


async def test_fault_when_meant_for_one_phone_and_some_times_leaves_others_alone(control, application):
    await control.fault("ussd.hop", "drop", phone=OTIENO, times=2)

    await control.act(WANJIRU, "dial", code="*384*77#")
    for _ in range(3):
        await control.act(OTIENO, "dial", code="*384*77#")

    phones = [call.fields["phoneNumber"] for call in application.to("/ussd/c0ffee")]
    assert phones == ["+254712000001", "+254722000002"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "where is one of"),
        ({"where": "moon", "what": "falls"}, "where is one of"),
        ({"where": "ussd.hop", "what": "falls"}, "what is one of"),
        ({"where": "ussd.hop", "what": "drop", "times": 0}, "times"),
        ({"where": "ussd.hop", "what": "drop", "times": "x"}, "times"),
        ({"where": "ussd.hop", "what": "slow", "seconds": -1}, "seconds"),
        ({"where": "ussd.hop", "what": "drop", "phone": 5}, "phone"),
        ({"where": "ussd.hop", "what": "drop", "colour": "red"}, "colour"),
        ({"where": ["ussd.hop"], "what": "drop"}, "where is one of"),
    ],
)
async def test_fault_when_unknown_is_refused(control, content, words):
    assert words in (await control.post("faults", expect=400, **content))["error"]


@pytest.mark.parametrize(
    "content", [{"prompt_seconds": "long"}, {"prompt_seconds": -1}, {"rule_17": 1}, {"deep_dial": "x"}, {"colour": "red"}]
)
async def test_settings_when_wrong_are_refused_and_nothing_changes(control, content):
    before = await control.get("settings")

    refused = await control.post("settings", expect=400, idle_seconds=5, **content)

    assert refused["error"]
    assert await control.get("settings") == before


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("dial", {}, 400),
        ("dial", {"code": 5}, 400),
        ("reply", {"text": "1"}, 409),
        ("mpesa", {"prompt": "x", "action": "steal"}, 400),
        ("mpesa", {"prompt": "x", "action": "cancel"}, 409),
        ("mpesa", {"prompt": "x", "action": "pay"}, 400),
        ("sms", {"text": ""}, 400),
        ("telegram/text", {"text": ""}, 409),
        ("telegram/text", {"text": "a" * 4097}, 409),
        ("telegram/tap", {"message": "1", "data": "x"}, 400),
        ("telegram/tap", {"message": 1, "data": "x"}, 409),
        ("telegram/delete", {"message": 1}, 409),
        ("telegram/block", {"blocked": "yes"}, 400),
        ("telegram/block", {"blocked": True}, 409),
        ("nothing", {}, 404),
    ],
)
async def test_act_when_impossible_is_refused_with_a_reason(control, path, content, status):
    assert (await control.act(WANJIRU, path, expect=status, **content))["error"]


async def test_act_when_nobody_has_the_number_is_not_found(control):
    assert await control.act("254799999999", "dial", expect=404, code="*384*77#") == {"error": "nobody has that phone number"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ("code=1", "application/x-www-form-urlencoded"),
        ("x", "text/plain"),
    ],
)
async def test_body_when_it_is_no_json_object_is_refused(control, http, body, content_type):
    url = f"{control.url}/phone/api/people/{WANJIRU}/dial"

    async with http.post(url, data=body, headers={"Content-Type": content_type}) as response:
        assert response.status == 400
        assert (await response.json())["error"]


async def test_body_when_too_large_is_refused(control, http):
    async with http.post(f"{control.url}/phone/api/practice", json={"x": "a" * 70_000}) as response:
        assert response.status == 413


@pytest.mark.parametrize("path", ["/phone/static/..%2Fcontrol.py", "/phone/static/nobody.js", "/phone/api/files/x", "/else"])
async def test_file_when_not_there_is_not_found(control, http, path):
    async with http.get(control.url + path) as response:
        assert response.status == 404


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.sampled_from(
    [
        "code",
        "text",
        "to",
        "prompt",
        "action",
        "pin",
        "phone",
        "message",
        "data",
        "blocked",
        "name",
        "network",
        "where",
        "what",
        "times",
        "seconds",
        "prompt_seconds",
        "advance_seconds",
        "forwarded",
        "forged",
    ]
)
ACTS = ("dial", "reply", "mpesa", "sms", "network", "telegram/text", "telegram/contact", "telegram/tap")
PATHS = ["people", "faults", "settings", "clock", *(f"people/{WANJIRU}/{act}" for act in ACTS)]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PATHS), st.dictionaries(FIELDS, JSON, max_size=4))
def test_api_whatever_is_posted_never_breaks(path, content):
    async def post():
        # Each example has a sandbox and an event loop of its own.
        with tempfile.TemporaryDirectory() as home:
            box = Sandbox(
                SandboxSettings(Path(home), None, None, None, None, Address("127.0.0.1", 0), app_url="http://127.0.0.1:9")
            )
            await box.start()
            try:
                async with (
                    aiohttp.ClientSession() as http,
                    http.post(f"{box.addresses['page']}/phone/api/{path}", json=content) as response,
                ):
                    return response.status
            finally:
                await box.stop()

    assert asyncio.run(post()) < 500


async def test_payments_of_a_past_year_are_in_the_book_once_and_cost_nobody_anything(control, http):
    person = (await control.get("state"))["people"][0]
    paid = {
        "receipt": "SY00000001",
        "phone": "+254712000001",
        "amount": 4000,
        "account": "12345674",
        "at": "2026-01-05T07:00:00Z",
    }
    for _ in range(2):
        async with http.post(f"{control.url}/phone/api/daraja/past", json={"payments": [paid]}) as response:
            assert response.status == 200
            book = await response.json()

    assert (book["balance"], len(book["entries"])) == ("4000.00", 1)
    assert (await control.get("state"))["people"][0]["mpesa"] == person["mpesa"]


@pytest.mark.parametrize(
    "payments", [None, [1], [{}], [{"receipt": "X", "phone": "+1", "amount": 0, "account": "", "at": "now"}]]
)
async def test_a_past_payment_that_cannot_be_is_refused(control, http, payments):
    async with http.post(f"{control.url}/phone/api/daraja/past", json={"payments": payments}) as response:
        assert response.status == 400
