"""What belongs to a share-out beside the pot of the shares itself: returns, liabilities and members' own debts.

Returns are what the group has earned since its first cycle began and hasn't shared out yet: the interest that came in, less
what was lent and written off, and the fines that were paid. They are counted from the beginning and less what was taken, so
that nothing is shared twice or falls between two cycles; no more of them is taken than is there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from core.daos.constitutions import rules_of
from core.daos.dues.credit import credits_of
from core.daos.dues.standing import fines_paid, owed_in
from core.daos.loans.reading import earned
from core.daos.savings import saved_for
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Question
from core.ledger.accounts import Account, pot, treasury
from core.ledger.service import balances

ReturnName = Literal["loan_interest", "fines"]


@dataclass(frozen=True)
class Return:
    """Money of the group that is shared out too: so much from this account."""

    name: ReturnName
    account: Account
    amount: Money


@dataclass(frozen=True)
class Liability:
    """What the group still has to pay out of the pot of the shares; it stays there."""

    name: str
    amount: Money


@dataclass(frozen=True)
class Debt:
    """What a member owes her group: so much of her part becomes her credit there, which pays it."""

    member: MemberId
    amount: Money


async def interest(uow: UnitOfWork, group: DaoId) -> list[Return]:
    """Interest of loans, less loans that were written off."""
    account = pot(group, "loans")
    found = await earned(uow, group=group, since=await _began(uow, group))
    return await _not_shared(uow, group, "loan_interest", account, found, kept=Money(0))


async def fines(uow: UnitOfWork, group: DaoId) -> list[Return]:
    """Fines, as far as the treasury's reserve isn't touched."""
    rules = await rules_of(uow, group=group)
    found = await fines_paid(uow, group=group, since=await _began(uow, group))
    return await _not_shared(uow, group, "fines", treasury(group), found, kept=rules.reserve)


async def savings(uow: UnitOfWork, group: DaoId) -> list[Liability]:
    """What members have saved in the pot of the shares without buying shares: it's each one's own."""
    saved = await saved_for(uow, group=group, purpose="shares")
    return [Liability("savings", saved)] if saved.minor > 0 else []


async def debts(uow: UnitOfWork, group: DaoId) -> list[Debt]:
    """What each member owes now, contributions, fines and loans, less her credit."""
    owed = await owed_in(uow, group=group)
    credit = await credits_of(uow, group=group, members=owed)
    return [Debt(one, owed[one] - credit[one]) for one in sorted(owed) if owed[one] > credit[one]]


RETURNS: tuple[Callable[[UnitOfWork, DaoId], Awaitable[list[Return]]], ...] = (interest, fines)
LIABILITIES: tuple[Callable[[UnitOfWork, DaoId], Awaitable[list[Liability]]], ...] = (savings,)
DEBTS: tuple[Callable[[UnitOfWork, DaoId], Awaitable[list[Debt]]], ...] = (debts,)


async def _not_shared(
    uow: UnitOfWork, group: DaoId, name: ReturnName, account: Account, found: Money, *, kept: Money
) -> list[Return]:
    there = (await balances(uow, [account]))[account].available - kept
    shared = Money.from_decimal((await _shared(uow, group)).get(name, Decimal(0)))
    left = min(found - shared, there)
    return [Return(name, account, left)] if left.minor > 0 else []


async def _began(uow: UnitOfWork, group: DaoId) -> datetime:
    (found,) = await uow.ask(BEGAN, group=group)
    began: datetime | None = found["began"]
    return began or uow.clock.now()


BEGAN = Question("SELECT min(started_at) AS began FROM share_cycles WHERE dao_id = :group")
SHARED = Question("""
    SELECT r.name, sum(r.amount) AS amount FROM share_out_returns r
    JOIN share_outs o ON o.id = r.share_out_id JOIN share_cycles c ON c.id = o.cycle_id
    WHERE c.dao_id = :group GROUP BY r.name
""")


async def _shared(uow: UnitOfWork, group: DaoId) -> dict[str, Decimal]:
    """What was shared out of each return so far."""
    return {row["name"]: row["amount"] for row in await uow.ask(SHARED, group=group)}
