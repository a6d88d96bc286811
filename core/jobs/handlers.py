"""Every job that the worker knows, how patiently each is tried, and what runs by the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from core.daos import contribution_board as board
from core.daos import jobs as daos
from core.daos.loans import arrears as loans
from core.daos.rotation import jobs as rotation
from core.governance import jobs as governance
from core.identity import jobs as identity
from core.jobs import housekeeping, retention
from core.kernel.clock import Clock
from core.ledger import jobs as ledger
from core.monitoring import jobs as monitoring
from core.notifications import jobs as notifications
from core.payments import jobs as payments
from core.payments.handling import Services as PaymentServices
from core.reports import jobs as reports
from core.treasury import jobs as treasury


class Services(
    ledger.Services,
    notifications.Services,
    identity.Services,
    PaymentServices,
    daos.Services,
    rotation.Services,
    governance.Services,
    monitoring.Services,
    housekeeping.Services,
    Protocol,
):
    """What the worker and all its handlers need from outside."""

    @property
    def clock(self) -> Clock: ...
    @property
    def database_url(self) -> str: ...


# A wait longer than any is reached well before, and beyond this the product would overflow.
MOST_DOUBLINGS = 20

Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Patience:
    """How often a job that raises is tried, and the first wait, which doubles up to the longest."""

    attempts: int = 6
    first_wait: timedelta = timedelta(seconds=2)
    longest_wait: timedelta = timedelta(minutes=5)
    # No provider is waited for as long as this.
    at_most: timedelta = timedelta(seconds=60)

    def wait(self, attempt: int) -> timedelta:
        """The wait after this attempt, counted from 1."""
        doubled: timedelta = self.first_wait * 2 ** min(attempt - 1, MOST_DOUBLINGS)
        return min(doubled, self.longest_wait)


@dataclass(frozen=True)
class Work:
    """What a worker does: handlers by name, cron expressions by name, and patience where it isn't the usual one."""

    handlers: Mapping[str, Handler]
    regularly: Mapping[str, str] = field(default_factory=dict)
    patience: Mapping[str, Patience] = field(default_factory=dict)


USUAL_PATIENCE = Patience()
# Money that waits is worth trying for longer: about half an hour in all.
PATIENT = Patience(attempts=12)

JOBS: dict[str, Handler] = {
    **ledger.JOBS,
    **notifications.JOBS,
    **identity.JOBS,
    **payments.JOBS,
    **daos.JOBS,
    **loans.JOBS,
    **board.JOBS,
    **rotation.JOBS,
    **governance.JOBS,
    **treasury.JOBS,
    **monitoring.JOBS,
    **housekeeping.JOBS,
    **retention.JOBS,
    **reports.JOBS,
}
WORK = Work(
    handlers=JOBS,
    regularly={
        **ledger.REGULARLY,
        **identity.REGULARLY,
        **payments.REGULARLY,
        **daos.REGULARLY,
        **loans.REGULARLY,
        **board.REGULARLY,
        **rotation.REGULARLY,
        **governance.REGULARLY,
        **treasury.REGULARLY,
        **monitoring.REGULARLY,
        **housekeeping.REGULARLY,
        **retention.REGULARLY,
        **reports.REGULARLY,
    },
    patience=dict.fromkeys((*payments.JOBS, *daos.JOBS, *rotation.JOBS, *governance.JOBS), PATIENT),
)
