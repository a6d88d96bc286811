"""`mtaa outage`: put an outage of M-Pesa on record, so that nobody is fined for it."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from core.cli.audit import open_books
from core.identity.members import find_by_phone
from core.kernel.clock import EAST_AFRICA, local_time
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.phone import NotAPhone, parse_phone
from core.kernel.settings import Settings
from core.kernel.texts import Text, catalogue
from core.payments.account_numbers import UnknownAccount
from core.payments.outages import begin_outage, end_outage, outages_since

LISTED = timedelta(days=30)
WRITTEN = "%Y-%m-%dT%H:%M"


async def outage(settings: Settings, *, action: str, at: str, reason: str, by: str) -> int:
    """List those of the last month, or `begin` and `end` one now or `at` an earlier time; 1 for a refusal, 2 for a bad word."""
    try:
        moment = datetime.strptime(at, WRITTEN).replace(tzinfo=EAST_AFRICA) if at else None
    except ValueError:
        print("--at is East Africa Time, such as 2026-12-05T08:30", file=sys.stderr)
        return 2
    if (action != "list" and not by) or (action == "begin" and not reason.strip()):
        print("begin needs --reason and --by; end needs --by", file=sys.stderr)
        return 2
    async with open_books(settings) as database:
        try:
            async with database.unit() as uow:
                print("\n".join(await _do(uow, action, moment, reason=reason, by=by)))
        except (CoreError, NotAPhone) as refusal:
            print(catalogue().say("en", Text(f"error-{refusal.code}", refusal.details())), file=sys.stderr)
            return 1
    return 0


async def _do(uow: UnitOfWork, action: str, moment: datetime | None, *, reason: str, by: str) -> list[str]:
    now = uow.clock.now()
    if action == "list":
        found = await outages_since(uow, now - LISTED)
        return [
            f"{local_time(one.began_at)} - {local_time(one.ended_at) if one.ended_at else 'now'}  {one.source}: {one.reason}"
            for one in found
        ] or ["no outage in the last 30 days"]
    operator = await find_by_phone(uow, parse_phone(by))
    if operator is None:
        # Whoever decides has an account, so that it is known who did.
        raise UnknownAccount
    if action == "begin":
        one = await begin_outage(uow, began_at=moment or now, reason=reason, by=str(operator.id))
        return [f"M-Pesa is out since {local_time(one.began_at)}; no fines until mtaa outage end"]
    one = await end_outage(uow, ended_at=moment or now, by=str(operator.id))
    return [f"M-Pesa was out from {local_time(one.began_at)} to {local_time(one.ended_at or now)}; fines move by that"]
