"""Six-digit codes by SMS: issued within limits, bound to what they are for, guessed at a handful of times, used once.

A code is stored as a digest under SECRET_KEYS only. A new code ends the old one but keeps the count of wrong guesses, so
asking again buys nothing (NIST SP 800-63B-4, 3.1.3.2, which allows a code ten minutes; five are enough for an SMS).
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, func, select

from core.identity.attempts import note_code_attempt
from core.identity.models import OtpAttempt, OtpChallenge
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.secrets import random_code
from core.kernel.texts import text
from core.notifications.service import queue_code_sms

LIFETIME = timedelta(minutes=5)
GUESSES_PER_CODE, GUESSES_IN_A_ROW = 5, 10
CLOSED_FOR = timedelta(hours=24)
PAUSE = timedelta(seconds=60)
# How many codes within which time: to one number, and for one who asks (he may ask for many numbers).
TO_A_NUMBER = ((3, timedelta(minutes=15)), (6, timedelta(hours=24)))
FOR_ONE_WHO_ASKS = ((30, timedelta(hours=1)),)
# At KES 0.80 an SMS this bounds what an attacker can make us spend to KES 400 an hour.
IN_ALL = ((500, timedelta(hours=1)),)

Verdict = Literal["right", "wrong", "expired", "locked"]
log = logging.getLogger(__name__)


@dataclass
class TooManyCodes(CoreError):
    """No more codes for now; `wait_minutes` until it's worth asking again, at least 1."""

    code = "too-many-codes"
    kind = Kind.LIMITED
    wait_minutes: int


@dataclass(frozen=True)
class CodeOutcome:
    """What came of a guess. "locked" means that this code is dead; `tries_left` counts guesses of the code at hand."""

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
) -> None:
    """Send a new code to `phone`, good for `purpose` and `subject` only. Raises TooManyCodes.

    `subject` says who or what is proven ("telegram 42 +254712000001"); `requester` who asks, where that's someone else.
    """
    await _one_at_a_time(uow, f"code to {phone}")
    await _one_at_a_time(uow, f"code for {purpose} {subject}")
    latest = await _latest(uow, purpose=purpose, subject=subject)
    _check_failures(latest, uow.clock.now())
    await _check_limits(uow, phone=phone, requester=requester)
    code = random_code()
    await _store(uow, code, latest, purpose=purpose, subject=subject, phone=phone, member=member, requester=requester)
    what = text("sms-code", purpose=purpose)
    await queue_code_sms(uow, to=phone, what=what, language=language, code=code, lifetime=LIFETIME, member=member)


class CodeGate:
    """Checks codes. Opens its own units, so that what it counts stays counted whatever becomes of the caller's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, *, purpose: str, subject: str, code: str, event_id: str) -> CodeOutcome:
        """Count and check one guess. The same event is counted once and gets the same answer."""
        async with self._database.unit() as uow:
            await _one_at_a_time(uow, f"code for {purpose} {subject}")
            earlier = await _earlier_answer(uow, purpose=purpose, subject=subject, event_id=event_id)
            if earlier is not None:
                return CodeOutcome(cast("Verdict", earlier.verdict), earlier.tries_left)
            challenge = await _latest(uow, purpose=purpose, subject=subject)
            outcome = _guess(uow, challenge, code)
            await note_code_attempt(uow, purpose=purpose, challenge=challenge, verdict=outcome.verdict, event_id=event_id)
            uow.session.add(
                OtpAttempt(
                    id=uow.ids.new(),
                    challenge_id=challenge and challenge.id,
                    purpose=purpose,
                    subject=subject,
                    event_id=event_id,
                    verdict=outcome.verdict,
                    tries_left=outcome.tries_left,
                    created_at=uow.clock.now(),
                )
            )
            return outcome


def _guess(uow: UnitOfWork, challenge: OtpChallenge | None, code: str) -> CodeOutcome:
    now = uow.clock.now()
    if challenge is None or challenge.consumed_at is not None or challenge.expires_at <= now:
        return CodeOutcome("expired")
    left = _tries_left(challenge)
    if left <= 0:
        return CodeOutcome("locked")
    if uow.vault.matches(code, challenge.code_digest, context=_context(challenge)):
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


async def _one_at_a_time(uow: UnitOfWork, what: str) -> None:
    """Queue up behind whoever does the same, until the end of the unit."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


async def _latest(uow: UnitOfWork, *, purpose: str, subject: str) -> OtpChallenge | None:
    same = select(OtpChallenge).where(OtpChallenge.purpose == purpose, OtpChallenge.subject == subject)
    newest = same.order_by(OtpChallenge.created_at.desc(), OtpChallenge.id.desc()).limit(1).with_for_update()
    return (await uow.session.scalars(newest)).one_or_none()


async def _earlier_answer(uow: UnitOfWork, *, purpose: str, subject: str, event_id: str) -> OtpAttempt | None:
    same = select(OtpAttempt).where(OtpAttempt.purpose == purpose, OtpAttempt.subject == subject)
    return (await uow.session.scalars(same.where(OtpAttempt.event_id == event_id))).one_or_none()


def _check_failures(latest: OtpChallenge | None, now: datetime) -> None:
    """Raises TooManyCodes while too many wrong guesses in a row are remembered."""
    if latest is None or latest.failures < GUESSES_IN_A_ROW or latest.last_failure_at is None:
        return
    opens = latest.last_failure_at + CLOSED_FOR
    if opens > now:
        raise TooManyCodes(_minutes(opens - now))


async def _check_limits(uow: UnitOfWork, *, phone: Phone, requester: str | None) -> None:
    """Raises TooManyCodes. The limit over all isn't exact when many ask at the same instant; those per number are."""
    to_number = OtpChallenge.phone == phone
    wait = await _pause_left(uow, to_number)
    wait = max(wait, await _limit_left(uow, to_number, TO_A_NUMBER))
    if requester is not None:
        wait = max(wait, await _limit_left(uow, OtpChallenge.requester == requester, FOR_ONE_WHO_ASKS))
    in_all = await _limit_left(uow, OtpChallenge.created_at.is_not(None), IN_ALL)
    if in_all:
        log.error("codes by SMS have reached their limit of %d in an hour: someone may be pumping", IN_ALL[0][0])
    wait = max(wait, in_all)
    if wait:
        raise TooManyCodes(_minutes(wait))


async def _pause_left(uow: UnitOfWork, which: ColumnElement[bool]) -> timedelta:
    last = await uow.session.scalar(select(func.max(OtpChallenge.created_at)).where(which))
    return max(last + PAUSE - uow.clock.now(), timedelta(0)) if last else timedelta(0)


async def _limit_left(uow: UnitOfWork, which: ColumnElement[bool], limits: tuple[tuple[int, timedelta], ...]) -> timedelta:
    """How long until another code fits into every limit; zero when one fits now."""
    wait = timedelta(0)
    for most, within in limits:
        since = uow.clock.now() - within
        recent = select(OtpChallenge.created_at).where(which, OtpChallenge.created_at > since)
        # The one that must grow old before there is room again.
        blocking = await uow.session.scalar(recent.order_by(OtpChallenge.created_at.desc()).offset(most - 1).limit(1))
        if blocking is not None:
            wait = max(wait, blocking - since)
    return wait


async def _store(
    uow: UnitOfWork,
    code: str,
    latest: OtpChallenge | None,
    *,
    purpose: str,
    subject: str,
    phone: Phone,
    member: MemberId | None,
    requester: str | None,
) -> None:
    now = uow.clock.now()
    if latest is not None and latest.consumed_at is None and latest.superseded_at is None:
        latest.superseded_at = now
        await uow.session.flush()
    challenge = OtpChallenge(
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
    challenge.code_digest = uow.vault.digest(code, context=_context(challenge))
    uow.session.add(challenge)
    await uow.session.flush()


def _kept_failures(latest: OtpChallenge | None, now: datetime) -> int:
    if latest is None or latest.last_failure_at is None or latest.last_failure_at + CLOSED_FOR <= now:
        return 0
    return latest.failures


def _context(challenge: OtpChallenge) -> str:
    """What a code is bound to: this very challenge, its purpose and its subject."""
    return f"code {challenge.id} {challenge.purpose} {challenge.subject}"


def _minutes(wait: timedelta) -> int:
    return max(1, math.ceil(wait / timedelta(minutes=1)))
