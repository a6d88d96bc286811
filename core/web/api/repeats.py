"""A write that is sent twice under one idempotency key is done once and answered the same.

The answer is written in the transaction that did the work. Whoever sends the same key at the same moment waits for that
transaction and then finds the answer.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.kernel.db import UnitOfWork
from core.web.api.errors import RequestDiffers
from core.web.api.models import RememberedAnswer
from core.web.api.operations import Answer, Call

CONTEXT = "idempotency key"
Work = Callable[[UnitOfWork], Awaitable[Answer]]


async def once(call: Call, route: str, work: Work) -> Answer:
    """Do the work in one unit, or give the answer of when it was done. Raises RequestDiffers and what the work raises."""
    async with call.services.database.unit() as uow:
        if not call.key:
            return await work(uow)
        claimed = await _claim(uow, call, route)
        if claimed is None:
            return await _earlier(uow, call, route)
        answer = await work(uow)
        row = await uow.session.get_one(RememberedAnswer, claimed)
        row.status, row.sealed_answer = answer.status, _sealed(uow, call, route, answer)
        return answer


async def _claim(uow: UnitOfWork, call: Call, route: str) -> Any:
    fresh = insert(RememberedAnswer).values(
        id=uow.ids.new(),
        user_id=call.me,
        route=route,
        key_digest=uow.vault.digest(call.key, context=CONTEXT),
        body_digest=uow.vault.digest(_canonical(call.body), context=CONTEXT),
        status=0,
        sealed_answer="",
        created_at=uow.clock.now(),
    )
    return await uow.session.scalar(fresh.on_conflict_do_nothing().returning(RememberedAnswer.id))


async def _earlier(uow: UnitOfWork, call: Call, route: str) -> Answer:
    same = RememberedAnswer.user_id == call.me, RememberedAnswer.route == route
    digests = uow.vault.digests(call.key, context=CONTEXT)
    row = (await uow.session.scalars(select(RememberedAnswer).where(*same, RememberedAnswer.key_digest.in_(digests)))).one()
    if not uow.vault.matches(_canonical(call.body), row.body_digest, context=CONTEXT):
        raise RequestDiffers
    body = json.loads(uow.vault.open(row.sealed_answer, context=_context(call, route)))
    return Answer(body, row.status)


def _sealed(uow: UnitOfWork, call: Call, route: str, answer: Answer) -> str:
    return uow.vault.seal(json.dumps(answer.body).encode(), context=_context(call, route))


def _context(call: Call, route: str) -> str:
    return f"answer {call.me} {route}"


def _canonical(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"))
