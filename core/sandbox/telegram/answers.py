"""What the Bot API says: `ok` with a result, or a refusal in Telegram's own words."""

import json
from typing import Any

from aiohttp import web


class Refused(Exception):
    """A call isn't executed. `description` carries Telegram's prefix (`Bad Request: …`)."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def response(self) -> web.Response:
        content: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            content["parameters"] = self.parameters
        return _json(content, self.code)


def bad_request(reason: str) -> Refused:
    return Refused(400, f"Bad Request: {reason}")


def blocked() -> Refused:
    return Refused(403, "Forbidden: bot was blocked by the user")


def kicked() -> Refused:
    return Refused(403, "Forbidden: bot was kicked from the supergroup chat")


def conflict(reason: str) -> Refused:
    return Refused(409, f"Conflict: {reason}")


def flooded(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def granted(result: Any, description: str | None = None) -> web.Response:
    content = {"ok": True, "result": result}
    if description is not None:
        content["description"] = description
    return _json(content, 200)


def _json(content: dict[str, Any], status: int) -> web.Response:
    return web.Response(status=status, body=json.dumps(content).encode(), content_type="application/json")
