"""One message of one person: what came in, who she is, and what a flow may use to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from core.dialogue.screens import Choice, Screen
from core.identity.approvals import Approval
from core.identity.codes import CodeOutcome
from core.identity.members import Member
from core.identity.pins import PinOutcome
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.texts import Text


@dataclass(frozen=True)
class Channel:
    """What a way of talking can do. Flows ask for an ability, never for a name."""

    name: str
    can_push: bool
    can_show_image: bool = False
    # Who speaks has the SIM in her hand, so a code by SMS would prove nothing more.
    is_the_phone: bool = False
    session_seconds: int = 1800


USSD = Channel("ussd", can_push=False, is_the_phone=True)
TELEGRAM = Channel("telegram", can_push=True, can_show_image=True, session_seconds=86_400)


class Kind(Enum):
    """What a person did."""

    START = "start"
    TYPED = "typed"
    CHOSE = "chose"
    BACK = "back"
    HOME = "home"
    MORE = "more"
    COMMAND = "command"
    CONTACT = "contact"
    REFUSED = "refused"


@dataclass(frozen=True)
class Input:
    """One thing a person did. `value` is the text, the choice's id, the command's screen or the contact's number.

    turn: the turn number that a button carried; None when the input doesn't come from a button.
    dialled: it came with the dialled code, or is a replay of a session that we no longer know; never taken as a PIN.
    argument: what came with a command, such as the token of a link; it's never kept.
    parts: the answers that it is, one after another, where a number is waited for: "1*200" is 1, then 200.
    """

    kind: Kind
    value: str = field(default="", repr=False)
    turn: int | None = None
    dialled: bool = False
    argument: str = field(default="", repr=False)
    parts: tuple[Input, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Incoming:
    """A message as a channel hands it over.

    key: whose session it is. event: names this very message; the same event again gets the same reply.
    read: the inputs, given what this channel remembered of the session (and may note there).
    step: the name of the step that the message led to, where the channel follows that.
    bot: the name by which a link leads into this very channel, where there is one.
    opens: it's the first message of a talk, as far as the channel can tell.
    """

    channel: Channel
    key: str
    event: str
    read: Callable[[dict[str, Any]], Sequence[Input]] = field(repr=False)
    phone: Phone | None = None
    telegram: int | None = None
    chat: int | None = None
    display_name: str = ""
    language: str = ""
    bot: str = ""
    step: Callable[[], str] = str
    opens: bool = False

    @property
    def device(self) -> str:
        """The fingerprint of the phone or chat account that this came from, as identity writes it."""
        return f"telegram:{self.telegram}" if self.telegram is not None else f"phone:{self.phone}"


@dataclass(frozen=True)
class Reply:
    """What the channel has to show: the screen in a language, with a note above it, as the turn of this number."""

    screen: Screen
    language: str
    turn: int
    note: Text | None = None
    home: bool = False
    can_go_back: bool = False


Render = Callable[[Reply], list[str]]


class Checks(Protocol):
    """Proofs that count their attempts on their own, whatever becomes of the turn."""

    @property
    def is_crowded(self) -> bool:
        """Whether so many PINs wait to be checked that another might be turned away."""
        ...

    async def hash_pin(self, pin: str, *, owner: UUID) -> str:
        """The sealed hash of a new PIN."""
        ...

    async def is_same_pin(self, pin: str, sealed: str, *, owner: UUID) -> bool:
        """Whether the PIN typed again is the one that was hashed."""
        ...

    async def is_any_pin(self, pin: str, sealed: Sequence[str], *, owner: UUID) -> bool:
        """Whether the PIN is one of those behind the seals."""
        ...

    async def check_email_code(self, *, member: MemberId, code: str, event: str) -> CodeOutcome:
        """Count and check a code that came by e-mail; a right one makes the address hers."""
        ...

    async def check_step_up(self, *, member: MemberId, approval: Approval, code: str, event: str) -> CodeOutcome:
        """Count and check a code that approves something: of her authenticator, a backup code, or by SMS."""
        ...

    async def check_pin(self, pin: str, *, member: MemberId, claimed: str, channel: str, device: str, event: str) -> PinOutcome:
        """Count and check a PIN for the account that this device claims; NOBODY's where the claim is no member's."""
        ...

    async def check_code(self, *, purpose: str, subject: str, code: str, event: str, bound_to: str = "") -> CodeOutcome:
        """Count and check a code that came by SMS."""
        ...


@dataclass
class Turn:
    """What a flow's function gets. `values` lives until the flow ends; put nothing secret in it.

    paybill: the business number that members pay to. dial: the code that a phone dials to reach us. argument: what came with
    the command of this very turn.
    """

    uow: UnitOfWork
    channel: Channel
    incoming: Incoming
    language: str
    values: dict[str, Any]
    checks: Checks
    member: Member | None = None
    event: str = ""
    paybill: str = ""
    dial: str = ""
    argument: str = field(default="", repr=False)
    proven_until: datetime | None = None  # a PIN was proven in this conversation and counts as recent until then

    @property
    def proven(self) -> bool:
        """Whether a PIN was proven in this very conversation, a short while ago."""
        return self.proven_until is not None and self.uow.clock.now() < self.proven_until

    @property
    def me(self) -> Member:
        """The member; only where the screen needs one."""
        if self.member is None:
            raise LookupError("this screen needs a member")
        return self.member

    @property
    def intent(self) -> IntentId:
        """The intent of the command at hand, minted for its confirm screen."""
        return IntentId(self.id("intent"))

    @property
    def group(self) -> DaoId:
        """The group at hand."""
        return DaoId(self.id("group"))

    @property
    def quoted_at(self) -> datetime:
        """When the price on the confirm screen was looked up."""
        return datetime.fromisoformat(str(self.values["quoted_at"]))

    def money(self, name: str) -> Money:
        """A remembered amount."""
        found = self.values[name]
        if not isinstance(found, Money):
            raise TypeError(f"{name} is not an amount")
        return found

    def id(self, name: str) -> UUID:
        """A remembered identifier."""
        found = self.values[name]
        if not isinstance(found, UUID):
            raise TypeError(f"{name} is not an id")
        return found


YES = Choice("yes", Text("confirm"))
NO = Choice("no", Text("cancel"))
