"""Her e-mail address, for notices and for recovery; it never proves who she is when she signs in.

It counts once the code that was sent to it has been typed and the waiting time is over (`waiting_time`). Whoever changes it
must not do so unseen: the phone is told, the chat is told, and so is the address that it replaces (NIST SP 800-63B-4, 4.6; a
code by e-mail may live for a day, 4.2.1.2).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from core.identity.addresses import tell_by_email, tell_everywhere
from core.identity.code_limits import TooManyCodes, minutes, one_at_a_time
from core.identity.codes import GUESSES_IN_A_ROW, GUESSES_PER_CODE, CodeOutcome, earlier_answer, remember_answer
from core.identity.email_models import EmailAddress
from core.identity.email_words import shown_email
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import MemberRow
from core.identity.waiting_time import announce, in_force_from
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.questions import Selected, given
from core.kernel.secrets import random_code
from core.kernel.texts import Text, text
from core.notifications.service import queue_email

LIFETIME = timedelta(hours=24)
CLOSED_FOR = timedelta(hours=24)
PAUSE = timedelta(seconds=60)
# Nobody's mailbox is filled through us: to one address whoever asks, and for one member whatever she types.
AT_MOST = ((3, timedelta(hours=1)), (6, timedelta(hours=24)))
PURPOSE, TEMPLATE = "email", "otp"


async def start_email(uow: UnitOfWork, *, member: MemberId, address: str) -> None:
    """Send a code to the address, which counts once the code was typed. Raises TooManyCodes. `address` has been cleaned."""
    row = await locked(uow, member)
    await one_at_a_time(uow, f"email to {address}")
    latest = await _latest(uow, member)
    _check_failures(latest, uow.clock.now())
    await _check_limits(uow, member=member, address=address)
    if latest is not None and latest.verified_at is None and latest.ended_at is None:
        await _end(uow, latest, "superseded")
    fresh = _fresh(uow, latest, member=member, address=address)
    code = random_code()
    fresh.code_digest = uow.vault.digest(code, context=_context(fresh))
    uow.session.add(fresh)
    await uow.session.flush()
    subject, body = text("mail-code-subject"), text("mail-code", code=code)
    await queue_email(uow, to=address, subject=subject, body=body, language=row.language, template=TEMPLATE, member=member)


class EmailGate:
    """Checks codes that came by e-mail, in units of its own, so that a wrong guess stays counted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, *, member: MemberId, code: str, event_id: str) -> CodeOutcome:
        """Count and check one guess; a right one makes the address hers, after its waiting time.

        The same event gets the same answer.
        """
        async with self._database.unit() as uow:
            row = await locked(uow, member)
            subject = str(member)
            earlier = await earlier_answer(uow, purpose=PURPOSE, subject=subject, event_id=event_id)
            if earlier is not None:
                return earlier
            pending = await _open(uow, member)
            outcome = _guess(uow, pending, code)
            if pending is not None and outcome.verdict == "right":
                await _prove(uow, row, pending)
            await remember_answer(uow, outcome, purpose=PURPOSE, subject=subject, event_id=event_id)
            return outcome


async def pending_email(uow: UnitOfWork, *, member: MemberId) -> str | None:
    """The address whose code can still be typed."""
    row = await _open(uow, member)
    typed = row is None or row.code_digest is None
    return row.address if row is not None and not typed and row.expires_at > uow.clock.now() else None


async def email_counts_from(uow: UnitOfWork, *, member: MemberId) -> datetime | None:
    """When the address becomes hers whose code she has typed; None when none waits for that."""
    row = await _open(uow, member)
    return row.counts_from if row is not None else None


async def remove_email(uow: UnitOfWork, *, member: MemberId) -> datetime | None:
    """Let the address go, and tell it and the phone so; from when that is, or None when there was none."""
    row = await locked(uow, member)
    await settle_emails(uow, row)
    pending = await _open(uow, member)
    if pending is not None:
        await _end(uow, pending, "superseded")
    entry = await uow.session.scalar(select(EmailAddress).where(*_verified(member)))
    if entry is None:
        return None
    now = uow.clock.now()
    at = entry.leaves_at or await in_force_from(uow, member=member)
    if at <= now:
        await _remove(uow, row, entry)
    elif entry.leaves_at is None:
        entry.leaves_at = at
        await announce(uow, member=member, what="email-off", at=at)
    return at


async def settle_emails(uow: UnitOfWork, row: MemberRow) -> None:
    """Put in force what has waited long enough. The member's row is ours."""
    now = uow.clock.now()
    due = select(EmailAddress).where(EmailAddress.user_id == row.id, _is_open()).execution_options(populate_existing=True)
    for entry in (await uow.session.scalars(due.order_by(EmailAddress.verified_at.nulls_last()))).all():
        if entry.leaves_at is not None and entry.leaves_at <= now:
            await _remove(uow, row, entry)
        elif entry.verified_at is None and entry.counts_from is not None and entry.counts_from <= now:
            await _take_over(uow, row, entry)


def _guess(uow: UnitOfWork, pending: EmailAddress | None, code: str) -> CodeOutcome:
    now = uow.clock.now()
    if pending is None or pending.code_digest is None or pending.expires_at <= now:
        return CodeOutcome("expired")
    left = _tries_left(pending)
    if left <= 0:
        return CodeOutcome("locked")
    if uow.vault.matches(code, pending.code_digest, context=_context(pending)):
        return CodeOutcome("right", left)
    pending.attempts, pending.failures, pending.last_failure_at = pending.attempts + 1, pending.failures + 1, now
    left = max(_tries_left(pending), 0)
    return CodeOutcome("wrong" if left else "locked", left)


def _tries_left(entry: EmailAddress) -> int:
    return min(GUESSES_PER_CODE - entry.attempts, GUESSES_IN_A_ROW - entry.failures)


async def _prove(uow: UnitOfWork, row: MemberRow, pending: EmailAddress) -> None:
    """The code was right: the address is hers now, or after the waiting time."""
    member = MemberId(row.id)
    pending.code_digest, pending.attempts, pending.failures = None, 0, 0
    pending.counts_from = await in_force_from(uow, member=member)
    await uow.session.flush()
    if pending.counts_from > uow.clock.now():
        await announce(uow, member=member, what="email", at=pending.counts_from)
    else:
        await _take_over(uow, row, pending)


async def _remove(uow: UnitOfWork, row: MemberRow, entry: EmailAddress) -> None:
    await _end(uow, entry, "removed")
    await _tell(uow, row, text("email-removed-notice", email=shown_email(entry.address)), old=entry.address)
    await _note(uow, MemberId(row.id), "email_removed")


async def _take_over(uow: UnitOfWork, row: MemberRow, pending: EmailAddress) -> None:
    """The address is proven: the one before it ends and is told."""
    member = MemberId(row.id)
    before = await uow.session.scalar(select(EmailAddress).where(*_verified(member)))
    if before is not None:
        await _end(uow, before, "replaced")
    pending.verified_at = uow.clock.now()
    await uow.session.flush()
    old = before.address if before and before.address != pending.address else None
    await _tell(uow, row, text("email-added-notice", email=shown_email(pending.address)), old=old)
    await _note(uow, member, "email_verified")


async def _tell(uow: UnitOfWork, row: MemberRow, what: Text, *, old: str | None) -> None:
    """Tell every address of hers, and the one that was."""
    await tell_everywhere(uow, member=MemberId(row.id), what=what)
    if old is not None:
        await tell_by_email(uow, row, to=old, what=what)


async def _note(uow: UnitOfWork, member: MemberId, event: str) -> None:
    await record_security_event(uow, event_type=event, severity="medium", member=member)


async def _end(uow: UnitOfWork, entry: EmailAddress, reason: str) -> None:
    entry.ended_at, entry.ended_reason, entry.code_digest = uow.clock.now(), reason, None
    await uow.session.flush()


def _fresh(uow: UnitOfWork, latest: EmailAddress | None, *, member: MemberId, address: str) -> EmailAddress:
    now = uow.clock.now()
    remembered = latest is not None and latest.last_failure_at is not None and latest.last_failure_at + CLOSED_FOR > now
    return EmailAddress(
        id=uow.ids.new(),
        user_id=member,
        address=address,
        attempts=0,
        failures=latest.failures if latest and remembered else 0,
        last_failure_at=latest and latest.last_failure_at,
        expires_at=now + LIFETIME,
        created_at=now,
    )


def _check_failures(latest: EmailAddress | None, now: datetime) -> None:
    """Raises TooManyCodes while too many wrong guesses in a row are remembered."""
    if latest is None or latest.failures < GUESSES_IN_A_ROW or latest.last_failure_at is None:
        return
    if latest.last_failure_at + CLOSED_FOR > now:
        raise TooManyCodes(minutes(latest.last_failure_at + CLOSED_FOR - now))


async def _check_limits(uow: UnitOfWork, *, member: MemberId, address: str) -> None:
    """Raises TooManyCodes."""
    now = uow.clock.now()
    # Who mistyped her address corrects it at once; the same mailbox waits for the letter first.
    last = await uow.session.scalar(select(func.max(EmailAddress.created_at)).where(EmailAddress.address == address))
    if last is not None and last + PAUSE > now:
        raise TooManyCodes(minutes(last + PAUSE - now))
    for which in (EmailAddress.address == address, EmailAddress.user_id == member):
        for most, within in AT_MOST:
            blocking = await _nth_newest(uow, which, most, since=now - within)
            if blocking is not None:
                raise TooManyCodes(minutes(blocking + within - now))


async def _nth_newest(uow: UnitOfWork, which: ColumnElement[bool], nth: int, *, since: datetime) -> datetime | None:
    recent = select(EmailAddress.created_at).where(which, EmailAddress.created_at > since)
    return await uow.session.scalar(recent.order_by(EmailAddress.created_at.desc()).offset(nth - 1).limit(1))


async def _latest(uow: UnitOfWork, member: UUID) -> EmailAddress | None:
    newest = select(EmailAddress).where(EmailAddress.user_id == member)
    return await uow.session.scalar(newest.order_by(EmailAddress.created_at.desc(), EmailAddress.id.desc()).limit(1))


async def _open(uow: UnitOfWork, member: UUID) -> EmailAddress | None:
    return await uow.scalar(UNPROVEN, member=member)


def _is_open() -> ColumnElement[bool]:
    return EmailAddress.ended_at.is_(None)


UNPROVEN = Selected(
    select(EmailAddress).where(EmailAddress.user_id == given("member"), _is_open(), EmailAddress.verified_at.is_(None))
)


def _verified(member: UUID) -> tuple[ColumnElement[bool], ...]:
    return EmailAddress.user_id == member, EmailAddress.verified_at.is_not(None), _is_open()


def _context(entry: EmailAddress) -> str:
    return f"email code {entry.id} {entry.address}"
