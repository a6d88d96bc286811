"""What a program's way in leaves behind: no token, code or key of it in any table, log, answer to somebody else, or error.

Everything is said at its most talkative, and one request fails in the middle with our own fault, so that its trace is there.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import pyotp
import pytest
from aiohttp.test_utils import TestClient

from core.identity.devices import link_telegram
from core.identity.members import Member
from core.identity.sessions import RefreshDesk
from core.identity.two_factor import begin_enrolment, confirm_enrolment, enable
from core.kernel.db import Database
from tests.conftest import FakeClock
from tests.identity.people import PIN, WANJIRU, People
from tests.providers.openid_company import SECRET, Company
from tests.web.api.conftest import Program
from tests.web.api.test_oauth import BOT, company, program, signed

__all__ = ["company", "program"]
WRONG_CODE, MADE_UP = "390517", "mtaa_" + "K1pepe0" * 6 + "x"
TELEGRAM = 7001


async def live(program: Program, company: Company, wanjiru: Member, db: Database, clock: FakeClock) -> dict[str, str]:
    """Every way in and what hangs on it; each secret by name."""
    secrets: dict[str, str] = {"her PIN": PIN, "a wrong PIN": "604718", "a wrong code": WRONG_CODE, "a made-up key": MADE_UP}

    def keep(label: str) -> None:
        secrets[f"access token {label}"], secrets[f"refresh token {label}"] = program.token, program.refresh_token
        secrets[f"device token {label}"] = program.device_token

    await program.login(pin="604718", code=WRONG_CODE)
    await program.login()
    keep("by SMS")
    secrets["a code by SMS"] = await program.code()
    clock.advance(minutes=6)
    await program.step_up()
    begun = await program.call("POST", "/me/connections/google")
    back = company.consent(begun.body["authorization_url"]) | {"flow": begun.body["flow"]}
    await program.call("POST", "/me/connections/google/finish", back)
    secrets |= {f"{name} of the way": value for name, value in back.items()}
    begun = await program.call("POST", "/auth/oauth/google", token="")
    back = company.consent(begun.body["authorization_url"]) | {"flow": begun.body["flow"]}
    program.keep(await program.call("POST", "/auth/oauth/google/finish", back, token=""))
    keep("by Google")
    async with db.unit() as uow:
        await link_telegram(uow, member=wanjiru.id, telegram_id=TELEGRAM, chat=TELEGRAM, name="W")
    data = signed(clock)
    program.keep(await program.call("POST", "/auth/telegram-mini-app", {"init_data": data}, token=""))
    keep("by Mini App")
    secrets["the hash of the Mini App"] = re.findall(r"hash=([0-9a-f]{64})", data)[0]
    async with db.unit() as uow:
        key = (await begin_enrolment(uow, member=wanjiru.id)).key
        app = pyotp.TOTP(key)
        await confirm_enrolment(uow, member=wanjiru.id, code=app.at(clock.now()))
        codes = await enable(uow, member=wanjiru.id)
    secrets |= {"an app's key": key, **{f"backup code {place}": one for place, one in enumerate(codes)}}
    await program.login(code=WRONG_CODE)
    secrets["an app's code"] = app.at(clock.now(), counter_offset=3)
    clock.advance(seconds=60)
    await program.login(code=app.at(clock.now()))
    secrets["another code"] = app.at(clock.now())
    keep("by app")
    await program.call("POST", "/auth/step-up", {"pin": PIN, "code": codes[0]})
    made = await program.call("POST", "/api-keys", {"name": "Book", "permissions": ["profile:read"]}, Idempotency_Key="once-42")
    secrets["an API key"] = made.body["key"]
    await program.call("GET", "/me", token=secrets["an API key"])
    await program.call("GET", "/me", token=MADE_UP)
    return secrets


async def test_no_secret_of_a_program_is_kept_or_said_anywhere(
    program: Program,
    company: Company,
    wanjiru: Member,
    people: People,
    db: Database,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = await live(program, company, wanjiru, db, clock)
    secrets |= {"the provider's secret": SECRET, "the bot's token": BOT}
    secrets |= {f"a provider's token {place}": token for place, token in enumerate(company.issued)}
    assert len(company.issued) == 6

    async def broken(_self: RefreshDesk, token: str, **_: Any) -> None:
        raise RuntimeError("our own fault")

    monkeypatch.setattr(RefreshDesk, "refresh", broken)
    client: TestClient[Any, Any] = program.client
    async with client.post("/api/v1/auth/refresh", json={"refresh_token": program.refresh_token}) as answer:
        assert answer.status == 500
        said = await answer.text()

    assert "our own fault" in caplog.text, "the trace is there"
    assert "our own fault" not in said
    kept = {"tables": await people.everything(), "logs": caplog.text, "the answer to a failure": said}
    found = [
        f"{name} in {place}: …{match.string[max(match.start() - 60, 0) : match.end() + 10]}…"
        for name, secret in secrets.items()
        for place, content in kept.items()
        if secret and (match := re.search(rf"(?<![0-9A-Za-z.]){re.escape(secret)}(?![0-9A-Za-z])", content))
    ]
    assert found == []
    assert WANJIRU in kept["tables"], "the search itself works"
