""" "I paid": what a receipt leads to, on whose word, and what M-Pesa is asked."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.account_numbers import UnknownAccount
from core.payments.claims import Claimed, NotAReceipt, TooManyClaims, claim_payment
from core.payments.deposits import Deposit
from core.payments.evidence import fits_mask
from core.payments.ports import StatementLine
from core.payments.receiving import take_in
from core.payments.sources import Payment
from core.payments.suspense import NothingProposed, NotInSuspense, SamePerson, approve, in_suspense, propose

from .desk import Desk, Person, new_id
from .fake_mobile_money import CANCELLED, answer_body

RECEIPT = "SGC2B00001"


async def claim(desk: Desk, person: Person, typed: str = RECEIPT) -> Claimed:
    async with desk.database.unit() as uow:
        return await claim_payment(uow, member=person.id, typed=typed)


async def lost(desk: Desk, person: Person, **changed: Any) -> None:
    """She paid, but typed an account that leads nowhere."""
    mask = f"2547 ***** {person.phone[-3:]}"
    await desk.confirm(**{"account": "chama", "MSISDN": mask, "FirstName": "WANJIRU", "LastName": "KAMAU", **changed})
    await desk.work()


@pytest.mark.parametrize("mark", ["mask-and-name", "mask-alone", "digest"])
async def test_claim_when_the_marks_are_hers_is_credited_with_the_usual_fee_and_told(desk: Desk, mark: str) -> None:
    wanjiru = await desk.person()
    digest = hashlib.sha256(wanjiru.phone[1:].encode()).hexdigest()
    marks = {
        "mask-and-name": {},
        "mask-alone": {"FirstName": "", "LastName": ""},
        "digest": {"MSISDN": digest, "FirstName": "X"},
    }
    await lost(desk, wanjiru, **marks[mark])

    claimed = await claim(desk, wanjiru, f" {RECEIPT[:4].lower()} {RECEIPT[4:]} ")

    assert (claimed.outcome, claimed.amount) == ("credited", Money(500_00))
    assert (await desk.has(wanjiru), await desk.suspense()) == (Money(487_50), Money(0))
    await desk.work()
    (said,) = await desk.sms(wanjiru)
    assert "487.50" in said
    assert (await claim(desk, wanjiru)).outcome == "yours"
    await desk.audit_is_clean()


@pytest.mark.parametrize(
    "marks",
    [
        {"MSISDN": "2547 ***** 999"},
        {"MSISDN": "2541 ***** 001"},
        {"MSISDN": ""},
        {"MSISDN": "*"},
        {"MSISDN": "0" * 64},
        {"FirstName": "OTIENO", "LastName": "OUMA"},
    ],
)
async def test_claim_when_a_mark_is_not_hers_is_left_to_people(desk: Desk, marks: dict[str, str]) -> None:
    wanjiru = await desk.person()
    await lost(desk, wanjiru, **marks)

    assert (await claim(desk, wanjiru)).outcome == "refused"

    assert (await desk.has(wanjiru), await desk.suspense()) == (Money(0), Money(500_00))
    async with desk.database.unit() as uow:
        (waiting,) = await in_suspense(uow)
    assert (waiting.receipt, waiting.claimants) == (RECEIPT, (wanjiru.id,))


async def test_claim_when_it_was_credited_to_somebody_else_says_so_and_moves_nothing(desk: Desk) -> None:
    wanjiru, otieno = await desk.person(), await desk.person()
    await desk.confirm(account=await desk.number(otieno), MSISDN=f"2547 ***** {wanjiru.phone[-3:]}")
    await desk.work()

    claimed = await claim(desk, wanjiru)

    assert (claimed.outcome, claimed.whose, claimed.amount) == ("elsewhere", "W***", None)
    assert (await desk.has(otieno), await desk.has(wanjiru)) == (Money(487_50), Money(0))


async def test_claim_when_many_ask_for_one_payment_at_once_is_credited_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    await lost(desk, wanjiru)

    outcomes = await asyncio.gather(*(claim(desk, wanjiru) for _ in range(8)))

    assert sorted(one.outcome for one in outcomes) == ["credited"] + ["yours"] * 7
    assert await desk.has(wanjiru) == Money(487_50)
    await desk.audit_is_clean()


async def test_claim_when_it_answers_her_prompt_ends_that_prompt(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    desk.mobile_money.pay(desk.mobile_money.last)
    await desk.wait(minutes=1)
    await lost(desk, wanjiru, account="")

    assert (await claim(desk, wanjiru)).outcome == "credited"

    row = await desk.row(deposit)
    assert (row.status, row.mpesa_receipt_number, row.attention) == ("completed", RECEIPT, None)
    assert await desk.has(wanjiru) == Money(487_50)
    await desk.audit_is_clean()


async def test_claim_when_another_account_was_typed_leaves_her_prompt_alone(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    await lost(desk, wanjiru, account="JOHN 50")

    assert (await claim(desk, wanjiru)).outcome == "credited"
    assert ((await desk.row(deposit)).status, await desk.has(wanjiru)) == ("processing", Money(487_50))

    # The prompt is paid as well, by a payment of its own.
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last, receipt="SGPROMPT01"))
    await desk.work()
    assert (await desk.find(deposit)).receipt == "SGPROMPT01"
    assert await desk.has(wanjiru) == Money(2 * 487_50)
    await desk.audit_is_clean()


@pytest.mark.parametrize("account", ["", "JOHN 50"])
async def test_claim_when_she_has_a_prompt_for_somebody_else_is_her_own(desk: Desk, account: str) -> None:
    """The payer is known, and that she paid for her friend isn't: nothing is guessed."""
    wanjiru, friend = await desk.person(), await desk.person()
    deposit = await desk.prompted(Person(friend.id, wanjiru.phone), paid_by=wanjiru.id)
    await lost(desk, wanjiru, account=account)

    assert (await claim(desk, wanjiru)).outcome == "credited"

    assert (await desk.has(wanjiru), await desk.has(friend)) == (Money(487_50), Money(0))
    assert (await desk.row(deposit)).status == "processing"
    await desk.audit_is_clean()


@pytest.mark.parametrize("whose", ["own", "friend's"])
@pytest.mark.parametrize("source", ["callback", "confirmation", "statement"])
async def test_claimed_payment_that_is_later_said_to_have_answered_a_prompt_stays_hers_and_ends_the_prompt(
    desk: Desk, whose: str, source: str
) -> None:
    wanjiru, friend = await desk.person(), await desk.person()
    deposit = await prompt_whose_payment_she_claimed(desk, wanjiru, friend if whose == "friend's" else None)
    receipts = len(await desk.sms(wanjiru))

    callback = desk.mobile_money.pay(desk.mobile_money.last, receipt=RECEIPT)
    for _ in range(2):
        await say_that_it_was_the_answer(desk, deposit, source, callback)
    await desk.wait(days=8)

    assert (await desk.has(wanjiru), await desk.has(friend)) == (Money(487_50), Money(0))
    row = await desk.row(deposit)
    assert (row.status, row.failure_reason, row.attention, row.mpesa_receipt_number) == ("cancelled", "claimed", None, None)
    # She hears once where the money is; nobody tells her that none was taken.
    said = [one for one in (await desk.sms(wanjiru))[receipts:] if "You claimed receipt" in one]
    assert len(said) == 1
    assert RECEIPT in said[0]
    assert ("did not get it" in said[0]) == (whose == "friend's")
    assert "No money was taken" not in " ".join(await desk.sms(wanjiru))
    await desk.audit_is_clean()


async def prompt_whose_payment_she_claimed(desk: Desk, wanjiru: Person, friend: Person | None) -> Deposit:
    """Her prompt; the payment that answers it was told without its reference, and credited to her on her claim."""
    if friend is None:
        deposit = await desk.prompted(wanjiru)
        await lost(desk, wanjiru, account="JOHN 50")
    else:
        deposit = await desk.prompted(Person(friend.id, wanjiru.phone), paid_by=wanjiru.id)
        await lost(desk, wanjiru, account="")
    assert (await claim(desk, wanjiru)).outcome == "credited"
    await desk.work()
    return deposit


async def say_that_it_was_the_answer(desk: Desk, deposit: Deposit, source: str, callback: bytes) -> None:
    reference = desk.mobile_money.last.request.reference
    if source == "callback":
        await desk.receive(deposit, callback)
    elif source == "confirmation":
        await desk.confirm(account=reference, receipt=RECEIPT)
    else:
        payment = Payment(RECEIPT, Money(500_00), "statement", account=reference, paid_at=desk.clock.now())
        async with desk.database.unit() as uow:
            await take_in(uow, payment)
    await desk.work()


@pytest.mark.parametrize("told", ["with-reference", "without-account"])
async def test_prompt_for_a_friend_whose_payment_was_claimed_is_never_called_unpaid(desk: Desk, told: str) -> None:
    """M-Pesa's whole list has the payment, and it was known already."""
    wanjiru, friend = await desk.person(), await desk.person()
    desk.clock.advance(minutes=20)
    deposit = await prompt_whose_payment_she_claimed(desk, wanjiru, friend)
    account = desk.mobile_money.last.request.reference if told == "with-reference" else ""
    desk.mobile_money.lines = [StatementLine(RECEIPT, Money(500_00), desk.clock.now(), account, "")]

    await desk.wait(minutes=45)
    await desk.take_named("pull-payments")
    await desk.wait(days=8)

    row, said = await desk.row(deposit), " ".join(await desk.sms(wanjiru))
    assert "No money was taken" not in said
    if told == "with-reference":
        assert (row.status, row.attention) == ("cancelled", None)
        assert "did not get it" in said
    else:
        assert (row.status, row.attention) == ("processing", "unresolved")
    await desk.audit_is_clean()


async def test_prompt_whose_payment_two_people_gave_to_somebody_else_is_for_a_person(desk: Desk) -> None:
    wanjiru, friend, other = await desk.person(), await desk.person(), await desk.person()
    deposit = await desk.prompted(Person(friend.id, wanjiru.phone), paid_by=wanjiru.id)
    await lost(desk, wanjiru, account="")
    number = await desk.number(other)
    async with desk.database.unit() as uow:
        await propose(uow, receipt=RECEIPT, account=number, reason="a mistake", by="one")
        await approve(uow, receipt=RECEIPT, by="two")

    await desk.confirm(account=desk.mobile_money.last.request.reference, receipt=RECEIPT)
    await desk.wait(days=1)

    row = await desk.row(deposit)
    assert (row.status, row.attention) == ("processing", "credited-elsewhere")
    assert (await desk.has(other), await desk.has(friend), await desk.has(wanjiru)) == (Money(487_50), Money(0), Money(0))
    await desk.audit_is_clean()


@pytest.mark.parametrize("source", ["callback", "confirmation"])
async def test_payment_of_a_prompt_whose_owner_was_forgotten_waits_in_suspense_for_its_payer(desk: Desk, source: str) -> None:
    """Nobody who was forgotten gets money; it is seen, and whoever paid it may have it back."""
    wanjiru, friend = await desk.person(), await desk.person()
    deposit = await desk.prompted(Person(friend.id, wanjiru.phone), paid_by=wanjiru.id)
    prompt = desk.mobile_money.last
    await desk.receive(deposit, desk.mobile_money.fail(prompt, CANCELLED))
    await desk.work()
    await desk.rows("UPDATE members SET erased_at = now(), phone = 'erased:' || id WHERE id = :id RETURNING id", id=friend.id)

    if source == "callback":
        await desk.receive(deposit, desk.mobile_money.pay(prompt, receipt=RECEIPT))
    else:
        mask = f"2547 ***** {wanjiru.phone[-3:]}"
        names = {"FirstName": "WANJIRU", "LastName": ""}
        await desk.confirm(account=prompt.request.reference, receipt=RECEIPT, MSISDN=mask, **names)
    await desk.work()

    assert (await desk.suspense(), await desk.has(friend)) == (Money(500_00), Money(0))
    assert await desk.outcomes() == ["failed", "suspense"]
    if source == "confirmation":
        assert (await claim(desk, wanjiru)).outcome == "credited"
        assert (await desk.suspense(), await desk.has(wanjiru)) == (Money(0), Money(487_50))
    await desk.audit_is_clean()


@pytest.mark.parametrize("typed", ["", "SG72", "SG722NMVXQ-1-2-3-4-5-6", "pesa yangu!", "Ｓ" * 10])
async def test_claim_when_it_is_no_code_says_what_one_looks_like(desk: Desk, typed: str) -> None:
    wanjiru = await desk.person()

    with pytest.raises(NotAReceipt):
        await claim(desk, wanjiru, typed)


async def test_claim_when_she_guesses_is_stopped_after_five_codes_a_day(desk: Desk) -> None:
    wanjiru = await desk.person()
    for number in range(5):
        await claim(desk, wanjiru, f"SGUESS000{number}")
    assert (await claim(desk, wanjiru, "SGUESS0000")).outcome == "asking"

    with pytest.raises(TooManyClaims):
        await claim(desk, wanjiru, "SGUESS0009")

    desk.clock.advance(days=1, seconds=1)
    assert (await claim(desk, wanjiru, "SGUESS0009")).outcome == "asking"


async def test_claim_when_nobody_told_us_is_asked_about_and_credited_by_the_answer(desk: Desk) -> None:
    wanjiru = await desk.person()

    assert (await claim(desk, wanjiru)).outcome == "asking"
    await desk.work()
    (question,) = desk.mobile_money.transaction_questions
    assert question.receipt == RECEIPT
    await desk.answer(question, answer_body(receipt=RECEIPT, amount="500", payer=f"{wanjiru.phone[1:]} - WANJIRU KAMAU"))
    await desk.work()

    assert await desk.has(wanjiru) == Money(487_50)
    (said,) = await desk.sms(wanjiru)
    assert RECEIPT in said
    (row,) = await desk.rows("SELECT outcome, next_check_at FROM payment_claims")
    assert (row.outcome, row.next_check_at) == ("credited", None)
    await desk.audit_is_clean()


async def test_claim_when_the_confirmation_comes_late_is_credited_by_it(desk: Desk) -> None:
    wanjiru, thief = await desk.person(), await desk.person()
    assert (await claim(desk, thief)).outcome == "asking"
    assert (await claim(desk, wanjiru)).outcome == "asking"

    await lost(desk, wanjiru)
    await desk.work()

    assert (await desk.has(wanjiru), await desk.has(thief)) == (Money(487_50), Money(0))
    assert [one for one in await desk.sms(thief) if RECEIPT in one] != []
    await desk.audit_is_clean()


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"status": "Declined"}, "failed"),
        ({"status": "Initiated"}, "not-proof"),
        ({"code": "2032"}, "not-proof"),
        ({"receipt": "SGANOTHER1"}, "quarantined: another-receipt"),
        ({"payer": "174379 - MTAA GROUPS"}, "quarantined: not-a-payment-to-us"),
    ],
)
async def test_answer_when_it_proves_no_payment_to_us_credits_nothing(
    desk: Desk, changed: dict[str, str], outcome: str
) -> None:
    wanjiru = await desk.person()
    await claim(desk, wanjiru)
    await desk.work()
    (question,) = desk.mobile_money.transaction_questions

    said = {"receipt": RECEIPT, "amount": "500", "payer": f"{wanjiru.phone[1:]} - WANJIRU", **changed}
    await desk.answer(question, answer_body(**said))
    await desk.work()

    assert await desk.outcomes() == [outcome]
    assert (await desk.has(wanjiru), await desk.suspense()) == (Money(0), Money(0))


async def test_claim_when_mpesa_never_answers_is_asked_at_growing_intervals_and_ends(desk: Desk) -> None:
    wanjiru = await desk.person()
    await claim(desk, wanjiru)

    await desk.wait(days=3)

    assert len(desk.mobile_money.transaction_questions) == 6
    (said,) = await desk.sms(wanjiru)
    assert f"M-PESA does not know {RECEIPT}" in said
    (row,) = await desk.rows("SELECT outcome FROM payment_claims")
    assert row.outcome == "unknown"
    assert (await claim(desk, wanjiru)).outcome == "unknown"


async def test_claim_when_the_queue_forgot_it_is_asked_about_by_the_sweep(desk: Desk) -> None:
    await claim(desk, await desk.person())
    await desk.forget_jobs()

    desk.clock.advance(minutes=2)
    await desk.take_named("sweep-payments")
    await desk.work()

    assert len(desk.mobile_money.transaction_questions) == 1


def test_mask_fits_only_numbers_that_it_can_stand_for() -> None:
    number = "254712345678"
    fitting = ("2547 ***** 678", "25471****678", "+2547XX***678", "254712345678", "2547*****5678")
    others = (
        "",
        "*",
        "***678",
        "2547*****",
        "2541 ***** 678",
        "2547 ***** 679",
        "254712345679",
        "25****678",
        "2547****78",
        "678",
    )

    assert [fits_mask(number, mask) for mask in fitting] == [True] * len(fitting)
    assert [fits_mask(number, mask) for mask in others] == [False] * len(others)


async def test_suspense_when_two_people_decide_is_credited_and_one_alone_cannot(desk: Desk) -> None:
    wanjiru, operator, other = await desk.person(), await desk.person(), await desk.person()
    await lost(desk, wanjiru, FirstName="JANE", LastName="DOE")
    number = await desk.number(wanjiru)

    async def say(verb: Any, by: Person | MemberId, **words: str) -> Any:
        async with desk.database.unit() as uow:
            return await verb(uow, receipt=RECEIPT, by=str(getattr(by, "id", by)), **words)

    with pytest.raises(NothingProposed):
        await say(approve, operator)
    with pytest.raises(UnknownAccount):
        await say(propose, operator, account="1234567", reason="she called")
    await say(propose, other, account=await desk.number(other), reason="a mistake")
    await say(propose, operator, account=number, reason="she called, and her SMS says so")
    with pytest.raises(SamePerson):
        await say(approve, operator)
    assert await desk.suspense() == Money(500_00)

    assert (await say(approve, other)).id == wanjiru.id

    assert (await desk.suspense(), await desk.has(wanjiru), await desk.has(other)) == (Money(0), Money(487_50), Money(0))
    with pytest.raises(NotInSuspense):
        await say(approve, MemberId(new_id()))
    decisions = await desk.rows(
        "SELECT withdrawn_at IS NULL AS stands, approved_by FROM suspense_decisions ORDER BY proposed_at, id"
    )
    assert [(row.stands, row.approved_by) for row in decisions] == [(False, None), (True, str(other.id))]
    await desk.audit_is_clean()


async def test_suspense_is_listed_with_its_age(desk: Desk) -> None:
    await lost(desk, await desk.person())
    desk.clock.advance(hours=5)

    async with desk.database.unit() as uow:
        (waiting,) = await in_suspense(uow)

    assert (waiting.amount, waiting.age, waiting.account) == (Money(500_00), timedelta(hours=5), "chama")
