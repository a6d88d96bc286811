"""What a member must still prove for an action, besides her PIN: one question for every channel and every action.

Money above her own limit of the day, and every change of her security settings, takes a code of her authenticator, or by SMS
where she has none. What she proves is written down for exactly that action, for a few minutes, in PostgreSQL: no session and
no cache can open this door.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from sqlalchemy import select

from core.identity.approvals import Approval
from core.identity.code_limits import one_at_a_time
from core.identity.codes import CodeOutcome, earlier_answer, guess_code, has_open_code, issue_code, remember_answer
from core.identity.events import record_security_event
from core.identity.factor_models import StepUp, StepUpLimit
from core.identity.members import Member, locked
from core.identity.two_factor import guess_second_factor, has_two_factor
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.money import KES, Currency, Money
from core.kernel.questions import Asked, Question, Row
from core.kernel.texts import text

# The subject of a code by SMS is the member, so wrong guesses add up over everything that she or a thief tries to approve.
PURPOSE, FACTOR_PURPOSE = "step-up", "second-factor"
# For one action, within five minutes: django-allauth's window for a fresh proof.
LASTS = timedelta(minutes=5)
DAY = timedelta(hours=24)
# Ours: above what members put into a group in a month, so that few ever meet it; each may set her own.
DEFAULT_LIMIT = Money(50_000_00, KES)


class Missing(Enum):
    """What must still be proven."""

    NOTHING = "nothing"
    CODE_BY_SMS = "sms"
    AUTHENTICATOR = "authenticator"
    ENROLMENT = "enrolment"  # her role wants an authenticator, and she has none yet


@dataclass(frozen=True)
class Given:
    """What a member has proven for an intent: the digest of what it approves, when it was used, until when it can be."""

    member: MemberId
    digest: str
    used_at: datetime | None
    expires_at: datetime | None


@dataclass
class StepUpNeeded(CoreError):
    """This action takes more than the PIN."""

    code = "step-up-needed"
    kind = Kind.FORBIDDEN


async def still_to_prove(uow: UnitOfWork, *, member: MemberId, approval: Approval) -> Missing:
    """What must this person still prove for this action, besides her PIN?"""
    (found,) = await uow.ask(PROVEN, **proven_about(member, approval, uow.clock.now()))
    if found["digest"] and _covers(uow, approval, Given(member, found["digest"], found["used_at"], found["expires_at"])):
        return Missing.NOTHING
    if not approval.by_role and approval.amount is not None and _fits(found, approval.amount):
        return Missing.NOTHING
    if found["app"]:
        return Missing.AUTHENTICATOR
    if approval.if_enrolled:
        return Missing.NOTHING
    return Missing.ENROLMENT if approval.by_role else Missing.CODE_BY_SMS


async def require_step_up(uow: UnitOfWork, *, member: MemberId, approval: Approval) -> None:
    """Let the action happen in this unit, or raise StepUpNeeded. What goes within her limit is counted against it.

    Actions of one member queue up here until their units end, so that two at once can't both fit into the same limit.
    """
    await one_at_a_time(uow, f"step-up {member}")
    if await still_to_prove(uow, member=member, approval=approval) is not Missing.NOTHING:
        raise StepUpNeeded
    now = uow.clock.now()
    given = await _given(uow, member, approval)
    if given is None or not _covers(uow, approval, Given(member, given.digest, given.used_at, given.expires_at)):
        if not approval.amount:
            # A change that takes no code of a member without an authenticator, or one that costs nothing: nothing counts.
            return
        given = _fresh(uow, member, approval, given)
        given.method, given.proven_at, given.expires_at = "within_limit", now, None
    given.used_at = given.used_at or now
    uow.session.add(given)
    await uow.session.flush()


async def send_step_up_code(
    uow: UnitOfWork, *, member: Member, approval: Approval, language: str, requester: str, again: bool = False
) -> None:
    """Send a code by SMS that approves exactly this, and says what. One that can still be used isn't sent twice.

    `requester` is the device that asks; `again`: she says that it didn't come. Raises TooManyCodes, CodesUnavailable.
    """
    bound_to = approval.spelled_out()
    if not again and await has_step_up_code(uow, member=member.id, approval=approval):
        return
    await issue_code(
        uow,
        purpose=PURPOSE,
        subject=str(member.id),
        phone=member.phone,
        language=language,
        member=member.id,
        requester=requester,
        bound_to=bound_to,
        what=text("sms-code-approves", approval=approval.said()),
    )


async def has_step_up_code(uow: UnitOfWork, *, member: MemberId, approval: Approval) -> bool:
    """Whether a code by SMS for exactly this was sent and can still be typed."""
    return await has_open_code(uow, purpose=PURPOSE, subject=str(member), bound_to=approval.spelled_out())


async def limit_of(uow: UnitOfWork, *, member: MemberId, currency: Currency = KES, at: datetime | None = None) -> Money:
    """How much she lets go in 24 hours with her PIN alone; with `at`, how much it was then.

    Of other currencies than shillings nothing does, unless she said so.
    """
    hers = select(StepUpLimit.amount).where(StepUpLimit.user_id == member, StepUpLimit.currency == currency.code)
    if at is not None:
        hers = hers.where(StepUpLimit.set_at <= at)
    newest = hers.order_by(StepUpLimit.set_at.desc(), StepUpLimit.id.desc()).limit(1)
    return _limit(await uow.session.scalar(newest), currency)


def _limit(amount: Decimal | None, currency: Currency) -> Money:
    if amount is not None:
        return Money.from_decimal(amount, currency)
    return DEFAULT_LIMIT if currency == KES else Money(0, currency)


async def set_limit(uow: UnitOfWork, *, member: MemberId, limit: Money) -> None:
    """From now on this much goes in 24 hours with her PIN alone; what went in the last hours still counts."""
    # A recovery that ends meanwhile sees this one, or this one waits for it.
    await locked(uow, member)
    before = await limit_of(uow, member=member, currency=limit.currency)
    row = StepUpLimit(
        id=uow.ids.new(),
        user_id=member,
        amount=limit.as_decimal(),
        currency=limit.currency.code,
        set_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    raised = limit > before
    await record_security_event(
        uow,
        event_type="step_up_limit_changed",
        severity="medium" if raised else "low",
        member=member,
        address="settings",
        details={"from": str(before), "to": str(limit)},
    )


class StepUpGate:
    """Checks codes that approve. Opens its own units, so that what it counts and proves stays whatever becomes of the turn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, *, member: MemberId, approval: Approval, code: str, event_id: str) -> CodeOutcome:
        """Count and check a code, and remember what it approved. The same event is counted once and answered the same."""
        async with self._database.unit() as uow:
            # Before any row lock: turns that approve or act take the same locks in this order.
            await one_at_a_time(uow, f"step-up {member}")
            has_app = await has_two_factor(uow, member=member)
            purpose = FACTOR_PURPOSE if has_app else PURPOSE
            earlier = await earlier_answer(uow, purpose=purpose, subject=str(member), event_id=event_id)
            if earlier is not None:
                return earlier
            checked = _check_factor if has_app else _check_sms
            outcome, method = await checked(uow, member, approval, code, event_id)
            # A role that wants the authenticator can't be served by SMS, whatever the channel asked for.
            if outcome.verdict == "right" and not (approval.by_role and method == "sms"):
                await _remember(uow, member, approval, method)
            return outcome


async def _check_factor(
    uow: UnitOfWork, member: MemberId, _approval: Approval, code: str, event_id: str
) -> tuple[CodeOutcome, str]:
    outcome, method = await guess_second_factor(uow, member=member, code=code)
    await remember_answer(uow, outcome, purpose=FACTOR_PURPOSE, subject=str(member), event_id=event_id)
    return outcome, method


async def _check_sms(
    uow: UnitOfWork, member: MemberId, approval: Approval, code: str, event_id: str
) -> tuple[CodeOutcome, str]:
    bound_to = approval.spelled_out()
    outcome = await guess_code(uow, purpose=PURPOSE, subject=str(member), code=code, event_id=event_id, bound_to=bound_to)
    return outcome, "sms"


async def _remember(uow: UnitOfWork, member: MemberId, approval: Approval, method: str) -> None:
    """That she has proven this, unless it has been used already."""
    given = await _given(uow, member, approval)
    if given is not None and given.used_at is not None:
        return
    row = _fresh(uow, member, approval, given)
    row.method, row.proven_at, row.expires_at = method, uow.clock.now(), uow.clock.now() + LASTS
    uow.session.add(row)
    await uow.session.flush()


def _fresh(uow: UnitOfWork, member: MemberId, approval: Approval, row: StepUp | None) -> StepUp:
    """The row of this intent, saying exactly this approval. Raises StepUpNeeded for an intent that was used otherwise."""
    if row is not None and row.used_at is not None:
        raise StepUpNeeded
    row = row or StepUp(id=uow.ids.new(), user_id=member, intent=approval.intent)
    row.action, row.digest = approval.action, uow.vault.digest(approval.spelled_out(), context=_context(member))
    row.amount = approval.amount.as_decimal() if approval.amount else None
    row.currency = approval.amount.currency.code if approval.amount else None
    return row


async def _given(uow: UnitOfWork, member: MemberId, approval: Approval) -> StepUp | None:
    same = select(StepUp).where(StepUp.user_id == member, StepUp.intent == approval.intent)
    return (await uow.session.scalars(same)).one_or_none()


def _covers(uow: UnitOfWork, approval: Approval, given: Given) -> bool:
    """Whether she approved exactly this, lately. One that was used covers a repeat: the same intent moves nothing twice."""
    if not uow.vault.matches(approval.spelled_out(), given.digest, context=_context(given.member)):
        return False
    return given.used_at is not None or (given.expires_at is not None and given.expires_at > uow.clock.now())


def _context(member: MemberId) -> str:
    return f"step-up {member}"


def _fits(found: Row, amount: Money) -> bool:
    """Whether the amount still fits into what goes in 24 hours with the PIN alone. Splitting it into parts doesn't help."""
    before = Money.from_decimal(found["gone"] or Decimal(0), amount.currency)
    return before + amount <= _limit(found["most"], amount.currency)


# What she has proven for an intent; what went within her limit in 24 hours, and the limit; whether she has an authenticator.
PROVEN = Question("""
    SELECT g.digest, g.used_at, g.expires_at,
      (SELECT sum(u.amount) FROM step_ups u WHERE u.user_id = :member AND u.method = 'within_limit'
        AND u.currency = :currency AND u.used_at > :since) AS gone,
      (SELECT l.amount FROM step_up_limits l WHERE l.user_id = :member AND l.currency = :currency
        ORDER BY l.set_at DESC, l.id DESC LIMIT 1) AS most,
      EXISTS (SELECT FROM two_factor_auth f WHERE f.user_id = :member AND f.enabled) AS app
    FROM (VALUES (1)) one LEFT JOIN step_ups g ON g.user_id = :member AND g.intent = :intent
""")


def proven_about(member: MemberId, approval: Approval, now: datetime) -> dict[str, object]:
    """What that is asked about."""
    return proven_of(member, approval.intent, approval.amount.currency if approval.amount else KES, now)


def proven_of(member: MemberId | Asked, intent: UUID, currency: Currency, now: datetime) -> dict[str, object]:
    """The same, of what isn't put into words yet."""
    return {"member": member, "intent": intent, "currency": currency.code, "since": now - DAY}
