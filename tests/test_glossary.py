"""One word for one thing: what the Swahili screens call things, as Kenyans say it, and how they say it of a group."""

from __future__ import annotations

import re

import pytest

from tests.extremes import TEXTS

# What isn't said, and what is said instead. Whole words.
ONE_WORD = {
    r"\bnamba\b": "nambari",
    r"(?i:kiongozi|viongozi)": "afisa, maafisa: the same people everywhere",
    r"(?i:wadhifa|nyadhifa)": "cheo",
    r"(?i:gumzo|chati) h?(?:uliy|ili|ii)\w*": "chat; chati is the picture of savings",
    r"simu au chati": "simu au chat",
    r"kwenye mazungumzo|mazungumzo ya faragha": "chat",
    r"(?i:nambari(?: mpya| zake)? (?:za|ya) akiba)": "nambari za dharura: akiba is savings",
    r"programu y\w+ ya uthibitisho": "app ya uthibitisho: a programu is something that signs in",
    r"nambari ya siri": "nambari ya mara moja: this is what people call a PIN",
    r"(?i:ndiyo,|kama ndiyo)": "ndio",
    r"\bBadilisha\b|\bbadilisha(?= (?:PIN|hilo|barua|kikomo|wasaidizi))": "badili; badilisha is to exchange",
    r"fungu la mikopo": "mfuko wa mikopo",
    r"Merry-go-round": "merry, as the doors are called",
    r"^and-more = na wengine": "not only people are counted",
    r"(?i:ahirisha|umeahirishwa)": "futa: called off isn't put off",
}
# A group is a kikundi, whatever its name: it "kina", "hakina", "kimefungwa".
OF_A_GROUP = re.compile(
    r"\{ \$(?:group|in_group|name|chama) \}:? (?:bado )?(?:ina|haina|imek\w+|imefungwa|imel\w+|imetoa|ikigawana|inadai\w*)\b"
)


@pytest.mark.parametrize("word", ONE_WORD)
def test_swahili_has_one_word_for_one_thing(word: str) -> None:
    assert [line for line in _lines("sw") if re.search(word, line)] == [], ONE_WORD[word]


def test_a_group_is_a_kikundi_in_every_sentence() -> None:
    assert [line for line in _lines("sw") if OF_A_GROUP.search(line)] == []


@pytest.mark.parametrize("language", ["en", "sw"])
def test_mpesa_is_written_as_its_owner_writes_it(language: str) -> None:
    assert [line for line in _lines(language) if "M-Pesa" in line] == []


def test_withdrawing_and_contributing_do_not_begin_with_the_same_word() -> None:
    """Both stand in the list of the chat's commands; "toa" alone would be either."""
    commands = [line for line in _lines("sw") if line.startswith("bot-command-")]
    assert [line for line in commands if "= Toa " in line] == ["bot-command-withdraw = Toa pesa kwenda M-PESA"]


def _lines(language: str) -> list[str]:
    """What is said, without comments, and whose name it has."""
    files = sorted((TEXTS / language).glob("*.ftl"))
    return [
        line
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#") and not line.startswith("kind-merry_go_round")
    ]
