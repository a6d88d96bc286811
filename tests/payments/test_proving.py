"""Large sums that a confirmation tells of: in nobody's books until M-Pesa itself has proven them, whoever posted what before."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.kernel.money import Money
from core.monitoring.attention import tasks
from core.payments import corrections
from core.payments.claims import claim_payment
from core.payments.correction_acts import NotCorrectable
from core.payments.ports import StatementLine, StatementPage
from core.payments.suspense import SamePerson

from .desk import Desk, Person
from .fake_mobile_money import answer_body, success

RECEIPT, LARGE = "SGLARGE001", 150_000
CREDITED = Money(146_250_00)


async def told(desk: Desk, person: Person, *, shillings: int = LARGE, receipt: str = RECEIPT, **changed: Any) -> None:
    """A confirmation arrives and is read, and M-Pesa is asked."""
    account = changed.pop("account", None) or await desk.number(person)
    await desk.confirm(account=account, receipt=receipt, amount=f"{shillings}.00", **changed)
    await desk.work()


async def answered(
    desk: Desk, *, shillings: int = LARGE, receipt: str = RECEIPT, payer: str = "254712345126 - JOHN DOE", **changed: Any
) -> None:
    """M-Pesa answers the last question: this was paid."""
    question = desk.mobile_money.transaction_questions[-1]
    await desk.answer(question, answer_body(receipt=receipt, amount=f"{shillings}.00", payer=payer, **changed))
    await desk.work()


async def unknown(desk: Desk) -> None:
    """M-Pesa answers the last question: it knows no such receipt."""
    body = {"Result": {"ResultType": 0, "ResultCode": "2032", "ResultDesc": "not found", "ConversationID": "AG_1"}}
    await desk.answer(desk.mobile_money.transaction_questions[-1], json.dumps(body).encode())
    await desk.work()


async def listed(desk: Desk, account: str, *, shillings: int = LARGE) -> None:
    """M-Pesa's own list has it, and is read."""
    line = StatementLine(RECEIPT, Money(shillings * 100), desk.clock.now(), account, "2547*****126")
    desk.mobile_money.pages = [StatementPage((line,), None)]
    await desk.take_named("pull-payments")
    await desk.work()


async def held(desk: Desk) -> list[tuple[str, str | None]]:
    return [(row.outcome, row.doubted) for row in await desk.rows("SELECT outcome, doubted FROM unproven_payments")]


async def doubts(desk: Desk) -> list[tuple[str, str]]:
    rows = await desk.rows(
        "SELECT details->>'why' AS why, severity FROM security_events WHERE event_type = 'payment_unproven' ORDER BY id"
    )
    return [(row.why, row.severity) for row in rows]


async def in_no_books(desk: Desk) -> bool:
    rows = await desk.rows("SELECT (SELECT count(*) FROM payments_received) + (SELECT count(*) FROM ledger_transfers) AS n")
    await desk.audit_is_clean()
    return bool(rows[0].n == 0)


async def test_large_payment_is_credited_once_mpesa_has_answered_that_it_was_paid(desk: Desk) -> None:
    wanjiru = await desk.person()

    await told(desk, wanjiru)
    assert (await held(desk), await in_no_books(desk)) == ([("asking", None)], True)
    (question,) = desk.mobile_money.transaction_questions
    assert question.receipt == RECEIPT

    await answered(desk)

    assert (await held(desk), await desk.has(wanjiru), await desk.suspense()) == ([("proven", None)], CREDITED, Money(0))
    (row,) = await desk.rows("SELECT sources, account FROM payments_received")
    assert (row.sources, row.account) == (["status"], await desk.number(wanjiru))
    (said,) = await desk.sms(wanjiru)
    assert "146,250" in said
    assert await doubts(desk) == []
    await desk.audit_is_clean()


async def test_payment_at_the_limit_is_believed_and_one_shilling_more_is_not(desk: Desk) -> None:
    wanjiru, otieno = await desk.person(), await desk.person()

    await told(desk, wanjiru, shillings=20_000, receipt="SGSMALL001")
    await told(desk, otieno, shillings=20_001)

    assert (await desk.has(wanjiru), await desk.has(otieno)) == (Money(19_500_00), Money(0))


async def test_small_payments_when_too_many_rest_on_an_unsigned_word_wait_until_some_are_proven(desk: Desk) -> None:
    wanjiru, otieno = await desk.person(), await desk.person()
    for number in range(3):
        await told(desk, wanjiru, shillings=9_000, receipt=f"SGSMALL00{number}")
    await told(desk, otieno, shillings=9_000, receipt="SGSMALL009")
    assert (await desk.has(wanjiru), await desk.has(otieno)) == (Money(17_550_00), Money(8_775_00))

    account = await desk.number(wanjiru)
    lines = tuple(StatementLine(f"SGSMALL00{one}", Money(9_000_00), desk.clock.now(), account, "") for one in range(3))
    desk.mobile_money.pages = [StatementPage(lines, None)]
    await desk.take_named("pull-payments")
    await told(desk, wanjiru, shillings=9_000, receipt="SGSMALL004")

    assert await desk.has(wanjiru) == Money(35_100_00)
    assert {outcome for outcome, _ in await held(desk)} == {"proven"}
    await desk.audit_is_clean()


async def test_forged_receipt_credits_nothing_is_asked_about_to_the_end_and_left_to_a_person(desk: Desk) -> None:
    wanjiru = await desk.person()

    await told(desk, wanjiru)
    await unknown(desk)
    assert (await held(desk), await doubts(desk)) == ([("asking", "unknown-to-mpesa")], [("unknown-to-mpesa", "high")])
    await desk.wait(days=4)

    assert (await held(desk), await in_no_books(desk)) == ([("unproven", "unknown-to-mpesa")], True)
    assert len(desk.mobile_money.transaction_questions) == 6
    (said,) = await desk.sms(wanjiru)
    assert "has not confirmed it yet" in said
    async with desk.database.unit() as uow:
        (task,) = await tasks(uow)
    assert (task.kind, task.name, task.amount) == ("unproven", RECEIPT, Money(LARGE * 100))


async def test_forged_receipt_when_mpesa_never_answers_is_doubted_in_the_end(desk: Desk) -> None:
    await told(desk, await desk.person())

    await desk.wait(days=4)

    assert (await held(desk), await doubts(desk)) == ([("unproven", "never-confirmed")], [("never-confirmed", "high")])
    assert await in_no_books(desk)


async def test_payment_when_mpesa_says_that_it_was_declined_is_refuted(desk: Desk) -> None:
    await told(desk, await desk.person())

    await answered(desk, status="Declined")
    await desk.wait(days=4)

    assert (await held(desk), await doubts(desk)) == ([("refuted", "refuted")], [("refuted", "high")])
    assert await in_no_books(desk)


async def test_forged_amount_of_a_real_receipt_credits_nobody_and_what_was_paid_waits_in_suspense(desk: Desk) -> None:
    wanjiru = await desk.person()
    await told(desk, wanjiru)

    await answered(desk, shillings=300)

    assert (await desk.has(wanjiru), await desk.suspense()) == (Money(0), Money(300_00))
    assert (await held(desk), await doubts(desk)) == ([("proven", "amount")], [("amount", "critical")])
    await desk.audit_is_clean()


async def test_forged_account_of_a_real_receipt_when_the_real_confirmation_follows_credits_nobody(desk: Desk) -> None:
    thief, wanjiru = await desk.person(), await desk.person()
    await told(desk, thief)
    await told(desk, wanjiru)

    await answered(desk)

    assert (await desk.has(thief), await desk.has(wanjiru), await desk.suspense()) == (Money(0), Money(0), Money(LARGE * 100))
    assert await doubts(desk) == [("contradicted", "critical")]
    await listed(desk, await desk.number(wanjiru))
    assert (await desk.has(thief), await desk.has(wanjiru), await desk.suspense()) == (Money(0), CREDITED, Money(0))
    await desk.audit_is_clean()


async def test_account_in_mpesas_own_list_is_believed_over_the_confirmations(desk: Desk) -> None:
    thief, wanjiru = await desk.person(), await desk.person()
    await told(desk, thief, FirstName="THIEF", LastName="")

    await listed(desk, await desk.number(wanjiru))

    assert (await desk.has(thief), await desk.has(wanjiru)) == (Money(0), CREDITED)
    assert await doubts(desk) == [("account", "critical")]


async def test_answer_about_money_that_we_paid_out_proves_no_payment_to_us(desk: Desk) -> None:
    await told(desk, await desk.person())

    await answered(desk, payer="600000 - Mtaa")

    assert (await held(desk), await in_no_books(desk)) == ([("asking", "not-a-payment-to-us")], True)


async def test_forged_account_of_a_real_receipt_when_mpesa_names_another_payer_credits_nobody(desk: Desk) -> None:
    thief, wanjiru = await desk.person(), await desk.person()
    await told(desk, thief, FirstName="THIEF", LastName="")

    await answered(desk)

    assert (await desk.has(thief), await desk.suspense()) == (Money(0), Money(LARGE * 100))
    assert await doubts(desk) == [("payer", "critical")]
    await listed(desk, await desk.number(wanjiru))
    assert (await desk.has(thief), await desk.has(wanjiru)) == (Money(0), CREDITED)
    await desk.audit_is_clean()


async def test_answer_about_another_receipt_is_put_aside(desk: Desk) -> None:
    await told(desk, await desk.person())

    await answered(desk, receipt="SGOTHER001")

    assert (await held(desk), await in_no_books(desk)) == ([("asking", None)], True)
    assert "quarantined: another-receipt" in await desk.outcomes()


async def test_payment_for_nobody_is_held_too_and_in_suspense_once_it_is_proven(desk: Desk) -> None:
    wanjiru = await desk.person()
    await told(desk, wanjiru, account="chama")
    assert await in_no_books(desk)

    await answered(desk)

    assert (await desk.has(wanjiru), await desk.suspense()) == (Money(0), Money(LARGE * 100))


async def test_prompt_when_its_confirmation_comes_first_is_credited_by_its_own_callback(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru, amount=Money(LARGE * 100))
    prompt = desk.mobile_money.last
    await told(desk, wanjiru, account=prompt.request.reference, ThirdPartyTransID=prompt.merchant_request_id)
    assert (await desk.find(deposit)).status == "processing"

    await desk.receive(deposit, success(prompt, amount=LARGE, receipt=RECEIPT, paid_at=desk.clock.now()))
    await desk.work()
    await answered(desk)

    assert (await desk.find(deposit)).receipt == RECEIPT
    assert (await held(desk), await desk.has(wanjiru)) == ([("proven", None)], CREDITED)
    await desk.audit_is_clean()


async def test_prompt_when_its_callback_is_lost_is_credited_by_the_answer_about_its_confirmation(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru, amount=Money(LARGE * 100))
    await told(desk, wanjiru, account=desk.mobile_money.last.request.reference)

    await answered(desk)

    assert (await desk.find(deposit)).receipt == RECEIPT
    assert await desk.has(wanjiru) == CREDITED


async def test_claim_of_a_held_payment_is_decided_when_it_is_proven(desk: Desk) -> None:
    wanjiru = await desk.person()
    await told(desk, wanjiru)
    async with desk.database.unit() as uow:
        assert (await claim_payment(uow, member=wanjiru.id, typed=RECEIPT)).outcome == "asking"
    await desk.work()

    await answered(desk)

    assert (await desk.has(wanjiru), await held(desk)) == (CREDITED, [("proven", None)])
    assert [row.outcome for row in await desk.rows("SELECT outcome FROM payment_claims")] == ["credited"]
    await desk.audit_is_clean()


async def test_questions_when_the_queue_is_lost_are_put_again_by_the_sweep(desk: Desk) -> None:
    await desk.confirm(account=await desk.number(await desk.person()), receipt=RECEIPT, amount="150000.00")
    for job in await desk.jobs():
        await desk.take(job)
    await desk.forget_jobs()
    desk.clock.advance(minutes=2)

    await desk.take_named("sweep-payments")
    await desk.work()

    assert len(desk.mobile_money.transaction_questions) >= 1


async def test_confirmations_of_one_receipt_at_the_same_moment_are_held_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    number = await desk.number(wanjiru)
    await asyncio.gather(
        *(desk.confirm(account=number, receipt=RECEIPT, amount="150000.00", InvoiceNumber=f"{one}") for one in range(6))
    )

    await asyncio.gather(*(desk.take(job) for job in await desk.jobs()))

    assert await held(desk) == [("asking", None)]


EVENTS = st.permutations(["forged", "real", "answer", "list", "callback"])


@settings(max_examples=25, deadline=timedelta(seconds=10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=EVENTS, forged_amount=st.sampled_from([LARGE, 149_999]))
async def test_whatever_comes_in_whatever_order_the_receipt_is_credited_once_and_never_to_the_forger(
    desk: Desk, order: list[str], forged_amount: int
) -> None:
    await desk.rows("SELECT 1")
    thief, wanjiru = await desk.person(), await desk.person()
    receipt = f"SG{desk.people:08d}"
    deposit = await desk.prompted(wanjiru, amount=Money(LARGE * 100))
    prompt = desk.mobile_money.last
    reference = prompt.request.reference
    for event in order:
        match event:
            case "forged":
                await told(desk, thief, receipt=receipt, shillings=forged_amount, FirstName="THIEF", LastName="")
            case "real":
                await told(desk, wanjiru, receipt=receipt, account=reference)
            case "callback":
                await desk.receive(deposit, success(prompt, amount=LARGE, receipt=receipt, paid_at=desk.clock.now()))
                await desk.work()
            case "list":
                line = StatementLine(receipt, Money(LARGE * 100), desk.clock.now(), reference, "")
                desk.mobile_money.pages = [StatementPage((line,), None)]
                await desk.take_named("pull-payments")
            case "answer" if any(question.receipt == receipt for question in desk.mobile_money.transaction_questions):
                await answered(desk, receipt=receipt)
    desk.mobile_money.transaction_questions.clear()

    credited = await desk.rows("SELECT user_id FROM mpesa_transactions WHERE mpesa_receipt_number = :receipt", receipt=receipt)
    assert [row.user_id for row in credited] == [wanjiru.id], order
    await desk.audit_is_clean()


async def never_proven(desk: Desk) -> Person:
    """A payment that M-Pesa didn't know of to the end; whose it would have been."""
    wanjiru = await desk.person()
    await told(desk, wanjiru)
    await unknown(desk)
    await desk.wait(days=4)
    return wanjiru


async def dismissal(desk: Desk, by: Person) -> None:
    async with desk.database.unit() as uow:
        await corrections.request(uow, kind="dismiss", subject=RECEIPT, by=by.id, reason="not in the portal")


async def approval(desk: Desk, by: Person) -> None:
    async with desk.database.unit() as uow:
        await corrections.approve(uow, subject=RECEIPT.lower(), by=by.id)


async def test_two_people_dismiss_what_was_never_confirmed_and_nothing_moves(desk: Desk) -> None:
    wanjiru, (first, second) = await never_proven(desk), [await desk.person() for _ in range(2)]

    await dismissal(desk, first)
    with pytest.raises(SamePerson):
        await approval(desk, first)
    assert await held(desk) == [("unproven", "unknown-to-mpesa")]
    await approval(desk, second)

    assert (await held(desk), await in_no_books(desk)) == ([("dismissed", "unknown-to-mpesa")], True)
    async with desk.database.unit() as uow:
        assert await tasks(uow) == []
    (done,) = await desk.rows("SELECT kind, state, requested_by, approved_by, reason, amount FROM corrections")
    assert (done.kind, done.state, done.amount, done.reason) == ("dismiss", "done", LARGE, "not in the portal")
    assert (done.requested_by, done.approved_by) == (first.id, second.id)
    events = await desk.rows("SELECT details->>'kind' AS kind FROM security_events WHERE event_type = 'correction_approved'")
    assert [event.kind for event in events] == ["dismiss"]
    assert "never confirmed" in (await desk.sms(wanjiru))[-1]


async def test_dismissed_payment_that_mpesa_lists_after_all_is_credited_and_somebody_hears_of_it(desk: Desk) -> None:
    wanjiru, people = await never_proven(desk), [await desk.person() for _ in range(2)]
    await dismissal(desk, people[0])
    await approval(desk, people[1])

    await listed(desk, await desk.number(wanjiru))

    assert (await held(desk), await desk.has(wanjiru)) == ([("proven", "dismissed")], CREDITED)
    assert ("dismissed", "high") in await doubts(desk)
    await desk.audit_is_clean()


async def test_what_mpesa_is_still_asked_about_or_has_proven_can_not_be_dismissed(desk: Desk) -> None:
    wanjiru, operator = await desk.person(), await desk.person()
    await told(desk, wanjiru)
    with pytest.raises(NotCorrectable):
        await dismissal(desk, operator)
    await answered(desk)
    with pytest.raises(NotCorrectable):
        await dismissal(desk, operator)


async def test_proof_between_asking_for_a_dismissal_and_its_approval_wins(desk: Desk) -> None:
    wanjiru, people = await never_proven(desk), [await desk.person() for _ in range(2)]
    await dismissal(desk, people[0])
    await listed(desk, await desk.number(wanjiru))

    with pytest.raises(NotCorrectable):
        await approval(desk, people[1])

    assert (await held(desk), await desk.has(wanjiru)) == ([("proven", "unknown-to-mpesa")], CREDITED)


async def test_confirmation_that_comes_again_does_not_wake_a_dismissed_payment(desk: Desk) -> None:
    wanjiru, people = await never_proven(desk), [await desk.person() for _ in range(2)]
    await dismissal(desk, people[0])
    await approval(desk, people[1])

    await desk.confirm(account=await desk.number(wanjiru), receipt=RECEIPT, amount=f"{LARGE}.00", payer_first="AGAIN")
    await desk.work()

    assert (await held(desk), await in_no_books(desk)) == ([("dismissed", "unknown-to-mpesa")], True)
