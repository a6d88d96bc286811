"""Whatever is thrown at the played gateways, they refuse it in their own way and stay alive."""

import asyncio
import json
import tempfile
from pathlib import Path

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sandbox.box import Sandbox
from core.sandbox.settings import Address, SandboxSettings

ANY = Address("127.0.0.1", 0)
TOKEN = "7000000001:sandbox-practice-bot-token-0000000"
METHODS = [
    *("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "sendMessage", "editMessageText", "deleteMessages"),
    *("editMessageReplyMarkup", "deleteMessage", "answerCallbackQuery", "setMyCommands", "getMyCommands", "sendPhoto"),
    *("setMyDescription", "setChatMenuButton", "sendChatAction", "getFile", "pinChatMessage", "sendDocument", "getMyName"),
]
WORDS = st.sampled_from(
    [
        *(
            "",
            "0",
            "-1",
            "1712000001",
            "--5",
            "@x",
            "null",
            "true",
            "{",
            "[]",
            "[[1]]",
            "{}",
            "<b>",
            "<b>x</b>",
            "HTML",
            "x" * 5000,
        ),
        *('{"inline_keyboard": [[{"text": "x", "callback_data": "\\ud800"}]]}', "[1, null]", '{"type": "chat"}', "\x00", "😀"),
        *('{"keyboard": [["a"]]}', '{"keyboard": 5}', '[{"type": "bold", "offset": 0, "length": 1}]', "http://127.0.0.1:9/"),
        *('[{"command": "a", "description": "b"}]', '{"message_id": 1}', "9" * 30, "typing", '{"copy_text": 1}'),
    ]
)
NAMES = st.sampled_from(
    [
        *("chat_id", "text", "parse_mode", "entities", "reply_markup", "message_id", "message_ids", "callback_query_id"),
        *("url", "secret_token", "allowed_updates", "offset", "limit", "commands", "scope", "language_code", "photo"),
        *("document", "caption", "menu_button", "action", "file_id", "reply_parameters", "description", "max_connections"),
    ]
)
VALUES = WORDS | st.none() | st.integers(-(10**20), 10**20) | st.booleans() | st.floats(allow_nan=False)
CALLS = st.tuples(st.sampled_from(METHODS), st.dictionaries(NAMES, VALUES, max_size=5), st.sampled_from(["json", "data"]))


@pytest.fixture
def in_sandbox(tmp_path):
    """Run something against a sandbox that exists for this call only."""

    def run(scenario):
        async def play():
            with tempfile.TemporaryDirectory(dir=tmp_path) as home:
                parts = dict.fromkeys(("africastalking", "daraja", "telegram", "smtp", "page"), ANY)
                box = Sandbox(SandboxSettings(Path(home), app_url="http://127.0.0.1:9", **parts))
                await box.start()
                try:
                    async with aiohttp.ClientSession() as http:
                        await scenario(box, http)
                finally:
                    await box.stop()

        asyncio.run(play())

    return run


def many_examples(function):
    return settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])(function)


@many_examples
@given(st.lists(CALLS, min_size=5, max_size=15))
def test_bot_api_whatever_is_called_answers_in_its_form(in_sandbox, calls):
    async def scenario(box, http):
        start = f"{box.addresses['page']}/phone/api/people/254712000001/telegram/text"
        await (await http.post(start, json={"text": "/start"})).read()
        for method, arguments, form in calls:
            given_as = {name: str(value) for name, value in arguments.items()} if form == "data" else arguments
            async with http.post(f"{box.addresses['telegram']}/bot{TOKEN}/{method}", **{form: given_as}) as response:
                answer = await response.json()
                assert response.status < 500, (method, arguments)
                assert answer["ok"] == (response.status == 200)

    in_sandbox(scenario)


BODIES = st.dictionaries(
    st.sampled_from(
        [
            *("BusinessShortCode", "Password", "Timestamp", "TransactionType", "Amount", "PartyA", "PartyB", "PhoneNumber"),
            *("CallBackURL", "AccountReference", "TransactionDesc", "CheckoutRequestID"),
        ]
    ),
    VALUES | st.sampled_from(["174379", "20261123144231", "00010101000000", "\ud800", "CustomerPayBillOnline"]),
)


@many_examples
@given(st.lists(st.tuples(st.sampled_from(["stkpush/v1/processrequest", "stkpushquery/v1/query"]), BODIES), max_size=15))
def test_daraja_whatever_is_posted_answers_in_its_envelope(in_sandbox, requests):
    async def scenario(box, http):
        basic = aiohttp.encode_basic_auth("sandbox", "development-only-secret")
        url = f"{box.addresses['daraja']}/oauth/v1/generate?grant_type=client_credentials"
        async with http.get(url, headers={"Authorization": basic}) as response:
            bearer = {"Authorization": f"Bearer {(await response.json())['access_token']}"}
        for path, content in requests:
            async with http.post(f"{box.addresses['daraja']}/mpesa/{path}", json=content, headers=bearer) as response:
                answer = await response.json()
                assert set(answer) == {"requestId", "errorCode", "errorMessage"}
                assert answer["errorCode"] != "500.003.1001"

    in_sandbox(scenario)


@pytest.mark.parametrize(
    ("server", "path"),
    [
        ("telegram", f"/bot{TOKEN}/sendMessage"),
        ("africastalking", "/version1/messaging"),
        ("daraja", "/mpesa/stkpush/v1/processrequest"),
        ("page", "/phone/api/practice"),
    ],
)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"x", "multipart/form-data"),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
        (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"),
        (b"a=b", "application/x-www-form-urlencoded; charset=klingon"),
        (b'{"a": "\\ud800"}', "application/json"),
        (b"[" * 60_000, "application/json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "application/json"),
        (b"\xff", "text/plain"),
    ],
)
async def test_server_when_body_is_nonsense_refuses_it(*, box, http, server, path, body, content_type):
    headers = {"Content-Type": content_type, "Authorization": "Bearer \udcff", "apiKey": "\udcff", "Accept": "application/json"}

    async with http.post(box.addresses[server] + path, data=body, headers=headers) as response:
        assert 400 <= response.status < 500


async def test_practice_when_it_spells_half_a_character_is_refused_and_memory_stays_whole(control, settings):
    async with control.http.post(
        f"{control.url}/phone/api/practice", data=b'{"group": "\\ud800"}', headers={"Content-Type": "application/json"}
    ) as response:
        assert response.status == 400
    await control.post("practice", group="Umoja")
    async with asyncio.timeout(10):
        while not (path := settings.home / "sandbox" / "people.json").exists():
            await asyncio.sleep(0.02)

    assert json.loads(path.read_text())["practice"] == {"group": "Umoja"}
