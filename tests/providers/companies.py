"""Two M-Pesas that must behave alike: the one in memory, and the adapter over real HTTP against the played Daraja."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from aiohttp import web

from core.kernel.clock import SystemClock
from core.kernel.settings import DarajaSettings
from core.payments.ports import MobileMoney
from core.providers.daraja.client import Daraja
from core.sandbox.daraja.express import Express
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.server import DarajaServer
from core.sandbox.inbox import Inboxes
from core.sandbox.settings import SandboxSettings
from core.sandbox.world import World
from tests.payments.fake_mobile_money import CANCELLED, NOT_REACHED, WRONG_PIN, FakeMobileMoney


class Company(Protocol):
    """A mobile-money company, its customers' hands, and what it reports back."""

    port: MobileMoney
    callback_url: str

    async def pay(self, phone: str) -> None: ...
    async def mistype(self, phone: str) -> None: ...
    async def cancel(self, phone: str) -> None: ...
    async def ignore(self, phone: str) -> None: ...
    async def callback(self) -> bytes: ...
    def lose_answers(self) -> None: ...
    def go_away(self) -> None: ...
    def mumble(self) -> None: ...
    def prompts_shown(self) -> int: ...


class Twin:
    """The one in memory."""

    callback_url = "https://mtaa.example/pay/t/stk/i"

    def __init__(self) -> None:
        self.port = FakeMobileMoney(SystemClock())
        self._callbacks: asyncio.Queue[bytes] = asyncio.Queue()

    def _prompt(self, phone: str) -> Any:
        return next(p for p in self.port.prompts.values() if p.request.phone == phone and p.result_code is None)

    async def pay(self, phone: str) -> None:
        self._callbacks.put_nowait(self.port.pay(self._prompt(phone)))

    async def mistype(self, phone: str) -> None:
        self._callbacks.put_nowait(self.port.fail(self._prompt(phone), WRONG_PIN))

    async def cancel(self, phone: str) -> None:
        self._callbacks.put_nowait(self.port.fail(self._prompt(phone), CANCELLED))

    async def ignore(self, phone: str) -> None:
        self._callbacks.put_nowait(self.port.fail(self._prompt(phone), NOT_REACHED))

    async def callback(self) -> bytes:
        return await self._callbacks.get()

    def lose_answers(self) -> None:
        self.port.trouble = "answer-lost"

    def go_away(self) -> None:
        self.port.trouble = "unreachable"

    def mumble(self) -> None:
        self.port.query_trouble = "no-answer"

    def prompts_shown(self) -> int:
        return len(self.port.prompts)


class PlayedDaraja:
    """The adapter, real HTTP on loopback, and the sandbox's Daraja at the other end."""

    def __init__(self, world: World, express: Express, port: Daraja, callback_url: str) -> None:
        self.port, self.callback_url = port, callback_url
        self._world, self._express = world, express
        self.callbacks: asyncio.Queue[bytes] = asyncio.Queue()
        self.reports: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.paths: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.runner: web.AppRunner | None = None
        self.mpesa: Mpesa | None = None
        self.url = ""

    async def report(self) -> tuple[str, bytes]:
        """What came to any other address: the last part of the path, and the body."""
        async with asyncio.timeout(10):
            return await self.reports.get()

    def goes_wrong(self, where: str, what: str, **more: Any) -> None:
        self._world.faults.arm({"where": where, "what": what, **more})

    async def _prompt(self, phone: str) -> str:
        async with asyncio.timeout(10):
            while (prompt := self._express.prompt(phone)) is None:
                await asyncio.sleep(0.005)
        return prompt.id

    async def pay(self, phone: str) -> None:
        await self._express.pay(phone, await self._prompt(phone), "1234")

    async def mistype(self, phone: str) -> None:
        await self._express.pay(phone, await self._prompt(phone), "9999")

    async def cancel(self, phone: str) -> None:
        await self._express.cancel(phone, await self._prompt(phone))

    async def ignore(self, phone: str) -> None:
        await self._prompt(phone)
        self._world.clock.advance(61)

    async def callback(self) -> bytes:
        async with asyncio.timeout(10):
            return await self.callbacks.get()

    def lose_answers(self) -> None:
        self._world.faults.arm({"where": "daraja.push", "what": "hang", "seconds": 30})

    def go_away(self) -> None:
        self.port._exchange._settings = DarajaSettings(base_url="http://127.0.0.1:9")

    def mumble(self) -> None:
        self._world.faults.arm({"where": "daraja.query", "what": "html"})

    def prompts_shown(self) -> int:
        return len(self._express.checkouts)


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def played_daraja(home: Path) -> AsyncIterator[PlayedDaraja]:
    async with aiohttp.ClientSession() as http:
        password = "an-operator's-password"
        world = World(SandboxSettings(home=home, initiator="practice", initiator_password=password), http)
        world.behaviour.change({"payout_seconds": 0.01, "answer_delay_seconds": 0.01})
        mpesa = Mpesa(world, Inboxes(world))
        mpesa.prepare()
        express = mpesa.express
        received: asyncio.Queue[bytes] = asyncio.Queue()

        async def receive(request: web.Request) -> web.Response:
            received.put_nowait(await request.read())
            return web.json_response({"ResultCode": 0, "ResultDesc": "Accepted"})

        reported: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        paths: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

        async def note(request: web.Request) -> web.Response:
            body = await request.read()
            reported.put_nowait((request.path.rpartition("/")[2], body))
            paths.put_nowait((request.path, body))
            return web.json_response({"ResultCode": 0, "ResultDesc": "Accepted"})

        ours = web.Application()
        ours.router.add_post("/pay/t/stk/i", receive)
        ours.router.add_post("/{path:.*}", note)
        async with serving(DarajaServer(world, mpesa).application()) as daraja, serving(ours) as us:
            limit = aiohttp.ClientTimeout(total=1, connect=1)
            port = Daraja(
                DarajaSettings(
                    base_url=daraja,
                    consumer_secret=world.settings.consumer_secret,
                    initiator="practice",
                    initiator_password=password,
                    certificate=str(mpesa.operator.certificate),
                ),
                clock=SystemClock(),
                timeout=limit,
            )
            company = PlayedDaraja(world, express, port, f"{us}/pay/t/stk/i")
            company.callbacks, company.reports, company.paths = received, reported, paths
            company.mpesa, company.url = mpesa, us
            yield company
            await port.aclose()
            await world.close()
