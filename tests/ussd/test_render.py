"""A screen on a feature phone never exceeds the network's budget, whatever is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.dialogue.screens import Asks, Choice, Screen
from core.dialogue.turn import Reply
from core.kernel.texts import LANGUAGES, catalogue, text
from ussd.render import SAFARICOM_SEPTETS, UssdRenderer, cut, fold, septets

RENDER = UssdRenderer(catalogue())
# Anything that Unicode has, and runs long enough to need several pages.
anything = st.text(min_size=1, max_size=300)


def reply(screen: Screen, language: str = "en", **more: object) -> Reply:
    return Reply(screen, language, 1, **more)  # type: ignore[arg-type]


@given(names=st.lists(anything, min_size=1, max_size=25), language=st.sampled_from(LANGUAGES), home=st.booleans())
def test_pages_of_any_menu_stay_within_the_budget(names: list[str], language: str, home: bool) -> None:
    screen = Screen(
        text("groups-menu", count=3), tuple(Choice(str(n), text("group-name", name=name)) for n, name in enumerate(names))
    )

    pages = RENDER(reply(screen, language, home=home))

    for page in pages:
        assert page.startswith("CON ")
        assert septets(page.removeprefix("CON ")) <= SAFARICOM_SEPTETS
        assert fold(page) == page


@given(names=st.lists(anything, max_size=25), language=st.sampled_from(LANGUAGES))
def test_a_closing_screen_is_one_page_within_the_budget(names: list[str], language: str) -> None:
    rows = tuple(text("group-name", name=name) for name in names)
    screen = Screen(text("group-members", name="Umoja", count=len(names)), rows=rows, asks=Asks.NOTHING, ends=True)

    pages = RENDER(reply(screen, language))

    assert len(pages) == 1
    assert pages[0].startswith("END ")
    assert septets(pages[0].removeprefix("END ")) <= SAFARICOM_SEPTETS


def test_every_option_of_a_long_menu_is_on_some_page() -> None:
    screen = Screen(
        text("contribute-which"), tuple(Choice(str(n), text("group-name", name=f"Group number {n}")) for n in range(1, 21))
    )

    whole = "\n".join(RENDER(reply(screen)))

    for n in range(1, 21):
        assert f"{n} Group number {n}" in whole


def test_a_middle_page_offers_more_and_the_last_one_home() -> None:
    screen = Screen(text("contribute-which"), tuple(Choice(str(n), text("group-name", name="x" * 30)) for n in range(9)))

    pages = RENDER(reply(screen))

    assert "98 More" in pages[0]
    assert "00 Home" not in pages[0]
    assert "00 Home" in pages[-1]
    assert "98 More" not in pages[-1]


def test_rows_that_do_not_fit_a_closing_screen_are_counted() -> None:
    rows = tuple(text("group-name", name=f"Member {n} of the group") for n in range(20))
    screen = Screen(text("group-members", name="Umoja", count=20), rows=rows, asks=Asks.NOTHING, ends=True)

    page = RENDER(reply(screen))[0]

    shown = page.count("of the group")
    assert 0 < shown < 20
    assert f"+{20 - shown} more" in page


def test_extension_characters_count_twice() -> None:
    assert septets("[]") == 4
    assert septets("abc") == 3


def test_fold_keeps_the_gsm_alphabet_and_replaces_the_rest() -> None:
    assert fold("Chloé") == "Chloé"
    assert fold("Łukasz “x” … ĩ") == '?ukasz "x" ... i'


@given(anything, st.integers(0, 200))
def test_cut_never_exceeds_the_budget(written: str, budget: int) -> None:
    assert septets(cut(fold(written), budget)) <= budget
