"""A spend that the members have passed, carried out: it becomes a request, or is the vote that an open request waited for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from core.daos.spending import one_at_a_time
from core.governance.errors import NotYet
from core.governance.executions import Decided
from core.kernel.db import UnitOfWork
from core.kernel.ids import IntentId
from core.treasury.approving import proceed
from core.treasury.asking import Wanted, same_request, write_request
from core.treasury.limits import TreasuryLimit
from core.treasury.mandate import Mandate, mandate_of
from core.treasury.models import TreasuryRequest
from core.treasury.requests import Request, as_request, lock_request
from core.treasury.votes import PassedSpend, passed_spend

# A limit of the day is open again at midnight.
LOOK_AGAIN = timedelta(hours=1)


async def carry_out_spend(uow: UnitOfWork, decided: Decided) -> None:
    """What follows from a passed proposal to spend: a request, for which there will be room one day.

    Raises NotYet while only a limit is reached; BadReason and what else ask_passed raises, which end the proposal.
    """
    spend = passed_spend(decided)
    try:
        await ask_passed(uow, intent=decided.intent, spend=spend)
    except TreasuryLimit as full:
        # With its fees, or a payment of the whole limit to a number outside would be tried for ever.
        if full.needed > full.limit:
            raise
        raise NotYet(uow.clock.now() + LOOK_AGAIN) from None


async def ask_passed(uow: UnitOfWork, *, intent: IntentId, spend: PassedSpend) -> Request:
    """The request of a spend that has passed, once per proposal; officials approve it, and no further vote is needed.

    An open request about exactly the same that waits for its vote is the one. Raises TooFewApprovers, UnknownPayee,
    TreasuryAmountTooSmall, what quote_group_payout raises, TreasuryLimit, TreasuryShort.
    """
    await one_at_a_time(uow, spend.group)
    known = select(TreasuryRequest).where(TreasuryRequest.proposal_id == spend.proposal)
    if (used := (await uow.session.scalars(known)).one_or_none()) is not None:
        return as_request(used)
    mandate = await mandate_of(uow, group=spend.group)
    waiting = await _waiting_for(uow, spend, mandate)
    if waiting is not None:
        waiting.proposal_id = spend.proposal
        await uow.session.flush()
        await proceed(uow, waiting)
        return as_request(waiting)
    now = uow.clock.now()
    payee, reason, category = spend.payee, spend.reason, spend.category
    wanted = Wanted(spend.proposer, spend.group, spend.amount, payee, reason, category, "usual", now, spend.proposal)
    return await same_request(uow, intent, wanted) or await write_request(uow, intent, mandate, wanted)


async def _waiting_for(uow: UnitOfWork, spend: PassedSpend, mandate: Mandate) -> TreasuryRequest | None:
    """The oldest open request of exactly this spend that has no vote yet, under lock.

    One that another mandate has made void isn't meant any more, though nobody may have ended it yet: no vote is used up by it.
    """
    same = (
        TreasuryRequest.dao_id == spend.group,
        TreasuryRequest.spend == spend.digest,
        TreasuryRequest.status == "open",
        TreasuryRequest.expires_at > uow.clock.now(),
        TreasuryRequest.mandate == mandate.version,
        TreasuryRequest.needs_vote,
        TreasuryRequest.proposal_id.is_(None),
    )
    found = await uow.session.scalar(select(TreasuryRequest.id).where(*same).order_by(TreasuryRequest.number).limit(1))
    return None if found is None else await lock_request(uow, found)
