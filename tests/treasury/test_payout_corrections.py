"""What M-Pesa or two operators undo of a treasury's payment concerns the treasury, and never who asked for it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.kernel.money import Money
from core.ledger.accounts import PLATFORM_FEES, PROTOCOL_FEES, SUSPENSE, member_account
from core.payments import corrections
from core.payments.reversing import Undone, undo_payment
from core.reports.member_data import as_document, collect
from core.reports.obligations import _OPEN as OBLIGATIONS
from core.treasury.requests import Request
from tests.payments.counter import failed

from .chama import Chama, shillings
from .test_payouts import sent

SHARED = (
    "INSERT INTO fee_schedules (id, category, currency, basis_points, minimum, platform_share, dao_share, protocol_share,"
    " valid_from) VALUES (gen_random_uuid(), 'mpesa_withdrawal', 'KES', 333, 0, :platform, :dao, 1000, :since)"
)


async def shared(chama: Chama, dao: int = 3000) -> None:
    """From now on the fee is shared with the group: 66.60 of 2,000 are 39.96, 19.98 and 6.66."""
    async with chama.database.unit() as uow:
        given = {"platform": 9000 - dao, "dao": dao, "since": chama.clock.now()}
        await uow.session.execute(text(SHARED), given)


async def paid(chama: Chama) -> tuple[Request, str]:
    """A payment that M-Pesa made, and its receipt."""
    request, name = await sent(chama)
    await chama.hear(request.payout or "", chama.mpesa.finish(name, charge=Money(9_00)))
    return await chama.find(request), chama.mpesa.paid[0][1]


async def undone(chama: Chama, receipt: str, amount: Money) -> str:
    async with chama.database.unit() as uow:
        outcome = await undo_payment(uow, Undone(receipt, "SWBACK0001", amount, "statement"))
    await chama.work()
    return outcome


async def late(chama: Chama) -> tuple[Request, str]:
    """A payment that M-Pesa made after it had denied it, and its receipt."""
    request, name = await sent(chama)
    result = chama.mpesa.finish(name)
    await chama.hear(request.payout or "", failed(result, 8))
    await chama.hear(request.payout or "", result)
    return await chama.find(request), chama.mpesa.paid[0][1]


async def corrected(chama: Chama, kind: Any, receipt: str) -> None:
    one, other = await chama.person(), await chama.person()
    async with chama.database.unit() as uow:
        await corrections.request(uow, kind=kind, subject=receipt, by=one.id, reason="seen in the portal")
    async with chama.database.unit() as uow:
        await corrections.approve(uow, subject=receipt, by=other.id)
    await chama.work()


@pytest.mark.parametrize("dao", [3000, 9000])
async def test_fee_of_a_payment_outside_leaves_the_group_its_share(chama: Chama, dao: int) -> None:
    await chama.found()
    await shared(chama, dao)
    await paid(chama)

    ours = {3000: 19_98, 9000: 59_94}[dao]
    money = await chama.money()
    assert (money.available, money.pending) == (Money(100_000_00 - 2_000_00 - 66_60 - 9_00 + ours), Money(0))
    assert (await chama.holds(PLATFORM_FEES)).available == Money(59_94 - ours)
    assert (await chama.holds(PROTOCOL_FEES)).available == Money(6_66)
    await chama.audit_is_clean()


@pytest.mark.parametrize("dao", [0, 3000])
async def test_payment_outside_that_came_back_is_the_treasurys_again_and_its_officials_are_told(chama: Chama, dao: int) -> None:
    await chama.found()
    await shared(chama, dao)
    _, receipt = await paid(chama)

    assert await undone(chama, receipt, shillings(2_000)) == "returned"
    assert await undone(chama, receipt, shillings(2_000)) == "repeated"

    assert (await chama.money()).available == shillings(100_000) + Money(19_98 if dao else 0)
    assert (await chama.holds(PLATFORM_FEES)).available == Money(-19_98 if dao else 0)
    for person in chama.persons[:3]:
        [said] = [one for one in await chama.sms(person) if receipt in one and "back" in one]
        assert "Umoja" in said
        assert "your" not in said.lower()
    assert not [one for one in await chama.sms(chama.members[0]) if "came back" in one]
    await chama.audit_is_clean()


async def test_what_a_late_payment_outside_took_is_recovered_from_the_treasury_not_from_who_asked(chama: Chama) -> None:
    await chama.found()
    await chama.fund(member_account(chama.treasurer.id), shillings(5_000))
    request, receipt = await late(chama)
    assert (await chama.holds(SUSPENSE)).available == shillings(-2_000)

    await corrected(chama, "recover", receipt)

    assert request.because == "paid-after-release"
    assert await chama.own(chama.treasurer) == shillings(5_000)
    assert (await chama.money()).available == shillings(98_000)
    assert (await chama.holds(SUSPENSE)).available == Money(0)
    assert not [one for one in await chama.sms(chama.treasurer) if "your balance" in one]
    assert [one for one in await chama.sms(chama.chair) if receipt in one and "Umoja" in one]
    await chama.audit_is_clean()


async def test_late_payment_outside_that_the_operator_bears_leaves_the_treasury_alone(chama: Chama) -> None:
    await chama.found()
    _, receipt = await late(chama)
    await corrected(chama, "write-off", receipt)

    assert (await chama.money()).available == shillings(100_000)
    await chama.audit_is_clean()


async def test_what_a_treasury_pays_outside_is_neither_in_the_data_of_who_asked_nor_keeps_her_account_open(
    chama: Chama,
) -> None:
    await chama.found()
    await sent(chama)

    async with chama.database.unit() as uow:
        hers = await collect(uow, member=chama.treasurer.id)
        keeps = await uow.session.scalar(text(OBLIGATIONS["payments"]), {"member": chama.treasurer.id})
    assert (hers["mpesa"], hers["withdrawals"], keeps) == ([], [], False)
    assert "+254799000001" not in as_document(hers)
    assert [row["asked"] for row in hers["treasury_requests"]] == [True]
