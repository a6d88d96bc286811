"""The arithmetic of a vote against a model that tries every way in which the rest could still vote."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.governance.calendar import closing_time
from core.governance.counting import ABSTAIN, NO, YES, YES_OR_NO, Question, decide, is_settled, quorum_of, tally
from core.kernel.clock import EAST_AFRICA

ELECTION = Question(("1", "2", "3", NO), plural=True)


def verdict_by_hand(question: Question, votes: list[str], quorum: int) -> tuple[bool, str | None]:
    """Passed, and who won, in the words of the rules."""
    if len(votes) < quorum:
        return False, None
    if not question.plural:
        return votes.count(YES) > votes.count(NO), None
    best = max(votes.count(choice) for choice in question.choices)
    leaders = [choice for choice in question.choices if votes.count(choice) == best]
    if len(leaders) > 1 or leaders == [NO]:
        return False, None
    return True, leaders[0]


@pytest.mark.parametrize("question", [YES_OR_NO, ELECTION])
@given(data=st.data())
def test_verdicts_and_early_ends_agree_with_every_way_to_go_on(question: Question, data: st.DataObject) -> None:
    choices = [*question.choices, ABSTAIN]
    votes = data.draw(st.lists(st.sampled_from(choices), max_size=8))
    rest = data.draw(st.integers(0, 3))
    quorum = data.draw(st.integers(1, len(votes) + rest or 1))
    counts = tally(question, votes)

    found = decide(question, counts, quorum=quorum)
    assert (found.passed, found.winner) == verdict_by_hand(question, votes, quorum)

    ways = [[one for one in more if one] for more in product(["", *choices], repeat=rest)]
    ends = {verdict_by_hand(question, [*votes, *more], quorum) for more in ways}
    settled = is_settled(question, counts, quorum=quorum, open_votes=rest)
    if question.plural:
        assert len(ends) == 1 or not settled
    else:
        assert settled == (len(ends) == 1)


@given(st.integers(1, 500), st.integers(1_000, 10_000))
def test_a_quorum_is_the_share_rounded_up(eligible: int, basis_points: int) -> None:
    found = quorum_of(eligible, basis_points)

    # The smallest number that reaches some share which is written like this one.
    least = Fraction(2 * basis_points - 1, 20_000) * eligible
    assert found >= max(least, 1)
    assert found - 1 < max(least, 1)


@pytest.mark.parametrize(
    ("eligible", "basis_points", "expected"),
    [(20, 5_000, 10), (21, 5_000, 11), (3, 6_667, 2), (20, 6_667, 14), (300, 6_667, 200), (5, 6_000, 3), (1, 1_000, 1)],
)
def test_quorums_that_people_know(eligible: int, basis_points: int, expected: int) -> None:
    assert quorum_of(eligible, basis_points) == expected


def test_abstaining_counts_for_the_quorum_only() -> None:
    counts = tally(YES_OR_NO, [YES] * 2 + [NO] + [ABSTAIN] * 7)

    assert decide(YES_OR_NO, counts, quorum=10).passed
    assert decide(YES_OR_NO, tally(YES_OR_NO, [ABSTAIN] * 10), quorum=10).why == "tie"


def test_a_vote_for_what_cannot_be_chosen_is_no_vote() -> None:
    with pytest.raises(ValueError, match="chosen"):
        tally(YES_OR_NO, ["maybe"])


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)), st.integers(1, 30))
def test_votes_close_on_the_first_evening_after_their_days(opened: datetime, days: int) -> None:
    closes = closing_time(opened, days).astimezone(EAST_AFRICA)

    assert (closes.hour, closes.minute, closes.second, closes.microsecond) == (20, 0, 0, 0)
    assert days * 86_400 <= (closes - opened).total_seconds() <= (days + 1) * 86_400
