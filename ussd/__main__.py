"""The web process: `python -m ussd` serves USSD, the payment, SMS and Telegram callbacks, and operations on HOST:PORT."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys

import uvloop
from aiohttp import web

from core.app import App, open_app
from core.kernel.embedded import EmbeddedFailed
from core.kernel.garbage import never_collect_again
from core.kernel.logs import configure_logs
from core.kernel.settings import BadSettings, Settings, environ, read_settings
from core.web import callbacks, insights, operations, payouts, phone, sms, telegram
from core.web.api import routes as api
from core.web.api.problems import problem_answers
from core.web.intruders import Intruders
from core.web.server import build_server
from ussd.callback import UssdChannel
from ussd.events import end_events
from ussd.several import handed, run_several, stop_with_the_first

log = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 8


def application(app: App, channel: UssdChannel) -> web.Application:
    """Every route of the web process."""
    routes = [
        web.post("/ussd/{token}", channel.hop),
        web.post("/ussd/{token}/events", end_events(app.conversation, app.vault)),
        *callbacks.routes(app),
        *payouts.routes(app),
        *sms.routes(app),
        *insights.routes(app),
        *telegram.routes(app),
        *operations.routes(app),
        *api.routes(app),
        *phone.routes(app.settings),
    ]
    watch = Intruders(app.database)
    return build_server(app.settings, routes, outermost=[problem_answers(app.texts)], watch=watch)


async def run() -> bool:
    """Serve until SIGTERM or SIGINT, alone or as several; whether it ended because of one of these."""
    settings, shared = read_settings(environ()), handed()
    configure_logs(settings.log_level)
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    if shared is None and settings.web_processes > 1:
        return await run_several(settings, stop)
    if shared is not None:
        stop_with_the_first(stop)
    await serve(settings, stop, shared)
    return True


async def serve(settings: Settings, stop: asyncio.Event, shared: socket.socket | None) -> None:
    """Serve on this socket, or else the address of the settings, until `stop`; then finish what is held."""
    async with open_app(settings) as app:
        channel = UssdChannel(conversation=app.conversation, vault=app.vault, texts=app.texts)
        runner = web.AppRunner(application(app, channel), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        site = web.SockSite(runner, shared) if shared else web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        never_collect_again()
        log.info("serving on %s:%d", settings.host, settings.port)
        await stop.wait()
        await runner.cleanup()
        await channel.finish()


def main() -> int:
    """Run; 1 when one of several ended unasked, 2 when the environment or the servers can't be used."""
    try:
        return 0 if uvloop.run(run()) else 1
    except BadSettings as problem:
        print("\n".join(problem.problems), file=sys.stderr)  # noqa: T201
        return 2
    except (EmbeddedFailed, OSError) as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 2


if __name__ == "__main__":
    sys.exit(main())
