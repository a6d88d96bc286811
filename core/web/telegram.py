"""Telegram's webhook: proves the caller, stores the update, answers. The bot process does the rest.

Telegram repeats what wasn't answered with a 2xx and holds back everything else of that chat meanwhile, so whatever can be
stored is answered with 200, also for the second time, and only a database that is down asks for a repeat.
"""

from __future__ import annotations

import json
import logging
from typing import Any, Protocol

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from core.kernel.db import Database
from core.kernel.secrets import same
from core.kernel.settings import Settings, TelegramSettings
from core.web.telegram_inbox import NotAnUpdate, store_updates, update_id

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 # pragma: allowlist secret - the header's name
MAX_BODY = 64 * 1024
RETRY_SECONDS = 5


class WebServices(Protocol):
    """What this handler needs."""

    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...


def routes(app: WebServices) -> list[web.RouteDef]:
    """POST /telegram."""
    return [web.post("/telegram", TelegramWebhook(app).receive)]


def bot_id(settings: TelegramSettings) -> int:
    """The bot's id, which is the part of its token before the colon. Raises ValueError."""
    return int(settings.token.partition(":")[0])


class TelegramWebhook:
    """Takes one update per request."""

    def __init__(self, app: WebServices) -> None:
        self._app = app

    async def receive(self, request: web.Request) -> web.Response:
        """401 for a stranger, 4xx for what Telegram wouldn't send, 200 for what is stored, 503 when it can't be now."""
        if not self._is_telegram(request):
            raise web.HTTPUnauthorized
        content = await _read_object(request)
        try:
            async with self._app.database.unit() as uow:
                new = await store_updates(uow, bot_id=bot_id(self._app.settings.telegram), updates=[content])
        except (SQLAlchemyError, OSError) as problem:
            log.warning("an update could not be stored: %s", type(problem).__name__)
            return web.Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
        log.info("an update came, %s", "new" if new else "known")
        return web.Response()

    def _is_telegram(self, request: web.Request) -> bool:
        """Whether the caller knows the secret. Without a secret or a bot of our own nobody does."""
        telegram = self._app.settings.telegram
        given = request.headers.get(SECRET_HEADER, "")
        if not telegram.webhook_secret or not telegram.token or not given.isascii():
            return False
        return same(given, telegram.webhook_secret)


async def _read_object(request: web.Request) -> dict[str, Any]:
    """The body's JSON object with its update_id. Raises HTTPRequestEntityTooLarge, HTTPBadRequest."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY, len(body))
    try:
        content = json.loads(body)
        update_id(content)
    except (ValueError, RecursionError, NotAnUpdate):
        raise web.HTTPBadRequest(text="not an update") from None
    found: dict[str, Any] = content
    return found
