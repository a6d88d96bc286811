"""Charges as values: what is open of them, and as a source of what a member owes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.daos.constitutions import rules_of
from core.daos.dues.kinds import day_month
from core.daos.dues_models import ChargeRow
from core.daos.owed import Category, Owed, Part
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import Text, text

# What `why` says of the fee for joining, which is paid like a fine.
JOINING = "joining"


@dataclass(frozen=True)
class Charge:
    """A charge as it stands: what it was opened for, what was paid and waived of it, and since when it is due."""

    id: UUID
    group: DaoId
    member: MemberId
    sort: str
    kind: UUID | None
    name: Text | str
    day: date
    due_at: datetime
    amount: Money
    paid: Money
    waived: Money
    fines_for: UUID | None
    why: dict[str, Any]
    terms: dict[str, Any]

    @property
    def missing(self) -> Money:
        """What is still to be paid."""
        return self.amount - self.paid - self.waived

    @property
    def is_joining(self) -> bool:
        """Whether it is the fee for joining."""
        return self.why.get("given") == JOINING

    @property
    def label(self) -> Text:
        """Its name in a list: "Regular 5/11"."""
        key = "charge-fine" if self.sort == "fine" and not self.is_joining else "charge-contribution"
        return text(key, dues=self.name, day=day_month(self.day))


def name_of(why: dict[str, Any]) -> Text | str:
    """What a charge is for: a kind's own name, the words for one that follows a rule, or the reason of a fine."""
    if why.get("follows"):
        return text(f"dues-name-{why['follows']}")
    if why.get("given"):
        return text(f"fine-for-{why['given']}")
    return str(why.get("kind") or why.get("reason", ""))


def charge_of(row: ChargeRow) -> Charge:
    """The row as a value."""
    return Charge(
        id=row.id,
        group=DaoId(row.dao_id),
        member=MemberId(row.user_id),
        sort=row.sort,
        kind=row.kind_id,
        name=name_of(row.why),
        day=row.period,
        due_at=row.due_at,
        amount=Money.from_decimal(row.amount),
        paid=Money.from_decimal(row.paid),
        waived=Money.from_decimal(row.waived),
        fines_for=row.fines_for,
        why=row.why,
        terms=row.terms,
    )


async def open_charges_of(uow: UnitOfWork, *, group: DaoId, member: MemberId | None = None) -> list[Charge]:
    """What is open in the group, or of one member: the oldest first."""
    return [charge_of(row) for row in await open_rows(uow, group=group, member=member)]


_OPEN = (
    select(ChargeRow)
    .where(ChargeRow.dao_id == given("group"), ChargeRow.paid + ChargeRow.waived < ChargeRow.amount)
    .order_by(ChargeRow.due_at, ChargeRow.id)
    .execution_options(populate_existing=True)
)
OPEN = Selected(_OPEN)
OPEN_HERS = Selected(_OPEN.where(ChargeRow.user_id == given("member")))


async def open_rows(uow: UnitOfWork, *, group: DaoId, member: MemberId | None = None) -> list[ChargeRow]:
    """The rows of what is open in the group, or of one member: the oldest first."""
    if member is None:
        return await uow.scalars(OPEN, group=group)
    return await uow.scalars(OPEN_HERS, group=group, member=member)


def category_of(sort: str, purpose: str) -> Category:
    """Under which word of the group's order a charge is paid."""
    if sort == "fine":
        return "fines"
    return "welfare" if purpose == "welfare" else "contribution"


class Charges:
    """Contributions and their fines as a source of what a member owes."""

    name = "charges"

    async def owed(self, uow: UnitOfWork, *, group: DaoId, member: MemberId, at: datetime) -> Sequence[Owed]:
        """Her open charges. A fine that was made after `at` isn't among them: whether it stands is decided afterwards."""
        return (await self._sorted(uow, group, await open_rows(uow, group=group, member=member), at)).get(member, ())

    async def everybody(self, uow: UnitOfWork, *, group: DaoId, at: datetime) -> Mapping[MemberId, Sequence[Owed]]:
        """The same of everybody who has one."""
        return await self._sorted(uow, group, await open_rows(uow, group=group), at)

    async def _sorted(
        self, uow: UnitOfWork, group: DaoId, rows: Sequence[ChargeRow], at: datetime
    ) -> dict[MemberId, list[Owed]]:
        whole = not (await rules_of(uow, group=group)).partial_payments
        found: dict[MemberId, list[Owed]] = {}
        for row in rows:
            if row.sort == "contribution" or row.due_at < at:
                found.setdefault(MemberId(row.user_id), []).append(_owed(row, whole=whole))
        return found

    async def owing(self, uow: UnitOfWork, *, group: DaoId) -> Collection[MemberId]:
        """Whoever has an open charge."""
        open_now = select(ChargeRow.user_id).where(
            ChargeRow.dao_id == group, ChargeRow.paid + ChargeRow.waived < ChargeRow.amount
        )
        return {MemberId(one) for one in await uow.session.scalars(open_now.distinct())}

    async def posted(self, uow: UnitOfWork, part: Part) -> None:
        """Nothing: the line itself counts, by the database's own trigger."""


def _owed(row: ChargeRow, *, whole: bool) -> Owed:
    charge = charge_of(row)
    return Owed(
        source=Charges.name,
        ref=row.id,
        category=category_of(row.sort, row.purpose),
        due_at=row.due_at,
        missing=charge.missing,
        purpose=row.purpose,  # type: ignore[arg-type]
        label=charge.label,
        whole=whole,
        kind=row.kind_id,
    )
