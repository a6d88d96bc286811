"""Ids that ascend, so that what is made together lies together."""

from __future__ import annotations

import time

import pytest

from core.kernel.ids import TimeOrderedIds


def test_ids_when_many_are_made_in_a_millisecond_ascend_and_differ() -> None:
    ids = TimeOrderedIds()

    made = [ids.new() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}


def test_ids_when_the_clock_is_set_back_ascend_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ids, now = TimeOrderedIds(), time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    first = ids.new()
    monkeypatch.setattr(time, "time_ns", lambda: now - 10**12)

    assert ids.new() > first
    assert first.int >> 80 == now // 1_000_000
