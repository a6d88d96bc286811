"""One proof that is handed in many times at once over real HTTP is taken once, on every way to sign a program in."""

from __future__ import annotations

import asyncio

import pyotp
import pytest

from core.identity.members import Member
from core.identity.two_factor import begin_enrolment, confirm_enrolment, enable
from core.kernel.db import Database
from tests.conftest import FakeClock
from tests.identity.people import PIN, WANJIRU
from tests.web.api.conftest import Program

AT_ONCE = 8


async def signed_in_with(program: Program, code: str) -> int:
    """How many of many programs this code signs in."""
    body = {"phone": WANJIRU, "pin": PIN, "code": code}
    tries = (program.another().call("POST", "/auth/login", body, token="") for _ in range(AT_ONCE))
    return [got.status for got in await asyncio.gather(*tries)].count(200)


@pytest.mark.usefixtures("dear_hashes")
async def test_otp_when_many_programs_hand_in_the_right_one_at_once_then_one_is_in(program: Program, wanjiru: Member) -> None:
    await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": PIN}, token="")
    assert await signed_in_with(program, await program.code()) == 1


@pytest.mark.usefixtures("dear_hashes")
async def test_totp_and_backup_codes_when_many_programs_hand_one_in_at_once_then_one_is_in(
    program: Program, wanjiru: Member, db: Database, clock: FakeClock
) -> None:
    async with db.unit() as uow:
        app = pyotp.TOTP((await begin_enrolment(uow, member=wanjiru.id)).key)
        assert await confirm_enrolment(uow, member=wanjiru.id, code=app.at(clock.now()))
    async with db.unit() as uow:
        backup, *_ = await enable(uow, member=wanjiru.id)
    clock.advance(seconds=31)
    assert await signed_in_with(program, app.at(clock.now())) == 1
    clock.advance(hours=25)
    assert await signed_in_with(program, backup) == 1


async def test_refresh_when_thirty_come_at_once_then_one_pair_and_the_family_is_dead(signed_in: Program) -> None:
    body = {"refresh_token": signed_in.refresh_token}
    got = await asyncio.gather(*(signed_in.call("POST", "/auth/refresh", body, token="") for _ in range(30)))
    (lucky,) = [one for one in got if one.status == 200]
    assert (await signed_in.call("GET", "/me")).status == 401
    assert (await signed_in.call("GET", "/me", token=lucky.body["access_token"])).status == 401
    again = {"refresh_token": lucky.body["refresh_token"]}
    assert (await signed_in.call("POST", "/auth/refresh", again, token="")).status == 401
