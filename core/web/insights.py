"""Where Africa's Talking answers whether a SIM was swapped. The server in front checks token, network and size.

The answer isn't signed and names no number: it counts only for a question of ours that still waits, and only once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from core.identity.sim_swap import record_answer
from core.kernel.clock import EAST_AFRICA
from core.web.callbacks import WebServices

log = logging.getLogger(__name__)

WORD = re.compile(r"[A-Za-z0-9_.:-]{1,100}", re.ASCII)
STATUSES = {"Swapped": True, "NotSwapped": False}
# How the date has been seen written. Safaricom says 01-01-1900 for "more than three months ago".
DAYS = ("%d-%m-%Y", "%Y-%m-%d")
MOMENTS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S")
END_OF_DAY = timedelta(hours=23, minutes=59, seconds=59)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Seconds. The network may answer before we have written down under which id it will.
BEFORE_THE_QUESTION = (0, 0.2, 0.5, 1.0)


def routes(services: WebServices) -> list[web.RouteDef]:
    """POST /insights/{token}/sim-swap."""

    async def take(request: web.Request) -> web.Response:
        found = _read(await request.text())
        status, identifier = found.get("status"), found.get("requestId")
        if status not in STATUSES or not isinstance(identifier, str) or not WORD.fullmatch(identifier):
            raise web.HTTPBadRequest(text="status or requestId is missing or can't be read")
        swapped_at = read_date(found.get("lastSimSwapDate"))
        long_ago = swapped_at is not None and swapped_at < LONG_AGO
        swapped = STATUSES[status] and not long_ago
        for wait in BEFORE_THE_QUESTION:
            await asyncio.sleep(wait)
            async with services.database.unit() as uow:
                if await record_answer(uow, request_id=identifier, swapped=swapped, swapped_at=swapped_at):
                    break
        else:
            log.warning("an answer about a SIM that was never asked for")
        return web.Response(text="ok")

    return [web.post("/insights/{token}/sim-swap", take)]


def read_date(written: object) -> datetime | None:
    """The moment that a date means, in East Africa unless it says otherwise; None when it can't be read.

    Of a day it is the last moment: a swap counts from then, and a day too long only makes people wait.
    """
    for form in (*DAYS, *MOMENTS):
        try:
            found = datetime.strptime(str(written), form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        found = found + END_OF_DAY if form in DAYS else found
        return found if found.tzinfo else found.replace(tzinfo=EAST_AFRICA)
    return None


def _read(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise web.HTTPBadRequest(text="not JSON") from None
    if not isinstance(found, dict):
        raise web.HTTPBadRequest(text="not an object")
    return found
