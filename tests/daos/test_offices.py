"""Offices: taken with one's own word, one person each, written down for ever; and who may be suspended by whom."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.daos.changes import role_changes
from core.daos.groups import NotAMember, create_group, groups_of, join, require_member, suspended_groups
from core.daos.offices import (
    BadOffice,
    ElectionsDecide,
    NoChair,
    OfferOver,
    answer_offer,
    appoint,
    dismiss,
    offer_role,
    offers_to,
    officials,
    resign,
)
from core.daos.people import NotYourRole
from core.daos.standing import BadStanding, TooManyReplies, reinstate, reply, suspend, suspended_members
from core.daos.words import BadWords
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from tests.conftest import FakeClock
from tests.daos.people import new_intent, someone

Group = tuple[DaoId, list[MemberId]]


@pytest.fixture
async def chama(db: Database) -> Group:
    """A group of a chair and three members."""
    members = [await someone(db, name) for name in ("Amina", "Juma", "Otieno", "Wanjiru")]
    async with db.unit() as uow:
        group = (await create_group(uow, intent=new_intent(), founder=members[0], name="Umoja")).id
        for member in members[1:]:
            await join(uow, member=member, group=group)
    return group, members


async def offered(db: Database, group: DaoId, by: MemberId, member: MemberId, role: str) -> None:
    async with db.unit() as uow:
        await offer_role(uow, group=group, by=by, member=member, role=role)


async def take(db: Database, member: MemberId) -> None:
    async with db.unit() as uow:
        [offer] = await offers_to(uow, member=member)
        await answer_offer(uow, offer=offer.id, member=member, accepts=True)


async def held(db: Database, group: DaoId) -> dict[str, MemberId]:
    async with db.unit() as uow:
        return await officials(uow, group=group)


async def test_an_office_is_offered_by_the_chair_and_taken_by_its_holder(db: Database, chama: Group) -> None:
    group, (chair, juma, otieno, _) = chama
    await offered(db, group, chair, juma, "treasurer")
    assert "treasurer" not in await held(db, group)
    async with db.unit() as uow:
        [offer] = await offers_to(uow, member=juma)
        with pytest.raises(OfferOver):
            await answer_offer(uow, offer=offer.id, member=otieno, accepts=True)
    await take(db, juma)
    assert await held(db, group) == {"chair": chair, "treasurer": juma}
    for by, member, role, refusal in (
        (juma, otieno, "secretary", NotYourRole),
        (chair, chair, "secretary", BadOffice),
        (chair, juma, "treasurer", BadOffice),
    ):
        with pytest.raises(refusal):
            await offered(db, group, by, member, role)


async def test_the_chair_passes_the_chair_on_and_stays_a_member(db: Database, chama: Group) -> None:
    group, (chair, juma, *_) = chama
    with pytest.raises(NoChair):
        async with db.unit() as uow:
            await resign(uow, group=group, member=chair)
    await offered(db, group, chair, juma, "chair")
    await take(db, juma)
    assert await held(db, group) == {"chair": juma}
    async with db.unit() as uow:
        assert (await require_member(uow, member=chair, group=group)).role == "member"


async def test_after_an_election_only_elections_give_offices(db: Database, chama: Group) -> None:
    group, (chair, juma, otieno, _) = chama
    await offered(db, group, chair, otieno, "secretary")
    async with db.unit() as uow:
        await appoint(uow, group=group, member=juma, role="treasurer", because="election 1")
    with pytest.raises(ElectionsDecide):
        await take(db, otieno)
    with pytest.raises(ElectionsDecide):
        await offered(db, group, chair, otieno, "auditor")


async def test_two_chairs_at_once_leave_one_chair(db: Database, chama: Group) -> None:
    group, (_, *others) = chama

    async def crown(member: MemberId) -> None:
        async with db.unit() as uow:
            await appoint(uow, group=group, member=member, role="chair", because="election")

    answers = await asyncio.gather(*(crown(member) for member in others))

    assert answers == [None] * 3
    async with db.unit() as uow:
        roles = list(await uow.session.scalars(text("SELECT role FROM dao_memberships WHERE dao_id = :g"), {"g": group}))
    assert sorted(roles) == ["chair", "member", "member", "member"]


async def test_the_database_knows_one_holder_of_an_office(db: Database, chama: Group) -> None:
    group, _ = chama
    with pytest.raises(IntegrityError, match="uq_dao_memberships_office"):
        async with db.unit() as uow:
            await uow.session.execute(text("UPDATE dao_memberships SET role = 'treasurer' WHERE dao_id = :g"), {"g": group})


async def test_every_change_of_office_is_told_to_all_and_written_down(db: Database, chama: Group, clock: FakeClock) -> None:
    group, (chair, juma, otieno, _) = chama
    await offered(db, group, chair, juma, "treasurer")
    signed_at = clock.now()
    clock.advance(minutes=1)
    assert not await changed_since(db, group, signed_at)
    await take(db, juma)
    assert await changed_since(db, group, signed_at)

    for what in ("dismiss", "suspend"):
        async with db.unit() as uow:
            await appoint(uow, group=group, member=otieno, role="auditor", way="voted", because="vote 3")
        signed_at = clock.now()
        clock.advance(minutes=1)
        async with db.unit() as uow:
            if what == "dismiss":
                await dismiss(uow, group=group, member=otieno, because="vote 4")
            else:
                await suspend(uow, group=group, member=otieno, by=chair, reason="Missed 3 contributions")
        assert await changed_since(db, group, signed_at)
    async with db.unit() as uow:
        ways = [change.way for change in await role_changes(uow, group=group)]
        told = text("SELECT count(*) FROM sms_delivery_log WHERE message = 'Umoja: Juma is treasurer now.'")
        assert await uow.session.scalar(told) == 4
    assert ways == ["founding", "appointed", "voted", "voted", "voted", "suspended"]


async def changed_since(db: Database, group: DaoId, since: datetime) -> bool:
    async with db.unit() as uow:
        return bool(await role_changes(uow, group=group, since=since))


@pytest.mark.parametrize("table", ["dao_role_changes", "dao_membership_changes"])
async def test_what_happened_is_never_rewritten(db: Database, chama: Group, table: str) -> None:
    for statement in (f"UPDATE {table} SET created_at = now()", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="what happened stays"):
            async with db.unit() as uow:
                await uow.session.execute(text(statement))


async def test_a_suspended_member_is_told_why_may_reply_and_comes_back_without_office(db: Database, chama: Group) -> None:
    group, (chair, juma, *_) = chama
    async with db.unit() as uow:
        await appoint(uow, group=group, member=juma, role="treasurer", way="appointed")
        await suspend(uow, group=group, member=juma, by=chair, reason="Missed 3 contributions")
        assert await groups_of(uow, member=juma) == []
        assert [one.name for one in await suspended_groups(uow, member=juma)] == ["Umoja"]
        with pytest.raises(NotAMember):
            await require_member(uow, member=juma, group=group)
        for _ in range(3):
            await reply(uow, group=group, member=juma, words="I was in hospital")
        with pytest.raises(TooManyReplies):
            await reply(uow, group=group, member=juma, words="I was in hospital")
        [one] = await suspended_members(uow, group=group, viewer=chair)
        assert (one.name, one.reason) == ("Juma", "Missed 3 contributions")
        await reinstate(uow, group=group, member=juma, by=chair)
        assert (await require_member(uow, member=juma, group=group)).role == "member"
        told = list(await uow.session.scalars(text("SELECT message FROM sms_delivery_log ORDER BY id")))
    assert "Umoja has suspended you (Missed 3 contributions). You may reply under Groups." in told
    assert "Umoja: Juma replies: I was in hospital" in told


async def test_who_may_not_be_suspended_by_whom(db: Database, chama: Group) -> None:
    group, (chair, juma, otieno, _) = chama
    async with db.unit() as uow:
        await appoint(uow, group=group, member=juma, role="treasurer", way="appointed")
    for by, whom, reason, refusal in (
        (otieno, juma, "No reason", NotYourRole),
        (juma, chair, "No reason", BadStanding),
        (juma, juma, "No reason", BadStanding),
        (juma, otieno, "", BadWords),
        (juma, otieno, "x" * 61, BadWords),
    ):
        with pytest.raises(refusal):
            async with db.unit() as uow:
                await suspend(uow, group=group, member=whom, by=by, reason=reason)
    async with db.unit() as uow:
        await suspend(uow, group=group, member=chair, by=None, reason="vote 5")
    assert await held(db, group) == {"treasurer": juma}
