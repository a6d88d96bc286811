"""Prices and limits as an operator keeps them: what is valid, and new rows from a file, never an edit of an old one.

A file is TOML; each entry begins on a day to come, at midnight in East Africa, so that nothing that was shown to anybody
changes under her. A tariff comes whole: its bands have to cover every amount that M-Pesa moves, without a gap or an overlap.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from core.kernel.clock import EAST_AFRICA, local_time
from core.kernel.db import Base, UnitOfWork
from core.kernel.money import BASIS_POINTS, CURRENCIES, KES
from core.payments.deposits import HIGHEST_DEPOSIT
from core.payments.models import FeeSchedule
from core.payments.tariff_models import MpesaTariff, TaxRate, WithdrawalLimit

Row = FeeSchedule | MpesaTariff | TaxRate | WithdrawalLimit
LEAST, MOST = Decimal(1), HIGHEST_DEPOSIT.as_decimal()
BAND_PARTS = 4


@dataclass
class BadPrices(Exception):
    """The file can't be taken; `why` is a sentence for the operator. Nothing of it was."""

    why: str

    def __str__(self) -> str:
        return self.why


@dataclass(frozen=True)
class Listed:
    """A row as an operator reads it. `state`: now, later or past."""

    state: str
    what: str
    price: str
    since: datetime


async def add_prices(uow: UnitOfWork, *, content: str) -> list[str]:
    """Add every row of a file, all or none; returns what was added. Raises BadPrices."""
    try:
        found = tomllib.loads(content)
    except tomllib.TOMLDecodeError as problem:
        raise BadPrices(f"this isn't TOML: {problem}") from problem
    if unknown := set(found) - set(READERS):
        raise BadPrices(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(READERS)}")
    rows = [row for kind, read in READERS.items() for entry in _entries(found, kind) for row in read(uow, entry)]
    if not rows:
        raise BadPrices("the file has no fee, tariff, tax or limit")
    for row in rows:
        await _refuse_known(uow, row)
    uow.session.add_all(rows)
    await uow.session.flush()
    return [f"{_what(row)}: {_price(row)}, from {local_time(row.valid_from)}" for row in rows]


async def list_prices(uow: UnitOfWork) -> list[Listed]:
    """Every row, those of one thing together, the newest first."""
    now, found = uow.clock.now(), []
    for table in KEYS:
        seen: dict[str, datetime] = {}
        rows = (await uow.session.scalars(select(table).order_by(table.valid_from.desc(), table.id))).all()
        found += [Listed(_state(row, now, seen), _what(row), _price(row), row.valid_from) for row in rows]
    return sorted(found, key=lambda one: one.what)


def _state(row: Row, now: datetime, seen: dict[str, datetime]) -> str:
    """Which rows of a thing count: those that began last and haven't ended. The bands of a tariff are one thing."""
    if row.valid_from > now:
        return "later"
    thing = f"{row.operation} {row.plan}" if isinstance(row, MpesaTariff) else _what(row)
    is_over = row.valid_to is not None and row.valid_to <= now
    return "past" if is_over or seen.setdefault(thing, row.valid_from) != row.valid_from else "now"


def _fee(uow: UnitOfWork, entry: Mapping[str, Any]) -> list[Row]:
    _only(entry, {"category", "currency", "basis_points", "minimum", "maximum", "platform", "dao", "protocol", "from"})
    shares = [_whole(entry, name, default) for name, default in (("platform", BASIS_POINTS), ("dao", 0), ("protocol", 0))]
    if sum(shares) != BASIS_POINTS or min(shares) < 0:
        raise BadPrices(f"the shares of {entry.get('category')} are {shares}: together they are {BASIS_POINTS}")
    points = _whole(entry, "basis_points")
    if not 0 <= points <= BASIS_POINTS:
        raise BadPrices(f"basis_points of {entry.get('category')} are from 0 to {BASIS_POINTS}")
    currency = str(entry.get("currency", KES.code))
    if currency not in CURRENCIES:
        raise BadPrices(f"{currency} is no currency of ours")
    maximum = None if "maximum" not in entry else _amount(entry, "maximum")
    row = FeeSchedule(id=uow.ids.new(), category=_word(entry, "category"), currency=currency, basis_points=points)
    row.minimum, row.maximum, row.valid_from = _amount(entry, "minimum", Decimal(0)), maximum, _from(uow, entry)
    row.platform_share, row.dao_share, row.protocol_share = shares
    if maximum is not None and maximum < row.minimum:
        raise BadPrices(f"the maximum of {row.category} is below its minimum")
    return [row]


def _tariff(uow: UnitOfWork, entry: Mapping[str, Any]) -> list[Row]:
    _only(entry, {"operation", "plan", "bands", "from", "source"})
    operation, since = _word(entry, "operation"), _from(uow, entry)
    if operation not in ("b2c", "c2b"):
        raise BadPrices("the operation of a tariff is b2c or c2b")
    rows: list[Row] = []
    for low, high, customer, business in _bands(entry):
        row = MpesaTariff(id=uow.ids.new(), operation=operation, plan=_word(entry, "plan"), lowest=low, highest=high)
        row.customer_charge, row.business_charge = customer, business
        row.valid_from, row.source = since, _word(entry, "source")
        rows.append(row)
    return rows


def _tax(uow: UnitOfWork, entry: Mapping[str, Any]) -> list[Row]:
    _only(entry, {"tax", "category", "basis_points", "from", "source"})
    points = _whole(entry, "basis_points")
    if not 0 <= points <= BASIS_POINTS:
        raise BadPrices(f"basis_points of a tax are from 0 to {BASIS_POINTS}")
    row = TaxRate(id=uow.ids.new(), tax=_word(entry, "tax"), category=_word(entry, "category"), basis_points=points)
    row.valid_from, row.source = _from(uow, entry), _word(entry, "source")
    return [row]


def _limit(uow: UnitOfWork, entry: Mapping[str, Any]) -> list[Row]:
    _only(entry, {"tier", "minimum", "at_once", "per_day", "per_month", "from", "source"})
    amounts = [_amount(entry, name) for name in ("minimum", "at_once", "per_day", "per_month")]
    if amounts != sorted(amounts) or amounts[0] <= 0:
        raise BadPrices("a limit's minimum, at_once, per_day and per_month don't shrink, and are above nothing")
    row = WithdrawalLimit(id=uow.ids.new(), tier=_word(entry, "tier"), currency=KES.code)
    row.minimum, row.at_once, row.per_day, row.per_month = amounts
    row.valid_from, row.source = _from(uow, entry), _word(entry, "source")
    return [row]


READERS: dict[str, Callable[[UnitOfWork, Mapping[str, Any]], list[Row]]] = {
    "fee": _fee,
    "tariff": _tariff,
    "tax": _tax,
    "limit": _limit,
}


def _bands(entry: Mapping[str, Any]) -> list[tuple[Decimal, ...]]:
    """[lowest, highest, customer's charge, business's charge], from 1 to the most that M-Pesa moves."""
    listed = entry.get("bands")
    if not isinstance(listed, list) or not listed:
        raise BadPrices("a tariff has bands: [lowest, highest, customer's charge, business's charge]")
    if any(not isinstance(one, list) or len(one) != BAND_PARTS for one in listed):
        raise BadPrices(f"each band has {BAND_PARTS} numbers")
    bands = [tuple(_figure(part, "a band") for part in one) for one in listed]
    gaps = [one for one, after in pairwise(bands) if after[0] != one[1] + 1 or one[1] < one[0]]
    if gaps or bands[0][0] != LEAST or bands[-1][1] != MOST or any(min(one) < 0 for one in bands):
        raise BadPrices(f"the bands have to cover {LEAST} to {MOST} shillings without a gap, in order")
    return bands


def _entries(found: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    listed = found.get(kind, [])
    if not isinstance(listed, list) or any(not isinstance(one, dict) for one in listed):
        raise BadPrices(f"write [[{kind}]] above each {kind}")
    return listed


def _only(entry: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(entry) - known:
        raise BadPrices(f"unknown: {', '.join(sorted(unknown))}")


def _word(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadPrices(f"{name} is missing")
    return value.strip()


def _whole(entry: Mapping[str, Any], name: str, default: int | None = None) -> int:
    value = entry.get(name, default)
    if type(value) is not int:
        raise BadPrices(f"{name} must be a whole number")
    return value


def _amount(entry: Mapping[str, Any], name: str, default: Decimal | None = None) -> Decimal:
    return default if name not in entry and default is not None else _figure(entry.get(name), name)


def _figure(value: Any, name: str) -> Decimal:
    """Shillings: a whole number, or text such as "2.50"; a number with a point would not be exact."""
    try:
        found = Decimal(value) if type(value) in (int, str) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or found < 0:
        raise BadPrices(f'{name} must be shillings: 5, or "2.50" in quotes')
    return found


def _from(uow: UnitOfWork, entry: Mapping[str, Any]) -> datetime:
    """Midnight in East Africa of a day to come."""
    day = entry.get("from")
    if not isinstance(day, date) or isinstance(day, datetime):
        raise BadPrices("from must be a day such as 2027-01-01, without quotes")
    since = datetime.combine(day, time(), EAST_AFRICA)
    if since <= uow.clock.now():
        raise BadPrices(f"{day} has begun: a price begins on a day to come")
    return since


async def _refuse_known(uow: UnitOfWork, row: Row) -> None:
    table: type[Base] = type(row)
    same = [getattr(table, name) == getattr(row, name) for name in (*KEYS[type(row)], "valid_from")]
    if await uow.session.scalar(select(table).where(*same).limit(1)) is not None:
        raise BadPrices(f"there is a row for {_what(row)} from that day already, and it stays")


KEYS: dict[type[Any], tuple[str, ...]] = {
    FeeSchedule: ("category", "currency"),
    MpesaTariff: ("operation", "plan", "lowest"),
    TaxRate: ("tax", "category"),
    WithdrawalLimit: ("tier", "currency"),
}


def _what(row: Row) -> str:
    return " ".join([NAMES[type(row)], *(f"{getattr(row, name)}".removesuffix("." + "0" * 18) for name in KEYS[type(row)])])


NAMES: dict[type[Any], str] = {FeeSchedule: "fee", MpesaTariff: "tariff", TaxRate: "tax", WithdrawalLimit: "limit"}


def _price(row: Row) -> str:
    match row:
        case FeeSchedule():
            most = "" if row.maximum is None else f", at most {_plain(row.maximum)}"
            shares = f"{row.platform_share}/{row.dao_share}/{row.protocol_share}"
            return f"{row.basis_points} basis points, at least {_plain(row.minimum)}{most}, platform/group/protocol {shares}"
        case MpesaTariff():
            charges = f"customer {_plain(row.customer_charge)}, business {_plain(row.business_charge)}"
            return f"up to {_plain(row.highest)}: {charges} ({row.source})"
        case TaxRate():
            return f"{row.basis_points} basis points ({row.source})"
        case WithdrawalLimit():
            amounts = (row.minimum, row.at_once, row.per_day, row.per_month)
            return f"{' / '.join(_plain(one) for one in amounts)} least, at once, a day, a month ({row.source})"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
