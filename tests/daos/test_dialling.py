"""Codes in messages lead where they say: each place's numbers are those that were promised for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.daos.dialling import DOORS, JOIN, dial_to, dial_waiting
from core.kernel.db import Database

PROMISED = Path(__file__).parents[1] / "dialogue" / "dial_codes.txt"
# What each place is called where the numbers are promised, menu by menu.
WAYS = {
    "contribute": ["groups.one contribute"],
    "treasury": ["groups.one decisions", "groups.decisions treasury"],
    "approve": ["groups.one decisions", "groups.decisions to_approve"],
    "meetings": ["groups.one decisions", "groups.decisions meetings"],
    "votes": ["groups.one decisions", "groups.decisions votes"],
    "loans": ["groups.one savings", "groups.savings loans"],
    "merry": ["groups.one savings", "groups.savings merry"],
    "shares": ["groups.one savings", "groups.savings shares"],
    "welfare": ["groups.one savings", "groups.savings welfare"],
    "people": ["groups.one more", "groups.more people"],
}


def promised() -> dict[str, str]:
    lines = [line.split() for line in PROMISED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {f"{menu} {option}": number for menu, number, option in lines}


def test_every_place_has_the_numbers_that_were_promised() -> None:
    known = promised()
    assert known["groups.menu join"] == JOIN
    assert {place: "*".join(known[one] for one in way) for place, way in WAYS.items()} == DOORS


@pytest.mark.parametrize(("dial", "expected"), [("*384*77#", "*384*77*4*482913*6*4#"), ("*483#", "*483*4*482913*6*4#")])
async def test_a_code_begins_with_the_services_own(empty_database: str, db: Database, dial: str, expected: str) -> None:
    other = Database(empty_database, clock=db._clock, ids=db._ids, vault=db.vault, dial=dial)
    async with other.unit() as uow:
        assert dial_to(uow, "482913", "votes") == expected
        assert dial_waiting(uow) == expected[: -len("*482913*6*4#")] + "*7#"
    await other.close()
