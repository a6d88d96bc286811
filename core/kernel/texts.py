"""What people read, in their language.

Fluent files (`core/texts/<language>/<subject>.ftl`) hold whole sentences; one may have a `.short` attribute for small screens.
Money, times and phone numbers are written here, the same way everywhere, before they go into a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

from core.kernel.clock import local_time
from core.kernel.money import Money

LANGUAGES = ("en", "sw")
DEFAULT_LANGUAGE = "en"
# How each language writes shillings in front of a figure.
SHILLINGS = {"en": "KES", "sw": "Ksh"}


@dataclass(frozen=True)
class Text:
    """A sentence by name, with what goes into it: Money, datetime, str, int, or another Text."""

    key: str
    args: Mapping[str, Any] = field(default_factory=dict)


def text(key: str, /, **args: Any) -> Text:
    """The sentence `key` with these arguments."""
    return Text(key, args)


class MissingText(LookupError):
    """A text is asked for that no language file has, or an argument of it is missing."""


class Texts:
    """All languages' sentences."""

    def __init__(self, directory: Path) -> None:
        self.languages = tuple(language for language in LANGUAGES if (directory / language).is_dir())
        self._bundles = {language: _bundle(directory, language) for language in self.languages}
        # Sentences into which nothing goes, as they were said once.
        self._said: dict[tuple[str, str, bool], str] = {}

    def has(self, language: str, key: str) -> bool:
        """Whether this language has the sentence itself (no fallback)."""
        return self._bundles[language].has_message(key)

    def keys(self, language: str) -> set[str]:
        """The names of all sentences of a language."""
        return set(self._bundles[language]._messages)  # noqa: SLF001 - the library has no public listing

    def say(self, language: str, what: Text, *, short: bool = False) -> str:
        """The sentence. `short` prefers the variant for small screens. Raises MissingText."""
        if what.args:
            return self._say(language, what, short=short)
        named = language, what.key, short
        if named not in self._said:
            self._said[named] = self._say(language, what, short=short)
        return self._said[named]

    def _say(self, language: str, what: Text, *, short: bool) -> str:
        bundle = self._bundles.get(language) or self._bundles[DEFAULT_LANGUAGE]
        if not bundle.has_message(what.key):
            raise MissingText(f"no text {what.key!r} in {language}")
        message = bundle.get_message(what.key)
        pattern = message.attributes.get("short") if short else None
        pattern = pattern or message.value
        if pattern is None:
            raise MissingText(f"text {what.key!r} in {language} has no value")
        args = {name: self._written(language, value, short=short) for name, value in what.args.items()}
        said, errors = bundle.format_pattern(pattern, args)
        if errors:
            raise MissingText(f"text {what.key!r} in {language}: {errors[0]}")
        return str(said)

    def _written(self, language: str, value: Any, *, short: bool) -> str | int:
        match value:
            case Text():
                return self.say(language, value, short=short)
            case Money():
                return write_money(language, value)
            case datetime():
                return local_time(value)
            case bool():
                return str(value)
            case int():
                return value
            case _:
                return str(value)


def write_money(language: str, amount: Money) -> str:
    """An amount as this language writes it: "KES 1,200" or "Ksh 1,200", decimals only when there are any."""
    code = amount.currency.code
    return f"{SHILLINGS.get(language, code) if code == 'KES' else code} {amount.figures()}"


@cache
def catalogue() -> Texts:
    """The sentences that ship with the product; read once, never changed."""
    return Texts(Path(__file__).parents[1] / "texts")


def _bundle(directory: Path, language: str) -> FluentBundle:
    # Isolation marks are not in the GSM alphabet: one of them would turn a screen into 80 characters.
    bundle = FluentBundle([language], use_isolating=False)
    for subject in sorted((directory / language).glob("*.ftl")):
        bundle.add_resource(FluentResource(subject.read_text(encoding="utf-8")))
    return bundle
