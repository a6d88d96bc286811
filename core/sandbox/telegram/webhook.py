"""Delivery to the bot's webhook: in order within a queue, repeated on a growing delay, given up when an update expires.

The ladder is the official server's: the first repeat at once, then 2, 4, 8 … seconds up to one or two minutes; `Retry-After`
is honoured. Like a local Bot API server it also calls plain http, but only on this machine.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from core.sandbox import identifiers
from core.sandbox.settings import is_this_machine
from core.sandbox.telegram.answers import bad_request
from core.sandbox.telegram.arguments import Arguments
from core.sandbox.telegram.updates import Update, Updates
from core.sandbox.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 # pragma: allowlist secret - a header's name
LONGEST_RETRY_AFTER = 3600
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_LONGEST_SECRET = 256
_CONNECTIONS = 40
_MOST_CONNECTIONS = 100


@dataclass
class Target:
    """Where updates go. An empty url: nowhere, the bot polls."""

    url: str = ""
    secret: str = field(default="", repr=False)
    connections: int = _CONNECTIONS
    error: str = ""
    error_at: int = 0


class Webhook:
    """One delivering task per queue that has something pending."""

    def __init__(self, world: World, updates: Updates, remembered: dict[str, Any]) -> None:
        self._world = world
        self._updates = updates
        self.target = Target(**remembered.get("webhook", {}))
        self._slots = asyncio.Semaphore(self.target.connections)
        self._queues: dict[str, asyncio.Task[None]] = {}
        # What to do with a method call that the bot put into its answer.
        self.on_call: Callable[[str, Arguments], Awaitable[Any]] | None = None
        updates.on_new = self._notice

    def dump(self) -> dict[str, Any]:
        return {"webhook": vars(self.target)}

    def resume(self) -> None:
        for update in self._updates.pending:
            self._notice(update)

    def set(self, arguments: Arguments) -> str:
        """Point the updates to a URL, or take them back with an empty one. Returns Telegram's words. Raises Refused."""
        url, secret = arguments.text("url"), arguments.text("secret_token")
        self._check(url, secret)
        connections = max(1, min(_MOST_CONNECTIONS, arguments.integer("max_connections", _CONNECTIONS)))
        allowed = arguments.parsed("allowed_updates", "can't parse allowed updates JSON object")
        if arguments.flag("drop_pending_updates"):
            self._updates.drop_all()
        self._updates.allow(allowed)
        if (url, secret, connections) == (self.target.url, self.target.secret, self.target.connections):
            return "Webhook is already set" if url else "Webhook is already deleted"
        was_set = bool(self.target.url)
        self._stop()
        self.target = Target(url, secret, connections)
        self._slots = asyncio.Semaphore(connections)
        if url:
            self._updates.interrupt("terminated by setWebhook request")
            self.resume()
            return "Webhook was set"
        return "Webhook was deleted" if was_set else "Webhook is already deleted"

    def _check(self, url: str, secret: str) -> None:
        if not url:
            return
        try:
            parts = urlsplit(url if "://" in url else f"https://{url}")
            host = parts.hostname or ""
        except ValueError as problem:
            raise bad_request("invalid webhook URL specified") from problem
        if not host or parts.scheme not in ("http", "https"):
            raise bad_request("invalid webhook URL specified")
        if parts.scheme == "http" and not is_this_machine(host):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if len(secret) > _LONGEST_SECRET:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")

    def info(self) -> dict[str, Any]:
        """The WebhookInfo object."""
        target = self.target
        pending = len(self._updates.pending)
        info: dict[str, Any] = {"url": target.url, "has_custom_certificate": False, "pending_update_count": pending}
        if target.url:
            info["max_connections"] = target.connections
        if target.error:
            info |= {"last_error_date": target.error_at, "last_error_message": target.error}
        if self._updates.allowed:
            info["allowed_updates"] = self._updates.allowed
        return info

    def _stop(self) -> None:
        for task in self._queues.values():
            task.cancel()
        self._queues.clear()

    def _notice(self, update: Update) -> None:
        if self.target.url and update.queue not in self._queues:
            self._queues[update.queue] = self._world.errands.run(self._drain(update.queue))

    async def _drain(self, queue: str) -> None:
        """Deliver one queue in order: whoever stands first holds up the others."""
        while (update := self._first(queue)) is not None:
            await self._deliver(update)
        self._queues.pop(queue, None)

    def _first(self, queue: str) -> Update | None:
        return next((update for update in self._updates.pending if update.queue == queue), None)

    async def _deliver(self, update: Update) -> None:
        delay, failures = 1, 0
        while True:
            retry_after = await self._post(update)
            if retry_after is None:
                break
            wait: float = retry_after
            if retry_after == 0 and failures > 0:
                delay = min(identifiers.retry_ceiling_seconds(), delay * 2)
                wait = delay
            failures += 1
            if self._world.clock.now().timestamp() + wait > update.expires:
                break
            await self._world.clock.sleep(wait)
        self._updates.forget(update)

    async def _post(self, update: Update) -> int | None:
        """Post once, or twice at once when told to. None: taken; else the seconds that the bot asks us to wait."""
        posts = [self._post_once(update) for _ in range(2 if update.double else 1)]
        async with self._slots:
            outcomes = await asyncio.gather(*posts)
        return None if None in outcomes else outcomes[0]

    async def _post_once(self, update: Update) -> int | None:
        headers = {"Content-Type": "application/json"}
        if self.target.secret:
            headers[SECRET_HEADER] = self.target.secret
        body, limit = json.dumps(update.wire()).encode(), aiohttp.ClientTimeout(total=60)
        url = self.target.url if "://" in self.target.url else f"https://{self.target.url}"
        try:
            async with self._world.http.post(url, data=body, headers=headers, timeout=limit, allow_redirects=False) as response:
                answer = await response.read()
                if 200 <= response.status <= 299:  # noqa: PLR2004 - any success
                    await self._call(response.content_type, answer)
                    return None
                self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
                return _retry_after(response.headers.get("Retry-After", ""))
        except (aiohttp.ClientError, TimeoutError):
            self._failed("Webhook connection closed")
            return 0

    async def _call(self, content_type: str, answer: bytes) -> None:
        """Execute the method that the bot put into its answer; it never learns the outcome."""
        if content_type != "application/json" or self.on_call is None:
            return
        try:
            content = json.loads(answer)
        except ValueError:
            return
        method = content.pop("method", None) if isinstance(content, dict) else None
        if isinstance(method, str) and not method.lower().startswith(("get", "setwebhook", "deletewebhook", "close", "logout")):
            await self.on_call(method, Arguments.from_json(content))

    def _failed(self, error: str) -> None:
        self.target.error, self.target.error_at = error, self._world.clock.unix()


def _retry_after(header: str) -> int:
    return min(LONGEST_RETRY_AFTER, int(header)) if header.isascii() and header.isdigit() else 0
