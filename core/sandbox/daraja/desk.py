"""Daraja's HTTP for payments to the paybill and for what an API operator may ask: payouts, questions, balances.

A request is acknowledged at once; what came of it follows by callback.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from aiohttp import web

from core.sandbox.daraja import answers, replies
from core.sandbox.daraja.access import Access
from core.sandbox.daraja.answers import Refused
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.orders import (
    read_balance_question,
    read_payout,
    read_picture_order,
    read_question,
    read_registration,
    read_reversal,
    read_simulation,
)
from core.sandbox.daraja.paybill import NotPayable
from core.sandbox.daraja.payouts import Payout
from core.sandbox.daraja.validation import read_json
from core.sandbox.world import World

# The smallest PNG there is: one grey point. The sandbox draws no codes.
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="


class Desk:
    def __init__(self, world: World, mpesa: Mpesa, access: Access) -> None:
        self._world, self._mpesa, self._access = world, mpesa, access

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/mpesa/b2c/v3/paymentrequest", self._payout),
            web.post("/mpesa/transactionstatus/v1/query", self._status),
            web.post("/mpesa/accountbalance/v1/query", self._balance),
            web.post("/mpesa/reversal/v1/request", self._reverse),
            web.post("/mpesa/c2b/{version:v[12]}/registerurl", self._register),
            web.post("/mpesa/c2b/{version:v[12]}/simulate", self._simulate),
            web.post("/mpesa/qrcode/v1/generate", self._picture),
            web.post("/pulltransactions/v1/register", self._register_pull),
            web.post("/pulltransactions/v1/query", self._pull),
        ]

    async def _payout(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request)
        order = read_payout(self._world, await read_content(request))
        if (broken := self._broken("daraja.payout", order.phone)) is not None:
            return broken
        faults, payouts = self._world.faults, self._mpesa.payouts
        payout = await payouts.accept(order)
        if held := faults.take("daraja.payout", "before_answer", phone=order.phone):
            settling = self._world.errands.run(payouts.settle(payout))
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(settling), held.seconds_or(8))
            return answers.success(_taken(payout))
        self._world.errands.run(payouts.settle(payout))
        if hang := faults.take("daraja.payout", "hang", phone=order.phone):
            await self._world.clock.sleep(hang.seconds_or(30))
        if faults.take("daraja.payout", "http_500_after", phone=order.phone):
            raise answers.internal_error()
        if faults.take("daraja.payout", "html_after", phone=order.phone):
            return answers.web_page()
        return answers.success(_taken(payout))

    async def _status(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request, code="400.003.01")
        question = read_question(self._world, await read_content(request))
        return await self._answered("daraja.status", lambda ids: self._mpesa.enquiries.tell_transaction(question, ids))

    async def _balance(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request, code="401.002.01")
        order = read_balance_question(self._world, await read_content(request))
        return await self._answered("daraja.status", lambda ids: self._mpesa.enquiries.tell_balance(order, ids))

    async def _reverse(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request)
        order = read_reversal(self._world, await read_content(request))
        return await self._answered("daraja.status", lambda ids: self._mpesa.reversals.settle(order, ids))

    async def _simulate(self, request: web.Request) -> web.StreamResponse:
        """A payment to the paybill by nobody's hand, as Safaricom's own sandbox offers it."""
        self._access.check(request, code="400.003.01")
        payment = read_simulation(self._world, await read_content(request))
        with suppress(NotPayable):
            await self._mpesa.paybill.pay(payment.phone, amount=payment.amount, account=payment.account, pin=None)
        done = {"OriginatorCoversationID": self._mpesa.enquiries.ids()["originator"], "ResponseCode": "0"}
        return answers.success({**done, "ResponseDescription": "Accept the service request successfully."})

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request)
        read_picture_order(await read_content(request))
        done = {"ResponseCode": "00", "RequestID": "16738-27456357-1", "ResponseDescription": "QR Code Successfully Generated."}
        return answers.success({**done, "QRCode": PICTURE})

    async def _register_pull(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request, code="401.001")
        return answers.success(self._mpesa.pull.register(await read_content(request)))

    async def _pull(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request, code="401.001")
        if (broken := self._broken("daraja.pull", None)) is not None:
            return broken
        return answers.success(self._mpesa.pull.page(await read_content(request)))

    async def _register(self, request: web.Request) -> web.StreamResponse:
        self._access.check(request, code="400.003.01")
        version = int(request.match_info["version"][1:])
        await self._mpesa.paybill.register(read_registration(self._world, await read_content(request), version=version))
        done = {"OriginatorCoversationID": self._mpesa.enquiries.ids()["originator"], "ResponseCode": "0"}
        return answers.success({**done, "ResponseDescription": "Success"})

    async def _answered(self, where: str, tell: Callable[[dict[str, Any]], Coroutine[Any, Any, None]]) -> web.Response:
        """Acknowledge a question whose answer is told by a callback."""
        if (broken := self._broken(where, None)) is not None:
            return broken
        if hang := self._world.faults.take(where, "hang"):
            await self._world.clock.sleep(hang.seconds_or(30))
        ids = self._mpesa.enquiries.ids()
        self._world.errands.run(tell(ids))
        return answers.success(replies.acknowledged(**ids))

    def _broken(self, where: str, phone: str | None) -> web.Response | None:
        faults = self._world.faults
        if faults.take(where, "http_500", phone=phone):
            raise answers.internal_error()
        if faults.take(where, "http_429", phone=phone):
            raise answers.spike_arrest()
        return answers.web_page() if faults.take(where, "html", phone=phone) else None


def _taken(payout: Payout) -> dict[str, Any]:
    return replies.acknowledged(payout.originator, payout.conversation)


async def read_content(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request. Raises Refused."""
    if request.content_type != "application/json":
        raise Refused(400, "400.002.05", "Invalid Request Payload")
    return read_json(await request.read())


async def send_whole(request: web.Request, response: web.Response) -> web.Response:
    """Put the answer on the wire now: the handset rings only after it, unless told otherwise."""
    with suppress(ConnectionError):  # the application may have given up waiting; the push goes on
        await response.prepare(request)
        await response.write_eof()
    return response
