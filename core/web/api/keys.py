"""A member's API keys through her signed-in programs. A key itself can't come here: no permission names these operations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.identity.api_keys import (
    ApiKey,
    api_keys_of,
    change_api_key,
    create_api_key,
    find_api_key,
    revoke_api_key,
)
from core.identity.sessions import use_step_up
from core.kernel.db import UnitOfWork
from core.web.api.me import written
from core.web.api.operations import NO_CONTENT, Access, Answer, Call, Operation
from core.web.api.repeats import once
from core.web.api.schemas import ID, NAME, PERMISSION_LIST, many, ref, thing

RATE_LIMIT, DAYS = 1000, 90
ADDRESS: dict[str, Any] = {"type": "string", "minLength": 2, "maxLength": 50}


async def create(call: Call) -> Answer:
    """A new key, shown this once."""

    async def make(uow: UnitOfWork) -> Answer:
        await use_step_up(uow, session=call.signed_in.id)
        key, secret = await create_api_key(
            uow,
            member=call.me,
            name=call.body["name"],
            permissions=call.body["permissions"],
            rate_limit=int(call.body.get("rate_limit", RATE_LIMIT)),
            networks=call.body.get("ip_whitelist", []),
            expires_at=_expiry(uow.clock.now(), call.body),
        )
        return Answer({**_shown(key), "key": secret}, 201)

    return await once(call, "POST /api-keys", make)


async def listed(call: Call) -> Answer:
    """Her keys that were not taken back."""
    async with call.services.database.unit() as uow:
        return Answer({"api_keys": [_shown(key) for key in await api_keys_of(uow, member=call.me)]})


async def one(call: Call) -> Answer:
    """One of her keys."""
    async with call.services.database.unit() as uow:
        return Answer(_shown(await find_api_key(uow, member=call.me, key=UUID(call.path["id"]))))


async def change(call: Call) -> Answer:
    """Another name, or resting or working; to let it work again takes a step-up, as making it did."""
    async with call.services.database.unit() as uow:
        if call.body.get("enabled"):
            await use_step_up(uow, session=call.signed_in.id)
        key = await change_api_key(
            uow,
            member=call.me,
            key=UUID(call.path["id"]),
            name=call.body.get("name"),
            enabled=call.body.get("enabled"),
        )
        return Answer(_shown(key))


async def revoke(call: Call) -> Answer:
    """Taken back for good."""
    async with call.services.database.unit() as uow:
        await revoke_api_key(uow, member=call.me, key=UUID(call.path["id"]))
    return NO_CONTENT


def _expiry(now: datetime, body: dict[str, Any]) -> datetime:
    return now + timedelta(days=int(body.get("days", DAYS)))


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": str(key.id),
        "name": key.name,
        "prefix": key.prefix,
        "permissions": list(key.permissions),
        "rate_limit": key.rate_limit,
        "ip_whitelist": list(key.networks),
        "enabled": key.enabled,
        "expires_at": written(key.expires_at),
        "last_used_at": key.last_used_at and written(key.last_used_at),
        "last_used_ip": key.last_used_ip,
        "created_at": written(key.created_at),
    }


WANTED = thing(
    {"name": NAME, "permissions": PERMISSION_LIST},
    {
        "rate_limit": {"type": "integer", "minimum": 1, "maximum": 10_000, "description": "Requests an hour"},
        "ip_whitelist": {"type": "array", "items": ADDRESS, "maxItems": 20, "description": "Networks; none means any"},
        "days": {"type": "integer", "minimum": 1, "maximum": 365, "description": "How long it is good"},
    },
)
CHANGED = {**thing({}, {"name": NAME, "enabled": {"type": "boolean"}}), "minProperties": 1}
BY_ID = {"id": ID}
OPERATIONS = (
    Operation(
        "createApiKey", "POST", "/api-keys", "A new key that reads; shown this once; needs a step-up", create, Access.PROVEN,
        {201: ref("NewApiKey")}, body=WANTED, refuses=(409,), takes_key=True,
    ),
    Operation(
        "apiKeys", "GET", "/api-keys", "Her keys", listed, Access.PROVEN, {200: thing({"api_keys": many("ApiKey")})}
    ),
    Operation(
        "apiKey", "GET", "/api-keys/{id}", "One of her keys", one, Access.PROVEN, {200: ref("ApiKey")}, in_path=BY_ID,
        refuses=(404,),
    ),
    Operation(
        "changeApiKey", "PATCH", "/api-keys/{id}", "Rename a key, let it rest, or (with a step-up) work again", change,
        Access.PROVEN,
        {200: ref("ApiKey")}, body=CHANGED, in_path=BY_ID, refuses=(404,),
    ),
    Operation(
        "revokeApiKey", "DELETE", "/api-keys/{id}", "Take a key back for good", revoke, Access.PROVEN, {204: None},
        in_path=BY_ID, refuses=(404,),
    ),
)  # fmt: skip
