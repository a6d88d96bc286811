"""Every question of the constitution can be put to a vote, from one place, in words that both languages have."""

from __future__ import annotations

from collections import Counter

import pytest

from core.governance.questions import CHAPTERS, QUESTIONS, label, unit_of
from core.kernel.texts import catalogue


def test_every_question_of_the_rules_is_found_in_one_chapter() -> None:
    found = Counter(question for chapter in CHAPTERS.values() for question in chapter)

    assert found == Counter(list(QUESTIONS))


@pytest.mark.parametrize("language", ["en", "sw"])
@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_every_question_is_named(language: str, question: str) -> None:
    assert catalogue().say(language, label(question))
    assert unit_of(question)
