"""The whole sandbox in one process: every gateway on its own port, started together and stopped together."""

import asyncio
import errno
import logging
from typing import Any

import aiohttp
from aiohttp import web

from core.sandbox.africastalking.callbacks import SmsCallbacks
from core.sandbox.africastalking.gateway import Gateway
from core.sandbox.africastalking.server import AfricasTalkingServer
from core.sandbox.africastalking.sms import SmsAccount
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.server import DarajaServer
from core.sandbox.inbox import Inboxes
from core.sandbox.phone.control import Control
from core.sandbox.phone.portrait import Portrait
from core.sandbox.settings import Address, SandboxSettings
from core.sandbox.smtp import Mailbox
from core.sandbox.telegram.bot import Bot
from core.sandbox.telegram.bot_api import BotApi
from core.sandbox.world import World

_log = logging.getLogger(__name__)
# Open requests (a long poll, an event stream) get so long to end when the sandbox stops.
_FAREWELL_SECONDS = 0.5


class PortTaken(Exception):
    """Another program listens where a part of the sandbox should; the message names the part and the variable."""


# Each part's name for people, and the variable that says where it listens.
PARTS = {
    "africastalking": ("Africa's Talking", "AT_BASE_URL"),
    "daraja": ("Daraja", "DARAJA_BASE_URL"),
    "telegram": ("Telegram", "TELEGRAM_BASE_URL"),
    "smtp": ("Mail", "SMTP_URL"),
    "page": ("Phone page", "SANDBOX_URL"),
}


class Sandbox:
    """Start it within a running event loop; `addresses` then says where each of PARTS really listens."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._runners: list[web.AppRunner] = []
        self._mail: asyncio.Server | None = None
        self._http: aiohttp.ClientSession | None = None
        self._world: World | None = None
        self._mpesa: Mpesa | None = None
        self.addresses: dict[str, str] = {}

    @property
    def world(self) -> World:
        assert self._world is not None, "start the sandbox first"  # noqa: S101 - a programmer's mistake
        return self._world

    @property
    def mpesa(self) -> Mpesa:
        assert self._mpesa is not None, "start the sandbox first"  # noqa: S101 - a programmer's mistake
        return self._mpesa

    async def start(self) -> None:
        """Open all ports, or none. Raises PortTaken or store.DamagedFile."""
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
        try:
            await self._start(World(self._settings, self._http))
        except BaseException:
            await self.stop()
            raise

    async def _start(self, world: World) -> None:
        self._world = world
        inboxes = Inboxes(world)
        sms = SmsAccount(world, inboxes)
        sms_callbacks, gateway = SmsCallbacks(world, sms), Gateway(world)
        mpesa, bot, mailbox = Mpesa(world, inboxes), Bot(world), Mailbox(world)
        self._mpesa = mpesa
        await asyncio.to_thread(mpesa.prepare)
        portrait = Portrait(world, gateway=gateway, express=mpesa.express, inboxes=inboxes, bot=bot)
        control = Control(
            world,
            portrait,
            gateway=gateway,
            mpesa=mpesa,
            sms=sms,
            sms_callbacks=sms_callbacks,
            bot=bot,
            mailbox=mailbox,
        )
        settings = self._settings
        at = AfricasTalkingServer(world, sms, sms_callbacks)
        await self._serve("africastalking", settings.africastalking, at.application())
        await self._serve("daraja", settings.daraja, DarajaServer(world, mpesa).application())
        await self._serve("telegram", settings.telegram, BotApi(bot).application())
        await self._serve_mail(settings.smtp, mailbox)
        await self._serve("page", settings.page, control.application())
        sms_callbacks.resume()
        mpesa.resume()
        bot.webhook.resume()

    async def _serve(self, name: str, address: Address | None, app: web.Application) -> None:
        if address is None:
            _log.info("%s: the real one is used", PARTS[name][0])
            return
        # No access log: paths of the Bot API carry the token.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_FAREWELL_SECONDS)
        await runner.setup()
        self._runners.append(runner)
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as problem:
            raise _taken(name, address, problem) from problem
        self._opened(name, "http", runner.addresses[0])

    async def _serve_mail(self, address: Address | None, mailbox: Mailbox) -> None:
        if address is None:
            _log.info("%s: the real one is used", PARTS["smtp"][0])
            return
        loop = asyncio.get_running_loop()
        try:
            self._mail = await loop.create_server(mailbox.protocol, address.host, address.port)
        except OSError as problem:
            raise _taken("smtp", address, problem) from problem
        self._opened("smtp", "smtp", self._mail.sockets[0].getsockname())

    def _opened(self, name: str, scheme: str, where: Any) -> None:
        host = f"[{where[0]}]" if ":" in where[0] else where[0]
        self.addresses[name] = f"{scheme}://{host}:{where[1]}"

    async def stop(self) -> None:
        """Close every port, drop what is still on its way, and write down what is to be remembered."""
        if self._mail is not None:
            self._mail.close()
        for runner in self._runners:
            await runner.cleanup()
        if self._world is not None:
            await self._world.close()
        if self._http is not None:
            await self._http.close()


def _taken(part: str, address: Address, problem: OSError) -> PortTaken:
    name, variable = PARTS[part]
    where = f"{address.host}:{address.port}"
    if problem.errno == errno.EADDRINUSE:
        return PortTaken(f"{name}: {where} is taken by another program; stop it or set {variable} to a free port")
    return PortTaken(f"{name}: can't listen on {where}: {problem.strerror}; set {variable} to another address")
