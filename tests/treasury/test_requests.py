"""A payment from the treasury: asked for, approved by others, waited for, paid, and told to everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from core.daos.people import NotYourRole, OnlyWatches
from core.daos.spending import Payee
from core.kernel.clock import local_time
from core.kernel.ids import IntentId, MemberId
from core.kernel.money import Money
from core.ledger.service import KeyReused
from core.treasury.approving import AlreadyDecided, NotAnApprover, OwnRequest, approve
from core.treasury.asking import (
    AccountCooling,
    NoEmergency,
    PettyToOneself,
    ReportDue,
    TooFewApprovers,
    TreasuryAmountTooSmall,
    UnknownPayee,
)
from core.treasury.limits import TreasuryLimit, TreasuryShort
from core.treasury.objecting import NotYourRequest
from core.treasury.reading import dry_run, waits_for
from core.treasury.reasons import BadReason
from core.treasury.reporting import NoReportDue, report_use
from core.treasury.requests import RequestClosed, RequestVoid, UnknownRequest
from tests.identity.people import recovered, swapped
from tests.payments.desk import new_id

from .chama import Chama, shillings


async def test_a_payment_takes_two_officials_and_the_padlock_holder_waits_and_is_told_to_all(chama: Chama) -> None:
    await chama.found()
    request = await chama.ask(shillings(20_000))
    await chama.work()
    chair, secretary, padlock = chama.approvers(request)

    await chama.approve(request, chair)
    await chama.approve(request, secretary)
    assert (await chama.find(request)).status == "open"
    waiting = await chama.approve(request, padlock)
    await chama.work()
    set_aside = await chama.money()
    await chama.wait(hours=23)
    assert (await chama.find(request)).status == "waiting"
    await chama.wait(hours=2)
    await chama.minute()

    assert {chair, secretary} == {chama.chair, chama.secretary}
    assert padlock in chama.members[1:], "neither asks nor is paid"
    assert waiting.due_at is not None
    assert (waiting.status, waiting.due_at) == ("waiting", request.created_at + timedelta(hours=24))
    assert (set_aside.available, set_aside.pending) == (shillings(80_000), shillings(20_000))
    assert (await chama.find(request)).status == "paid"
    assert await chama.own(chama.members[0]) == shillings(20_000)
    money = await chama.money()
    assert (money.available, money.pending) == (shillings(80_000), Money(0))
    for person in chama.persons:
        said = await chama.sms(person)
        assert len(said) == 3
        assert "KES 20,000 to D. MWANGI" in said[0]
        assert ("needs you" in said[0]) == (person in (chair, secretary, padlock, *chama.approvers(request)))
        assert f"Paid {local_time(waiting.due_at)}" in said[1]
        assert said[2].startswith("Umoja: paid KES 20,000 to D. MWANGI.")
        assert said[2].endswith("Treasury now KES 80,000.")
    await chama.audit_is_clean()


async def test_who_asks_and_who_is_paid_decide_nothing_and_nobody_decides_twice(chama: Chama) -> None:
    await chama.found(approvals=1)
    request = await chama.ask(by=chama.treasurer, to=chama.chair)

    with pytest.raises(OwnRequest):
        await chama.approve(request, chama.treasurer)
    with pytest.raises(OwnRequest):
        await chama.approve(request, chama.chair)
    not_drawn = next(one for one in chama.members if one.id not in request.padlocks)
    with pytest.raises(NotAnApprover):
        await chama.approve(request, not_drawn)
    with pytest.raises(UnknownRequest):
        await chama.approve(request, await chama.person())
    for _ in range(2):
        await chama.approve(request, chama.secretary)
    with pytest.raises(AlreadyDecided):
        await chama.reject(request, chama.secretary)

    [row] = await chama.rows("SELECT count(*) AS count FROM treasury_approvals")
    assert row.count == 1
    assert request.signers == (chama.secretary.id,)


async def test_an_official_who_gives_her_own_number_as_payee_is_recognised(chama: Chama) -> None:
    await chama.found(approvals=1)
    payee = await chama.outside(chama.chair.phone, "Some shop")

    request = await chama.ask(to=payee)

    assert payee.member == chama.chair.id
    with pytest.raises(OwnRequest):
        await chama.approve(request, chama.chair)
    # A number outside that becomes hers later.
    request = await chama.ask(to=await chama.outside("+254799000009", "Shop"))
    await chama.rows("UPDATE members SET phone = '+254799000009' WHERE id = :id RETURNING id", id=chama.chair.id)
    with pytest.raises(OwnRequest):
        await chama.approve(request, chama.chair)


async def test_when_too_many_refuse_the_request_is_dead(chama: Chama) -> None:
    await chama.found(approvals=1)
    first, second = await chama.ask(), await chama.ask()

    await chama.reject(first, chama.chair)
    still = await chama.find(first)
    await chama.reject(first, chama.secretary)
    [padlock] = [one for one in chama.members if one.id in second.padlocks]
    await chama.reject(second, padlock)
    await chama.work()

    assert (still.status, (await chama.find(first)).status, (await chama.find(second)).status) == (
        "open",
        "rejected",
        "rejected",
    )
    assert "was rejected" in (await chama.sms(chama.members[0]))[-1]
    with pytest.raises(RequestClosed):
        await chama.approve(second, chama.chair)


async def test_a_request_that_nobody_decides_expires_and_one_can_be_taken_back(chama: Chama) -> None:
    await chama.found()
    request, other = await chama.ask(), await chama.approved()

    with pytest.raises(NotYourRequest):
        await chama.withdraw(other, chama.chair)
    for _ in range(2):
        assert (await chama.withdraw(other, chama.treasurer)).status == "withdrawn"
    await chama.wait(hours=71)
    await chama.minute()
    before = await chama.find(request)
    await chama.wait(hours=1)
    with pytest.raises(RequestClosed):
        await chama.approve(request, chama.chair)
    await chama.minute()

    assert (before.status, (await chama.find(request)).status) == ("open", "expired")
    assert (await chama.money()).available == shillings(100_000)
    await chama.audit_is_clean()


async def test_a_change_of_signers_or_of_the_treasurys_rules_voids_what_is_open_at_once(chama: Chama) -> None:
    await chama.found()
    signers, rules, other = await chama.ask(), await chama.ask(), await chama.ask()

    await chama.enact(fine=Money(75_00))
    await chama.approve(other, chama.chair)
    await chama.enact(daily_limit=shillings(60_000))
    with pytest.raises(RequestVoid):
        await chama.approve(rules, chama.chair)
    shown = (await chama.standing(rules)).void
    await chama.role(chama.secretary, "member")
    await chama.minute()

    assert shown == "signers"
    assert {(await chama.find(one)).status for one in (signers, rules, other)} == {"void"}
    assert "is void: officials or rules changed." in (await chama.sms(chama.chair))[-1]


async def test_the_digest_changes_with_everything_that_is_approved(chama: Chama) -> None:
    await chama.found()
    asked = [
        await chama.ask(shillings(100)),
        await chama.ask(shillings(101)),
        await chama.ask(shillings(100), to=chama.members[1]),
        await chama.ask(shillings(100), reason="hospital bill"),
        await chama.ask(shillings(100), to=await chama.outside()),
    ]
    same = await chama.ask(shillings(100), category="other")
    await chama.enact(reserve=shillings(1))
    asked.append(await chama.ask(shillings(100)))

    assert len({one.digest for one in asked}) == len(asked)
    assert same.digest == asked[0].digest
    forged = asked[-1].digest[:-1] + ("0" if asked[-1].digest[-1] != "0" else "1")
    async with chama.database.unit() as uow:
        with pytest.raises(RequestVoid):
            await approve(uow, request=asked[-1].id, member=chama.chair.id, digest=forged)


async def test_members_can_stop_it_in_the_objection_window(chama: Chama) -> None:
    await chama.found(objectors=2)
    request = await chama.approved()

    for _ in range(2):
        await chama.object(request, chama.members[1])
    assert (await chama.standing(request)).objections == 1
    with pytest.raises(UnknownRequest):
        await chama.object(request, await chama.person())
    stopped = await chama.object(request, chama.members[2])
    await chama.wait(hours=48)
    await chama.minute()

    assert stopped.status == "stopped"
    assert (await chama.money()).available == shillings(100_000)
    assert "2 members object" in (await chama.sms(chama.chair))[-1]
    with pytest.raises(RequestClosed):
        await chama.object(request, chama.members[3])
    await chama.audit_is_clean()


async def test_an_observer_sees_a_request_and_stops_nothing(chama: Chama) -> None:
    await chama.found(objectors=3)
    await chama.role(chama.members[3], "observer")
    request = await chama.approved(to=chama.members[0])

    # Of six who take part, four could object: neither who asked nor who is paid, and no observer.
    assert request.objectors == 3
    assert "object" not in (await chama.standing(request, chama.members[3])).may
    with pytest.raises(OnlyWatches):
        await chama.object(request, chama.members[3])
    await chama.enact(objectors=50)
    assert (await chama.ask()).objectors == 4


async def test_what_can_not_be_paid_is_not_asked_for(chama: Chama) -> None:
    await chama.found(reserve=shillings(30_000))
    stranger = Payee("X", member=MemberId(new_id()))

    with pytest.raises(TreasuryLimit) as refused:
        await chama.ask(shillings(50_001))
    with pytest.raises(NotYourRole):
        await chama.ask(by=chama.members[0])
    with pytest.raises(UnknownPayee):
        await chama.ask(to=stranger)
    with pytest.raises(TreasuryAmountTooSmall):
        await chama.ask(Money(99))
    for words in ("x", "123", "w" * 41, "a\u202eb", "🙂🙂"):
        with pytest.raises(BadReason):
            await chama.ask(reason=words)
    with pytest.raises(TooFewApprovers):
        await chama.ask(to=chama.chair)
    await chama.enact(daily_limit=shillings(100_000))
    with pytest.raises(TreasuryShort) as short:
        await chama.ask(shillings(70_001))
    await chama.ask(shillings(70_000))

    assert (refused.value.period, refused.value.left) == ("day", shillings(50_000))
    assert (short.value.available, short.value.reserve) == (shillings(100_000), shillings(30_000))


async def test_the_same_intent_again_is_the_same_request(chama: Chama) -> None:
    await chama.found()
    intent = IntentId(new_id())

    first, again = await chama.ask(intent=intent), await chama.ask(intent=intent)

    assert (first.number, again.number) == (1, 1)
    with pytest.raises(KeyReused):
        await chama.ask(shillings(1), intent=intent)


async def test_a_recovered_account_neither_asks_nor_approves_for_three_days(chama: Chama) -> None:
    await chama.found(approvals=1)
    request, later = await chama.ask(), await chama.ask()
    now = chama.clock.now()
    await chama.rows("UPDATE members SET recovered_at = :now WHERE id = :id RETURNING id", now=now, id=chama.chair.id)

    with pytest.raises(AccountCooling):
        await chama.approve(request, chama.chair)
    with pytest.raises(AccountCooling):
        await chama.ask(by=chama.chair)
    # What somebody approved whose account is recovered afterwards may not have been her: it doesn't count when it is paid.
    for person in (chama.secretary, *[one for one in chama.members if one.id in later.padlocks]):
        await chama.approve(later, person)
    after = chama.clock.now() + timedelta(hours=1)
    await chama.rows("UPDATE members SET recovered_at = :at WHERE id = :id RETURNING id", at=after, id=chama.secretary.id)
    await chama.wait(hours=24)
    await chama.minute()

    assert (await chama.find(later)).status == "void"
    assert (await chama.money()).available == shillings(100_000)


async def test_an_official_whose_account_was_recovered_since_approves_again_after_the_hold(chama: Chama) -> None:
    await chama.found(approvals=2)
    request = await chama.ask()
    first, other = [one for one in (chama.chair, chama.secretary, chama.treasurer) if one.id != request.proposer]
    await chama.approve(request, first)
    # Open as long as one that waits for a vote, too; others are over when the hold is.
    longer = "UPDATE treasury_requests SET expires_at = expires_at + interval '7 days' WHERE id = :id RETURNING id"
    await chama.rows(longer, id=request.id)
    await chama.wait(minutes=1)
    await recovered(chama.database, first.id)
    with pytest.raises(AccountCooling):
        await chama.approve(request, first)
    for person in [one for one in chama.members if one.id in request.padlocks]:
        await chama.approve(request, person)
    await chama.wait(hours=72)
    assert "approve" in (await chama.standing(request, first)).may
    for _ in range(3):
        assert (await chama.approve(request, first)).status == "open", "hers is one word however often she gives it"
    assert "approve" not in (await chama.standing(request, first)).may
    assert (await chama.approve(request, other)).status == "waiting"
    await chama.wait(hours=24)
    await chama.minute()
    assert (await chama.find(request)).status == "paid"


async def test_an_approval_in_doubt_is_counted_when_it_is_given_again(chama: Chama) -> None:
    """The SIM of the first was swapped when the last approved; nobody is left who hasn't said it."""
    await chama.found(approvals=2)
    request = await chama.ask()
    first, other = [one for one in (chama.chair, chama.secretary, chama.treasurer) if one.id != request.proposer]
    await chama.approve(request, first)
    await swapped(chama.database, first.id, ago=timedelta(hours=2))
    for person in [other, *[one for one in chama.members if one.id in request.padlocks]]:
        assert (await chama.approve(request, person)).status == "open"
    await chama.wait(hours=71)
    assert "approve" in (await chama.standing(request, other)).may
    assert (await chama.approve(request, other)).status == "waiting"


async def test_u10_an_official_whose_sim_was_swapped_neither_asks_nor_approves_for_three_days(chama: Chama) -> None:
    await chama.found(approvals=1)
    request, later = await chama.ask(), await chama.ask()
    await swapped(chama.database, chama.chair.id, ago=timedelta(hours=2))

    with pytest.raises(AccountCooling):
        await chama.approve(request, chama.chair)
    with pytest.raises(AccountCooling):
        await chama.ask(by=chama.chair)
    # A swap that becomes known after the approval: it may not have been her, so it doesn't count when it is paid.
    for person in (chama.secretary, *[one for one in chama.members if one.id in later.padlocks]):
        await chama.approve(later, person)
    await swapped(chama.database, chama.secretary.id, ago=timedelta(minutes=10))
    await chama.wait(hours=24)
    await chama.minute()
    assert (await chama.find(later)).status == "void"
    assert (await chama.money()).available == shillings(100_000)


async def test_petty_cash_is_the_treasurers_alone_up_to_its_limit_and_begins_anew_on_monday(chama: Chama) -> None:
    await chama.found()
    await chama.wait(days=4)
    first = await chama.ask(shillings(600), path="petty", reason="airtime")
    await chama.work()

    with pytest.raises(TreasuryLimit) as refused:
        await chama.ask(shillings(401), path="petty")
    with pytest.raises(NotYourRole):
        await chama.ask(shillings(10), by=chama.chair, path="petty")
    with pytest.raises(PettyToOneself):
        await chama.ask(shillings(10), to=chama.treasurer, path="petty")
    await chama.ask(shillings(400), path="petty")
    await chama.work()
    # It was Monday; the next is a week away.
    await chama.wait(days=6)
    with pytest.raises(TreasuryLimit):
        await chama.ask(shillings(10), path="petty")
    await chama.wait(days=1)
    await chama.ask(shillings(1_000), path="petty")

    assert (refused.value.period, refused.value.left) == ("petty", shillings(400))
    assert (await chama.find(first)).status == "paid"
    told = [said for said in await chama.sms(chama.members[2]) if "airtime" in said]
    assert told == ["Umoja: petty cash KES 600 to D. MWANGI for airtime. This week KES 600 of KES 1,000."]
    await chama.audit_is_clean()


async def test_petty_cash_is_paid_where_votes_begin_at_less(chama: Chama) -> None:
    await chama.found(vote_above=shillings(100), petty_cash=shillings(1_000))

    request = await chama.ask(shillings(600), path="petty", reason="airtime")
    await chama.minute()

    assert (request.needs_vote, (await chama.find(request)).status) == (False, "paid")
    assert await chama.own(chama.members[0]) == shillings(600)
    await chama.audit_is_clean()


async def test_an_emergency_takes_everybody_waits_an_hour_and_is_reported_before_the_next(chama: Chama) -> None:
    await chama.found()
    request = await chama.ask(path="emergency")
    await chama.work()
    assert (request.needed, len(request.padlocks)) == (2, 2)
    for person in chama.approvers(request):
        await chama.approve(request, person)
    await chama.wait(hours=1)

    assert (await chama.find(request)).status == "paid"
    assert "EMERGENCY, request 1" in (await chama.sms(chama.treasurer))[0]
    with pytest.raises(ReportDue):
        await chama.ask(path="emergency")
    async with chama.database.unit() as uow:
        with pytest.raises(NotYourRequest):
            await report_use(uow, request=request.id, member=chama.chair.id, words="Admission fee")
    async with chama.database.unit() as uow:
        await report_use(uow, request=request.id, member=chama.treasurer.id, words="Admission fee")
    await chama.work()
    assert (await chama.sms(chama.members[0]))[-1].endswith("Admission fee")
    async with chama.database.unit() as uow:
        with pytest.raises(NoReportDue):
            await report_use(uow, request=request.id, member=chama.treasurer.id, words="Again")
    await chama.ask(path="emergency")


async def test_an_emergency_that_would_be_no_stricter_is_refused(chama: Chama) -> None:
    await chama.found(ordinary=1)

    with pytest.raises(NoEmergency):
        await chama.ask(path="emergency", to=chama.members[0])


async def test_the_dry_run_names_what_could_no_longer_be_paid(chama: Chama) -> None:
    await chama.found(reserve=shillings(10_000))
    await chama.ask(shillings(20_000))
    await chama.ask(shillings(50_000))

    async with chama.database.unit() as uow:
        found = await dry_run(uow, group=chama.group, total=shillings(45_000))

    assert (found.before, found.after, found.unpayable) == (shillings(100_000), shillings(55_000), (2,))


async def test_what_waits_for_me_is_listed_for_those_who_decide(chama: Chama) -> None:
    await chama.found()
    request = await chama.ask()
    await chama.approve(request, chama.chair)

    async def waits(person: object) -> int:
        async with chama.database.unit() as uow:
            return len(await waits_for(uow, member=person.id, group=chama.group))  # type: ignore[attr-defined]

    assert [await waits(one) for one in (chama.chair, chama.secretary, chama.treasurer)] == [0, 1, 0]
    assert [await waits(one) for one in chama.members] == [int(one.id in request.padlocks) for one in chama.members]
    assert (await chama.standing(request, chama.chair)).may == {"object"}
    assert (await chama.standing(request, chama.treasurer)).may == {"object", "withdraw"}


async def test_every_step_is_kept_by_the_database_itself(chama: Chama) -> None:
    await chama.found(pay_delay_hours=0)
    request = await chama.approved()
    await chama.work()

    async with chama.database.unit() as uow:
        steps = await uow.session.execute(
            text("SELECT status FROM treasury_steps WHERE request_id = :id ORDER BY id"), {"id": request.id}
        )

    assert [row.status for row in steps] == ["open", "waiting", "paid"]
