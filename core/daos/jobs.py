"""What the worker does for groups: contribute what a member paid straight to her group's number at the paybill.

On a payday thousands of these arrive within minutes, all for the same few treasuries. So their money is posted through the
process's batcher, many at once, and not each in a unit that would hold the treasury's row until its commit. The order is:
look, post, write down. Whatever dies in between, the deposit isn't marked as passed on, so it is looked at again (by its own
job, or by the sweep); then the transfer that stands under its intent says what became of it, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid5

from core.daos.contributions import check_contribution, contribution_posting, record_contribution
from core.daos.departure_jobs import END_NOTICES, SETTLE_OPEN, end_notices, settle, settle_open
from core.daos.document_jobs import SEND_RULES, send_rules
from core.daos.leaving import SETTLE
from core.daos.minutes import SEND_MINUTES, send_minutes
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import IntentId, TransferId
from core.ledger.service import InsufficientFunds, Posted, Posting, find_posted
from core.payments.earmarks import Earmarked, claim_earmarked, find_earmarked, tell_kept, tell_passed_on
from core.payments.settlement import TO_GROUP_JOB

PASSED_ON = "passed on to the group"


class Poster(Protocol):
    """Posts in a transaction of its own: `core.ledger.batcher.Batcher`."""

    async def post(self, posting: Posting) -> Posted:
        """Post, and return once it is committed. Raises what the books answer, and OutcomeUnknown."""
        ...


class Services(Protocol):
    """What the handlers need."""

    @property
    def database(self) -> Database: ...
    @property
    def batcher(self) -> Poster: ...


@dataclass(frozen=True)
class Wanted:
    """A deposit that is to become a contribution, under an intent that is the same each time."""

    deposit: Earmarked
    intent: IntentId
    posting: Posting


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]


async def pass_on(services: Services, payload: dict[str, Any]) -> None:
    """Pass a deposit on to its group, once. What the group can't take stays on the member's balance."""
    transaction = UUID(payload["transaction"])
    async with services.database.unit() as uow:
        wanted = await _look(uow, transaction)
    if wanted is None:
        return
    try:
        posted = await services.batcher.post(wanted.posting)
    except InsufficientFunds:
        # She was quicker and spent it. The refusal stands under the intent for ever, so this is decided.
        async with services.database.unit() as uow:
            await _keep(uow, transaction)
        return
    async with services.database.unit() as uow:
        await _write_down(uow, wanted, posted.transfer)


async def _look(uow: UnitOfWork, transaction: UUID) -> Wanted | None:
    deposit = await find_earmarked(uow, transaction=transaction)
    if deposit is None:
        return None
    wanted = _wanted(deposit) if deposit.credited else None
    if wanted and (await find_posted(uow, wanted.intent) or await _may(uow, deposit)):
        return wanted
    await _keep(uow, transaction)
    return None


def _wanted(deposit: Earmarked) -> Wanted:
    intent = IntentId(uuid5(deposit.id, PASSED_ON))
    posting = contribution_posting(
        intent=intent,
        member=deposit.member,
        group=deposit.group,
        amount=deposit.credited,
        details={"deposit": str(deposit.id)},
    )
    return Wanted(deposit, intent, posting)


async def _may(uow: UnitOfWork, deposit: Earmarked) -> bool:
    try:
        await check_contribution(uow, member=deposit.member, group=deposit.group, amount=deposit.credited)
    except CoreError:
        return False
    return True


async def _keep(uow: UnitOfWork, transaction: UUID) -> None:
    kept = await claim_earmarked(uow, transaction=transaction)
    if kept is not None:
        await tell_kept(uow, kept)


async def _write_down(uow: UnitOfWork, wanted: Wanted, transfer: TransferId) -> None:
    """The money has moved; whoever comes first marks the deposit and tells the member."""
    deposit = wanted.deposit
    first = await claim_earmarked(uow, transaction=deposit.id)
    made = await record_contribution(
        uow, intent=wanted.intent, member=deposit.member, group=deposit.group, amount=deposit.credited, posted=transfer
    )
    if first is not None:
        await tell_passed_on(uow, deposit, group=made.group_name, total=made.group_total)


JOBS: dict[str, Handler] = {
    TO_GROUP_JOB: pass_on,
    SEND_RULES: send_rules,
    SEND_MINUTES: send_minutes,
    SETTLE: settle,
    SETTLE_OPEN: settle_open,
    END_NOTICES: end_notices,
}
REGULARLY = {SETTLE_OPEN: "41 * * * *", END_NOTICES: "11 * * * *"}
