"""The questions of a constitution as members propose answers to them: in which unit, and how an answer is read and written."""

from __future__ import annotations

from dataclasses import Field, fields
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from core.daos.rules import ALLOCATION, PERCENTAGES, BadRule, Rules
from core.kernel.money import BASIS_POINTS, KES, Money
from core.kernel.texts import Text, text

Unit = Literal["money", "percent", "days", "hours", "months", "number", "switch", "word", "order"]
QUESTIONS: dict[str, Field[Any]] = {question.name: question for question in fields(Rules)}
MOST_DIGITS = 7
# How they are found on a phone: a heading and its questions, few on each screen.
CHAPTERS: dict[str, tuple[str, ...]] = {
    "belonging": ("most_members", "join_by", "joining_fee", "exit_notice_days", "missed_until_suspended"),
    "contributions": ("contribution", "frequency", "due_day", "grace_days", "partial_payments", "allocation"),
    "fines": ("fine", "fine_percent", "fine_every", "fine_cap", "absence_fine", "lateness_fine"),
    "rotation": ("rotation_order", "rotation_shortfall", "rotation_wait_days", "rotation_netting", "rotation_payout"),
    "welfare": ("welfare", "welfare_waiting_days", "welfare_most", "share_price", "most_shares"),
    "loans": (
        "loan_multiple",
        "loan_interest",
        "loan_method",
        "loan_months",
        "loan_guarantors",
        "loan_waiting_days",
        "loan_reserve",
    ),
    "spending": ("vote_above", "petty_cash", "daily_limit", "weekly_limit", "reserve"),
    "approving": ("approvals", "padlock", "pay_delay_hours", "objectors", "officials_two_factor", "signer_wait_hours"),
    "votes": (
        "voting_days",
        "quorum",
        "quorum_special",
        "execution_hours",
        "secret_elections",
        "voter_days",
        "voter_missed",
        "meeting_frequency",
        "seconders",
    ),
    "benefits": (
        "welfare_bereavement",
        "welfare_hospital",
        "welfare_birth",
        "welfare_wedding",
        "welfare_yearly",
        "welfare_floor",
    ),
}


def unit_of(rule: str) -> Unit:
    """In what an answer to this question is given. Raises KeyError for a question that doesn't exist."""
    match QUESTIONS[rule].default:
        case bool():
            return "switch"
        case Money():
            return "money"
        case str():
            return "word"
        case tuple():
            return "order"
    if rule in PERCENTAGES:
        return "percent"
    endings: tuple[Unit, ...] = ("days", "hours", "months")
    return next((ending for ending in endings if rule.endswith(f"_{ending}")), "number")


def bounds_of(rule: str) -> tuple[int, int]:
    """The least and the most, both included: shillings, basis points or whole numbers."""
    about = QUESTIONS[rule].metadata
    return about["low"], about["high"]


def words_of(rule: str) -> tuple[str, ...]:
    """The words that a question with words allows."""
    return tuple(dict.fromkeys(QUESTIONS[rule].metadata["allowed"]))


def read_typed(rule: str, typed: str) -> Any:
    """What was typed, as it is stored. Raises BadRule, NotAnAmount, TooPrecise."""
    match unit_of(rule):
        case "money":
            return Money.parse(typed).minor
        case "percent":
            return _hundredths(rule, typed)
        case "order":
            return _order(rule, typed)
        case _:
            return _whole(rule, typed.strip())


def written(rule: str, stored: Any) -> Text:
    """An answer as people read it."""
    match unit_of(rule):
        case "money":
            return text("rule-answer-money", amount=Money(stored, KES))
        case "percent":
            return text("rule-answer-percent", percent=f"{Decimal(stored) / 100:f}")
        case "switch":
            return text("rule-answer-yes") if stored else text("rule-answer-no")
        case "word":
            return Text(f"rule-word-{stored.replace('_', '-')}")
        case "order":
            return text("rule-answer-order", foremost=Text(f"rule-word-{stored[0].replace('_', '-')}"))
        case unit:
            return Text(f"rule-answer-{unit}", {"count": stored})


def label(rule: str) -> Text:
    """What the question is about."""
    return Text(f"rule-label-{rule.replace('_', '-')}")


def _whole(rule: str, digits: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise _bad(rule)
    return int(digits)


def _hundredths(rule: str, typed: str) -> int:
    try:
        share = Decimal(typed.strip().removesuffix("%").strip()) * 100
    except InvalidOperation:
        raise _bad(rule) from None
    if not share.is_finite() or share != share.to_integral_value() or not 0 <= share <= BASIS_POINTS:
        raise _bad(rule)
    return int(share)


def _order(rule: str, typed: str) -> list[str]:
    """Digits that say which of the default's places comes first, second and so on."""
    default: tuple[str, ...] = ALLOCATION
    digits = typed.replace(" ", "")
    if sorted(digits) != [str(place) for place in range(1, len(default) + 1)]:
        raise _bad(rule)
    return [default[int(digit) - 1] for digit in digits]


def _bad(rule: str) -> BadRule:
    about = QUESTIONS[rule].metadata
    return BadRule(rule, about.get("low", 0), about.get("high", 0))
