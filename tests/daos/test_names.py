from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daos.names import GSM_BASIC, BadGroupName, clean_group_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Umoja Group", "Umoja Group"),
        ("  Umoja \u00a0 Group ", "Umoja Group"),
        ("Umoja Group\n", "Umoja Group"),
        ("Chloe\u0301 & Co", "Chloé & Co"),
        ("Wanawake’s “Tumaini” – Łódź…", 'Wanawake\'s "Tumaini" - Lodz...'),
        ("Chama [2026]", "Chama (2026)"),
        ("Ｕｍｏｊａ", "Umoja"),
        ("12 Ndugu", "12 Ndugu"),
        ("Umoja \u00b8", "Umoja"),
        ("ab", "ab"),
        ("a" * 40, "a" * 40),
    ],
)
def test_name_when_phones_can_show_it_is_kept(typed: str, kept: str) -> None:
    assert clean_group_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("a", "short"),
        ("a" * 41, "long"),
        ("a" * 10_000, "long"),
        ("…" * 20 + "a", "long"),
        ("", "letters"),
        ("   ", "letters"),
        ("12345", "letters"),
        ("٣٤٥ umoja", "characters"),
        ("Umoja\x00Group", "characters"),
        ("Umoja\nGroup", "characters"),
        ("Umoja\u202eGroup", "characters"),
        ("Umoja\u200dGroup", "characters"),
        ("Umoja 🎉", "characters"),
        ("Умоджа", "characters"),
        ("Umoja ~ ^", "characters"),
        ("Umoja \ud800", "characters"),
    ],
)
def test_name_when_it_can_not_be_used_says_why(typed: str, reason: str) -> None:
    with pytest.raises(BadGroupName) as refused:
        clean_group_name(typed)

    assert refused.value.reason == reason


@given(st.text(max_size=60))
def test_name_when_anything_is_typed_is_refused_or_fit_for_every_phone(typed: str) -> None:
    try:
        name = clean_group_name(typed)
    except BadGroupName:
        return
    assert 2 <= len(name) <= 40
    assert GSM_BASIC.issuperset(name)
    assert name == " ".join(name.split()) == clean_group_name(name)
