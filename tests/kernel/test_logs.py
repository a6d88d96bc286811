"""Nothing secret reaches a log line, and nobody can forge one."""

from __future__ import annotations

import json
import logging

import pytest

from core.kernel.logs import JsonFormatter, redact

BOT_TOKEN = "700000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"HTTP Request: POST https://api.telegram.org/bot{BOT_TOKEN}/getMe", BOT_TOKEN),
        ("POST /ussd/s3cr3t-callback-token from 10.0.0.1", "s3cr3t-callback-token"),
        ("Authorization: Bearer abc.def.ghi", "abc.def.ghi"),
        ("apiKey=0123456789abcdef", "0123456789abcdef"),
        ('{"Password": "aGVsbG8="}', "aGVsbG8="),
        ("postgresql://mtaa:hunter2@db/mtaa", "hunter2"),
        ("payer +254712000678 asked", "254712000678"),
        ("payer 254712000678 asked", "254712000678"),
    ],
)
def test_a_line_is_redacted(line: str, secret: str) -> None:
    assert secret not in redact(line)


def test_a_line_break_in_a_message_does_not_make_a_second_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "typed %s", ('a\n{"level": "forged"}',), None)

    formatted = JsonFormatter().format(record)

    assert "\n" not in formatted
    assert json.loads(formatted)["level"] == "INFO"
