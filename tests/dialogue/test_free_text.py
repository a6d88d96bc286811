"""What people write of their own accord opens the right screen, filled in; nothing ever happens by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app import check_book
from core.daos.groups import create_group
from core.dialogue.engine import Conversation
from core.dialogue.free_text import TASKS, understand
from core.dialogue.shortcuts import AMOUNTS, GROUPS, SHORTCUTS
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.secrets import PinHasher
from core.kernel.texts import catalogue
from tests.daos.people import new_intent
from tests.dialogue.conftest import Chat
from tests.identity.people import People


@pytest.mark.parametrize(
    ("typed", "task", "shillings"),
    [
        ("weka 500", "deposit", 500),
        ("Nataka kuweka elfu tano", "deposit", 5_000),
        ("nichangie chama 200", "contribute", 200),
        ("changa umoja ksh 1,500", "contribute", 1_500),
        ("salio", "balance", None),
        ("Nina pesa ngapi?", "balance", None),
        ("toa pesa 1.5k", "withdraw", 1_500),
        ("toa mchango mia mbili na hamsini", "contribute", 250),
        ("withdraw 99.50", "withdraw", 99.5),
        ("deposit KES 500/=", "deposit", 500),
        ("weka elfu moja mia tano", "deposit", 1_500),
        ("weka elfu 3", "deposit", 3_000),
        ("I want a loan of 2000", "loan", 2_000),
        ("piga kura", "vote", None),
        ("taarifa", "statement", None),
        ("vikundi", "groups", None),
        ("deposit 500 or 600", "deposit", None),
        ("weka laki moja", "deposit", 100_000),
        ("weka mia", "deposit", 100),
    ],
)
def test_what_is_meant(typed: str, task: str, shillings: float | None) -> None:
    found = understand(typed)

    assert found is not None
    assert found.task == task
    assert found.amount == (Money(round(shillings * 100)) if shillings else None)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "500",
        "248163",
        "habari",
        "deposit my balance",
        "withdraw or deposit 500?",
        "x" * 5_000,
        "weka " * 100,
        "deposit\x00" * 40,
    ],
)
def test_what_is_no_clear_task_is_left_alone(typed: str) -> None:
    assert understand(typed) is None


def test_a_number_of_something_else_is_no_amount() -> None:
    assert understand("vote on 12, pay 500") is None or understand("vote on 12, pay 500").amount is None  # type: ignore[union-attr]


@given(st.text(max_size=200))
def test_nothing_that_is_written_breaks_it(typed: str) -> None:
    found = understand(typed)

    assert found is None or (found.task in TASKS and (found.amount is None or found.amount > Money(0)))


def test_every_task_leads_to_a_screen_that_exists() -> None:
    book = check_book(catalogue())

    assert SHORTCUTS.keys() == TASKS.keys()
    assert {shortcut.to for shortcut in SHORTCUTS.values()} <= book.screens.keys() | book.actions.keys()
    assert book.screens.keys() >= AMOUNTS | GROUPS


@pytest.fixture
async def chat(db: Database, hasher: PinHasher, conversation: Conversation) -> Chat:
    amina = await People(db, hasher).register(name="Amina")
    async with db.unit() as uow:
        await link_telegram(uow, member=amina.id, telegram_id=7001, chat=7001, name="Amina")
        for name in ("Umoja", "Tumaini Women"):
            await create_group(uow, intent=new_intent(), founder=amina.id, name=name)
    return Chat(conversation)


async def test_a_deposit_in_one_sentence_stops_at_its_confirm_screen(chat: Chat, sql: Callable[..., Any]) -> None:
    said = await chat.type("weka 500")

    assert "I understood: Deposit, KES 500" in said
    assert "You get KES 487.50" in said
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(0,)]
    assert "M-PESA request" not in said


async def test_a_contribution_finds_the_group_by_its_name(chat: Chat, sql: Callable[..., Any]) -> None:
    said = await chat.type("changa tumaini 200")

    assert "Contribute KES 200 to Tumaini Women" in said
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]


async def test_a_contribution_to_nobody_named_asks_which_group(chat: Chat) -> None:
    said = await chat.type("nichangie 200")

    assert "To which group?" in said


async def test_a_private_screen_still_asks_for_the_pin(chat: Chat) -> None:
    said = await chat.type("salio")

    assert "Enter your 6-digit PIN" in said


async def test_what_answers_a_question_is_its_answer(chat: Chat) -> None:
    await chat.command("groups.menu")
    await chat.tap("create")

    assert "What is the group for?" in await chat.type("Salio"), "a group may be called so"


async def test_what_is_not_understood_changes_nothing(chat: Chat) -> None:
    await chat.command("groups.menu")

    said = await chat.type("habari ya asubuhi")

    assert "Choose a number" in said
    assert "Umoja" in said
