"""`mtaa run`: the whole product on one machine, with a sandbox in place of every provider that isn't configured.

One supervisor starts the embedded servers, brings the database up to date, makes the practice group, and then runs the
same four processes as production plus the sandbox. Ctrl-C, or the end of any of them, stops all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from core.app import addresses
from core.cli.migrate import ROOT, upgrade
from core.daos.practice import seed_practice_group
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.kernel.settings import DEVELOPMENT_SECRET, Settings, environ, read_settings
from core.payments.outcomes import Accepted
from core.providers.daraja.client import Daraja

START_SECONDS = 60
STOP_SECONDS = 15
POLL_SECONDS = 0.1
PR_SET_PDEATHSIG = 1
# A token of the right shape for the sandbox's Telegram; it opens nothing anywhere else.
SANDBOX_TOKEN = "700000001:sandbox-token-for-local-use-only-0001"  # noqa: S105 # pragma: allowlist secret
# What marks a provider as configured for real, and which of the sandbox's addresses stands in otherwise.
STAND_INS = {
    "AT_API_KEY": ("AT_BASE_URL", "http"),
    "DARAJA_CONSUMER_KEY": ("DARAJA_BASE_URL", "http"),
    "TELEGRAM_TOKEN": ("TELEGRAM_BASE_URL", "http"),
    "SMTP_URL": ("SMTP_URL", "smtp"),
}


class CannotRun(Exception):
    """Something that the supervisor needs isn't there; the message says what to do."""


async def run(settings: Settings, *, year: bool = False) -> int:
    """Run everything until Ctrl-C or until one of the processes ends; `year`: with a group that has lived for a year."""
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    try:
        return await _run(settings, stop, year=year)
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 2


async def _run(settings: Settings, stop: asyncio.Event, *, year: bool) -> int:
    require_free_port(settings.host, settings.port)
    async with AsyncExitStack() as stack:
        print("Starting PostgreSQL and Redis …", flush=True)
        where = await stack.enter_async_context(addresses(settings))
        print("Bringing the database up to date …", flush=True)
        await upgrade(where.owner_url)
        practice = await seed(where.database_url, settings)
        # The children join the embedded servers on their own: whoever is last stops them, even when we were killed.
        env = child_environment(settings, environ())
        past = await lived_year(env, settings.home, stop) if year else {}
        practice |= past.get("practice", {})
        processes = await stack.enter_async_context(running(env, settings.home, stop))
        if not await everything_ready(env, settings, practice, processes, stop):
            return 0 if stop.is_set() and not processes.ended() else 1
        if is_played(env):
            await report_payments(env)
        if past:
            await remember_payments(env, past)
            print(f"\n{past['practice']['words']}", flush=True)
        print(f"\nReady: http://{settings.host}:{settings.port}/phone", flush=True)
        print(f"Logs: {settings.home / 'logs'}/   Stop: Ctrl-C", flush=True)
        await processes.until_one_ends(stop)
        ended = processes.ended()
        if ended:
            print(f"{ended} ended by itself; see {settings.home / 'logs' / ended}.log", file=sys.stderr)
        print("Stopping …", flush=True)
        return 1 if ended else 0


def require_free_port(host: str, port: int) -> None:
    """Raises CannotRun when something else serves there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CannotRun(f"{host}:{port} is not free ({problem.strerror}): stop what uses it, or set PORT") from problem


def free_port(host: str) -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def child_environment(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the processes: the sandbox stands in for every provider that isn't configured."""
    env = dict(given)
    real = {
        "AT_BASE_URL": settings.africastalking.base_url,
        "DARAJA_BASE_URL": settings.daraja.base_url,
        "TELEGRAM_BASE_URL": settings.telegram.base_url,
    }
    for credential, (name, scheme) in STAND_INS.items():
        # The sandbox leaves out every part whose address isn't on this machine, so real ones are named too.
        is_real = given.get(credential) or given.get(name)
        env[name] = real.get(name, given.get(name, "")) if is_real else f"{scheme}://127.0.0.1:{free_port('127.0.0.1')}"
    env.setdefault("TELEGRAM_TOKEN", SANDBOX_TOKEN)
    if not given.get("AT_API_KEY"):
        # A name instead of the gateway's shared one, as a real account would have it.
        env.setdefault("AT_SENDER_ID", "MTAA")
    env.setdefault("SANDBOX_URL", f"http://127.0.0.1:{free_port('127.0.0.1')}")
    env["APP_URL"] = settings.callback_url
    # The sandbox checks what the application sends, so both must know the same credentials.
    env |= {
        "AT_USERNAME": settings.africastalking.username,
        "AT_API_KEY": settings.africastalking.api_key,
        "USSD_CODE": settings.africastalking.ussd_code,
        "DARAJA_CONSUMER_KEY": settings.daraja.consumer_key,
        "DARAJA_CONSUMER_SECRET": settings.daraja.consumer_secret,
        "DARAJA_SHORTCODE": settings.daraja.shortcode,
        "DARAJA_PASSKEY": settings.daraja.passkey,
        **_operator(settings),
        "CALLBACK_TOKEN": settings.callback_token,
        "MTAA_HOME": str(settings.home.absolute()),
        "HOST": settings.host,
        "PORT": str(settings.port),
    }
    return env


def _operator(settings: Settings) -> dict[str, str]:
    """The API operator who may send money out; where none is configured, the sandbox's own with its own certificate."""
    if settings.daraja.initiator:
        return {}
    return {
        "DARAJA_INITIATOR": "practice",
        "DARAJA_INITIATOR_PASSWORD": DEVELOPMENT_SECRET,
        "DARAJA_CERTIFICATE": str(settings.home.absolute() / "sandbox" / "daraja.pem"),
    }


async def seed(database_url: str, settings: Settings) -> dict[str, str]:
    """The practice group's name and code."""
    database = Database(database_url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(settings.secret_keys))
    try:
        async with database.unit() as uow:
            group = await seed_practice_group(uow)
    finally:
        await database.close()
    return {"group": group.name, "code": group.code}


async def lived_year(env: Mapping[str, str], home: Path, stop: asyncio.Event) -> dict[str, Any]:
    """Have the year of the practice group lived, if it wasn't; what the sandbox has to know of it, nothing if it can't be."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "core.jobs.past", env=dict(env), cwd=ROOT)
    ending, stopping = asyncio.create_task(child.wait()), asyncio.create_task(stop.wait())
    await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set() and child.returncode is None:
        child.terminate()
    stopping.cancel()
    await ending
    kept = home / "year.json"
    return json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}


async def remember_payments(env: Mapping[str, str], past: Mapping[str, Any]) -> None:
    """The played M-Pesa gets the year's payments into its book, or it would hold less than the books say."""
    async with (
        ClientSession(timeout=ClientTimeout(total=10)) as session,
        session.post(f"{env['SANDBOX_URL']}/phone/api/daraja/past", json={"payments": past["payments"]}) as stored,
    ):
        if not stored.ok:
            print("the sandbox's M-Pesa doesn't know the payments of the year", file=sys.stderr)


class Processes:
    """The children by name, in the order in which they are stopped."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, module: str, env: Mapping[str, str], logs: Path) -> None:
        """Start `python -m module` with its output in a log file. It dies with us, even when we are killed."""
        with (logs / f"{name}.log").open("ab") as output:
            self._children[name] = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", module],
                env=dict(env),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, safe before exec
            )

    def ended(self) -> str:
        """The name of a child that is no longer there, or ""."""
        return next((name for name, child in self._children.items() if child.poll() is not None), "")

    async def until_one_ends(self, stop: asyncio.Event) -> None:
        """Wait for `stop` or the end of any child."""
        while not stop.is_set() and not self.ended():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 0.5)

    async def stop(self) -> None:
        """Ask each to finish; the sandbox last, since the others may still be talking to it."""
        for child in self._children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            await asyncio.to_thread(wait_or_kill, child)


def wait_or_kill(child: subprocess.Popen[bytes]) -> None:
    """Give it time to finish what it holds, then no more."""
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def die_with_parent() -> None:
    """Have the kernel send SIGTERM when the supervisor is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@asynccontextmanager
async def running(env: Mapping[str, str], home: Path, stop: asyncio.Event) -> AsyncIterator[Processes]:
    """All processes started; stopped at the end of the block."""
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    processes = Processes()
    try:
        if not stop.is_set():
            for name, module in (("web", "ussd"), ("bot", "bot"), ("worker", "core.jobs"), ("sandbox", "core.sandbox")):
                processes.start(name, module, env, logs)
        yield processes
    finally:
        await processes.stop()


async def everything_ready(
    env: Mapping[str, str], settings: Settings, practice: Mapping[str, str], processes: Processes, stop: asyncio.Event
) -> bool:
    """Wait until the sandbox and the web process answer; False when stopped or something ended."""
    print("Starting the application and the sandbox …", flush=True)
    app, sandbox = f"http://{settings.host}:{settings.port}", env["SANDBOX_URL"]
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        for url in (f"{sandbox}/phone/api/state", f"{app}/readyz"):
            if not await answers(session, url, processes, stop):
                print(f"not everything started; see {settings.home / 'logs'}", file=sys.stderr)
                return False
        async with session.post(f"{sandbox}/phone/api/practice", json=dict(practice)) as stored:
            return stored.ok


def is_played(env: Mapping[str, str]) -> bool:
    """Whether M-Pesa is the sandbox's: a real one is told where to report payments by its operator, once."""
    return env["DARAJA_BASE_URL"].startswith("http://127.0.0.1:")


async def report_payments(env: Mapping[str, str]) -> None:
    """Have the played M-Pesa report payments to the paybill, which `mtaa register-paybill` does for the real one."""
    settings = read_settings(env)
    where = f"{settings.pay_url}/c2b"
    daraja = Daraja(settings.daraja, clock=SystemClock())
    outcome = await daraja.register_paybill(validation_url=f"{where}/validation", confirmation_url=f"{where}/confirmation")
    await daraja.aclose()
    if not isinstance(outcome, Accepted):
        print(f"the sandbox doesn't report payments to the paybill: {outcome}", file=sys.stderr)


async def answers(session: ClientSession, url: str, processes: Processes, stop: asyncio.Event) -> bool:
    """Whether `url` answers 200 before the time is up."""
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while asyncio.get_running_loop().time() < deadline and not stop.is_set() and not processes.ended():
        with contextlib.suppress(ClientError, OSError, TimeoutError):
            async with session.get(url) as answer:
                if answer.ok:
                    return True
        await asyncio.sleep(POLL_SECONDS)
    return False
