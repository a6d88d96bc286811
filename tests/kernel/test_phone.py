"""One number, one spelling."""

from __future__ import annotations

import pytest

from core.kernel.phone import NotAPhone, masked, parse_phone


@pytest.mark.parametrize(
    "written",
    ["+254712000001", " 254712000001", "254712000001", "0712000001", "00254712000001", "+254 712 000 001", "0712-000-001"],
)
def test_every_spelling_is_the_same_number(written: str) -> None:
    assert parse_phone(written) == "+254712000001"


def test_the_newer_range_is_known() -> None:
    assert parse_phone("0112345678") == "+254112345678"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "712000001",
        "+255712000001",
        "+25471200000",
        "+2547120000011",
        "+88812345678",
        "٠٧١٢٠٠٠٠٠١",
        "+254712000001\n",
        "+254812000001",
        "0712000001 ",
        "0" * 500,
        "+254712\x00000001",
        "tel:+254712000001",
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(NotAPhone):
        parse_phone(written)


def test_others_see_only_the_ends() -> None:
    assert masked("+254712000678") == "+2547XX***678"
