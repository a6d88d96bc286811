"""Signing programs in: the same gate as on the phone, one face for every refusal, and tokens that end when she says so."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.identity.members import Member
from core.identity.two_factor import begin_enrolment, confirm_enrolment, enable
from core.kernel.db import Database
from core.kernel.phone import Phone
from tests.conftest import FakeClock
from tests.identity.people import PIN, WANJIRU, People, swapped
from tests.web.api.conftest import Got, Program

NOBODY = "+254799999999"


async def test_login_of_a_new_program_needs_the_code_and_she_is_told(program: Program, wanjiru: Member, people: People) -> None:
    first = await program.call("POST", "/auth/login", {"phone": "0712 000 001", "pin": PIN})
    assert (first.status, first.code, first.body["method"]) == (401, "second-factor-needed", "sms")
    done = await program.login(device_name="Tablet")
    assert done.status == 200
    assert done.body["session"]["methods"] == ["pin", "sms"]
    await program.office.work()
    assert "Tablet" in program.office.sms.to(WANJIRU)[-1]
    assert (await program.call("GET", "/me")).body["name"] == wanjiru.name
    results = [row["attempt_result"] for row in await people.rows("login_attempts")]
    assert set(results) == {"success"}


async def test_login_when_the_pin_alone_is_repeated_then_one_sms_is_sent(program: Program, wanjiru: Member) -> None:
    for _ in range(3):
        await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": PIN})
    await program.office.work()
    assert len(program.office.sms.to(WANJIRU)) == 1


async def test_u9_login_when_her_number_is_idle_and_its_sim_another_then_no_code_lets_a_program_in(
    program: Program, wanjiru: Member, people: People, clock: FakeClock
) -> None:
    clock.advance(days=91)
    await swapped(people.database, wanjiru.id, ago=timedelta(days=10))
    assert (await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": PIN}, token="")).code == "bad-login"
    assert await people.rows("otp_challenges") == []


async def test_u9_login_when_her_number_is_idle_but_its_sim_the_same_then_the_code_lets_a_program_in(
    program: Program, wanjiru: Member, clock: FakeClock
) -> None:
    clock.advance(days=91)
    assert (await program.login()).status == 200


async def test_login_when_refused_then_everyone_looks_alike(
    program: Program, wanjiru: Member, people: People, db: Database
) -> None:
    async def face(phone: str, pin: str) -> tuple[int, str, frozenset[str]]:
        got = await program.call("POST", "/auth/login", {"phone": phone, "pin": pin})
        return got.status, json.dumps(got.body), frozenset(got.headers) - {"Date"}

    faces = {await face(WANJIRU, "999111"), await face(NOBODY, "999111")}
    for _ in range(5):
        faces |= {await face(WANJIRU, "999111"), await face(NOBODY, "999111")}
    faces |= {await face(WANJIRU, PIN), await face(NOBODY, PIN)}
    assert len(faces) == 1
    async with db.unit() as uow:
        await uow.session.execute(text("UPDATE members SET disabled_at = now(), disabled_reason = 'erased'"))
    faces |= {await face(WANJIRU, PIN)}
    assert len(faces) == 1
    rows = await people.rows("login_attempts")
    assert {row["attempt_result"] for row in rows} == {"failed_password", "failed_not_found", "account_locked"}
    assert NOBODY not in await people.everything()


async def test_login_when_somebody_guesses_from_afar_then_her_own_phone_is_not_locked(
    program: Program, wanjiru: Member, people: People
) -> None:
    for _ in range(9):
        await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": "999111"})
    assert (await program.login()).code == "bad-login"
    (row,) = await people.rows("members")
    assert (row["pin_failures"], row["pin_locked_until"], row["disabled_at"]) == (0, None, None)


async def test_login_when_the_sms_code_is_wrong_then_refused_and_five_end_it(program: Program, wanjiru: Member) -> None:
    await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": PIN})
    right = await program.code()
    for guess in ("000001", "000002", "000003", "000004", "000005"):
        assert (await program.login(code=guess)).code == "bad-login"
    assert (await program.login(code=right)).code == "bad-login"


async def test_login_when_the_program_is_trusted_then_the_pin_is_enough_for_thirty_days(
    program: Program, wanjiru: Member, clock: FakeClock
) -> None:
    await program.login(trust_device=True)
    again = await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": PIN, "device_token": program.device_token})
    assert again.status == 200
    assert "device_token" not in again.body
    clock.advance(days=30)
    late = await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": PIN, "device_token": program.device_token})
    assert late.code == "second-factor-needed"


async def test_step_up_when_a_trusted_program_signs_in_by_the_pin_alone_then_it_may_change_nothing(
    program: Program, wanjiru: Member
) -> None:
    """Trust makes signing in easier and nothing else: a key, a linked account and devices take more than the PIN."""
    await program.login(trust_device=True)
    assert (await program.login()).body["session"]["methods"] == ["pin"]
    wanted = {"name": "Book", "permissions": ["profile:read"]}
    assert (await program.call("POST", "/api-keys", wanted)).code == "prove-again"
    assert (await program.call("DELETE", "/me/devices/2")).code == "prove-again"

    program.clock.advance(seconds=61)
    asked = await program.call("POST", "/auth/step-up", {"pin": PIN})
    assert (asked.code, asked.body["method"]) == ("second-factor-needed", "sms")
    assert (await program.call("POST", "/api-keys", wanted)).code == "prove-again"
    wrong = await program.call("POST", "/auth/step-up", {"pin": PIN, "code": "000000"})
    assert wrong.code == "bad-login"
    good = await program.call("POST", "/auth/step-up", {"pin": PIN, "code": await program.code()})
    assert good.body["methods"] == ["pin", "sms"]
    assert (await program.call("POST", "/api-keys", wanted)).status == 201


async def test_login_when_the_device_token_is_made_up_then_it_is_a_new_program(
    program: Program, wanjiru: Member, people: People
) -> None:
    program.device_token = "a-token-that-somebody-made-up-himself"
    got = await program.login()
    assert got.body["device_token"] != "a-token-that-somebody-made-up-himself"


@pytest.mark.usefixtures("dear_hashes")
async def test_login_when_she_has_an_authenticator_then_its_code_and_no_sms(
    program: Program, wanjiru: Member, db: Database, clock: FakeClock
) -> None:
    import pyotp

    async with db.unit() as uow:
        key = (await begin_enrolment(uow, member=wanjiru.id)).key
    code = pyotp.TOTP(key).at(clock.now())
    async with db.unit() as uow:
        assert await confirm_enrolment(uow, member=wanjiru.id, code=code)
    async with db.unit() as uow:
        await enable(uow, member=wanjiru.id)
    clock.advance(minutes=1)
    await program.office.work()
    told = len(program.office.sms.to(WANJIRU))
    asked = await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": PIN})
    assert asked.body["method"] == "authenticator"
    await program.office.work()
    assert len(program.office.sms.to(WANJIRU)) == told
    code = pyotp.TOTP(key).at(clock.now())
    asking = {"phone": WANJIRU, "pin": PIN, "code": code}
    both = await asyncio.gather(*(program.call("POST", "/auth/login", asking) for _ in range(6)))
    assert sorted(got.status for got in both) == [200] + [401] * 5
    assert next(got for got in both if got.status == 200).body["session"]["methods"] == ["pin", "totp"]


async def test_refresh_when_a_used_token_comes_back_then_the_access_token_is_dead_too(signed_in: Program) -> None:
    stolen = signed_in.refresh_token
    signed_in.keep(await signed_in.call("POST", "/auth/refresh", {"refresh_token": stolen}))
    assert (await signed_in.call("GET", "/me")).status == 200
    assert (await signed_in.call("POST", "/auth/refresh", {"refresh_token": stolen})).code == "not-signed-in"
    assert (await signed_in.call("GET", "/me")).status == 401


async def test_refresh_when_the_answer_was_lost_then_the_idempotency_key_gets_it_again(signed_in: Program) -> None:
    body = {"refresh_token": signed_in.refresh_token}
    answers = await asyncio.gather(*(signed_in.call("POST", "/auth/refresh", body, Idempotency_Key="once") for _ in range(6)))
    assert {got.status for got in answers} == {200}
    assert len({got.body["refresh_token"] for got in answers}) == 1


async def test_tokens_when_mixed_up_then_refused(signed_in: Program) -> None:
    assert (await signed_in.call("GET", "/me", token=signed_in.refresh_token)).status == 401
    assert (await signed_in.call("POST", "/auth/refresh", {"refresh_token": signed_in.token[:200]})).status == 401
    assert (await signed_in.call("GET", "/me", token=signed_in.device_token)).status == 401
    head, body, signature = signed_in.token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
    for forged in (f"{none}.{body}.", f"{head}.{body}.", f"{head}.{body}.{signature[:-2]}aa", "x"):
        assert (await signed_in.call("GET", "/me", token=forged)).status == 401


async def test_token_when_it_comes_in_a_cookie_or_an_address_then_it_is_none(signed_in: Program) -> None:
    for name in ("access_token", "token", "Authorization"):
        cookie = {"Cookie": f"{name}={signed_in.token}"}
        for address in ("/api/v1/me", f"/api/v1/me?{name}={signed_in.token}"):
            answer = await signed_in.client.get(address, headers=cookie)
            assert answer.status == 401


async def test_access_token_when_ten_minutes_are_over_then_refused(signed_in: Program, clock: FakeClock) -> None:
    clock.advance(minutes=10, seconds=31)
    assert (await signed_in.call("GET", "/me")).code == "not-signed-in"


async def test_logout_when_done_then_nothing_of_the_session_is_good(signed_in: Program) -> None:
    assert (await signed_in.call("POST", "/auth/logout")).status == 204
    assert (await signed_in.call("GET", "/me")).status == 401
    assert (await signed_in.call("POST", "/auth/refresh", {"refresh_token": signed_in.refresh_token})).status == 401


async def test_logout_everywhere_when_done_then_other_programs_are_out_too(signed_in: Program, people: People) -> None:
    other = signed_in.another()
    await other.login()
    assert (await other.call("POST", "/auth/logout", {"everywhere": True})).status == 204
    assert (await signed_in.call("GET", "/me")).status == 401
    ended = await people.rows("session_audits", where="action = 'session_terminated'")
    assert len(ended) == 2


async def test_step_up_when_the_pin_is_wrong_then_it_counts_at_her_own_door(signed_in: Program, people: People) -> None:
    assert (await signed_in.call("POST", "/auth/step-up", {"pin": "999111"})).code == "bad-login"
    (row,) = await people.rows("members")
    assert row["pin_failures"] == 1


async def test_login_when_asked_too_often_then_429_for_everybody_alike(program: Program, wanjiru: Member) -> None:
    async def last(phone: str) -> Got:
        for _ in range(10):
            await program.call("POST", "/auth/login", {"phone": phone, "pin": "999111"})
        return await program.call("POST", "/auth/login", {"phone": phone, "pin": "999111"})

    known, unknown = await last(WANJIRU), await last(NOBODY)
    assert (known.status, known.code) == (unknown.status, unknown.code) == (429, "too-many-requests")
    assert int(known.headers["Retry-After"]) == known.body["wait_seconds"]


async def test_login_when_the_counts_cannot_be_read_then_nobody_gets_in(
    program: Program, wanjiru: Member, db: Database, people: People
) -> None:
    async with db.unit() as uow:
        await uow.session.execute(text("ALTER TABLE request_counts RENAME TO request_counts_away"))
    try:
        got = await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": PIN})
        assert (got.status, got.code) == (503, "busy")
        assert await people.rows("login_attempts") == []
    finally:
        async with db.unit() as uow:
            await uow.session.execute(text("ALTER TABLE request_counts_away RENAME TO request_counts"))


async def test_login_leaves_no_pin_code_or_token_anywhere(
    signed_in: Program, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    code = await signed_in.code()
    rows = await people.everything() + caplog.text
    for secret in (PIN, signed_in.token, signed_in.refresh_token, signed_in.device_token, code):
        # Six digits may stand in any id or digest by chance.
        assert not re.search(rf"(?<![0-9a-f]){re.escape(secret)}(?![0-9a-f])", rows)


async def test_two_members_of_one_handset_have_a_device_each(signed_in: Program, people: People) -> None:
    otieno = Phone("+254722000002")
    await people.register(otieno)
    assert (await signed_in.login(otieno)).status == 200
    programs = await people.rows("user_devices", where="device_type = 'program'")
    assert len({row["user_id"] for row in programs}) == 2
