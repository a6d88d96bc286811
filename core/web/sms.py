"""What Africa's Talking calls about SMS: delivery reports, and messages that people send to our number.

Neither is signed; the unguessable path is checked before these handlers run. A report is repeated until it is answered with
200, so everything that can be read is answered so, known or not. What people write to us isn't kept: it may be a PIN.
"""

from __future__ import annotations

import logging
import re
from dataclasses import asdict
from datetime import timedelta
from typing import Protocol

from aiohttp import web

from core.kernel.db import Database
from core.kernel.phone import NotAPhone, masked, parse_phone
from core.notifications.jobs import REPORT_AGAIN
from core.notifications.sms import REPORT_STATUSES, SmsReport, record_sms_report
from core.web.forms import read_post

# The carrier's ids and words: printable ASCII without spaces, so that nothing odd reaches the database.
WORD = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)
# A report may overtake the answer to the send that it is about.
RECORDED_BY_THEN = timedelta(seconds=10)

log = logging.getLogger(__name__)


class WebServices(Protocol):
    """What these handlers need."""

    @property
    def database(self) -> Database: ...


def routes(app: WebServices) -> list[web.RouteDef]:
    """The paths of both callbacks."""
    callbacks = SmsCallbacks(app)
    return [
        web.post("/sms/{token}/delivery", callbacks.delivery),
        web.post("/sms/{token}/inbound", callbacks.inbound),
    ]


class SmsCallbacks:
    """Reads the two forms."""

    def __init__(self, app: WebServices) -> None:
        self._app = app

    async def delivery(self, request: web.Request) -> web.Response:
        """A delivery report: id, status, networkCode and, after a failure, failureReason."""
        form = await read_form(request)
        report = SmsReport(
            message_id=_word(form, "id"),
            status=_word(form, "status"),
            reason=_word(form, "failureReason", default=""),
            network=_word(form, "networkCode", default=""),
        )
        if report.status not in REPORT_STATUSES:
            log.warning("an SMS has a delivery status that isn't known: %s", report.status)
            return web.Response()
        async with self._app.database.unit() as uow:
            if not await record_sms_report(uow, report=report):
                await uow.enqueue(REPORT_AGAIN, asdict(report), after=RECORDED_BY_THEN)
        return web.Response()

    async def inbound(self, request: web.Request) -> web.Response:
        """A message from a person: from, id, text, to. Noted without its text."""
        form = await read_form(request)
        try:
            sender = parse_phone(form.get("from", ""))
        except NotAPhone:
            raise web.HTTPBadRequest(text="from isn't a phone number") from None
        log.info("an SMS of %d characters came from %s", len(form.get("text", "")), masked(sender))
        return web.Response()


async def read_form(request: web.Request) -> dict[str, str]:
    """The form's text fields; the first of a doubled one counts. Raises HTTPBadRequest for what can't be read."""
    fields: dict[str, str] = {}
    for name, value in (await read_post(request)).items():
        if isinstance(value, str):
            fields.setdefault(name, value)
    return fields


def _word(form: dict[str, str], name: str, *, default: str | None = None) -> str:
    value = form.get(name, "")
    if WORD.fullmatch(value):
        return value
    if default is None:
        raise web.HTTPBadRequest(text=f"{name} is missing or can't be read")
    return default
