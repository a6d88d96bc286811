"""The environment is checked as a whole, before anything starts."""

from __future__ import annotations

import pytest

from core.kernel.settings import BadSettings, read_settings

PRODUCTION = {
    "ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://mtaa@db/mtaa",
    "REDIS_URL": "redis://cache",
    "PUBLIC_URL": "https://mtaa.example.com",
    "SECRET_KEYS": "k" * 40,
    "CALLBACK_TOKEN": "t" * 32,
    "AT_API_KEY": "a" * 32,
    "AT_USERNAME": "mtaa",
    "DARAJA_CONSUMER_KEY": "consumer",
    "DARAJA_CONSUMER_SECRET": "c" * 32,
    "DARAJA_PASSKEY": "p" * 32,
    "DARAJA_SHORTCODE": "600123",
}


def test_nothing_needs_to_be_set_to_try_it() -> None:
    settings = read_settings({})

    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 8000, None)


def test_production_starts_with_everything_in_place() -> None:
    assert read_settings(PRODUCTION).environment == "production"


@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_URL",
        "REDIS_URL",
        "PUBLIC_URL",
        "SECRET_KEYS",
        "CALLBACK_TOKEN",
        "AT_API_KEY",
        "DARAJA_CONSUMER_KEY",
        "DARAJA_CONSUMER_SECRET",
        "DARAJA_PASSKEY",
        "DARAJA_SHORTCODE",
        "AT_USERNAME",
    ],
)
def test_production_refuses_a_missing_secret_or_server(name: str) -> None:
    without = {key: value for key, value in PRODUCTION.items() if key != name}

    with pytest.raises(BadSettings) as refused:
        read_settings(without)

    assert any(name in problem for problem in refused.value.problems)


@pytest.mark.parametrize("name", ["SECRET_KEYS", "CALLBACK_TOKEN"])
def test_production_refuses_a_short_secret(name: str) -> None:
    with pytest.raises(BadSettings):
        read_settings(PRODUCTION | {name: "short"})


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings({"PORT": "eighty", "AT_ALLOWED_IPS": "300.1.1.1", "DATABASE_URL": "mysql://x", "LOG_LEVEL": "LOUD"})

    assert len(refused.value.problems) == 4


def test_secrets_are_never_shown() -> None:
    settings = read_settings(PRODUCTION)

    for shown in (repr(settings), str(settings.masked())):
        for secret in ("k" * 40, "t" * 32, "a" * 32, "c" * 32, "p" * 32):
            assert secret not in shown


@pytest.mark.parametrize("token", ["aSqLb" * 6, "execute-me-please-0123456789", "MPESA" * 5])
def test_a_callback_token_that_daraja_would_refuse_is_named(token: str) -> None:
    with pytest.raises(BadSettings, match="CALLBACK_TOKEN"):
        read_settings({"CALLBACK_TOKEN": token})


def test_a_shortcode_is_digits() -> None:
    with pytest.raises(BadSettings, match="DARAJA_SHORTCODE"):
        read_settings({"DARAJA_SHORTCODE": "17a379"})


def test_a_sandbox_account_is_refused_in_production_though_it_is_set() -> None:
    """A10: what everybody may use to try must not be what real money and codes go through."""
    sandbox = {"DARAJA_SHORTCODE": "174379", "AT_USERNAME": "sandbox", "TELEGRAM_WEBHOOK_SECRET": "short"}

    with pytest.raises(BadSettings) as refused:
        read_settings(PRODUCTION | sandbox)

    assert [problem.split()[0] for problem in refused.value.problems] == list(sandbox)


def test_what_is_shown_has_the_names_that_an_operator_sets() -> None:
    shown = read_settings(PRODUCTION | {"AT_ALLOWED_IPS": "10.0.0.0/8,192.0.2.1", "MTAA_HOME": "/var/lib/mtaa"}).masked()

    assert shown.keys() >= PRODUCTION.keys()
    assert shown["AT_ALLOWED_IPS"] == "10.0.0.0/8,192.0.2.1/32"
    assert shown["DARAJA_SHORTCODE"] == "600123"
    assert (shown["MTAA_HOME"], shown["AT_API_KEY"], shown["USSD_CODE"]) == ("/var/lib/mtaa", "set", "*384*77#")
