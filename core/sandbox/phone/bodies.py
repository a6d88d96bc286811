"""Reading what the phone page and tests post: JSON objects with fields of the right kind, or a clear refusal."""

import json
from typing import Any

from aiohttp import web


class BadBody(Exception):
    """A request can't be understood; the message says what was expected."""


class Body:
    """The fields of one JSON object."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise BadBody(f"{name} must be a text")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self.fields.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadBody(f"{name} must be a whole number")
        return value

    def flag(self, name: str, *, usual: bool | None = None) -> bool:
        value = self.fields.get(name, usual)
        if not isinstance(value, bool):
            raise BadBody(f"{name} must be true or false")
        return value


async def read_body(request: web.Request) -> Body:
    """The object that was posted; nothing at all is an empty one. Raises BadBody.

    Another content type is refused: a foreign web page can send a form to this machine, but no JSON.
    """
    raw = await request.read()
    if not raw:
        return Body({})
    if request.content_type != "application/json":
        raise BadBody("post JSON with Content-Type: application/json")
    try:
        content = json.loads(raw)
        # JSON can spell half a surrogate pair, which no file and no gateway could take.
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as problem:
        raise BadBody("the body isn't JSON") from problem
    if not isinstance(content, dict):
        raise BadBody("the body must be a JSON object")
    return Body(content)
