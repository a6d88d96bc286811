"""Codes by SMS: bound to their purpose, used once, guessed at five times, asked for within limits."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.identity.code_limits import FOR_ONE_WHO_ASKS, TO_A_THOUSAND
from core.identity.codes import LIFETIME, CodeGate, CodeOutcome, CodesUnavailable, TooManyCodes, issue_code
from core.identity.factor_models import CodeBudget
from core.identity.watch import watch
from core.kernel.db import Database
from core.kernel.phone import NotAPhone, Phone
from tests.notifications.post_office import PostOffice

from .people import WANJIRU, People, new_id

OTIENO = Phone("+254722000002")
LINK = {"purpose": "telegram-link", "subject": "telegram 42 +254712000001"}


@pytest.fixture
def office(db: Database) -> PostOffice:
    return PostOffice(db)


@pytest.fixture
def gate(db: Database) -> CodeGate:
    return CodeGate(db)


async def ask(db: Database, office: PostOffice, phone: Phone = WANJIRU, **given: Any) -> str:
    """Ask for a code and read it on the phone."""
    async with db.unit() as uow:
        await issue_code(uow, **{**LINK, "phone": phone, "language": "en", **given})
    await office.work()
    return re.findall(r"\b\d{6}\b", office.sms.to(phone)[-1])[0]


async def guess(gate: CodeGate, code: str, *, event: str = "", **given: Any) -> CodeOutcome:
    return await gate.check(**{**LINK, **given}, code=code, event_id=event or str(new_id()))


def other_than(code: str, number: int = 1) -> str:
    return f"{(int(code) + number) % 1_000_000:06d}"


async def test_code_when_right_then_right_and_used_up(db: Database, office: PostOffice, gate: CodeGate) -> None:
    code = await ask(db, office)
    assert (await guess(gate, code)).verdict == "right"
    assert (await guess(gate, code)).verdict == "expired"


async def test_code_when_wrong_then_tries_left_go_down_until_it_is_dead(
    db: Database, office: PostOffice, gate: CodeGate
) -> None:
    code = await ask(db, office)
    outcomes = [await guess(gate, other_than(code, n)) for n in range(1, 6)]
    assert outcomes == [CodeOutcome("wrong", left) for left in (4, 3, 2, 1)] + [CodeOutcome("locked", 0)]
    assert (await guess(gate, code)).verdict == "locked"


async def test_code_when_five_minutes_are_over_then_expired(
    db: Database, office: PostOffice, gate: CodeGate, clock: Any
) -> None:
    code = await ask(db, office)
    clock.advance(seconds=LIFETIME.total_seconds() - 1)
    assert (await guess(gate, other_than(code))).verdict == "wrong"
    clock.advance(seconds=1)
    assert (await guess(gate, code)).verdict == "expired"


async def test_code_when_never_issued_then_expired(gate: CodeGate) -> None:
    assert (await guess(gate, "123987")).verdict == "expired"


@pytest.mark.parametrize("other", [{"purpose": "pay"}, {"subject": "telegram 43 +254712000001"}])
async def test_code_when_used_for_something_else_then_no_use(
    db: Database, office: PostOffice, gate: CodeGate, other: dict[str, str]
) -> None:
    code = await ask(db, office)
    async with db.unit() as uow:  # so that the other purpose has a code of its own to be wrong about
        await issue_code(uow, **{**LINK, **other, "phone": OTIENO, "language": "en"})
    assert (await guess(gate, code, **other)).verdict == "wrong"
    assert (await guess(gate, code)).verdict == "right"


async def test_code_when_a_new_one_is_asked_for_then_the_old_is_dead(
    db: Database, office: PostOffice, gate: CodeGate, clock: Any
) -> None:
    old = await ask(db, office)
    clock.advance(seconds=60)
    new = await ask(db, office)
    if old != new:
        assert (await guess(gate, old)).verdict == "wrong"
    assert (await guess(gate, new)).verdict == "right"


async def test_code_when_guessed_over_several_codes_then_ten_wrong_in_all(
    db: Database, office: PostOffice, gate: CodeGate, clock: Any, people: People
) -> None:
    for _ in range(2):
        code = await ask(db, office)
        for number in range(1, 8):
            await guess(gate, other_than(code, number))
        clock.advance(minutes=6)
    with pytest.raises(TooManyCodes) as refusal:
        await ask(db, office)
    assert 23 * 60 < refusal.value.wait_minutes <= 24 * 60
    wrong = await people.rows("otp_attempts", where="verdict = 'wrong' OR (verdict = 'locked' AND tries_left = 0)")
    assert max(row["failures"] for row in await people.rows("otp_challenges")) == 10
    assert len(wrong) == 14
    clock.advance(hours=24)
    code = await ask(db, office)
    assert (await guess(gate, other_than(code))).tries_left == 4


async def test_code_when_right_in_between_then_count_starts_anew(
    db: Database, office: PostOffice, gate: CodeGate, clock: Any
) -> None:
    for _ in range(3):
        code = await ask(db, office)
        for number in range(1, 5):
            await guess(gate, other_than(code, number))
        assert (await guess(gate, code)).verdict == "right"
        clock.advance(minutes=16)


async def released_together(guesses: Sequence[Callable[[], Awaitable[CodeOutcome]]]) -> list[CodeOutcome]:
    """Every guess is a task of its own that waits at the same gate. One that gets no connection in time tries again."""
    gate = asyncio.Barrier(len(guesses))

    async def one(guess: Callable[[], Awaitable[CodeOutcome]]) -> CodeOutcome:
        await gate.wait()
        while True:
            with contextlib.suppress(PoolTimeout):
                return await guess()

    return await asyncio.gather(*(one(guess) for guess in guesses))


@pytest.mark.parametrize("_round", range(3))
async def test_otp_brute_force_when_two_hundred_guess_at_once_then_five_are_evaluated(
    db: Database, office: PostOffice, gate: CodeGate, people: People, _round: int
) -> None:
    code = await ask(db, office)
    outcomes = await released_together([functools.partial(guess, gate, other_than(code, n)) for n in range(1, 201)])
    (challenge,) = await people.rows("otp_challenges")
    assert challenge["attempts"] == 5
    assert sorted(o.tries_left for o in outcomes if o.verdict == "wrong") == [1, 2, 3, 4]
    assert sum(o.verdict == "locked" for o in outcomes) == 196
    assert (await guess(gate, code)).verdict == "locked"


@pytest.mark.parametrize("_round", range(3))
async def test_otp_when_two_hundred_use_the_right_one_at_once_then_once(
    db: Database, office: PostOffice, gate: CodeGate, _round: int
) -> None:
    code = await ask(db, office)
    outcomes = await released_together([functools.partial(guess, gate, code)] * 200)
    assert [o.verdict for o in outcomes].count("right") == 1
    assert [o.verdict for o in outcomes].count("expired") == 199


async def test_otp_cross_use_when_the_code_approves_something_else_then_wrong_and_counted(
    db: Database, office: PostOffice, gate: CodeGate, people: People
) -> None:
    code = await ask(db, office, bound_to="KES 500 to Umoja")
    for bound_to in ("KES 5000 to Umoja", "KES 500 to Tumaini", ""):
        assert (await guess(gate, code, bound_to=bound_to)).verdict == "wrong"
    (challenge,) = await people.rows("otp_challenges")
    assert (challenge["attempts"], challenge["failures"]) == (3, 3)
    assert "Umoja" not in str(challenge)
    assert (await guess(gate, code, bound_to="KES 500 to Umoja")).verdict == "right"


async def test_otp_cross_use_when_it_approves_nothing_then_no_use_for_money(
    db: Database, office: PostOffice, gate: CodeGate
) -> None:
    code = await ask(db, office)
    assert (await guess(gate, code, bound_to="KES 500 to Umoja")).verdict == "wrong"


async def test_code_when_same_event_comes_again_then_same_answer_and_counted_once(
    db: Database, office: PostOffice, gate: CodeGate
) -> None:
    code = await ask(db, office)
    wrong = [await guess(gate, other_than(code), event="update 1") for _ in range(3)]
    assert wrong == [CodeOutcome("wrong", 4)] * 3
    right = [await guess(gate, code, event="update 2") for _ in range(3)]
    assert right == [CodeOutcome("right", 4)] * 3


async def test_code_when_asked_again_within_a_minute_then_refused(db: Database, office: PostOffice, clock: Any) -> None:
    await ask(db, office)
    clock.advance(seconds=59)
    with pytest.raises(TooManyCodes) as refusal:
        await ask(db, office)
    assert refusal.value.wait_minutes == 1
    clock.advance(seconds=1)
    await ask(db, office)


async def test_code_when_asked_often_then_three_in_a_quarter_and_six_in_a_day(
    db: Database, office: PostOffice, clock: Any
) -> None:
    sent = 0
    for _ in range(26 * 60):
        try:
            await ask(db, office)
            sent += 1
        except TooManyCodes as refusal:
            clock.advance(minutes=refusal.wait_minutes)
        else:
            clock.advance(minutes=1)
        if sent == 6:
            break
    with pytest.raises(TooManyCodes) as refusal:
        await ask(db, office)
    assert refusal.value.wait_minutes > 23 * 60
    assert len(office.sms.to(WANJIRU)) == 6


async def test_code_when_one_asks_for_other_subjects_then_the_number_is_still_protected(
    db: Database, office: PostOffice
) -> None:
    await ask(db, office)
    with pytest.raises(TooManyCodes):
        await ask(db, office, subject="telegram 43 +254712000001")


async def test_code_when_one_asks_for_many_numbers_then_thirty_an_hour(db: Database) -> None:
    async def ask_for(number: int) -> None:
        phone = Phone(f"+2547{number:08d}")
        async with db.unit() as uow:
            await issue_code(
                uow, purpose="telegram-link", subject=f"42 {phone}", phone=phone, language="en", requester="telegram:42"
            )

    for number in range(30):
        await ask_for(number)
    with pytest.raises(TooManyCodes):
        await ask_for(31)


def scattered(number: int) -> Phone:
    """Numbers that have nothing to do with each other."""
    return Phone(f"+2547{number * 97_003 % 100_000_000:08d}")


async def pump(db: Database, phones: Iterable[Phone]) -> int:
    """Ask for a code to each number, all within one minute; how many were sent."""
    sent = 0
    for phone in phones:
        with contextlib.suppress(TooManyCodes):
            async with db.unit() as uow:
                await issue_code(uow, purpose="p", subject=phone, phone=phone, language="en")
            sent += 1
    return sent


async def set_budget(db: Database, *, hourly: int, daily: int, price: str = "0.80") -> None:
    async with db.unit() as uow:
        at, source = uow.clock.now(), "a test"
        uow.session.add(CodeBudget(valid_from=at, sms_price=Decimal(price), hourly=hourly, daily=daily, source=source))


async def test_sms_pumping_when_a_thousand_numbers_ask_then_the_budget_holds(db: Database, people: People, clock: Any) -> None:
    await set_budget(db, hourly=16, daily=24)
    phones = [scattered(number) for number in range(1, 1_001)]
    assert len(set(phones)) == 1_000

    assert await pump(db, phones) == 20
    assert sum(row["template"] == "otp" for row in await people.rows("sms_delivery_log")) == 20
    async with db.unit() as uow:
        await watch(uow)
    alarms = {(row["event_type"], row["severity"], row["details"]["about"]) for row in await people.rows("security_events")}
    assert ("code_budget_used_up", "critical", "1 h") in alarms

    clock.advance(minutes=61)
    assert await pump(db, phones[:40]) == 10
    clock.advance(hours=22)
    assert await pump(db, phones[40:60]) == 0


async def test_sms_pumping_when_many_ask_at_once_then_the_budget_is_not_passed(db: Database, people: People) -> None:
    await set_budget(db, hourly=8, daily=8)
    await asyncio.gather(*(pump(db, [scattered(number)]) for number in range(1, 41)))
    assert len(await people.rows("sms_delivery_log")) == 10


def beside(number: int) -> Phone:
    """Numbers of one range."""
    return Phone(f"+254712345{number:03d}")


ALL_AT_ONCE = {
    "one number, two hundred subjects": (lambda _: Phone("+254712000001"), lambda n: None, 1),
    "one who asks, two hundred numbers": (scattered, lambda _: "telegram:42", FOR_ONE_WHO_ASKS[0][0]),
    "two hundred numbers beside each other": (beside, lambda n: f"telegram:{n}", TO_A_THOUSAND[0][0]),
    "two hundred numbers, a budget for twelve": (scattered, lambda n: f"telegram:{n}", 12),
}


@pytest.mark.parametrize("case", ALL_AT_ONCE)
async def test_limits_when_two_hundred_ask_at_once_then_exact(db: Database, people: People, case: str) -> None:
    phone_of, requester_of, most = ALL_AT_ONCE[case]
    if "budget" in case:
        await set_budget(db, hourly=8, daily=8, price="0.66")
    everybody = asyncio.Event()

    async def once(number: int) -> None:
        await everybody.wait()
        about = {"purpose": "p", "subject": str(number), "language": "en", "requester": requester_of(number)}
        while True:
            # Who found no free connection, or waited too long for the others, was not answered, and asks again.
            try:
                async with db.unit() as uow:
                    return await issue_code(uow, phone=phone_of(number), **about)
            except PoolTimeout:
                continue
            except DBAPIError as problem:
                if "lock timeout" not in str(problem):
                    raise

    asking = [asyncio.create_task(once(number)) for number in range(1, 201)]
    everybody.set()
    ends = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(end) for end in ends if end is not None} == {TooManyCodes}
    assert sum(end is None for end in ends) == most
    assert len(await people.rows("sms_delivery_log")) == len(await people.rows("otp_challenges")) == most


async def test_sms_pumping_when_the_carrier_charges_more_then_less_are_sent(db: Database, people: People) -> None:
    await set_budget(db, hourly=8, daily=8)
    assert await pump(db, [scattered(1)]) == 1
    async with db.unit() as uow:
        await uow.session.execute(text("UPDATE sms_delivery_log SET cost = 6.4"))
    assert await pump(db, [scattered(number) for number in range(2, 9)]) == 2


async def test_sms_pumping_when_it_walks_through_a_range_then_a_hundred_an_hour(db: Database) -> None:
    beside = [Phone(f"+254712345{number:03d}") for number in range(120)]
    assert await pump(db, beside) == TO_A_THOUSAND[0][0]
    assert await pump(db, [Phone("+254712346000")]) == 1


@pytest.mark.parametrize(
    "number", ["+254900123456", "+254800720000", "+254202222222", "+14155550100", "+44712000001", "+25471200000", "0712000001"]
)
async def test_otp_when_the_number_is_foreign_or_premium_then_none_is_sent(db: Database, people: People, number: str) -> None:
    with pytest.raises(NotAPhone):
        async with db.unit() as uow:
            await issue_code(uow, **LINK, phone=Phone(number), language="en")
    assert await people.rows("otp_challenges") == await people.rows("sms_delivery_log") == []


async def test_limiter_when_no_budget_is_in_force_then_no_code(db: Database, people: People) -> None:
    async with db.unit() as uow:
        await uow.session.execute(text("DELETE FROM code_budgets"))
    with pytest.raises(CodesUnavailable):
        async with db.unit() as uow:
            await issue_code(uow, **LINK, phone=WANJIRU, language="en")
    assert await people.rows("sms_delivery_log") == []


@pytest.mark.parametrize("table", ["otp_challenges", "sms_delivery_log", "code_budgets"])
async def test_limiter_when_it_cant_be_read_then_refuses(db: Database, people: People, table: str) -> None:
    async with db.unit() as other:
        await other.session.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(DBAPIError):  # noqa: PT012 - the unit as a whole fails
            async with db.unit() as uow:
                await uow.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
                await issue_code(uow, **LINK, phone=WANJIRU, language="en")
    assert await people.rows("sms_delivery_log") == await people.rows("pgqueuer") == []


async def test_otp_when_sent_then_its_cost_is_written(db: Database, office: PostOffice, people: People) -> None:
    await ask(db, office)
    challenge = await people.row("otp_challenges")
    sms = await people.row("sms_delivery_log")
    assert (challenge["sms_id"], sms["template"]) == (sms["id"], "otp")
    assert sms["cost"] > 0


async def test_code_when_twenty_ask_at_once_for_one_number_then_one_is_sent(db: Database, office: PostOffice) -> None:
    async def once() -> None:
        async with db.unit() as uow:
            await issue_code(uow, **LINK, phone=WANJIRU, language="en")

    await asyncio.gather(*(once() for _ in range(20)), return_exceptions=True)
    await office.work()
    assert len(office.sms.to(WANJIRU)) == 1


async def test_code_when_issued_sent_and_guessed_then_in_no_table(
    db: Database, office: PostOffice, gate: CodeGate, people: People
) -> None:
    code = await ask(db, office)
    wrong = other_than(code)
    await guess(gate, wrong)
    await guess(gate, code)
    kept = await people.everything()
    assert not re.search(rf"(?<![0-9a-f]){code}(?![0-9a-f])", kept)
    assert not re.search(rf"(?<![0-9a-f]){wrong}(?![0-9a-f])", kept)


async def test_code_when_unit_rolls_back_then_neither_code_nor_sms(db: Database, office: PostOffice, gate: CodeGate) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 - the unit as a whole fails
        async with db.unit() as uow:
            await issue_code(uow, **LINK, phone=WANJIRU, language="en")
            raise RuntimeError("changed my mind")
    assert await office.work() == 0
    assert timedelta(minutes=5) == LIFETIME
