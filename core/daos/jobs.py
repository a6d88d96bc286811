"""What the worker does for groups: contribute what a member paid straight to her group's number at the paybill.

On a payday thousands of these arrive within minutes, all for the same few treasuries. So their money is posted through the
process's batcher, many at once, and not each in a unit that would hold the treasury's row until its commit. The order is:
plan (whose dues it pays), post, write down. Whatever dies in between, the deposit isn't marked as passed on, so it is looked at
again (by its own job, or by the sweep); then the plan that stands under its intent gives the same legs, and the transfer under
the intent says whether they were posted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid5

from core.daos import dissolving_jobs as dissolving
from core.daos.contributions import check_contribution, record_contribution
from core.daos.departure_jobs import END_NOTICES, SETTLE_OPEN, end_notices, settle, settle_open
from core.daos.document_jobs import SEND_RULES, send_rules
from core.daos.dues import jobs as dues
from core.daos.dues.paying import Payment, Wanted, find_payment, plan, posting_of, void
from core.daos.dues_locks import hold_dues
from core.daos.leaving import SETTLE
from core.daos.minutes import SEND_MINUTES, send_minutes
from core.daos.recurring import jobs as recurring
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import IntentId, TransferId
from core.ledger.service import InsufficientFunds, Posted, Posting, find_posted, reverse
from core.payments.earmarks import Earmarked, claim_earmarked, find_earmarked, tell_kept, tell_passed_on
from core.payments.settlement import TO_GROUP_JOB

PASSED_ON, TAKEN_BACK = "passed on to the group", "taken back from the group"


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
class Passing:
    """A deposit that is to become a contribution, planned under an intent that is the same each time."""

    deposit: Earmarked
    payment: Payment
    posting: Posting


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]


async def pass_on(services: Services, payload: dict[str, Any]) -> None:
    """Pass a deposit on to its group, once. What the group can't take stays on the member's balance."""
    transaction = UUID(payload["transaction"])
    async with services.database.unit() as uow:
        passing = await _look(uow, transaction)
    if passing is None:
        return
    try:
        posted = await services.batcher.post(passing.posting)
    except InsufficientFunds:
        # She was quicker and spent it. The refusal stands under the intent for ever, so this is decided.
        async with services.database.unit() as uow:
            await void(uow, passing.payment)
            await _keep(uow, transaction)
        return
    async with services.database.unit() as uow:
        await _write_down(uow, passing, posted.transfer)


async def _look(uow: UnitOfWork, transaction: UUID) -> Passing | None:
    """Plan the contribution, or find it planned; None when there is nothing (more) to pass on."""
    deposit = await find_earmarked(uow, transaction=transaction)
    if deposit is None:
        return None
    intent = IntentId(uuid5(deposit.id, PASSED_ON))
    payment = await find_payment(uow, intent=intent)
    if deposit.credited and (await find_posted(uow, intent) or await _may(uow, deposit)):
        payment = await plan(uow, _wanted(uow, deposit, intent))
        if payment.state != "void":
            return Passing(deposit, payment, posting_of(payment, {"deposit": str(deposit.id)}))
    if payment is not None:
        await void(uow, payment)
    await _keep(uow, transaction)
    return None


def _wanted(uow: UnitOfWork, deposit: Earmarked, intent: IntentId) -> Wanted:
    """Paid when M-Pesa says so, even where its clock is ahead of ours."""
    at = min(deposit.completed_at, uow.clock.now())
    return Wanted(intent, deposit.group, deposit.member, deposit.member, deposit.credited, "mpesa", completed_at=at)


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


async def _write_down(uow: UnitOfWork, passing: Passing, transfer: TransferId) -> None:
    """The money has moved; whoever comes first marks the deposit and tells the member."""
    deposit = passing.deposit
    first = await claim_earmarked(uow, transaction=deposit.id)
    await hold_dues(uow, group=deposit.group, members=[deposit.member])
    now = await find_payment(uow, intent=passing.payment.intent)
    if now is not None and now.state == "void":
        # Somebody took this worker for dead and kept the money with her, just before it arrived in the group.
        await reverse(uow, key=uuid5(deposit.id, TAKEN_BACK), transfer=transfer, kind="contribution_taken_back")
        return
    made = await record_contribution(uow, passing.payment, transfer)
    if first is not None:
        await tell_passed_on(uow, deposit, group=made.group_name, total=made.group_total)


JOBS: dict[str, Handler] = {
    TO_GROUP_JOB: pass_on,
    SEND_RULES: send_rules,
    SEND_MINUTES: send_minutes,
    SETTLE: settle,
    SETTLE_OPEN: settle_open,
    END_NOTICES: end_notices,
    **dissolving.JOBS,
    **dues.JOBS,
    **recurring.JOBS,
}
# Run regularly by the worker, in cron's notation.
REGULARLY = {
    SETTLE_OPEN: "41 * * * *",
    END_NOTICES: "11 * * * *",
    **dissolving.REGULARLY,
    **dues.REGULARLY,
    **recurring.REGULARLY,
}
