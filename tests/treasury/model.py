"""A treasury as it is meant to be, in plain values: no database, no clock but a number of hours, no money but cents.

Who was drawn for a padlock is told to it; everything else it works out for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.kernel.clock import EAST_AFRICA

OFFICIALS = ("chair", "secretary", "treasurer")
HOLDING = ("waiting",)
SPENT = ("waiting", "paid")
UNFINISHED = ("open", "waiting")


@dataclass
class Asked:
    """A request, with everything that decides about it."""

    proposer: int
    payee: int
    amount: int
    signers: tuple[int, ...]
    padlocks: tuple[int, ...]
    objectors: int
    mandate: object
    expires: datetime
    status: str = "open"
    said: dict[int, tuple[str, str]] = field(default_factory=dict)
    objecting: set[int] = field(default_factory=set)
    due: datetime | None = None
    moment: datetime | None = None
    sent: datetime | None = None


@dataclass
class Model:
    """One group: its roles by place, its rules in cents and hours, and its money."""

    now: datetime
    roles: list[str]
    available: int
    rules: dict[str, int]
    pending: int = 0
    own: dict[int, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def mandate(self) -> object:
        people = [(place, role) for place, role in enumerate(self.roles) if role in OFFICIALS]
        return people, dict(self.rules)

    def ask(self, who: int, payee: int, amount: int) -> str:
        """Whether it may be asked for, as the code of the refusal, or "ok"."""
        if self.roles[who] not in OFFICIALS:
            return "not-your-role"
        refused = self._limits(amount) or self._short(amount)
        if refused:
            return refused
        return "ok" if len(self._signers(who, payee)) >= self.rules["approvals"] else "too-few-approvers"

    def asked_for(self, who: int, payee: int, amount: int, padlocks: tuple[int, ...]) -> None:
        objectors = max(1, min(self.rules["objectors"], len(self.roles) - len({who, payee})))
        self.asked.append(
            Asked(
                who,
                payee,
                amount,
                self._signers(who, payee),
                padlocks,
                objectors,
                self.mandate(),
                self.now + timedelta(hours=72),
            )
        )

    def decide(self, request: Asked, who: int, verdict: str) -> str:
        if who in request.said:
            return "ok" if request.said[who][0] == verdict else "treasury-already-decided"
        if request.status != "open" or self.now >= request.expires:
            return "treasury-request-closed"
        if request.mandate != self.mandate():
            return "treasury-request-void"
        if who in (request.proposer, request.payee):
            return "own-treasury-request"
        if who in request.signers:
            capacity = "official"
        elif who in request.padlocks and self.roles[who] == "member":
            capacity = "padlock"
        else:
            return "not-an-approver"
        request.said[who] = (verdict, capacity)
        refused = self._after(request, verdict)
        if refused:
            del request.said[who]
        return refused or "ok"

    def object(self, request: Asked, who: int) -> str:
        if who in request.objecting:
            return "ok"
        if request.status not in UNFINISHED:
            return "treasury-request-closed"
        request.objecting.add(who)
        if len(request.objecting) >= request.objectors:
            self._close(request, "stopped")
        return "ok"

    def withdraw(self, request: Asked, who: int) -> str:
        if who != request.proposer:
            return "not-your-treasury-request"
        if request.status == "withdrawn":
            return "ok"
        if request.status not in UNFINISHED:
            return "treasury-request-closed"
        self._close(request, "withdrawn")
        return "ok"

    def look(self) -> None:
        """What the worker does each minute."""
        for request in sorted(self.asked, key=lambda one: (one.due is None, one.due or self.now)):
            if request.status == "waiting" and request.due is not None and request.due <= self.now:
                self._pay(request)
            elif request.status in UNFINISHED and self._is_void(request):
                self._close(request, "void")
            elif request.status in UNFINISHED and self.now >= request.expires:
                self._close(request, "expired")

    def _after(self, request: Asked, verdict: str) -> str | None:
        said = list(request.said.values())
        officials = sum(one == (verdict, "official") for one in said)
        padlocks = sum(one == (verdict, "padlock") for one in said)
        if verdict == "rejected":
            if officials > len(request.signers) - self.rules["approvals"] or padlocks:
                self._close(request, "rejected")
            return None
        if officials < self.rules["approvals"] or padlocks < len(request.padlocks):
            return None
        refused = self._limits(request.amount) or self._short(request.amount)
        if refused:
            return refused
        request.status, request.moment = "waiting", self.now
        request.due = self.now + timedelta(hours=self.rules["pay_delay_hours"])
        request.expires = request.due + timedelta(hours=72)
        self.available, self.pending = self.available - request.amount, self.pending + request.amount
        return None

    def _pay(self, request: Asked) -> None:
        if self.now >= request.expires:
            self._close(request, "expired")
        elif self._is_void(request):
            self._close(request, "void")
        elif not self._limits(request.amount, sent=True) and self.available >= self.rules["reserve"]:
            request.status, request.sent = "paid", self.now
            self.pending -= request.amount
            self.own[request.payee] = self.own.get(request.payee, 0) + request.amount

    def _is_void(self, request: Asked) -> bool:
        return request.mandate != self.mandate() or any(self.roles[one] != "member" for one in request.padlocks)

    def _close(self, request: Asked, status: str) -> None:
        if request.status == "waiting":
            self.available, self.pending = self.available + request.amount, self.pending - request.amount
        request.status = status

    def _signers(self, who: int, payee: int) -> tuple[int, ...]:
        return tuple(place for place, role in enumerate(self.roles) if role in OFFICIALS and place not in (who, payee))

    def _limits(self, amount: int, *, sent: bool = False) -> str | None:
        midnight = self.now.astimezone(EAST_AFRICA).replace(hour=0, minute=0, second=0, microsecond=0)
        gone = [(one.sent or (None if sent else one.moment), one.amount) for one in self.asked if one.status in SPENT]
        day = sum(much for moment, much in gone if moment and moment >= midnight)
        week = sum(much for moment, much in gone if moment and moment > self.now - timedelta(days=7))
        over = day + amount > self.rules["daily_limit"] or week + amount > self.rules["weekly_limit"]
        return "treasury-limit" if over else None

    def _short(self, amount: int) -> str | None:
        return "treasury-short" if self.available - amount < self.rules["reserve"] else None
