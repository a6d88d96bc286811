"""The HTTP face of Africa's Talking: the legacy messaging form and the account's balance.

Refusals come in the real one's words. Its answers carry exactly `application/json`, without a charset: the official SDK
decodes nothing else.
"""

import hmac
import json
from decimal import Decimal
from typing import Any

from aiohttp import web

from core.sandbox.africastalking.callbacks import SmsCallbacks
from core.sandbox.africastalking.insights import SimSwaps
from core.sandbox.africastalking.sms import Sms, SmsAccount
from core.sandbox.world import World

_LARGEST_BODY = 64 * 1024


class AfricasTalkingServer:
    """Routes of `api.africastalking.com/version1` that a savings group needs."""

    def __init__(self, world: World, account: SmsAccount, callbacks: SmsCallbacks) -> None:
        self._world = world
        self._account = account
        self._callbacks = callbacks

    def application(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[_plain_errors])
        app.router.add_post("/version1/messaging", self._messaging)
        app.router.add_get("/version1/user", self._user)
        SimSwaps(self._world).add_to(app)
        return app

    async def _messaging(self, request: web.Request) -> web.StreamResponse:
        form = await _form(request)
        if (refusal := self._refusal(request, form.get("username"))) is not None:
            return refusal
        for name in ("to", "message"):
            if not form.get(name):
                return _text(400, f"Request is missing required form field '{name}'")
        recipients = [number.strip() for number in form["to"].split(",") if number.strip()]
        phone = recipients[0] if recipients else None
        if (broken := self._broken(phone)) is not None:
            return broken
        hang = self._world.faults.take("sms.send", "hang", phone=phone)
        answer = self._send(recipients, form.get("from", ""), form["message"])
        if hang:
            await self._world.clock.sleep(hang.seconds_or(30))
        return answer

    def _send(self, recipients: list[str], sender: str, text: str) -> web.Response:
        if not self._account.knows_sender(sender):
            return _json(201, {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}})
        sent = [self._account.send(to=number, sender=sender, text=text) for number in recipients]
        for sms in sent:
            if sms.is_accepted:
                self._callbacks.report(sms)
        answer = {"Message": _summary(sent), "Recipients": [sms.recipient() for sms in sent]}
        return _json(201, {"SMSMessageData": answer})

    def _broken(self, phone: str | None) -> web.Response | None:
        faults = self._world.faults
        if faults.take("sms.send", "http_500", phone=phone):
            return _text(500, "There was an internal server error.")
        if faults.take("sms.send", "html", phone=phone):
            return web.Response(status=502, text="<html><body>502 Bad Gateway</body></html>", content_type="text/html")
        if faults.take("sms.send", "unauthorised", phone=phone):
            return _text(401, "The supplied authentication is invalid")
        return None

    async def _user(self, request: web.Request) -> web.StreamResponse:
        if (refusal := self._refusal(request, request.query.get("username"))) is not None:
            return refusal
        return _json(200, {"UserData": {"balance": f"KES {self._account.balance:.4f}"}})

    def _refusal(self, request: web.Request, username: str | None) -> web.Response | None:
        settings = self._world.settings
        if username is None:
            return _text(400, "Request is missing required form field 'username'")
        if "application/json" not in request.headers.get("Accept", ""):
            # The real one answers in XML then; a program that expects JSON would break there.
            return _text(406, "This account is played in JSON only: send Accept: application/json")
        key_fits = hmac.compare_digest(_bytes(request.headers.get("apiKey", "")), settings.at_api_key.encode())
        if not key_fits or username != settings.at_username:
            return _text(401, "The supplied authentication is invalid")
        return None


async def _form(request: web.Request) -> dict[str, str]:
    """The form's text fields; the first of a doubled one counts."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(text="There was a problem with the requests Content-Type")
    form: dict[str, str] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, str):
            form.setdefault(name, value)
    return form


def _bytes(header: str) -> bytes:
    """A header as it came over the wire."""
    return header.encode("utf-8", "surrogateescape")


def _summary(sent: list[Sms]) -> str:
    accepted = [sms for sms in sent if sms.is_accepted]
    total = sum((Decimal(sms.cost) for sms in accepted), Decimal(0))
    cost = f"KES {total:.4f}" if accepted else "0"
    return f"Sent to {len(accepted)}/{len(sent)} Total Cost: {cost}"


def _json(status: int, content: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=json.dumps(content).encode(), headers={"Content-Type": "application/json"})


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text)


@web.middleware
async def _plain_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """The real server's words for what isn't there."""
    try:
        response: web.StreamResponse = await handler(request)
    except web.HTTPNotFound:
        return _text(404, "The requested resource could not be found.")
    except (ValueError, LookupError):
        return _text(400, "The request's form can't be read.")
    return response
