"""Reading what a program sent: JSON by the letter, checked against the same schema that the document shows.

Whatever is sent, the worst that it gets is a refusal: no duplicate names, no NaN, nothing that the database can't hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from aiohttp import web
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from core.web.api.errors import BadRequest

MOST_NESTING = 12
LONGEST_PART = 60


async def read_body(request: web.Request, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The body as the schema wants it. Raises BadRequest, HTTPUnsupportedMediaType, HTTPRequestEntityTooLarge."""
    raw = await request.read()
    if raw and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    found = _parse(raw) if raw else {}
    check(found, schema, name="body")
    return dict(found)


def check(value: object, schema: Mapping[str, Any], *, name: str) -> None:
    """Raises BadRequest that names the first part that doesn't fit."""
    problem = best_match(Draft202012Validator(schema).iter_errors(value))
    if problem is not None:
        path = ".".join(str(part) for part in problem.absolute_path)
        raise BadRequest(_printable(f"{name}.{path}" if path else name))


def _parse(raw: bytes) -> Any:
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadRequest("body") from None
    _check_text(found, depth=0)
    return found


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _check_text(value: object, *, depth: int) -> None:
    """No line breaks, NULs or halves of characters: nothing here is longer than a line, and no table could hold the others."""
    if depth > MOST_NESTING:
        raise BadRequest("body")
    match value:
        case str():
            if any(letter < " " or "\ud800" <= letter <= "\udfff" for letter in value):
                raise BadRequest("body")
        case dict():
            for name, inner in value.items():
                _check_text(name, depth=depth)
                _check_text(inner, depth=depth + 1)
        case list():
            for inner in value:
                _check_text(inner, depth=depth + 1)


def _printable(path: str) -> str:
    return "".join(letter for letter in path if letter.isascii() and letter.isprintable())[:LONGEST_PART]
