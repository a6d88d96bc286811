"""Whether money must wait although she may withdraw it: after a recovery, and while her SIM is in doubt.

Asked when a withdrawal is about to be written down. The answer is no exception, because what it wrote (whom it told, what it
asked the network) has to stay although the money waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.identity.recovery_finish import withdrawals_capped, withdrawals_held_until
from core.identity.sim_swap import payout_hold
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.withdrawal_limits import withdrawn_since


@dataclass(frozen=True)
class WithdrawalHold:
    """Why this amount waits, and until when where that is known."""

    reason: Literal["recovered", "recovered_little", "sim_swapped", "sim_unknown"]
    until: datetime | None = None


async def withdrawal_hold(uow: UnitOfWork, *, member: MemberId, amount: Money) -> WithdrawalHold | None:
    """What holds this amount now; None when nothing does. Commit the unit in either case."""
    held = await withdrawals_held_until(uow, member)
    if held is not None:
        return WithdrawalHold("recovered", held)
    capped = await withdrawals_capped(uow, member)
    if capped is not None:
        most, until = capped
        midnight = uow.clock.now().astimezone(EAST_AFRICA).replace(hour=0, minute=0, second=0, microsecond=0)
        if amount + await withdrawn_since(uow, member, midnight) > most:
            return WithdrawalHold("recovered_little", until)
    found = await payout_hold(uow, member=member, amount=amount)
    return WithdrawalHold(found.reason, found.until) if found is not None else None
