from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity.names import GSM_LETTERS, LONGEST, BadName, clean_name, display_name
from core.kernel.texts import catalogue, text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Wanjiru Kamau", "Wanjiru Kamau"),
        ("  wanjiru   kamau ", "wanjiru kamau"),
        ("Ng'ang'a wa Thiong'o", "Ng'ang'a wa Thiong'o"),
        ("Ng’ang‘a", "Ng'ang'a"),
        ("Chloé Müller-Ñandú", "Chloé Müller-Ñandu"),
        ("Łukasz Žižka", "Lukasz Zizka"),
        ("Zoë Ōta", "Zoe Ota"),
        ("J.Mwangi", "J. Mwangi"),
        ("Al", "Al"),
        ("A" * 40, "A" * 40),
    ],
)
def test_name_when_a_screen_can_show_it_then_kept_folded(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("W", "short"),
        ("J.", "short"),
        ("--", "short"),
        ("A" * 41, "long"),
        ("A" * 200, "long"),
        ("x" * 10_000, "long"),
        ("12345", "letters"),
        ("Wanjiru2", "letters"),
        ("Wanjiru\x00", "letters"),
        ("Wan\njiru", "letters"),
        ("Wan\u202ejiru", "letters"),
        ("وانجيرو", "letters"),
        ("Ванжиру", "letters"),
        ("Wanjiru 😀", "letters"),
        ("<b>Wanjiru</b>", "letters"),
        ("'; DROP TABLE members --", "letters"),
        ("[x](tg://y)", "letters"),
        ("٣٤", "letters"),
    ],
)
def test_name_when_it_is_none_then_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(BadName) as refusal:
        clean_name(typed)
    assert refusal.value.reason == reason


def test_name_when_it_looks_like_an_address_then_is_no_link() -> None:
    assert clean_name("evil.com") == "evil. com"
    assert "." not in display_name("evil.com").rstrip(".").replace(". ", "")


@given(st.text(max_size=60))
def test_name_when_accepted_then_every_letter_is_in_the_gsm_alphabet_and_stays(typed: str) -> None:
    try:
        kept = clean_name(typed)
    except BadName as refusal:
        catalogue().say("en", text("error-bad-name", **refusal.details()))
        return
    assert 2 <= len(kept) <= LONGEST
    assert all(letter.isascii() or letter in GSM_LETTERS for letter in kept)
    assert clean_name(kept) == kept


@given(st.text(max_size=600))
def test_display_name_when_anything_is_given_then_fits_an_sms(given_name: str) -> None:
    shown = display_name(given_name)
    assert len(shown) <= LONGEST
    assert all(letter.isascii() or letter in GSM_LETTERS for letter in shown)
    assert not any(letter.isdigit() for letter in shown)
