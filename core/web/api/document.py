"""openapi.json, made from the operations that are served."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from core.web.api.operations import Access, Operation
from core.web.api.schemas import SHAPES, Json, ref

BASE = "/api/v1"
# What any operation may refuse: unreadable, oversized or too frequent requests, and being away.
ALWAYS = (400, 413, 415, 429, 500, 503)
PROBLEM: Json = {"application/problem+json": {"schema": ref("Problem")}}
KEY_HEADER: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body again gets the same answer and does nothing twice",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
}
LANGUAGE_HEADER: Json = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "en or sw: the language of refusals",
    "schema": {"type": "string"},
}


def document(operations: Iterable[Operation]) -> Json:
    """The whole document, OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(BASE + operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mtaa DAO",
            "version": "1",
            "description": "Reads a member's own account. Nothing here moves money.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": SHAPES,
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "apiKey": {"type": "http", "scheme": "bearer", "bearerFormat": "mtaa_..."},
            },
        },
    }


def _described(operation: Operation) -> Json:
    found: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": _security(operation),
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.body is not None:
        required = bool(operation.body.get("required"))
        found["requestBody"] = {"required": required, "content": {"application/json": {"schema": operation.body}}}
    return found


def _security(operation: Operation) -> list[Json]:
    if operation.access is Access.ANYONE:
        return []
    return [{"session": []}, *([{"apiKey": [operation.permission]}] if operation.permission else [])]


def _parameters(operation: Operation) -> list[Json]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": dict(schema)} for name, schema in operation.in_path.items()
    ]
    in_query = [
        {"name": name, "in": "query", "required": False, "schema": dict(schema)} for name, schema in operation.query.items()
    ]
    return [*in_path, *in_query, LANGUAGE_HEADER, *([KEY_HEADER] if operation.takes_key else [])]


def _responses(operation: Operation) -> Json:
    good: Json = {}
    for status, schema in operation.answers.items():
        good[str(status)] = {"description": HTTPStatus(status).phrase}
        if schema is not None:
            good[str(status)]["content"] = {"application/json": {"schema": schema}}
    refused = {*ALWAYS, *operation.refuses, *(() if operation.access is Access.ANYONE else (401, 403))}
    return good | {str(status): {"description": HTTPStatus(status).phrase, "content": PROBLEM} for status in sorted(refused)}
