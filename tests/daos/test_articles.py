"""The constitution as people read and answer it: every question stands in one article, and reads well whatever the answers."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.daos.amendments import RulesFixed, amend, answer, what_changed
from core.daos.articles import ARTICLES, article, changes, costs, option_text, options, question_text, read_answer, sentence
from core.daos.constitutions import in_force, rules_of, version_of, versions_of
from core.daos.cycles import next_cycle
from core.daos.documents import rules_document
from core.daos.dues.lateness import Terms, fines
from core.daos.groups import create_group, join
from core.daos.people import NotYourRole
from core.daos.rules import ALLOCATION, DEFAULTS, GROUP_KINDS, BadRule, Rules
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import LANGUAGES, catalogue
from tests.conftest import FakeClock
from tests.daos.people import new_intent, someone
from ussd.render import fold


def answers_of(question) -> st.SearchStrategy:
    match question.default:
        case bool():
            return st.booleans()
        case int():
            return st.integers(question.metadata["low"], question.metadata["high"])
        case Money():
            return st.integers(question.metadata["low"] * 100, question.metadata["high"] * 100)
        case str():
            return st.sampled_from(question.metadata["allowed"])
        case _:
            return st.permutations(ALLOCATION)


ALL_ANSWERS = st.fixed_dictionaries({question.name: answers_of(question) for question in fields(Rules)})


def test_every_question_of_the_rules_stands_in_exactly_one_article() -> None:
    answered = [question for one in ARTICLES for question in one.questions]

    assert sorted(answered) == sorted(question.name for question in fields(Rules))
    assert [one.number for one in ARTICLES] == list(range(1, len(ARTICLES) + 1))


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None)
@given(answers=ALL_ANSWERS)
def test_any_rules_can_be_read_in_every_language(language: str, answers: dict) -> None:
    try:
        rules = Rules().changed(answers)
    except BadRule:
        # Drawn answers that don't fit together; that each is within its bounds is how they were drawn.
        return
    for one in ARTICLES:
        said = catalogue().say(language, sentence(one, rules))
        assert said == fold(said)
        assert said.startswith(f"{one.number}. ")
        assert len(said) <= 170, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_can_be_asked_and_every_option_read(language: str) -> None:
    for question in fields(Rules):
        assert catalogue().say(language, question_text(question.name))
        labels = [catalogue().say(language, option_text(one)) for one in options(question.name)]
        assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("question", "typed", "stored"),
    [
        ("contribution", "1,500", 150_000),
        ("contribution", "500.50", 50_050),
        ("fine_percent", "2.5", 250),
        ("grace_days", " 3 ", 3),
        ("padlock", "no", False),
        ("grace_days", "N", 0),
        ("fine", "hakuna", 0),
        ("frequency", "weekly", "weekly"),
        ("allocation", "41235", ["contribution", "fines", "loan_interest", "loan_principal", "welfare"]),
    ],
)
def test_what_is_typed_becomes_a_rule(question: str, typed: str, stored: object) -> None:
    assert read_answer(question, typed) == stored


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("contribution", "9"),
        ("contribution", "10.001"),
        ("grace_days", "2.5"),
        ("grace_days", "١"),
        ("grace_days", "NaN"),
        ("grace_days", "1e999999999"),
        ("frequency", "daily"),
        ("allocation", "11111"),
        ("quorum", "101"),
        ("contribution", "none"),
    ],
)
def test_what_is_no_answer_is_refused(question: str, typed: str) -> None:
    with pytest.raises(BadRule):
        read_answer(question, typed)


@given(
    kind=st.sampled_from(["monthly", "weekly", "biweekly"]),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),
)
def test_the_next_cycle_begins_soon_and_at_midnight_in_east_africa(kind: str, now: datetime) -> None:
    starts = next_cycle(replace(Rules(), frequency=kind, due_day=5), now=now)

    there = starts.astimezone(EAST_AFRICA)
    assert (there.hour, there.minute) == (0, 0)
    assert timedelta(0) < starts - now <= timedelta(days={"monthly": 31, "weekly": 7, "biweekly": 14}[kind])
    assert there.day == 1 if kind == "monthly" else there.weekday() == 0
    # Whatever moment of the running cycle it is, the next one is the same.
    assert next_cycle(replace(Rules(), frequency=kind, due_day=5), now=starts - timedelta(seconds=1)) == starts


async def found(db: Database, kind: str = "chama") -> tuple[DaoId, MemberId]:
    founder = await someone(db)
    async with db.unit() as uow:
        group = await create_group(uow, intent=new_intent(), founder=founder, name="Umoja", kind=kind)
    return group.id, founder


@pytest.mark.parametrize("kind", GROUP_KINDS)
async def test_a_group_starts_with_the_rules_of_its_kind_as_version_one(db: Database, kind: str) -> None:
    group, _ = await found(db, kind)

    async with db.unit() as uow:
        assert await rules_of(uow, group=group) == DEFAULTS[kind]
        assert await version_of(uow, group=group) == 1
        assert (await in_force(uow, group=group)).decided_by == "Amina"


async def test_the_founder_answers_until_somebody_joins(db: Database) -> None:
    group, founder = await found(db)
    async with db.unit() as uow:
        assert await answer(uow, group=group, member=founder, answers={"fine": 100_00}) == 2
        assert (await rules_of(uow, group=group)).fine == Money(100_00)
    juma = await someone(db, "Juma")
    async with db.unit() as uow:
        await join(uow, member=juma, group=group)

    for member, refusal in ((founder, RulesFixed), (juma, NotYourRole)):
        with pytest.raises(refusal):
            async with db.unit() as uow:
                await answer(uow, group=group, member=member, answers={"fine": 0})


async def test_a_vote_changes_from_the_next_cycle_and_two_votes_both_count(db: Database, clock: FakeClock) -> None:
    group, founder = await found(db)
    async with db.unit() as uow:
        first = await amend(uow, group=group, answers={"fine": 200_00}, because="vote 7")
        second = await amend(uow, group=group, answers={"grace_days": 5}, because="vote 8")
        assert await rules_of(uow, group=group) == DEFAULTS["chama"]
    assert first.in_force_from == second.in_force_from == datetime(2026, 11, 30, 21, tzinfo=UTC)

    clock.moment = second.in_force_from
    async with db.unit() as uow:
        rules = await rules_of(uow, group=group)
        assert (rules.fine, rules.grace_days) == (Money(200_00), 5)
        told = await what_changed(uow, group=group)
        document = await rules_document(uow, group=group, viewer=founder, language="en")
    assert [(version.because, len(differences)) for version, differences in told] == [("vote 8", 1), ("vote 7", 1)]
    assert "Who decided: vote 8." in document
    assert "7. The fine for paying late is KES 200, once." in document


async def test_the_document_tells_what_comes_and_when(db: Database) -> None:
    group, founder = await found(db)
    async with db.unit() as uow:
        await amend(uow, group=group, answers={"fine": 200_00}, because="vote 7")
        document = await rules_document(uow, group=group, viewer=founder, language="sw")
    assert "Kuanzia 1/12/26 00:00 toleo 2 litatumika" in document
    assert document.count("Faini ya kuchelewa ni") == 2


async def test_members_are_told_of_each_changed_rule(db: Database) -> None:
    group, _ = await found(db)
    async with db.unit() as uow:
        await amend(uow, group=group, answers={"fine": 200_00, "grace_days": 5}, because="vote 7")
        from sqlalchemy import text

        told = list(await uow.session.scalars(text("SELECT message FROM sms_delivery_log ORDER BY id")))
    assert told == [
        "Umoja: vote 7. From 1/12/26 00:00 rule 6. There are 5 extra days to pay before a fine.",
        "Umoja: vote 7. From 1/12/26 00:00 rule 7. The fine for paying late is KES 200, once.",
    ]


async def test_a_practice_group_without_a_version_lives_by_version_zero(db: Database) -> None:
    from core.daos.practice import seed_practice_group

    async with db.unit() as uow:
        group = await seed_practice_group(uow)
        assert (await in_force(uow, group=group.id)).number == 0
        assert [version.number for version in await versions_of(uow, group=group.id)] == []


def test_changes_names_the_articles_that_say_something_else() -> None:
    assert [one.number for one in changes(Rules(), replace(Rules(), due_day=31, reserve=Money(1)))] == [5, 21]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cap", [0, 30, 50, 500])
@pytest.mark.parametrize("every", ["once", "day", "week"])
@pytest.mark.parametrize("percent", [0, 1_000])
def test_what_is_said_of_fines_is_what_is_charged(percent: int, every: str, cap: int, language: str) -> None:
    """KES 1,000 missing for two months; no fine goes beyond the cap that is read, and none is read that isn't one."""
    rules = replace(Rules(), fine=Money(50_00), fine_percent=percent, fine_every=every, fine_cap=Money(cap * 100))
    due = datetime(2026, 10, 5, 20, 59, 59, tzinfo=UTC)
    found = fines(Money(1_000_00), [], terms=Terms.of(rules, 1), due_at=due, outages=[], until=due + timedelta(days=60))
    uncapped = replace(rules, fine_cap=Money(0))
    whole = fines(Money(1_000_00), [], terms=Terms.of(uncapped, 1), due_at=due, outages=[], until=due + timedelta(days=60))
    say = catalogue().say
    limit = {"en": "KES {} at most.", "sw": "isizidi Ksh {}."}[language]

    for said in (say(language, sentence(article(7), rules)), say(language, costs(rules)[0], short=True)):
        if [one.amount for one in found] != [one.amount for one in whole]:
            assert limit.format(cap) in said
        assert ("at most" in said or "isizidi" in said) == (limit.format(cap) in said)
        assert limit.format(0) not in said
