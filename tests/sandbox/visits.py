"""Visiting the phone page in real Chromium, and what the application would send it over the gateways' own wire."""

import base64
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Locator, Page, ViewportSize, expect

from core.sandbox.box import Sandbox
from core.sandbox.settings import SandboxSettings

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

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
