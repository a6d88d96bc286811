"""Where the sandbox listens and whom it plays for, read from the same environment as the application.

Each server takes its port from the address that the application would call. An address that isn't on this machine means
that the real provider is used: that part of the sandbox then stays silent.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


class BadEnvironment(Exception):
    """Something in the environment can't be used; the message names the variable and the problem."""


_TOKEN = re.compile(r"\d{1,15}:[A-Za-z0-9_-]+")
_USSD_CODE = re.compile(r"\*\d[\d*]*#")


@dataclass(frozen=True)
class Address:
    """A host and port to listen on. Port 0 takes any free one."""

    host: str
    port: int


@dataclass(frozen=True)
class SandboxSettings:
    """Everything that the sandbox is told from outside. None for an address: that server isn't started."""

    home: Path = Path(".mtaa")
    africastalking: Address | None = Address("127.0.0.1", 8101)
    daraja: Address | None = Address("127.0.0.1", 8102)
    telegram: Address | None = Address("127.0.0.1", 8103)
    smtp: Address | None = Address("127.0.0.1", 8104)
    page: Address = Address("127.0.0.1", 8105)
    app_url: str = "http://127.0.0.1:8000"
    callback_token: str = field(default="development", repr=False)
    ussd_code: str = "*384*77#"
    at_username: str = "sandbox"
    at_api_key: str = field(default="development-only-secret", repr=False)
    at_sender_id: str = ""
    consumer_key: str = field(default="sandbox", repr=False)
    consumer_secret: str = field(default="development-only-secret", repr=False)
    shortcode: str = "174379"
    # The passkey that Safaricom publishes for its own sandbox's shortcode; not a secret.
    passkey: str = field(default="bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919", repr=False)
    # The API operator, who may send money out. Without a password nobody may.
    initiator: str = ""
    initiator_password: str = field(default="", repr=False)
    business_name: str = "MTAA GROUPS"
    telegram_token: str = field(default="7000000001:sandbox-practice-bot-token-0000000", repr=False)
    telegram_username: str = "mtaa_practice_bot"
    telegram_name: str = "Mtaa DAO"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "SandboxSettings":
        """Read the environment. Raises BadEnvironment."""
        texts = {field_name: value for field_name, variable in _TEXTS.items() if (value := environ.get(variable, "").strip())}
        addresses = {
            field_name: _local_address(variable, value)
            for field_name, variable in _ADDRESSES.items()
            if (value := environ.get(variable, "").strip())
        }
        if addresses.get("page", cls.page) is None:
            raise BadEnvironment("SANDBOX_URL must be an address on this machine, such as http://127.0.0.1:8105")
        if not _TOKEN.fullmatch(texts.get("telegram_token", cls.telegram_token)):
            raise BadEnvironment("TELEGRAM_TOKEN must be a number, a colon and letters, as BotFather gives it")
        if not _USSD_CODE.fullmatch(texts.get("ussd_code", cls.ussd_code)):
            raise BadEnvironment("USSD_CODE must start with * and end with #, such as *384*77#")
        home = Path(environ.get("MTAA_HOME", "").strip() or ".mtaa")
        return cls(home=home, **texts, **addresses)  # type: ignore[arg-type]


_TEXTS = {
    "app_url": "APP_URL",
    "callback_token": "CALLBACK_TOKEN",
    "ussd_code": "USSD_CODE",
    "at_username": "AT_USERNAME",
    "at_api_key": "AT_API_KEY",  # pragma: allowlist secret - a name
    "at_sender_id": "AT_SENDER_ID",
    "consumer_key": "DARAJA_CONSUMER_KEY",
    "consumer_secret": "DARAJA_CONSUMER_SECRET",  # pragma: allowlist secret - a name
    "shortcode": "DARAJA_SHORTCODE",
    "passkey": "DARAJA_PASSKEY",
    "initiator": "DARAJA_INITIATOR",
    "initiator_password": "DARAJA_INITIATOR_PASSWORD",  # pragma: allowlist secret - a name
    "telegram_token": "TELEGRAM_TOKEN",
}
_ADDRESSES = {
    "africastalking": "AT_BASE_URL",
    "daraja": "DARAJA_BASE_URL",
    "telegram": "TELEGRAM_BASE_URL",
    "smtp": "SMTP_URL",
    "page": "SANDBOX_URL",
}
_USUAL_PORTS = {"http": 80, "https": 443, "smtp": 25, "smtps": 465}


def _local_address(variable: str, url: str) -> Address | None:
    parts = urlsplit(url)
    try:
        port = _USUAL_PORTS.get(parts.scheme, 80) if parts.port is None else parts.port
    except ValueError as problem:
        raise BadEnvironment(f"{variable} has a port that is no number from 0 to 65535") from problem
    host = parts.hostname or ""
    if not host:
        raise BadEnvironment(f"{variable} must be a whole address, such as http://127.0.0.1:8101")
    return Address("127.0.0.1" if host == "localhost" else host, port) if is_this_machine(host) else None


def is_this_machine(host: str) -> bool:
    """Whether a host name can only mean this machine: `localhost` or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
