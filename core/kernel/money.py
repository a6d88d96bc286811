"""Money as whole minor units of one currency.

Amounts are exact integers, so sums, comparisons and splits never lose a cent. Floats are refused everywhere and there is
no division: a percentage names its rounding and a split hands out every remainder. The database keeps NUMERIC(38,18);
`as_decimal` and `from_decimal` are the only bridge and refuse anything inexact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation

from core.kernel.errors import CoreError, Kind

# NUMERIC(38,18) has up to 38 digits; Decimal's default context of 28 would round them silently.
EXACT = Context(prec=80, traps=[Inexact, InvalidOperation])
BASIS_POINTS = 10_000
# 20 integer digits is what NUMERIC(38,18) holds.
LARGEST_WHOLE_UNITS = 10**20


@dataclass(frozen=True)
class Currency:
    """A currency, its number of decimals and how people write it in front of an amount."""

    code: str
    scale: int

    @property
    def units(self) -> int:
        """Minor units in one shilling or token."""
        return int(10**self.scale)


KES = Currency("KES", 2)
CUSD = Currency("cUSD", 18)
CELO = Currency("CELO", 18)
MTAA = Currency("MTAA", 18)
CURRENCIES = {currency.code: currency for currency in (KES, CUSD, CELO, MTAA)}


@dataclass
class NotAnAmount(CoreError):
    """What was typed can't be read as an amount of money."""

    code = "not-an-amount"
    kind = Kind.INVALID


@dataclass
class TooPrecise(CoreError):
    """The amount has more decimals than its currency."""

    code = "too-precise"
    kind = Kind.INVALID


@dataclass(frozen=True, order=False)
class Money:
    """An amount: `minor` units (cents for KES) of `currency`."""

    minor: int
    currency: Currency = KES

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            raise TypeError("money is multiplied by whole numbers only")
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.currency.code} {self.figures()}"

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise TypeError(f"can't combine {self.currency.code} with {other!r}")
        return other.minor

    def figures(self) -> str:
        """The number as people read it: thousands separated, decimals only when there are any ("1,234.50")."""
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), self.currency.units)
        if not part:
            return f"{sign}{whole:,}"
        decimals = f"{part:0{self.currency.scale}d}"
        # Two places read as money ("487.50"); beyond two, trailing zeros of tokens say nothing.
        return f"{sign}{whole:,}.{decimals.rstrip('0').ljust(2, '0')}"

    def percent(self, basis_points: int) -> Money:
        """This share of the amount, rounded half to even on the minor unit (250 basis points = 2.5 %)."""
        share, rest = divmod(self.minor * basis_points, BASIS_POINTS)
        double = 2 * rest
        rounds_up = double > BASIS_POINTS or (double == BASIS_POINTS and share % 2 == 1)
        return Money(share + int(rounds_up), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Parts in proportion to `weights` that add up to exactly this amount.

        Leftover minor units go to the largest remainders, earlier parts first. Raises ValueError for weights that are
        negative or all zero.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be zero or more, with at least one above zero")
        shares = [divmod(self.minor * weight, total) for weight in weights]
        parts = [share for share, _ in shares]
        by_remainder = sorted(range(len(parts)), key=lambda i: -shares[i][1])
        for i in by_remainder[: self.minor - sum(parts)]:
            parts[i] += 1
        return [Money(part, self.currency) for part in parts]

    def as_decimal(self) -> Decimal:
        """Whole units, exact: what the database stores."""
        return Decimal(self.minor).scaleb(-self.currency.scale, EXACT)

    @staticmethod
    def from_decimal(amount: Decimal, currency: Currency = KES) -> Money:
        """The money that a database figure or a provider's number stands for.

        Raises TooPrecise when it has more decimals than the currency, NotAnAmount for NaN and infinities.
        """
        if not amount.is_finite():
            raise NotAnAmount
        minor = amount.scaleb(currency.scale, EXACT)
        if minor != minor.to_integral_value():
            raise TooPrecise
        return Money(int(minor), currency)

    @staticmethod
    def parse(typed: str, currency: Currency = KES) -> Money:
        """Read what a person typed: "500", "1,500", "Ksh 500", "500.50", "500/=".

        ASCII digits only: other scripts' digits are refused rather than guessed. Raises NotAnAmount, TooPrecise.
        """
        match = TYPED_AMOUNT.fullmatch(typed.strip())
        if match is None or len(typed) > MAX_TYPED:
            raise NotAnAmount
        whole, decimals = match["whole"].replace(",", ""), match["decimals"] or ""
        # "1.000" is refused too: whether one shilling or a thousand was meant can't be known.
        if len(decimals) > currency.scale:
            raise TooPrecise
        minor = int(whole + decimals.ljust(currency.scale, "0"))
        if minor >= LARGEST_WHOLE_UNITS * currency.units:
            raise NotAnAmount
        return Money(minor, currency)


MAX_TYPED = 40
TYPED_AMOUNT = re.compile(
    r"(?:(?:ksh|kes|sh)\.?\s*)?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<decimals>[0-9]+))?(?:\s*/[=-])?",
    re.IGNORECASE | re.ASCII,
)
