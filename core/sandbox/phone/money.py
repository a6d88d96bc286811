"""The part of the control API that is about M-PESA: prompts, the paybill, the book, the statement."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from core.sandbox.clock import EAST_AFRICA
from core.sandbox.daraja.book import Entry
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.statements import statement
from core.sandbox.people import Person
from core.sandbox.phone.bodies import BadBody, Body, read_body
from core.sandbox.world import World


class MoneyControl:
    """What is told, done by people, and served besides, each by its path under /phone/api."""

    def __init__(self, world: World, mpesa: Mpesa) -> None:
        self._world = world
        self._mpesa = mpesa

    def answers(self) -> dict[str, Callable[[], Any]]:
        return {
            "daraja/book": self._book,
            "daraja/checkouts": lambda: [checkout.shown() for checkout in self._mpesa.express.checkouts],
            "daraja/payouts": lambda: [payout.shown() for payout in self._mpesa.payouts.all],
            "daraja/confirmations": lambda: self._mpesa.paybill.callbacks,
        }

    def acts(self) -> dict[str, Callable[[Person, Body], Awaitable[None]]]:
        return {"mpesa": self._answer_prompt, "paybill": self._pay_paybill}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/phone/api/daraja/statement", self._statement),
            web.post("/phone/api/daraja/float", self._bring_float),
            web.post("/phone/api/daraja/past", self._remember),
        ]

    def _book(self) -> dict[str, Any]:
        book = self._mpesa.book
        entries = [entry.shown() for entry in book.entries]
        figures = {"balance": f"{book.balance}.00", "charges": f"{book.charges}.00"}
        return {"shortcode": self._world.settings.shortcode, **figures, "entries": entries}

    async def _answer_prompt(self, person: Person, body: Body) -> None:
        prompt, action = body.text("prompt"), body.text("action")
        if action == "pay":
            await self._mpesa.express.pay(person.phone, prompt, body.text("pin"))
        elif action == "cancel":
            await self._mpesa.express.cancel(person.phone, prompt)
        else:
            raise BadBody("action is pay or cancel")

    async def _pay_paybill(self, person: Person, body: Body) -> None:
        amount, account = body.number("amount"), body.text("account")
        await self._mpesa.paybill.pay(person.phone, amount=amount, account=account, pin=body.text("pin"))

    async def _bring_float(self, request: web.Request) -> web.Response:
        amount = (await read_body(request)).number("amount")
        if amount < 1:
            raise BadBody("amount is at least one shilling")
        await self._mpesa.bring_float(amount)
        return web.json_response(self._book())

    async def _remember(self, request: web.Request) -> web.Response:
        """Payments to the paybill that were made before the sandbox was there."""
        given = (await read_body(request)).fields.get("payments")
        if not isinstance(given, list):
            raise BadBody("payments must be a list")
        await self._mpesa.remember([_past_payment(one) for one in given])
        return web.json_response(self._book())

    async def _statement(self, request: web.Request) -> web.Response:
        """The shortcode's statement: ?variant=organisation&since=2026-11-23&until=2026-11-24, East African days."""
        written = statement(
            self._mpesa.book,
            self._world.people,
            variant=request.query.get("variant", "organisation"),
            since=_day(request, "since", "2020-01-01"),
            until=_day(request, "until", "2100-01-01"),
            shortcode=self._world.settings.shortcode,
            name=self._world.settings.business_name,
        )
        return web.Response(text=written, content_type="text/csv", charset="utf-8")


def _past_payment(given: Any) -> Entry:
    if not isinstance(given, dict):
        raise BadBody("a payment is an object")
    body = Body(given)
    amount, at = body.number("amount"), body.text("at")
    if amount < 1:
        raise BadBody("amount is at least one shilling")
    try:
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except ValueError as problem:
        raise BadBody("at is a moment in ISO 8601") from problem
    return Entry(body.text("receipt"), body.text("phone"), amount, body.text("account"), moment.isoformat(), kind="paybill")


def _day(request: web.Request, name: str, usual: str) -> datetime:
    try:
        return datetime.fromisoformat(request.query.get(name, usual)).replace(tzinfo=EAST_AFRICA)
    except ValueError as problem:
        raise BadBody(f"{name} is a day such as 2026-11-23") from problem
