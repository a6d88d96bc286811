"""A handset of the phone page in real Chromium: screens, M-PESA's prompts and SMS."""

import json
import re
from typing import Any

from aiohttp import web
from playwright.async_api import expect

from core.sandbox.box import Sandbox
from tests.sandbox.visits import WANJIRU, Gateways, Open, needs_chromium, talk

pytestmark = needs_chromium
MENU = "Mtaa: karibu\n1. Balance\n2. Deposit\n\n0. Back"


async def test_session_when_dialled_on_the_keys_shows_each_screen_as_sent(visit: Open, application: Any) -> None:
    talk(application, {"": f"CON {MENU}", "2": "CON Enter the amount:", "2*500": "END Asante.\nWait for M-PESA."})
    seen = await visit()

    await seen.press("*384*77#")
    await expect(seen.on_phone("dial-input")).to_have_value("*384*77#")
    await seen.on_phone("key-call").click()
    await expect(seen.on_phone("ussd-input")).to_be_visible()
    assert await seen.screen() == MENU
    await expect(seen.on_phone("meter")).to_have_text(f"{len(MENU)}/160 septets on Safaricom")
    await seen.press("2")
    await seen.on_phone("ussd-send").click()
    await expect(seen.on_phone("lcd")).to_contain_text("Enter the amount:")
    await seen.press("500")
    await seen.on_phone("key-soft-left").click()
    await expect(seen.on_phone("lcd")).to_have_attribute("data-kind", "end")
    assert await seen.screen() == "Asante.\nWait for M-PESA."
    await seen.on_phone("key-end").click()

    await expect(seen.on_phone("lcd")).to_have_attribute("data-kind", "idle")
    assert [call.fields["text"] for call in application.calls if "text" in call.fields] == ["", "2", "2*500"]


async def test_session_when_typed_on_a_computers_keyboard_needs_no_mouse(visit: Open, application: Any) -> None:
    talk(application, {"": "CON Your name?", "Wanjiru Kamau": "END Karibu Wanjiru"})
    seen = await visit()

    await seen.page.keyboard.type("*384*77#\n")
    await expect(seen.on_phone("lcd")).to_contain_text("Your name?")
    await seen.page.keyboard.type("Wanjiru Kamau\n")
    await expect(seen.on_phone("lcd")).to_contain_text("Karibu Wanjiru")
    await seen.page.keyboard.press("Enter")

    await expect(seen.on_phone("lcd")).to_have_attribute("data-kind", "idle")


async def test_keys_when_in_letters_write_a_name(visit: Open, application: Any) -> None:
    talk(application, {"": "CON Your name?", "Amina": "END Karibu Amina"})
    seen = await visit()
    await seen.on_phone("dial-shortcut").click()
    await expect(seen.on_phone("lcd")).to_contain_text("Your name?")

    await seen.press("#2")
    for presses in ("6", "444", "66", "2"):
        await seen.press(presses)
        await seen.page.wait_for_timeout(1_000)  # the phone takes a pause for the end of a letter
    await expect(seen.on_phone("ussd-input")).to_have_value("Amina")
    await seen.on_phone("key-call").click()

    await expect(seen.on_phone("lcd")).to_contain_text("Karibu Amina")


async def test_session_when_the_gateway_is_slow_says_wait_and_can_be_left(visit: Open, application: Any, control: Any) -> None:
    talk(application, {"": f"CON {MENU}"})
    await control.fault("ussd.hop", "slow", phone=WANJIRU, seconds=60)
    seen = await visit()

    await seen.on_phone("dial-shortcut").click()
    await expect(seen.on_phone("lcd")).to_contain_text("Please wait")
    await seen.on_phone("ussd-cancel").click()

    await expect(seen.on_phone("lcd")).to_have_attribute("data-kind", "idle")


async def test_session_when_the_application_breaks_shows_a_network_problem(visit: Open, application: Any) -> None:
    application.answer = lambda _call: web.Response(status=500, text="boom")
    seen = await visit()

    await seen.on_phone("dial-shortcut").click()

    await expect(seen.on_phone("lcd")).to_have_attribute("data-kind", "error")
    await expect(seen.on_phone("lcd")).to_contain_text("Network technical problem")


async def test_meter_when_a_screen_is_over_the_limit_turns_red(visit: Open, application: Any) -> None:
    talk(application, {"": "CON " + "x" * 200})
    seen = await visit()

    await seen.person(WANJIRU).get_by_test_id("network").first.select_option(label="AT simulator")
    await expect(seen.on_phone("lcd")).to_contain_text("AT simulator")
    await seen.on_phone("dial-shortcut").click()

    await expect(seen.on_phone("meter")).to_have_text("200/182 septets on AT simulator")
    await expect(seen.on_phone("meter")).to_have_attribute("data-state", "over")


# ---- M-PESA ---------------------------------------------------------------------------------------------------------


async def result_of(application: Any) -> int:
    [call] = await application.wait_for("/pay/stk")
    return int(json.loads(call.body)["Body"]["stkCallback"]["ResultCode"])


async def test_prompt_when_answered_with_the_pin_pays(visit: Open, application: Any, gateways: Gateways) -> None:
    seen = await visit()
    before = await seen.on_phone("mpesa-balance").inner_text()
    await gateways.push(WANJIRU, 500)

    await expect(seen.on_phone("mpesa-prompt")).to_have_text("Do you want to pay Ksh500 to MTAA GROUPS Account no. AMINA01?")
    await expect(seen.on_phone("meter")).to_contain_text("Practice M-PESA PIN: 1234")
    await seen.press("1234")
    await expect(seen.on_phone("mpesa-pin")).to_have_attribute("type", "password")
    await expect(seen.on_phone("mpesa-pin")).to_have_value("1234")
    await seen.on_phone("mpesa-ok").click()

    await expect(seen.on_phone("lcd")).to_have_attribute("data-kind", "idle")
    assert await result_of(application) == 0
    await expect(seen.on_phone("mpesa-balance")).not_to_have_text(before)
    after = await seen.on_phone("mpesa-balance").inner_text()
    assert shillings(before) - shillings(after) == 500


def shillings(shown: str) -> int:
    return int(re.sub(r"\D", "", shown))


async def test_prompt_when_cancelled_tells_the_application(visit: Open, application: Any, gateways: Gateways) -> None:
    seen = await visit()
    await gateways.push(WANJIRU, 20)

    await expect(seen.on_phone("mpesa-prompt")).to_be_visible()
    await seen.on_phone("mpesa-cancel").click()

    await expect(seen.on_phone("mpesa-prompt")).to_have_count(0)
    assert await result_of(application) == 1032


async def test_paybill_when_paid_from_the_phone_moves_money_and_brings_the_receipt(visit: Open, box: Sandbox) -> None:
    seen = await visit()
    before = await seen.on_phone("mpesa-balance").inner_text()

    await seen.on_phone("paybill").click()
    await expect(seen.page.get_by_test_id("paybill-business")).to_have_text(
        re.compile("pays MTAA GROUPS, business number 174379")
    )
    await seen.page.get_by_test_id("paybill-account").fill("7000017")
    await seen.page.get_by_test_id("paybill-amount").fill("350")
    await seen.page.get_by_test_id("paybill-pin").fill("0000")
    await seen.page.get_by_test_id("paybill-pay").click()
    await expect(seen.page.get_by_test_id("notice")).to_have_text(re.compile("PIN is wrong"))
    assert box.mpesa.book.entries == []

    await seen.page.get_by_test_id("paybill-pin").fill("1234")
    await seen.page.get_by_test_id("paybill-pay").click()

    await expect(seen.page.locator("#paybill-dialog")).not_to_be_visible()
    await expect(seen.on_phone("strip-text")).to_contain_text("Ksh350.00 sent to MTAA GROUPS for account 7000017")
    (entry,) = box.mpesa.book.entries
    assert (entry.amount, entry.account, entry.kind) == (350, "7000017", "paybill")
    after = await seen.on_phone("mpesa-balance").inner_text()
    assert shillings(before) - shillings(after) == 350


async def test_prompt_when_the_pin_is_too_short_is_not_sent(visit: Open, application: Any, gateways: Gateways) -> None:
    seen = await visit()
    await gateways.push(WANJIRU, 20)

    await expect(seen.on_phone("mpesa-prompt")).to_be_visible()
    await seen.press("12")
    await seen.on_phone("mpesa-ok").click()

    await expect(seen.page.get_by_test_id("notice")).to_have_text(re.compile("four digits"))
    await expect(seen.on_phone("mpesa-prompt")).to_be_visible()
    assert application.to("/pay/stk") == []


# ---- SMS ------------------------------------------------------------------------------------------------------------


async def test_sms_when_it_comes_is_announced_opened_and_then_read(visit: Open, gateways: Gateways) -> None:
    seen = await visit()
    await gateways.sms(WANJIRU, "The first")
    await expect(seen.on_phone("lcd")).to_contain_text("1 message received")
    await gateways.sms(WANJIRU, "Balance KES 487.50")

    await expect(seen.on_phone("lcd")).to_contain_text("2 messages received")
    await expect(seen.on_phone("unread")).to_have_text("2")
    await expect(seen.on_phone("inbox")).to_contain_text("Balance KES 487.50")
    await seen.on_phone("sms-show").click()
    await expect(seen.on_phone("sms-item")).to_have_text([re.compile("Balance KES 487.50"), re.compile("The first")])
    await seen.on_phone("sms-item").first.click()
    await expect(seen.on_phone("sms-text")).to_have_text("Balance KES 487.50")
    await expect(seen.on_phone("unread")).to_have_text("1")
    await seen.on_phone("sms-next").click()
    await expect(seen.on_phone("sms-text")).to_have_text("The first")

    await seen.page.reload()
    await expect(seen.on_phone("inbox")).to_contain_text("Balance KES 487.50")
    await expect(seen.on_phone("unread")).to_be_hidden()


async def test_sms_when_it_looks_like_markup_stays_text(visit: Open, gateways: Gateways) -> None:
    seen = await visit()
    nasty = "<img src=x onerror=document.title='stolen'><b>Karibu</b>"
    await gateways.sms(WANJIRU, nasty)

    await seen.on_phone("inbox").click()
    await seen.on_phone("sms-item").click()

    await expect(seen.on_phone("sms-text")).to_have_text(nasty)
    assert await seen.on_phone("lcd").locator("img, .lcd-text b").count() == 0
    assert await seen.page.title() != "stolen"
