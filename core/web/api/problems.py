"""Refusals as programs read them: RFC 9457 problems, with a sentence in the language that the program asked for."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import SQLAlchemyError

from core.kernel.errors import CoreError, Kind
from core.kernel.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts, text

log = logging.getLogger(__name__)

ROOT = "/api/"
STATUS = {
    Kind.INVALID: 400,
    Kind.UNKNOWN_CALLER: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
}
# Texts of refusals that come from below HTTP's own ground.
BY_STATUS = {
    404: "problem-not-found",
    405: "problem-method",
    413: "problem-too-large",
    415: "problem-media-type",
    503: "error-busy",
}
MOST_LANGUAGES = 10


def language_of(header: str) -> str:
    """The first language of ours that Accept-Language prefers; English without one."""
    preferred: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:MOST_LANGUAGES]):
        tag, _, quality = part.partition(";")
        code = tag.strip().lower().split("-")[0]
        if code in LANGUAGES and (weight := _weight(quality)) > 0:
            preferred.append((-weight, place, code))
    return min(preferred)[2] if preferred else DEFAULT_LANGUAGE


def _weight(written: str) -> float:
    try:
        return float(written.strip().removeprefix("q=")) if written.strip() else 1.0
    except ValueError:
        return 0.0


def problem_of(refusal: CoreError, texts: Texts, language: str) -> web.Response:
    """A refusal with its data."""
    status = STATUS[refusal.kind]
    details = refusal.details()
    said = texts.say(language, text(f"error-{refusal.code}", **details))
    headers = {"Retry-After": str(details["wait_seconds"])} if "wait_seconds" in details else {}
    plain = {name: value for name, value in details.items() if isinstance(value, str | int)}
    return _problem(status, code=refusal.code, detail=said, language=language, more=plain, headers=headers)


def problem_answers(texts: Texts) -> Any:
    """Middleware: whatever goes wrong below /api/ is answered with a problem, never with a page or a trace."""

    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(ROOT):
            return await handler(request)
        language = language_of(request.headers.get("Accept-Language", ""))
        try:
            return await handler(request)
        except CoreError as refusal:
            return problem_of(refusal, texts, language)
        except web.HTTPException as refusal:
            return _http_problem(refusal, texts, language)
        except (SQLAlchemyError, OSError, TimeoutError) as problem:
            log.error("the API can't answer: %s", type(problem).__name__)  # noqa: TRY400 - the stack holds parameters
            return _problem(503, code="busy", detail=texts.say(language, text("error-busy")), language=language)
        except Exception:
            log.exception("a request failed")
            return _problem(500, code="failed", detail=texts.say(language, text("problem-failed")), language=language)

    return answered


def _http_problem(refusal: web.HTTPException, texts: Texts, language: str) -> web.Response:
    detail = texts.say(language, text(BY_STATUS.get(refusal.status, "problem-refused")))
    headers = {"Allow": refusal.headers["Allow"]} if "Allow" in refusal.headers else {}
    code = HTTPStatus(refusal.status).phrase.lower().replace(" ", "-")
    return _problem(refusal.status, code=code, detail=detail, language=language, headers=headers)


def _problem(
    status: int,
    *,
    code: str,
    detail: str,
    language: str,
    more: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> web.Response:
    body = {
        **(more or {}),
        "type": f"urn:mtaa:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    extra = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"} | (headers or {})
    if status == HTTPStatus.UNAUTHORIZED:
        extra["WWW-Authenticate"] = "Bearer"
    return web.Response(
        status=status, text=json.dumps(body), headers=extra, content_type="application/problem+json", charset="utf-8"
    )
