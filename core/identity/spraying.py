"""One PIN tried on many accounts: invisible on each of them, so wrong PINs leave a mark that can be counted over all.

The mark is one of 1,024 buckets under SECRET_KEYS and the hour, with a digest for the account; it lives for two hours. About a
thousand PINs share a bucket, so even with the keys a mark doesn't say which PIN was tried, and without them it says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.identity.models import WrongPinMark
from core.kernel.db import UnitOfWork

BUCKETS = 1024
WINDOW = timedelta(hours=1)
# Wrong PINs of people who mean no harm spread over the buckets: with a thousand such members in an hour each bucket holds one,
# and ten in the same one are chance about once in ten thousand hours. On busier days five times the fair share is normal.
ACCOUNTS, TIMES_FAIR_SHARE = 10, 5


@dataclass(frozen=True)
class Spray:
    """Somebody tries the same PIN on many accounts: how many within the hour that began at `since`."""

    since: datetime
    accounts: int


async def mark_wrong_pin(uow: UnitOfWork, *, account: str, pin: str) -> None:
    """Remember for a while that a PIN of this bucket was wrong for this account."""
    now = uow.clock.now()
    hour = _beginning(now).isoformat()
    mark = WrongPinMark(
        id=uow.ids.new(),
        bucket=int(uow.vault.digest(pin, context=f"wrong pin of {hour}")[:8], 16) % BUCKETS,
        account=uow.vault.digest(account, context=f"account of {hour}")[:32],
        began_at=_beginning(now),
        created_at=now,
    )
    uow.session.add(mark)
    await uow.session.flush()


async def find_sprays(uow: UnitOfWork) -> list[Spray]:
    """The hours, this one and the last, in which one PIN was tried on far more accounts than chance explains."""
    this = _beginning(uow.clock.now())
    return [spray for since in (this - WINDOW, this) if (spray := await _worst(uow, since)) is not None]


async def _worst(uow: UnitOfWork, since: datetime) -> Spray | None:
    within = WrongPinMark.began_at == since
    accounts = func.count(WrongPinMark.account.distinct())
    in_all = await uow.session.scalar(select(accounts).where(within)) or 0
    most = await uow.session.scalar(
        select(accounts).where(within).group_by(WrongPinMark.bucket).order_by(accounts.desc()).limit(1)
    )
    if most is None or most < max(ACCOUNTS, TIMES_FAIR_SHARE * in_all / BUCKETS):
        return None
    return Spray(since, most)


def _beginning(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
