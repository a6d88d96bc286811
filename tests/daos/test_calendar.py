"""Due days: nothing drifts, nothing is skipped, months end where they end."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daos.calendar import (
    Cadence,
    Schedule,
    at_hour,
    day_of,
    due_days,
    due_moment,
    next_due_day,
    occurrence,
)

days = st.dates(date(2020, 1, 1), date(2060, 12, 31))
weekdays = st.integers(1, 7)
DAY = timedelta(days=1)


@given(days, st.integers(0, 900), weekdays)
def test_weekly_days_are_exactly_that_weekday(since: date, length: int, weekday: int) -> None:
    until = since + length * DAY
    expected = [since + n * DAY for n in range(length + 1) if (since + n * DAY).isoweekday() == weekday]

    assert due_days(Schedule("weekly", weekday), since, until) == expected


@given(days, days, st.integers(0, 900))
def test_two_weekly_days_keep_to_their_anchor_from_either_side(anchor: date, since: date, length: int) -> None:
    until = since + length * DAY
    expected = [since + n * DAY for n in range(length + 1) if (since + n * DAY - anchor).days % 14 == 0]

    assert due_days(Schedule("biweekly", anchor.isoweekday(), anchor), since, until) == expected


@given(days, st.integers(0, 900), st.integers(1, 31))
def test_each_month_has_one_day_and_the_last_of_a_short_one_stands_in(since: date, length: int, day: int) -> None:
    until = since + length * DAY

    def is_due(one: date) -> bool:
        return one.day == min(day, calendar.monthrange(one.year, one.month)[1])

    assert due_days(Schedule("monthly", day), since, until) == [
        one for n in range(length + 1) if is_due(one := since + n * DAY)
    ]


schedules = st.one_of(
    st.builds(Schedule, st.just("weekly"), weekdays),
    days.map(lambda anchor: Schedule("biweekly", anchor.isoweekday(), anchor)),
    st.builds(Schedule, st.just("monthly"), st.integers(1, 31)),
    st.lists(days, min_size=1, max_size=5).map(lambda dates: Schedule("dates", dates=tuple(dates))),
)


@given(schedules, days, st.integers(0, 400), st.integers(0, 400))
def test_looking_in_two_parts_sees_what_one_look_sees(schedule: Schedule, since: date, first: int, second: int) -> None:
    """A job that runs late or twice a day opens the same periods."""
    middle, until = since + first * DAY, since + (first + 1 + second) * DAY

    assert due_days(schedule, since, middle) + due_days(schedule, middle + DAY, until) == due_days(schedule, since, until)


@given(schedules, days)
def test_the_next_day_is_the_first_there_is(schedule: Schedule, since: date) -> None:
    found = next_due_day(schedule, since)
    far = max(since + 100 * DAY, *(schedule.dates or (since,)))

    assert [found] == (due_days(schedule, since, far)[:1] or [None])


@given(days, st.sampled_from(["monthly", "quarterly", "yearly"]), st.integers(1, 3), st.integers(0, 60))
def test_a_series_of_months_never_drifts(start: date, cadence: Cadence, interval: int, number: int) -> None:
    found = occurrence(start, cadence, interval, number)
    step = {"monthly": 1, "quarterly": 3, "yearly": 12}[cadence] * interval

    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == step * number
    assert found.day == min(start.day, calendar.monthrange(found.year, found.month)[1])


@given(days, st.sampled_from(["daily", "weekly", "biweekly"]), st.integers(1, 4), st.integers(0, 200))
def test_a_series_of_days_is_evenly_spaced(start: date, cadence: Cadence, interval: int, number: int) -> None:
    step = {"daily": 1, "weekly": 7, "biweekly": 14}[cadence] * interval

    assert (occurrence(start, cadence, interval, number) - start).days == step * number


def test_the_end_of_january_comes_back_in_march_and_a_leap_day_every_four_years() -> None:
    ends = [occurrence(date(2027, 1, 31), "monthly", 1, n) for n in range(3)]
    leaps = [occurrence(date(2028, 2, 29), "yearly", 1, n) for n in range(5)]

    assert ends == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    assert leaps == [date(2028, 2, 29), date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29)]


def test_a_day_ends_at_midnight_in_nairobi() -> None:
    assert day_of(datetime(2026, 11, 4, 20, 59, 59, tzinfo=UTC)) == date(2026, 11, 4)
    assert day_of(datetime(2026, 11, 4, 21, 0, tzinfo=UTC)) == date(2026, 11, 5)
    assert due_moment(date(2026, 11, 4)) == datetime(2026, 11, 4, 20, 59, 59, tzinfo=UTC)
    assert at_hour(date(2026, 11, 4), 9) == datetime(2026, 11, 4, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": "weekly", "day": 0},
        {"frequency": "monthly", "day": 32},
        {"frequency": "dates"},
        {"frequency": "biweekly", "day": 1},
        {"frequency": "biweekly", "day": 1, "anchor": date(2026, 11, 3)},
    ],
)
def test_a_schedule_that_is_no_schedule_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        Schedule(**wrong)
