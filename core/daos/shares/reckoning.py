"""What a share-out would come to at this moment: the same arithmetic for the preview of any day and for the real one.

Distributable is what the pot of the shares has, with all returns and without liabilities, in whole shillings; cents below a
shilling stay in the pot for the next cycle. Each gets her shares' part of it, rounded down to whole shillings; the shillings
that are left go one each to the largest remainders, and among equals to who joined first. So the parts add up exactly.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from core.daos.shares.cycles import NoCycle, open_cycle
from core.daos.shares.models import ShareCycleRow
from core.daos.shares.sources import DEBTS, LIABILITIES, RETURNS, Debt, Liability, Return
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import KES, Money
from core.kernel.questions import Question
from core.ledger.accounts import pot, treasury
from core.ledger.service import balances

SHILLING = KES.units


@dataclass(frozen=True)
class Line:
    """A member's part: her shares, what they come to, and the debts of hers that it pays."""

    member: MemberId
    shares: int
    amount: Money
    debts: tuple[Debt, ...]

    @property
    def owed(self) -> Money:
        """What of it goes to her debts."""
        return sum((debt.amount for debt in self.debts), Money(0))

    @property
    def net(self) -> Money:
        """What she gets into her hand."""
        return self.amount - self.owed


@dataclass(frozen=True)
class Reckoning:
    """A share-out, whole. `cash`: what the pot has; `lines`: in the order of joining."""

    cycle: UUID
    cash: Money
    returns: tuple[Return, ...]
    liabilities: tuple[Liability, ...]
    distributable: Money
    shares: int
    lines: tuple[Line, ...]

    @property
    def value(self) -> Money:
        """What a share is worth, to the cent, rounded down: for people to read."""
        return Money(self.distributable.minor // self.shares) if self.shares else Money(0)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it: two officials who see the same digest approve the same cents."""
        said = {
            "cycle": str(self.cycle),
            "cash": self.cash.minor,
            "returns": [[one.name, str(one.account), one.amount.minor] for one in self.returns],
            "liabilities": [[one.name, one.amount.minor] for one in self.liabilities],
            "distributable": self.distributable.minor,
            "lines": [
                [str(line.member), line.shares, line.amount.minor] + [debt.amount.minor for debt in line.debts]
                for line in self.lines
            ],
        }
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()

    def line_of(self, member: MemberId) -> Line | None:
        """Her own part; None when she has no shares."""
        return next((line for line in self.lines if line.member == member), None)


async def reckon(uow: UnitOfWork, *, group: DaoId) -> Reckoning:
    """What sharing out now would come to. Reads only. Raises NoCycle."""
    cycle = await open_cycle(uow, group=group)
    if cycle is None:
        raise NoCycle
    account = pot(group, "shares")
    held = await balances(uow, [account, pot(group, "loans"), treasury(group)])
    cash = held[account].available
    for one, has in held.items():  # which the sources ask for
        balances.foresee(uow, {one: has}, [one])
    returns = [found for source in RETURNS for found in await source(uow, group)]
    liabilities = [found for source in LIABILITIES for found in await source(uow, group)]
    debts = [found for source in DEBTS for found in await source(uow, group)]

    brought = sum((one.amount for one in returns), Money(0))
    kept = sum((one.amount for one in liabilities), Money(0))
    whole = max((cash + brought - kept).minor // SHILLING, 0)
    owners = await _owners(uow, cycle)
    parts = Money(whole).split([shares for _, shares in owners]) if owners else []
    lines = tuple(
        Line(member, shares, Money(part.minor * SHILLING), _paid_debts(debts, member, Money(part.minor * SHILLING)))
        for (member, shares), part in zip(owners, parts, strict=True)
    )
    sums = Money(whole * SHILLING), sum(shares for _, shares in owners)
    return Reckoning(cycle.id, cash, tuple(returns), tuple(liabilities), *sums, lines)


def _paid_debts(debts: list[Debt], member: MemberId, at_most: Money) -> tuple[Debt, ...]:
    """Her debts as far as her part goes, in the order in which they were registered."""
    paid, left = [], at_most
    for debt in debts:
        now = min(debt.amount, left)
        if debt.member == member and now:
            paid.append(Debt(member, now))
            left -= now
    return tuple(paid)


async def _owners(uow: UnitOfWork, cycle: ShareCycleRow) -> list[tuple[MemberId, int]]:
    """Who has how many shares, whoever joined first in front."""
    return [(MemberId(row["member"]), int(row["shares"])) for row in await uow.ask(OWNERS, group=cycle.dao_id)]


# Of the cycle that runs.
OWNERS = Question("""
    SELECT p.user_id AS member, sum(p.shares) AS shares FROM share_cycles c
    JOIN share_purchases p ON p.cycle_id = c.id AND p.exit_id IS NULL
    JOIN dao_memberships s ON s.user_id = p.user_id AND s.dao_id = c.dao_id
    WHERE c.dao_id = :group AND c.closed_at IS NULL
    GROUP BY p.user_id, s.joined_at, s.id ORDER BY s.joined_at, s.id
""")
