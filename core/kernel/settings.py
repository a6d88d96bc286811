"""The environment as one frozen value, read once at start.

All problems are reported together, secrets are never printed, and in production a missing or well-known secret refuses to
start. Development has working defaults for everything, so that nothing needs to be configured to try the product.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from core.kernel.environment import EnvironmentReader, Network

DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 # pragma: allowlist secret - refused in production
SHORTEST_SECRET = 32
# 128 bits in URL-safe base64.
SHORTEST_TOKEN = 22
# Words that Safaricom doesn't allow in a callback's address, in any case.
DARAJA_REFUSES = ("mpesa", "m-pesa", "safaricom", "exe", "cmd", "sql", "query")
# The test shortcode and passkey that Safaricom publishes for its own sandbox; not a secret.
SANDBOX_SHORTCODE = "174379"
SANDBOX_PASSKEY = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"  # pragma: allowlist secret


class BadSettings(Exception):
    """The environment can't be used; `problems` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _secret(default: str = "") -> str:
    return field(default=default, repr=False)


@dataclass(frozen=True)
class AfricasTalkingSettings:
    """SMS account and USSD code at Africa's Talking."""

    username: str = "sandbox"
    api_key: str = _secret(DEVELOPMENT_SECRET)
    sender_id: str = ""
    base_url: str = "https://api.africastalking.com"
    ussd_code: str = "*384*77#"
    insights_url: str = "https://insights.africastalking.com"


@dataclass(frozen=True)
class DarajaSettings:
    """Safaricom's M-Pesa API."""

    base_url: str = "https://api.safaricom.co.ke"
    consumer_key: str = _secret("sandbox")
    consumer_secret: str = _secret(DEVELOPMENT_SECRET)
    shortcode: str = SANDBOX_SHORTCODE
    passkey: str = _secret(SANDBOX_PASSKEY)
    initiator: str = ""
    initiator_password: str = _secret()
    certificate: str = ""
    # When the operator's password was set: Safaricom ends it after 90 days.
    initiator_password_set: date | None = None
    # Whole shillings: what a confirmation tells of beyond this is credited only when M-Pesa itself has proven it.
    prove_above: int = 20_000
    # Of each process; 0: as they come. Safaricom says no number: this is far above what a busy day needs.
    requests_per_minute: int = 3_000


@dataclass(frozen=True)
class TelegramSettings:
    """The bot's account; a webhook is used when there is a public address and a secret, otherwise polling."""

    token: str = _secret()
    base_url: str = "https://api.telegram.org"
    webhook_secret: str = _secret()


@dataclass(frozen=True)
class OpenIdSettings:
    """Our account at a provider of OpenID Connect; the provider is offered when both are set."""

    issuer: str
    scope: str
    client_id: str = ""
    client_secret: str = _secret()


# accounts.google.com/.well-known/openid-configuration; core.telegram.org/bots/telegram-login.
GOOGLE = OpenIdSettings("https://accounts.google.com", "openid email profile")
TELEGRAM_LOGIN = OpenIdSettings("https://oauth.telegram.org", "openid profile")


@dataclass(frozen=True)
class Settings:
    """Everything that the processes are told from outside. Names and defaults: see README and CONTRACT in the docs."""

    environment: Literal["development", "production"] = "development"
    log_level: str = "INFO"
    database_url: str | None = field(default=None, repr=False)
    database_app_role: str = ""
    redis_url: str | None = field(default=None, repr=False)
    home: Path = Path(".mtaa")
    host: str = "127.0.0.1"
    port: int = 8000
    web_processes: int = 1
    public_url: str = ""
    secret_keys: tuple[str, ...] = field(default=(DEVELOPMENT_SECRET,), repr=False)
    callback_token: str = _secret("development")
    trusted_proxies: tuple[Network, ...] = ()
    at_allowed_ips: tuple[Network, ...] = ()
    daraja_allowed_ips: tuple[Network, ...] = ()
    africastalking: AfricasTalkingSettings = AfricasTalkingSettings()
    daraja: DarajaSettings = DarajaSettings()
    telegram: TelegramSettings = TelegramSettings()
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "mtaa@localhost"
    google: OpenIdSettings = GOOGLE
    telegram_login: OpenIdSettings = TELEGRAM_LOGIN
    oauth_redirect_url: str = ""
    celo_rpc_url: str = ""
    sandbox_url: str = ""
    # How long a gap between M-Pesa and the books may stay unexplained before withdrawals wait.
    funds_gap_hours: int = 24
    # Who gets the daily report by e-mail.
    operator_emails: tuple[str, ...] = ()

    @property
    def callback_url(self) -> str:
        """Where gateways reach this application, without a trailing slash."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def most_dials(self) -> int:
        """How many USSD sessions one number may begin in ten minutes; 0 for as many as scripted phones like."""
        return 20 if self.environment == "production" else 0

    @property
    def openid(self) -> dict[str, OpenIdSettings]:
        """The providers that members may sign in with, by name."""
        known = {"google": self.google, "telegram": self.telegram_login}
        usable = {name: one for name, one in known.items() if one.client_id and one.client_secret}
        return usable if self.oauth_redirect_url else {}

    @property
    def pay_url(self) -> str:
        """Where whoever moves mobile money reports to; a secret, since nothing else tells a forged report from a true one."""
        return f"{self.callback_url}/pay/{self.callback_token}"

    @property
    def uses_webhook(self) -> bool:
        """Whether Telegram calls us (otherwise the bot asks Telegram)."""
        return bool(self.public_url and self.telegram.webhook_secret)

    def masked(self) -> dict[str, str]:
        """Every setting as text under its name in the environment; secrets only say whether they are set."""
        return dict(_masked_fields(self, ""))


# What an operator has to set is called differently where a short name would be nobody's in the environment.
ENVIRONMENT_NAMES = {"home": "MTAA_HOME", "web_processes": "WEB_CONCURRENCY", "AT_ussd_code": "USSD_CODE"}
PREFIXES = {"africastalking": "AT_"}


def _masked_fields(value: object, prefix: str) -> list[tuple[str, str]]:
    shown: list[tuple[str, str]] = []
    for item in dataclasses.fields(value):  # type: ignore[arg-type]
        content = getattr(value, item.name)
        if dataclasses.is_dataclass(content):
            shown += _masked_fields(content, PREFIXES.get(item.name, f"{item.name.upper()}_"))
            continue
        name = ENVIRONMENT_NAMES.get(prefix + item.name, (prefix + item.name).upper())
        shown.append((name, _plain(content) if item.repr else "set" if content else "not set"))
    return shown


def _plain(content: object) -> str:
    """A value as it is written in the environment."""
    return ",".join(str(one) for one in content) if isinstance(content, tuple) else str(content)


def environ() -> dict[str, str]:
    """The process's environment, read in this one place."""
    return dict(os.environ)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of this environment. Raises BadSettings with every problem at once."""
    read = EnvironmentReader(environ)
    environment = read.text("ENVIRONMENT", "development")
    if environment not in ("development", "production"):
        read.problems.append("ENVIRONMENT must be development or production")
    settings = Settings(
        environment="production" if environment == "production" else "development",
        log_level=_log_level(read),
        database_url=read.url("DATABASE_URL", "", "postgresql", "postgres") or None,
        database_app_role=read.text("DATABASE_APP_ROLE", ""),
        redis_url=read.url("REDIS_URL", "", "redis", "rediss", "unix") or None,
        home=Path(read.text("MTAA_HOME", ".mtaa")),
        host=read.text("HOST", "127.0.0.1"),
        port=read.port("PORT", 8000),
        web_processes=read.processes("WEB_CONCURRENCY"),
        public_url=read.url("PUBLIC_URL", "", "https", "http"),
        secret_keys=read.items("SECRET_KEYS") or (DEVELOPMENT_SECRET,),
        callback_token=read.text("CALLBACK_TOKEN", "development"),
        trusted_proxies=read.networks("TRUSTED_PROXIES"),
        at_allowed_ips=read.networks("AT_ALLOWED_IPS"),
        daraja_allowed_ips=read.networks("DARAJA_ALLOWED_IPS"),
        africastalking=_africastalking(read),
        daraja=_daraja(read),
        telegram=_telegram(read),
        smtp_url=read.url("SMTP_URL", "", "smtp", "smtps"),
        mail_from=read.text("MAIL_FROM", "mtaa@localhost"),
        google=_openid(read, "GOOGLE", GOOGLE),
        telegram_login=_openid(read, "TELEGRAM_LOGIN", TELEGRAM_LOGIN),
        oauth_redirect_url=read.url("OAUTH_REDIRECT_URL", "", "https", "http"),
        celo_rpc_url=read.url("CELO_RPC_URL", "", "https", "http"),
        sandbox_url=read.url("SANDBOX_URL", "", "http", "https"),
        funds_gap_hours=read.hours("FUNDS_GAP_HOURS", 24),
        operator_emails=read.addresses("OPERATOR_EMAILS"),
    )
    read.problems += _daraja_problems(settings)
    problems = read.problems + (_production_problems(settings) if settings.environment == "production" else [])
    if problems:
        raise BadSettings(problems)
    return settings


def _log_level(read: EnvironmentReader) -> str:
    level = read.text("LOG_LEVEL", "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        read.problems.append("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
        return "INFO"
    return level


def _africastalking(read: EnvironmentReader) -> AfricasTalkingSettings:
    default = AfricasTalkingSettings()
    return AfricasTalkingSettings(
        username=read.text("AT_USERNAME", default.username),
        api_key=read.text("AT_API_KEY", default.api_key),
        sender_id=read.text("AT_SENDER_ID", ""),
        base_url=read.url("AT_BASE_URL", default.base_url, "https", "http"),
        ussd_code=read.text("USSD_CODE", default.ussd_code),
        insights_url=read.url("AT_INSIGHTS_URL", _insights(read, default), "https", "http"),
    )


def _insights(read: EnvironmentReader, default: AfricasTalkingSettings) -> str:
    """A played Africa's Talking answers this, too; the real one has a host of its own for it."""
    base = read.text("AT_BASE_URL", default.base_url)
    return default.insights_url if base == default.base_url else base


def _daraja(read: EnvironmentReader) -> DarajaSettings:
    default = DarajaSettings()
    return DarajaSettings(
        base_url=read.url("DARAJA_BASE_URL", default.base_url, "https", "http"),
        consumer_key=read.text("DARAJA_CONSUMER_KEY", default.consumer_key),
        consumer_secret=read.text("DARAJA_CONSUMER_SECRET", default.consumer_secret),
        shortcode=read.text("DARAJA_SHORTCODE", default.shortcode),
        passkey=read.text("DARAJA_PASSKEY", default.passkey),
        initiator=read.text("DARAJA_INITIATOR", ""),
        initiator_password=read.text("DARAJA_INITIATOR_PASSWORD", ""),
        certificate=read.text("DARAJA_CERTIFICATE", ""),
        initiator_password_set=read.day("DARAJA_INITIATOR_PASSWORD_SET"),
        prove_above=read.shillings("DARAJA_PROVE_ABOVE", default.prove_above),
        requests_per_minute=read.count("DARAJA_REQUESTS_PER_MINUTE", default.requests_per_minute),
    )


def _telegram(read: EnvironmentReader) -> TelegramSettings:
    return TelegramSettings(
        token=read.text("TELEGRAM_TOKEN", ""),
        base_url=read.url("TELEGRAM_BASE_URL", TelegramSettings().base_url, "https", "http"),
        webhook_secret=read.text("TELEGRAM_WEBHOOK_SECRET", ""),
    )


def _openid(read: EnvironmentReader, name: str, default: OpenIdSettings) -> OpenIdSettings:
    return dataclasses.replace(
        default,
        issuer=read.url(f"{name}_ISSUER", default.issuer, "https", "http"),
        client_id=read.text(f"{name}_CLIENT_ID", ""),
        client_secret=read.text(f"{name}_CLIENT_SECRET", ""),
    )


def _daraja_problems(settings: Settings) -> list[str]:
    """What Daraja would refuse only when the first member pays."""
    problems: list[str] = []
    if any(word in settings.callback_token.lower() for word in DARAJA_REFUSES):
        problems.append(f"CALLBACK_TOKEN must not contain {', '.join(DARAJA_REFUSES)}: Daraja refuses such addresses; use hex")
    if not (settings.daraja.shortcode.isascii() and settings.daraja.shortcode.isdigit()):
        problems.append("DARAJA_SHORTCODE must be digits")
    return problems


def _production_problems(settings: Settings) -> list[str]:
    """What development forgives and production doesn't."""
    secrets = {
        "CALLBACK_TOKEN": settings.callback_token,
        "AT_API_KEY": settings.africastalking.api_key,
        "DARAJA_CONSUMER_KEY": settings.daraja.consumer_key,
        "DARAJA_CONSUMER_SECRET": settings.daraja.consumer_secret,
        **{f"SECRET_KEYS entry {n}": key for n, key in enumerate(settings.secret_keys, 1)},
    }
    well_known = {DEVELOPMENT_SECRET, "development", "sandbox"}
    problems = [f"{name} is missing or a well-known default" for name, value in secrets.items() if value in well_known]
    problems += [
        f"SECRET_KEYS entry {n} is shorter than {SHORTEST_SECRET} characters"
        for n, key in enumerate(settings.secret_keys, 1)
        if len(key) < SHORTEST_SECRET
    ]
    if len(settings.callback_token) < SHORTEST_TOKEN:
        problems.append(f"CALLBACK_TOKEN is shorter than {SHORTEST_TOKEN} characters")
    if settings.daraja.passkey == SANDBOX_PASSKEY:
        problems.append("DARAJA_PASSKEY is missing or Safaricom's sandbox passkey")
    if settings.daraja.shortcode == SANDBOX_SHORTCODE:
        problems.append("DARAJA_SHORTCODE is missing or Safaricom's sandbox shortcode")
    if settings.africastalking.username == "sandbox":
        problems.append("AT_USERNAME is missing or Africa's Talking's sandbox: no SMS would leave")
    if 0 < len(settings.telegram.webhook_secret) < SHORTEST_TOKEN:
        problems.append(f"TELEGRAM_WEBHOOK_SECRET is shorter than {SHORTEST_TOKEN} characters")
    if not settings.public_url.startswith("https://"):
        problems.append("PUBLIC_URL must be the https address that gateways reach us at")
    addresses = {"GOOGLE_ISSUER": settings.google.issuer, "TELEGRAM_LOGIN_ISSUER": settings.telegram_login.issuer}
    addresses |= {"OAUTH_REDIRECT_URL": settings.oauth_redirect_url} if settings.oauth_redirect_url else {}
    problems += [f"{name} must be an https address" for name, value in addresses.items() if not value.startswith("https://")]
    if settings.database_url is None:
        problems.append("DATABASE_URL is missing: the embedded database is for development")
    if settings.redis_url is None:
        problems.append("REDIS_URL is missing: the embedded Redis is for development")
    return problems
