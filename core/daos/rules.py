"""A group's constitution as the rules that run: about forty answers, each with its bounds, and defaults for each kind of group.

They are read and asked as numbered articles (core/daos/articles.py). Whoever needs a rule asks
`core.daos.constitutions.rules_of` and reads a field; nobody keeps a copy. Answers are stored as JSON (amounts in cents); what
is out of bounds never becomes a rule. The numbers that groups usually choose, and where they come from, stand in
docs/groups.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from core.kernel.errors import CoreError, Kind
from core.kernel.money import KES, Money

GroupKind = Literal["chama", "harambee", "merry_go_round", "savings", "investment", "community", "practice"]
GROUP_KINDS: tuple[GroupKind, ...] = ("chama", "harambee", "merry_go_round", "savings", "investment", "community")
# Asked and read as percentages, kept as basis points.
PERCENTAGES = frozenset({"fine_percent", "loan_interest", "loan_reserve", "quorum", "quorum_special"})
LAST_WEEKDAY = 7
LOAN = ("loan_interest", "loan_principal")
ALLOCATION = ("fines", "loan_interest", "loan_principal", "contribution", "welfare")


@dataclass
class BadRule(CoreError):
    """This answer can't be a rule: `rule` names the question; whole numbers must be from `low` to `high`."""

    code = "bad-rule"
    kind = Kind.INVALID

    rule: str
    low: int
    high: int


def whole(default: int, low: int, high: int) -> Any:
    """A whole number within bounds, both included."""
    return field(default=default, metadata={"low": low, "high": high})


def amount(shillings: int, low: int = 0, high: int = 1_000_000) -> Any:
    """An amount of shillings within bounds, both included."""
    return field(default=Money(shillings * 100, KES), metadata={"low": low, "high": high})


def one_of(default: str, *allowed: str) -> Any:
    """One of these words."""
    return field(default=default, metadata={"allowed": (default, *allowed)})


@dataclass(frozen=True)
class Rules:
    """Every rule of a group. Percentages are basis points (250 = 2.5 %); zero hours, days or shillings mean "none"."""

    # Belonging
    most_members: int = whole(100, 3, 500)
    join_by: str = one_of("invitation", "code")
    joining_fee: Money = amount(0, 0, 100_000)
    exit_notice_days: int = whole(30, 0, 90)
    missed_until_suspended: int = whole(3, 1, 12)

    # Contributions and fines
    contribution: Money = amount(500, 10, 500_000)
    frequency: str = one_of("monthly", "weekly", "biweekly")
    due_day: int = whole(5, 1, 31)  # of the month (31: its last day), or of the week (1 Monday .. 7 Sunday)
    grace_days: int = whole(2, 0, 14)
    partial_payments: bool = True
    fine: Money = amount(50, 0, 10_000)
    fine_percent: int = whole(0, 0, 5_000)  # of what is missing; counts instead of `fine` when above zero
    fine_every: str = one_of("once", "day", "week")
    fine_cap: Money = amount(500, 0, 100_000)
    absence_fine: Money = amount(0, 0, 10_000)  # absent from a meeting, without an apology
    lateness_fine: Money = amount(0, 0, 10_000)  # late to a meeting
    allocation: tuple[str, ...] = ALLOCATION

    # Merry-go-round
    rotation_order: str = one_of("draw", "agreed", "vote")
    rotation_shortfall: str = one_of("pay_what_came", "wait", "reserve")
    rotation_wait_days: int = whole(3, 0, 14)
    rotation_netting: bool = False  # what a member is late with at earlier turns is taken from her own payout
    rotation_payout: str = one_of("phone", "account")  # a turn goes on to her M-PESA, or stays in her account

    # Welfare and shares
    welfare: Money = amount(100, 0, 50_000)
    welfare_waiting_days: int = whole(90, 0, 365)
    welfare_most: Money = amount(10_000, 0, 500_000)  # for one claim
    welfare_yearly: Money = amount(20_000, 0, 1_000_000)  # for one member in twelve months
    welfare_bereavement: Money = amount(10_000, 0, 500_000)
    welfare_hospital: Money = amount(5_000, 0, 500_000)
    welfare_birth: Money = amount(2_000, 0, 500_000)
    welfare_wedding: Money = amount(2_000, 0, 500_000)
    welfare_floor: Money = amount(2_000, 0, 500_000)  # below it all are asked to fill the kitty again
    share_price: Money = amount(100, 10, 50_000)
    most_shares: int = whole(5, 1, 50)  # a member may buy at one meeting

    # Loans
    loan_multiple: int = whole(3, 0, 5)  # times her savings; 0: no loans
    loan_interest: int = whole(100, 0, 2_000)  # a month
    loan_method: str = one_of("reducing", "flat")
    loan_months: int = whole(12, 1, 36)
    loan_guarantors: int = whole(2, 0, 5)
    loan_waiting_days: int = whole(90, 0, 365)  # of membership
    loan_reserve: int = whole(1_000, 0, 5_000)  # of the loan pot that is never lent

    # Treasury
    approvals: int = whole(2, 1, 5)  # of the officials
    padlock: bool = True  # one ordinary member, drawn each quarter, approves as well
    vote_above: Money = amount(20_000, 0, 10_000_000)  # a spend above this needs the members' vote
    petty_cash: Money = amount(1_000, 0, 50_000)  # the treasurer's own, a week
    daily_limit: Money = amount(50_000, 100, 10_000_000)
    weekly_limit: Money = amount(150_000, 100, 50_000_000)
    reserve: Money = amount(0, 0, 10_000_000)
    pay_delay_hours: int = whole(24, 0, 168)  # from the last approval to the payment: the objection window
    objectors: int = whole(3, 1, 50)  # so many members stop a payment
    officials_two_factor: bool = False
    signer_wait_hours: int = whole(72, 0, 168)  # from taking an office to the first approval of a payment

    # Votes and meetings
    seconders: int = whole(1, 0, 5)  # behind a rule, a removal or the group's end, and what no official proposes; 0: none
    voting_days: int = whole(3, 1, 30)
    quorum: int = whole(5_000, 1_000, 10_000)  # of those who may vote
    quorum_special: int = whole(6_667, 5_000, 10_000)  # rules, removal, dissolution, big spends
    execution_hours: int = whole(24, 0, 168)  # from passing to taking effect
    secret_elections: bool = True
    voter_days: int = whole(0, 0, 365)  # of membership before she may vote
    voter_missed: int = whole(2, 0, 12)  # contributions she may have missed and still vote
    meeting_frequency: str = one_of("monthly", "weekly", "biweekly", "never")

    @property
    def order(self) -> tuple[str, ...]:
        """The order in which a payment is used: as the group chose it, but a loan's interest never after its principal.

        A loan's own arithmetic takes interest first (core/daos/loans/schedule.py); the group chooses the loan's place.
        """
        interest, principal = (self.allocation.index(name) for name in LOAN)
        if interest < principal:
            return self.allocation
        rest = [name for name in self.allocation if name != "loan_interest"]
        place = rest.index("loan_principal")
        return (*rest[:place], *LOAN, *rest[place + 1 :])

    def changed(self, answers: Mapping[str, Any]) -> Rules:
        """These rules with other answers, as they are stored. Raises BadRule; KeyError for a question that doesn't exist.

        Whoever changes to weeks alone has no day of the month any more: one beyond the seventh becomes Sunday.
        """
        known = {question.name: question for question in fields(self)}
        changed = replace(self, **{name: _read(known[name], stored) for name, stored in answers.items()})
        if "frequency" in answers and "due_day" not in answers and changed.frequency != "monthly":
            changed = replace(changed, due_day=min(changed.due_day, LAST_WEEKDAY))
        changed.fit_together()
        return changed

    def fit_together(self) -> None:
        """That no answer contradicts another. Raises BadRule."""
        if self.frequency != "monthly" and self.due_day > LAST_WEEKDAY:
            raise BadRule("due_day", 1, LAST_WEEKDAY)
        if self.quorum_special < self.quorum:
            raise BadRule("quorum_special", self.quorum // 100, 100)
        if self.weekly_limit < self.daily_limit:
            raise BadRule("weekly_limit", self.daily_limit.minor // 100, 50_000_000)

    def answers(self) -> dict[str, Any]:
        """Every answer as it is stored: amounts in cents, orders as lists."""
        return {question.name: _written(getattr(self, question.name)) for question in fields(self)}


def _read(question: Any, stored: Any) -> Any:
    """An answer from its stored form, within its bounds."""
    match question.default:
        case bool():
            return _checked(question, stored, ok=isinstance(stored, bool))
        case int():
            low, high = question.metadata["low"], question.metadata["high"]
            return _checked(question, stored, ok=type(stored) is int and low <= stored <= high)
        case Money():
            low, high = question.metadata["low"] * 100, question.metadata["high"] * 100
            return Money(_checked(question, stored, ok=type(stored) is int and low <= stored <= high), KES)
        case str():
            return _checked(question, stored, ok=stored in question.metadata["allowed"])
        case _:
            listed = isinstance(stored, list | tuple) and all(isinstance(one, str) for one in stored)
            return tuple(_checked(question, stored, ok=listed and sorted(stored) == sorted(question.default)))


def _checked(question: Any, stored: Any, *, ok: bool) -> Any:
    if not ok:
        raise BadRule(question.name, *bounds(question))
    return stored


def bounds(question: Any) -> tuple[int, int]:
    """The lowest and the highest answer as people write them: whole shillings, percent, days; zeros where there are none."""
    low, high = question.metadata.get("low", 0), question.metadata.get("high", 0)
    return (low // 100, high // 100) if question.name in PERCENTAGES else (low, high)


def _written(answer: Any) -> Any:
    match answer:
        case Money():
            return answer.minor
        case tuple():
            return list(answer)
        case _:
            return answer


_STANDARD = Rules()
# What differs from the standard, by kind (docs/groups.md). The practice group lets everybody in and waits for nothing.
DEFAULTS: dict[str, Rules] = {
    "chama": _STANDARD,
    "harambee": replace(
        _STANDARD,
        join_by="code",
        frequency="weekly",
        fine=Money(0),
        loan_multiple=0,
        welfare=Money(0),
        voting_days=1,
        quorum=5_100,
    ),
    "merry_go_round": replace(_STANDARD, frequency="weekly", due_day=7, loan_multiple=0, quorum=5_100),
    "savings": replace(_STANDARD, most_members=30, frequency="weekly", due_day=7, meeting_frequency="weekly"),
    "investment": replace(
        _STANDARD, contribution=Money(2_000_00), approvals=3, quorum=6_000, voting_days=7, exit_notice_days=90
    ),
    "community": replace(_STANDARD, join_by="code", most_members=500, contribution=Money(100_00), quorum=6_000, voting_days=7),
    "practice": replace(
        _STANDARD,
        join_by="code",
        most_members=500,
        loan_waiting_days=0,
        welfare_waiting_days=0,
        pay_delay_hours=0,
        execution_hours=0,
        signer_wait_hours=0,
    ),
}
