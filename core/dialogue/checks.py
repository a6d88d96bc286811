"""Proofs that flows ask for, over identity: each counts its attempts on its own, whatever becomes of the turn."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.identity.approvals import Approval
from core.identity.codes import CodeGate, CodeOutcome
from core.identity.emails import EmailGate
from core.identity.pins import PinGate, PinOutcome
from core.identity.step_up import StepUpGate
from core.kernel.ids import MemberId
from core.kernel.secrets import PinHasher


class IdentityChecks:
    """New PINs, codes by SMS, and PINs of somebody who isn't known by her phone."""

    def __init__(self, hasher: PinHasher, codes: CodeGate, pins: PinGate) -> None:
        self._hasher, self._codes, self._pins = hasher, codes, pins
        self._emails = EmailGate(codes.database)
        self._step_up = StepUpGate(codes.database)

    @property
    def is_crowded(self) -> bool:
        """Whether so many PINs wait to be checked that another might be turned away."""
        return self._hasher.is_crowded

    async def hash_pin(self, pin: str, *, owner: UUID) -> str:
        """The sealed hash of a new PIN. Raises Busy."""
        return await self._hasher.hash(pin, owner=str(owner))

    async def is_same_pin(self, pin: str, sealed: str, *, owner: UUID) -> bool:
        """Whether the PIN typed again is the one that was hashed. Raises Busy."""
        return await self._hasher.verify(pin, sealed, owner=str(owner))

    async def is_any_pin(self, pin: str, sealed: Sequence[str], *, owner: UUID) -> bool:
        """Whether the PIN is one of those behind the seals. Raises Busy."""
        async with self._hasher.place() as hashing:
            return any([await hashing.verify(pin, one, owner=str(owner)) for one in sealed])

    async def check_email_code(self, *, member: MemberId, code: str, event: str) -> CodeOutcome:
        """Count and check a code that came by e-mail; a right one makes the address hers."""
        return await self._emails.check(member=member, code=code, event_id=event)

    async def check_step_up(self, *, member: MemberId, approval: Approval, code: str, event: str) -> CodeOutcome:
        """Count and check a code that approves something."""
        return await self._step_up.check(member=member, approval=approval, code=code, event_id=event)

    async def check_pin(self, pin: str, *, member: MemberId, claimed: str, channel: str, device: str, event: str) -> PinOutcome:
        """Count and check a PIN for the account that this device claims. Raises Busy."""
        return await self._pins.check(member=member, pin=pin, channel=channel, event_id=event, device=device, claimed=claimed)

    async def check_code(self, *, purpose: str, subject: str, code: str, event: str, bound_to: str = "") -> CodeOutcome:
        """Count and check a code that came by SMS."""
        return await self._codes.check(purpose=purpose, subject=subject, code=code, event_id=event, bound_to=bound_to)
