"""The worker's part for a group that ends: what is open is ended, and when nothing waits any more its money is shared out.

Each step is a unit of its own and harmless to repeat, so the job may stop anywhere; the sweep comes again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from core.daos.dissolving import END_JOB, ending_groups
from core.daos.ending_models import DissolutionRow
from core.daos.loans.deciding import end_loan
from core.daos.loans.models import LoanRow
from core.daos.loans.reading import find_loan
from core.daos.recurring.models import RecurringRow
from core.daos.recurring.plans import end
from core.daos.rotation.belonging import end_round
from core.daos.sharing_out import share_out
from core.daos.welfare.deciding import refuse_all
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId
from core.ledger.service import InsufficientFunds

SWEEP_JOB = "end-groups"
ENDED = "the group ends"

log = logging.getLogger(__name__)


class Services(Protocol):
    """What these jobs need from outside."""

    @property
    def database(self) -> Database: ...


async def end_group(services: Services, payload: dict[str, Any]) -> None:
    """Do for one group whatever can be done by now."""
    group = DaoId(UUID(payload["group"]))
    for step in (end_standing_payments, end_round_of, refuse_claims, end_asked_loans, share_out_of):
        try:
            async with services.database.unit() as uow:
                await step(uow, group)
        except InsufficientFunds:
            # The whole unit is undone, the refusal too, so it is asked afresh next time.
            log.info("group %s waits: money left it at this moment", group)
        except CoreError as refusal:
            log.info("group %s waits: %s", group, refusal.code)


async def end_all(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Look at every group that ends, and at those to which money may still come late."""
    async with services.database.unit() as uow:
        groups = await ending_groups(uow)
    for group in groups:
        await end_group(services, {"group": str(group)})


async def end_standing_payments(uow: UnitOfWork, group: DaoId) -> None:
    """No standing payment goes on."""
    running = select(RecurringRow).where(RecurringRow.dao_id == group, RecurringRow.is_active).order_by(RecurringRow.id)
    for row in await uow.session.scalars(running.with_for_update()):
        end(uow, row, reason=ENDED)
    await uow.session.flush()


async def end_round_of(uow: UnitOfWork, group: DaoId) -> None:
    """A round of which no turn was paid is over."""
    await end_round(uow, group=group)


async def refuse_claims(uow: UnitOfWork, group: DaoId) -> None:
    """Claims on the welfare fund that nobody has decided."""
    because = await uow.session.scalar(select(DissolutionRow.because).where(DissolutionRow.dao_id == group))
    await refuse_all(uow, group=group, because=because or ENDED)


async def end_asked_loans(uow: UnitOfWork, group: DaoId) -> None:
    """Loans that were asked for and not paid out."""
    asked = select(LoanRow.id).where(LoanRow.dao_id == group, LoanRow.status == "asked").order_by(LoanRow.id)
    for loan in list(await uow.session.scalars(asked)):
        found = await find_loan(uow, loan=loan, lock=True)
        if found.status == "asked":
            await end_loan(uow, found, "expired", None, because=ENDED)


async def share_out_of(uow: UnitOfWork, group: DaoId) -> None:
    """What is left, when nothing waits."""
    await share_out(uow, group=group)


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {END_JOB: end_group, SWEEP_JOB: end_all}
# Run regularly by the worker, in cron's notation.
REGULARLY = {SWEEP_JOB: "*/10 * * * *"}
