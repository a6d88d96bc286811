"""Until when an automatic contribution goes on, as it is typed on a feature phone: so often, to a day, or without an end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.kernel.db import Database
from tests.dialogue.conftest import Client, Handset
from tests.dialogue.stories import Sql
from tests.dialogue.test_dues_conversation import PINS, settled

NEVER = (None, None)


async def asked(client: Client, db: Database, sql: Sql, language: str) -> tuple[Handset, str]:
    """Otieno is asked how often KES 500 are to be paid each week from tomorrow, 24 November, on."""
    otieno = (await settled(client, db, sql, language))["Otieno"]
    # Groups, Umoja, savings and loans, automatic contribution, a new one.
    await otieno.dial("4", "1", "5", "3", "1")
    await otieno.type("500", "1")
    await otieno.type("1")
    return otieno, await otieno.type("1")


@pytest.mark.parametrize(
    ("language", "typed", "shown", "kept"),
    [
        ("en", "N", "First: 24/11, no end", NEVER),
        ("sw", "h", "Ya kwanza: 24/11, bila mwisho", NEVER),
        ("en", "12", "First: 24/11, 12 times", (None, 12)),
        ("en", "24/11", "First: 24/11, until 24/11/26", (datetime(2026, 11, 24, 6, tzinfo=UTC), None)),
        ("sw", "31/12/27", "Ya kwanza: 24/11, hadi 31/12/27", (datetime(2027, 12, 31, 6, tzinfo=UTC), None)),
        # Without a year it is the next such day.
        ("en", "23/11", "First: 24/11, until 23/11/27", (datetime(2027, 11, 23, 6, tzinfo=UTC), None)),
    ],
)
async def test_it_ends_as_she_says(
    client: Client, db: Database, sql: Sql, language: str, typed: str, shown: str, kept: tuple[Any, Any]
) -> None:
    otieno, question = await asked(client, db, sql, language)
    assert ("N for no end" if language == "en" else "H bila mwisho") in question
    assert shown in await otieno.type(typed)
    await otieno.type("1")
    assert (await otieno.type(PINS["Otieno"])).startswith("END")
    assert await sql("SELECT end_date, max_payments FROM recurring_payments") == [kept]


@pytest.mark.parametrize("typed", ["501", "99999999999999999999", "31/2", "23/11/26", "1/12, 2/12", "soon", "-1"])
async def test_what_is_no_end_is_asked_for_again(client: Client, db: Database, sql: Sql, typed: str) -> None:
    otieno, question = await asked(client, db, sql, "en")
    again = await otieno.type(typed)
    assert again.startswith("CON")
    assert "Confirm" not in again
    assert "First: 24/11, 2 times" in await otieno.type("2")
    assert question.startswith("CON")
