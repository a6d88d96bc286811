"""The shapes that programs send and get, as JSON Schema."""

from __future__ import annotations

from typing import Any

from core.identity.session_models import PERMISSIONS
from core.kernel.money import CURRENCIES
from core.kernel.texts import LANGUAGES

Json = dict[str, Any]


def thing(required: Json, optional: Json | None = None) -> Json:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def maybe(schema: Json) -> Json:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Json:
    """One of the shapes below, by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(name: str) -> Json:
    """A list of them."""
    return {"type": "array", "items": ref(name)}


MOMENT: Json = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(Z|[+]00:00)$"}
ID: Json = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
COUNT: Json = {"type": "integer", "minimum": 0}
TEXT: Json = {"type": "string"}
PIN: Json = {"type": "string", "pattern": "^[0-9]{6}$", "description": "The six digits of her PIN"}
CODE: Json = {
    "type": "string",
    "pattern": "^[0-9]{6}([0-9]{2})?$",
    "description": "From her authenticator, a backup code, or SMS",
}
TOKEN: Json = {"type": "string", "minLength": 20, "maxLength": 200, "pattern": "^[A-Za-z0-9_.-]+$"}
NAME: Json = {"type": "string", "minLength": 1, "maxLength": 40}
CURRENCY: Json = {"type": "string", "enum": sorted(CURRENCIES)}
AMOUNT: Json = {"type": "string", "pattern": "^-?[0-9]+([.][0-9]+)?$", "description": "Whole units with decimals, exact"}
PERMISSION_LIST: Json = {
    "type": "array",
    "items": {"type": "string", "enum": list(PERMISSIONS)},
    "minItems": 1,
    "maxItems": len(PERMISSIONS),
    "uniqueItems": True,
}
KEY_SHAPE: Json = {
    "id": ID,
    "name": TEXT,
    "prefix": TEXT,
    "permissions": PERMISSION_LIST,
    "rate_limit": COUNT,
    "ip_whitelist": {"type": "array", "items": TEXT},
    "enabled": {"type": "boolean"},
    "expires_at": MOMENT,
    "last_used_at": maybe(MOMENT),
    "last_used_ip": maybe(TEXT),
    "created_at": MOMENT,
}
SHAPES: dict[str, Json] = {
    "Problem": {
        "type": "object",
        "properties": {"type": TEXT, "title": TEXT, "status": COUNT, "code": TEXT, "detail": TEXT},
        "required": ["type", "title", "status", "code", "detail"],
    },
    "Money": thing({"amount": AMOUNT, "currency": CURRENCY}),
    "Tokens": thing(
        {
            "access_token": TEXT,
            "token_type": {"const": "Bearer"},
            "expires_in": COUNT,
            "refresh_token": TEXT,
            "refresh_expires_at": MOMENT,
            "session": ref("Session"),
        },
        {"device_token": TOKEN},
    ),
    "Session": thing(
        {"id": ID, "methods": {"type": "array", "items": TEXT}, "authenticated_at": MOMENT, "expires_at": MOMENT}
    ),
    "Member": thing(
        {"id": ID, "name": TEXT, "phone": TEXT, "language": {"enum": list(LANGUAGES)}, "telegram": {"type": "boolean"},
         "created_at": MOMENT}
    ),
    "Balance": thing(
        {"currency": CURRENCY, "available": AMOUNT, "pending": AMOUNT, "locked": AMOUNT, "total": AMOUNT}
    ),
    "StatementLine": thing(
        {"number": COUNT, "reference": TEXT, "kind": TEXT, "bucket": {"enum": ["available", "pending", "locked"]},
         "amount": AMOUNT, "balance_after": AMOUNT, "at": MOMENT, "posted_at": MOMENT}
    ),
    "Statement": thing(
        {"currency": CURRENCY, "lines": many("StatementLine"), "older": maybe(COUNT)}
    ),
    "Group": thing(
        {"id": ID, "name": TEXT, "code": TEXT, "role": TEXT, "members": COUNT, "total": ref("Money"),
         "contributed": ref("Money")}
    ),
    "Device": thing(
        {"number": COUNT, "kind": {"enum": ["mobile", "telegram", "program"]}, "name": TEXT, "trusted": {"type": "boolean"},
         "last_used_at": maybe(MOMENT), "created_at": MOMENT, "signed_in": COUNT, "this_one": {"type": "boolean"}}
    ),
    "Connection": thing(
        {"provider": TEXT, "email": maybe(TEXT), "username": maybe(TEXT), "connected_at": MOMENT}
    ),
    "ApiKey": thing(KEY_SHAPE),
    "NewApiKey": thing({**KEY_SHAPE, "key": TOKEN}),
}  # fmt: skip
