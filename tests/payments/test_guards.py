"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from .desk import Desk


async def change(desk: Desk, assignment: str) -> None:
    async with desk.database.unit() as uow:
        await uow.session.execute(text(f"UPDATE mpesa_transactions SET {assignment}"))


@pytest.mark.parametrize(
    "assignment",
    [
        "status = 'pending'",
        "status = 'failed'",
        "status = 'processing'",
        "amount = 501",
        "fee_amount = 0",
        "user_id = gen_random_uuid()",
        "mpesa_receipt_number = 'SGANOTHER1'",
        "paid_by = user_id",
        "for_dao = gen_random_uuid()",
        "sent_at = NULL",
    ],
)
async def test_transaction_when_completed_can_not_be_undone_or_changed(desk: Desk, assignment: str) -> None:
    deposit = await desk.prompted(await desk.person())
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()

    with pytest.raises(IntegrityError):
        await change(desk, assignment)


@pytest.mark.parametrize(
    "assignment",
    [
        "status = 'pending'",
        "status = 'completed'",
        "next_check_at = NULL",
        "callback_received = true",
        "channel = 'telegram'",
        "status = 'paid'",
        "fee_amount = 600",
        "sent_at = sent_at + interval '1 second'",
    ],
)
async def test_transaction_when_underway_keeps_its_promises(desk: Desk, assignment: str) -> None:
    await desk.prompted(await desk.person())

    with pytest.raises(IntegrityError):
        await change(desk, assignment)


@pytest.mark.parametrize("status", ["pending", "processing", "reversed", "cancelled", "completed"])
async def test_transaction_when_failed_can_only_be_completed_by_a_receipt(desk: Desk, status: str) -> None:
    deposit = await desk.prompted(await desk.person())
    await desk.receive(deposit, desk.mobile_money.fail(desk.mobile_money.last, "1032"))
    await desk.work()

    with pytest.raises(IntegrityError):
        await change(desk, f"status = '{status}', mpesa_receipt_number = 'SGFORGED01'")


async def test_transaction_when_not_completed_can_not_be_reversed(desk: Desk) -> None:
    await desk.prompted(await desk.person())

    with pytest.raises(IntegrityError):
        await change(desk, "status = 'reversed'")


@pytest.mark.parametrize("amount", ["0", "1.5", "250001", "'NaN'", "-1"])
async def test_transaction_when_amount_is_not_for_mpesa_is_refused(desk: Desk, amount: str) -> None:
    wanjiru = await desk.person()

    with pytest.raises(IntegrityError):
        async with desk.database.unit() as uow:
            await uow.session.execute(
                text(
                    "INSERT INTO mpesa_transactions (id, user_id, transaction_type, phone_number, amount, currency, fee_amount,"
                    " fee_percentage, channel, language, status, next_check_at, created_at, updated_at) VALUES"
                    f" (gen_random_uuid(), :member, 'stk_push', :phone, {amount}, 'KES', 0, 0, 'ussd', 'en', 'pending',"
                    " now(), now(), now())"
                ),
                {"member": wanjiru.id, "phone": wanjiru.phone},
            )


async def test_fee_when_shares_do_not_add_up_or_it_is_charged_twice_is_refused(desk: Desk) -> None:
    deposit = await desk.prompted(await desk.person())
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()

    again = (
        "INSERT INTO transaction_fees SELECT gen_random_uuid(), transaction_id, transaction_type, fee_type, fee_category,"
        " base_amount, fee_amount, fee_percentage, currency, paid_by, dao_id, collected_by, platform_revenue, dao_revenue,"
        " protocol_revenue, description, metadata, created_at FROM transaction_fees"
    )
    nothing = "UPDATE transaction_fees SET fee_amount = 'NaN', platform_revenue = 'NaN'"
    for statement in (again, nothing, "UPDATE transaction_fees SET dao_revenue = 1"):
        with pytest.raises(IntegrityError):
            async with desk.database.unit() as uow:
                await uow.session.execute(text(statement))


async def test_revenue_query_of_the_dashboard_reads_in_shillings(desk: Desk) -> None:
    deposit = await desk.prompted(await desk.person())
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()

    (row,) = await desk.rows(
        "SELECT fee_category, SUM(platform_revenue) as revenue, COUNT(*) as transactions"
        " FROM transaction_fees GROUP BY fee_category ORDER BY revenue DESC"
    )
    assert (row.fee_category, str(row.revenue.normalize()), row.transactions) == ("mpesa_deposit", "12.5", 1)
