"""What every handler of a payment's job stands on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol

from core.kernel.db import Database
from core.kernel.settings import Settings
from core.payments.ports import MobileMoney

# What is overdue by this much was forgotten by the queue: its job is gone or given up.
GRACE = timedelta(minutes=1)
SWEEP_SIZE = 200


class Services(Protocol):
    """What the handlers need."""

    @property
    def database(self) -> Database: ...
    @property
    def mobile_money(self) -> MobileMoney: ...
    @property
    def settings(self) -> Settings: ...


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]
