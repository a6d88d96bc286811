"""Coming into a group: invitations that only the invited number can use, once; requests; caps; each also at once."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from sqlalchemy import text

from core.daos import groups, invitations
from core.daos.amendments import amend, answer
from core.daos.constitutions import enact, version_of
from core.daos.groups import (
    AlreadyMember,
    GroupFull,
    NotAMember,
    TooManyMemberships,
    create_group,
    find_group,
    join,
    require_member,
)
from core.daos.invitations import (
    InvitationOver,
    RulesMoved,
    TooManyInvitations,
    accept_invitation,
    decline_invitation,
    find_invitation,
    how_many_invite,
    invitations_for,
    invite,
    is_invitation_code,
    withdraw_invitation,
)
from core.daos.leaving import close_group
from core.daos.people import NotYourRole, people_of, require_participant
from core.daos.requests import RequestIsOver, TooManyRequests, answer_join_request, enter, requests_of
from core.daos.rules import DEFAULTS
from core.identity.erasure import erase, request_erasure
from core.identity.members import Member, find
from core.kernel.check_digit import with_check_digit
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.phone import Phone
from tests.conftest import FakeClock
from tests.daos.people import new_intent, someone


async def found(db: Database, kind: str = "chama") -> tuple[DaoId, MemberId]:
    founder = await someone(db)
    async with db.unit() as uow:
        group = await create_group(uow, intent=new_intent(), founder=founder, name="Umoja", kind=kind)
    return group.id, founder


async def who(db: Database, member: MemberId) -> Member:
    async with db.unit() as uow:
        found = await find(uow, member)
        assert found is not None
        return found


async def invited(db: Database, group: DaoId, by: MemberId, member: MemberId, role: str = "member") -> str:
    """Invite her number; the token of the link."""
    phone = (await who(db, member)).phone
    async with db.unit() as uow:
        return (await invite(uow, group=group, by=by, phone=phone, role=role, language="en")).token


async def accept(db: Database, member: MemberId, token: str, version: int = 1) -> None:
    async with db.unit() as uow:
        found = await find_invitation(uow, member=await who(db, member), secret=token)
        await accept_invitation(uow, invitation=found.id, member=member, rules_version=version)


async def test_an_invitation_that_was_never_used_is_forgotten_with_her(db: Database, clock: FakeClock) -> None:
    group, founder = await found(db)
    her, other = await someone(db), await someone(db)
    await invited(db, group, founder, her)
    await invited(db, group, founder, other)
    async with db.unit() as uow:
        await request_erasure(uow, member=her)
    clock.advance(days=7)
    async with db.unit() as uow:
        await erase(uow, member=her)
        rows = await uow.session.execute(text("SELECT status, phone_shown = '' FROM dao_invitations ORDER BY id"))
        assert [tuple(row) for row in rows] == [("withdrawn", True), ("open", False)]


async def test_an_invitation_to_a_group_that_was_closed_is_in_nobodys_way(db: Database) -> None:
    group, chair = await found(db)
    guest = await someone(db)
    await invited(db, group, chair, guest)
    async with db.unit() as uow:
        await close_group(uow, group=group, member=chair)

    async with db.unit() as uow:
        assert await invitations_for(uow, member=await who(db, guest)) == []
        assert await how_many_invite(uow, member=await who(db, guest)) == 0


async def test_an_invitation_is_used_once_even_at_once(db: Database) -> None:
    group, founder = await found(db)
    juma = await someone(db, "Juma")
    token = await invited(db, group, founder, juma)

    answers = await asyncio.gather(*(accept(db, juma, token) for _ in range(8)), return_exceptions=True)

    assert [one for one in answers if one is None] == [None]
    assert {type(one) for one in answers if one is not None} <= {InvitationOver, AlreadyMember}
    async with db.unit() as uow:
        assert (await find_group(uow, group=group)).members == 2
        [change] = list(
            await uow.session.execute(
                text("SELECT change, rules_version, by FROM dao_membership_changes WHERE user_id = :juma"), {"juma": juma}
            )
        )
    assert tuple(change) == ("joined", 1, founder)


async def test_an_invitation_that_is_renewed_while_it_is_used_neither_hangs_nor_counts_twice(db: Database) -> None:
    group, founder = await found(db)
    juma = await someone(db, "Juma")
    token = await invited(db, group, founder, juma)

    answers = await asyncio.gather(
        *(accept(db, juma, token) for _ in range(3)), invited(db, group, founder, juma), return_exceptions=True
    )

    assert {type(one) for one in answers} <= {type(None), str, InvitationOver, AlreadyMember}
    async with db.unit() as uow:
        joined = text("SELECT count(*) FROM dao_membership_changes WHERE user_id = :juma")
        assert await uow.session.scalar(joined, {"juma": juma}) == sum(one is None for one in answers) <= 1


async def test_the_code_by_sms_leads_only_the_invited_number_in_and_is_kept_nowhere(db: Database) -> None:
    group, founder = await found(db)
    juma, thief = await someone(db, "Juma"), await someone(db, "Thief")
    token = await invited(db, group, founder, juma)
    async with db.unit() as uow:
        [(identifier, shown, sealed)] = list(
            await uow.session.execute(text("SELECT id, message, sealed_message FROM sms_delivery_log"))
        )
        code = re.findall(r"\b\d{8}\b", uow.vault.open(sealed, context=f"sms {identifier}").decode())[0]
        dump = str(list(await uow.session.execute(text("SELECT * FROM dao_invitations"))))
    assert is_invitation_code(code)
    assert code not in shown + dump
    assert token not in dump
    assert (await who(db, juma)).phone not in dump

    for secret in (code, token, "x" * 200, ""):
        async with db.unit() as uow:
            with pytest.raises(InvitationOver):
                await find_invitation(uow, member=await who(db, thief), secret=secret)
    await accept(db, juma, f"{code[:4]} {code[4:]}")


async def test_codes_that_happen_to_be_alike_lead_each_number_into_its_own_group(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "random_below", lambda _most: 1_234_567)
    code = with_check_digit("1234567")
    led = []
    for _ in range(2):
        group, founder = await found(db)
        her = await someone(db)
        await invited(db, group, founder, her)
        async with db.unit() as uow:
            led.append((await find_invitation(uow, member=await who(db, her), secret=code)).group.id == group)

    assert led == [True, True]


async def test_an_invitation_ends_after_a_week_when_declined_or_taken_back(db: Database, clock: FakeClock) -> None:
    group, founder = await found(db)
    late, declines, withdrawn = [await someone(db) for _ in range(3)]
    tokens = [await invited(db, group, founder, one) for one in (late, declines, withdrawn)]
    async with db.unit() as uow:
        mine = (await invitations_for(uow, member=await who(db, declines)))[0]
        await decline_invitation(uow, invitation=mine.id, member=declines)
        other = (await invitations_for(uow, member=await who(db, withdrawn)))[0]
        await withdraw_invitation(uow, invitation=other.id, group=group, by=founder)
    clock.advance(days=7)

    for member, token in zip((late, declines, withdrawn), tokens, strict=True):
        with pytest.raises(InvitationOver):
            await accept(db, member, token)


async def test_rules_that_moved_after_she_read_them_are_read_again(db: Database) -> None:
    group, founder = await found(db)
    juma = await someone(db)
    token = await invited(db, group, founder, juma)
    async with db.unit() as uow:
        await answer(uow, group=group, member=founder, answers={"fine": 100_00})

    with pytest.raises(RulesMoved):
        await accept(db, juma, token, version=1)
    await accept(db, juma, token, version=2)


async def test_only_officials_invite_and_not_without_end(db: Database) -> None:
    group, founder = await found(db)
    juma = await someone(db)
    async with db.unit() as uow:
        await join(uow, member=juma, group=group)
        with pytest.raises(NotYourRole):
            await invite(uow, group=group, by=juma, phone=Phone("+254799000001"), language="en")
        with pytest.raises(AlreadyMember):
            await invite(uow, group=group, by=founder, phone=(await who(db, juma)).phone, language="en")
        for _ in range(3):
            await invite(uow, group=group, by=founder, phone=Phone("+254799000001"), language="en")
        with pytest.raises(TooManyInvitations):
            await invite(uow, group=group, by=founder, phone=Phone("+254799000001"), language="en")


async def test_an_observer_sees_and_holds_no_money(db: Database) -> None:
    group, founder = await found(db)
    mentor = await someone(db, "Mentor")
    await accept(db, mentor, await invited(db, group, founder, mentor, "observer"))
    async with db.unit() as uow:
        assert (await require_member(uow, member=mentor, group=group)).role == "observer"
        with pytest.raises(NotYourRole):
            await require_participant(uow, member=mentor, group=group)


async def test_a_code_joins_where_the_rules_say_so_and_asks_where_not(db: Database) -> None:
    open_group, _ = await found(db, "harambee")
    closed, founder = await found(db)
    juma = await someone(db, "Juma")
    async with db.unit() as uow:
        assert await enter(uow, group=open_group, member=juma, rules_version=1) == "joined"
        assert await enter(uow, group=closed, member=juma, rules_version=1) == "asked"
        assert await enter(uow, group=closed, member=juma, rules_version=1) == "asked"
        [waiting] = await requests_of(uow, group=closed, viewer=founder)
        with pytest.raises(NotAMember):
            await requests_of(uow, group=closed, viewer=juma)

    async def let_in() -> str:
        async with db.unit() as uow:
            return await answer_join_request(uow, request=waiting.id, group=closed, by=founder, accepts=True)

    answers = await asyncio.gather(*(let_in() for _ in range(4)), return_exceptions=True)
    assert sorted(str(one) for one in answers if isinstance(one, str)) == ["Juma"]
    assert {type(one) for one in answers if not isinstance(one, str)} == {RequestIsOver}


async def test_somebody_waits_for_five_groups_at_most(db: Database) -> None:
    juma = await someone(db)
    for _ in range(5):
        group, _ = await found(db)
        async with db.unit() as uow:
            await enter(uow, group=group, member=juma, rules_version=1)
    group, _ = await found(db)
    async with db.unit() as uow:
        with pytest.raises(TooManyRequests):
            await enter(uow, group=group, member=juma, rules_version=1)


async def test_the_last_place_goes_to_one_whatever_way_they_come(db: Database) -> None:
    group, founder = await found(db)
    async with db.unit() as uow:
        rules = replace(DEFAULTS["chama"], most_members=3, join_by="code")
        await enact(uow, group=group, rules=rules, in_force_from=uow.clock.now(), because="test")
        version = await version_of(uow, group=group)
        await join(uow, member=await someone(db), group=group)
    by_code, by_token = [await someone(db) for _ in range(3)], [await someone(db) for _ in range(3)]
    tokens = [await invited(db, group, founder, one) for one in by_token]

    async def come(member: MemberId) -> None:
        async with db.unit() as uow:
            await enter(uow, group=group, member=member, rules_version=version)

    ways = [come(one) for one in by_code] + [accept(db, one, t, version) for one, t in zip(by_token, tokens, strict=True)]
    answers = await asyncio.gather(*ways, return_exceptions=True)

    assert sum(one is None for one in answers) == 1
    assert {type(one) for one in answers if one is not None} == {GroupFull}
    async with db.unit() as uow:
        assert len(await people_of(uow, group=group)) == 3


async def test_nobody_joins_more_groups_than_she_may_even_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_JOINED", 2)
    juma = await someone(db)
    several = [(await found(db))[0] for _ in range(5)]

    async def come(group: DaoId) -> None:
        async with db.unit() as uow:
            await join(uow, member=juma, group=group)

    answers = await asyncio.gather(*(come(group) for group in several), return_exceptions=True)

    assert sorted(type(one).__name__ for one in answers) == ["NoneType"] * 2 + ["TooManyMemberships"] * 3
    assert TooManyMemberships(2).details() == {"most": 2}


async def test_joining_and_a_change_of_rules_at_once_leave_no_member_under_rules_unread(db: Database) -> None:
    """Either she is in under what she read, or she is asked to read again; never the founder's answer after she came."""
    for _ in range(4):
        group, founder = await found(db, "harambee")
        juma = await someone(db)

        async def come(group: DaoId = group, juma: MemberId = juma) -> None:
            async with db.unit() as uow:
                await enter(uow, group=group, member=juma, rules_version=1)

        async def change(group: DaoId = group, founder: MemberId = founder) -> None:
            async with db.unit() as uow:
                await answer(uow, group=group, member=founder, answers={"fine": 100_00})

        came, changed = await asyncio.gather(come(), change(), return_exceptions=True)
        assert (came is None) != (changed is None)


async def test_a_vote_on_rules_leaves_a_waiting_request_with_what_it_accepted(db: Database) -> None:
    group, founder = await found(db)
    juma = await someone(db)
    async with db.unit() as uow:
        await enter(uow, group=group, member=juma, rules_version=1)
        await amend(uow, group=group, answers={"fine": 0}, because="vote 1")
        [waiting] = await requests_of(uow, group=group, viewer=founder)
        await answer_join_request(uow, request=waiting.id, group=group, by=founder, accepts=True)
        accepted = text("SELECT rules_version FROM dao_membership_changes WHERE user_id = :juma")
        assert await uow.session.scalar(accepted, {"juma": juma}) == 1
