"""/api/v1: every operation as a route, in one frame that counts, recognises, reads, answers and refuses the same way."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from core.kernel.logs import turn
from core.web.api import keys, me, oauth, signing_in
from core.web.api.bodies import check, read_body
from core.web.api.callers import recognise
from core.web.api.document import BASE, document
from core.web.api.errors import BadRequest
from core.web.api.operations import Access, Answer, ApiServices, Call, Operation
from core.web.api.problems import language_of
from core.web.api.schemas import Json, thing
from core.web.server import caller

OPERATIONS = (*signing_in.OPERATIONS, *oauth.OPERATIONS, *me.OPERATIONS, *keys.OPERATIONS)
KEY = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)
LONGEST_AGENT = 200


def routes(services: ApiServices) -> list[web.RouteDef]:
    """All of /api/v1."""
    described = _about_itself(OPERATIONS)
    return [web.route(one.method, BASE + one.path, _served(services, one)) for one in (*OPERATIONS, described)]


def operations() -> tuple[Operation, ...]:
    """Every operation that is served, the document's own included."""
    return (*OPERATIONS, _about_itself(OPERATIONS))


def _about_itself(others: tuple[Operation, ...]) -> Operation:
    shown: dict[str, Any] = {}

    async def show(_call: Call) -> Answer:
        return Answer(shown)

    itself = Operation(
        "openapi", "GET", "/openapi.json", "This document", show, Access.ANYONE, {200: {"type": "object"}}
    )  # fmt: skip
    shown.update(document((*others, itself)))
    return itself


def _served(services: ApiServices, operation: Operation) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        with turn(str(request.headers.get("X-Request-Id", "api"))[:40]):
            return await _serve(services, operation, request)

    return serve


async def _serve(services: ApiServices, operation: Operation, request: web.Request) -> web.Response:
    address = caller(request, services.settings.trusted_proxies)
    found = await recognise(services, request, operation, address=address)
    path, query = dict(request.match_info), _query(request)
    check(path, _object(operation.in_path, required=True), name="path")
    check(query, _object(operation.query, required=False), name="query")
    call = Call(
        services=services,
        body=await read_body(request, operation.body or thing({})),
        path=path,
        query=query,
        address=address,
        agent=_printable(request.headers.get("User-Agent", "")),
        language=language_of(request.headers.get("Accept-Language", "")),
        key=_key(request),
        session=found.session,
        api_key=found.api_key,
    )
    return _answer(await operation.handle(call))


def _answer(answer: Answer) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    return web.json_response(text=answer.as_json(), status=answer.status, headers=headers)


def _object(properties: Any, *, required: bool) -> Json:
    return thing(dict(properties)) if required else thing({}, dict(properties))


def _query(request: web.Request) -> dict[str, str]:
    found = dict(request.query)
    if len(found) != len(request.query):
        raise BadRequest("query")
    return found


def _key(request: web.Request) -> str:
    found = request.headers.getall("Idempotency-Key", [])
    if not found:
        return ""
    if len(found) > 1 or not KEY.fullmatch(found[0]):
        raise BadRequest("Idempotency-Key")
    return found[0]


def _printable(header: str) -> str:
    return "".join(letter for letter in header if letter.isascii() and letter.isprintable())[:LONGEST_AGENT]
