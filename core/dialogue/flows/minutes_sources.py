"""Everybody who has something to say in minutes. Whoever decides or pays in a group is added here, in one line."""

from __future__ import annotations

from core.daos.minutes import Contributions, MinutesSource
from core.governance.minutes import Resolutions
from core.treasury.minutes import Payments

MINUTES_SOURCES: tuple[MinutesSource, ...] = (
    # One line each, in the order in which minutes tell it.
    Contributions(),
    Payments(),
    Resolutions(),
)
