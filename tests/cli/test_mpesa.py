"""What an operator does with the M-Pesa account, against the played Daraja."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.cli.mpesa import payouts, register_paybill, register_pull
from core.identity.models import MemberRow
from core.kernel.db import Database
from core.kernel.settings import Settings, read_settings
from core.payments.breaker import note_payout_ended
from core.payments.outcomes import Failed
from core.sandbox.box import Sandbox
from core.sandbox.settings import Address, SandboxSettings
from tests.conftest import FakeClock
from tests.dialogue.test_funds import told

ANY_PORT = Address("127.0.0.1", 0)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Sandbox]:
    parts = dict.fromkeys(("africastalking", "telegram", "smtp"))
    sandbox = Sandbox(SandboxSettings(tmp_path, daraja=ANY_PORT, page=ANY_PORT, **parts))
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def settings(empty_database: str, redis_url: str, box: Sandbox) -> Settings:
    servers = {"DATABASE_URL": empty_database, "REDIS_URL": redis_url}
    return read_settings({**servers, "DARAJA_BASE_URL": box.addresses["daraja"]})


async def test_register_paybill_when_taken_has_payments_reported_to_us(
    settings: Settings, box: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await register_paybill(settings) == 0

    told = capsys.readouterr()
    assert "ok: Safaricom has registered" in told.out
    registered = box.mpesa.paybill.registered
    assert registered is not None
    assert registered.confirmation_url == "http://127.0.0.1:8000/pay/development/c2b/confirmation"
    assert registered.validation_url == "http://127.0.0.1:8000/pay/development/c2b/validation"


async def test_register_paybill_when_refused_says_so(
    empty_database: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = {"DATABASE_URL": empty_database, "REDIS_URL": redis_url, "DARAJA_BASE_URL": "http://127.0.0.1:9"}

    assert await register_paybill(read_settings(nobody)) == 1
    assert "not-sent" in capsys.readouterr().err


async def test_register_pull_needs_a_number_and_is_taken_again(
    settings: Settings, box: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await register_pull(settings, phone="12") == 2
    assert await register_pull(settings, phone="0712000001") == 0
    assert await register_pull(settings, phone="0712000001") == 0


async def test_payouts_when_stopped_fail_until_they_are_resumed(
    settings: Settings, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await payouts(settings, resume=False) == 0
    async with db.unit() as uow:
        await note_payout_ended(uow, Failed("8006", "locked"))

    assert await payouts(settings, resume=False) == 1
    assert "operator-locked" in capsys.readouterr().out
    assert await payouts(settings, resume=True) == 0
    assert await payouts(settings, resume=False) == 0


async def test_withdrawals_that_wait_for_a_gap_go_on_when_somebody_with_an_account_says_why(
    settings: Settings, db: Database, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    await told(db, clock, 9_000, 10_000, frozen=True)
    async with db.unit() as uow:
        now = clock.now()
        row = MemberRow(id=uow.ids.new(), name="Otieno", phone="+254722000002", language="en", sealed_pin="x")
        row.created_at = row.updated_at = now
        uow.session.add(row)

    assert await payouts(settings, resume=False) == 1
    said = capsys.readouterr().out
    assert "payouts are stopped: funds-gap" in said
    assert "M-Pesa holds KES 9,000, our books KES 10,000, difference KES -1,000, unexplained KES -1,000" in said
    # Resuming is for M-Pesa's troubles; a gap needs a name and a reason.
    assert await payouts(settings, resume=True) == 0
    assert await payouts(settings, resume=False) == 1
    assert await payouts(settings, resume=False, thaw=True, by="0722000002") == 2
    assert await payouts(settings, resume=False, thaw=True, by="0799999999", reason="x") == 2
    assert await payouts(settings, resume=False, thaw=True, by="0722000002", reason="moved to the bank") == 0
    assert await payouts(settings, resume=False, thaw=True, by="0722000002", reason="again") == 1
    assert await payouts(settings, resume=False) == 0
