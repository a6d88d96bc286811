"""Africa's Talking's end-of-session event. Its `input` and `lastAppResponse` repeat PINs and balances: they are never read."""

from __future__ import annotations

import logging

from aiohttp import web

from core.web.forms import read_post

log = logging.getLogger(__name__)

STATUSES = ("Success", "Incomplete", "Failed")
LONGEST_FIGURE = 12


async def end_of_session(request: web.Request) -> web.Response:
    """Note how the session ended, how long it took and what it cost. Nothing depends on this unsigned message."""
    form = await read_post(request)
    status = form.get("status")
    figures = [_figure(form.get(name)) for name in ("hopsCount", "durationInMillis", "cost")]
    log.info("session ended: %s, hops %s, ms %s, cost %s", status if status in STATUSES else "unknown", *figures)
    return web.Response(text="")


def _figure(value: object) -> str:
    """A number as it was sent, or "-": nothing else reaches the log."""
    text = str(value).removeprefix("KES ")
    return text if len(text) <= LONGEST_FIGURE and text.isascii() and text.replace(".", "", 1).isdigit() else "-"
