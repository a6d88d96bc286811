from __future__ import annotations

import pytest

from core.identity.new_pins import COMMON, PIN_SHAPE, WeakPin, check_new_pin
from core.kernel.phone import Phone
from core.kernel.texts import catalogue, text

PHONE = Phone("+254712345678")


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("", "shape"),
        ("1234", "shape"),
        ("1234567", "shape"),
        ("12a456", "shape"),
        ("739205\n", "shape"),
        ("٧٣٩٢٠٥", "shape"),
        ("７３９２０５", "shape"),
        ("000000", "repeat"),
        ("777777", "repeat"),
        ("777877", "repeat"),
        ("121212", "repeat"),
        ("739739", "repeat"),
        ("111222", "repeat"),
        ("220077", "repeat"),
        ("773377", "repeat"),
        ("000044", "repeat"),
        ("477474", "repeat"),
        ("738837", "repeat"),
        ("123456", "sequence"),
        ("654321", "sequence"),
        ("890123", "sequence"),
        ("210987", "sequence"),
        ("112233", "sequence"),
        ("234560", "sequence"),
        ("012340", "sequence"),
        ("987651", "sequence"),
        ("734567", "sequence"),
        ("468024", "sequence"),
        ("036925", "sequence"),
        ("864208", "sequence"),
        ("998877", "sequence"),
        ("147258", "keypad"),
        ("963852", "keypad"),
        ("159753", "keypad"),
        ("258046", "keypad"),
        ("412580", "keypad"),
        ("120585", "date"),
        ("850512", "date"),
        ("051285", "date"),
        ("290296", "date"),
        ("198473", "date"),
        ("731984", "date"),
        ("202473", "date"),
        ("345678", "sequence"),
        ("254712", "phone"),
        ("712345", "sequence"),
        ("547123", "phone"),
        ("102030", "date"),
        ("142536", "common"),
        ("134679", "common"),
        ("124578", "common"),
        ("362436", "common"),
        ("315475", "common"),
        ("999000", "repeat"),
    ],
)
def test_pin_when_easily_guessed_then_refused_with_the_reason(pin: str, reason: str) -> None:
    with pytest.raises(WeakPin) as refusal:
        check_new_pin(pin, phone=PHONE)
    assert refusal.value.reason == reason
    told = {catalogue().say(language, text("error-weak-pin", **refusal.value.details())) for language in ("en", "sw")}
    assert len(told) == 2


@pytest.mark.parametrize("pin", ["739205", "482913", "609471", "935271", "880461"])
def test_pin_when_not_easily_guessed_then_taken(pin: str) -> None:
    check_new_pin(pin, phone=PHONE)


def test_blocklist_when_people_choose_by_habit_then_each_of_the_thousand_commonest_is_refused() -> None:
    listed = [pin for pin in COMMON if PIN_SHAPE.fullmatch(pin)]
    assert len(listed) == len(COMMON)
    assert len(listed) >= 1_000
    for pin in listed:
        with pytest.raises(WeakPin):
            check_new_pin(pin, phone=PHONE)


@pytest.mark.parametrize(
    ("pin", "own"),
    [
        ("739205", "phone:+254739205001"),
        ("482913", "telegram:77482913"),
        ("609471", "wanjiru.609471@example.org"),
        ("935271", "9352714"),
        ("880461", "Wanjiru 88-04-61"),
    ],
)
def test_pin_when_it_is_in_a_number_that_others_know_then_refused_with_the_reason(pin: str, own: str) -> None:
    with pytest.raises(WeakPin) as refusal:
        check_new_pin(pin, phone=PHONE, own=[own])
    assert refusal.value.reason == "own"


def test_blocklist_when_counted_then_leaves_most_of_the_million() -> None:
    """A list that refused everything would pass the tests above; this one refuses about an eighth."""
    refused = 0
    for number in range(0, 1_000_000, 7):
        try:
            check_new_pin(f"{number:06d}", phone=PHONE)
        except WeakPin:
            refused += 1
    assert 0.05 < refused / (1_000_000 / 7) < 0.2


def test_refusal_when_logged_then_carries_no_pin() -> None:
    with pytest.raises(WeakPin) as refusal:
        check_new_pin("123456", phone=PHONE)
    assert "123456" not in repr(refusal.value) + str(refusal.value)
