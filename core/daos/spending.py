"""What a group spends on: a payee and a spend, said in the one way that approvals and votes are about; and in which order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import func, select

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone


@dataclass(frozen=True)
class Payee:
    """Who is paid: a member on her account, or an M-PESA number outside. `name` is what people read."""

    name: str
    member: MemberId | None = None
    phone: Phone | None = None

    def spelled(self) -> list[str]:
        """What names this payee and no other."""
        if (self.member is None) == (self.phone is None):
            raise ValueError("a payee is a member or a number")
        return ["member", str(self.member)] if self.member else ["mpesa", str(self.phone), self.name]


async def one_at_a_time(uow: UnitOfWork, group: DaoId) -> None:
    """Whoever sets money of this treasury aside, moves or pays it waits here until the other's unit has ended."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"treasury {group}", 0))))


def spend_digest(*, group: DaoId, amount: Money, payee: Payee, reason: str) -> str:
    """What a vote on a spend is about, as SHA-256 in hex: exactly this amount to this payee for this reason of this group."""
    return digest_of([amount.minor, amount.currency.code, payee.spelled(), reason, str(group)])


def digest_of(what: list[object]) -> str:
    """SHA-256, in hex, of the values written as JSON in this order."""
    return hashlib.sha256(json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
