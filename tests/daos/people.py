"""Members with money, for the tests of groups."""

from __future__ import annotations

from core.kernel.db import Database
from core.kernel.ids import IntentId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from tests.members import enrol

new_id = TimeOrderedIds().new
_numbers = iter(range(100_000_000))


def shillings(amount: int) -> Money:
    return Money(amount * 100)


def new_intent() -> IntentId:
    return IntentId(new_id())


async def someone(db: Database, name: str = "Amina", *, money: Money | None = None) -> MemberId:
    """A registered member, with so much on her own account."""
    async with db.unit() as uow:
        member = await enrol(uow, f"+2547{next(_numbers):08d}", name=name)
        if money:
            legs = [Leg(MPESA_UTILITY, -money), Leg(member_account(member), money)]
            await transfer(uow, key=new_id(), kind="deposit", legs=legs)
    return member
