"""One question for every action: what must she still prove? Bound to what she read, above her own limit, however it's split."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest

from core.identity.approvals import Approval, must_be_by_authenticator
from core.identity.codes import TooManyCodes
from core.identity.members import Member
from core.identity.step_up import (
    DEFAULT_LIMIT,
    Missing,
    StepUpGate,
    StepUpNeeded,
    limit_of,
    require_step_up,
    send_step_up_code,
    set_limit,
    still_to_prove,
)
from core.kernel.db import Database
from core.kernel.ids import IntentId
from core.kernel.money import CUSD, Money
from tests.conftest import FakeClock
from tests.notifications.post_office import PostOffice

from .people import People, new_id
from .test_two_factor import set_up

LIMIT = Money(1_000_00)


def payment(shillings: int, **given: Any) -> Approval:
    return Approval("contribute", IntentId(new_id()), Money(shillings * 100), payee="Umoja", payee_id="group 1", **given)


@pytest.fixture
async def wanjiru(people: People, db: Database) -> Member:
    member = await people.register()
    async with db.unit() as uow:
        await set_limit(uow, member=member.id, limit=LIMIT)
    return member


@pytest.fixture
def office(db: Database) -> PostOffice:
    return PostOffice(db)


@pytest.fixture
def gate(db: Database) -> StepUpGate:
    return StepUpGate(db)


async def missing(db: Database, member: Member, approval: Approval) -> Missing:
    async with db.unit() as uow:
        return await still_to_prove(uow, member=member.id, approval=approval)


async def act(db: Database, member: Member, approval: Approval) -> None:
    async with db.unit() as uow:
        await require_step_up(uow, member=member.id, approval=approval)


async def code_for(db: Database, office: PostOffice, member: Member, approval: Approval) -> tuple[str, str]:
    """Have a code sent; its digits and the whole message."""
    async with db.unit() as uow:
        await send_step_up_code(uow, member=member, approval=approval, language="en", requester="phone:1")
    await office.work()
    message = office.sms.to(member.phone)[-1]
    (code,) = re.findall(r"(?<!\d)\d{6}(?!\d)", message)
    return code, message


async def test_money_when_within_her_limit_then_nothing_and_above_it_a_code(db: Database, wanjiru: Member) -> None:
    assert await missing(db, wanjiru, payment(1000)) is Missing.NOTHING
    assert await missing(db, wanjiru, payment(1001)) is Missing.CODE_BY_SMS
    with pytest.raises(StepUpNeeded):
        await act(db, wanjiru, payment(1001))


async def test_limit_when_never_set_then_the_default_and_of_tokens_none(db: Database, people: People) -> None:
    member = await people.register()
    async with db.unit() as uow:
        assert await limit_of(uow, member=member.id) == DEFAULT_LIMIT
        assert await limit_of(uow, member=member.id, currency=CUSD) == Money(0, CUSD)


async def test_splitting_when_small_amounts_add_up_within_a_day_then_a_code(
    db: Database, wanjiru: Member, clock: FakeClock
) -> None:
    for _ in range(10):
        await act(db, wanjiru, payment(100))
    assert await missing(db, wanjiru, payment(1)) is Missing.CODE_BY_SMS
    clock.advance(hours=24)
    await act(db, wanjiru, payment(1000))


async def test_splitting_when_ten_go_at_once_then_no_more_than_the_limit(db: Database, wanjiru: Member) -> None:
    done = await asyncio.gather(*(act(db, wanjiru, payment(300)) for _ in range(10)), return_exceptions=True)
    assert sum(outcome is None for outcome in done) == 3
    assert {type(outcome) for outcome in done if outcome is not None} == {StepUpNeeded}


async def test_limit_when_the_same_intent_comes_again_then_counted_once(db: Database, wanjiru: Member) -> None:
    once = payment(600)
    for _ in range(3):
        await act(db, wanjiru, once)
    assert await missing(db, wanjiru, payment(400)) is Missing.NOTHING
    with pytest.raises(StepUpNeeded):
        await act(db, wanjiru, replace(once, payee_id="group 2"))


async def test_code_when_right_then_this_action_and_no_other(
    db: Database, office: PostOffice, wanjiru: Member, gate: StepUpGate
) -> None:
    approval = payment(5000)
    code, message = await code_for(db, office, wanjiru, approval)
    assert "KES 5,000" in message
    assert "Umoja" in message

    assert (await gate.check(member=wanjiru.id, approval=approval, code=code, event_id="1")).verdict == "right"

    for other in (
        replace(approval, amount=Money(5001_00)),
        replace(approval, payee_id="group 2"),
        replace(approval, payee="Tumaini"),
        replace(approval, intent=IntentId(new_id())),
        replace(approval, action="withdraw"),
    ):
        assert await missing(db, wanjiru, other) is Missing.CODE_BY_SMS
    await act(db, wanjiru, approval)


async def test_code_when_it_approves_less_then_wrong_for_more(
    db: Database, office: PostOffice, wanjiru: Member, gate: StepUpGate, people: People
) -> None:
    approval = payment(5000)
    code, _ = await code_for(db, office, wanjiru, approval)
    more = replace(approval, amount=Money(50_000_00))
    assert (await gate.check(member=wanjiru.id, approval=more, code=code, event_id="1")).verdict == "wrong"
    assert (await people.row("otp_challenges"))["attempts"] == 1
    assert await people.rows("step_ups") == []


async def test_code_when_guessed_over_many_payments_then_the_count_goes_on(
    db: Database, office: PostOffice, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    for _ in range(2):
        approval = payment(5000)
        code, _ = await code_for(db, office, wanjiru, approval)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for _ in range(5):
            await gate.check(member=wanjiru.id, approval=approval, code=wrong, event_id=str(new_id()))
        clock.advance(minutes=6)
    with pytest.raises(TooManyCodes):
        await code_for(db, office, wanjiru, payment(5000))


async def test_proof_when_five_minutes_are_over_then_asked_again(
    db: Database, office: PostOffice, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    approval = payment(5000)
    for moment in ("first", "second"):
        code, _ = await code_for(db, office, wanjiru, approval)
        assert (await gate.check(member=wanjiru.id, approval=approval, code=code, event_id=moment)).verdict == "right"
        assert await missing(db, wanjiru, approval) is Missing.NOTHING
        clock.advance(minutes=5)
        assert await missing(db, wanjiru, approval) is Missing.CODE_BY_SMS
        assert (await gate.check(member=wanjiru.id, approval=approval, code=code, event_id=moment)).verdict == "right"
        assert await missing(db, wanjiru, approval) is Missing.CODE_BY_SMS, "a repeat proves nothing anew"


async def test_code_by_sms_when_she_has_an_authenticator_then_of_no_use(
    db: Database, office: PostOffice, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    approval = payment(5000)
    code, _ = await code_for(db, office, wanjiru, approval)
    await set_up(db, wanjiru, clock)
    assert await missing(db, wanjiru, approval) is Missing.AUTHENTICATOR
    assert (await gate.check(member=wanjiru.id, approval=approval, code=code, event_id="1")).verdict == "wrong"
    with pytest.raises(StepUpNeeded):
        await act(db, wanjiru, approval)


async def test_role_when_it_wants_the_authenticator_then_no_sms_and_no_limit_will_do(
    db: Database, office: PostOffice, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    official = payment(1, by_role=True)
    assert await missing(db, wanjiru, official) is Missing.ENROLMENT
    code, _ = await code_for(db, office, wanjiru, official)
    assert (await gate.check(member=wanjiru.id, approval=official, code=code, event_id="1")).verdict == "right"
    assert await missing(db, wanjiru, official) is Missing.ENROLMENT

    app, _ = await set_up(db, wanjiru, clock)
    assert await missing(db, wanjiru, official) is Missing.AUTHENTICATOR
    assert (await gate.check(member=wanjiru.id, approval=official, code=app.code(), event_id="2")).verdict == "right"
    await act(db, wanjiru, official)


@pytest.mark.parametrize(("as_official", "rule", "must"), [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 1)])
async def test_officials_two_factor_when_the_group_wants_it_then_of_its_officials_alone(
    db: Database, wanjiru: Member, as_official: int, rule: int, must: int
) -> None:
    by_role = must_be_by_authenticator(as_official=bool(as_official), officials_two_factor=bool(rule))
    assert by_role == bool(must)
    assert await missing(db, wanjiru, payment(1, by_role=by_role)) is (Missing.ENROLMENT if must else Missing.NOTHING)


async def test_officials_two_factor_when_the_rule_comes_after_the_proof_then_asked_again(
    db: Database, office: PostOffice, wanjiru: Member, gate: StepUpGate, clock: FakeClock
) -> None:
    """G5, TOCTOU: what was proven under the old rule approves nothing under the new one, nor the other way round."""
    before = payment(5000)
    after = replace(before, by_role=True)
    code, _ = await code_for(db, office, wanjiru, before)
    assert (await gate.check(member=wanjiru.id, approval=before, code=code, event_id="1")).verdict == "right"
    assert await missing(db, wanjiru, after) is Missing.ENROLMENT
    with pytest.raises(StepUpNeeded):
        await act(db, wanjiru, after)
    app, _ = await set_up(db, wanjiru, clock)
    assert (await gate.check(member=wanjiru.id, approval=after, code=app.code(), event_id="2")).verdict == "right"
    assert await missing(db, wanjiru, before) is Missing.AUTHENTICATOR
    await act(db, wanjiru, after)


async def test_settings_when_changed_then_a_code_whatever_the_limit(db: Database, wanjiru: Member) -> None:
    for action in ("two-factor-on", "two-factor-off", "backup-codes", "limit", "email", "email-remove", "erasure"):
        assert await missing(db, wanjiru, Approval(action, IntentId(new_id()))) is Missing.CODE_BY_SMS


@pytest.mark.parametrize("payee", ["Umoja", "Chama 482913", "482913", "٤٨٢٩١٣ Group", "1234567", "0712 000001"])
@pytest.mark.parametrize("language", ["en", "sw"])
async def test_sms_names_amount_and_payee_and_has_one_number_of_six_digits(
    db: Database, office: PostOffice, wanjiru: Member, payee: str, language: str
) -> None:
    approval = replace(payment(250_000), payee=payee)
    async with db.unit() as uow:
        await send_step_up_code(uow, member=wanjiru, approval=approval, language=language, requester="phone:1")
    await office.work()
    message = office.sms.to(wanjiru.phone)[-1]
    assert len(re.findall(r"\b\d{6}\b", message)) == 1
    assert "250,000" in message
    assert re.sub(r"\s", "", payee) in re.sub(r"\s", "", message)


async def test_code_when_asked_for_again_while_it_is_good_then_not_sent_twice(
    db: Database, office: PostOffice, wanjiru: Member
) -> None:
    approval = payment(5000)
    for _ in range(3):
        await code_for(db, office, wanjiru, approval)
    assert len(office.sms.to(wanjiru.phone)) == 1
    async with db.unit() as uow:
        with pytest.raises(TooManyCodes):
            await send_step_up_code(uow, member=wanjiru, approval=approval, language="en", requester="phone:1", again=True)


def test_approval_when_kept_by_a_session_then_the_same_afterwards() -> None:
    approval = payment(5000)
    assert Approval.kept(approval.keep()) == approval


async def test_what_costs_nothing_takes_no_code_and_counts_nothing(db: Database, wanjiru: Member) -> None:
    """Joining a merry-go-round before anybody has paid, for instance."""
    async with db.unit() as uow:
        await require_step_up(uow, member=wanjiru.id, approval=payment(0))
    assert await missing(db, wanjiru, payment(1_000)) is Missing.NOTHING
