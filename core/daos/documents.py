"""A group's constitution as a document: every rule in one language, who decided on it, and what counts from when."""

from __future__ import annotations

from collections.abc import Iterator

from core.daos.amendments import because_text
from core.daos.articles import SUBJECTS, about, changes, sentence
from core.daos.constitutions import Version, in_force, versions_of
from core.daos.groups import find_group, require_member
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import Text, catalogue, text

NAME = "mtaa-rules.txt"


async def rules_document(uow: UnitOfWork, *, group: DaoId, viewer: MemberId, language: str) -> str:
    """The rules in force, and those to come, as plain text. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    name = (await find_group(uow, group=group)).name
    versions = await versions_of(uow, group=group)
    present = await in_force(uow, group=group)
    to_come = [version for version in reversed(versions) if version.number > present.number]
    lines = [*_in_force(name, present), *_to_come(present, to_come), text("document-rules-end")]
    return "\n".join(catalogue().say(language, line) if line else "" for line in lines) + "\n"


def _in_force(name: str, version: Version) -> Iterator[Text | None]:
    yield text("document-rules", group=name, version=version.number)
    yield text("document-rules-from", at=version.in_force_from, because=because_text(version))
    for subject in SUBJECTS:
        yield None
        yield Text(f"subject-{subject}")
        yield from (sentence(one, version.rules) for one in about(subject))
    yield None


def _to_come(present: Version, versions: list[Version]) -> Iterator[Text | None]:
    before = present
    for version in versions:
        yield text("document-rules-next", at=version.in_force_from, version=version.number)
        yield from (sentence(one, version.rules) for one in changes(before.rules, version.rules))
        yield None
        before = version
