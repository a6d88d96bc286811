"""All screens and actions by name, checked when the process starts.

A flow that leads to a screen that nobody wrote, or says a sentence that a language lacks, would fail in front of a member;
here it fails before the first one is served.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType

from core.dialogue.definitions import ActionDefinition, ScreenDefinition
from core.kernel.errors import every_error
from core.kernel.texts import Texts

# Functions whose first argument is a screen's or action's name, or a text's key.
TARGETS = frozenset({"go", "Go"})
SENTENCES = frozenset({"text", "Text"})


class BrokenBook(Exception):
    """Flows refer to screens or texts that don't exist; each is listed."""


class Book:
    """The conversation: every screen and action of the given flow modules."""

    def __init__(self, flows: Iterable[ModuleType]) -> None:
        self._modules = tuple(flows)
        self.screens: dict[str, ScreenDefinition] = {}
        self.actions: dict[str, ActionDefinition] = {}
        for module in self._modules:
            for found in vars(module).values():
                self._add(found)

    def _add(self, found: object) -> None:
        match found:
            case ScreenDefinition():
                known: object = self.screens.setdefault(found.name, found)
            case ActionDefinition():
                known = self.actions.setdefault(found.name, found)
            case _:
                return
        if known is not found:
            raise BrokenBook(f"two definitions of {found.name}")

    def check(self, texts: Texts) -> None:
        """Prove that every target and every sentence exists in every language. Raises BrokenBook with all that don't."""
        problems = [*self._missing_targets(), *self._missing_texts(texts)]
        if problems:
            raise BrokenBook("; ".join(problems))

    def sentences(self) -> set[str]:
        """The keys of every text that flows say, PIN reasons included."""
        said = {key for _, key in self._calls(SENTENCES)}
        return said | {one.why for one in self.actions.values()} | {one.why for one in self.screens.values()}

    def _missing_targets(self) -> Iterator[str]:
        known = self.screens.keys() | self.actions.keys()
        for module, target in self._calls(TARGETS):
            if target not in known:
                yield f"{module} leads to {target}, which doesn't exist"

    def _missing_texts(self, texts: Texts) -> Iterator[str]:
        errors = {f"error-{error.code}" for error in every_error() if hasattr(error, "code")}
        for language in texts.languages:
            for key in sorted(self.sentences() | errors):
                if not texts.has(language, key):
                    yield f"{language} lacks the text {key}"

    def _calls(self, names: frozenset[str]) -> Iterator[tuple[str, str]]:
        for module in self._modules:
            yield from ((module.__name__, said) for function, said in _calls_of(module) if function in names)


@cache
def _calls_of(module: ModuleType) -> tuple[tuple[str, str], ...]:
    """Each call of a plain function in the module's source whose first argument is a word: the function, and the word.

    Read once a process: the source of every flow takes a good part of a second.
    """
    calls = (node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Call) and node.args)
    return tuple(
        (call.func.id, call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    )
