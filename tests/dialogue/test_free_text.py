"""What people write of their own accord is understood for what it says, or not at all."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app import check_book
from core.dialogue.book import BrokenBook
from core.dialogue.free_text import Unclear, Understood, understand
from core.dialogue.own_words import not_clear
from core.dialogue.phrases import BrokenPhrases, Phrases, phrases
from core.dialogue.said_amounts import WORDS
from core.dialogue.screens import Go
from core.dialogue.shortcuts import AMOUNTS, SHORTCUTS, Shortcut
from core.kernel.money import Money
from core.kernel.texts import Text, catalogue
from tests.dialogue.sentences import ASKED_ABOUT, NOT_UNDERSTOOD, UNDERSTOOD, lines

GROUPS = {UUID(int=1): "Umoja", UUID(int=2): "Tumaini Women", UUID(int=3): "Hazina Sisters", UUID(int=4): "Tumaini Youth"}


@pytest.mark.parametrize(("typed", "task", "shillings"), lines(UNDERSTOOD))
def test_what_is_meant(typed: str, task: str, shillings: str) -> None:
    found = understand(typed, GROUPS)

    assert isinstance(found, Understood), found
    assert (found.task, found.group) == (task, None)
    if SHORTCUTS[task].takes == "amount":
        assert found.said.amount == (Money(round(float(shillings) * 100)) if shillings.strip("?") else None)
        assert found.said.unclear is (shillings == "?")


@pytest.mark.parametrize(("typed", "tasks"), lines(ASKED_ABOUT))
def test_what_could_be_two_tasks_is_asked_about(typed: str, tasks: str) -> None:
    found = understand(typed, GROUPS)

    assert isinstance(found, Unclear)
    assert set(found.tasks) == set(tasks.split())


@pytest.mark.parametrize(
    "typed", [*(one for (one,) in lines(NOT_UNDERSTOOD)), "", " ", "x" * 5_000, "weka " * 100, "deposit\x00" * 40]
)
def test_what_is_no_clear_task_is_left_alone(typed: str) -> None:
    assert understand(typed, GROUPS) == Unclear()


def test_the_sentences_are_many_and_every_task_has_some() -> None:
    understood, others = lines(UNDERSTOOD), lines(ASKED_ABOUT) + lines(NOT_UNDERSTOOD)

    assert len({typed for typed, *_ in understood + others}) == len(understood) + len(others) >= 150
    assert len(others) >= 40
    assert phrases().tasks - {task for _, task, _ in understood} == {"group_chat", "changes"}


def test_no_two_tasks_are_called_the_same() -> None:
    files = [{"no": [], "polite": "", "forms": {}, "tasks": {task: ["pay"]}, "either": {}} for task in ("deposit", "welfare")]

    with pytest.raises(BrokenPhrases, match="pay is deposit, and welfare"):
        Phrases(files)


@pytest.mark.parametrize("task", sorted(phrases().tasks))
def test_every_entry_opens_its_own_task(task: str) -> None:
    """None is hidden by another entry, so that a translator's words do what the file says."""
    mine = [one for one in phrases().phrases if one.tasks == (task,)]

    assert [" ".join(sorted(one.words)) for one in mine if _opened(one.words) != (task,)] == []


def _opened(words: frozenset[str]) -> tuple[str, ...]:
    found = understand(" ".join(sorted(words)))
    return (found.task,) if isinstance(found, Understood) else found.tasks


@pytest.mark.parametrize(
    ("typed", "group"),
    [
        ("changa umoja 200", 1),
        ("changa 200 kwa Tumaini Women", 2),
        ("contribute to women 200", 2),
        ("changa tumaini 200", None),
        ("changa Hazina Sisters 200", 3),
        ("changa sisters 200", 3),
        ("changa Pendo 200", None),
        ("changa 200", None),
    ],
)
def test_a_group_is_known_by_its_name_or_by_the_word_that_only_it_has(typed: str, group: int | None) -> None:
    found = understand(typed, GROUPS)

    assert isinstance(found, Understood)
    assert found.group == (UUID(int=group) if group else None)
    assert (found.task, found.said.amount) == ("contribute", Money(20_000))


@pytest.mark.parametrize(
    ("typed", "task"),
    [
        ("umoja", "group"),
        ("fungua Umoja", "group"),
        ("tumaini youth", "group"),
        ("salio la umoja", "group_total"),
        ("taarifa ya umoja", "group_statement"),
        ("votes of umoja", "group_votes"),
        ("kikundi cha umoja", "group"),
    ],
)
def test_with_a_group_it_is_the_groups(typed: str, task: str) -> None:
    found = understand(typed, GROUPS)

    assert isinstance(found, Understood)
    assert (found.task, found.group is not None) == (task, True)


def test_a_group_may_be_called_like_a_task() -> None:
    named = {UUID(int=1): "Mkopo", UUID(int=2): "Salio 2020"}

    assert understand("mkopo", named) == understand("mkopo")
    found = understand("changa Salio 2020 300", named)
    assert isinstance(found, Understood)
    assert (found.task, found.group, found.said.amount) == ("contribute", UUID(int=2), Money(30_000))


def test_a_number_of_something_else_is_no_amount() -> None:
    assert isinstance(found := understand("vote on 12, pay 500"), Understood)
    assert (found.task, found.said.amount) == ("votes", None)


@pytest.mark.parametrize(
    ("typed", "shillings"),
    [
        ("500", 500),
        ("1,500.50", 1500.5),
        ("2,000/-", 2000),
        ("KES 2k", 2000),
        ("1.5k", 1500),
        ("500bob", 500),
        ("elfu mbili", 2000),
        ("elfu mbili na mia tano", 2500),
        ("mia mbili na hamsini", 250),
        ("elfu ishirini na mia tano", 20_500),
        ("laki moja elfu hamsini", 150_000),
        ("elfu 3", 3000),
        ("3 thousand", 3000),
        ("a hundred and fifty", 150),
        ("two thousand five hundred", 2500),
        ("twenty", 20),
        ("0.50", 0.5),
        ("1000000000", 1_000_000_000),
    ],
)
def test_an_amount_in_figures_or_words(typed: str, shillings: float) -> None:
    assert isinstance(found := understand(f"deposit {typed}"), Understood)
    assert found.said.amount == Money(round(shillings * 100))


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "-500",
        "- 500 or 600",
        "2.000",
        "1,50",
        "5m",
        "500 600",
        "500-600",
        "12/5",
        "0712345678",
        "+254712345678",
        "elfu kumi na mbili",
        "elfu mbili na nusu",
        "half",
        "3 elfu",
        "mia mbili mia tatu",
        "1.2.3",
        "$500",
        "9" * 30,
        "2000 500",
        "500 na mia",
        "14:00",
    ],
)
def test_an_amount_with_two_readings_is_asked_for(typed: str) -> None:
    assert isinstance(found := understand(f"deposit {typed}"), Understood)
    assert (found.task, found.said.amount, found.said.unclear) == ("deposit", None, True)


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*sorted(phrases().known | WORDS), "500", "-1", "2.000", "7k"])).map(" ".join)
)
def test_nothing_that_is_written_breaks_it(typed: str) -> None:
    found = understand(typed, GROUPS)

    assert isinstance(found, Unclear) or (found.task in SHORTCUTS and (found.said.amount or Money(1)) > Money(0))
    if isinstance(found, Unclear):
        assert len(found.tasks) != 1
        assert catalogue().say("sw", not_clear(found))


def test_every_task_leads_to_a_screen_that_exists() -> None:
    book = check_book(catalogue())

    assert {one.to for one in SHORTCUTS.values()} <= book.screens.keys() | book.actions.keys()
    assert {"which.group", *AMOUNTS} <= book.screens.keys()


def test_a_shortcut_that_leads_nowhere_is_found_when_the_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SHORTCUTS, "rules", Shortcut(Go("rules.nowhere"), Text("nobody-wrote-this")))
    monkeypatch.delitem(SHORTCUTS, "fees")

    with pytest.raises(BrokenBook, match=r"no shortcut for fees; en lacks .* sw lacks .* rules\.nowhere leads nowhere"):
        check_book(catalogue())
