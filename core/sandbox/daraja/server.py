"""The HTTP face of Daraja: OAuth, STK push and query; the desk of the API operator is in `desk`.

Any other path is as unknown here as a wrong one is there.
"""

from typing import Any

from aiohttp import web

from core.sandbox.daraja import answers, results
from core.sandbox.daraja.access import Access
from core.sandbox.daraja.answers import Refused
from core.sandbox.daraja.desk import Desk, read_content, send_whole
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.results import Checkout
from core.sandbox.daraja.validation import read_push, read_query
from core.sandbox.world import World

_LARGEST_BODY = 64 * 1024


class DarajaServer:
    def __init__(self, world: World, mpesa: Mpesa) -> None:
        self._world = world
        self._express = mpesa.express
        self._access = Access(world)
        self._desk = Desk(world, mpesa, self._access)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_in_envelopes])
        app.router.add_get("/oauth/v1/generate", self._token, allow_head=False)
        app.router.add_post("/mpesa/stkpush/v1/processrequest", self._push)
        app.router.add_post("/mpesa/stkpushquery/v1/query", self._query)
        app.router.add_routes(self._desk.routes())
        return app

    async def _token(self, request: web.Request) -> web.StreamResponse:
        faults = self._world.faults
        if faults.take("daraja.oauth", "http_500"):
            raise answers.internal_error()
        if hang := faults.take("daraja.oauth", "hang"):
            await self._world.clock.sleep(hang.seconds_or(30))
        return self._access.grant(request)

    async def _push(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request)
        wanted = read_push(self._world, await read_content(request))
        if (broken := self._broken("daraja.push", wanted.phone)) is not None:
            return broken
        faults = self._world.faults
        hang = faults.take("daraja.push", "hang", phone=wanted.phone)
        held = faults.take("daraja.callback", "before_answer", phone=wanted.phone)
        checkout = await self._express.accept(wanted)
        if hang or held:
            await self._express.show_prompt(checkout)
        if hang:
            await self._world.clock.sleep(hang.seconds_or(30))
        if held:
            await self._express.told(checkout, held.seconds_or(8))
        answer = await send_whole(request, _accepted(checkout))
        if not (hang or held):
            await self._express.show_prompt(checkout)
        return answer

    async def _query(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request)
        checkout = self._express.find(read_query(self._world, await read_content(request)))
        phone = checkout.phone if checkout else None
        faults = self._world.faults
        if (broken := self._broken("daraja.query", phone)) is not None:
            return broken
        if hang := faults.take("daraja.query", "hang", phone=phone):
            await self._world.clock.sleep(hang.seconds_or(30))
        if checkout is None:
            raise answers.invalid("CheckoutRequestID")
        if checkout.code is None or faults.take("daraja.query", "pending", phone=phone):
            raise answers.still_processing()
        code = checkout.code
        if faults.take("daraja.query", "contradict", phone=phone):
            code = results.CANCELLED if code == results.PAID else results.PAID
        return answers.success(results.query_answer(checkout, code))

    def _broken(self, where: str, phone: str | None) -> web.Response | None:
        faults = self._world.faults
        if where == "daraja.push" and faults.take(where, "http_500", phone=phone):
            raise answers.internal_error()
        if faults.take(where, "http_429", phone=phone):
            raise answers.spike_arrest()
        return answers.web_page() if faults.take(where, "html", phone=phone) else None


def _accepted(checkout: Checkout) -> web.Response:
    return answers.success(
        {
            "MerchantRequestID": checkout.merchant_id,
            "CheckoutRequestID": checkout.id,
            "ResponseCode": "0",
            "ResponseDescription": "Success. Request accepted for processing",
            "CustomerMessage": "Success. Request accepted for processing",
        }
    )


@web.middleware
async def _in_envelopes(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except Refused as refused:
        return refused.response()
    except web.HTTPNotFound:
        return Refused(404, "404.001.01", "Resource not found").response()
    except web.HTTPMethodNotAllowed:
        return Refused(405, "405.001", "Method Not Allowed").response()
    except web.HTTPRequestEntityTooLarge:
        return Refused(400, "400.002.05", "Invalid Request Payload").response()
    return response
