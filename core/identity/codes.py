"""Six-digit codes by SMS: issued within limits, bound to what they are for, guessed at a handful of times, used once.

A code is stored as a digest under SECRET_KEYS only. A new code ends the old one but keeps the count of wrong guesses, so
asking again buys nothing (NIST SP 800-63B-4, 3.1.3.2, which allows a code ten minutes; five are enough for an SMS).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import select

from core.identity.attempts import note_code_attempt
from core.identity.code_limits import CodesUnavailable, TooManyCodes, check_limits, minutes, one_at_a_time, still_closed
from core.identity.models import OtpAttempt, OtpChallenge
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.secrets import random_code
from core.kernel.texts import Text, text
from core.notifications.service import queue_code_sms

__all__ = ["CodeGate", "CodeOutcome", "CodesUnavailable", "TooManyCodes", "issue_code"]

LIFETIME = timedelta(minutes=5)
# Five for one code is what Ory Kratos allows; ten in a row are this product's limit for a PIN, too.
GUESSES_PER_CODE, GUESSES_IN_A_ROW = 5, 10
CLOSED_FOR = timedelta(hours=24)

Verdict = Literal["right", "wrong", "expired", "locked", "used"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CodeOutcome:
    """What came of a guess. "locked" means that no guess helps now; "used" that a right code was taken before.

    `tries_left` counts guesses until it is locked.
    """

    verdict: Verdict
    tries_left: int = 0


async def issue_code(
    uow: UnitOfWork,
    *,
    purpose: str,
    subject: str,
    phone: Phone,
    language: str,
    member: MemberId | None = None,
    requester: str | None = None,
    bound_to: str = "",
    what: Text | None = None,
) -> None:
    """Send a new code to `phone`, good for `purpose` and `subject` only. Raises NotAPhone, TooManyCodes, CodesUnavailable.

    `subject` says who or what is proven ("telegram 42 +254712000001"); `requester` who asks, where that's someone else.
    `bound_to` spells out what exactly is approved, and the guess has to say the same; `what` is the SMS that names it.
    """
    await one_at_a_time(uow, f"code to {phone}")
    await one_at_a_time(uow, f"code for {purpose} {subject}")
    latest = await _latest(uow, purpose=purpose, subject=subject)
    _check_failures(latest, uow.clock.now())
    await check_limits(uow, phone=phone, requester=requester)
    await _end(uow, latest)
    code = random_code()
    challenge = _challenge(uow, latest, purpose=purpose, subject=subject, phone=phone, member=member, requester=requester)
    challenge.bound_digest = _bound_digest(uow, challenge, bound_to)
    challenge.code_digest = uow.vault.digest(code, context=_context(challenge))
    sentence = what or text("sms-code", purpose=purpose)
    challenge.sms_id = await queue_code_sms(
        uow, to=phone, what=sentence, language=language, code=code, lifetime=LIFETIME, member=member
    )
    uow.session.add(challenge)
    await uow.session.flush()


async def has_open_code(uow: UnitOfWork, *, purpose: str, subject: str, bound_to: str = "") -> bool:
    """Whether a code for exactly this was sent and can still be used."""
    latest = await _latest(uow, purpose=purpose, subject=subject)
    if latest is None or latest.consumed_at is not None or latest.expires_at <= uow.clock.now():
        return False
    return _tries_left(latest) > 0 and _is_bound_to(uow, latest, bound_to)


class CodeGate:
    """Checks codes. Opens its own units, so that what it counts stays counted whatever becomes of the caller's."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def check(
        self, *, purpose: str, subject: str, code: str, event_id: str, bound_to: str = "", address: str = "", agent: str = ""
    ) -> CodeOutcome:
        """Count and check one guess. The same event is counted once and gets the same answer.

        `address` and `agent` are the program's that hands it in, where one does.
        """
        asked = {"purpose": purpose, "subject": subject, "code": code, "event_id": event_id, "bound_to": bound_to}
        async with self.database.unit() as uow:
            return await guess_code(uow, **asked, address=address, agent=agent)


async def guess_code(
    uow: UnitOfWork,
    *,
    purpose: str,
    subject: str,
    code: str,
    event_id: str,
    bound_to: str = "",
    address: str = "",
    agent: str = "",
) -> CodeOutcome:
    """What CodeGate does, for a gate whose unit has more to write down; that unit has to be committed in any case."""
    await one_at_a_time(uow, f"code for {purpose} {subject}")
    earlier = await earlier_answer(uow, purpose=purpose, subject=subject, event_id=event_id)
    if earlier is not None:
        return earlier
    challenge = await _latest(uow, purpose=purpose, subject=subject)
    outcome = _guess(uow, challenge, code, bound_to)
    where = {"address": address, "agent": agent}
    await note_code_attempt(uow, purpose=purpose, challenge=challenge, verdict=outcome.verdict, event_id=event_id, **where)
    await remember_answer(
        uow, outcome, purpose=purpose, subject=subject, event_id=event_id, challenge=challenge.id if challenge else None
    )
    return outcome


async def earlier_answer(uow: UnitOfWork, *, purpose: str, subject: str, event_id: str) -> CodeOutcome | None:
    """What this event was answered when it came first."""
    same = select(OtpAttempt).where(OtpAttempt.purpose == purpose, OtpAttempt.subject == subject)
    found = (await uow.session.scalars(same.where(OtpAttempt.event_id == event_id))).one_or_none()
    return CodeOutcome(cast("Verdict", found.verdict), found.tries_left) if found else None


async def remember_answer(
    uow: UnitOfWork, outcome: CodeOutcome, *, purpose: str, subject: str, event_id: str, challenge: UUID | None = None
) -> None:
    """Write down how this event was answered."""
    attempt = OtpAttempt(
        id=uow.ids.new(),
        challenge_id=challenge,
        purpose=purpose,
        subject=subject,
        event_id=event_id,
        verdict=outcome.verdict,
        tries_left=outcome.tries_left,
        created_at=uow.clock.now(),
    )
    uow.session.add(attempt)
    await uow.session.flush()


def _guess(uow: UnitOfWork, challenge: OtpChallenge | None, code: str, bound_to: str) -> CodeOutcome:
    now = uow.clock.now()
    if challenge is None or challenge.consumed_at is not None or challenge.expires_at <= now:
        return CodeOutcome("expired")
    left = _tries_left(challenge)
    if left <= 0:
        return CodeOutcome("locked")
    # A code that approves something else is as wrong as a wrong code, and costs a guess as well.
    is_right = uow.vault.matches(code, challenge.code_digest, context=_context(challenge))
    if is_right and _is_bound_to(uow, challenge, bound_to):
        challenge.consumed_at, challenge.failures, challenge.attempts = now, 0, 0
        return CodeOutcome("right", left)
    challenge.attempts += 1
    challenge.failures += 1
    challenge.last_failure_at = now
    left = _tries_left(challenge)
    if left <= 0:
        log.warning("a code for %s is dead after %d wrong guesses", challenge.purpose, challenge.attempts)
    return CodeOutcome("wrong" if left > 0 else "locked", max(left, 0))


def _tries_left(challenge: OtpChallenge) -> int:
    return min(GUESSES_PER_CODE - challenge.attempts, GUESSES_IN_A_ROW - challenge.failures)


async def _latest(uow: UnitOfWork, *, purpose: str, subject: str) -> OtpChallenge | None:
    same = select(OtpChallenge).where(OtpChallenge.purpose == purpose, OtpChallenge.subject == subject)
    newest = same.order_by(OtpChallenge.created_at.desc(), OtpChallenge.id.desc()).limit(1).with_for_update()
    return (await uow.session.scalars(newest)).one_or_none()


def _check_failures(latest: OtpChallenge | None, now: datetime) -> None:
    """Raises TooManyCodes while too many wrong guesses in a row are remembered."""
    if latest is None or latest.failures < GUESSES_IN_A_ROW:
        return
    wait = still_closed(latest.last_failure_at, CLOSED_FOR, now)
    if wait:
        raise TooManyCodes(minutes(wait))


async def _end(uow: UnitOfWork, latest: OtpChallenge | None) -> None:
    """A new code ends the old one."""
    if latest is not None and latest.consumed_at is None and latest.superseded_at is None:
        latest.superseded_at = uow.clock.now()
        await uow.session.flush()


def _challenge(
    uow: UnitOfWork,
    latest: OtpChallenge | None,
    *,
    purpose: str,
    subject: str,
    phone: Phone,
    member: MemberId | None,
    requester: str | None,
) -> OtpChallenge:
    now = uow.clock.now()
    return OtpChallenge(
        id=uow.ids.new(),
        purpose=purpose,
        subject=subject,
        requester=requester,
        phone=phone,
        user_id=member,
        attempts=0,
        failures=_kept_failures(latest, now),
        last_failure_at=latest and latest.last_failure_at,
        created_at=now,
        expires_at=now + LIFETIME,
    )


def _kept_failures(latest: OtpChallenge | None, now: datetime) -> int:
    return latest.failures if latest is not None and still_closed(latest.last_failure_at, CLOSED_FOR, now) else 0


def _bound_digest(uow: UnitOfWork, challenge: OtpChallenge, bound_to: str) -> str | None:
    return uow.vault.digest(bound_to, context=f"bound {challenge.id}") if bound_to else None


def _is_bound_to(uow: UnitOfWork, challenge: OtpChallenge, bound_to: str) -> bool:
    if challenge.bound_digest is None:
        return not bound_to
    return uow.vault.matches(bound_to, challenge.bound_digest, context=f"bound {challenge.id}")


def _context(challenge: OtpChallenge) -> str:
    """What a code is bound to: this very challenge, its purpose, its subject and what it approves."""
    return f"code {challenge.id} {challenge.purpose} {challenge.subject} {challenge.bound_digest or ''}".rstrip()
