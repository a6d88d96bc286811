"""The PIN at the door: what counts, what locks, and that asking many times at once buys nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.identity.members import Member
from core.identity.pins import DISABLES_AT, LOCKED_FOR, LOCKS_AT, PinGate, PinOutcome
from core.kernel.db import Database
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.secrets import Busy, CannotOpen, Hashing, PinHasher, Vault

from .people import PIN, People, new_id

WRONG = "604718"


@pytest.fixture
def gate(db: Database, hasher: PinHasher) -> PinGate:
    return PinGate(db, hasher)


@pytest.fixture
async def member(people: People) -> Member:
    return await people.register()


async def enter(gate: PinGate, member: Member | MemberId, pin: str = PIN, event: str = "", channel: str = "ussd") -> PinOutcome:
    identifier = member.id if isinstance(member, Member) else member
    return await gate.check(member=identifier, pin=pin, channel=channel, event_id=event or str(new_id()))


async def fail(gate: PinGate, member: Member, times: int) -> list[PinOutcome]:
    return [await enter(gate, member, WRONG) for _ in range(times)]


class CountingHasher(PinHasher):
    """Counts how many PINs really were checked, and may be made to do something in the middle of it."""

    def __init__(self, vault: Vault) -> None:
        super().__init__(vault)
        self.checked = 0
        self._hashing = _Counting(vault, self)


class _Counting(Hashing):
    def __init__(self, vault: Vault, counter: CountingHasher) -> None:
        super().__init__(vault)
        self._counter = counter

    async def verify(self, pin: str, sealed: str | None, *, owner: str) -> bool:
        self._counter.checked += 1
        return await super().verify(pin, sealed, owner=owner)


async def test_pin_when_right_then_let_in_and_written_down(gate: PinGate, member: Member, people: People) -> None:
    assert await enter(gate, member) == PinOutcome("right", tries_left=LOCKS_AT)
    attempt = await people.row("login_attempts")
    assert (attempt["attempt_result"], attempt["identifier"], attempt["user_id"]) == ("success", member.phone, member.id)
    assert (attempt["ip_address"], attempt["channel"], attempt["failure_reason"]) == ("ussd", "ussd", None)


async def test_pin_when_wrong_then_tries_left_go_down(gate: PinGate, member: Member, people: People) -> None:
    outcomes = await fail(gate, member, 4)
    assert outcomes == [PinOutcome("wrong", tries_left=left) for left in (4, 3, 2, 1)]
    attempts = await people.rows("login_attempts")
    assert {(row["attempt_result"], row["failure_reason"]) for row in attempts} == {("failed_password", "wrong")}


async def test_pin_when_right_after_wrong_ones_then_count_starts_anew(gate: PinGate, member: Member) -> None:
    await fail(gate, member, 4)
    await enter(gate, member)
    assert (await enter(gate, member, WRONG)).tries_left == 4


async def test_pin_when_wrong_five_times_then_locked_for_half_an_hour(
    gate: PinGate, member: Member, people: People, clock: Any
) -> None:
    outcomes = await fail(gate, member, 5)
    opens = clock.now() + LOCKED_FOR
    assert outcomes[-1] == PinOutcome("locked", locked_until=opens)
    assert await enter(gate, member) == PinOutcome("locked", locked_until=opens), "even with the right PIN"
    locked = await people.rows("login_attempts", where="attempt_result = 'account_locked'")
    assert len(locked) == 1
    events = await people.rows("security_events", where="event_type = 'account_locked'")
    assert [(event["severity"], event["user_id"]) for event in events] == [("medium", member.id)]


async def test_pin_when_lock_is_over_then_the_right_one_opens(gate: PinGate, member: Member, clock: Any) -> None:
    await fail(gate, member, 5)
    clock.advance(seconds=LOCKED_FOR.total_seconds())
    assert (await enter(gate, member)).verdict == "right"
    assert (await enter(gate, member, WRONG)).tries_left == 4


async def test_pin_when_wrong_ten_times_then_closed_for_good(gate: PinGate, member: Member, people: People, clock: Any) -> None:
    await fail(gate, member, 5)
    clock.advance(minutes=31)
    outcomes = await fail(gate, member, 5)
    assert [outcome.verdict for outcome in outcomes] == ["wrong"] * 4 + ["disabled"]
    assert [outcome.tries_left for outcome in outcomes[:4]] == [4, 3, 2, 1]
    clock.advance(days=30)
    assert (await enter(gate, member)).verdict == "disabled"
    (row,) = await people.rows("members")
    assert row["disabled_reason"] == "wrong_pins"
    assert [e["severity"] for e in await people.rows("security_events", where="event_type = 'account_disabled'")] == ["high"]


async def test_pin_when_tenth_try_is_right_then_opens(gate: PinGate, member: Member, clock: Any) -> None:
    await fail(gate, member, 5)
    clock.advance(minutes=31)
    await fail(gate, member, 4)
    assert (await enter(gate, member)).verdict == "right"
    assert (await enter(gate, member)).verdict == "right"


async def test_pin_when_wrong_on_both_channels_then_one_count(gate: PinGate, member: Member) -> None:
    await fail(gate, member, 3)
    assert (await enter(gate, member, WRONG, channel="telegram")).tries_left == 1


async def test_pin_when_member_is_unknown_then_wrong_and_written_down(gate: PinGate, people: People) -> None:
    nobody = MemberId(new_id())
    assert await enter(gate, nobody) == PinOutcome("wrong", tries_left=4)
    attempt = await people.row("login_attempts")
    assert (attempt["attempt_result"], attempt["identifier"][:8], attempt["user_id"]) == ("failed_not_found", "unknown:", None)


async def test_pin_when_same_event_comes_again_then_same_answer_and_counted_once(
    gate: PinGate, member: Member, people: People
) -> None:
    first = await enter(gate, member, WRONG, event="session 7 hop 4")
    again = [await enter(gate, member, WRONG, event="session 7 hop 4") for _ in range(3)]
    assert again == [first] * 3
    (row,) = await people.rows("members")
    assert (row["pin_failures"], len(await people.rows("login_attempts"))) == (1, 1)


async def test_pin_when_same_right_event_comes_again_then_right_without_a_new_check(
    db: Database, vault: Vault, member: Member
) -> None:
    hasher = CountingHasher(vault)
    gate = PinGate(db, hasher)
    outcomes = [await enter(gate, member, PIN, event="hop") for _ in range(3)]
    assert ({outcome.verdict for outcome in outcomes}, hasher.checked) == ({"right"}, 1)


async def test_pin_when_same_event_carries_another_pin_then_no_second_guess(db: Database, vault: Vault, member: Member) -> None:
    hasher = CountingHasher(vault)
    gate = PinGate(db, hasher)
    await enter(gate, member, WRONG, event="hop")
    assert (await enter(gate, member, PIN, event="hop")).verdict == "wrong"
    assert hasher.checked == 1


@pytest.mark.usefixtures("dear_hashes")
async def test_pin_when_same_event_comes_twenty_times_at_once_then_one_check_and_one_answer(
    db: Database, vault: Vault, member: Member, people: People
) -> None:
    hasher = CountingHasher(vault)
    gate = PinGate(db, hasher)
    outcomes = await asyncio.gather(*(enter(gate, member, WRONG, event="hop") for _ in range(20)), return_exceptions=True)
    answers = {outcome for outcome in outcomes if isinstance(outcome, PinOutcome)}
    assert answers == {PinOutcome("wrong", tries_left=4)}
    assert all(isinstance(outcome, PinOutcome | Busy) for outcome in outcomes)
    assert (hasher.checked, len(await people.rows("login_attempts"))) == (1, 1)


async def test_pin_when_one_event_serves_two_members_then_a_bug_is_reported(
    gate: PinGate, member: Member, people: People
) -> None:
    from core.kernel.phone import Phone

    other = await people.register(Phone("+254722000002"))
    await enter(gate, member, event="hop")
    with pytest.raises(ValueError, match="one member"):
        await enter(gate, other, event="hop")


@pytest.mark.usefixtures("dear_hashes")
async def test_pin_when_two_hundred_guess_at_once_then_at_most_five_are_checked(
    db: Database, vault: Vault, member: Member, people: People
) -> None:
    hasher = CountingHasher(vault)
    gate = PinGate(db, hasher)
    guesses = [f"{604_000 + number}" for number in range(200)]
    outcomes = await asyncio.gather(*(enter(gate, member, guess) for guess in guesses), return_exceptions=True)
    assert hasher.checked == LOCKS_AT
    assert all(isinstance(outcome, PinOutcome | Busy) for outcome in outcomes), outcomes
    assert not [outcome for outcome in outcomes if isinstance(outcome, PinOutcome) and outcome.verdict == "right"]
    assert (await enter(gate, member)).verdict == "locked"


@pytest.mark.usefixtures("dear_hashes")
async def test_pin_when_many_processes_guess_at_once_then_at_most_five_are_checked(
    empty_database: str, clock: Any, vault: Vault, member: Member
) -> None:
    """Each process has its own hasher and pool, so only the database keeps the count."""
    processes = []
    for _ in range(8):
        hasher = CountingHasher(vault)
        processes.append((Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=vault, pool_size=4), hasher))
    gates = [PinGate(database, hasher) for database, hasher in processes]
    attempts = (enter(gates[number % 8], member, f"{604_000 + number}") for number in range(64))
    await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(hasher.checked for _, hasher in processes) == LOCKS_AT
    for database, _ in processes:
        await database.close()


@pytest.mark.usefixtures("dear_hashes")
async def test_pin_when_two_hundred_guess_over_all_channels_at_once_then_one_count(
    gate: PinGate, member: Member, people: People
) -> None:
    released = asyncio.Event()

    async def guess(number: int) -> str:
        await released.wait()
        channel, device = (("ussd", f"phone:{member.phone}"), ("telegram", ""), ("api", ""))[number % 3]
        try:
            pin = f"{number:06d}"
            found = await gate.check(member=member.id, pin=pin, channel=channel, event_id=str(new_id()), device=device)
        except Busy:
            return "busy"
        return found.verdict

    guesses = [asyncio.create_task(guess(number)) for number in range(200)]
    released.set()
    came = await asyncio.gather(*guesses)
    assert came.count("wrong") == LOCKS_AT - 1
    assert set(came) == {"wrong", "locked", "busy"} or set(came) == {"wrong", "locked"}
    assert (await people.row("members"))["pin_failures"] == LOCKS_AT


@pytest.mark.usefixtures("dear_hashes")
async def test_pin_when_guessed_across_locks_at_once_then_ten_in_all(
    db: Database, vault: Vault, member: Member, clock: Any
) -> None:
    hasher = CountingHasher(vault)
    gate = PinGate(db, hasher)
    for _ in range(4):
        await asyncio.gather(*(enter(gate, member, WRONG) for _ in range(30)), return_exceptions=True)
        clock.advance(minutes=31)
    assert hasher.checked == DISABLES_AT


async def test_pin_when_caller_fails_afterwards_then_the_count_stays(db: Database, gate: PinGate, member: Member) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 - the caller's unit as a whole fails
        async with db.unit() as uow:
            await uow.session.execute(text("SELECT 1"))
            await enter(gate, member, WRONG)
            raise RuntimeError("the caller's turn fails")
    assert (await enter(gate, member, WRONG)).tries_left == 3


async def test_pin_when_process_dies_during_the_check_then_the_try_is_counted(
    db: Database, vault: Vault, member: Member, people: People
) -> None:
    class Dies(PinHasher):
        def __init__(self, vault: Vault) -> None:
            super().__init__(vault)
            self._hashing = _Dying(vault)

    class _Dying(Hashing):
        async def verify(self, pin: str, sealed: str | None, *, owner: str) -> bool:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await enter(PinGate(db, Dies(vault)), member, WRONG)
    (row,) = await people.rows("members")
    assert (row["pin_failures"], (await people.row("login_attempts"))["failure_reason"]) == (1, "unfinished")


async def test_pin_when_our_key_is_missing_then_nobody_is_locked_out(db: Database, member: Member, people: People) -> None:
    gate = PinGate(db, PinHasher(Vault(["another-key-that-is-long-enough-9876543210"])))
    for _ in range(12):
        with pytest.raises(CannotOpen):
            await enter(gate, member)
    (row,) = await people.rows("members")
    assert (row["pin_failures"], row["pin_locked_until"], row["disabled_at"]) == (0, None, None)
    assert await people.rows("login_attempts") == []


async def test_pin_when_no_worker_is_free_then_busy_and_nothing_counted(
    db: Database, hasher: PinHasher, member: Member, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.kernel.secrets.PIN_PATIENCE_SECONDS", 0.05)
    async with hasher.place(), hasher.place():
        with pytest.raises(Busy):
            await enter(PinGate(db, hasher), member, WRONG)
    (row,) = await people.rows("members")
    assert (row["pin_failures"], await people.rows("login_attempts")) == (0, [])


async def test_pin_when_entered_then_neither_it_nor_a_wrong_one_is_kept(gate: PinGate, member: Member, people: People) -> None:
    await enter(gate, member)
    await enter(gate, member, WRONG)
    kept = await people.everything()
    assert PIN not in kept
    assert WRONG not in kept


async def test_failed_logins_query_of_the_dashboard_when_pins_were_wrong_then_counts_them(
    db: Database, gate: PinGate, member: Member
) -> None:
    await fail(gate, member, 2)
    await enter(gate, member, WRONG, channel="telegram")
    await enter(gate, member)
    async with db.unit() as uow:
        found = await uow.session.execute(
            text(
                "SELECT ip_address, COUNT(*) as attempts FROM login_attempts WHERE attempt_result = 'failed_password'"
                " AND created_at > TIMESTAMPTZ '2026-11-23' - INTERVAL '24 hours'"
                " GROUP BY ip_address ORDER BY attempts DESC LIMIT 10"
            )
        )
        assert found.all() == [("ussd", 2), ("telegram", 1)]


def test_lock_when_compared_with_the_rules_then_is_half_an_hour() -> None:
    assert (timedelta(minutes=30), 5, 10) == (LOCKED_FOR, LOCKS_AT, DISABLES_AT)
