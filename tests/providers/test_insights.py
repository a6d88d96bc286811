"""The whole way of a question about a SIM: our adapter, the played Africa's Talking, its callback, our web process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientTimeout, web
from aiohttp.test_utils import TestClient, TestServer

from core.identity.sim_swap import ASK_SIM_SWAP, ask_sim_swap, record_asked
from core.kernel.db import Database
from core.kernel.settings import AfricasTalkingSettings, Settings
from core.notifications.ports import Accepted, Rejected, Unknown
from core.providers.africastalking_insights import AfricasTalkingInsights
from core.sandbox.africastalking.insights import SimSwaps
from core.sandbox.world import World
from core.web import insights
from core.web.server import build_server
from tests.identity.people import WANJIRU, People
from tests.providers.carriers import played_world
from tests.providers.companies import serving

TOKEN = "a-token-that-nobody-guesses"
NOBODY_LISTENS = "http://127.0.0.1:9"


@dataclass
class WebServices:
    database: Database
    settings: Settings


@dataclass
class Line:
    """Our adapter and web process at one end, the played network at the other."""

    world: World
    port: AfricasTalkingInsights
    client: Any
    people: People

    def arm(self, where: str, what: str, **more: object) -> None:
        self.world.faults.arm({"where": where, "what": what, **more})

    async def ask(self) -> None:
        self.people.sim_swap = self.port
        async with self.people.database.unit() as uow:
            await ask_sim_swap(uow, phone=WANJIRU, why="payout")
        await self.people.do_jobs(ASK_SIM_SWAP)

    async def settled(self) -> dict[str, Any]:
        """The check once it is answered."""
        async with asyncio.timeout(10):
            while (row := await self.people.row("sim_swap_checks"))["status"] != "answered":
                await asyncio.sleep(0.05)
        return row

    async def post(self, body: Any, *, token: str = TOKEN, **given: Any) -> int:
        sent = {"json": body} if not isinstance(body, str) else {"data": body}
        async with self.client.post(f"/insights/{token}/sim-swap", **sent, **given) as response:
            return int(response.status)


@pytest.fixture
async def line(db: Database, tmp_path: Path, hasher: Any) -> AsyncIterator[Line]:
    settings = Settings(callback_token=TOKEN)
    server = build_server(settings, insights.routes(WebServices(db, settings)))
    async with TestClient(TestServer(server)) as client, played_world(tmp_path) as world:
        world.settings = replace(world.settings, app_url=str(client.make_url("")), callback_token=TOKEN)
        world.behaviour.report_seconds = 0
        app = web.Application()
        SimSwaps(world).add_to(app)
        async with serving(app) as url:
            mine = AfricasTalkingSettings(
                username=world.settings.at_username, api_key=world.settings.at_api_key, insights_url=url
            )
            port = AfricasTalkingInsights(mine)
            yield Line(world, port, client, People(db, hasher))
            await port.aclose()


async def test_question_when_sim_was_not_swapped_then_answered_so(line: Line) -> None:
    await line.ask()
    row = await line.settled()
    assert (row["verdict"], row["swapped_at"], row["phone"]) == ("not_swapped", None, WANJIRU)
    assert row["request_id"].startswith("ATSwpid_")


async def test_answer_when_it_comes_before_the_question_is_written_down_then_counts(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(*args: Any, **about: Any) -> None:
        await asyncio.sleep(0.4)
        await record_asked(*args, **about)

    monkeypatch.setattr("core.identity.jobs.record_asked", late)
    await line.ask()
    assert (await line.settled())["verdict"] == "not_swapped"


async def test_question_when_sim_was_swapped_then_answered_with_the_day(line: Line, clock: Any) -> None:
    clock.moment = datetime.now(UTC)
    line.arm("sim.answer", "swapped", seconds=86_400)
    line.arm("sim.answer", "double")
    await line.ask()
    row = await line.settled()
    assert row["verdict"] == "swapped"
    # The network names a day, so the last moment of it is taken.
    assert timedelta(0) <= clock.now() - row["swapped_at"] <= timedelta(days=1, hours=1)


@pytest.mark.parametrize(
    ("fault", "reason"), [("http_500", "status 500"), ("hang", "no answer: TimeoutError")], ids=["refused", "silent"]
)
async def test_question_when_not_taken_for_certain_then_no_answer_is_waited_for(
    line: Line, monkeypatch: pytest.MonkeyPatch, fault: str, reason: str
) -> None:
    monkeypatch.setattr("core.providers.africastalking_insights.TIMEOUT", ClientTimeout(total=0.3))
    line.arm("sim.ask", fault, seconds=2)
    assert await line.port.ask(WANJIRU) == Unknown(reason)


async def test_question_when_key_is_wrong_or_nobody_listens_then_says_so(line: Line) -> None:
    good = line.port._settings
    line.port._settings = replace(good, api_key="another")
    assert await line.port.ask(WANJIRU) == Rejected("status 401")
    line.port._settings = replace(good, insights_url=NOBODY_LISTENS)
    outcome = await line.port.ask(WANJIRU)
    assert isinstance(outcome, Rejected)
    assert outcome.retry
    line.port._settings = good
    assert isinstance(await line.port.ask(WANJIRU), Accepted)


async def test_answer_when_forged_or_malformed_then_refused_or_without_effect(line: Line) -> None:
    forged = {"status": "NotSwapped", "lastSimSwapDate": "01-01-1900", "requestId": "ATSwpid_guess"}
    assert await line.post(forged, token="wrong") == 404
    assert await line.post(forged) == 200
    for bad in (
        "",
        "[]",
        "{}",
        '{"status": "Swapped"}',
        '{"status": "Maybe", "requestId": "x"}',
        '{"status": 7, "requestId": 7}',
    ):
        assert await line.post(bad) == 400
    assert await line.people.rows("sim_swap_checks") == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("01-01-1900", datetime(1900, 1, 1, 20, 59, 59, tzinfo=UTC)),
        ("22-11-2026", datetime(2026, 11, 22, 20, 59, 59, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, 20, 59, 59, tzinfo=UTC)),
        ("2026-11-22T10:00:00+03:00", datetime(2026, 11, 22, 7, 0, tzinfo=UTC)),
        ("2026-11-22 10:00:00", datetime(2026, 11, 22, 7, 0, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_date_when_read_then_means_the_last_moment_of_a_day_in_nairobi(written: object, meant: datetime | None) -> None:
    assert insights.read_date(written) == meant
