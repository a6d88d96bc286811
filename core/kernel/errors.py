"""Refusals that a person can act on.

A CoreError is a small dataclass: a `code` (its text is `error-<code>` in every language), a `kind` (channels and the HTTP
face decide what to do by it) and data for the text. It holds no sentence and no HTTP status. Bugs are ordinary exceptions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What sort of refusal it is; the HTTP face maps it to a status, the conversation to "try again" or "home"."""

    INVALID = "invalid"
    UNKNOWN_CALLER = "unknown_caller"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"


@dataclass
class CoreError(Exception):
    """Base of every refusal. Subclasses are dataclasses whose fields are the arguments of their text."""

    code: ClassVar[str]
    kind: ClassVar[Kind]

    def __post_init__(self) -> None:
        super().__init__(self.code)

    def details(self) -> dict[str, object]:
        """The fields by name: arguments of the text `error-<code>`."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def every_error(base: type[CoreError] = CoreError) -> Iterator[type[CoreError]]:
    """All refusals that are defined, for the test that wants a text for each."""
    for subclass in base.__subclasses__():
        yield subclass
        yield from every_error(subclass)


class StoreUnavailable(Exception):
    """A store outside PostgreSQL can't be reached; nothing was done."""
