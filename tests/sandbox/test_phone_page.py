"""The phone page in real Chromium, on the real sandbox: what a newcomer can see and do with two phones and two chats.

The application is played by a stand-in that answers USSD hops; prompts, SMS and chat messages reach the sandbox over the
gateways' own HTTP.
"""

import base64
import json
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from core.sandbox.box import Sandbox
from core.sandbox.settings import Address, SandboxSettings

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# Chromium must neither phone home nor need a sandbox of its own (tests also run as root).
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WANJIRU, OTIENO = "254712000001", "254722000002"
WIDE, TABLET, SMALL = (ViewportSize(width=w, height=h) for w, h in ((1400, 900), (820, 1100), (360, 640)))
MENU = "Mtaa: karibu\n1. Balance\n2. Deposit\n\n0. Back"


# ---- what the tests stand on ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all visits: each has a context of its own, which knows nothing of the others."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


class Visit:
    """One browser window on the page, with all that it asked for and complained about."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on(
            "console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    async def open(self) -> "Visit":
        await self.page.goto(f"{self.origin}/phone")
        await expect(self.page.get_by_test_id("link")).to_have_text("Live")
        return self

    def person(self, digits: str) -> Locator:
        return self.page.get_by_test_id(f"person-{digits}")

    def phone(self, digits: str = WANJIRU) -> Locator:
        return self.page.get_by_test_id(f"phone-{digits}")

    def on_phone(self, testid: str, digits: str = WANJIRU) -> Locator:
        return self.phone(digits).get_by_test_id(testid)

    def in_chat(self, testid: str, digits: str = WANJIRU) -> Locator:
        return self.person(digits).get_by_test_id("chat").get_by_test_id(testid)

    async def press(self, keys: str, digits: str = WANJIRU) -> None:
        names = {"*": "star", "#": "hash"}
        for key in keys:
            await self.on_phone(f"key-{names.get(key, key)}", digits).click()

    async def screen(self, digits: str = WANJIRU) -> str:
        return await self.on_phone("ussd-screen", digits).evaluate("node => node.textContent")


Open = Callable[..., Any]


@pytest.fixture
async def visit(browser: Browser, box: Sandbox) -> AsyncIterator[Open]:
    async def open_page(viewport: ViewportSize = WIDE, **context: Any) -> Visit:
        page = await (await browser.new_context(viewport=viewport, **context)).new_page()
        page.set_default_timeout(15_000)
        return await Visit(page, box.addresses["page"]).open()

    expect.set_options(timeout=15_000)
    yield open_page
    for context in browser.contexts:
        await context.close()


def talk(application: Any, answers: dict[str, str]) -> None:
    """The application answers each transcript with a screen, and nothing else."""
    application.answer = lambda call: web.Response(text=answers.get(call.fields.get("text", ""), "END Not this one"))


class Gateways:
    """What the application would send to the gateways, over their own wire."""

    def __init__(self, box: Sandbox, settings: SandboxSettings, http: aiohttp.ClientSession) -> None:
        self._box, self._settings, self._http = box, settings, http

    async def sms(self, to: str, text: str) -> None:
        at = self._box.addresses["africastalking"]
        form = {"username": self._settings.at_username, "to": f"+{to}", "message": text, "from": self._settings.at_sender_id}
        headers = {"apiKey": self._settings.at_api_key, "Accept": "application/json"}
        async with self._http.post(f"{at}/version1/messaging", data=form, headers=headers) as answer:
            assert answer.status == 201, await answer.text()

    async def push(self, phone: str, amount: int) -> None:
        daraja, settings = self._box.addresses["daraja"], self._settings
        login = {"Authorization": aiohttp.encode_basic_auth(settings.consumer_key, settings.consumer_secret)}
        async with self._http.get(f"{daraja}/oauth/v1/generate?grant_type=client_credentials", headers=login) as answer:
            token = (await answer.json())["access_token"]
        stamp = f"{datetime.now(UTC) + timedelta(hours=3):%Y%m%d%H%M%S}"
        body = {
            "BusinessShortCode": settings.shortcode,
            "Password": base64.b64encode(f"{settings.shortcode}{settings.passkey}{stamp}".encode()).decode(),
            "Timestamp": stamp,
            "TransactionType": "CustomerPayBillOnline",
            "Amount": amount,
            "PartyA": phone,
            "PartyB": settings.shortcode,
            "PhoneNumber": phone,
            "CallBackURL": f"{settings.app_url}/pay/stk",
            "AccountReference": "AMINA01",
            "TransactionDesc": "Deposit",
        }
        url, headers = f"{daraja}/mpesa/stkpush/v1/processrequest", {"Authorization": f"Bearer {token}"}
        async with self._http.post(url, json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()

    async def bot(self, method: str, **arguments: Any) -> Any:
        url = f"{self._box.addresses['telegram']}/bot{self._settings.telegram_token}/{method}"
        async with self._http.post(url, json=arguments) as answer:
            content = await answer.json()
        assert content["ok"], content
        return content["result"]

    async def update(self, kind: str) -> Any:
        """The next update of this kind; the ones before it are taken as read."""
        offset = 0
        while True:
            for update in await self.bot("getUpdates", offset=offset, timeout=10):
                offset = update["update_id"] + 1
                if kind in update:
                    await self.bot("getUpdates", offset=offset, timeout=0)
                    return update[kind]


@pytest.fixture
def gateways(box: Sandbox, settings: SandboxSettings, http: aiohttp.ClientSession) -> Gateways:
    return Gateways(box, settings, http)


# ---- the page as a whole --------------------------------------------------------------------------------------------


async def test_page_when_opened_wide_shows_two_people_and_asks_nobody_else(visit: Open) -> None:
    seen = await visit(WIDE)

    for digits in (WANJIRU, OTIENO):
        await expect(seen.on_phone("lcd", digits)).to_contain_text("Safaricom")
        await expect(seen.on_phone("dial-shortcut", digits)).to_have_text("Dial *384*77#")
        await expect(seen.person(digits).get_by_test_id("chat")).to_be_visible()
    assert {urlsplit(url).netloc for url in seen.asked} == {urlsplit(seen.origin).netloc}
    assert seen.complaints == []


async def test_page_when_texts_are_long_never_scrolls_sideways(visit: Open, gateways: Gateways) -> None:
    seen = await visit()
    await gateways.sms(WANJIRU, "W" * 300)
    await expect(seen.on_phone("strip-text")).to_contain_text("WWWW")

    for viewport in (WIDE, TABLET, SMALL):
        await seen.page.set_viewport_size(viewport)
        width = await seen.page.evaluate("document.documentElement.scrollWidth")
        assert width == viewport["width"]


async def test_page_when_on_a_small_phone_turns_between_phone_and_chat(visit: Open) -> None:
    seen = await visit(SMALL, has_touch=True, is_mobile=True)

    await expect(seen.on_phone("key-5")).to_be_in_viewport()
    await expect(seen.in_chat("chat-input")).not_to_be_in_viewport()
    await seen.person(WANJIRU).get_by_test_id("show-chat").tap()
    await expect(seen.in_chat("chat-input")).to_be_in_viewport(ratio=1)
    await seen.page.get_by_test_id(f"tab-{OTIENO}").tap()
    await expect(seen.on_phone("lcd", OTIENO)).to_be_in_viewport()
    await expect(seen.person(WANJIRU)).to_be_hidden()


async def test_keys_when_on_a_small_phone_are_big_enough_for_a_thumb(visit: Open) -> None:
    seen = await visit(SMALL, has_touch=True, is_mobile=True)

    sizes = await seen.page.evaluate(
        "[...document.querySelectorAll('.key')].filter((key) => key.offsetParent).map((key) => [key.offsetWidth, key.offsetHeight])"
    )
    assert len(sizes) == 12
    assert all(width >= 80 and height >= 38 for width, height in sizes)


async def test_page_when_the_sandbox_restarts_says_so_and_comes_back(
    visit: Open, box: Sandbox, settings: SandboxSettings
) -> None:
    seen = await visit()
    port = int(box.addresses["page"].rpartition(":")[2])

    await box.stop()
    await expect(seen.page.get_by_test_id("link")).to_have_text("Reconnecting…")
    await seen.on_phone("dial-shortcut").click()
    await expect(seen.page.get_by_test_id("notice")).to_contain_text("does not answer")
    again = Sandbox(replace(settings, page=Address("127.0.0.1", port)))
    await again.start()
    try:
        await expect(seen.page.get_by_test_id("link")).to_have_text("Live")
        again.world.add_person(name="Chebet", phone="+254733000003")
        await expect(seen.page.get_by_test_id("tab-254733000003")).to_have_text(re.compile("Chebet"))
    finally:
        await again.stop()


async def test_person_when_added_gets_a_phone_of_her_own(visit: Open) -> None:
    seen = await visit()

    await seen.page.get_by_test_id("add-person").click()
    await seen.page.get_by_test_id("add-name").fill("Achieng")
    await seen.page.get_by_test_id("add-phone").fill("0733 123 456")
    await seen.page.get_by_test_id("add-save").click()

    await expect(seen.on_phone("lcd", "254733123456")).to_contain_text("Airtel")


async def test_person_when_the_number_is_taken_is_refused_with_the_reason(visit: Open) -> None:
    seen = await visit()

    await seen.page.get_by_test_id("add-person").click()
    await seen.page.get_by_test_id("add-name").fill("Achieng")
    await seen.page.get_by_test_id("add-phone").fill(WANJIRU)
    await seen.page.get_by_test_id("add-save").click()

    await expect(seen.page.get_by_test_id("notice")).to_contain_text("belongs to Wanjiru")
    await expect(seen.page.get_by_test_id("add-name")).to_have_value("Achieng")


async def test_guide_when_there_is_a_practice_group_names_it_and_its_code(visit: Open, control: Any) -> None:
    seen = await visit()
    await expect(seen.page.get_by_test_id("guide")).to_contain_text("Dial *384*77# and register")

    await control.post("practice", group="Umoja Women", code="100482")

    await expect(seen.page.get_by_test_id("guide")).to_contain_text("Join Umoja Women with its code 100482")


NAMELESS = """[...document.querySelectorAll('button, input, select, textarea, a')].filter((node) => node.checkVisibility()
  && !node.closest('[aria-hidden]') && !(node.getAttribute('aria-label') || node.labels?.length || node.textContent.trim()))
  .map((node) => node.outerHTML)"""

# The ratio of WCAG 2.2 §1.4.3 for every text that stands on one plain colour.
FAINT = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (node) => { for (let at = node; at; at = at.parentElement) { const style = getComputedStyle(at);
    if (style.backgroundImage !== 'none' && !at.matches('.chat')) return null; const colour = rgba(style.backgroundColor); if (colour[3] === 255) return colour; } return null; };
  const texts = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility() && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
  const seen = texts.map((node) => [node, ground(node)]).filter(([, colour]) => colour);
  const faint = seen.filter(([node, colour]) => { const [a, b] = [light(rgba(getComputedStyle(node).color)), light(colour)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05) < 4.5; });
  return [seen.length, faint.map(([node]) => node.outerHTML)];
}"""


async def test_page_when_read_by_anybody_has_names_and_contrast(visit: Open, gateways: Gateways) -> None:
    seen = await visit()
    await seen.in_chat("chat-start").click()
    chat = (await gateways.update("message"))["chat"]["id"]
    keyboard = {"inline_keyboard": [[{"text": "Deposit", "callback_data": "d"}]]}
    await gateways.bot("sendMessage", chat_id=chat, text="Karibu <b>sana</b>", parse_mode="HTML", reply_markup=keyboard)
    await expect(seen.in_chat("inline-d")).to_be_visible()

    assert await seen.page.evaluate(NAMELESS) == []
    for media in ({"color_scheme": "light"}, {"color_scheme": "dark"}):
        await seen.page.emulate_media(**media)
        judged, faint = await seen.page.evaluate(FAINT)
        assert judged > 20
        assert faint == []


# ---- USSD -----------------------------------------------------------------------------------------------------------


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


# ---- Telegram -------------------------------------------------------------------------------------------------------


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
