"""What the worker does for groups: contribute what a member paid straight to her group's number at the paybill."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from core.daos.contributions import contribute
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import IntentId
from core.payments.earmarks import claim_earmarked, tell_kept, tell_passed_on
from core.payments.settlement import TO_GROUP_JOB


class Services(Protocol):
    """What the handlers need."""

    @property
    def database(self) -> Database: ...


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]


async def pass_on(services: Services, payload: dict[str, Any]) -> None:
    """Pass a deposit on to its group, once."""
    async with services.database.unit() as uow:
        await pass_deposit_on(uow, transaction=UUID(payload["transaction"]))


async def pass_deposit_on(uow: UnitOfWork, *, transaction: UUID) -> None:
    """Contribute what a deposit for a group brought. What the group can't take stays on the member's balance."""
    given = await claim_earmarked(uow, transaction=transaction)
    if given is None:
        return
    if not given.credited:
        await tell_kept(uow, given)
        return
    try:
        # The claim above holds until this unit ends and is never given twice, so a new intent is enough.
        made = await contribute(
            uow, intent=IntentId(uow.ids.new()), member=given.member, group=given.group, amount=given.credited
        )
    except CoreError:
        await tell_kept(uow, given)
        return
    await tell_passed_on(uow, given, group=made.group_name, total=made.group_total)


JOBS: dict[str, Handler] = {TO_GROUP_JOB: pass_on}
