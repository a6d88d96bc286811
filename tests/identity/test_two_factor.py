"""An authenticator of her own: it counts after its first right code, each step once, and it can be guessed at five times."""

from __future__ import annotations

import asyncio
import contextlib
import re
from uuid import UUID

import pyotp
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.identity.approvals import Approval
from core.identity.codes import CodeOutcome
from core.identity.members import Member
from core.identity.step_up import Missing, StepUpGate, still_to_prove
from core.identity.two_factor import (
    BACKUP_CODES,
    STEP_SECONDS,
    TwoFactorOff,
    TwoFactorOn,
    begin_enrolment,
    confirm_enrolment,
    disable,
    enable,
    renew_backup_codes,
)
from core.kernel.db import Database
from core.kernel.ids import IntentId
from core.kernel.secrets import Vault
from tests.conftest import FakeClock

from .people import People, new_id


class App:
    """An authenticator app with one key, on a phone whose clock may be off."""

    def __init__(self, key: str, clock: FakeClock) -> None:
        self.totp, self.clock = pyotp.TOTP(key), clock

    def code(self, steps: int = 0) -> str:
        return self.totp.at(self.clock.now(), counter_offset=steps)


async def set_up(db: Database, member: Member, clock: FakeClock) -> tuple[App, list[str]]:
    async with db.unit() as uow:
        app = App((await begin_enrolment(uow, member=member.id)).key, clock)
        assert await confirm_enrolment(uow, member=member.id, code=app.code())
    async with db.unit() as uow:
        codes = await enable(uow, member=member.id)
    clock.advance(seconds=STEP_SECONDS)
    return app, codes


def settings() -> Approval:
    return Approval("two-factor-off", IntentId(new_id()))


@pytest.fixture
async def wanjiru(people: People) -> Member:
    return await people.register()


@pytest.fixture
def gate(db: Database) -> StepUpGate:
    return StepUpGate(db)


async def guess(
    gate: StepUpGate, member: Member, code: str, *, event: str = "", approval: Approval | None = None
) -> CodeOutcome:
    return await gate.check(member=member.id, approval=approval or settings(), code=code, event_id=event or str(new_id()))


async def test_enrolment_when_no_code_was_right_then_nothing_counts(db: Database, wanjiru: Member, people: People) -> None:
    async with db.unit() as uow:
        await begin_enrolment(uow, member=wanjiru.id)
        assert not await confirm_enrolment(uow, member=wanjiru.id, code="000000")
        with pytest.raises(TwoFactorOff):
            await enable(uow, member=wanjiru.id)
        assert await still_to_prove(uow, member=wanjiru.id, approval=settings()) is Missing.CODE_BY_SMS
    row = await people.row("two_factor_auth")
    assert (row["enabled"], row["enabled_at"], row["backup_codes"]) == (False, None, None)


async def test_enrolment_when_its_first_code_is_right_then_it_counts(
    db: Database, wanjiru: Member, people: People, clock: FakeClock
) -> None:
    app, codes = await set_up(db, wanjiru, clock)
    row = await people.row("two_factor_auth")
    assert (row["method"], row["enabled"]) == ("totp", True)
    assert len(set(codes)) == BACKUP_CODES
    assert all(re.fullmatch("[0-9]{8}", code) for code in codes)
    kept = await people.everything()
    assert app.totp.secret not in kept
    assert not [code for code in codes if code in kept]
    async with db.unit() as uow:
        assert await still_to_prove(uow, member=wanjiru.id, approval=settings()) is Missing.AUTHENTICATOR
        with pytest.raises(TwoFactorOn):
            await begin_enrolment(uow, member=wanjiru.id)


async def test_enrolment_when_it_is_looked_at_again_then_the_same_key_until_its_time_is_over(
    db: Database, wanjiru: Member, clock: FakeClock
) -> None:
    async def key() -> str:
        async with db.unit() as uow:
            return (await begin_enrolment(uow, member=wanjiru.id)).key

    first = await key()
    assert await key() == first
    clock.advance(minutes=15)
    assert await key() != first


async def test_enrolment_when_it_takes_too_long_then_it_starts_anew(db: Database, wanjiru: Member, clock: FakeClock) -> None:
    async with db.unit() as uow:
        app = App((await begin_enrolment(uow, member=wanjiru.id)).key, clock)
        assert await confirm_enrolment(uow, member=wanjiru.id, code=app.code())
    clock.advance(minutes=15)
    async with db.unit() as uow:
        with pytest.raises(TwoFactorOff):
            await enable(uow, member=wanjiru.id)


@pytest.mark.parametrize(("steps", "verdict"), [(-2, "wrong"), (-1, "right"), (0, "right"), (1, "right"), (2, "wrong")])
async def test_totp_window_is_one_step_before_and_after(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock, steps: int, verdict: str
) -> None:
    app, _ = await set_up(db, wanjiru, clock)
    clock.advance(minutes=5)
    assert (await guess(gate, wanjiru, app.code(steps))).verdict == verdict


async def test_totp_code_when_used_again_then_refused_and_counted(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    app, _ = await set_up(db, wanjiru, clock)
    code = app.code()
    assert (await guess(gate, wanjiru, code)).verdict == "right"
    assert await guess(gate, wanjiru, code) == CodeOutcome("used", 4)


async def test_totp_code_when_an_earlier_step_follows_a_later_one_then_refused(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    app, _ = await set_up(db, wanjiru, clock)
    clock.advance(minutes=5)
    assert (await guess(gate, wanjiru, app.code(+1))).verdict == "right"
    assert (await guess(gate, wanjiru, app.code())).verdict == "used"


async def test_totp_code_that_enrolled_is_not_taken_again(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    app, _ = await set_up(db, wanjiru, clock)
    assert (await guess(gate, wanjiru, app.code(-1))).verdict == "used"


@pytest.mark.parametrize("which", ["totp", "totp again", "totp once more", "backup_code"])
async def test_second_factor_when_two_hundred_use_one_code_at_once_then_once(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock, people: People, which: str
) -> None:
    app, codes = await set_up(db, wanjiru, clock)
    method = which.split(maxsplit=1)[0]
    code = app.code() if method == "totp" else codes[3]
    released = asyncio.Barrier(200)

    async def one() -> str:
        await released.wait()
        while True:
            # Without a connection nothing was looked at.
            with contextlib.suppress(PoolTimeout):
                return (await guess(gate, wanjiru, code)).verdict

    verdicts = await asyncio.gather(*(one() for _ in range(200)))
    assert verdicts.count("right") == 1
    assert verdicts.count("used" if method == "totp" else "wrong") == 4
    assert verdicts.count("locked") == 195
    assert [row["method"] for row in await people.rows("step_ups")] == [method]


async def test_second_factor_when_the_same_event_comes_again_then_the_same_answer(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock, people: People
) -> None:
    app, _ = await set_up(db, wanjiru, clock)
    approval, code = settings(), app.code()
    outcomes = [await guess(gate, wanjiru, code, event="update 1", approval=approval) for _ in range(3)]
    assert [one.verdict for one in outcomes] == ["right"] * 3
    assert len(await people.rows("step_ups")) == 1


async def test_second_factor_when_guessed_then_five_and_ten_in_a_row(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock, people: People
) -> None:
    app, codes = await set_up(db, wanjiru, clock)
    tried = [(await guess(gate, wanjiru, "00000000")).tries_left for _ in range(5)]
    assert tried == [4, 3, 2, 1, 0]
    assert (await guess(gate, wanjiru, app.code())).verdict == "locked"
    clock.advance(minutes=30)
    assert [(await guess(gate, wanjiru, "000000")).verdict for _ in range(5)] == ["wrong"] * 4 + ["locked"]
    clock.advance(hours=23, minutes=59)
    assert (await guess(gate, wanjiru, codes[0])).verdict == "locked"
    clock.advance(minutes=1)
    assert (await guess(gate, wanjiru, codes[0])).verdict == "right"
    severities = [row["severity"] for row in await people.rows("security_events", where="event_type = 'second_factor_locked'")]
    assert severities == ["medium", "high"]


async def test_backup_code_when_used_then_gone_and_the_others_stay(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock, people: People
) -> None:
    _, codes = await set_up(db, wanjiru, clock)
    assert (await guess(gate, wanjiru, codes[0])).verdict == "right"
    assert (await guess(gate, wanjiru, codes[0])).verdict == "wrong"
    assert (await guess(gate, wanjiru, codes[9])).verdict == "right"
    assert len((await people.row("two_factor_auth"))["backup_codes"]) == BACKUP_CODES - 2


async def test_backup_codes_when_few_are_left_then_she_is_told(
    db: Database, gate: StepUpGate, wanjiru: Member, clock: FakeClock, people: People
) -> None:
    _, codes = await set_up(db, wanjiru, clock)
    for used, code in enumerate(codes, 1):
        assert (await guess(gate, wanjiru, code)).verdict == "right"
        told = await people.rows("sms_delivery_log", where="message LIKE '%backup code of yours%'")
        assert len(told) == max(0, used - (BACKUP_CODES - 3 - 1))
    assert "none left" in told[-1]["message"]


async def test_backup_codes_when_renewed_then_all_old_ones_are_dead(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    _, old = await set_up(db, wanjiru, clock)
    async with db.unit() as uow:
        new = await renew_backup_codes(uow, member=wanjiru.id)
    assert (await guess(gate, wanjiru, old[0])).verdict == "wrong"
    assert (await guess(gate, wanjiru, new[0])).verdict == "right"


async def test_backup_code_of_another_member_is_worth_nothing(
    db: Database, wanjiru: Member, gate: StepUpGate, clock: FakeClock, people: People
) -> None:
    otieno = await people.register(type(wanjiru.phone)("+254722000002"), name="Otieno")
    _, hers = await set_up(db, wanjiru, clock)
    await set_up(db, otieno, clock)
    assert (await guess(gate, otieno, hers[0])).verdict == "wrong"


async def test_disabled_then_the_secret_is_gone_and_sms_is_asked_again(
    db: Database, wanjiru: Member, clock: FakeClock, people: People
) -> None:
    await set_up(db, wanjiru, clock)
    async with db.unit() as uow:
        await disable(uow, member=wanjiru.id)
        assert await still_to_prove(uow, member=wanjiru.id, approval=settings()) is Missing.CODE_BY_SMS
    row = await people.row("two_factor_auth")
    assert (row["enabled"], row["secret"], row["backup_codes"]) == (False, None, None)
    assert row["disabled_at"] is not None


async def test_secret_when_keys_are_rotated_then_it_moves_to_the_newest_by_being_used(
    db: Database, empty_database: str, wanjiru: Member, clock: FakeClock, people: People
) -> None:
    from core.kernel.ids import TimeOrderedIds

    app, codes = await set_up(db, wanjiru, clock)
    old, new = "test-key-that-is-long-enough-0123456789", "another-key-that-is-long-enough-98765432"
    both = Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=Vault([new, old]), pool_size=2)
    assert (await guess(StepUpGate(both), wanjiru, app.code())).verdict == "right"
    assert (await guess(StepUpGate(both), wanjiru, codes[0])).verdict == "right"
    await both.close()
    sealed = (await people.row("two_factor_auth"))["secret"]
    assert Vault([new]).open(sealed, context=f"totp {wanjiru.id}").decode() == app.totp.secret


@pytest.mark.parametrize(
    "change",
    ["enabled = true", "method = 'email'", "enabled = true, enabled_at = now()", "backup_codes = '{}'", "failures = -1"],
)
async def test_two_factor_auth_when_it_makes_no_sense_then_the_database_refuses(
    db: Database, wanjiru: Member, change: str
) -> None:
    from sqlalchemy import text

    async with db.unit() as uow:
        row = {"id": new_id(), "member": UUID(str(wanjiru.id))}
        await uow.session.execute(
            text(
                "INSERT INTO two_factor_auth (id, user_id, method, created_at, updated_at)"
                " VALUES (:id, :member, 'totp', now(), now())"
            ),
            row,
        )
    with pytest.raises(IntegrityError):
        async with db.unit() as uow:
            await uow.session.execute(text(f"UPDATE two_factor_auth SET {change}"))
