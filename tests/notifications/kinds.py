"""Every kind of message that the code sends, by its template; found in the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CORE = Path(__file__).parents[2] / "core"


@cache
def kinds() -> dict[str, str]:
    """Each kind, and a module that sends it."""
    found: dict[str, str] = {}
    for path in sorted(CORE.rglob("*.py")):
        for kind in _sent_by(path):
            found.setdefault(kind, str(path.relative_to(CORE)))
    return found


def _sent_by(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = _constants(path, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for given in node.keywords:
                if given.arg == "template":
                    yield from _values(given.value, known, tree)
        if isinstance(node, ast.FunctionDef) and node.name == "_template":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from _values(inner.value, known, tree)


def _values(node: ast.expr, known: dict[str, str], tree: ast.Module) -> Iterator[str]:
    """What it can be; nothing for what a caller hands on."""
    match node:
        case ast.Constant(value=str(said)):
            yield said
        case ast.IfExp(body=one, orelse=other):
            yield from _values(one, known, tree)
            yield from _values(other, known, tree)
        case ast.Name(id=name) if name in known:
            yield known[name]
        case ast.Name(id=name):
            for assigned in ast.walk(tree):
                if isinstance(assigned, ast.Assign) and any(
                    isinstance(one, ast.Name) and one.id == name for one in assigned.targets
                ):
                    yield from _values(assigned.value, known, ast.Module([], []))


def _constants(path: Path, tree: ast.Module) -> dict[str, str]:
    """Words that have names in this module, its own and those that it takes from others of ours."""
    found: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(said))):
                found[name] = said
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("core."):
                other = CORE.parent / (module.replace(".", "/") + ".py")
                if other.exists() and other != path and any(one.name.isupper() for one in names):
                    theirs = _own(other)
                    found |= {one.asname or one.name: theirs[one.name] for one in names if one.name in theirs}
    return found


@cache
def _own(path: Path) -> dict[str, str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


TELLERS = frozenset({"tell", "tell_all", "tell_each", "tell_group", "tell_member", "tell_chat"})


@cache
def told() -> dict[str, str]:
    """The texts that may be news, each with a module that tells it: all that stands in a function that tells, or that it calls."""
    found: dict[str, str] = {}
    for path in sorted(CORE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.AsyncFunctionDef | ast.FunctionDef)}
        for function in functions.values():
            if not any(_called(one) in TELLERS and _has_kind(one) for one in ast.walk(function)):
                continue
            helpers = [functions[name] for one in ast.walk(function) if (name := _called(one)) in functions]
            for text in (text for part in (function, *helpers) for text in _texts(part)):
                found.setdefault(text, str(path.relative_to(CORE)))
    return found


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _has_kind(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(one.arg == "template" for one in node.keywords)


def _texts(function: ast.AST) -> Iterator[str]:
    """Names of texts in it, and beginnings of names ("sms-treasury-*")."""
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "-" in node.value and " " not in node.value:
            yield node.value
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            yield f"{node.values[0].value}*"
