"""The arguments of a call, however they came: query string, form, multipart or JSON.

Like the real server everything becomes text first; a nested value is its JSON. A number that can't be read is 0 there and
here.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.multipart import MultipartReader

from core.sandbox.telegram.answers import Refused, bad_request

_LEADING_NUMBER = re.compile(r"\s*(-?\d{1,19})")


@dataclass(frozen=True)
class Upload:
    """A file that came with a multipart call."""

    name: str
    mime_type: str
    content: bytes


class Arguments:
    """One call's arguments by name."""

    def __init__(self, texts: dict[str, str], files: dict[str, Upload] | None = None) -> None:
        self._texts = texts
        self._files = files or {}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Arguments":
        _check_utf8(content)
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in content.items()}
        return cls({name: text for name, text in texts.items() if text != "null"})

    def text(self, name: str) -> str:
        return self._texts.get(name, "")

    def has(self, name: str) -> bool:
        return name in self._texts

    def integer(self, name: str, usual: int = 0) -> int:
        text = self.text(name)
        if not text:
            return usual
        number = _LEADING_NUMBER.match(text)
        return int(number.group(1)) if number else 0

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "yes", "1")

    def parsed(self, name: str, refusal: str) -> Any:
        """A nested value, None when it is absent. Raises Refused with the given reason when it isn't JSON."""
        text = self.text(name)
        if not text:
            return None
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise bad_request(refusal) from problem
        _check_utf8(value)
        return value

    def upload(self, name: str) -> Upload | None:
        """The file sent under this name, directly or as `attach://other-name`."""
        if name in self._files:
            return self._files[name]
        scheme, _, part = self.text(name).partition("attach://")
        return self._files.get(part) if part and not scheme else None


def _check_utf8(value: Any) -> None:
    """JSON can spell half a surrogate pair, which no text may hold. Raises Refused."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as problem:
        raise bad_request("strings must be encoded in UTF-8") from problem


async def read_arguments(request: web.Request) -> Arguments:
    """Everything that a request says; its body wins over its query string. Raises Refused."""
    texts = dict(request.query)
    if request.content_type == "application/json":
        in_body = Arguments.from_json(await _json_object(request))
        return Arguments({**texts, **in_body._texts})  # noqa: SLF001 - its own class
    if request.content_type == "multipart/form-data":
        parts, files = await _parts(await request.multipart())
        return Arguments({**texts, **parts}, files)
    if request.content_type == "application/x-www-form-urlencoded":
        texts.update({name: value for name, value in (await request.post()).items() if isinstance(value, str)})
    return Arguments(texts)


async def _json_object(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    if not body:
        return {}
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise bad_request("can't parse JSON object") from problem
    if not isinstance(content, dict):
        raise bad_request("expected a JSON object")
    return content


async def _parts(reader: MultipartReader) -> tuple[dict[str, str], dict[str, Upload]]:
    texts: dict[str, str] = {}
    files: dict[str, Upload] = {}
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise Refused(400, "Bad Request: nested multipart content isn't supported")
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            texts[part.name] = content.decode("utf-8", errors="replace")
        else:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, mime_type, content)
    return texts, files
