"""The Bot API's HTTP itself: every way to give arguments, and what isn't there."""

import json

import pytest

TOKEN = "7000000001:sandbox-practice-bot-token-0000000"
WANJIRU, CHAT = "254712000001", "1712000001"
MARKUP = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


@pytest.fixture
async def call(box, http, control):
    await control.act(WANJIRU, "telegram/text", text="/start")

    async def call(method, token=TOKEN, verb="POST", **more):
        async with http.request(verb, f"{box.addresses['telegram']}/bot{token}/{method}", **more) as response:
            return response.status, await response.json()

    return call


@pytest.mark.parametrize(
    "arguments",
    [
        {"json": {"chat_id": int(CHAT), "text": "hi", "reply_markup": MARKUP}},
        {"json": {"chat_id": CHAT, "text": "hi", "reply_markup": json.dumps(MARKUP), "parse_mode": None}},
        {"data": {"chat_id": CHAT, "text": "hi", "reply_markup": json.dumps(MARKUP)}},
        {"params": {"chat_id": CHAT, "text": "hi", "reply_markup": json.dumps(MARKUP)}},
        {"params": {"chat_id": CHAT, "text": "hi", "reply_markup": json.dumps(MARKUP)}, "verb": "GET"},
    ],
)
async def test_arguments_however_they_come_mean_the_same(call, arguments):
    status, answer = await call("SENDMESSAGE", **arguments)

    assert (status, answer["ok"], answer["result"]["text"]) == (200, True, "hi")
    assert answer["result"]["reply_markup"] == MARKUP


@pytest.mark.parametrize(
    ("token", "method", "code", "description"),
    [
        (TOKEN, "getNothing", 404, "Not Found: method not found"),
        ("7000000001:wrong", "getMe", 401, "Unauthorized"),
        ("nonsense", "getMe", 404, "Not Found"),
    ],
)
async def test_call_when_method_or_token_is_unknown_is_refused(call, token, method, code, description):
    assert await call(method, token) == (code, {"ok": False, "error_code": code, "description": description})


@pytest.mark.parametrize(
    ("body", "description"),
    [
        ("{", "Bad Request: can't parse JSON object"),
        ("[]", "Bad Request: expected a JSON object"),
        ('{"text": "x"}', "Bad Request: chat_id is empty"),
        ('{"chat_id": "a", "text": "x"}', "Bad Request: chat not found"),
        ('{"chat_id": 1712000001, "text": "x", "reply_markup": "{"}', "can't parse reply keyboard markup JSON object"),
        ('{"chat_id": 1712000001, "text": "x", "reply_markup": []}', "object expected as reply markup"),
        ('{"chat_id": 1712000001, "text": "x", "reply_markup": {"inline_keyboard": [1]}}', "must be an Array of Arrays"),
        (
            '{"chat_id": 1712000001, "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 9}]}',
            "ends after the end",
        ),
        ('{"chat_id": 1712000001, "text": "x", "reply_parameters": 5}', "object expected as reply parameters"),
    ],
)
async def test_send_when_arguments_are_broken_is_refused(call, body, description):
    status, answer = await call("sendMessage", data=body, headers={"Content-Type": "application/json"})

    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    assert description in answer["description"]


async def test_send_when_entities_are_given_moves_them_with_the_trimmed_text(call):
    entities = [{"type": "bold", "offset": 2, "length": 3}]

    _, answer = await call("sendMessage", json={"chat_id": CHAT, "text": "  abc  ", "entities": entities})

    assert (answer["result"]["text"], answer["result"]["entities"]) == ("abc", [{"type": "bold", "offset": 0, "length": 3}])


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "Text buttons are unallowed"),
        ({"text": " ", "callback_data": "a"}, "button text must be non-empty"),
        ({"callback_data": "a"}, "Can't find field"),
        ({"text": "x", "url": "not a url"}, "BUTTON_URL_INVALID"),
        ({"text": "x", "copy_text": {"text": "a" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "callback_data": "a", "style": "pink"}, "style"),
        ("x", "InlineKeyboardButton must be an Object"),
    ],
)
async def test_send_when_a_button_is_wrong_is_refused(call, button, words):
    markup = {"inline_keyboard": [[button]]}

    status, answer = await call("sendMessage", json={"chat_id": CHAT, "text": "hi", "reply_markup": markup})

    assert status == 400
    assert words in answer["description"]


async def test_edit_when_keyboard_is_not_inline_is_refused(call):
    change = {"chat_id": CHAT, "message_id": 1, "text": "x", "reply_markup": {"remove_keyboard": True}}

    assert (await call("editMessageText", json=change))[1]["description"] == "Bad Request: inline keyboard expected"


@pytest.mark.parametrize("method", ["editMessageText", "deleteMessage", "pinChatMessage", "answerCallbackQuery", "getFile"])
async def test_call_when_nothing_is_given_is_refused_not_broken(call, method):
    status, answer = await call(method)

    assert (status, answer["ok"]) == (400, False)


async def test_file_when_path_leads_elsewhere_is_not_found(box, http, call):
    for path in ("photos/nobody.png", "../people.json", "..%2Fpeople.json"):
        async with http.get(f"{box.addresses['telegram']}/file/bot{TOKEN}/{path}") as response:
            assert response.status == 404
