"""A screen on a feature phone never exceeds the network's budget, whatever is in it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from core.dialogue.answers import read_answer
from core.dialogue.screens import Asks, Choice, Screen, answers
from core.dialogue.turn import Input, Kind, Reply
from core.kernel.money import Money
from core.kernel.texts import LANGUAGES, catalogue, text
from core.sandbox.africastalking.screen import lay_out
from core.sandbox.networks import Network as Played
from ussd.networks import AIRTEL_SEPTETS, NETWORKS, SAFARICOM_SEPTETS, UCS2_UNITS, network_of
from ussd.render import UssdRenderer, cut, fits, fold, fold_but_letters, is_gsm, septets

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
        assert fits(page.removeprefix("CON "), SAFARICOM_SEPTETS)
        assert fold_but_letters(page) == page


@given(names=st.lists(anything, max_size=25), language=st.sampled_from(LANGUAGES))
def test_a_closing_screen_ends_with_its_last_page_and_each_is_within_the_budget(names: list[str], language: str) -> None:
    rows = tuple(text("group-name", name=name) for name in names)
    screen = Screen(text("group-members", name="Umoja", count=len(names)), rows=rows, asks=Asks.NOTHING, ends=True)

    *before, last = RENDER(reply(screen, language))
    (cut_off,) = RENDER(reply(replace(screen, sent=True), language))

    assert last.startswith("END ")
    assert all(page.startswith("CON ") and "98 " in page and "00 " in page for page in before)
    for page in (*before, last, cut_off):
        assert fits(page[4:], SAFARICOM_SEPTETS)
    assert cut_off.startswith("END ")


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


def test_every_row_of_a_closing_screen_is_on_some_page_and_the_whole_is_known_for_a_message() -> None:
    rows = tuple(text("group-name", name=f"Member {n} of the group") for n in range(20))
    screen = Screen(text("group-members", name="Umoja", count=20), rows=rows, asks=Asks.NOTHING, ends=True)

    pages = RENDER(reply(screen))
    lines = [line for page in pages for line in page[4:].split("\n")]

    assert [line for line in lines if line.startswith("Member")] == [f"Member {n} of the group" for n in range(20)]
    assert [line for line in lines if "98" in line] == ["98 More 00 Home"] * (len(pages) - 1)
    assert RENDER.closing(reply(screen)).split("\n")[1:] == [f"Member {n} of the group" for n in range(20)]


def test_rows_that_a_message_brings_too_are_cut_counted_and_said_to_come() -> None:
    rows = tuple(text("group-name", name=f"Member {n} of the group") for n in range(20))
    screen = Screen(text("group-members", name="Umoja", count=20), rows=rows, asks=Asks.NOTHING, ends=True, sent=True)

    (page,) = RENDER(reply(screen))

    shown = page.count("of the group")
    assert 0 < shown < 20
    assert page.endswith(f"+{20 - shown} more by SMS")


def test_a_refusal_stands_above_its_question_on_one_page_without_what_stood_below() -> None:
    question = text("deposit-amount", low=Money(1_00), high=Money(250_000_00))
    hint = text("deposit-or-paybill", paybill="4082451", account="482 9137")
    screen = Screen(question, rows=(hint,), asks=Asks.AMOUNT)

    (first,) = RENDER(reply(screen))
    (again,) = RENDER(reply(screen, note=text("error-not-an-amount")))

    assert "4082451" in first
    assert again.startswith("CON That is not an amount.")
    assert "What amount do you want to deposit?" in again


def test_extension_characters_count_twice() -> None:
    assert septets("[]") == 4
    assert septets("abc") == 3


def test_fold_keeps_the_gsm_alphabet_and_replaces_the_rest() -> None:
    assert fold("Chloé") == "Chloé"
    assert fold("Łukasz “x” … ĩ") == '?ukasz "x" ... i'


@given(anything, st.integers(0, 200))
def test_cut_never_exceeds_the_budget(written: str, budget: int) -> None:
    assert septets(cut(fold(written), budget)) <= budget


@given(st.lists(anything, min_size=1, max_size=12), st.integers(0, 1), st.sampled_from(LANGUAGES))
def test_on_every_network_the_pages_are_ours_and_never_the_networks(names: list[str], home: int, language: str) -> None:
    screen = Screen(
        text("groups-menu", count=3), tuple(Choice(str(n), text("group-name", name=name)) for n, name in enumerate(names))
    )

    for network in [*NETWORKS.values(), network_of("12345")]:
        for page in UssdRenderer(catalogue(), network.septets)(reply(screen, language, home=bool(home))):
            shown = lay_out(page.removeprefix("CON "), Played("safaricom", network.name, "", network.septets, 80))
            assert len(shown) == 1, "a screen that the network has to page loses 98 and 00 to it"


def test_networks_have_the_room_that_they_publish_and_an_unknown_one_the_least() -> None:
    codes = ("63902", "63903", "63907", "63999", "99999", "", "1")

    assert [network_of(code).septets for code in codes] == [SAFARICOM_SEPTETS, AIRTEL_SEPTETS, *[SAFARICOM_SEPTETS] * 5]
    assert (SAFARICOM_SEPTETS, AIRTEL_SEPTETS, UCS2_UNITS) == (160, 184, 80)


def test_more_is_on_a_screen_of_airtel_than_of_safaricom() -> None:
    rows = tuple(text("group-name", name=f"Member {n} of the group") for n in range(20))
    screen = Screen(text("group-members", name="Umoja", count=20), rows=rows, asks=Asks.NOTHING, ends=True)

    small, large = (UssdRenderer(catalogue(), budget)(reply(screen))[0] for budget in (SAFARICOM_SEPTETS, AIRTEL_SEPTETS))

    assert large.count("of the group") > small.count("of the group")


def test_a_name_in_another_script_is_shown_on_a_small_screen_and_gives_way_to_an_amount() -> None:
    name = "Umoja صندوق"
    (short,) = UssdRenderer(catalogue())(reply(Screen(text("group-name", name=name), asks=Asks.TEXT), home=True))
    rows = tuple(text("group-name", name=f"{name} {n}") for n in range(9))
    pages = UssdRenderer(catalogue())(
        reply(Screen(text("contribute-which"), tuple(Choice(str(n), one) for n, one in enumerate(rows))))
    )
    done = text(
        "contribute-done", reference="ABCD2345", amount=Money(500_00), group=name, balance=Money(100_00), total=Money(900_00)
    )
    (closing,) = UssdRenderer(catalogue())(reply(Screen(done, asks=Asks.NOTHING, ends=True)))

    assert name in short
    assert sum(page.count(name) for page in pages) == 9
    assert all(len(page.removeprefix("CON ")) <= UCS2_UNITS for page in pages if not is_gsm(page))
    assert is_gsm(closing)
    assert "KES 500" in closing
    assert "KES 900" in closing


def test_no_number_of_an_option_is_a_key_however_many_there_are() -> None:
    choices = tuple(Choice(f"c{n}", text("group-name", name=f"Group {n}")) for n in range(1, 121))
    typed = answers(choices)

    assert not {"0", "00", "98"} & typed.keys()
    assert len(typed) == 120
    pages = UssdRenderer(catalogue())(reply(Screen(text("contribute-which"), choices)))
    lines = [line for page in pages for line in page.removeprefix("CON ").split("\n")]
    for number, identifier in typed.items():
        assert f"{number} Group {identifier[1:]}" in lines
        assert read_answer(Asks.CHOICE, Input(Kind.TYPED, number), typed) == identifier
