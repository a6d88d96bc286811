"""A process of its own that posts one transfer after the other and says what it does: `python -m tests.chaos.poster URL ...`.

It prints a key before it posts under it, and "done" with the transfer after. It knows nothing of what will happen to it.
"""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.ledger.accounts import member_account, treasury
from core.ledger.service import Leg, transfer
from tests.chaos.payday import KIND

AMOUNT = Money(1_00)


def legs(member: UUID, group: UUID) -> list[Leg]:
    """What it posts, each time."""
    return [Leg(member_account(MemberId(member)), -AMOUNT), Leg(treasury(DaoId(group)), AMOUNT)]


async def main(url: str, member: UUID, group: UUID) -> None:
    database = Database(url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(["k" * 40]), pool_size=1)
    while True:
        key = TimeOrderedIds().new()
        print(key, flush=True)
        async with database.unit() as uow:
            posted = await transfer(uow, key=key, kind=KIND, legs=legs(member, group))
        print("done", posted.transfer, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], UUID(sys.argv[2]), UUID(sys.argv[3])))
