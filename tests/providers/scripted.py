"""A Daraja that answers what a test says."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SETTINGS = {"consumer_key": "the-key", "consumer_secret": "the-secret", "shortcode": "174379", "passkey": "the-passkey"}


def envelope(code: str, message: str) -> dict[str, str]:
    return {"requestId": "1-2", "errorCode": code, "errorMessage": message}


@dataclass
class Scripted:
    """A Daraja that answers what the test says, and remembers what it was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    tokens: int = 0
    oauth: Any = None
    expires_in: Any = "3599"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen[request.path] += 1
        body = await request.read()
        self.requests.append((request.path, dict(request.headers), json.loads(body) if body else None))
        if request.path == "/oauth/v1/generate":
            if self.oauth is not None:
                return self.oauth
            self.tokens += 1
            return web.json_response({"access_token": f"token-{self.tokens}", "expires_in": self.expires_in})
        answer = self.answers[request.path]
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(answer, Exception):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        status, content = answer
        if isinstance(content, bytes):
            return web.Response(status=status, body=content, content_type="text/html")
        return web.json_response(content, status=status)
