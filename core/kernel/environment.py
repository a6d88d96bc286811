"""Reading the environment: every value has a form, and all that is wrong is told at once."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A week: longer than that nobody should look away.
LONGEST_HOURS = 168
# More on one machine than it has cores helps nobody.
MOST_PROCESSES = 64


class EnvironmentReader:
    """Takes values out of the environment and remembers in `problems` what was wrong with them; each has a default."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        """Any text."""
        return self._environ.get(name, "").strip() or default

    def url(self, name: str, default: str, *schemes: str) -> str:
        """An address with one of these schemes, without a slash at its end."""
        value = self.text(name, default)
        if value and urlsplit(value).scheme not in schemes:
            self.problems.append(f"{name} must start with {' or '.join(s + '://' for s in schemes)}")
        return value.rstrip("/")

    def port(self, name: str, default: int) -> int:
        """A port number."""
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not 0 <= int(value) <= 65535:  # noqa: PLR2004
            self.problems.append(f"{name} must be a port number, not {value!r}")
            return default
        return int(value)

    def hours(self, name: str, default: int) -> int:
        """A number of hours."""
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= LONGEST_HOURS:
            self.problems.append(f"{name} must be a number of hours from 1 to {LONGEST_HOURS}, not {value!r}")
            return default
        return int(value)

    def addresses(self, name: str) -> tuple[str, ...]:
        """A comma list of e-mail addresses."""
        found = self.items(name)
        for one in found:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+", one):
                self.problems.append(f"{name}: {one!r} is not an e-mail address")
        return found

    def shillings(self, name: str, default: int) -> int:
        """Whole shillings."""
        return self._whole(name, default, "whole shillings")

    def count(self, name: str, default: int) -> int:
        """A whole number."""
        return self._whole(name, default, "a whole number")

    def _whole(self, name: str, default: int, what: str) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit():
            self.problems.append(f"{name} must be {what}, not {value!r}")
            return default
        return int(value)

    def processes(self, name: str) -> int:
        """How many processes of a kind are started; one, if nobody says."""
        value = self._whole(name, 1, "a whole number")
        if not 1 <= value <= MOST_PROCESSES:
            self.problems.append(f"{name} must be from 1 to {MOST_PROCESSES}, not {value}")
            return 1
        return value

    def day(self, name: str) -> date | None:
        """A day, such as 2026-11-23."""
        value = self.text(name, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self.problems.append(f"{name} must be a day such as 2026-11-23")
            return None

    def items(self, name: str) -> tuple[str, ...]:
        """A comma list."""
        return tuple(part.strip() for part in self._environ.get(name, "").split(",") if part.strip())

    def networks(self, name: str) -> tuple[Network, ...]:
        """A comma list of networks."""
        found: list[Network] = []
        for part in self.items(name):
            try:
                found.append(ipaddress.ip_network(part, strict=False))
            except ValueError:
                self.problems.append(f"{name}: {part!r} is not a network")
        return tuple(found)
