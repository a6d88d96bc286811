from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daos.codes import new_code, read_code
from core.kernel.check_digit import with_check_digit


def test_check_digit_when_compared_with_the_published_example_agrees() -> None:
    assert with_check_digit("572") == "5724"


@given(st.integers(10_000, 99_999), st.integers(0, 5), st.integers(1, 9))
def test_code_when_one_digit_is_wrong_is_noticed(number: int, place: int, shift: int) -> None:
    code = with_check_digit(str(number))
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]

    assert read_code(code) == code
    assert read_code(wrong) is None


@given(st.integers(10_000, 99_999), st.integers(0, 4))
def test_code_when_neighbours_are_swapped_is_noticed(number: int, place: int) -> None:
    code = with_check_digit(str(number))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert swapped == code or read_code(swapped) is None


def test_new_code_when_made_often_is_always_readable_and_rarely_the_same() -> None:
    codes = [new_code() for _ in range(300)]

    assert all(read_code(code) == code for code in codes)
    assert len(set(codes)) > 280


@pytest.mark.parametrize("typed", ["123 459", " 123459 ", "12-34-59"])
def test_read_code_when_written_with_spaces_forgives_them(typed: str) -> None:
    assert read_code(typed) == with_check_digit("12345")


@pytest.mark.parametrize("typed", ["", "12345", "1234590", "012345", "abcdef", "١٢٣٤٥٩", "1" * 10_000, "123459\n", "1²3459"])
def test_read_code_when_it_can_not_be_one_says_so(typed: str) -> None:
    assert read_code(typed) is None
