"""What the treasury adds to "what happens if": a limit that no day has room for, and the fees of a number outside."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.constitutions import rules_of
from core.governance.matters import Spend
from core.governance.proposals import Proposal
from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.payments.group_payouts import quote_group_payout


async def foresee_payment(uow: UnitOfWork, proposal: Proposal) -> Sequence[Text]:
    """What keeps a spend from being paid on any day, and what it takes besides its amount; nothing of other matters.

    Raises what quote_group_payout raises, for an amount that M-PESA doesn't send.
    """
    spend = proposal.matter
    if not isinstance(spend, Spend):
        return ()
    fees, most = Money(0), (await rules_of(uow, group=proposal.group)).daily_limit
    if spend.phone:
        quote = await quote_group_payout(uow, amount=spend.amount)
        fees = quote.fee + quote.charge
    found = [text("try-day-limit", limit=most)] if spend.amount + fees > most else []
    return [*found, text("try-fees", fee=fees)] if fees else found
