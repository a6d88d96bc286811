"""The constitution as people read and answer it: numbered articles, one sentence each, made from the very rules that run.

A number is never given to another article, so that a charge can say "rule 7" for ever. Each question of the rules belongs to
exactly one article, and an article is asked, changed and voted on as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Literal

from core.daos.rules import LAST_WEEKDAY, PERCENTAGES, BadRule, Rules, bounds
from core.kernel.money import Money
from core.kernel.texts import Text, text

Subject = Literal["belonging", "contributions", "pots", "loans", "money", "votes"]
SUBJECTS: tuple[Subject, ...] = ("belonging", "contributions", "pots", "loans", "money", "votes")
LAST_DAY_OF_MONTH = 31
NONE = frozenset({"n", "no", "none", "h", "hakuna"})
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?", re.ASCII)


@dataclass(frozen=True)
class Article:
    """One article: its number, the name of its sentence, under which subject it stands, and the questions that it answers."""

    number: int
    name: str
    subject: Subject
    questions: tuple[str, ...]


ARTICLES: tuple[Article, ...] = (
    Article(1, "members", "belonging", ("most_members", "join_by")),
    Article(2, "joining", "belonging", ("joining_fee",)),
    Article(3, "leaving", "belonging", ("exit_notice_days",)),
    Article(4, "suspension", "belonging", ("missed_until_suspended",)),
    Article(5, "contribution", "contributions", ("contribution", "frequency", "due_day")),
    Article(6, "grace", "contributions", ("grace_days",)),
    Article(7, "fine", "contributions", ("fine", "fine_percent", "fine_every", "fine_cap")),
    Article(8, "partial", "contributions", ("partial_payments",)),
    Article(9, "allocation", "contributions", ("allocation",)),
    Article(10, "rotation", "pots", ("rotation_order",)),
    Article(11, "shortfall", "pots", ("rotation_shortfall", "rotation_wait_days")),
    Article(12, "welfare", "pots", ("welfare", "welfare_waiting_days", "welfare_most")),
    Article(13, "shares", "pots", ("share_price", "most_shares")),
    Article(14, "loans", "loans", ("loan_multiple", "loan_waiting_days")),
    Article(15, "interest", "loans", ("loan_interest", "loan_method", "loan_months")),
    Article(16, "guarantors", "loans", ("loan_guarantors",)),
    Article(17, "lending", "loans", ("loan_reserve",)),
    Article(18, "approvals", "money", ("approvals", "padlock")),
    Article(19, "spending", "money", ("vote_above",)),
    Article(20, "petty", "money", ("petty_cash",)),
    Article(21, "limits", "money", ("daily_limit", "weekly_limit", "reserve")),
    Article(22, "objection", "money", ("pay_delay_hours", "objectors")),
    Article(23, "codes", "money", ("officials_two_factor",)),
    Article(24, "voting", "votes", ("voting_days", "quorum", "quorum_special")),
    Article(25, "execution", "votes", ("execution_hours",)),
    Article(26, "elections", "votes", ("secret_elections",)),
    Article(27, "voters", "votes", ("voter_days", "voter_missed")),
    Article(28, "meetings", "votes", ("meeting_frequency",)),
    Article(29, "netting", "pots", ("rotation_netting",)),
    Article(30, "benefits", "pots", ("welfare_bereavement", "welfare_hospital", "welfare_birth", "welfare_wedding")),
    Article(31, "kitty", "pots", ("welfare_yearly", "welfare_floor")),
    Article(32, "seconding", "votes", ("seconders",)),
    Article(33, "signers", "money", ("signer_wait_hours",)),
    Article(34, "attendance", "votes", ("absence_fine", "lateness_fine")),
    Article(35, "payout", "pots", ("rotation_payout",)),
)
_BY_NUMBER = {article.number: article for article in ARTICLES}
_QUESTIONS = {question.name: question for question in fields(Rules)}


def article(number: int) -> Article:
    """The article of this number. Raises KeyError."""
    return _BY_NUMBER[number]


def about(subject: Subject) -> tuple[Article, ...]:
    """The articles under this subject, in their order."""
    return tuple(one for one in ARTICLES if one.subject == subject)


def sentence(one: Article, rules: Rules) -> Text:
    """What the article says under these rules, with its number in front."""
    return text("rule-numbered", number=one.number, sentence=Text(f"rule-{one.name}", _said(one, rules)))


def costs(rules: Rules) -> tuple[Text, Text]:
    """What belonging costs, short enough for two small screens: to join, to contribute and to be late; then the rest."""
    paying = {name: said for number in (2, 5, 7) for name, said in _said(article(number), rules).items()}
    rest = {name: said for number in (3, 12, 13, 14, 15) for name, said in _said(article(number), rules).items()}
    return Text("join-costs-paying", paying), Text("join-costs-rest", rest)


def question_text(question: str) -> Text:
    """What is asked; where a number is to be typed, with its bounds."""
    low, high = bounds(_QUESTIONS[question])
    return Text(f"ask-{question}", {"low": low, "high": high} if high else {})


def options(question: str) -> tuple[str, ...]:
    """The words or yes and no to choose from; none where something is to be typed."""
    found = _QUESTIONS[question]
    return ("yes", "no") if isinstance(found.default, bool) else tuple(found.metadata.get("allowed", ()))


def option_text(option: str) -> Text:
    """An option as people read it."""
    return Text(f"answer-{option}")


def may_be_none(question: str) -> bool:
    """Whether zero, "none", is an answer that is typed. On a feature phone 0 goes back, so a letter says it as well."""
    found = _QUESTIONS[question]
    is_number = isinstance(found.default, int | Money) and not isinstance(found.default, bool)
    return is_number and found.metadata["low"] == 0


def read_answer(question: str, given: str) -> Any:
    """What was typed or chosen, as a rule is stored (cents, basis points, lists). Raises BadRule, also when out of bounds."""
    typed = given.strip().replace(",", "")
    stored = 0 if may_be_none(question) and typed.casefold() in NONE else _stored(question, typed)
    # Alone, without its neighbours: whether they fit together is seen when the whole article is answered.
    if isinstance(stored, int) and not isinstance(stored, bool):
        low, high = (_QUESTIONS[question].metadata[bound] for bound in ("low", "high"))
        scale = 100 if isinstance(_QUESTIONS[question].default, Money) else 1
        if not low * scale <= stored <= high * scale:
            raise BadRule(question, *bounds(_QUESTIONS[question]))
    return stored


def changes(before: Rules, after: Rules) -> list[Article]:
    """The articles that say something else now."""
    old, new = before.answers(), after.answers()
    return [one for one in ARTICLES if any(old[question] != new[question] for question in one.questions)]


def _stored(question: str, given: str) -> Any:
    allowed = options(question)
    if allowed:
        if given not in allowed:
            raise BadRule(question, 0, 0)
        return given == "yes" if isinstance(_QUESTIONS[question].default, bool) else given
    if isinstance(_QUESTIONS[question].default, tuple):
        return _order(question, given)
    scaled = question in PERCENTAGES or isinstance(_QUESTIONS[question].default, Money)
    number = Decimal(given) * (100 if scaled else 1) if NUMBER.fullmatch(given) else None
    if number is None or number != int(number):
        raise BadRule(question, *bounds(_QUESTIONS[question]))
    return int(number)


def _order(question: str, given: str) -> list[str]:
    """An order typed as the places of the standard one: "41235" puts the fourth in front."""
    standard = tuple(getattr(Rules(), question))
    places = [str(place) for place in range(1, len(standard) + 1)]
    if sorted(given) != places:
        raise BadRule(question, 1, len(standard))
    return [standard[int(place) - 1] for place in given]


def _said(one: Article, rules: Rules) -> dict[str, Any]:
    """The arguments of an article's sentence: each answer by its name, `has_...` whether an amount is above zero."""
    said: dict[str, Any] = {}
    for name in one.questions:
        answer = getattr(rules, name)
        if isinstance(answer, tuple):
            said |= {f"pot{place}": Text(f"pot-{pot}") for place, pot in enumerate(rules.order, 1)}
            continue
        said[name] = _shown(name, answer)
        if isinstance(answer, Money):
            said[f"has_{name}"] = int(bool(answer))
    if "due_day" in said:
        said["day"] = _day(rules)
    if "fine_percent" in said:
        said["by"] = "percent" if rules.fine_percent else "amount" if rules.fine else "none"
        said["capped"] = "yes" if _is_capped(rules) else "no"
    return said


def _is_capped(rules: Rules) -> bool:
    """Whether the cap on fines changes anything: none of zero, nor one that a single fine of an amount can't reach."""
    single = rules.fine_every == "once" and not rules.fine_percent
    return bool(rules.fine_cap) and not (single and rules.fine <= rules.fine_cap)


def _shown(name: str, answer: Any) -> Any:
    if isinstance(answer, bool):
        return int(answer)
    return f"{Decimal(answer) / 100:f}" if name in PERCENTAGES else answer


def _day(rules: Rules) -> Text:
    """The day on which a contribution is due."""
    if rules.frequency != "monthly":
        return Text(f"weekday-{min(rules.due_day, LAST_WEEKDAY)}")
    return text("last-of-month") if rules.due_day == LAST_DAY_OF_MONTH else text("day-of-month", days=rules.due_day)
