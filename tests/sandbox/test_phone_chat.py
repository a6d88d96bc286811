"""A chat of the phone page in real Chromium."""

import re
from typing import Any

from playwright.async_api import expect

from tests.sandbox.visits import SMALL, WANJIRU, Gateways, Open, Visit, needs_chromium

pytestmark = needs_chromium


async def start_chat(seen: Visit, gateways: Gateways) -> int:
    await seen.in_chat("chat-start").click()
    message = await gateways.update("message")
    assert message["text"] == "/start"
    return int(message["chat"]["id"])


async def test_chat_when_a_button_is_tapped_waits_and_shows_the_edit(visit: Open, gateways: Gateways) -> None:
    seen = await visit()
    chat = await start_chat(seen, gateways)
    keyboard = {"inline_keyboard": [[{"text": "Balance", "callback_data": "t1:bal"}]]}
    sent = await gateways.bot(
        "sendMessage", chat_id=chat, text="<b>Karibu</b> Wanjiru", parse_mode="HTML", reply_markup=keyboard
    )

    await expect(seen.in_chat("message-text").locator("b")).to_have_text("Karibu")
    await seen.in_chat("inline-t1:bal").click()
    await expect(seen.in_chat("inline-t1:bal")).to_have_class(re.compile("busy"))
    query = await gateways.update("callback_query")
    await gateways.bot("answerCallbackQuery", callback_query_id=query["id"], text="One moment")
    await gateways.bot("editMessageText", chat_id=chat, message_id=sent["message_id"], text="KES 487.50")

    assert query["data"] == "t1:bal"
    await expect(seen.in_chat("toast")).to_have_text("One moment")
    await expect(seen.in_chat("message-text").last).to_have_text("KES 487.50")
    await expect(seen.in_chat("edited")).to_have_count(1)
    await expect(seen.in_chat("inline-t1:bal")).to_have_count(0)


async def test_alert_when_it_comes_twice_is_shown_twice(visit: Open, gateways: Gateways) -> None:
    seen = await visit()
    chat = await start_chat(seen, gateways)
    keyboard = {"inline_keyboard": [[{"text": "Old", "callback_data": "old"}]]}
    await gateways.bot("sendMessage", chat_id=chat, text="Menu", reply_markup=keyboard)

    for _ in range(2):
        await seen.in_chat("inline-old").click()
        query = await gateways.update("callback_query")
        await gateways.bot("answerCallbackQuery", callback_query_id=query["id"], text="This button is old", show_alert=True)
        await expect(seen.in_chat("alert")).to_contain_text("This button is old")
        await seen.in_chat("alert-ok").click()
        await expect(seen.in_chat("alert")).to_be_hidden()


async def test_contact_when_shared_is_the_persons_own(visit: Open, gateways: Gateways) -> None:
    seen = await visit()
    chat = await start_chat(seen, gateways)
    keyboard = {"keyboard": [[{"text": "Share my number", "request_contact": True}]], "one_time_keyboard": True}
    await gateways.bot("sendMessage", chat_id=chat, text="Your number?", reply_markup=keyboard)

    await seen.in_chat("share-contact").click()

    contact = (await gateways.update("message"))["contact"]
    assert (contact["phone_number"], contact["user_id"]) == (WANJIRU, chat)
    await expect(seen.in_chat("contact")).to_contain_text("0712 000 001")
    await expect(seen.in_chat("reply-keyboard")).to_be_hidden()


async def test_commands_when_a_slash_is_typed_can_be_chosen_with_the_keyboard(visit: Open, gateways: Gateways) -> None:
    await gateways.bot(
        "setMyCommands",
        commands=[{"command": "balance", "description": "Your balance"}, {"command": "groups", "description": "Your groups"}],
    )
    seen = await visit()

    await seen.in_chat("chat-input").fill("/")
    await expect(seen.in_chat("commands")).to_contain_text("Your balance")
    await seen.page.keyboard.press("ArrowDown")
    await seen.page.keyboard.press("Enter")

    assert (await gateways.update("message"))["text"] == "/groups"


async def test_chat_when_typed_into_keeps_the_phone_out_of_it(visit: Open, gateways: Gateways) -> None:
    seen = await visit()

    await seen.in_chat("chat-input").fill("")
    await seen.page.keyboard.type("500")
    await seen.page.keyboard.press("Enter")

    assert (await gateways.update("message"))["text"] == "500"
    await expect(seen.on_phone("lcd")).to_have_attribute("data-kind", "idle")


async def test_chat_when_room_gets_less_still_shows_the_newest_message(visit: Open, gateways: Gateways) -> None:
    seen = await visit(SMALL)
    await seen.person(WANJIRU).get_by_test_id("show-chat").click()
    chat = await start_chat(seen, gateways)
    for number in range(12):
        await gateways.bot("sendMessage", chat_id=chat, text=f"Line {number}\n" * 3)

    await expect(seen.in_chat("message")).to_have_count(13)
    await seen.page.get_by_test_id("guide-toggle").click()
    await expect(seen.page.get_by_test_id("guide")).to_be_visible()
    await expect(seen.in_chat("message").last).to_be_in_viewport(ratio=1)
    await seen.page.reload()
    await expect(seen.in_chat("message")).to_have_count(13)
    await seen.person(WANJIRU).get_by_test_id("show-chat").click()
    await expect(seen.in_chat("message").last).to_be_in_viewport(ratio=1)


CLEANED = """async (message) => {
  const { richText } = await import('/phone/static/richtext.js');
  const box = document.createElement('div');
  box.append(...richText(message));
  return box.innerHTML;
}"""


async def test_formatted_text_when_drawn_keeps_only_what_telegram_allows(visit: Open) -> None:
    nested = [{"type": "bold", "offset": 3, "length": 9}, {"type": "italic", "offset": 8, "length": 4}]
    link = [{"type": "text_link", "offset": 0, "length": 2, "url": "data:text/html,x"}]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"text": "1 < 2 & <b>"}, "1 &lt; 2 &amp; &lt;b&gt;"),
        ({"html": "<b onclick=x()>a</b><script>y()</script><img src=z onerror=w()>"}, "<b>a</b>"),
        ({"html": "<a href='javascript:x()'>a</a>"}, "<span>a</span>"),
        ({"html": "<iframe src=/></iframe>"}, ""),
        ({"html": "<style>*{}</style><i>b</i>"}, "<i>b</i>"),
        ({"text": "😀 bold both", "entities": nested}, "😀 <b>bold <i>both</i></b>"),
        ({"text": "go", "entities": link}, "<span>go</span>"),
    ]
    seen = await visit()

    assert [await seen.page.evaluate(CLEANED, message) for message, _ in cases] == [cleaned for _, cleaned in cases]
