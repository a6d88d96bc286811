"""What members write for each task, in every language at once: `core/texts/<language>/phrases.toml`, explained there.

People mix their languages, so a sentence isn't taken to be in one of them. A word is known by its plain form: English plurals
lose their s, the other forms are listed, and Swahili verbs are known by their stems.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.kernel.texts import LANGUAGES

Words = frozenset[str]
SHORTEST_PLURAL = 4
# Who does it and when, before the stem: ku-lipa, nina-lipa, ni-lipe, u-ni-lipie, ana-pokea.
PREFIXES = "(?:kuni|ku|nina|nita|ni|na|uni|una|u|ana|ata|a|tuna|tuta|tu|wana|wata|wa|mni)?(?:ki|i)?"
OVER = "(?:nimesha|nilisha|nime|nili|tumesha|tume|tuli)(?:ki|i|u)?"
REFUSED = "(?:si|hatu|usini|usi|nisi|tusi|msi)(?:ta|ja|ku)?(?:ni|ki|i|u)?"
SUFFIXES = "(?:a|e|i|ea|ee|ia|ie|iwe|lea|lee|lia|lie|eni|ieni|isha|ishe)"
# "kurepay" and "niwithdraw" of people who mix.
BORROWED = re.compile("(?:ku|nina|nita|ni|na)([a-z]+)")
PAST, NO = "nime", "no"


class BrokenPhrases(Exception):
    """The same words would open two tasks, or none that there is; each is listed."""


@dataclass(frozen=True)
class Phrase:
    """Words that name a task, or one of several; `weak`: another of the same kind wins over it."""

    words: Words
    tasks: tuple[str, ...]
    weak: bool = False


class Phrases:
    """All languages' words for all tasks. Raises BrokenPhrases when two tasks are called the same."""

    def __init__(self, files: Iterable[Mapping[str, Any]]) -> None:
        files = list(files)
        self._forms: dict[str, str] = {
            shape: word for file in files for word, shapes in file["forms"].items() for shape in shapes
        }
        self._listed = frozenset(self._forms.values())
        self._verbs: list[tuple[str, str]] = [(word, stem) for file in files for word, stem in file.get("verbs", {}).items()]
        self._borrowed = frozenset(word for file in files for word in file.get("borrowed", ()))
        self.no = frozenset(word for file in files for word in file["no"])
        self.phrases = tuple(phrase for file in files for phrase in self._phrases(file))
        self.tasks = frozenset(task for phrase in self.phrases for task in phrase.tasks)
        said = {word for phrase in self.phrases for word in phrase.words}
        self.known = frozenset(said | self.no | {word for file in files for word in file["polite"].split()})
        if clashes := [*self._clashes(), *_shapes_of_two(files)]:
            raise BrokenPhrases("; ".join(clashes))

    def plain(self, word: str) -> str:
        """The word by which this one is known; NO for a verb that says no."""
        if word in self._forms or word in self._listed:
            return self._forms.get(word, word)
        known = self._verb(word) or _singular(word)
        return self._forms.get(known, known)

    def _verb(self, word: str) -> str | None:
        begun = BORROWED.fullmatch(word)
        if begun and begun[1] in self._borrowed:
            return begun[1]
        for verb, stem in self._verbs:
            if stem not in word:
                continue
            if re.fullmatch(f"{PREFIXES}{stem}{SUFFIXES}", word):
                return verb
            if re.fullmatch(f"{OVER}{stem}{SUFFIXES}", word):
                return PAST + verb
            if re.fullmatch(f"{REFUSED}{stem}{SUFFIXES}", word):
                return NO
        return None

    def _phrases(self, file: Mapping[str, Any]) -> Iterator[Phrase]:
        for part in ("tasks", "weak"):
            for task, entries in file.get(part, {}).items():
                yield from (Phrase(self._words(entry), (task,), part == "weak") for entry in entries)
        yield from (Phrase(self._words(entry), tuple(tasks)) for entry, tasks in file["either"].items())

    def _words(self, entry: str) -> Words:
        return frozenset(self.plain(word) for word in entry.split())

    def _clashes(self) -> Iterator[str]:
        of: dict[Words, Phrase] = {}
        for phrase in self.phrases:
            known = of.setdefault(phrase.words, phrase)
            if known.tasks != phrase.tasks:
                yield f"{' '.join(sorted(phrase.words))} is {' or '.join(known.tasks)}, and {' or '.join(phrase.tasks)}"


def _shapes_of_two(files: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    of: dict[str, str] = {}
    for word, shapes in ((word, shapes) for file in files for word, shapes in file["forms"].items()):
        for shape in shapes:
            if of.setdefault(shape, word) != word:
                yield f"{shape} is a form of {of[shape]}, and of {word}"


def _singular(word: str) -> str:
    if len(word) < SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


@cache
def phrases() -> Phrases:
    """Those that ship with the product; read once."""
    texts = Path(__file__).parents[1] / "texts"
    return Phrases(tomllib.loads((texts / language / "phrases.toml").read_text(encoding="utf-8")) for language in LANGUAGES)
