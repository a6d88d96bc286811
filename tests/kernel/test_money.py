"""Money is exact: nothing is lost in sums, splits, percentages, typing or the database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.money import CURRENCIES, CUSD, KES, Money, NotAnAmount, TooPrecise

amounts = st.integers(-(10**20), 10**20)
currencies = st.sampled_from(list(CURRENCIES.values()))


@given(amounts, amounts, currencies)
def test_sums_are_exact_and_undone(left: int, right: int, currency: object) -> None:
    a, b = Money(left, currency), Money(right, currency)  # type: ignore[arg-type]

    assert (a + b - b) == a
    assert (-a) + a == a - a


@given(st.integers(0, 10**20), st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
def test_a_split_adds_up_and_is_fair(minor: int, weights: list[int]) -> None:
    parts = Money(minor).split(weights)

    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - minor * weight / sum(weights)) <= 1 + minor * 1e-15


@given(amounts, currencies)
def test_the_bridge_to_the_database_is_exact(minor: int, currency: object) -> None:
    money = Money(minor, currency)  # type: ignore[arg-type]

    assert Money.from_decimal(money.as_decimal(), money.currency) == money


def test_thirty_eight_digits_survive() -> None:
    largest = Money(int("9" * 38), CUSD)

    assert str(largest.as_decimal()) == "9" * 20 + "." + "9" * 18
    assert Money.from_decimal(Decimal("9" * 20 + "." + "9" * 18), CUSD) == largest


@pytest.mark.parametrize(
    ("minor", "basis_points", "share"),
    [
        (500_00, 250, 12_50),
        (1_00, 250, 2),
        (3_00, 250, 8),
        (20, 250, 0),
        (60, 250, 2),
        (1_80, 250, 4),
        (250_000_00, 250, 6_250_00),
    ],
)
def test_a_percentage_rounds_half_to_even_on_the_cent(minor: int, basis_points: int, share: int) -> None:
    assert Money(minor).percent(basis_points) == Money(share)


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("500", 500_00),
        ("1,500", 1500_00),
        ("500.5", 500_50),
        ("500.50", 500_50),
        ("Ksh 500", 500_00),
        ("KES1,000,000", 10**8),
        (" 7 ", 7_00),
        ("500/=", 500_00),
        ("500/-", 500_00),
        ("0.05", 5),
    ],
)
def test_what_people_type_is_read(typed: str, minor: int) -> None:
    assert Money.parse(typed) == Money(minor)


@pytest.mark.parametrize(
    "typed", ["", "abc", "-5", "+5", "1e9", "٥٠٠", "5 00", "1,50", "1.2.3", "NaN", "inf", "5\n\n5", "५", "9" * 50, "0x10"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(typed)


def test_more_decimals_than_the_currency_has_are_refused() -> None:
    for typed in ("12.345", "1.000"):
        with pytest.raises(TooPrecise):
            Money.parse(typed)
    with pytest.raises(TooPrecise):
        Money.from_decimal(Decimal("0.001"))


@pytest.mark.parametrize("odd", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_nan_and_infinity_are_refused(odd: Decimal) -> None:
    with pytest.raises(NotAnAmount):
        Money.from_decimal(odd)


def test_currencies_never_mix() -> None:
    with pytest.raises(TypeError):
        Money(1, KES) + Money(1, CUSD)


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        Money(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(1) * 1.5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("minor", "figures"), [(0, "0"), (487_50, "487.50"), (1_234_567_00, "1,234,567"), (-5, "-0.05"), (100, "1")]
)
def test_figures_show_decimals_only_when_there_are_any(minor: int, figures: str) -> None:
    assert Money(minor).figures() == figures
