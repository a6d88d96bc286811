"""The screen book shows every text in every way, each page within its network; languages agree on options and placeholders."""

from __future__ import annotations

import itertools
import re
from typing import get_args

import pytest
from fluent.syntax import ast

from core.dialogue.screens import Screen
from core.dialogue.turn import Reply
from core.kernel.db import Database
from core.kernel.secrets import Vault
from core.kernel.texts import LANGUAGES, text
from core.notifications.cards import ReceiptKind
from core.providers.redis_store import RedisStore
from tests import screen_confirms, screens
from tests.asked import Laid, count_asked
from tests.cards import cards
from tests.extremes import UNBOUNDED, messages
from tests.screen_book import Walked, play, refused, walk
from tests.screen_walk import Whole

OPTION = re.compile(r"^\s*(\d+)[ .)]", re.MULTILINE)


def test_every_text_is_in_the_book_in_each_way_and_every_page_fits_its_network() -> None:
    every = list(screens.shown())

    ways = set(itertools.product(messages("en"), LANGUAGES, screens.PROFILES, screens.VALUES))
    assert {(one.key, one.language, one.profile, one.values) for one in every} == ways
    assert [one for one in every if not one.is_whole] == []
    assert [one for one in every if len(one.pages) > 1 and one.key not in UNBOUNDED] == []


def test_the_book_is_one_page_that_needs_nothing_else() -> None:
    page = screens.page(Walked([], ["one.missed"], {}), dict(cards()))

    assert page.count("<h3>") == len(messages("en"))
    assert not re.search(r"https?://[^<\s]*\.(?:js|css)|<script|<link|src=\"(?!data:)", page)
    assert "Salio" in page
    assert "one.missed" in page


def test_every_kind_of_receipt_has_its_picture_in_each_language_and_length() -> None:
    pictures = dict(cards())

    assert len(pictures) == len(get_args(ReceiptKind)) * len(LANGUAGES) * 2
    assert all(content.startswith(b"\x89PNG") and len(content) < 20_000 for content in pictures.values())


async def test_every_screen_of_the_book_is_come_to_every_page_fits_its_network_and_little_is_asked_for_it(
    db: Database, redis_url: str, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Swahili, with the longest names, which need the most room; the others are walked by `make screens`."""
    store, asked, laid = RedisStore(redis_url), count_asked(monkeypatch), Laid(monkeypatch)
    walked = await walk(db, store, vault, "sw", ("ordinary", "longest"))
    hops = [count for counts in asked.values() for count in counts]
    refusals = await refused(walked)
    await store.aclose()

    assert [name for name in walked.missed if name not in NOBODY_COMES_TO] == [], "a new screen is walked to, or played to"
    assert [name for name in NOBODY_COMES_TO if name not in walked.missed] == [], "somebody does come there"
    assert screens.too_long(walked.screens) == []
    assert screen_confirms.unclear(walked.screens) == [], "the amount and the payee are on the first line"
    assert screen_confirms.needless(walked.screens) == set()
    assert screens.turned_over(refusals) == set(), "a refusal and the question are on one page"
    assert len(refusals) > FEWEST_REFUSED
    assert {one.values for one in walked.screens} == {"ordinary", "longest"}
    assert {name: max(counts) for name, counts in asked.items() if max(counts) > MOST_ASKED} == {}
    shares = {often: sum(count <= often for count in hops) / len(hops) for often in ASKED_AT_MOST}
    assert {often: share for often, share in shares.items() if share < ASKED_AT_MOST[often]} == {}
    assert laid.never_asked() == [], "a room asks for nothing"


async def test_the_plays_go_through_whatever_script_people_are_named_in(db: Database, redis_url: str, vault: Vault) -> None:
    """What only `make screens` plays otherwise: names that nobody could type where a name is asked for."""
    store = RedisStore(redis_url)
    played = await play(db, store, vault, "en", "another script", 0)
    await store.aclose()

    assert {one.values for one in played} == {"another script"}
    assert screens.too_long(played) == []
    assert screen_confirms.unclear(played) == []


# How many wrong answers the walks give at least.
FEWEST_REFUSED = 200
# Screens that no walk and no play can reach, each with the reason.
NOBODY_COMES_TO: dict[str, str] = {}


# How often a hop that only reads asks PostgreSQL at most, one question after another; what is noted afterwards counts too, which
# is a second one for every hop that leaves something unfinished. The number only goes down.
MOST_ASKED = 3
# Which part of all such hops asks no more often than this. The shares only go up.
ASKED_AT_MOST = {1: 0.864, 2: 0.995, 3: 1.0}


def test_a_screen_whose_page_is_too_long_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Whole("home", "en", "ordinary", (), Reply(Screen(text("home")), "en", 1))
    assert screens.too_long([whole]) == []

    monkeypatch.setattr(Whole, "pages", lambda *_: ["CON " + "e" * 183])

    assert len(screens.too_long([whole])) == 1, "it fits Airtel's handsets and no others"


def test_languages_agree_on_variants_and_on_the_order_of_options_within_a_text() -> None:
    english, *others = (messages(language) for language in LANGUAGES)
    for other in others:
        for key, message in english.items():
            assert short_forms(other[key]) == short_forms(message), key
            assert options(other[key]) == options(message), key


def short_forms(message: ast.Message) -> set[str]:
    """
    register.pin_again
    Attributes, such as the short form for small screens."""
    return {attribute.id.name for attribute in message.attributes}


def options(message: ast.Message) -> list[str]:
    """Numbers that are written out as options in the text itself, in their order."""
    said = "".join(one.value for one in getattr(message.value, "elements", []) if isinstance(one, ast.TextElement))
    return OPTION.findall(said)
