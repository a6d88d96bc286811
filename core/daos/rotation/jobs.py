"""What the worker does for merry-go-rounds: pays turns whose time has come, sends them on, and makes draws that are due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from core.daos.rotation.models import RotationRow
from core.daos.rotation.order import reveal_draw
from core.daos.rotation.paying import PAY_TURN
from core.daos.rotation.payout import due_turns, pay_turn
from core.daos.rotation.sending import SEND_TURN, due_sendings, send_turn
from core.kernel.db import Database

TURNS = "merry-turns"
Verb = Callable[..., Awaitable[Any]]


class Services(Protocol):
    """What these need from outside."""

    @property
    def database(self) -> Database: ...


async def pay_one(services: Services, payload: dict[str, Any]) -> None:
    """Pay one turn that became complete."""
    async with services.database.unit() as uow:
        await pay_turn(uow, turn=UUID(payload["turn"]))


async def send_one(services: Services, payload: dict[str, Any]) -> None:
    """Send what a turn brought somebody on to her M-PESA."""
    async with services.database.unit() as uow:
        await send_turn(uow, sending=UUID(payload["sending"]))


async def look_at_turns(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Whatever is due, each in a unit of its own, so that one that fails stops no other; the first failure is raised then."""
    async with services.database.unit() as uow:
        over = RotationRow.status == "drawing", RotationRow.draw_at <= uow.clock.now()
        draws = list(await uow.session.scalars(select(RotationRow.id).where(*over)))
        turns = await due_turns(uow)
        sendings = await due_sendings(uow)
    failed: list[Exception] = []
    looks: list[tuple[Verb, str, list[UUID]]] = [
        (reveal_draw, "rotation", draws),
        (pay_turn, "turn", turns),
        (send_turn, "sending", sendings),
    ]
    for verb, name, found in looks:
        for one in found:
            try:
                async with services.database.unit() as uow:
                    await verb(uow, **{name: one})
            except Exception as error:  # noqa: BLE001 - raised below, when the others have had their look
                failed.append(error)
    if failed:
        raise failed[0]


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {PAY_TURN: pay_one, SEND_TURN: send_one, TURNS: look_at_turns}
REGULARLY = {TURNS: "* * * * *"}
