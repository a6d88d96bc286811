"""The arithmetic of a vote, as whole numbers and nothing else.

Abstaining counts for the quorum only. A question passes when yes exceeds no; an election and a poll are won by the option with
more votes than any other. A tie fails. The quorum is counted over the list that was frozen when the vote was proposed, so
nobody lowers it by staying away, leaving or joining.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.kernel.money import BASIS_POINTS

YES, NO, ABSTAIN = "yes", "no", "abstain"
Why = Literal["passed", "no_quorum", "tie", "rejected"]


@dataclass(frozen=True)
class Question:
    """What can be chosen, without abstaining. `plural`: options compete; otherwise it is yes or no."""

    choices: tuple[str, ...]
    plural: bool


YES_OR_NO = Question((YES, NO), plural=False)


@dataclass(frozen=True)
class Verdict:
    """How a vote ends. `winner`: the option that won, where options compete."""

    why: Why
    winner: str | None = None

    @property
    def passed(self) -> bool:
        """Whether what was proposed is decided."""
        return self.why == "passed"


def quorum_of(eligible: int, basis_points: int) -> int:
    """How many of `eligible` have to vote: the share, rounded up, at least one.

    A share is kept in hundredths of a percent, so it stands for whatever rounds to it: 66.67 % of three is two.
    """
    share = -(-(2 * basis_points - 1) * eligible // (2 * BASIS_POINTS))
    return min(max(share, 1), eligible)


def tally(question: Question, votes: Iterable[str]) -> dict[str, int]:
    """How often each choice was made, each of them named. Raises ValueError for a choice that can't be made."""
    counted = Counter(votes)
    known = (*question.choices, ABSTAIN)
    if not set(counted) <= set(known):
        raise ValueError("a vote for what can't be chosen")
    return {choice: counted[choice] for choice in known}


def decide(question: Question, counts: Mapping[str, int], *, quorum: int) -> Verdict:
    """What these counts come to."""
    if sum(counts.values()) < quorum:
        return Verdict("no_quorum")
    if not question.plural:
        yes, no = counts[YES], counts[NO]
        return Verdict("passed" if yes > no else "tie" if yes == no else "rejected")
    first, second = _leading(question, counts)
    if counts[first] == second:
        return Verdict("tie")
    # None of the candidates: a result, but nobody has won.
    return Verdict("rejected") if first == NO else Verdict("passed", first)


def is_settled(question: Question, counts: Mapping[str, int], *, quorum: int, open_votes: int) -> bool:
    """Whether the verdict stays the same whatever `open_votes` more members choose, or if they don't vote at all."""
    if open_votes == 0:
        return True
    enough = sum(counts.values()) >= quorum
    if question.plural:
        first, second = _leading(question, counts)
        # Too few voters, or a majority for none of them: nobody wins either way.
        return (enough or first == NO) and counts[first] > second + open_votes
    yes, no = counts[YES], counts[NO]
    if yes > no:
        return enough and yes > no + open_votes
    # All the rest say yes and it still fails. Why it fails may still change, that it does may not.
    return yes + open_votes <= no


def _leading(question: Question, counts: Mapping[str, int]) -> tuple[str, int]:
    """The first of the leading options, and how many votes the best of the others has."""
    ranked: Sequence[str] = sorted(question.choices, key=lambda choice: -counts[choice])
    return ranked[0], counts[ranked[1]] if len(ranked) > 1 else 0
