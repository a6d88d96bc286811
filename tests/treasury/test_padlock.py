"""The padlock: drawn each quarter among the ordinary members, fairly, for all to draw again."""

from __future__ import annotations

import uuid
from collections import Counter as Count
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from core.daos.people import Person
from core.kernel.ids import DaoId, MemberId
from core.ledger.seals import newest_seal
from core.treasury.padlock import Draw, is_right, latest_draw, padlock_holder, place_of
from tests.ledger.books import seal_everything

from .chama import Chama

GROUP = DaoId(uuid.UUID(int=7))


async def holder(chama: Chama) -> Person | None:
    async with chama.database.unit() as uow:
        return await padlock_holder(uow, group=chama.group)


async def draw(chama: Chama) -> Draw:
    async with chama.database.unit() as uow:
        found = await latest_draw(uow, group=chama.group)
    assert found is not None
    return found


async def test_padlock_is_an_ordinary_members_for_a_quarter_and_drawn_again_in_the_next(chama: Chama) -> None:
    await chama.found()
    first = await holder(chama)
    again = await holder(chama)
    await chama.wait(days=40)
    second, later = await holder(chama), await draw(chama)

    assert first is not None
    assert first == again
    assert first.id in {one.id for one in chama.members}
    assert (later.quarter, later.number) == (date(2027, 1, 1), 1)
    assert second is not None
    draws = await chama.rows("SELECT quarter, number FROM padlock_draws ORDER BY quarter")
    assert [tuple(row) for row in draws] == [(date(2026, 10, 1), 1), (date(2027, 1, 1), 1)]
    await chama.audit_is_clean()


async def test_who_stops_being_an_ordinary_member_gives_the_padlock_back(chama: Chama) -> None:
    await chama.found(ordinary=2)
    first = await holder(chama)
    assert first is not None
    [person] = [one for one in chama.members if one.id == first.id]
    [other] = [one for one in chama.members if one.id != first.id]

    await chama.role(person, "auditor")
    second = await holder(chama)
    await chama.role(other, "member", "suspended")

    assert second is not None
    assert second.id == other.id
    assert (await draw(chama)).number == 2
    assert await holder(chama) is None


async def test_draw_is_made_from_the_newest_seal_of_the_books(chama: Chama) -> None:
    await chama.found()
    await seal_everything(chama.database)
    async with chama.database.unit() as uow:
        newest = await newest_seal(uow)
    await holder(chama)
    made = await draw(chama)

    assert newest is not None
    assert made.seed == newest.hash.hex()
    assert is_right(made)
    assert list(made.candidates) == sorted(made.candidates)
    others = [one for one in made.candidates if one != made.holder]
    assert not is_right(Draw(made.group, made.quarter, made.number, others[0], made.candidates, made.seed))


async def test_every_member_is_told_who_was_drawn(chama: Chama) -> None:
    await chama.found()
    person = await holder(chama)
    await holder(chama)
    await chama.work()

    assert person is not None
    name = f"{person.name[0]}. {person.name.split()[-1].upper()}"
    said = f"Umoja: {name} was drawn from 4 members to hold the padlock until the end of 12/26."
    sent = await chama.rows("SELECT message FROM sms_delivery_log")
    assert [row.message for row in sent] == [f"{said} Check it: Groups, Decisions."] * len(chama.persons)


@settings(max_examples=50, deadline=None)
@given(st.integers(min_value=1, max_value=500), st.integers(min_value=1, max_value=99), st.integers(min_value=0))
def test_draw_is_always_one_of_them(count: int, number: int, seed: int) -> None:
    place = place_of(seed=f"{seed:064x}", group=GROUP, quarter=date(2026, 10, 1), number=number, count=count)

    assert 0 <= place < count


def test_draw_favours_nobody() -> None:
    drawn = Count(
        place_of(seed=f"{seed:064x}", group=GROUP, quarter=date(2026, 10, 1), number=1, count=5) for seed in range(5_000)
    )

    # Chi-squared with four degrees of freedom stays below 23.5 in all but one of ten thousand fair draws; these never change.
    assert sum((times - 1_000) ** 2 / 1_000 for times in drawn.values()) < 23.5
    assert MemberId(GROUP)
