"""Logs as one JSON object per line, with the turn they belong to and without secrets.

Libraries are the usual leak: HTTP clients log whole addresses (a bot token is part of one), drivers log parameters. So
known noisy loggers are quietened and every line passes a last redaction before it is written.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from core.kernel.phone import masked

turn_id: ContextVar[str] = ContextVar("turn_id", default="-")

BOT_TOKEN = re.compile(r"\b\d{6,12}:[A-Za-z0-9_-]{30,}")
BOT_PATH = re.compile(r"/bot[^/\s\"']+")
CALLBACK_PATH = re.compile(r"(/(?:ussd|insights|sms|pay)/)[^/\s\"']+")
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+")
CREDENTIAL = re.compile(
    r"(?i)(authorization|apikey|api_key|password|passkey|secret|token|pin|code)([\"']?\s*[=:]\s*)([^\s,&}]+)"
)
URL_PASSWORD = re.compile(r"(://[^:/\s@]+:)[^@\s]+@")
PHONE = re.compile(r"(?:\+|%2B)?254[17][0-9]{8}")
QUIET = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "asyncio",
    "pgqueuer",
    "aiohttp.access",
    "telegram",
    "africastalking",
    "urllib3",
    "mail.log",
)
OURS = ("ts", "level", "logger", "turn", "message")


def redact(line: str) -> str:
    """The line without tokens, credentials and full phone numbers."""
    line = BOT_PATH.sub("/bot***", BOT_TOKEN.sub("***", line))
    line = CALLBACK_PATH.sub(r"\1***", line)
    line = URL_PASSWORD.sub(r"\1***@", line)
    line = BEARER.sub(r"\1 ***", line)
    line = CREDENTIAL.sub(r"\1\2***", line)
    return PHONE.sub(lambda number: masked("+" + re.sub(r"^(\+|%2B)", "", number[0])), line)


class JsonFormatter(logging.Formatter):
    """One line of JSON per record; line breaks inside become escapes, so nobody can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "turn": turn_id.get(),
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            entry["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=True)


def configure_logs(level: str) -> None:
    """Send every log line as JSON to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def turn(identifier: str) -> Iterator[None]:
    """Mark every line logged inside with this id."""
    token = turn_id.set(identifier)
    try:
        yield
    finally:
        turn_id.reset(token)
