"""A second factor of her own: an authenticator app (TOTP, RFC 6238) and backup codes that any phone can type.

Nothing counts until one code of the app was right. A code is taken within one step of 30 seconds before or after, and each
step once; that, and the count of wrong codes, is in PostgreSQL on one locked row. Secrets are sealed, backup codes are keyed
digests, and neither is shown twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import select

from core.identity.addresses import tell_everywhere
from core.identity.codes import CodeOutcome
from core.identity.events import record_security_event
from core.identity.factor_models import TwoFactorAuth
from core.identity.members import find
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import national
from core.kernel.questions import Question
from core.kernel.secrets import random_below, same
from core.kernel.texts import text

ISSUER = "Mtaa DAO"
STEP_SECONDS, STEPS_AROUND = 30, 1
# allauth hands out ten of eight digits, Keycloak twelve; two words of four digits are typed on any keypad.
BACKUP_CODES, BACKUP_DIGITS, FEW_LEFT = 10, 8, 3
ENROLMENT_LASTS = timedelta(minutes=15)
# The PIN's own budget: five wrong in a row and ten in a row.
LOCKS_AT, LOCKED_FOR = 5, timedelta(minutes=30)
CLOSES_AT, CLOSED_FOR = 10, timedelta(hours=24)


@dataclass
class TwoFactorOn(CoreError):
    """She has an authenticator already."""

    code = "two-factor-on"
    kind = Kind.CONFLICT


@dataclass
class TwoFactorOff(CoreError):
    """She has no authenticator, or took too long to set it up."""

    code = "two-factor-off"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: the key in base32, and the same as an otpauth address for a picture."""

    key: str = field(repr=False)
    address: str = field(repr=False)

    @property
    def grouped_key(self) -> str:
        """The key in fours, as it's typed."""
        return in_fours(self.key)


@foreseeable
async def has_two_factor(uow: UnitOfWork, *, member: MemberId) -> bool:
    """Whether she has an authenticator that counts."""
    (found,) = await uow.ask(HAS_APP, member=member)
    return bool(found["app"])


HAS_APP = Question("SELECT EXISTS (SELECT FROM two_factor_auth WHERE user_id = :member AND enabled) AS app")


async def has_two_factor_since(uow: UnitOfWork, *, member: MemberId, moment: datetime) -> bool:
    """Whether the authenticator that counts was hers at this moment already."""
    on = select(TwoFactorAuth.id).where(TwoFactorAuth.user_id == member, TwoFactorAuth.enabled)
    return await uow.session.scalar(on.where(TwoFactorAuth.enabled_at <= moment)) is not None


async def begin_enrolment(uow: UnitOfWork, *, member: MemberId) -> Enrolment:
    """A new key to set up, or the one that she began with a moment ago. Raises TwoFactorOn."""
    row = await _row(uow, member)
    now = uow.clock.now()
    if row is None:
        row = TwoFactorAuth(
            id=uow.ids.new(), user_id=member, method="totp", enabled=False, failures=0, created_at=now, updated_at=now
        )
        uow.session.add(row)
    if row.enabled:
        raise TwoFactorOn
    if row.secret is None or not _underway(row, now):
        _begin(uow, row, pyotp.random_base32())
    await uow.session.flush()
    return await _enrolment(uow, row)


async def confirm_enrolment(uow: UnitOfWork, *, member: MemberId, code: str) -> bool:
    """Whether this is a code of the key being set up; it's needed before `enable`. Raises TwoFactorOff.

    Whoever types it has just read the key, so there is nothing to guess and nothing is counted.
    """
    row = await _row(uow, member)
    now = uow.clock.now()
    if row is None or row.enabled or not _underway(row, now):
        raise TwoFactorOff
    step = _step_of(uow, row, code)
    if step is None:
        return False
    row.confirmed_at, row.last_step, row.updated_at = now, step, now
    await uow.session.flush()
    return True


async def enable(uow: UnitOfWork, *, member: MemberId) -> list[str]:
    """Let the authenticator count from now on; her backup codes, to be shown once. Raises TwoFactorOn, TwoFactorOff."""
    row = await _row(uow, member)
    now = uow.clock.now()
    if row is None or row.secret is None or not _underway(row, now) or row.confirmed_at is None:
        raise TwoFactorOn if row is not None and row.enabled else TwoFactorOff
    row.enabled, row.enabled_at, row.disabled_at = True, now, None
    row.begun_at = row.confirmed_at = None
    row.failures, row.locked_until = 0, None
    codes = _renew_backup_codes(uow, row)
    await _note(uow, member, "two_factor_enabled")
    return codes


async def renew_backup_codes(uow: UnitOfWork, *, member: MemberId) -> list[str]:
    """New backup codes, to be shown once; the old ones are dead. Raises TwoFactorOff."""
    row = await _enabled(uow, member)
    codes = _renew_backup_codes(uow, row)
    await _note(uow, member, "backup_codes_renewed")
    return codes


async def disable(uow: UnitOfWork, *, member: MemberId) -> None:
    """Forget the authenticator and the backup codes. Raises TwoFactorOff."""
    row = await _enabled(uow, member)
    row.enabled, row.disabled_at, row.updated_at = False, uow.clock.now(), uow.clock.now()
    row.secret = row.backup_codes = row.begun_at = row.confirmed_at = None
    await _note(uow, member, "two_factor_disabled")


async def forget_younger(uow: UnitOfWork, *, member: MemberId, moment: datetime | None) -> bool:
    """Forget an authenticator that came after this moment, or is being set up; whether one that counted was forgotten.

    Without a moment it is forgotten however old it is.
    """
    row = await _row(uow, member)
    if row is None or (row.enabled and moment and row.enabled_at and row.enabled_at <= moment):
        return False
    if row.enabled:
        await disable(uow, member=member)
        return True
    row.secret = row.begun_at = row.confirmed_at = None
    await uow.session.flush()
    return False


async def guess_second_factor(uow: UnitOfWork, *, member: MemberId, code: str) -> tuple[CodeOutcome, str]:
    """Count and check a code of her app or a backup code; the outcome and which it was ("totp" or "backup_code").

    The unit has to be committed whatever the outcome. Raises TwoFactorOff.
    """
    row = await _enabled(uow, member)
    method = "backup_code" if len(code) == BACKUP_DIGITS else "totp"
    if row.locked_until is not None and row.locked_until > uow.clock.now():
        return CodeOutcome("locked"), method
    verdict = _use_backup_code(uow, row, code) if method == "backup_code" else _use_step(uow, row, code)
    row.updated_at = uow.clock.now()
    if verdict != "right":
        return await _count_wrong(uow, row, is_used=verdict == "used"), method
    row.failures, row.locked_until, row.last_used_at = 0, None, uow.clock.now()
    await _note_backup_code(uow, row, method)
    return CodeOutcome("right", LOCKS_AT), method


def in_fours(written: str) -> str:
    """In groups of four, as people read and type it."""
    return " ".join(written[place : place + 4] for place in range(0, len(written), 4))


async def _row(uow: UnitOfWork, member: MemberId) -> TwoFactorAuth | None:
    hers = select(TwoFactorAuth).where(TwoFactorAuth.user_id == member)
    return (await uow.session.scalars(hers.with_for_update())).one_or_none()


async def _enabled(uow: UnitOfWork, member: MemberId) -> TwoFactorAuth:
    row = await _row(uow, member)
    if row is None or not row.enabled:
        raise TwoFactorOff
    return row


def _underway(row: TwoFactorAuth, now: datetime) -> bool:
    return not row.enabled and row.begun_at is not None and row.begun_at + ENROLMENT_LASTS > now


def _begin(uow: UnitOfWork, row: TwoFactorAuth, key: str) -> None:
    row.begun_at = row.updated_at = uow.clock.now()
    row.confirmed_at = row.last_step = row.backup_codes = None
    _seal(uow, row, key)


def _seal(uow: UnitOfWork, row: TwoFactorAuth, key: str) -> None:
    row.secret = uow.vault.seal(key.encode(), context=totp_context(row.user_id))


def totp_context(member: UUID) -> str:
    """What an authenticator's secret is sealed for."""
    return f"totp {member}"


def _key(uow: UnitOfWork, row: TwoFactorAuth) -> str:
    return uow.vault.open(row.secret or "", context=totp_context(row.user_id)).decode()


async def _enrolment(uow: UnitOfWork, row: TwoFactorAuth) -> Enrolment:
    member = await find(uow, MemberId(row.user_id))
    key = _key(uow, row)
    name = national(member.phone) if member else ""
    return Enrolment(key, pyotp.TOTP(key, interval=STEP_SECONDS, name=name, issuer=ISSUER).provisioning_uri())


def _step_of(uow: UnitOfWork, row: TwoFactorAuth, code: str) -> int | None:
    """The time step that this is the code of, within a step of now. All are compared, so that timing tells nothing."""
    totp = pyotp.TOTP(_key(uow, row), interval=STEP_SECONDS)
    now = int(uow.clock.now().timestamp()) // STEP_SECONDS
    around = range(now - STEPS_AROUND, now + STEPS_AROUND + 1)
    fitting = [step for step in around if same(totp.generate_otp(step), code)]
    return max(fitting, default=None)


def _use_step(uow: UnitOfWork, row: TwoFactorAuth, code: str) -> str:
    step = _step_of(uow, row, code)
    if step is None:
        return "wrong"
    if row.last_step is not None and step <= row.last_step:
        return "used"
    row.last_step = step
    # Sealed anew each time it's used, so that it moves to the newest of SECRET_KEYS by itself.
    _seal(uow, row, _key(uow, row))
    return "right"


def _use_backup_code(uow: UnitOfWork, row: TwoFactorAuth, code: str) -> str:
    left = row.backup_codes or []
    spent = [digest for digest in left if uow.vault.matches(code, digest, context=_backup_context(row))]
    if not spent:
        return "wrong"
    row.backup_codes = [digest for digest in left if digest not in spent]
    return "right"


def _renew_backup_codes(uow: UnitOfWork, row: TwoFactorAuth) -> list[str]:
    codes: list[str] = []
    while len(codes) < BACKUP_CODES:
        code = f"{random_below(10**BACKUP_DIGITS):0{BACKUP_DIGITS}d}"
        if code not in codes:
            codes.append(code)
    row.backup_codes = [uow.vault.digest(code, context=_backup_context(row)) for code in codes]
    row.updated_at = uow.clock.now()
    return codes


def _backup_context(row: TwoFactorAuth) -> str:
    return f"backup code {row.user_id}"


async def _count_wrong(uow: UnitOfWork, row: TwoFactorAuth, *, is_used: bool) -> CodeOutcome:
    """A code that was taken before costs a try like any other, or it could be tried for as long as it's right."""
    now = uow.clock.now()
    row.failures += 1
    if row.failures >= CLOSES_AT or row.failures == LOCKS_AT:
        row.locked_until = now + (CLOSED_FOR if row.failures >= CLOSES_AT else LOCKED_FOR)
        severity = "high" if row.failures >= CLOSES_AT else "medium"
        await record_security_event(
            uow, event_type="second_factor_locked", severity=severity, member=MemberId(row.user_id), address="code"
        )
        return CodeOutcome("locked")
    left = (LOCKS_AT if row.failures < LOCKS_AT else CLOSES_AT) - row.failures
    return CodeOutcome("used" if is_used else "wrong", left)


async def _note(uow: UnitOfWork, member: MemberId, event: str) -> None:
    await uow.session.flush()
    await record_security_event(uow, event_type=event, severity="medium", member=member, address="settings")


async def _note_backup_code(uow: UnitOfWork, row: TwoFactorAuth, method: str) -> None:
    if method != "backup_code":
        return
    left = len(row.backup_codes or [])
    await record_security_event(
        uow,
        event_type="backup_code_used",
        severity="medium",
        member=MemberId(row.user_id),
        address="code",
        details={"left": left},
    )
    if left <= FEW_LEFT:
        await tell_everywhere(uow, member=MemberId(row.user_id), what=text("sms-few-backup-codes", count=left))
