"""A process of its own that posts and says what it does: `python -m tests.chaos.poster one|many URL MEMBER GROUP`.

It prints the keys before it posts under them, and "done", key and transfer for each answer. "one" posts in units of its own,
"many" five at a time through the batcher. It knows nothing of what will happen to it.
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
from core.ledger.batcher import Batcher, connector
from core.ledger.service import Leg
from tests.chaos.payday import Post, posting_in_batches, posting_singly

AMOUNT = Money(1_00)
TOGETHER = 5


def legs(member: UUID, group: UUID) -> list[Leg]:
    """What it posts, each time."""
    return [Leg(member_account(MemberId(member)), -AMOUNT), Leg(treasury(DaoId(group)), AMOUNT)]


async def ask(post: Post, keys: list[UUID], moved: list[Leg]) -> None:
    """All at once, each told when it's answered."""
    print(*keys, sep="\n", flush=True)
    for key, posted in zip(keys, await asyncio.gather(*(post(key, moved) for key in keys)), strict=True):
        print("done", key, posted.transfer, flush=True)


async def main(how: str, url: str, member: UUID, group: UUID) -> None:
    ids, moved = TimeOrderedIds(), legs(member, group)
    database = Database(url, clock=SystemClock(), ids=ids, vault=Vault(["k" * 40]), pool_size=1)
    async with Batcher(connector(url), clock=SystemClock(), ids=ids) as batcher:
        post = posting_singly(database) if how == "one" else posting_in_batches(batcher)
        while True:
            await ask(post, [ids.new() for _ in range(1 if how == "one" else TOGETHER)], moved)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], UUID(sys.argv[3]), UUID(sys.argv[4])))
