from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update

from core.daos import groups
from core.daos.groups import (
    MOST_FOUNDED,
    AlreadyMember,
    Group,
    GroupFull,
    NotAMember,
    TooManyGroups,
    UnknownGroup,
    create_group,
    find_by_code,
    find_group,
    groups_of,
    join,
    members_of,
    require_member,
)
from core.daos.models import GroupRow, MembershipRow
from core.daos.names import BadGroupName
from core.daos.practice import PRACTICE_CODE, PRACTICE_NAME, seed_practice_group
from core.daos.standing import reinstate, suspend
from core.kernel.check_digit import with_check_digit
from core.kernel.db import Database
from core.kernel.ids import DaoId, IntentId, MemberId
from core.ledger.service import KeyReused

from .people import new_id, new_intent, someone


async def found(db: Database, founder: MemberId, name: str = "Umoja", intent: IntentId | None = None) -> Group:
    async with db.unit() as uow:
        return await create_group(uow, intent=intent or new_intent(), founder=founder, name=name)


async def enter(db: Database, member: MemberId, group: Group) -> None:
    async with db.unit() as uow:
        await join(uow, member=member, group=group.id)


async def count(db: Database, table: type[GroupRow | MembershipRow]) -> int:
    async with db.unit() as uow:
        return await uow.session.scalar(select(func.count()).select_from(table)) or 0


async def test_create_group_when_founded_has_its_founder_as_chair(db: Database) -> None:
    amina = await someone(db)

    group = await found(db, amina, "  Umoja  wa  Wanawake ")

    assert (group.name, group.members) == ("Umoja wa Wanawake", 1)
    async with db.unit() as uow:
        assert await find_by_code(uow, typed=group.code) == group
        assert await groups_of(uow, member=amina) == [group]
        assert (await require_member(uow, member=amina, group=group.id)).role == "chair"


async def test_create_group_when_repeated_is_the_same_group(db: Database) -> None:
    amina, intent = await someone(db), new_intent()

    first = await found(db, amina, intent=intent)
    again = await found(db, amina, "Umoja ", intent=intent)

    assert first == again
    assert await count(db, GroupRow) == 1


async def test_create_group_when_sent_twenty_times_at_once_founds_one(db: Database) -> None:
    amina, intent = await someone(db), new_intent()

    answers = await asyncio.gather(*(found(db, amina, intent=intent) for _ in range(20)))

    assert len({group.id for group in answers}) == 1
    assert (await count(db, GroupRow), await count(db, MembershipRow)) == (1, 1)


async def test_create_group_when_intent_stood_for_another_name_is_refused(db: Database) -> None:
    amina, intent = await someone(db), new_intent()
    await found(db, amina, intent=intent)

    with pytest.raises(KeyReused):
        await found(db, amina, "Harambee", intent=intent)


async def test_create_group_when_name_is_bad_founds_nothing(db: Database) -> None:
    amina = await someone(db)

    with pytest.raises(BadGroupName):
        await found(db, amina, "12")

    assert await count(db, GroupRow) == 0


async def test_create_group_when_ten_are_founded_refuses_even_at_once(db: Database) -> None:
    amina, juma = await someone(db), await someone(db)

    answers = await asyncio.gather(*(found(db, amina, f"Chama {n}") for n in range(MOST_FOUNDED + 4)), return_exceptions=True)

    refusals = [answer for answer in answers if isinstance(answer, BaseException)]
    assert [type(refusal) for refusal in refusals] == [TooManyGroups] * 4
    assert await count(db, GroupRow) == MOST_FOUNDED
    assert (await found(db, juma)).members == 1


async def test_create_group_when_code_is_taken_takes_another(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    amina = await someone(db)
    codes = [with_check_digit(digits) for digits in ("11111", "11111", "22222")]
    monkeypatch.setattr(groups, "new_code", lambda: codes.pop(0))

    first = await found(db, amina, "One")
    second = await found(db, amina, "Two")

    assert [first.code, second.code] == [with_check_digit("11111"), with_check_digit("22222")]


@pytest.mark.parametrize("typed", ["", "abc", "000000", "999999", "1" * 5000, "١٢٣٤٥٥", "'; DROP TABLE daos"])
async def test_find_by_code_when_nobody_has_it_says_so(db: Database, typed: str) -> None:
    await found(db, await someone(db))

    async with db.unit() as uow:
        with pytest.raises(UnknownGroup):
            await find_by_code(uow, typed=typed)


async def test_find_by_code_when_group_is_closed_says_unknown(db: Database) -> None:
    amina = await someone(db)
    group = await found(db, amina)
    async with db.unit() as uow:
        await uow.session.execute(update(GroupRow).values(status="closed"))

    async with db.unit() as uow:
        with pytest.raises(UnknownGroup):
            await find_by_code(uow, typed=group.code)
        with pytest.raises(UnknownGroup):
            await join(uow, member=amina, group=group.id)
        assert await groups_of(uow, member=amina) == []


async def test_join_when_new_makes_her_a_member(db: Database, clock) -> None:
    amina, juma = await someone(db, "Amina"), await someone(db, "Juma")
    group = await found(db, amina)
    founded_at = clock.now()
    clock.advance(days=1)

    await enter(db, juma, group)

    async with db.unit() as uow:
        assert (await find_group(uow, group=group.id)).members == 2
        people = await members_of(uow, viewer=juma, group=group.id)
    assert [(person.name, person.role, person.joined_at) for person in people] == [
        ("Amina", "chair", founded_at),
        ("Juma", "member", clock.now()),
    ]


async def test_join_when_already_in_says_so(db: Database) -> None:
    amina = await someone(db)
    group = await found(db, amina)

    with pytest.raises(AlreadyMember) as refused:
        await enter(db, amina, group)

    assert refused.value.details() == {"group": "Umoja"}


async def test_join_when_tapped_many_times_at_once_joins_once(db: Database) -> None:
    group, juma = await found(db, await someone(db)), await someone(db)

    answers = await asyncio.gather(*(enter(db, juma, group) for _ in range(10)), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyMember"] * 9 + ["NoneType"]
    assert await count(db, MembershipRow) == 2


async def test_join_when_one_place_is_left_gives_it_away_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_MEMBERS", 3)
    group = await found(db, await someone(db))
    others = [await someone(db) for _ in range(6)]

    answers = await asyncio.gather(*(enter(db, other, group) for other in others), return_exceptions=True)

    refusals = [answer for answer in answers if isinstance(answer, GroupFull)]
    assert len(refusals) == 4
    assert refusals[0].details() == {"group": "Umoja", "most": 3}
    assert await count(db, MembershipRow) == 3


async def test_who_is_suspended_keeps_her_place(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_MEMBERS", 3)
    chair = await someone(db)
    group, away = await found(db, chair), await someone(db)
    await enter(db, away, group)
    await enter(db, await someone(db), group)
    async with db.unit() as uow:
        await suspend(uow, group=group.id, member=away, by=chair, reason="no dues for months")

    with pytest.raises(GroupFull):
        await enter(db, await someone(db), group)
    async with db.unit() as uow:
        await reinstate(uow, group=group.id, member=away, by=chair)
        assert (await groups.find_group(uow, group=group.id)).members == 3


def test_group_when_it_is_as_large_as_can_be_has_five_hundred() -> None:
    assert groups.MOST_MEMBERS == 500


async def test_join_when_group_does_not_exist_says_unknown(db: Database) -> None:
    amina = await someone(db)

    async with db.unit() as uow:
        with pytest.raises(UnknownGroup):
            await join(uow, member=amina, group=DaoId(new_id()))


async def test_groups_of_when_in_several_lists_the_first_joined_first(db: Database, clock) -> None:
    amina, juma = await someone(db), await someone(db)
    second, first = await found(db, amina, "Second"), await found(db, amina, "First")
    await enter(db, juma, first)
    clock.advance(minutes=1)
    await enter(db, juma, second)

    async with db.unit() as uow:
        own = await groups_of(uow, member=juma)

    assert [(group.name, group.members) for group in own] == [("First", 2), ("Second", 2)]


async def test_members_of_when_viewer_is_a_stranger_is_refused(db: Database) -> None:
    group, stranger = await found(db, await someone(db)), await someone(db)

    async with db.unit() as uow:
        with pytest.raises(NotAMember):
            await members_of(uow, viewer=stranger, group=group.id)
        with pytest.raises(NotAMember):
            await members_of(uow, viewer=stranger, group=DaoId(new_id()))


async def test_membership_when_left_does_not_count(db: Database) -> None:
    amina, juma = await someone(db), await someone(db)
    group = await found(db, amina)
    await enter(db, juma, group)
    async with db.unit() as uow:
        await uow.session.execute(update(MembershipRow).where(MembershipRow.user_id == juma).values(status="left"))

    async with db.unit() as uow:
        assert (await find_group(uow, group=group.id)).members == 1
        assert await groups_of(uow, member=juma) == []
        assert len(await members_of(uow, viewer=amina, group=group.id)) == 1
        with pytest.raises(NotAMember):
            await require_member(uow, member=juma, group=group.id)


async def test_practice_group_when_seeded_often_and_at_once_is_one(db: Database) -> None:
    async def seed() -> Group:
        async with db.unit() as uow:
            return await seed_practice_group(uow)

    answers = await asyncio.gather(*(seed() for _ in range(8)))

    assert {(group.name, group.code, group.members) for group in answers} == {(PRACTICE_NAME, PRACTICE_CODE, 0)}
    assert await count(db, GroupRow) == 1
    await enter(db, await someone(db), answers[0])


async def test_practice_group_when_its_code_is_taken_gets_another(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(groups, "new_code", lambda: PRACTICE_CODE)
        await found(db, await someone(db))

    async with db.unit() as uow:
        group = await seed_practice_group(uow)

    assert group.name == PRACTICE_NAME
    assert group.code != PRACTICE_CODE
