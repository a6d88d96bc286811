"""Where M-Pesa reports how a payment went.

A callback comes once and is never sent again, so it is kept before anything else is done with it, whatever it says, and
kept again when the database stumbles. What it means is found out by the worker. The server in front checks token, network
and size.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from core.kernel.db import Database
from core.kernel.settings import Settings
from core.payments.callbacks import store_stk_callback
from core.web.server import caller

log = logging.getLogger(__name__)

ACCEPTED = {"ResultCode": 0, "ResultDesc": "Accepted"}
# Nobody calls twice: rather let the gateway wait some seconds than lose the only proof of a payment.
PAUSES_SECONDS = (0.2, 1.0, 3.0)


class WebServices(Protocol):
    """What these handlers need."""

    @property
    def database(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...


def routes(services: WebServices) -> list[web.RouteDef]:
    """POST /pay/{token}/stk/{intent}."""

    async def take_stk(request: web.Request) -> web.Response:
        body, intent = await request.read(), request.match_info["intent"]
        remote = caller(request, services.settings.trusted_proxies)
        kept = await keep(services.database, intent=intent, body=body, remote=remote)
        return web.json_response(ACCEPTED) if kept else web.json_response({"error": "try again"}, status=503)

    return [web.post("/pay/{token}/stk/{intent}", take_stk)]


async def keep(database: Database, *, intent: str, body: bytes, remote: str) -> bool:
    """Store a callback durably, trying a few times; False when the database doesn't take it."""
    for pause in (*PAUSES_SECONDS, None):
        try:
            async with database.unit() as uow:
                await store_stk_callback(uow, intent=intent, body=body, remote=remote)
        except (SQLAlchemyError, OSError) as problem:
            log.error("a callback can't be kept: %s", type(problem).__name__)  # noqa: TRY400 - the stack holds parameters
        else:
            return True
        if pause is not None:
            await asyncio.sleep(pause)
    return False
