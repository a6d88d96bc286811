"""Views: what is shown, within Telegram's limits, and back from JSON."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest

from bot.render import LONGEST_TEXT, Button, TelegramRenderer, View, paired
from core.dialogue.screens import Asks, Choice, Screen
from core.dialogue.turn import Reply
from core.kernel.ids import TimeOrderedIds
from core.kernel.texts import LANGUAGES, catalogue, text

RENDER = TelegramRenderer(catalogue())
LIVE = UUID(int=7)


def view(screen: Screen, *, turn: int = 3, home: bool = False, back: bool = True, note: str = "") -> View:
    reply = Reply(screen, "en", turn, text(note, count=2) if note else None, home, back)
    (page,) = RENDER(reply)
    return View.load(page)


def named(name: str) -> Screen:
    return Screen(text("group-name", name=name))


def labels(found: View) -> list[list[str]]:
    return [[button.label for button in row] for row in found.buttons]


def test_view_survives_being_remembered() -> None:
    found = view(
        Screen(text("balance-own", balance=5), choices=(Choice("yes", text("confirm")),), live=LIVE), note="menu-expired"
    )

    assert View.load(found.dump()) == found
    assert found.live == LIVE
    assert found.about == "menu-expired"


def test_names_are_escaped_in_text_and_note() -> None:
    found = view(named('<b>&"')).noted("<i>")

    assert found.html(below="<") == '<i>&lt;i&gt;</i>\n\n&lt;b&gt;&amp;"\n\n&lt;'


def test_choices_carry_turn_and_id_within_64_bytes() -> None:
    identifier = str(TimeOrderedIds().new())
    found = view(Screen(text("home"), choices=(Choice(identifier, text("home-groups")),)), turn=300)

    assert found.buttons[0][0].data == f"300:{identifier}"
    with pytest.raises(ValueError, match="64 bytes"):
        Button("x", "ü" * 33)


def test_short_labels_stand_in_pairs_and_long_ones_alone() -> None:
    rows = paired([Button(label, "1:x") for label in ("one", "a label that is rather long", "two", "three", "four")])

    assert [[button.label for button in row] for row in rows] == [
        ["one"],
        ["a label that is rather long"],
        ["two", "three"],
        ["four"],
    ]


def test_ways_out_depend_on_the_screen() -> None:
    ask = Screen(text("deposit-amount", low=1, high=2), asks=Asks.AMOUNT)
    assert labels(view(ask)) == [["Back", "Home"]]
    assert labels(view(ask, back=False)) == [["Home"]]
    assert labels(view(Screen(text("home"), choices=(Choice("x", text("confirm")),)), home=True)) == [["Confirm"]]
    assert labels(view(Screen(text("balance-own", balance=1), asks=Asks.NOTHING, ends=True), home=True)) == [["Home"]]
    assert labels(view(Screen(text("pin-ask", why="x"), asks=Asks.PIN), home=True)) == [["Back", "Cancel"]]


def test_contact_is_asked_with_a_key_and_no_buttons() -> None:
    found = view(Screen(text("link-contact"), asks=Asks.CONTACT))
    markup = found.markup()

    assert found.buttons == ()
    assert markup is not None
    assert markup.to_dict()["keyboard"] == [[{"text": "Share my number", "request_contact": True}]]


def test_rows_when_too_many_for_a_message_are_counted() -> None:
    rows = tuple(text("group-name", name="n" * 40) for _ in range(300))
    found = view(Screen(text("statement-title"), rows=rows, asks=Asks.NOTHING, ends=True))
    shown = found.body.splitlines()

    assert len(found.html()) <= LONGEST_TEXT
    assert shown[-1] == f"+{300 - (len(shown) - 2)} more"


def test_sentences_about_numbers_and_dialling_are_worded_for_a_chat() -> None:
    assert view(named("x"), note="choose-one").note == "Please tap one of the buttons."
    assert "dial" not in RENDER.texts.say("en", text("bot-register-declined")).lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_channel_exists(language: str) -> None:
    sources = (Path(__file__).parents[2] / "bot").glob("*.py")
    keys = {key for source in sources for key in re.findall(r'"(bot-[a-z-]+[a-z])"', source.read_text())}

    assert len(keys) > 15
    assert [key for key in sorted(keys) if not catalogue().has(language, key)] == []
