"""What the supervisor tells its children."""

from __future__ import annotations

import socket

import pytest

from core.cli.run import SANDBOX_TOKEN, CannotRun, child_environment, require_free_port
from core.kernel.settings import read_settings


def test_the_sandbox_stands_in_for_everything_that_is_not_configured() -> None:
    env = child_environment(read_settings({}), {})

    for name in ("AT_BASE_URL", "DARAJA_BASE_URL", "TELEGRAM_BASE_URL", "SANDBOX_URL"):
        assert env[name].startswith("http://127.0.0.1:")
    assert env["SMTP_URL"].startswith("smtp://127.0.0.1:")
    assert env["TELEGRAM_TOKEN"] == SANDBOX_TOKEN


def test_a_provider_with_credentials_is_the_real_one() -> None:
    given = {"TELEGRAM_TOKEN": "123456789:real", "DARAJA_CONSUMER_KEY": "real"}

    env = child_environment(read_settings(given), given)

    assert env["TELEGRAM_BASE_URL"] == "https://api.telegram.org"
    assert env["DARAJA_BASE_URL"] == "https://api.safaricom.co.ke"
    assert env["TELEGRAM_TOKEN"] == "123456789:real"
    assert env["AT_BASE_URL"].startswith("http://127.0.0.1:")


def test_an_address_that_was_given_is_kept() -> None:
    given = {"DARAJA_BASE_URL": "http://127.0.0.1:9999", "SMTP_URL": "smtp://mail.example.com"}

    env = child_environment(read_settings(given), given)

    assert env["DARAJA_BASE_URL"] == "http://127.0.0.1:9999"
    assert env["SMTP_URL"] == "smtp://mail.example.com"


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotRun, match="is not free"):
            require_free_port("127.0.0.1", taken.getsockname()[1])
