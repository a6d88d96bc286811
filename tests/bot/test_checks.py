"""Every check of the table names tests that exist, or says openly what isn't shown."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).parent / "telegram_checks.txt"


def test_every_check_has_tests_that_exist_or_says_what_is_missing() -> None:
    checks: dict[int, list[str]] = {}
    for line in TABLE.read_text().splitlines():
        if head := re.match(r"(\d+) \S", line):
            checks[int(head[1])] = []
        elif line.startswith("  "):
            checks[max(checks)].append(line.strip())
    assert sorted(checks) == list(range(1, 23))
    assert all(checks.values())
    for named in [entry for entries in checks.values() for entry in entries if not entry.startswith("gap: ")]:
        path, _, test = named.partition("::")
        assert re.search(rf"^(async )?def {test}\(", (ROOT / path).read_text(), re.MULTILINE), named
