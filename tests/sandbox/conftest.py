"""A whole sandbox on free ports, and a small application for it to call."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Browser, ViewportSize, async_playwright, expect

from core.sandbox.box import Sandbox
from core.sandbox.settings import Address, SandboxSettings
from tests.sandbox.visits import CHROMIUM, FLAGS, WIDE, Gateways, Open, Visit

ANY_PORT = Address("127.0.0.1", 0)
TOKEN = "c0ffee"


@dataclass
class Call:
    """One request that the sandbox made."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    @property
    def fields(self) -> dict[str, str]:
        return dict(self.form)


@dataclass
class Application:
    """Stands for our own application: remembers what it was asked and answers what the test says."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], Any] = lambda _call: web.Response(text="")
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def to(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    async def wait_for(self, path: str, count: int = 1) -> list[Call]:
        """Wait until so many calls came to a path."""
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: len(self.to(path)) >= count)
        return self.to(path)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        call = Call(request.path, dict(request.headers), await request.read())
        self.calls.append(call)
        async with self._news:
            self._news.notify_all()
        answer = self.answer(call)
        return await answer if isinstance(answer, Awaitable) else answer


@dataclass
class Control:
    """The phone page's API, as the browser uses it."""

    http: aiohttp.ClientSession
    url: str

    async def get(self, path: str) -> Any:
        async with self.http.get(f"{self.url}/phone/api/{path}") as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, *, expect: int = 200, **content: Any) -> Any:
        async with self.http.post(f"{self.url}/phone/api/{path}", json=content) as response:
            assert response.status == expect, await response.text()
            return await response.json()

    async def act(self, who: str, path: str, *, expect: int = 200, **content: Any) -> Any:
        return await self.post(f"people/{who}/{path}", expect=expect, **content)

    async def fault(self, where: str, what: str, **more: Any) -> None:
        await self.post("faults", expect=201, where=where, what=what, **more)

    async def person(self, phone: str) -> Any:
        return await self.get(f"people/{phone}")

    async def pass_time(self, seconds: int, *, until: Callable[[], bool]) -> None:
        """Let so much time pass again and again, until something happened (a timer may start a moment later)."""
        async with asyncio.timeout(20):
            while not until():
                await self.post("clock", advance_seconds=seconds)
                await asyncio.sleep(0.05)

    async def eventually(self, phone: str, shows: Callable[[Any], bool]) -> Any:
        """Wait until a phone looks as it should."""
        async with asyncio.timeout(20):
            while not shows(person := await self.person(phone)):
                await asyncio.sleep(0.02)
        return person


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    played = Application()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", played.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield played
    await runner.cleanup()


@pytest.fixture
def settings(application: Application, tmp_path: Path) -> SandboxSettings:
    return SandboxSettings(
        home=tmp_path,
        africastalking=ANY_PORT,
        daraja=ANY_PORT,
        telegram=ANY_PORT,
        smtp=ANY_PORT,
        page=ANY_PORT,
        app_url=application.url,
        callback_token=TOKEN,
        at_sender_id="MTAA",
    )


@pytest.fixture
async def box(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(settings)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def control(box: Sandbox, http: aiohttp.ClientSession) -> Control:
    return Control(http, box.addresses["page"])


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for all visits: each has a context of its own, which knows nothing of the others."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


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


@pytest.fixture
def gateways(box: Sandbox, settings: SandboxSettings, http: aiohttp.ClientSession) -> Gateways:
    return Gateways(box, settings, http)
