"""Every threat and every earlier mistake has its tests, by name in threats.txt: one that is renamed or removed is missed here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


# Threats of what isn't built: only these may have no test at all.
NOT_BUILT = {"X2 referrals for money"}


def threats() -> dict[str, list[tuple[str, str]]]:
    """The tests of each threat: file and name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in (TESTS / "threats.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("    gap: "):
            continue
        if line.startswith("    "):
            file, name = line.split()
            found[list(found)[-1]].append((file, name))
        elif line and not line.startswith("#"):
            found[line] = []
    return found


@pytest.mark.parametrize("threat", threats())
def test_threat_has_its_tests(threat: str) -> None:
    tests = threats()[threat]
    assert bool(tests) is (threat not in NOT_BUILT)
    for file, name in tests:
        code = (TESTS / file).read_text(encoding="utf-8")
        assert re.search(rf"^(?:async )?def {name}\(", code, re.MULTILINE), f"{file} has no {name}"


@pytest.mark.parametrize(("kind", "last"), [("U", 12), ("T", 11), ("A", 10), ("M", 5), ("G", 8), ("X", 6)])
def test_no_threat_is_left_out(kind: str, last: int) -> None:
    numbers = {int(found[1]) for threat in threats() if (found := re.match(rf"{kind}(\d+) ", threat))}
    assert numbers == set(range(1, last + 1))
