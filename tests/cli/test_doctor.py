"""`mtaa doctor` on a machine where everything answers, and where something doesn't."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.run import SANDBOX_TOKEN
from core.sandbox.box import Sandbox
from core.sandbox.settings import Address, SandboxSettings
from tests.conftest import Servers

ROOT = Path(__file__).parents[2]


def doctor(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core.cli", "doctor"],
        cwd=ROOT,
        env={**os.environ, **environment},
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_every_problem_of_the_environment_is_told_at_once() -> None:
    told = doctor(PORT="eighty", LOG_LEVEL="LOUD")

    assert told.returncode == 2
    assert "PORT" in told.stderr
    assert "LOG_LEVEL" in told.stderr


@pytest.fixture
def home(servers: Servers, database_url: str) -> dict[str, str]:
    """A migrated database and a Redis, as the environment names them."""
    return {"DATABASE_URL": database_url, "REDIS_URL": servers.redis_url, "TELEGRAM_TOKEN": SANDBOX_TOKEN}


async def test_with_every_provider_answering_all_is_well(home: dict[str, str], tmp_path: Path) -> None:
    anywhere = Address("127.0.0.1", 0)
    sandbox = Sandbox(
        SandboxSettings(
            home=tmp_path,
            africastalking=anywhere,
            daraja=anywhere,
            telegram=anywhere,
            smtp=anywhere,
            page=anywhere,
            telegram_token=SANDBOX_TOKEN,
        )
    )
    await sandbox.start()
    where = sandbox.addresses
    try:
        told = await asyncio.to_thread(
            doctor,
            **home,
            AT_BASE_URL=where["africastalking"],
            DARAJA_BASE_URL=where["daraja"],
            TELEGRAM_BASE_URL=where["telegram"],
            SMTP_URL=where["smtp"],
        )
    finally:
        await sandbox.stop()

    assert told.returncode == 0, told.stdout + told.stderr
    assert "FAIL" not in told.stdout
    assert told.stdout.count("ok   ") == 7
    assert "note mtaa could write the books by itself" in told.stdout
    for secret in (SANDBOX_TOKEN, "development-only-secret"):
        assert secret not in told.stdout + told.stderr


def test_a_provider_that_does_not_answer_is_named(home: dict[str, str]) -> None:
    nobody = "http://127.0.0.1:9"

    told = doctor(
        **home,
        DATABASE_APP_ROLE="mtaa_app",
        AT_BASE_URL=nobody,
        DARAJA_BASE_URL=nobody,
        TELEGRAM_BASE_URL=nobody,
        SMTP_URL="smtp://127.0.0.1:9",
    )

    assert told.returncode == 1
    assert told.stdout.count("FAIL") == 4
    assert "ok   PostgreSQL" in told.stdout
    assert "ok   Redis" in told.stdout
    assert "ok   Rights to the books" in told.stdout
    assert "could write the books" not in told.stdout
    assert SANDBOX_TOKEN not in told.stdout + told.stderr
