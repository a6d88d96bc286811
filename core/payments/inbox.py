"""The inbox of M-Pesa's callbacks: kept exactly as they came before anything is answered, read once afterwards by a job.

Nobody signs them, they come once, twice, late or never, so storing asks no questions. What a body means is for the reader of
its kind; one that doesn't fit is put aside where somebody can see it.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import String, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.payments.models import PaymentCallback
from core.payments.reports import Report, Topic

log = logging.getLogger(__name__)

# How the provider's adapter understands what came to one of our addresses.
ReadReport = Callable[[Topic, bytes], Report]

CALLBACK_JOB = "read-payment-callback"
INTENT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
LONGEST_FOREIGN = 64
# How much each kind of mismatch worries whoever watches; what isn't listed is merely odd.
SEVERITY = {
    "amount-mismatch": "high",
    "amount-contradicted": "high",
    "checkout-mismatch": "high",
    "second-receipt": "high",
    "receipt-reused": "critical",
    "never-sent": "high",
    "failure-after-success": "high",
    "other-shortcode": "high",
}


async def store_callback(uow: UnitOfWork, *, kind: str, intent: str, body: bytes, remote: str) -> bool:
    """Keep a callback and have it read after the commit; True when it is new. Anything at all may be in it.

    The same body of the same kind for the same intent again only counts up. kind: which reader understands it. intent: the
    part of the path that names what it is about, as it came; empty where the path names nothing.
    """
    now, callback = uow.clock.now(), uow.ids.new()
    digest = hashlib.sha256(body).hexdigest()
    kept = insert(PaymentCallback).values(
        id=callback,
        kind=kind,
        intent=_writable(intent),
        body=body,
        digest=digest,
        remote=_writable(remote),
        received_at=now,
    )
    again = kept.on_conflict_do_update(
        index_elements=["kind", "intent", "digest"], set_={"times_received": PaymentCallback.times_received + 1}
    ).returning(PaymentCallback.id, PaymentCallback.processed_at)
    found = (await uow.session.execute(again)).one()

    if found.processed_at is None:
        await uow.enqueue(CALLBACK_JOB, {"callback": str(found.id)}, key=f"{CALLBACK_JOB} {found.id}")
    return bool(found.id == callback)


async def lock_callback(uow: UnitOfWork, callback: UUID) -> PaymentCallback | None:
    """The stored callback, held until the unit ends."""
    row = select(PaymentCallback).where(PaymentCallback.id == callback).with_for_update()
    found: PaymentCallback | None = await uow.session.scalar(row)
    return found


def intent_of(stored: PaymentCallback) -> UUID | None:
    """The intent that the path named, if it can be one of ours."""
    return UUID(stored.intent) if INTENT.fullmatch(stored.intent) else None


async def put_aside(uow: UnitOfWork, stored: PaymentCallback, member: UUID | None, why: str) -> str:
    """Report a callback that moves nothing because it doesn't fit; returns its outcome."""
    await report(uow, stored, member, why)
    return f"quarantined: {why}"


async def report(uow: UnitOfWork, stored: PaymentCallback, member: UUID | None, why: str) -> None:
    """Let whoever watches over safety see a callback that doesn't fit."""
    await record_security_event(
        uow,
        event_type="payment_callback_doubted",
        severity=SEVERITY.get(why, "medium"),
        member=None if member is None else MemberId(member),
        address=stored.remote,
        details={"callback": str(stored.id), "kind": stored.kind, "intent": stored.intent, "why": why},
    )
    log.warning("callback %s (%s) for %s doubted: %s", stored.id, stored.kind, stored.intent or "anything", why)


async def hold_name(uow: UnitOfWork, name: str) -> None:
    """Let nobody else decide about `name` until the unit ends."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def hold_names(uow: UnitOfWork, names: Iterable[str]) -> None:
    """Hold each of these as `hold_name` does, always in the same order."""
    each = func.unnest(literal(sorted(set(names)), ARRAY(String))).column_valued("name")
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(each, 0))))


def _writable(segment: str) -> str:
    """A path segment as PostgreSQL can keep it; an intent of ours in its one spelling."""
    if INTENT.fullmatch(segment):
        return segment.lower()
    return quote(segment, safe=":._-", errors="replace")[:LONGEST_FOREIGN]
