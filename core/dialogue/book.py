"""All screens and actions by name, checked when the process starts.

A flow that leads to a screen that nobody wrote, or says a sentence that a language lacks, would fail in front of a member;
here it fails before the first one is served.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
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
        return said | {definition.why for definition in self.actions.values()}

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
            for node in ast.walk(ast.parse(inspect.getsource(module))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield module.__name__, first.value
