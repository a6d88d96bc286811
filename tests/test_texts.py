"""Every sentence exists in every language, with the same arguments, in the GSM alphabet, and fits one screen at its worst."""

from __future__ import annotations

import re

import pytest
from fluent.syntax import ast

from core.app import check_book
from core.kernel.texts import LANGUAGES, Text, catalogue
from tests.extremes import TEXTS, UNBOUNDED, entries, messages, subjects, variables, worst
from ussd.networks import SAFARICOM_SEPTETS
from ussd.render import fold, septets


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

    said = catalogue().say(language, Text(key, worst(variables(message), language, subjects()[key])), short=True)

    assert fold(said) == said, "every character is in the GSM alphabet"
    if key not in UNBOUNDED:
        assert septets(said) <= SAFARICOM_SEPTETS, said


# What is shown to somebody who has just dialled, and has nothing else to come back to.
HAS_JUST_DIALLED = {
    "register-declined",
    "done-and-shown",
    "session-too-long",
    "out-of-step",
    "ussd-bad-request",
    "too-many-dials",
}
DIALLING = {"en": re.compile(r"\bdial\b", re.IGNORECASE), "sw": re.compile(r"\b(?:piga|tupigie)\b", re.IGNORECASE)}
CODES = {"dial", "dialled", "door", "phone"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_told_to_dial_is_told_what(language: str) -> None:
    says = {key: message for key, message in messages(language).items() if DIALLING[language].search(written(message))}

    assert len(says) > len(HAS_JUST_DIALLED)
    assert {key for key, message in says.items() if not variables(message) & CODES} == HAS_JUST_DIALLED | CALLS.get(
        language, set()
    )


# Where people are to be called, in the language that has one word for both.
CALLS = {"sw": {"sms-merry-kept"}}


def written(node: object) -> str:
    """All words of a text, whatever is chosen among them."""
    if isinstance(node, ast.TextElement):
        return node.value
    if isinstance(node, ast.BaseNode):
        return " ".join(written(value) for value in vars(node).values())
    return " ".join(written(one) for one in node) if isinstance(node, list) else ""
