"""A group's rules: read them by subject, see what changed, take them along; the founder answers them while she is alone."""

from __future__ import annotations

from typing import cast

from core.daos.amendments import answer, because_text, may_answer, what_changed
from core.daos.articles import (
    SUBJECTS,
    Article,
    Subject,
    about,
    article,
    may_be_none,
    option_text,
    options,
    question_text,
    read_answer,
    sentence,
)
from core.daos.constitutions import in_force, rules_of
from core.daos.document_jobs import ask_for_rules
from core.daos.groups import find_group, require_member
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.texts import Text, text

# Enough for every change of a year; older ones are in the document.
MOST_CHANGES = 12


@screen("rules.menu", leads={"changes": go("rules.changes")}, each=(go("rules.subject"), "subject"))
async def ask_menu(turn: Turn) -> Screen:
    """The subjects, what changed, and the whole as a document where one can be shown."""
    await require_member(turn.uow, member=turn.me.id, group=turn.group)
    group, version = await find_group(turn.uow, group=turn.group), await in_force(turn.uow, group=turn.group)
    document = (option("document", text("rules-document")),) if turn.channel.can_push else ()
    return Screen(
        text("rules-menu", group=group.name, version=version.number),
        choices=(
            *(Choice(subject, Text(f"subject-{subject}")) for subject in SUBJECTS),
            option("changes", text("rules-changes")),
            *document,
        ),
    )


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen == "document" and turn.incoming.chat is not None:
        await ask_for_rules(turn.uow, group=turn.group, viewer=turn.me.id, chat=turn.incoming.chat, language=turn.language)
        return End(text("rules-document-sent"))
    return go("rules.changes") if chosen == "changes" else go("rules.subject", subject=chosen)


@screen("rules.subject", leads={"menu": go("rules.menu")})
async def ask_subject(turn: Turn) -> Screen:
    """The rules under one subject, as they are in force."""
    await require_member(turn.uow, member=turn.me.id, group=turn.group)
    subject, rules = cast("Subject", turn.values["subject"]), await rules_of(turn.uow, group=turn.group)
    own = (option("answer", text("rules-answer")),) if await _may_answer(turn) else ()
    return Screen(
        text("rules-subject", subject=Text(f"subject-{subject}")),
        rows=tuple(sentence(one, rules) for one in about(subject)),
        choices=(*own, option("menu", text("rules-door"))),
    )


@ask_subject.answered
async def take_subject(_turn: Turn, chosen: str) -> Step:
    """Back to the subjects, or change an answer."""
    return go("rules.which") if chosen == "answer" else go("rules.menu")


@screen("rules.which")
async def ask_which(turn: Turn) -> Screen:
    """Which rule to answer anew."""
    rules = await rules_of(turn.uow, group=turn.group)
    listed = about(cast("Subject", turn.values["subject"]))
    return Screen(text("rules-which"), choices=tuple(Choice(str(one.number), sentence(one, rules)) for one in listed))


@ask_which.answered
async def take_which(_turn: Turn, chosen: str) -> Step:
    """From its first question on."""
    return go("rules.ask", article=int(chosen), answers={})


@screen("rules.ask")
async def ask_question(turn: Turn) -> Screen:
    """One question of the article: words to choose from, or something to type."""
    question = _next_question(turn)
    choices = tuple(Choice(one, option_text(one)) for one in options(question))
    rows = (text("ask-none"),) if may_be_none(question) else ()
    return Screen(question_text(question), rows=rows, choices=choices, asks=Asks.CHOICE if choices else Asks.TEXT)


@ask_question.answered
async def take_question(turn: Turn, given: str) -> Step:
    """The next question; after the last one, the new sentence."""
    question = _next_question(turn)
    answers = {**turn.values["answers"], question: read_answer(question, given)}
    if len(answers) < len(_article(turn).questions):
        return go("rules.ask", answers=answers)
    (await rules_of(turn.uow, group=turn.group)).changed(answers)
    return go("rules.confirm", answers=answers)


@screen("rules.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """The rule as everybody will read it."""
    rules = (await rules_of(turn.uow, group=turn.group)).changed(turn.values["answers"])
    return Screen(text("rules-confirm", sentence=sentence(_article(turn), rules)), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """With her PIN."""
    return go("rules.answer") if chosen == "yes" else End(text("rules-unchanged"))


@action("rules.answer", needs=Assurance.PIN, why="pin-why-rules")
async def change_rule(turn: Turn) -> Step:
    """A new version, in force at once: nobody else has joined yet."""
    await answer(turn.uow, group=turn.group, member=turn.me.id, answers=turn.values["answers"])
    rules = await rules_of(turn.uow, group=turn.group)
    return End(text("rules-changed", sentence=sentence(_article(turn), rules)))


@screen("rules.changes")
async def ask_changes(turn: Turn) -> Screen:
    """Version by version: from when, who decided, and each sentence before and after."""
    await require_member(turn.uow, member=turn.me.id, group=turn.group)
    rows: list[Text] = []
    for version, differences in (await what_changed(turn.uow, group=turn.group))[:MOST_CHANGES]:
        rows.append(text("rules-version", version=version.number, at=version.in_force_from, because=because_text(version)))
        for before, now in differences:
            rows += [text("rules-was", sentence=before), text("rules-is", sentence=now)]
    group = await find_group(turn.uow, group=turn.group)
    head = text("rules-since", group=group.name) if rows else text("rules-no-changes")
    return Screen(head, rows=tuple(rows), choices=(option("menu", text("rules-door")),))


@ask_changes.answered
async def take_changes(_turn: Turn, _chosen: str) -> Step:
    """Back to the subjects."""
    return go("rules.menu")


def _article(turn: Turn) -> Article:
    return article(int(turn.values["article"]))


def _next_question(turn: Turn) -> str:
    return next(question for question in _article(turn).questions if question not in turn.values["answers"])


async def _may_answer(turn: Turn) -> bool:
    return await may_answer(turn.uow, group=turn.group, member=turn.me.id)
