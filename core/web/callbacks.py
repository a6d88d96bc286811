"""Where M-Pesa reports how a payment went, and asks whether it may take one at our paybill.

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
from core.payments.c2b import CONFIRMATION, Refusal, refusal_of
from core.payments.callbacks import STK
from core.payments.inbox import ReadReport, store_callback
from core.payments.reports import Report
from core.web.server import caller

log = logging.getLogger(__name__)

ACCEPTED = {"ResultCode": 0, "ResultDesc": "Accepted"}
# The answer to a validation has its code as text (Safaricom, Customer To Business).
ALLOWED = {"ResultCode": "0", "ResultDesc": "Accepted"}
REFUSED: dict[Refusal, str] = {"account": "C2B00012", "amount": "C2B00013"}
# Safaricom waits about eight seconds and then does what was registered for silence.
VALIDATION_SECONDS = 5
# Nobody calls twice: rather let the gateway wait some seconds than lose the only proof of a payment.
PAUSES_SECONDS = (0.2, 1.0, 3.0)


class WebServices(Protocol):
    """What these handlers need."""

    @property
    def database(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def read_report(self) -> ReadReport: ...


def routes(services: WebServices) -> list[web.RouteDef]:
    """POST /pay/{token}/stk/{intent}, /c2b/validation and /c2b/confirmation."""

    async def take_stk(request: web.Request) -> web.Response:
        return await take(request, kind=STK, intent=request.match_info["intent"])

    async def take_confirmation(request: web.Request) -> web.Response:
        return await take(request, kind=CONFIRMATION, intent=services.settings.daraja.shortcode)

    async def take(request: web.Request, *, kind: str, intent: str) -> web.Response:
        body, remote = await request.read(), caller(request, services.settings.trusted_proxies)
        kept = await keep(services.database, kind=kind, intent=intent, body=body, remote=remote)
        return web.json_response(ACCEPTED) if kept else web.json_response({"error": "try again"}, status=503)

    async def validate(request: web.Request) -> web.Response:
        refusal = await find_refusal(services.database, services.read_report("validation", await request.read()))
        return web.json_response(ALLOWED if refusal is None else {"ResultCode": REFUSED[refusal], "ResultDesc": "Rejected"})

    return [
        web.post("/pay/{token}/stk/{intent}", take_stk),
        web.post("/pay/{token}/c2b/validation", validate),
        web.post("/pay/{token}/c2b/confirmation", take_confirmation),
    ]


async def find_refusal(database: Database, report: Report) -> Refusal | None:
    """Why a payment at the paybill should not be taken. When we can't look in time it may: then it is sorted out later."""
    try:
        async with asyncio.timeout(VALIDATION_SECONDS), database.unit() as uow:
            return await refusal_of(uow, report)
    except (SQLAlchemyError, OSError, TimeoutError) as problem:
        log.error("a payment can't be validated: %s", type(problem).__name__)  # noqa: TRY400 - the stack holds parameters
        return None


async def keep(database: Database, *, kind: str, intent: str, body: bytes, remote: str) -> bool:
    """Store a callback durably, trying a few times; False when the database doesn't take it."""
    for pause in (*PAUSES_SECONDS, None):
        try:
            async with database.unit() as uow:
                await store_callback(uow, kind=kind, intent=intent, body=body, remote=remote)
        except (SQLAlchemyError, OSError) as problem:
            log.error("a callback can't be kept: %s", type(problem).__name__)  # noqa: TRY400 - the stack holds parameters
        else:
            return True
        if pause is not None:
            await asyncio.sleep(pause)
    return False
