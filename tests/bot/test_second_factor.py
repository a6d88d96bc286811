"""Setting up an authenticator in the chat: the key as a picture, and nothing secret left standing once she has gone on."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pyotp

from bot.picture import qr_png
from tests.bot.conftest import PIN, Member
from tests.conftest import FakeClock

KEY = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")


async def test_enrolment_shows_a_picture_and_takes_it_away_with_the_codes(
    linked: Member, clock: FakeClock, sql: Callable[..., Any], redis_url: str
) -> None:
    clock.advance(minutes=2)
    await linked.write("/settings")
    await linked.tap("Security")
    await linked.tap("Turn on two-step check")
    shown = await linked.write(await linked.code())
    picture = (await linked.messages())[-1]
    found = KEY.search(shown)
    assert found is not None
    key = found.group().replace(" ", "")
    assert picture["photo"]

    wrong = await linked.write("000000")
    assert "not the code for this key" in wrong
    assert sum(bool(one.get("photo")) for one in await linked.messages()) == 1, "the first picture is gone"
    await linked.write(pyotp.TOTP(key).at(clock.now()))
    assert key not in (await everything_said(linked)).replace(" ", "")
    assert not [one for one in await linked.messages() if one.get("photo")]

    done = await linked.enter(PIN)
    codes = re.findall(r"^\d{4} \d{4}$", done, re.MULTILINE)
    assert len(codes) == 10
    await linked.tap("Home")
    said = await everything_said(linked)
    assert not [code for code in codes if code in said]
    assert await sql("SELECT enabled FROM two_factor_auth") == [(True,)]


async def everything_said(member: Member) -> str:
    return "\n".join(one["text"] for one in await member.messages())


def test_picture_is_a_png_that_holds_the_whole_address() -> None:
    address = pyotp.TOTP(pyotp.random_base32(), name="0712000001", issuer="Mtaa DAO").provisioning_uri()
    png = qr_png(address)
    assert png.startswith(b"\x89PNG")
    assert io.BytesIO(png).getbuffer().nbytes < 20_000
