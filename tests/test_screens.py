"""The screen book shows every text in every way, each page within its network; languages agree on options and placeholders."""

from __future__ import annotations

import itertools
import re

from fluent.syntax import ast

from core.kernel.texts import LANGUAGES
from tests import screens
from tests.extremes import UNBOUNDED, messages

OPTION = re.compile(r"^\s*(\d+)[ .)]", re.MULTILINE)


def test_every_text_is_in_the_book_in_each_way_and_every_page_fits_its_network() -> None:
    every = list(screens.shown())

    ways = set(itertools.product(messages("en"), LANGUAGES, screens.PROFILES, screens.VALUES))
    assert {(one.key, one.language, one.profile, one.values) for one in every} == ways
    assert [one for one in every if not one.is_whole] == []
    assert [one for one in every if len(one.pages) > 1 and one.key not in UNBOUNDED] == []


def test_the_book_is_one_page_that_needs_nothing_else() -> None:
    page = screens.page()

    assert page.count("<h3>") == len(messages("en"))
    assert not re.search(r"https?://[^<\s]*\.(?:js|css)|<script|<link|<img", page)
    assert "Salio" in page


def test_languages_agree_on_variants_and_on_the_order_of_options_within_a_text() -> None:
    english, *others = (messages(language) for language in LANGUAGES)
    for other in others:
        for key, message in english.items():
            assert short_forms(other[key]) == short_forms(message), key
            assert options(other[key]) == options(message), key


def short_forms(message: ast.Message) -> set[str]:
    """Attributes, such as the short form for small screens."""
    return {attribute.id.name for attribute in message.attributes}


def options(message: ast.Message) -> list[str]:
    """Numbers that are written out as options in the text itself, in their order."""
    said = "".join(one.value for one in getattr(message.value, "elements", []) if isinstance(one, ast.TextElement))
    return OPTION.findall(said)
