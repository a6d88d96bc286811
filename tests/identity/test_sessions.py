"""Sign-ins of programs: tokens that are good once, thieves that end the sitting, and signing out everywhere."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.identity.access_tokens import AccessTokens
from core.identity.api_keys import create_api_key, use_api_key
from core.identity.device_list import remember_program
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.identity.sessions import (
    IDLE,
    LONGEST,
    MOST_SESSIONS,
    NotSignedIn,
    ProveAgain,
    RefreshDesk,
    SignIn,
    begin_session,
    end_session,
    find_session,
    prove_again,
    use_step_up,
)
from core.identity.signing_out import revoke_everything
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from tests.conftest import FakeClock

from .people import People


async def sign_in(db: Database, member: Member, *, device: str = "a-device", methods: tuple[str, ...] = ("pin",)) -> SignIn:
    async with db.unit() as uow:
        known, _ = await remember_program(uow, member=member.id, secret=device, name="Tab", address="10.0.0.1", agent="t")
        return await begin_session(uow, member=member.id, device=known, methods=methods, address="10.0.0.1", agent="t")


async def is_live(db: Database, signed_in: SignIn) -> bool:
    async with db.unit() as uow:
        try:
            await find_session(uow, signed_in.session.id)
        except NotSignedIn:
            return False
    return True


async def test_refresh_when_token_is_good_then_a_new_one_and_only_digests_are_kept(db: Database, people: People) -> None:
    first = await sign_in(db, await people.register())
    second = await RefreshDesk(db).refresh(first.refresh_token, address="10.0.0.2")
    assert second.refresh_token != first.refresh_token
    assert second.session == first.session
    everything = await people.everything()
    assert first.refresh_token not in everything
    assert second.refresh_token not in everything
    assert "a-device" not in everything
    actions = [row["action"] for row in await people.rows("session_audits", where=f"session_id = '{first.session.id}'")]
    assert actions == ["session_created", "session_renewed"]


async def test_refresh_when_32_race_with_one_token_then_exactly_one_rotation_wins(db: Database, people: People) -> None:
    member = await people.register()
    for _ in range(3):
        signed_in = await sign_in(db, member)
        desk, gate = RefreshDesk(db), asyncio.Barrier(32)

        async def use(desk: RefreshDesk = desk, gate: asyncio.Barrier = gate, token: str = signed_in.refresh_token) -> SignIn:
            await gate.wait()
            return await desk.refresh(token, address="10.0.0.1")

        results = await asyncio.gather(*(use() for _ in range(32)), return_exceptions=True)
        assert sum(isinstance(result, SignIn) for result in results) == 1
        assert sum(isinstance(result, NotSignedIn) for result in results) == 31
        chain = await people.rows("refresh_tokens", where=f"session_id = '{signed_in.session.id}'")
        assert len(chain) == 2
        # The others hold a token that was used: two have it, so nobody keeps the session.
        assert not await is_live(db, signed_in)


async def test_refresh_when_a_used_token_comes_back_then_the_family_is_dead_and_that_is_committed(
    db: Database, people: People
) -> None:
    stolen = await sign_in(db, await people.register())
    desk = RefreshDesk(db)
    honest = await desk.refresh(stolen.refresh_token, address="10.0.0.1")
    with pytest.raises(NotSignedIn):
        await desk.refresh(stolen.refresh_token, address="6.6.6.6")
    with pytest.raises(NotSignedIn):
        await desk.refresh(honest.refresh_token, address="10.0.0.1")
    assert not await is_live(db, stolen)
    (event,) = await people.rows("security_events", where="event_type = 'refresh_token_reused'")
    assert (event["severity"], event["ip_address"]) == ("high", "6.6.6.6")
    reasons = {row["revoked_reason"] for row in await people.rows("refresh_tokens")}
    assert reasons == {"security"}
    told = [row["message"] for row in await people.rows("sms_delivery_log")]
    assert sum("somebody may have copied its access" in one for one in told) == 1


async def test_refresh_when_the_answer_was_lost_then_the_same_key_gets_the_same_token(
    db: Database, people: People, clock: FakeClock
) -> None:
    first = await sign_in(db, await people.register())
    desk = RefreshDesk(db)
    answers = await asyncio.gather(
        *(desk.refresh(first.refresh_token, address="10.0.0.1", key="retry-7") for _ in range(8)), return_exceptions=True
    )
    tokens = {answer.refresh_token for answer in answers if isinstance(answer, SignIn)}
    assert len(tokens) == 1
    assert len([answer for answer in answers if isinstance(answer, SignIn)]) == 8
    clock.advance(seconds=61)
    with pytest.raises(NotSignedIn):
        await desk.refresh(first.refresh_token, address="10.0.0.1", key="retry-7")
    assert not await is_live(db, first)


async def test_refresh_when_another_key_is_brought_then_it_is_a_thief(db: Database, people: People) -> None:
    first = await sign_in(db, await people.register())
    desk = RefreshDesk(db)
    await desk.refresh(first.refresh_token, address="10.0.0.1", key="hers")
    with pytest.raises(NotSignedIn):
        await desk.refresh(first.refresh_token, address="6.6.6.6", key="his")
    assert not await is_live(db, first)


@pytest.mark.parametrize("wait", [IDLE, LONGEST])
async def test_refresh_when_too_late_then_the_session_is_over(
    db: Database, people: People, clock: FakeClock, wait: object
) -> None:
    signed_in = await sign_in(db, await people.register())
    clock.advance(seconds=wait.total_seconds())  # type: ignore[attr-defined]
    with pytest.raises(NotSignedIn):
        await RefreshDesk(db).refresh(signed_in.refresh_token, address="10.0.0.1")
    (session,) = await people.rows("member_sessions")
    assert session["ended_reason"] == "expired"


async def test_refresh_when_used_daily_then_it_ends_a_month_after_the_sign_in_all_the_same(
    db: Database, people: People, clock: FakeClock
) -> None:
    token = (await sign_in(db, await people.register())).refresh_token
    desk = RefreshDesk(db)
    for _ in range(5):
        clock.advance(days=6)
        token = (await desk.refresh(token, address="x")).refresh_token if clock.now() < EVE else token
    with pytest.raises(NotSignedIn):
        await desk.refresh(token, address="x")


EVE = FakeClock().now() + LONGEST


async def test_refresh_when_the_account_is_disabled_then_refused(db: Database, people: People) -> None:
    signed_in = await sign_in(db, await people.register())
    async with db.unit() as uow:
        await uow.session.execute(text("UPDATE members SET disabled_at = now(), disabled_reason = 'wrong_pins'"))
    assert not await is_live(db, signed_in)
    with pytest.raises(NotSignedIn):
        await RefreshDesk(db).refresh(signed_in.refresh_token, address="x")


async def test_refresh_when_the_master_key_was_rotated_then_the_old_token_still_works(
    db: Database, people: People, empty_database: str, clock: FakeClock
) -> None:
    signed_in = await sign_in(db, await people.register())
    keys = ["a-newer-key-that-is-long-enough-987654321", "test-key-that-is-long-enough-0123456789"]
    rotated = Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=Vault(keys), pool_size=2)
    try:
        renewed = await RefreshDesk(rotated).refresh(signed_in.refresh_token, address="x")
        assert renewed.session.id == signed_in.session.id
    finally:
        await rotated.close()


async def test_database_when_two_tokens_of_a_session_were_good_at_once_then_refused(db: Database, people: People) -> None:
    await sign_in(db, await people.register())
    again = "SELECT gen_random_uuid(), user_id, 'x', ip_address, expires_at, session_id, created_at FROM refresh_tokens"
    columns = "id, user_id, token_hash, ip_address, expires_at, session_id, created_at"
    with pytest.raises(IntegrityError, match="uq_refresh_tokens_live"):
        async with db.unit() as uow:
            await uow.session.execute(text(f"INSERT INTO refresh_tokens ({columns}) {again}"))


async def test_begin_when_an_eleventh_program_signs_in_then_the_oldest_is_out(db: Database, people: People) -> None:
    member = await people.register()
    oldest, *others = [await sign_in(db, member) for _ in range(MOST_SESSIONS + 1)]
    assert not await is_live(db, oldest)
    assert all([await is_live(db, other) for other in others])


async def test_step_up_when_used_then_it_is_used_up_also_in_parallel(db: Database, people: People, clock: FakeClock) -> None:
    signed_in = await sign_in(db, await people.register(), methods=("pin", "sms"))

    async def use() -> bool:
        try:
            async with db.unit() as uow:
                await use_step_up(uow, session=signed_in.session.id)
        except ProveAgain:
            return False
        return True

    assert sorted(await asyncio.gather(*(use() for _ in range(12)))) == [False] * 11 + [True]
    async with db.unit() as uow:
        await prove_again(uow, session=signed_in.session.id, methods=["pin"])
    assert await use() is False, "the PIN alone is no step-up"
    async with db.unit() as uow:
        await prove_again(uow, session=signed_in.session.id, methods=["pin", "totp"])
    clock.advance(minutes=5, seconds=1)
    assert await use() is False


async def test_revoke_everything_when_called_then_no_session_token_key_or_trust_is_left(
    db: Database, people: People, clock: FakeClock
) -> None:
    member = await people.register()
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=42, chat=42, name="W")
    programs = [await sign_in(db, member, device=f"device-{n}") for n in range(2)]
    async with db.unit() as uow:
        _, key = await create_api_key(
            uow,
            member=member.id,
            name="Books",
            permissions=["profile:read"],
            rate_limit=10,
            networks=[],
            expires_at=clock.now() + IDLE,
        )
        await uow.session.execute(text("UPDATE user_devices SET trusted = true, trusted_at = now()"))
    async with db.unit() as uow:
        done = await revoke_everything(uow, member=member.id, reason="recovery")
    assert (done.sessions, done.keys) == (2, 1)
    for program in programs:
        assert not await is_live(db, program)
        with pytest.raises(NotSignedIn):
            await RefreshDesk(db).refresh(program.refresh_token, address="x")
    with pytest.raises(NotSignedIn):
        async with db.unit() as uow:
            await use_api_key(uow, secret=key, address="10.0.0.1")
    trusted = await people.rows("user_devices", where="trusted")
    assert [device["device_type"] for device in trusted] == ["mobile"]
    (event,) = await people.rows("security_events", where="event_type = 'signed_out_everywhere'")
    assert event["details"]["reason"] == "recovery"


async def test_revoke_everything_when_it_races_with_refreshes_then_nothing_survives(db: Database, people: People) -> None:
    member = await people.register()
    desk = RefreshDesk(db)
    for _ in range(4):
        programs = [await sign_in(db, member, device=f"device-{n}") for n in range(6)]

        async def out() -> None:
            async with db.unit() as uow:
                await revoke_everything(uow, member=member.id, reason="member")

        tries = [desk.refresh(program.refresh_token, address="x") for program in programs]
        results = await asyncio.gather(*tries[:3], out(), *tries[3:], return_exceptions=True)
        assert not [result for result in results if isinstance(result, DBAPIError)]
        assert await people.rows("refresh_tokens", where="replaced_by IS NULL AND revoked_at IS NULL") == []
        assert await people.rows("member_sessions", where="ended_at IS NULL") == []


async def test_end_when_one_program_signs_out_then_the_others_stay(db: Database, people: People) -> None:
    member = await people.register()
    one, other = await sign_in(db, member), await sign_in(db, member)
    async with db.unit() as uow:
        await end_session(uow, session=one.session.id)
    assert (await is_live(db, one), await is_live(db, other)) == (False, True)


async def test_session_when_signed_in_without_a_pin_then_it_is_not_proven(db: Database, people: People) -> None:
    signed_in = await sign_in(db, await people.register(), methods=("google",))
    assert not signed_in.session.proven
    async with db.unit() as uow:
        with pytest.raises(ProveAgain):
            await use_step_up(uow, session=signed_in.session.id)


async def test_access_token_when_session_is_signed_out_then_it_names_a_dead_session(
    db: Database, people: People, vault: Vault, clock: FakeClock
) -> None:
    signed_in = await sign_in(db, await people.register())
    tokens = AccessTokens(vault, clock)
    named = tokens.read(tokens.issue(signed_in.session))
    async with db.unit() as uow:
        await end_session(uow, session=named)
    assert not await is_live(db, signed_in)
