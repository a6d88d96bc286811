"""Where M-Pesa answers what an operator asked: payments out, questions about them, what it holds; or that a queue was slow.

Like every report they come once, so they are kept before anything else is done with them; the worker finds out what they mean.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from core.payments.funds.proofs import RESULT as BALANCE
from core.payments.funds.proofs import TIMEOUT as BALANCE_TIMEOUT
from core.payments.payout_reports import ANSWER, ANSWER_TIMEOUT, RESULT, RESULT_TIMEOUT
from core.payments.refunds import RESULT as REFUND
from core.payments.refunds import TIMEOUT as REFUND_TIMEOUT
from core.web.callbacks import ACCEPTED, WebServices, keep
from core.web.server import caller

KINDS = {
    "/pay/{token}/b2c/{intent}/result": RESULT,
    "/pay/{token}/b2c/{intent}/timeout": RESULT_TIMEOUT,
    "/pay/{token}/balance/{intent}/result": BALANCE,
    "/pay/{token}/balance/{intent}/timeout": BALANCE_TIMEOUT,
    "/pay/{token}/reversal/{intent}/result": REFUND,
    "/pay/{token}/reversal/{intent}/timeout": REFUND_TIMEOUT,
    "/pay/{token}/status/{intent}/result": ANSWER,
    "/pay/{token}/status/{intent}/timeout": ANSWER_TIMEOUT,
}


def routes(services: WebServices) -> list[web.RouteDef]:
    """POST /pay/{token}/b2c/{intent}/result and /timeout, and the same under status/, balance/ and reversal/."""
    return [web.post(path, _taker(services, kind)) for path, kind in KINDS.items()]


def _taker(services: WebServices, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def take(request: web.Request) -> web.Response:
        body, remote = await request.read(), caller(request, services.settings.trusted_proxies)
        intent = request.match_info["intent"]
        kept = await keep(services.database, kind=kind, intent=intent, body=body, remote=remote)
        return web.json_response(ACCEPTED) if kept else web.json_response({"error": "try again"}, status=503)

    return take
