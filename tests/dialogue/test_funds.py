"""Proof of funds as members see it, on both channels and in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.fund_models import FundsFreeze, FundsProof
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import PIN, Sql, give
from tests.dialogue.test_withdraw import amount_screen


async def told(db: Database, clock: FakeClock, held: int, booked: int, *, on_its_way: int = 0, frozen: bool = False) -> None:
    """M-PESA has told what it holds; all in shillings."""
    now, gap = clock.now(), held - booked + on_its_way
    async with db.unit() as uow:
        proof = FundsProof(id=uow.ids.new(), status="answered", asked_at=now, answered_at=now, held_at=now, judged_at=now)
        proof.held, proof.booked, proof.unexplained = (Money(one * 100).as_decimal() for one in (held, booked, gap))
        uow.session.add(proof)
        await uow.session.flush()
        if frozen:
            since = now - timedelta(hours=25)
            freeze = FundsFreeze(id=uow.ids.new(), proof_id=proof.id, gap=proof.unexplained, since=since, frozen_at=now)
            uow.session.add(freeze)


async def looked_up(handset: Handset, *, fees: str = "Fees", label: str = "Proof of funds") -> str:
    menu = await handset.dial("5")
    choices = await handset.type(next(line.split()[0] for line in menu.splitlines() if line.endswith(fees)))
    return await handset.type(next(line.split()[0] for line in choices.splitlines() if line.endswith(label)))


@pytest.mark.parametrize(
    ("held", "on_its_way", "frozen", "said"),
    [
        (120_000, 0, False, "M-PESA holds KES 120,000 for all members.\nOur books say KES 120,000.\nThey are equal."),
        (119_500, 500, False, "Our books KES 120,000\nKES 500 is on its way. Nothing is missing."),
        (119_000, 0, False, "Our books KES 120,000\nWe are looking into KES 1,000."),
        (119_000, 0, True, "We look into KES 1,000. Withdrawals wait."),
    ],
)
async def test_anybody_sees_without_a_pin_whether_the_money_is_there(
    wanjiru: Handset, db: Database, clock: FakeClock, held: int, on_its_way: int, frozen: bool, said: str
) -> None:
    await wanjiru.register()
    await told(db, clock, held, 120_000, on_its_way=on_its_way, frozen=frozen)

    shown = await looked_up(wanjiru)

    assert shown.startswith("END Proof of funds 23/11/26 12:00\n")
    assert said in shown


async def test_proof_in_a_chat_and_in_swahili_and_before_there_is_one(
    wanjiru: Handset, conversation: Conversation, db: Database, sql: Sql, clock: FakeClock
) -> None:
    await wanjiru.register()
    [(member,)] = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(member), telegram_id=7001, chat=7001, name="Wanjiru")
    assert "has not told us yet" in await looked_up(wanjiru)
    await sql("UPDATE members SET language = 'sw'")
    await told(db, clock, 500, 500)
    chat = Chat(conversation)
    await chat.command("fees.menu")

    shown = await chat.tap("funds")

    assert "M-PESA ina Ksh 500 za wanachama wote.\nVitabu vyetu vinasema Ksh 500.\nNi sawa." in shown
    assert "Uthibitisho wa pesa" in await looked_up(wanjiru, fees="Ada", label="Uthibitisho wa pesa")


async def test_frozen_withdrawal_says_so_before_the_pin(wanjiru: Handset, db: Database, sql: Sql, clock: FakeClock) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(10_000_00))
    await told(db, clock, 9_000, 10_000, frozen=True)
    await amount_screen(wanjiru)

    quoted = await wanjiru.type("2000")
    done = await wanjiru.type("1", PIN)

    assert "Withdrawals wait while we check our books." in quoted
    assert done.startswith("END Withdrawals wait while we check our books against M-PESA. Your KES 2,000 is set aside")
    assert await sql("SELECT count(*) FROM withdrawals") == [(1,)]
