"""What the API refuses, besides what the capabilities refuse themselves."""

from __future__ import annotations

from dataclasses import dataclass

from core.kernel.errors import CoreError, Kind


@dataclass
class BadRequest(CoreError):
    """The request isn't one of ours. `where` names the part that can't be read."""

    code = "bad-request"
    kind = Kind.INVALID
    where: str


@dataclass
class BadLogin(CoreError):
    """Number, PIN or code don't fit, or the account is locked or closed: which of these isn't told."""

    code = "bad-login"
    kind = Kind.UNKNOWN_CALLER


@dataclass
class SecondFactorNeeded(CoreError):
    """The PIN was right, but this program isn't known here: `method` is authenticator or sms, whose code must come with it."""

    code = "second-factor-needed"
    kind = Kind.UNKNOWN_CALLER
    method: str


@dataclass
class PinNeeded(CoreError):
    """Signed in without a PIN nothing private is shown."""

    code = "pin-needed-here"
    kind = Kind.FORBIDDEN


@dataclass
class NotPermitted(CoreError):
    """This key is not for that."""

    code = "not-permitted"
    kind = Kind.FORBIDDEN


@dataclass
class TooManyRequests(CoreError):
    """No more requests until `wait_seconds` have passed, at least 1."""

    code = "too-many-requests"
    kind = Kind.LIMITED
    wait_seconds: int


@dataclass
class RequestDiffers(CoreError):
    """The idempotency key was used for another request."""

    code = "request-differs"
    kind = Kind.CONFLICT
