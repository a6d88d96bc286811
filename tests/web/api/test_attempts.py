"""Every attempt to get in is written down, by whatever it is tried, with where from; and refused ones stay written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest

from core.identity.members import Member
from core.identity.two_factor import begin_enrolment, confirm_enrolment, enable
from core.kernel.db import Database
from tests.conftest import FakeClock
from tests.identity.people import PIN, WANJIRU, People
from tests.identity.test_regressions import Work
from tests.providers.openid_company import Company
from tests.web.api.conftest import Program
from tests.web.api.test_oauth import company, enter, link, program

__all__ = ["company", "program"]
AGENT = "Book/1.0"
DASHBOARD = """
SELECT ip_address, COUNT(*) as attempts
FROM login_attempts
WHERE attempt_result = 'failed_password'
GROUP BY ip_address
ORDER BY attempts DESC
LIMIT 10;
"""


@pytest.fixture
def attempts(people: People) -> Callable[..., Any]:
    async def of() -> list[tuple[Any, ...]]:
        rows = await people.rows("login_attempts")
        names = ("identifier", "attempt_result", "failure_reason", "ip_address", "user_agent")
        return [tuple(row[name] for name in names) for row in sorted(rows, key=lambda row: row["id"])]

    return of


async def test_login_when_pin_app_and_sms_are_tried_then_each_is_a_row_with_address_and_agent(
    program: Program, wanjiru: Member, db: Database, clock: FakeClock, attempts: Callable[..., Any]
) -> None:
    program.headers["User-Agent"] = AGENT
    await program.login(code="000000")
    async with db.unit() as uow:
        app = pyotp.TOTP((await begin_enrolment(uow, member=wanjiru.id)).key)
        await confirm_enrolment(uow, member=wanjiru.id, code=app.at(clock.now()))
        await enable(uow, member=wanjiru.id)
    await program.login(code="000000")
    clock.advance(seconds=61)
    assert (await program.login(code=app.at(clock.now(), counter_offset=2))).status == 200

    found = [row[1:3] for row in await attempts()]
    assert found[-4:] == [
        ("success", None),
        ("failed_password", "totp_wrong"),
        ("success", None),
        ("success", None),
    ]
    assert {row[0] for row in await attempts()} == {WANJIRU}
    assert {row[3:] for row in await attempts()} == {("127.0.0.1", AGENT)}


async def test_oauth_when_unknown_stale_or_refused_then_written_down_without_the_name(
    program: Program, wanjiru: Member, company: Company, attempts: Callable[..., Any]
) -> None:
    await program.login()
    await program.step_up()
    await link(program, company)
    before = len(await attempts())

    assert (await enter(program, company)).status == 200
    assert (await enter(program, company, state="x" * 43)).status == 409
    company.person = {**company.person, "sub": "nobody-we-know"}
    assert (await enter(program, company)).status == 401
    bad = await program.call("POST", "/auth/telegram-mini-app", {"init_data": "hash=" + "0" * 64}, token="")
    assert bad.status == 401

    rows = (await attempts())[before:]
    assert [row[1:3] for row in rows] == [
        ("success", None),
        ("failed_not_found", "oauth_oauth-stale"),
        ("failed_not_found", "oauth_not-signed-in"),
        ("failed_not_found", "oauth_bad-mini-app"),
    ]
    assert rows[0][0] == WANJIRU
    assert all(row[0].startswith("unknown:") and "nobody" not in row[0] for row in rows[1:])


async def test_dashboard_when_codes_are_guessed_then_the_address_is_in_it(
    program: Program, wanjiru: Member, people: People
) -> None:
    for _ in range(3):
        await program.login()
        await program.call("POST", "/auth/login", {"phone": WANJIRU, "pin": "604718"}, token="")
    assert PIN
    async with people.database.unit() as uow:
        from sqlalchemy import text

        assert (await uow.session.execute(text(DASHBOARD))).all() == [("127.0.0.1", 3)]


async def test_a5_signing_in_costs_the_same_work_for_a_member_and_for_nobody(
    program: Program, wanjiru: Member, db: Database
) -> None:
    """Statements on the database until the refusal, from a program that is known nowhere and from one that makes a name up."""
    costs = []
    for phone in (WANJIRU, "+254733555444"):
        cost = []
        with Work(db) as work:
            for more in ({}, {"device_token": "x" * 43}, {"code": "000000"}):
                await program.call("POST", "/auth/login", {"phone": phone, "pin": "604718", **more}, token="")
                cost.append(work.taken())
        costs.append(cost)
    assert costs[0] == costs[1]
