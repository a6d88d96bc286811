"""Webhook delivery: the secret, the retry ladder, order within a queue, and what Telegram refuses."""

import asyncio
import json

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict
from telegram.request import HTTPXRequest

WANJIRU, OTIENO = "254712000001", "254722000002"
CHAT = 1712000001
TOKEN = "7000000001:sandbox-practice-bot-token-0000000"
HOOK = "/telegram"


@pytest.fixture
async def bot(box):
    request = HTTPXRequest(read_timeout=30)
    async with Bot(TOKEN, base_url=f"{box.addresses['telegram']}/bot", request=request) as made:
        yield made


@pytest.fixture
async def hooked(bot, application):
    await bot.set_webhook(application.url + HOOK, secret_token="a-Secret_1")
    return bot


def content(call):
    return json.loads(call.body)


def texts(calls):
    return [content(call)["message"]["text"] for call in calls]


async def test_delivery_when_set_posts_the_update_with_the_secret(hooked, control, application):
    await control.act(WANJIRU, "telegram/text", text="/start")

    (call,) = await application.wait_for(HOOK)
    assert call.headers["X-Telegram-Bot-Api-Secret-Token"] == "a-Secret_1"
    assert call.headers["Content-Type"] == "application/json"
    assert content(call)["message"]["text"] == "/start"
    assert (await hooked.get_webhook_info()).pending_update_count == 0


async def test_polling_when_a_webhook_is_set_is_refused_until_it_is_deleted(hooked, control):
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await hooked.get_updates()

    await hooked.delete_webhook()

    await control.act(WANJIRU, "telegram/text", text="/start")
    assert len(await hooked.get_updates()) == 1
    assert (await hooked.get_webhook_info()).url == ""


async def test_polling_when_a_webhook_is_set_meanwhile_is_thrown_out(bot, application):
    polling = asyncio.create_task(bot.get_updates(timeout=50, read_timeout=60))
    await asyncio.sleep(0.1)

    await bot.set_webhook(application.url + HOOK)

    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await polling


async def test_updates_when_they_waited_are_delivered_once_a_webhook_is_set(bot, control, application):
    for text in ("1", "2", "3"):
        await control.act(WANJIRU, "telegram/text", text=text)

    await bot.set_webhook(application.url + HOOK)

    assert texts(await application.wait_for(HOOK, 3)) == ["1", "2", "3"]


async def test_updates_when_dropped_on_request_never_come(bot, control, application):
    await control.act(WANJIRU, "telegram/text", text="old")
    await bot.set_webhook(application.url + HOOK, drop_pending_updates=True)

    await control.act(WANJIRU, "telegram/text", text="new")

    assert texts(await application.wait_for(HOOK)) == ["new"]


async def test_delivery_when_refused_is_repeated_at_once_and_then_ever_more_slowly(hooked, control, application):
    application.answer = lambda _call: web.Response(status=500)
    await control.act(WANJIRU, "telegram/text", text="hello")
    await application.wait_for(HOOK, 2)
    info = await hooked.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"

    # The waits are 2, 4 and 8 seconds: too little time brings nothing, enough brings exactly one more.
    for seconds, count in ((2, 3), (1, 3), (3, 4), (3, 4), (5, 5)):
        await asyncio.sleep(0.1)
        await control.post("clock", advance_seconds=seconds)
        await application.wait_for(HOOK, count)
        await asyncio.sleep(0.1)
        assert len(application.to(HOOK)) == count

    assert len({call.body for call in application.to(HOOK)}) == 1
    assert (await hooked.get_webhook_info()).pending_update_count == 1


async def test_delivery_when_asked_to_wait_waits_as_long(hooked, control, application):
    answers = [web.Response(status=429, headers={"Retry-After": "30"}), web.Response()]
    application.answer = lambda _call: answers.pop(0)
    await control.act(WANJIRU, "telegram/text", text="hello")
    await application.wait_for(HOOK)
    await asyncio.sleep(0.2)
    await control.post("clock", advance_seconds=25)
    await asyncio.sleep(0.2)
    assert len(application.to(HOOK)) == 1

    await control.post("clock", advance_seconds=6)

    await application.wait_for(HOOK, 2)


async def test_delivery_when_a_message_fails_holds_up_its_chat_but_nobody_else(hooked, control, application):
    application.answer = lambda call: web.Response(status=500 if b"poison" in call.body else 200)
    sent_to = await control.act(WANJIRU, "telegram/text", text="/start")
    await application.wait_for(HOOK)
    sent = await hooked.send_message(
        CHAT, "Deposit?", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    )
    await control.act(WANJIRU, "telegram/text", text="poison")
    await control.act(WANJIRU, "telegram/text", text="behind")
    await control.act(OTIENO, "telegram/text", text="other chat")
    await control.act(WANJIRU, "telegram/tap", message=sent.message_id, data="y")

    async with asyncio.timeout(10):
        while not {"other chat", "tap"} <= {
            content(call).get("message", {}).get("text", "tap") for call in application.to(HOOK)
        }:
            await asyncio.sleep(0.02)
    assert "behind" not in [content(call).get("message", {}).get("text") for call in application.to(HOOK)]
    assert sent_to["telegram"]["started"]
    application.answer = lambda _call: web.Response()
    await control.post("clock", advance_seconds=300)
    async with asyncio.timeout(10):
        while content(application.calls[-1]).get("message", {}).get("text") != "behind":
            await asyncio.sleep(0.02)


async def test_delivery_of_a_tap_is_given_up_after_150_seconds(hooked, control, application):
    await control.act(WANJIRU, "telegram/text", text="/start")
    sent = await hooked.send_message(
        CHAT, "Deposit?", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    )
    application.answer = lambda _call: web.Response(status=503)
    await control.act(WANJIRU, "telegram/tap", message=sent.message_id, data="y")
    await application.wait_for(HOOK, 3)

    await control.post("clock", advance_seconds=151)

    async with asyncio.timeout(10):
        while (await hooked.get_webhook_info()).pending_update_count:
            await asyncio.sleep(0.02)


async def test_delivery_when_nobody_listens_waits_for_the_bot(bot, control, application, unused_tcp_port):
    await bot.set_webhook(f"http://127.0.0.1:{unused_tcp_port}/telegram")
    await control.act(WANJIRU, "telegram/text", text="hello")
    async with asyncio.timeout(10):
        while not (await bot.get_webhook_info()).last_error_message:
            await asyncio.sleep(0.02)

    await bot.set_webhook(application.url + HOOK)

    assert texts(await application.wait_for(HOOK)) == ["hello"]


async def test_answer_when_it_holds_a_call_is_executed(hooked, control, application):
    reply = {"method": "sendMessage", "chat_id": CHAT, "text": "by the way"}
    application.answer = lambda _call: web.json_response(reply)

    await control.act(WANJIRU, "telegram/text", text="/start")

    person = await control.eventually(WANJIRU, lambda seen: len(seen["telegram"]["messages"]) == 2)
    assert person["telegram"]["messages"][-1]["text"] == "by the way"


async def test_answer_when_it_is_nonsense_still_counts_as_taken(hooked, control, application):
    for body in ("[1]", "{", '{"method": 5}', '{"method": "sendMessage"}', '{"method": "deleteWebhook"}'):
        application.answer = lambda _call, body=body: web.Response(text=body, content_type="application/json")
        await control.act(WANJIRU, "telegram/text", text=body)

    await application.wait_for(HOOK, 5)
    async with asyncio.timeout(10):
        while (await hooked.get_webhook_info()).pending_update_count:
            await asyncio.sleep(0.02)
    assert (await hooked.get_webhook_info()).url


async def test_fault_double_posts_one_update_twice_at_once(hooked, control, application):
    both = asyncio.Barrier(2)

    async def answer(_call):
        await both.wait()
        return web.Response()

    application.answer = answer
    await control.fault("telegram.update", "double")

    await control.act(WANJIRU, "telegram/text", text="hello")

    first, second = await application.wait_for(HOOK, 2)
    assert first.body == second.body


@pytest.mark.parametrize(
    ("url", "more", "words"),
    [
        ("http://example.com/telegram", {}, "An HTTPS URL must be provided for webhook"),
        ("ftp://example.com/telegram", {}, "Invalid webhook URL specified"),
        ("https://", {}, "Invalid webhook URL specified"),
        ("http://[::1", {}, "Invalid webhook URL specified"),
        ("https://example.com/t", {"secret_token": "a b"}, "Secret token contains unallowed characters"),
        ("https://example.com/t", {"secret_token": "a" * 257}, "Secret token is too long"),
    ],
)
async def test_webhook_when_address_or_secret_is_bad_is_refused(bot, url, more, words):
    with pytest.raises(BadRequest) as refused:
        await bot.set_webhook(url, **more)

    assert words.lower() in str(refused.value).lower()
    assert (await bot.get_webhook_info()).url == ""


async def test_webhook_info_when_set_tells_how(bot, application):
    await bot.set_webhook(application.url + HOOK, max_connections=5, allowed_updates=["message"])

    info = await bot.get_webhook_info()

    assert (info.url, info.max_connections, info.allowed_updates) == (application.url + HOOK, 5, ("message",))
