"""What other tests of the conversation need of a phone's owner: her PIN, money in her account, a group of her own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from tests.dialogue.conftest import Handset

Sql = Callable[..., Any]
PIN = "248163"


async def give(db: Database, sql: Sql, handset: Handset, amount: Money) -> None:
    """Money in her account, as a settled deposit leaves it."""
    [(member,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=handset.number)
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, -amount), Leg(member_account(MemberId(member)), amount)]
        await transfer(uow, key=uow.ids.new(), kind="mpesa_deposit", legs=legs)


async def group_of(handset: Handset, name: str = "Umoja", kind: str = "2") -> str:
    """A new group founded by this phone's owner, a harambee unless said, which lets in whoever has the code; its code."""
    await handset.dial("4")
    await handset.type("9", name, kind)
    done = await handset.type("1")
    return next(word.strip(".:") for word in done.split() if word.strip(".:").isdigit())
