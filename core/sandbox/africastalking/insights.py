"""Africa's Talking Insights: whether a SIM was swapped. The question is queued; the answer comes by a callback of its own.

Nobody's SIM was ever swapped here unless the fault `sim.answer` says so for the phone that is asked about.
"""

import hmac
import json
from datetime import timedelta
from typing import Any

import aiohttp
from aiohttp import web

from core.sandbox import identifiers
from core.sandbox.clock import EAST_AFRICA
from core.sandbox.world import World

# What Safaricom says when the last swap is more than three months ago, or never was.
LONG_AGO = "01-01-1900"
GIVE_UP_SECONDS = 12 * 3600
_LONGEST_WAIT_SECONDS = 600
_OK = 200


class SimSwaps:
    """The route of `insights.africastalking.com/v1`, and its callbacks."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, app: web.Application) -> None:
        """Serve it beside the rest of Africa's Talking."""
        app.router.add_post("/v1/sim-swap", self._ask)

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        body = await _json_body(request)
        settings, faults = self._world.settings, self._world.faults
        key = request.headers.get("apiKey", "").encode("utf-8", "surrogateescape")
        if body.get("username") != settings.at_username or not hmac.compare_digest(key, settings.at_api_key.encode()):
            return web.Response(status=401, text="The supplied authentication is invalid")
        phones = body.get("phoneNumbers")
        if not isinstance(phones, list) or len(phones) != 1 or not isinstance(phones[0], str):
            return web.Response(status=400, text="phoneNumbers must be a list of one number here")
        if faults.take("sim.ask", "http_500", phone=phones[0]):
            return web.Response(status=500, text="There was an internal server error.")
        hang = faults.take("sim.ask", "hang", phone=phones[0])
        queued = {
            "status": "Queued",
            "requestId": f"ATSwpid_{identifiers.request_id()}",
            "transactionId": identifiers.request_id(),
        }
        self._world.errands.run(self._answer(phones[0], queued))
        if hang:
            await self._world.clock.sleep(hang.seconds_or(30))
        return web.json_response(queued)

    async def _answer(self, phone: str, queued: dict[str, str]) -> None:
        faults, clock = self._world.faults, self._world.clock
        if faults.take("sim.answer", "lose", phone=phone):
            return
        delay = faults.take("sim.answer", "delay", phone=phone)
        await clock.sleep(self._world.behaviour.report_seconds + (delay.seconds_or(30) if delay else 0))
        swapped = faults.take("sim.answer", "swapped", phone=phone)
        when = clock.now().astimezone(EAST_AFRICA) - timedelta(seconds=swapped.seconds_or(3600)) if swapped else None
        answer = {
            "status": "Swapped" if when else "NotSwapped",
            "lastSimSwapDate": f"{when:%d-%m-%Y}" if when else LONG_AGO,
            "providerRefId": identifiers.request_id(),
            "requestId": queued["requestId"],
            "transactionId": queued["transactionId"],
        }
        times = 2 if faults.take("sim.answer", "double", phone=phone) else 1
        for _ in range(times):
            await self._post_until_taken(answer)

    async def _post_until_taken(self, answer: dict[str, str]) -> None:
        settings, clock = self._world.settings, self._world.clock
        url = f"{settings.app_url.rstrip('/')}/insights/{settings.callback_token}/sim-swap"
        give_up, wait = clock.elapsed() + GIVE_UP_SECONDS, 1
        while not await _taken(self._world.http, url, answer) and clock.elapsed() < give_up:
            await clock.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)


async def _taken(http: aiohttp.ClientSession, url: str, answer: dict[str, str]) -> bool:
    try:
        async with http.post(url, json=answer, timeout=aiohttp.ClientTimeout(total=10)) as response:
            await response.read()
            return response.status == _OK
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _json_body(request: web.Request) -> dict[str, Any]:
    try:
        found = json.loads(await request.text())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise web.HTTPBadRequest(text="There was a problem with the requests Content-Type")
    return found
