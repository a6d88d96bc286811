"""Members with money, for the tests of groups."""

from __future__ import annotations

from core.identity.registration import register
from core.kernel.db import Database
from core.kernel.ids import IntentId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer

new_id = TimeOrderedIds().new
_numbers = iter(range(100_000_000))


def shillings(amount: int) -> Money:
    return Money(amount * 100)


def new_intent() -> IntentId:
    return IntentId(new_id())


async def someone(db: Database, name: str = "Amina", *, money: Money | None = None) -> MemberId:
    """A registered member, with so much on her own account."""
    member = MemberId(new_id())
    async with db.unit() as uow:
        await register(
            uow,
            member=member,
            phone=Phone(f"+2547{next(_numbers):08d}"),
            name=name,
            language="en",
            sealed_pin="sealed elsewhere",
            consent_version="test",
            channel="ussd",
        )
        if money:
            legs = [Leg(MPESA_UTILITY, -money), Leg(member_account(member), money)]
            await transfer(uow, key=new_id(), kind="deposit", legs=legs)
    return member
