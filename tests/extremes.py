"""Every text of the conversation with the longest values that each argument can have, and with ordinary ones.

The proof that every text fits one screen (tests/test_texts.py) and the screen book (`make screens`) are made of the same.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from fluent.syntax import FluentParser, ast

from core.daos.rules import PERCENTAGES, Rules, bounds
from core.kernel.money import Money
from core.kernel.texts import Text, catalogue, text

TEXTS = Path(__file__).parents[1] / "core" / "texts"
# The longest that each argument can be: names and groups are limited to 40 characters, amounts to what a group can hold.
LONGEST_NAME = "Wanjiru Wa Kamau Njoroge Muthoni Nyambur"
LARGEST = Money(99_999_999_99)
MOMENT = datetime(2026, 12, 31, 20, 59, tzinfo=UTC)
WORST: dict[str, object] = {
    "amount": LARGEST,
    "available": LARGEST,
    "needed": LARGEST,
    "balance": LARGEST,
    "total": LARGEST,
    "mine": LARGEST,
    "after": LARGEST,
    "credited": Money(250_000_00),
    "fee": Money(6_249_98),
    "charge": Money(108_00),
    "paid": LARGEST,
    "possible": LARGEST,
    "phone": "+2547XX***678",
    "payee": "W" * 30,
    "receipts": "SG722NMVXQ, SH722NMVXQ",
    "limit": Money(15_000_000_00),
    "left": LARGEST,
    "month": LARGEST,
    "low": Money(1_00),
    "high": Money(250_000_00),
    "at": MOMENT,
    "until": MOMENT,
    "count": 500,
    "numbers": "1-97, 99-500",
    "members": 500,
    "tries": 4,
    "code": "123456",
    "email": "w***@" + "d" * 20,
    "shown": "w***@" + "d" * 20,
    "has": 1,
    "linked": 1,
    "version": "2026-11",
    "key": "98",
    "reference": "ABCD2345",
    "receipt": "SG722NMVXQ",
    "account": "482 9137",
    "paybill": "4082451",
    "whose": "W***",
    "role": text("role-treasurer"),
    "wait_minutes": 1440,
    "approval": Text("approval", {"action": "contribute", "amount": LARGEST, "payee": LONGEST_NAME}),
    "number": 9999,
    "provider": "Telegram",
    "wait_seconds": 3600,
    # The group's statement
    "movement": "contribution",
    "income": LARGEST,
    "expenses": LARGEST,
    "closing": LARGEST,
    "owed": LARGEST,
    "last": "31/12/2026",
    "app": "lost",
    "asked": "number-app",
    # Notices
    "topic": "group",
    "way": "any",
    # Free text
    "task": text("home-contribute"),
    # Muhuri
    "seal": "7K3-9QF",
    "initials": "W. K. N.",
    "kind": "contribution",
    # Loans
    "whom": "W. NYAMBURANYAMBURAN",
    "payoff": LARGEST,
    "arrears": LARGEST,
    "instalment": LARGEST,
    "missing": LARGEST,
    "first": LARGEST,
    "interest": LARGEST,
    "held": LARGEST,
    "out": LARGEST,
    "late": LARGEST,
    "day": "31/12/26",
    "rate": "12.75%",
    "months": 36,
    "agreed": 3,
    "quota": 5,
    "vouched": 5,
    "direction": "out",
    "moved": LARGEST,
    "over": 1,
    "sessions": 10,
    "keys": 10,
    "most": 500,
    "days": 7,
    "times": 10,
    # Proof of funds.
    "booked": LARGEST,
    "difference": LARGEST,
    # The treasury: an SMS cuts names and reasons to these lengths (core/treasury/telling.py).
    "in_group": "W" * 20,
    "payee_short": "W" * 18,
    "why_short": "w" * 24,
    "by_short": "W" * 18,
    "approvers": "W" * 24,
    "draw_line": "w" * 115,
    "petty_used": Money(50_000_00),
    "reserve": Money(10_000_000_00),
    "officials": 3,
    "padlocks": 2,
    "needed_officials": 5,
    "needed_padlocks": 2,
    "vote_needed": "needed",
    "request_numbers": "1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008",
    "fund_free": "99,999,999.99",
    "fund_aside": "99,999,999.99",
    "fund_kept": "10,000,000",
    "fund_today": "10,000,000",
    "fund_week": "50,000,000",
    "petty_gone": "50,000",
    "petty_most": "50,000",
    "hours_left": 168,
    "report_words": "w" * 40,
    "lock_until": "12/26",
    "fund_before": "99,999,999.99",
    "fund_takes": "99,999,999.99",
    "fund_leaves": "99,999,999.99",
    "standing": "limeidhinishwa",
    "expense": "Matumizi",
    # The rules of a group (core/daos/articles.py): every answer at its largest, and the sentences made of them.
    **{name: f"{high:f}" for name, high in (("fine_percent", 50), ("quorum", 100), ("quorum_special", 66.67))},
    **dict.fromkeys(("loan_interest", "loan_reserve"), "20"),
    **{
        question.name: Money(bounds(question)[1] * 100) if isinstance(question.default, Money) else bounds(question)[1]
        for question in dataclasses.fields(Rules)
        if type(question.default) in (int, Money) and question.name not in PERCENTAGES
    },
    **{f"pot{place}": "mfuko wa jamii" for place in range(1, 6)},
    "subject": "Contributions and fines",
    "observer": 1,
    "label": "W" * 20,
    "reason": "W" * 60,
    "place": "W" * 40,
    "words": "W" * 60,
    "urgent": 1,
    "dial": "*384*7777#",
    "door": "*384*7777*4*8",
    "dialled": "*384*7777*4*482913*6*4#",
    "link": "https://t.me/" + "b" * 32 + "?start=join_" + "t" * 22,
    # Dues and recurring payments: kinds have at most 20 characters, one contribution at most KES 500,000.
    "dues": "W" * 20,
    "due_sum": Money(499_999_99),
    "part": Money(499_999_99),
    "owes": Money(9_999_999_99),
    "credit": Money(9_999_999_99),
    "fine_amount": Money(10_000_00),
    "late_at": "31/12 23:59",
    "rules": 99,
    "percent": "2.5",
    "every": "week",
    "rule": Text("fine-rule-fixed", {"every": "week", "fine_amount": Money(10_000_00)}),
    "because": "W" * 40,
    "when": Text("every-on", {"dates": "31/12, 30/12, 29/12, 28/12"}),
    "dates": "31/12, 30/12, 29/12, 28/12, 27/12, 26/12",
    "purpose": Text("purpose-rotation"),
    "weekday": Text("weekday-3"),
    "mode": "minimum",
    "state": "late",
    "category": "credit",
    "cadence": Text("cadence-quarterly"),
    "first_day": "31/12",
    "many": 500,
    "method": Text("method-mpesa"),
    "done": 500,
    "item": Text("charge-fine", {"dues": "W" * 20, "day": "31/12"}),
}
# The merry-go-round, shares and welfare.
SAVING_TOGETHER: dict[str, object] = {
    "who": "W. MUTHONI-NYAMBURAX/J. KAMAU-NJOROGE-WAX",
    "other": "W. MUTHONI-NYAMBURAX/J. KAMAU-NJOROGE-WAX",
    "person": "W. MUTHONI-NYAMBURAX",
    "turn": 60,
    "turns": 60,
    "other_turn": 60,
    "hand": 60,
    "hands": 60,
    "hand_list": " ".join(str(number) for number in range(1, 21)),
    "mine_hands": "59 60",
    "order": " ".join(str(number) for number in range(1, 21)),
    "begins": "31/12/26",
    "other_day": "31/12/26",
    "owner": text("merry-half-with", who="W. MUTHONI-NYAMBURAX"),
    "how": text("merry-how-draw"),
    "commitment": "0" * 64,
    "seed": "0" * 32,
    "round": "482913-99",
    "label": "60b",
    "received": LARGEST,
    "expected": LARGEST,
    "fewest": 2,
    "price": Money(50_000_00),
    "shares": 9999,
    "owned": 9999,
    "needed_approvals": 5,
    "what": "loan interest",
    "debts": LARGEST,
    "welfare": LARGEST,
    "loans": LARGEST,
    "regular": Money(50_000_00),
    "floor": Money(500_000_00),
    "year": Money(1_000_000_00),
    "days_waiting": 365,
    "benefit": text("welfare-bereavement"),
    "reason": "W" * 60,
    "state": text("welfare-is-lapsed"),
    "names": "W. MUTHONI-NYAMBURAX, J. KAMAU-NJOROGE-WAX",
    "vote": 9999,
    "cause": "other",
}
# Votes: what is proposed is cut to fit, a count is at most all the members of a group.
VOTES: dict[str, object] = {
    "what": "W" * 72,
    "about": "W" * 72,
    "item": "9999. " + "W" * 72 + " (you have not voted)",
    "for_what": "W" * 30,
    "chama": "W" * 19,
    "receiver": "W" * 18,
    "of_whom": "W" * 18,
    "option": "W" * 24,
    "winner": "W" * 24,
    "rule": "Spending needs a vote above 123456",
    "old": "KES 10,000,000",
    "new": "KES 10,000,000",
    "percent": "66.67",
    "foremost": text("rule-word-loan-interest"),
    "answer": "W" * 24,
    "outcome": text("vote-no-quorum"),
    "sum": text(
        "vote-sum",
        voted=500,
        eligible=500,
        yes=100,
        no=100,
        abstain=300,
        reached=text("vote-quorum-missed", quorum=334),
    ),
    "reached": text("vote-quorum-missed", quorum=334),
    "voted": 500,
    "eligible": 500,
    "quorum": 334,
    "yes": 500,
    "no": 500,
    "abstain": 500,
    "best": 500,
    "still": 50,
    "of": 20,
    "holder": "W" * 24,
    "nominee": "W" * 24,
    "mover": "W" * 24,
    "seconder": "W" * 24,
    "round": 999,
    "late": 9999,
    "months": 6,
    "before": LARGEST,
    "benefit": text("welfare-bereavement"),
    "order": "60 " * 11 + "60 ...",
    "cause": "hands-changed",
    "first": 51,
    "last": 60,
    "begins": "31/12/26",
}
# Where a subject means something else by a name than the others do, by the file of its texts.
OF_SUBJECT: dict[str, dict[str, object]] = {
    "people": {"kind": text("kind-investment"), "way": "resigned"},
    "dues": {"day": "31/12"},
    "rules": {"because": "W" * 60, "day": "siku ya mwisho"},
    **dict.fromkeys(("merry", "shares", "welfare"), SAVING_TOGETHER),
    "votes": VOTES,
    "ending": {
        "because": "vote 9999",
        "owed": LARGEST,
        "back": LARGEST,
        "credit": LARGEST,
        "part": LARGEST,
        "more": "",
    },
}
# These go out as SMS in as many parts as they need, or are read on a large screen only.
UNBOUNDED = {
    "sms-data",
    "sms-devices",
    "sms-board",
    "sms-group-members",
    "sms-leave-today",
    "rule-numbered",
    "rules-was",
    "rules-is",
    "rules-confirm",
    "rules-changed",
    "document-rules",
    "document-rules-from",
    "document-rules-next",
    "document-rules-end",
    "invite-link",
    "error-may-not-leave",
    "minutes-present",
    "minutes-late",
    "minutes-apologies",
    "minutes-absent",
    # The merry-go-round
    "sms-merry-collection",
    "sms-merry-draw",
    "sms-merry-hands",
    "sms-merry-order",
    "sms-merry-plan",
    "sms-merry-plan-others",
    "try-turns-part",
    "sms-group-shared",
    "sms-group-shared-equally",
    # Shares
    "sms-share-out",
}


@cache
def entries(language: str) -> list[ast.Message]:
    bodies = [FluentParser().parse(file.read_text(encoding="utf-8")).body for file in sorted((TEXTS / language).glob("*.ftl"))]
    junk = [entry.content for body in bodies for entry in body if isinstance(entry, ast.Junk)]
    assert not junk
    return [entry for body in bodies for entry in body if isinstance(entry, ast.Message)]


@cache
def subjects() -> dict[str, str]:
    """The file that each text is in, by the text's name."""
    found = {}
    for file in (TEXTS / "en").glob("*.ftl"):
        body = FluentParser().parse(file.read_text(encoding="utf-8")).body
        found |= {entry.id.name: file.stem for entry in body if isinstance(entry, ast.Message)}
    return found


@cache
def messages(language: str) -> dict[str, ast.Message]:
    return {entry.id.name: entry for entry in entries(language)}


def variables(node: object) -> set[str]:
    if isinstance(node, ast.VariableReference):
        return {node.id.name}
    if isinstance(node, ast.BaseNode):
        return set().union(*(variables(value) for value in vars(node).values()), set())
    if isinstance(node, list):
        return set().union(*(variables(value) for value in node), set())
    return set()


def worst(names: set[str], language: str, subject: str) -> dict[str, object]:
    why = catalogue().say(language, Text("pin-why-contribute", {"amount": LARGEST, "group_name": LONGEST_NAME}))
    known = {**WORST, "why": why, **OF_SUBJECT.get(subject, {})}
    return {name: known.get(name, LONGEST_NAME) for name in names}


# What people of a village group read on most days, where it isn't derived from the worst.
ORDINARY: dict[str, object] = {
    "group": "Umoja",
    "group_name": "Umoja",
    "chama": "Umoja",
    "name": "Wanjiru Kamau",
    "names": "W. KAMAU, J. OTIENO",
    "who": "W. KAMAU",
    "whom": "W. KAMAU",
    "person": "W. KAMAU",
    "numbers": "1-4",
    "reason": "Funeral of her mother",
    "why": "Show your balance",
}


def ordinary(names: set[str], language: str, subject: str) -> dict[str, object]:
    """A usual value for each argument: a small amount or number where the worst is large, a short word where it is long."""
    return {name: ORDINARY.get(name, _usual(value)) for name, value in worst(names, language, subject).items()}


def _usual(value: object) -> object:
    match value:
        case Money():
            return min(value, Money(500_00))
        case bool():
            return value
        case int():
            return min(value, 3)
        case str() if set(value) == {"W"} or value == LONGEST_NAME:
            return "Umoja"
        case _:
            return value
