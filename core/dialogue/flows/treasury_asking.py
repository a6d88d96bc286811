"""Asking the treasury to pay: how much, to whom, for what; then everything once more with what would remain, and the PIN."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.constitutions import rules_of
from core.daos.people import OFFICIALS, Person, people_of, require_role, short_name
from core.daos.spending import Payee
from core.dialogue.definitions import action, screen
from core.dialogue.flows.treasury_requests import remains
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.approvals import Approval
from core.identity.names import clean_name
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone, national, parse_phone
from core.kernel.texts import Text, text
from core.payments.group_payouts import quote_group_payout
from core.treasury.asking import PettyToOneself, ask_payment, payee_of
from core.treasury.reading import dry_run
from core.treasury.reasons import CATEGORIES, clean_reason
from core.treasury.requests import SHORT_NAME
from core.treasury.votes import lengths_of_reason, needs_vote

# More members than a small menu holds are found by a part of their name.
MOST_LISTED = 7


def payee(turn: Turn) -> Payee:
    """Whom she has chosen."""
    values = turn.values
    if values.get("payee_phone"):
        return Payee(str(values["payee"]), phone=Phone(str(values["payee_phone"])))
    return Payee(str(values["payee"]), member=MemberId(turn.id("payee_id")))


def approval(turn: Turn) -> Approval:
    """What she asks for, above her own limit, by more than her PIN."""
    chosen = payee(turn)
    return Approval(
        "treasury",
        turn.intent,
        turn.money("amount"),
        payee=chosen.name,
        payee_id=str(chosen.member or chosen.phone),
        by_role=bool(turn.values["by_role"]),
    )


@screen("treasury.amount")
async def ask_amount(turn: Turn) -> Screen:
    """How much; only officials get here."""
    membership = await require_role(turn.uow, member=turn.me.id, group=turn.group, roles=OFFICIALS)
    rules = await rules_of(turn.uow, group=membership.group)
    turn.values["by_role"] = rules.officials_two_factor
    if turn.values["path"] == "petty":
        return Screen(text("treasury-petty-amount", limit=rules.petty_cash), asks=Asks.AMOUNT)
    return Screen(text("treasury-amount"), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(_turn: Turn, amount: Money) -> Step:
    """Remember the amount."""
    return go("treasury.payee", amount=amount)


@screen("treasury.payee")
async def ask_payee(turn: Turn) -> Screen:
    """A member on her account, or an M-PESA number outside."""
    return Screen(
        text("treasury-to-whom", amount=turn.money("amount")),
        choices=(option("member", text("treasury-to-member")), option("phone", text("treasury-to-phone"))),
    )


@ask_payee.answered
async def take_payee(turn: Turn, chosen: str) -> Step:
    """A small group is listed, a large one searched."""
    if chosen == "phone":
        return go("treasury.phone")
    others = await _others(turn)
    return go("treasury.member", part="") if len(others) <= MOST_LISTED else go("treasury.find")


@screen("treasury.find")
async def ask_find(_turn: Turn) -> Screen:
    """A part of the member's name."""
    return Screen(text("treasury-find"), asks=Asks.TEXT)


@ask_find.answered
async def take_find(_turn: Turn, typed: str) -> Step:
    """Look for it."""
    return go("treasury.member", part=typed.strip().lower()[:40])


@screen("treasury.member")
async def ask_member(turn: Turn) -> Screen:
    """The members whose names fit; petty cash goes to others than whoever pays it."""
    part = str(turn.values["part"])
    fitting = [one for one in await _others(turn) if part in one.name.lower()][:MOST_LISTED]
    if not fitting:
        return Screen(text("treasury-nobody"), choices=(option("find", text("treasury-find-again")),))
    return Screen(
        text("treasury-which"), choices=tuple(Choice(str(one.id), text("treasury-member", whose=one.name)) for one in fitting)
    )


@ask_member.answered
async def take_member(turn: Turn, chosen: str) -> Step:
    """Remember whom."""
    if chosen == "find":
        return go("treasury.find")
    person = next(one for one in await _others(turn) if str(one.id) == chosen)
    return go("treasury.category", payee=person.name, payee_id=person.id, payee_phone="")


@screen("treasury.phone")
async def ask_phone(_turn: Turn) -> Screen:
    """An M-PESA number."""
    return Screen(text("treasury-phone"), asks=Asks.DIGITS)


@ask_phone.answered
async def take_phone(turn: Turn, typed: str) -> Step:
    """A member's number is that member; any other needs a name that people know."""
    phone = parse_phone(typed)
    found = await payee_of(turn.uow, group=turn.group, phone=phone, name="-")
    if found.member == turn.me.id and turn.values["path"] == "petty":
        raise PettyToOneself
    if found.member is not None:
        return go("treasury.category", payee=found.name, payee_id=found.member, payee_phone="")
    return go("treasury.name", payee_phone=phone)


@screen("treasury.name")
async def ask_name(turn: Turn) -> Screen:
    """As whom the group knows the owner of this number."""
    return Screen(text("treasury-name", phone=national(Phone(str(turn.values["payee_phone"])))), asks=Asks.TEXT)


@ask_name.answered
async def take_name(_turn: Turn, typed: str) -> Step:
    """A name that every phone can show."""
    return go("treasury.category", payee=clean_name(typed))


@screen("treasury.category")
async def ask_category(_turn: Turn) -> Screen:
    """What kind of expense it is."""
    return Screen(
        text("treasury-which-category"),
        choices=tuple(Choice(one, text("treasury-category", category=one)) for one in CATEGORIES),
    )


@ask_category.answered
async def take_category(_turn: Turn, chosen: str) -> Step:
    """Remember the kind."""
    return go("treasury.reason", category=chosen)


@screen("treasury.reason")
async def ask_reason(turn: Turn) -> Screen:
    """For what, in a few words that every member will read."""
    low, high = await _lengths(turn)
    return Screen(text("treasury-reason", low=low, high=high), asks=Asks.TEXT)


async def _lengths(turn: Turn) -> tuple[int, int]:
    rules = await rules_of(turn.uow, group=turn.group)
    return lengths_of_reason(rules, turn.money("amount"), path=str(turn.values["path"]))


@ask_reason.answered
async def take_reason(turn: Turn, typed: str) -> Step:
    """Another reason is another request; the fees that the next screen shows are those that are taken."""
    now, (low, high) = turn.uow.clock.now(), await _lengths(turn)
    return go(
        "treasury.confirm", reason=clean_reason(typed, low=low, high=high), intent=turn.uow.ids.new(), quoted_at=now.isoformat()
    )


@screen("treasury.confirm", leads={"yes": go("treasury.send")})
async def ask_confirm(turn: Turn) -> Screen:
    """Everything once more, with what would remain and what could no longer be paid."""
    chosen, amount = payee(turn), turn.money("amount")
    rules = await rules_of(turn.uow, group=turn.group)
    fees, parts = Money(0), 1
    if chosen.phone is not None:
        quote = await quote_group_payout(turn.uow, amount=amount, at=turn.quoted_at)
        fees, parts = quote.fee + quote.charge, len(quote.parts)
    found = await dry_run(turn.uow, group=turn.group, total=amount + fees)
    notes: list[Text] = [remains(found)]
    if fees:
        notes.append(text("treasury-with-fees", fee=fees))
    if found.after.minor < 0:
        return _too_much(turn, notes)
    if parts > 1:
        notes.append(text("treasury-in-parts", count=parts))
    if found.unpayable:
        notes.append(text("treasury-unpayable", request_numbers=", ".join(str(one) for one in found.unpayable[:9])))
    if turn.values["path"] != "petty" and needs_vote(rules, amount):
        notes.append(text("treasury-needs-vote", limit=rules.vote_above))
    urgent = (option("urgent", text("treasury-urgent")),) if turn.values["path"] != "petty" else ()
    head = text("treasury-confirm", amount=amount, whose=chosen.name, why_short=str(turn.values["reason"])[:40])
    return Screen(head, rows=tuple(notes), choices=(YES, NO, *urgent))


def _too_much(turn: Turn, notes: Sequence[Text]) -> Screen:
    """More than there is: that is said, and there is nothing to confirm."""
    head = text("treasury-too-much", amount=turn.money("amount"), whose=payee(turn).name)
    return Screen(head, rows=tuple(notes), choices=(option("less", text("treasury-less")), NO))


@ask_confirm.answered
async def take_confirm(turn: Turn, chosen: str) -> Step:
    """Her own decision, each time. The same words as an emergency are another request."""
    if chosen == "urgent":
        return go("treasury.emergency", path="emergency", intent=turn.uow.ids.new())
    if chosen == "less":
        return go("treasury.amount")
    return go("treasury.send") if chosen == "yes" else End(text("treasury-not-asked"))


@screen("treasury.emergency", leads={"yes": go("treasury.send")})
async def ask_emergency(turn: Turn) -> Screen:
    """What makes an emergency one."""
    whom = short_name(payee(turn).name)[:SHORT_NAME]
    return Screen(text("treasury-emergency", amount=turn.money("amount"), payee_short=whom), choices=(YES, NO))


@ask_emergency.answered
async def take_emergency(_turn: Turn, chosen: str) -> Step:
    """More approvals, a shorter wait, a report."""
    return go("treasury.send") if chosen == "yes" else End(text("treasury-not-asked"))


@action("treasury.send", needs=Assurance.PIN, why="pin-why-treasury-ask", approves=approval)
async def send(turn: Turn) -> Step:
    """Ask; the worker tells everybody, and petty cash is on its way."""
    made = await ask_payment(
        turn.uow,
        intent=turn.intent,
        member=turn.me.id,
        group=turn.group,
        amount=turn.money("amount"),
        payee=payee(turn),
        reason=str(turn.values["reason"]),
        category=turn.values["category"],
        path=turn.values["path"],
        quoted_at=turn.quoted_at,
    )
    if made.path == "petty":
        return End(text("treasury-petty-sent", number=made.number, amount=made.amount))
    asked = text(
        "treasury-asked",
        number=made.number,
        code=made.code,
        needed_officials=made.needed,
        needed_padlocks=len(made.padlocks),
        until=made.expires_at,
        vote_needed="needed" if made.needs_vote else "none",
    )
    about = {"group": made.group, "number": made.number, "amount": made.amount, "payee": made.payee.name}
    return End(asked, undo=go("treasury.withdraw", request=made.id, **about))


async def _others(turn: Turn) -> list[Person]:
    """Every active member; an official may ask for herself as well, and others decide about it, but not of petty cash."""
    people, petty = await people_of(turn.uow, group=turn.group), turn.values["path"] == "petty"
    return [one for one in people if not (petty and one.id == turn.me.id)]
