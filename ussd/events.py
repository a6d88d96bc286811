"""Africa's Talking's end-of-session event. Its `input` and `lastAppResponse` repeat PINs and balances: they are never read."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from decimal import Decimal

from aiohttp import web

from core.dialogue.endings import Ended
from core.dialogue.engine import Conversation
from core.dialogue.turn import USSD
from core.kernel.phone import NotAPhone, parse_phone
from core.kernel.secrets import Vault
from core.web.forms import read_post
from ussd.callback import MAX_SESSION_ID, session_name
from ussd.networks import network_of

log = logging.getLogger(__name__)

LONGEST_FIGURE = 9
LONGEST_WAY = 4_000


def end_events(conversation: Conversation, vault: Vault) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of these events."""

    async def ended(request: web.Request) -> web.Response:
        """Note how the session ended, how long it took and what it cost. No money depends on this unsigned message."""
        form = await read_post(request)
        found = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            key = parse_phone(found.get("phoneNumber", ""))
        except NotAPhone:
            return web.Response(text="")
        session = found.get("sessionId", "")
        if session and len(session) <= MAX_SESSION_ID:
            event = _read(found, session_name(vault, session))
            log.info("session ended: %s, hops %s, ms %s, cost %s", event.status, event.hops, event.duration_ms, event.cost)
            echoed = found.get("hopsMetadata", "")[:LONGEST_WAY].split("|")
            await conversation.note_end(event, channel=USSD, key=key, echoed=echoed)
        return web.Response(text="")

    return ended


def _read(found: dict[str, str], session: str) -> Ended:
    cost = _figure(found.get("cost", "").removeprefix("KES "))
    hops, took = (_figure(found.get(name, "")) for name in ("hopsCount", "durationInMillis"))
    return Ended(
        session=session,
        network=network_of(found.get("networkCode", "")).name,
        status=found.get("status", "") if found.get("status") in ("Success", "Incomplete", "Failed") else "unknown",
        cost=cost,
        duration_ms=None if took is None else int(took),
        hops=None if hops is None else int(hops),
    )


def _figure(written: str) -> Decimal | None:
    """A number as it was sent, or none: nothing else is kept."""
    plain = written.replace(".", "", 1)
    return Decimal(written) if len(written) <= LONGEST_FIGURE and plain.isascii() and plain.isdigit() else None
