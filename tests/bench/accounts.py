"""The members whose money is moved: many, all of them rich, and one treasury that everybody pays into."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, Account, member_account, treasury
from core.ledger.service import Leg, transfer

# pgbench makes the same ids from a number.
MEMBER_PREFIX = "00000000-0000-7000-8000-"
TREASURY = UUID("00000000-0000-7000-9000-000000000001")
RICH = Money(1_000_000_00)
AT_ONCE = 500


@cache
def member(number: int) -> Account:
    """The account of member 1, 2, 3 ... Kept, so that making it isn't measured."""
    return member_account(MemberId(UUID(f"{MEMBER_PREFIX}{number:012}")))


@cache
def fund() -> Account:
    return treasury(DaoId(TREASURY))


async def open_accounts(database: Database, members: int) -> None:
    """Give every member her money, many in one transfer, and then the treasury its row: the last one to be locked."""
    for first in range(1, members + 1, AT_ONCE):
        legs = [Leg(member(number), RICH) for number in range(first, min(first + AT_ONCE, members + 1))]
        async with database.unit() as uow:
            await transfer(uow, key=uow.ids.new(), kind="bench", legs=[Leg(MPESA_UTILITY, RICH * -len(legs)), *legs])
    async with database.unit() as uow:
        await transfer(uow, key=uow.ids.new(), kind="bench", legs=[Leg(MPESA_UTILITY, -RICH), Leg(fund(), RICH)])
