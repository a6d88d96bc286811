"""Proposing: what kind, what exactly, a last look, and the PIN."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.daos.constitutions import rules_of
from core.daos.groups import find_group, require_member
from core.daos.loans.reading import find_loan, loans_of_group, standing_of
from core.daos.people import OFFICIALS, people_of, require_role, short_name
from core.daos.rotation.order import read_order
from core.daos.rotation.reading import round_of
from core.daos.rotation.rounds import NoRound
from core.daos.rules import Rules
from core.dialogue.definitions import action, screen
from core.dialogue.flows.by_name import by_name, whom
from core.dialogue.flows.merry import listed, the_round
from core.dialogue.screens import Asks, Assurance, Choice, End, Go, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.governance import matters, questions
from core.governance.effects import in_force_from, rules_to_come
from core.governance.matters import (
    LONGEST_SHOWN,
    Dissolution,
    Election,
    Expulsion,
    Matter,
    Motion,
    Poll,
    RuleChange,
    Spend,
    TurnOrder,
    WriteOff,
    describe,
    seconds_needed,
)
from core.governance.proposing import propose
from core.governance.results import in_full
from core.governance.wording import LONGEST_REASON, clean_options, clean_words, readable_name
from core.kernel.ids import MemberId
from core.kernel.money import KES, Money
from core.kernel.phone import Phone, masked, national, parse_phone
from core.kernel.texts import Text, catalogue, text

KINDS: dict[str, tuple[Text, Go]] = {
    "motion": (text("votes-new-motion"), go("votes.words")),
    "spend": (text("votes-new-spend"), go("votes.amount")),
    "rule": (text("votes-new-rule"), go("votes.chapter")),
    "election": (text("votes-new-election"), go("votes.office")),
    "poll": (text("votes-new-poll"), go("votes.words")),
    "expulsion": (text("votes-new-expulsion"), go("votes.who")),
    "write_off": (text("votes-new-write-off"), go("votes.loan")),
    "turns": (text("votes-new-turns"), go("votes.turns")),
    "dissolution": (text("votes-new-dissolution"), go("votes.confirm")),
}


@screen("votes.new", leads={kind: to for kind, (_, to) in KINDS.items()})
async def ask_kind(turn: Turn) -> Screen:
    """What sort of thing; each with its number, also where one can't be proposed now."""
    rows = [option(kind, label, number) for number, (kind, (label, _)) in enumerate(KINDS.items(), 1)]
    never = await _not_now(turn)
    return Screen(text("votes-new-what"), choices=tuple(row for row in rows if row.id not in never))


async def _not_now(turn: Turn) -> set[str]:
    """What she would only be refused: the officials know who owes, and few merry-go-rounds wait for a vote on their order."""
    official = (await require_member(turn.uow, member=turn.me.id, group=turn.group)).role in OFFICIALS
    found = await round_of(turn.uow, viewer=turn.me.id, group=turn.group)
    votes_on_turns = found is not None and found.status == "voting"
    return (set() if official else {"write_off"}) | (set() if votes_on_turns else {"turns"})


@ask_kind.answered
async def take_kind(turn: Turn, chosen: str) -> Step:
    """Go on with what this kind needs."""
    to = KINDS[chosen][1].to
    return _look(turn, kind=chosen) if to == "votes.confirm" else Go(to, {"kind": chosen})


@screen("votes.words")
async def ask_words(_turn: Turn) -> Screen:
    """In her own words."""
    return Screen(text("votes-words"), asks=Asks.TEXT)


@ask_words.answered
async def take_words(turn: Turn, typed: str) -> Step:
    """Words that fit a screen."""
    words = clean_words(typed)
    return go("votes.options", words=words) if turn.values["kind"] == "poll" else _look(turn, words=words)


@screen("votes.options")
async def ask_options(_turn: Turn) -> Screen:
    """What a poll offers."""
    return Screen(text("votes-options"), asks=Asks.TEXT)


@ask_options.answered
async def take_options(turn: Turn, typed: str) -> Step:
    """Two to five of them."""
    return _look(turn, options=list(clean_options(typed)))


@screen("votes.amount")
async def ask_amount(_turn: Turn) -> Screen:
    """How much is to be paid."""
    return Screen(text("votes-amount"), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(_turn: Turn, amount: Money) -> Step:
    """Remember it."""
    return go("votes.payee", amount=amount)


@screen("votes.payee")
async def ask_payee(_turn: Turn) -> Screen:
    """By number: of a member, or of anybody who is paid by M-PESA."""
    return Screen(text("votes-payee"), asks=Asks.TEXT)


@ask_payee.answered
async def take_payee(turn: Turn, typed: str) -> Step:
    """A member of the group is named; anybody else is known by the number only."""
    phone = parse_phone(typed)
    people = await people_of(turn.uow, group=turn.group)
    found = next((person for person in people if person.phone == phone), None)
    if found is not None:
        return go("votes.reason", payee=short_name(found.name), payee_member=found.id, payee_phone="")
    return go("votes.reason", payee=masked(phone), payee_phone=phone)


@screen("votes.reason")
async def ask_reason(_turn: Turn) -> Screen:
    """What it is for, in few words: they stand beside the amount wherever it is shown."""
    return Screen(text("votes-reason"), asks=Asks.TEXT)


@ask_reason.answered
async def take_reason(turn: Turn, typed: str) -> Step:
    """Words that fit beside an amount."""
    return _look(turn, words=clean_words(typed, longest=LONGEST_REASON))


@screen("votes.office")
async def ask_office(_turn: Turn) -> Screen:
    """Which office is to be given."""
    return Screen(text("votes-office"), choices=tuple(Choice(office, Text(f"role-{office}")) for office in matters.OFFICES))


@ask_office.answered
async def take_office(turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return _look(turn, office=chosen)


@screen("votes.who")
async def ask_who(turn: Turn) -> Screen:
    """Whom the group is to remove."""
    people = [person for person in await people_of(turn.uow, group=turn.group) if person.id != turn.me.id]
    return whom(text("votes-who"), people)


@ask_who.answered
async def take_who(turn: Turn, chosen: str) -> Step:
    """Remember her with her name."""
    people = await people_of(turn.uow, group=turn.group)
    found = next((person for person in people if str(person.id) == chosen), None)
    return _look(turn, member=UUID(chosen), subject=readable_name(found.name, longest=LONGEST_SHOWN) if found else "-")


@screen("votes.loan")
async def ask_loan(turn: Turn) -> Screen:
    """Whose debt the group is to forgive: the officials know who owes."""
    await require_role(turn.uow, member=turn.me.id, group=turn.group)
    loans = await loans_of_group(turn.uow, group=turn.group, statuses=("running",))
    return Screen(text("votes-whose-debt") if loans else text("votes-no-debt"), choices=by_name(loans))


@ask_loan.answered
async def take_loan(turn: Turn, chosen: str) -> Step:
    """As much as is owed today."""
    loan = await find_loan(turn.uow, loan=UUID(chosen))
    owed = (await standing_of(turn.uow, loan)).payoff
    return _look(turn, amount=owed, subject=readable_name(loan.name, longest=LONGEST_SHOWN), loan=loan.id, member=loan.borrower)


@screen("votes.turns")
async def ask_turns(turn: Turn) -> Screen:
    """The order of a merry-go-round whose order is voted on, as numbers of hands."""
    found = await the_round(turn)
    if found.status != "voting":
        raise NoRound
    return Screen(text("merry-order-typed", hand_list=listed(found.hands)), asks=Asks.TEXT)


@ask_turns.answered
async def take_turns(turn: Turn, typed: str) -> Step:
    """Every hand once; read back before she proposes it."""
    found = await the_round(turn)
    return _look(turn, rotation=found.id, order=read_order(typed, found.hands))


@screen("votes.chapter")
async def ask_chapter(_turn: Turn) -> Screen:
    """Where the question is found."""
    return Screen(
        text("votes-chapter"),
        choices=tuple(Choice(chapter, Text(f"votes-chapter-{chapter}")) for chapter in questions.CHAPTERS),
    )


@ask_chapter.answered
async def take_chapter(_turn: Turn, chosen: str) -> Step:
    """Its questions next."""
    return go("votes.question", chapter=chosen)


@screen("votes.question")
async def ask_question(turn: Turn) -> Screen:
    """Which question of the constitution."""
    chapter = questions.CHAPTERS[str(turn.values["chapter"])]
    return Screen(text("votes-question"), choices=tuple(Choice(rule, questions.label(rule)) for rule in chapter))


@ask_question.answered
async def take_question(_turn: Turn, chosen: str) -> Step:
    """Words are chosen, figures are typed."""
    screens = {"switch": go("votes.pick"), "word": go("votes.pick"), "order": go("votes.order")}
    to = screens.get(questions.unit_of(chosen), go("votes.answer"))
    return Go(to.to, {"rule": chosen})


@screen("votes.answer")
async def ask_answer(turn: Turn) -> Screen:
    """The answer of today, what is allowed, and the proposal."""
    rule = str(turn.values["rule"])
    low, high = questions.bounds_of(rule)
    bounds = {"low": _bound(rule, low), "high": _bound(rule, high)}
    about = {"rule": questions.label(rule), "old": await _today(turn, rule)}
    return Screen(Text("votes-answer", {**about, **bounds}), asks=Asks.TEXT)


@ask_answer.answered
async def take_answer(turn: Turn, typed: str) -> Step:
    """An answer within the bounds."""
    rule = str(turn.values["rule"])
    return await _checked(turn, rule, questions.read_typed(rule, typed))


@screen("votes.order")
async def ask_order(_turn: Turn) -> Screen:
    """What is covered first, as digits."""
    return Screen(text("votes-answer-order"), asks=Asks.DIGITS)


@ask_order.answered
async def take_order(turn: Turn, typed: str) -> Step:
    """An order of all of them."""
    rule = str(turn.values["rule"])
    return await _checked(turn, rule, questions.read_typed(rule, typed))


@screen("votes.pick")
async def ask_pick(turn: Turn) -> Screen:
    """The answers that this question has."""
    rule = str(turn.values["rule"])
    answers = ("yes", "no") if questions.unit_of(rule) == "switch" else questions.words_of(rule)
    head = text("votes-pick", rule=questions.label(rule), old=await _today(turn, rule))
    return Screen(head, choices=tuple(Choice(one, questions.written(rule, _stored(rule, one))) for one in answers))


@ask_pick.answered
async def take_pick(turn: Turn, chosen: str) -> Step:
    """Remember it as it is stored."""
    rule = str(turn.values["rule"])
    return await _checked(turn, rule, _stored(rule, chosen))


@screen("votes.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """All of it once more, and what happens next."""
    group = await find_group(turn.uow, group=turn.group)
    matter = await _matter(turn)
    head = text("votes-confirm", name=group.name, what=describe(matter, str(turn.values.get("words", ""))))
    return Screen(head, rows=(*_number(turn), *in_full(matter), *await _next(turn, matter, group.members)), choices=(YES, NO))


def _number(turn: Turn) -> tuple[Text, ...]:
    """The number outside that is to be paid, as she has typed it: others see it masked, but she can see a slip."""
    phone = str(turn.values.get("payee_phone") or "") if turn.values["kind"] == "spend" else ""
    return (text("votes-to-number", phone=national(Phone(phone))),) if phone else ()


@ask_confirm.answered
async def take_confirm(turn: Turn, chosen: str) -> Step:
    """Her own decision; what it is about is read again beside the PIN."""
    if chosen != "yes":
        return End(text("votes-not-done"))
    group = await find_group(turn.uow, group=turn.group)
    what = describe(await _matter(turn), str(turn.values.get("words", "")))
    return go("votes.propose", name=group.name, about=catalogue().say(turn.language, what, short=True))


@action("votes.propose", needs=Assurance.PIN, why="pin-why-propose")
async def do_propose(turn: Turn) -> Step:
    """Write it down; everybody is told."""
    made = await propose(
        turn.uow,
        intent=turn.intent,
        group=turn.group,
        proposer=turn.me.id,
        matter=await _matter(turn),
        words=str(turn.values.get("words", "")),
    )
    until = made.closes_at or made.waits_until or turn.uow.clock.now()
    said = {"number": made.number, "until": until, **({"still": made.seconds_needed} if made.state == "waiting" else {})}
    return End(Text(f"votes-proposed-{made.state}", said), undo=go("votes.cancel", proposal=made.id, number=made.number))


def _look(turn: Turn, **values: Any) -> Go:
    """To the last look; another look is another proposal."""
    return Go("votes.confirm", {**values, "intent": turn.uow.ids.new()})


async def _matter(turn: Turn) -> Matter:  # noqa: PLR0911 - one line a kind
    """What she has put together."""
    found = turn.values
    match found["kind"]:
        case "spend":
            member = MemberId(found["payee_member"]) if not found["payee_phone"] else None
            return Spend(turn.money("amount"), str(found["payee"]), member, str(found["payee_phone"]) or None)
        case "rule":
            rules = await rules_to_come(turn.uow, group=turn.group)
            return RuleChange(str(found["rule"]), rules.answers()[str(found["rule"])], found["after"])
        case "election":
            return Election(found["office"])
        case "poll":
            return Poll(tuple(found["options"]))
        case "turns":
            return TurnOrder(turn.id("rotation"), tuple(found["order"]), (await the_round(turn)).number)
        case "dissolution":
            return Dissolution()
        case "expulsion":
            return Expulsion(MemberId(turn.id("member")), str(found["subject"]))
        case "write_off":
            return WriteOff(turn.money("amount"), MemberId(turn.id("member")), str(found["subject"]), turn.id("loan"))
        case _:
            return Motion()


async def _next(turn: Turn, matter: Matter, members: int) -> tuple[Text, ...]:
    """What happens when she confirms, and when it would count."""
    if matter.kind == "election":
        return (text("votes-confirm-candidates"),)
    role = (await require_member(turn.uow, member=turn.me.id, group=turn.group)).role
    rules = await rules_of(turn.uow, group=turn.group)
    still = seconds_needed(matter, proposer=role, voters=members, rules=rules)
    first = text("votes-confirm-second", still=still) if still else text("votes-confirm-open")
    if matter.kind != "rule":
        return (first,)
    starts = await in_force_from(turn.uow, group=turn.group, moment=turn.uow.clock.now())
    return (first, text("votes-confirm-rule", at=starts))


async def _checked(turn: Turn, rule: str, stored: Any) -> Step:
    """Within its bounds, before the last look. Raises BadRule."""
    Rules().changed({rule: stored})
    return _look(turn, after=stored)


async def _today(turn: Turn, rule: str) -> Text:
    rules = await rules_to_come(turn.uow, group=turn.group)
    return questions.written(rule, rules.answers()[rule])


def _stored(rule: str, chosen: str) -> Any:
    return chosen == "yes" if questions.unit_of(rule) == "switch" else chosen


def _bound(rule: str, bound: int) -> Text:
    """A bound in the unit that is typed; amounts are bounded in shillings."""
    return questions.written(rule, Money(bound * KES.units, KES).minor if questions.unit_of(rule) == "money" else bound)
