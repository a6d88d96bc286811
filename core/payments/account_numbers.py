"""The numbers that members pay to at our paybill: short, easy to say, and no slip of the thumb leads to another one.

A member has one for her own balance and one for each group, so that money paid straight to a group is known to be hers.
Seven digits, the last a check digit; written in two groups: 482 9137. A member's whole phone number also reaches her own
balance, because many type it unasked and it is as unlikely to be hit by a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.identity.members import find_by_phone
from core.kernel.check_digit import is_intact, with_check_digit
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.phone import NotAPhone, Phone, parse_phone
from core.kernel.secrets import random_below
from core.payments.models import PaymentAccount

RANDOM_DIGITS = 6
# A number never starts with 0: spoken and typed numbers lose it.
LOWEST = 10 ** (RANDOM_DIGITS - 1)
NUMBER = re.compile(r"[1-9][0-9]{6}", re.ASCII)
# Numbers have no letters, so one that looks like a digit can only be that digit.
LOOK_ALIKES = str.maketrans("OIL", "011")
# Of 900,000 numbers half would have to be taken before this many tries in a row could fail even once in a million.
TRIES = 20
FIRST_GROUP = 3


@dataclass
class UnknownAccount(CoreError):
    """The number leads to nobody."""

    code = "unknown-account"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class Destination:
    """Whose money a payment will be and, with a group, what it is for."""

    member: MemberId
    group: DaoId | None = None


@foreseeable
async def account_number(uow: UnitOfWork, *, member: MemberId, group: DaoId | None = None) -> str:
    """The member's number, for her own balance or for a group of hers; made when she first asks, the same for ever."""
    for _ in range(TRIES):
        row = {
            "id": uow.ids.new(),
            "number": with_check_digit(str(LOWEST + random_below(9 * LOWEST))),
            "user_id": member,
            "dao_id": group,
            "created_at": uow.clock.now(),
        }
        # On any conflict: the number is taken, or she has one already.
        await uow.session.execute(insert(PaymentAccount).values(row).on_conflict_do_nothing())
        own = select(PaymentAccount.number).where(
            PaymentAccount.user_id == member, PaymentAccount.dao_id.is_not_distinct_from(group)
        )
        if (number := await uow.session.scalar(own)) is not None:
            return number
    raise RuntimeError("no free account number was found")


async def account_numbers(uow: UnitOfWork, *, member: MemberId) -> list[str]:
    """The numbers that she has by now."""
    return list(await uow.session.scalars(select(PaymentAccount.number).where(PaymentAccount.user_id == member)))


async def find_destination(uow: UnitOfWork, typed: str) -> Destination | None:
    """Where exactly this leads, however it is spaced and with O for 0, I or L for 1; None when it leads nowhere.

    Nothing is guessed.
    """
    if (number := read_number(typed)) is not None:
        row = await uow.session.scalar(select(PaymentAccount).where(PaymentAccount.number == number))
        return None if row is None else _destination(row)
    phone = read_phone(typed)
    member = await find_by_phone(uow, phone) if phone else None
    return None if member is None else Destination(member.id)


async def find_destinations(uow: UnitOfWork, numbers: Iterable[str]) -> dict[str, Destination]:
    """Where these account numbers lead, as `read_number` reads them; those that lead nowhere are left out."""
    rows = await uow.session.scalars(select(PaymentAccount).where(PaymentAccount.number.in_(set(numbers))))
    return {row.number: _destination(row) for row in rows}


def read_number(typed: str) -> str | None:
    """The account number that was typed, in its one spelling; None when it can't be one."""
    number = plain(typed).translate(LOOK_ALIKES)
    return number if NUMBER.fullmatch(number) and is_intact(number) else None


def read_phone(typed: str) -> Phone | None:
    """The phone number that was typed; None when it can't be one."""
    try:
        return parse_phone(plain(typed).translate(LOOK_ALIKES))
    except NotAPhone:
        return None


def _destination(row: PaymentAccount) -> Destination:
    return Destination(MemberId(row.user_id), None if row.dao_id is None else DaoId(row.dao_id))


async def require_destination(uow: UnitOfWork, typed: str) -> Destination:
    """Where exactly this leads. Raises UnknownAccount."""
    found = await find_destination(uow, typed)
    if found is None:
        raise UnknownAccount
    return found


def plain(typed: str) -> str:
    """What was typed without the signs that people put between digits, in capitals."""
    return re.sub(r"[\s.,\-_/]", "", typed).upper()


def spaced(number: str) -> str:
    """As people read it: 482 9137."""
    return f"{number[:FIRST_GROUP]} {number[FIRST_GROUP:]}"
