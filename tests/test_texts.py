"""Every sentence exists in every language, with the same arguments, in the GSM alphabet, and fits one screen at its worst."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast

from core.app import check_book
from core.kernel.money import Money
from core.kernel.texts import LANGUAGES, Text, catalogue, text
from ussd.render import SAFARICOM_SEPTETS, fold, septets

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
    "day": "31/12",
    "rate": "12.75%",
    "months": 36,
    "agreed": 3,
    "quota": 5,
    "vouched": 5,
    "direction": "out",
    "sessions": 10,
    "keys": 10,
    "most": 500,
    "days": 7,
    "times": 10,
    # Proof of funds.
    "booked": LARGEST,
    "difference": LARGEST,
}
# These go out as SMS in as many parts as they need, or are read on a large screen only.
UNBOUNDED = {
    "sms-data",
    "sms-devices",
    "sms-group-members",
}


@cache
def entries(language: str) -> list[ast.Message]:
    bodies = [FluentParser().parse(file.read_text(encoding="utf-8")).body for file in sorted((TEXTS / language).glob("*.ftl"))]
    junk = [entry.content for body in bodies for entry in body if isinstance(entry, ast.Junk)]
    assert not junk
    return [entry for body in bodies for entry in body if isinstance(entry, ast.Message)]


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


def worst(names: set[str], language: str) -> dict[str, object]:
    why = catalogue().say(language, Text("pin-why-contribute", {"amount": LARGEST, "group_name": LONGEST_NAME}))
    return {name: why if name == "why" else WORST.get(name, LONGEST_NAME) for name in names}


def test_the_book_is_complete_in_every_language() -> None:
    check_book(catalogue())


def test_languages_have_the_same_subjects() -> None:
    english, *others = ({file.name for file in (TEXTS / language).glob("*.ftl")} for language in LANGUAGES)

    assert all(other == english for other in others)


def test_languages_have_the_same_texts_with_the_same_arguments() -> None:
    english, *others = (messages(language) for language in LANGUAGES)
    for other in others:
        assert other.keys() == english.keys()
        for key, message in english.items():
            assert variables(other[key].value) == variables(message.value), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_defined_twice(language: str) -> None:
    names = [entry.id.name for entry in entries(language)]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(messages("en")))
def test_a_text_fits_one_screen_at_its_worst(key: str, language: str) -> None:
    message = messages(language)[key]
    assert message.value is not None, key

    said = catalogue().say(language, Text(key, worst(variables(message), language)), short=True)

    assert fold(said) == said, "every character is in the GSM alphabet"
    if key not in UNBOUNDED:
        assert septets(said) <= SAFARICOM_SEPTETS, said
