"""The phone page in real Chromium, on the real sandbox: what a newcomer can see and do with two phones and two chats.

The application is played by a stand-in that answers USSD hops; prompts, SMS and chat messages reach the sandbox over the
gateways' own HTTP.
"""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import expect

from core.sandbox.box import Sandbox
from core.sandbox.settings import Address, SandboxSettings
from tests.sandbox.visits import OTIENO, SMALL, TABLET, WANJIRU, WIDE, Gateways, Open, needs_chromium

pytestmark = needs_chromium


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


async def test_nothing_at_the_top_is_cut_on_a_small_phone(visit: Open) -> None:
    """Whose phones they are, the name of the product, what she has, and the way to pay by paybill."""
    seen = await visit(SMALL, has_touch=True, is_mobile=True)

    await expect(seen.on_phone("paybill")).to_be_in_viewport(ratio=1)
    cut = await seen.page.evaluate(
        """() => [...document.querySelectorAll('h1, .purse, .person-tab')]
            .filter((node) => node.offsetParent && node.scrollWidth > node.clientWidth).map((node) => node.textContent)"""
    )
    assert cut == []
    # Those of two people stand beside the switch between phone and chat; more are scrolled to.
    last = await seen.page.get_by_test_id(f"tab-{OTIENO}").evaluate("node => node.getBoundingClientRect().right")
    assert last <= await seen.person(WANJIRU).locator(".segments").evaluate("node => node.getBoundingClientRect().left")


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
