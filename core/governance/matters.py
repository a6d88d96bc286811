"""What can be proposed: each matter with its data, and what it needs to be decided.

A matter is kept as JSON with its proposal and never changes. Other capabilities propose theirs through these values: a payment
above the limit is a Spend, forgiving a loan a WriteOff.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from core.daos.groups import Role
from core.daos.people import OFFICIALS
from core.daos.rotation.order import Owners
from core.daos.rules import Rules
from core.daos.welfare.models import Benefit
from core.governance import questions
from core.governance.counting import NO, YES_OR_NO, Question
from core.kernel.ids import MemberId
from core.kernel.money import KES, Money
from core.kernel.texts import Text, text

Kind = Literal["motion", "spend", "rule", "election", "poll", "expulsion", "dissolution", "write_off", "turns", "welfare"]
# Their result is the record itself; nothing happens by it.
RECORDED_ONLY: tuple[Kind, ...] = ("motion", "poll")
# A new vote can be demanded before it takes effect. Who was elected is elected.
OPEN_TO_OBJECTION: tuple[Kind, ...] = ("spend", "rule", "expulsion", "dissolution", "write_off", "turns", "welfare")
ALWAYS_SECONDED: tuple[Kind, ...] = ("rule", "expulsion", "dissolution")
# Of a name, as much as fits beside an amount.
LONGEST_SHOWN = 18
# Of an order of turns, as much as fits the line that says what is proposed.
LONGEST_ORDER = 36
# Offices that members elect each other to.
OFFICES: tuple[Role, ...] = ("chair", "secretary", "treasurer", "auditor")


@dataclass(frozen=True)
class Motion:
    """Something to be decided in the proposer's words."""

    kind: Kind = "motion"


@dataclass(frozen=True)
class Spend:
    """Money of the group's treasury for somebody. `payee` is what people read ("J. MWANGI"); one of `member` and `phone`."""

    amount: Money
    payee: str
    member: MemberId | None = None
    phone: str | None = None
    kind: Kind = "spend"


@dataclass(frozen=True)
class RuleChange:
    """Another answer to one question of the constitution; both as they are stored."""

    rule: str
    before: Any
    after: Any
    kind: Kind = "rule"


@dataclass(frozen=True)
class Election:
    """Who is to hold an office."""

    office: Role
    kind: Kind = "election"


@dataclass(frozen=True)
class Poll:
    """Which of two to five options the members like best."""

    options: tuple[str, ...]
    kind: Kind = "poll"


@dataclass(frozen=True)
class Expulsion:
    """That a member has to leave. `name` as people read it."""

    member: MemberId
    name: str
    kind: Kind = "expulsion"


@dataclass(frozen=True)
class Dissolution:
    """That the group ends."""

    kind: Kind = "dissolution"


@dataclass(frozen=True)
class WriteOff:
    """That what a member still owes on a loan is forgiven. `name` as people read it."""

    amount: Money
    member: MemberId
    name: str
    loan: UUID
    kind: Kind = "write_off"


@dataclass(frozen=True)
class TurnOrder:
    """In which order the hands of a merry-go-round have their turns; `owners` are theirs when it was proposed.

    Whoever proposes it gives round and order; `number` of the round and owners are written by `propose`.
    """

    rotation: UUID
    order: tuple[int, ...]
    number: int = 0
    owners: Owners = ()
    kind: Kind = "turns"


@dataclass(frozen=True)
class WelfareClaim:
    """That the welfare fund pays a member what she claimed. `name` as people read it; why she claims stands in the claim."""

    amount: Money
    member: MemberId
    name: str
    claim: UUID
    benefit: Benefit
    kind: Kind = "welfare"


Matter = Motion | Spend | RuleChange | Election | Poll | Expulsion | Dissolution | WriteOff | TurnOrder | WelfareClaim


def to_details(matter: Matter) -> dict[str, Any]:  # noqa: PLR0911 - one line a kind
    """The matter as JSON; amounts in cents. A poll's options are rows of their own."""
    match matter:
        case Spend():
            member = str(matter.member) if matter.member else None
            return {"amount": matter.amount.minor, "payee": matter.payee, "member": member, "phone": matter.phone}
        case RuleChange():
            return {"rule": matter.rule, "before": matter.before, "after": matter.after}
        case Election():
            return {"office": matter.office}
        case Expulsion():
            return {"member": str(matter.member), "name": matter.name}
        case WriteOff():
            owed = {"amount": matter.amount.minor, "loan": str(matter.loan)}
            return {**owed, "member": str(matter.member), "name": matter.name}
        case WelfareClaim():
            claimed = {"amount": matter.amount.minor, "claim": str(matter.claim), "benefit": matter.benefit}
            return {**claimed, "member": str(matter.member), "name": matter.name}
        case TurnOrder():
            owners = [[str(owner) for owner in hand] for hand in matter.owners]
            about = {"rotation": str(matter.rotation), "number": matter.number}
            return {**about, "order": list(matter.order), "owners": owners}
        case _:
            return {}


def from_details(kind: str, found: Mapping[str, Any]) -> Matter:  # noqa: PLR0911 - one line a kind
    """The matter from its JSON. A poll comes without its options."""
    match kind:
        case "spend":
            member = MemberId(UUID(found["member"])) if found["member"] else None
            return Spend(Money(found["amount"], KES), found["payee"], member, found["phone"])
        case "rule":
            return RuleChange(found["rule"], found["before"], found["after"])
        case "election":
            return Election(found["office"])
        case "expulsion":
            return Expulsion(MemberId(UUID(found["member"])), found["name"])
        case "write_off":
            member = MemberId(UUID(found["member"]))
            return WriteOff(Money(found["amount"], KES), member, found["name"], UUID(found["loan"]))
        case "welfare":
            member = MemberId(UUID(found["member"]))
            return WelfareClaim(Money(found["amount"], KES), member, found["name"], UUID(found["claim"]), found["benefit"])
        case "turns":
            owners = tuple(tuple(MemberId(UUID(owner)) for owner in hand) for hand in found["owners"])
            return TurnOrder(UUID(found["rotation"]), tuple(found["order"]), found["number"], owners)
        case "poll":
            return Poll(())
        case "dissolution":
            return Dissolution()
        case _:
            return Motion()


def describe(matter: Matter, words: str) -> Text:  # noqa: PLR0911 - one line a kind
    """What it is about, in one line of at most 72 characters."""
    match matter:
        case Spend():
            return text("matter-spend", amount=matter.amount, receiver=matter.payee[:LONGEST_SHOWN], for_what=words)
        case RuleChange():
            return text(
                "matter-rule",
                rule=questions.label(matter.rule),
                old=questions.written(matter.rule, matter.before),
                new=questions.written(matter.rule, matter.after),
            )
        case Election():
            return text("matter-election", role=Text(f"role-{matter.office}"))
        case Expulsion():
            return text("matter-expulsion", of_whom=matter.name[:LONGEST_SHOWN])
        case Dissolution():
            return text("matter-dissolution")
        case WriteOff():
            return text("matter-write-off", amount=matter.amount, of_whom=matter.name[:LONGEST_SHOWN])
        case WelfareClaim():
            about = {"amount": matter.amount, "of_whom": matter.name[:LONGEST_SHOWN]}
            return text("matter-welfare", **about, benefit=Text(f"welfare-{matter.benefit}"))
        case TurnOrder():
            return text("matter-turns", round=matter.number, order=beginning(matter.order))
        case _:
            return text("matter-words", words=words)


def beginning(order: Sequence[int]) -> str:
    """As many hands of an order as fit a line: "3 1 2 ..."."""
    said = " ".join(str(number) for number in order)
    return said if len(said) <= LONGEST_ORDER else said[:LONGEST_ORDER].rsplit(" ", 1)[0] + " ..."


def is_special(matter: Matter, rules: Rules) -> bool:
    """Whether the higher quorum decides: rules, removal, the group's end, and spending so much that it needs a vote."""
    match matter:
        case RuleChange() | Expulsion() | Dissolution():
            return True
        case Spend():
            return matter.amount > rules.vote_above
        case _:
            return False


def is_secret(matter: Matter, rules: Rules) -> bool:
    """Whether nobody learns who chose what: people are voted on, their debts, and what has befallen them."""
    match matter:
        case Election():
            return rules.secret_elections
        case Expulsion() | WriteOff() | WelfareClaim():
            return True
        case _:
            return False


def seconds_needed(matter: Matter, *, proposer: Role, voters: int, rules: Rules) -> int:
    """How many others have to stand behind it before it is voted on: the gravest matters, and those of no official.

    An election opens by its candidates, a claim is a member's own right, and who is alone needs nobody.
    """
    asked = matter.kind in ALWAYS_SECONDED or proposer not in OFFICIALS
    if not asked or matter.kind in ("election", "welfare"):
        return 0
    return min(rules.seconders, voters - 1)


def question(kind: str, options: tuple[str, ...]) -> Question:
    """What can be chosen; `options` are the numbers of the candidates or of a poll's options."""
    match kind:
        case "election":
            return Question((*options, NO), plural=True)
        case "poll":
            return Question(options, plural=True)
        case _:
            return YES_OR_NO
