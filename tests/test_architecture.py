"""Rules about the tree that no other tool checks."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from core.web.operations import NEWEST_MIGRATION

ROOT = Path(__file__).parents[1]
CORE = {path.name for path in (ROOT / "core").iterdir() if (path / "__init__.py").exists()} | {"app"}
# Faces and the frame; everything else in core is a capability or the conversation.
OUTSIDE = {"web", "jobs", "sandbox", "cli", "providers", "app"}
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


@pytest.mark.parametrize("contract", ["sdk-homes", "domain-no-http"])
def test_no_package_escapes_the_contract(contract: str) -> None:
    sources = {name.removeprefix("core.") for name in CONTRACTS[contract]["source_modules"]}

    assert sources >= CORE - OUTSIDE


def test_channels_are_kept_from_every_capability() -> None:
    forbidden = {name.removeprefix("core.") for name in CONTRACTS["thin-channels"]["forbidden_modules"]}

    assert CORE - {"app", "dialogue", "kernel", "web", "cli"} <= forbidden


def test_every_layer_that_exists_is_the_one_that_is_checked() -> None:
    layers = " ".join(CONTRACTS["core-layers"]["layers"])

    assert set(re.findall(r"[a-z]+", layers)) >= CORE


def test_readiness_waits_for_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(Config(toml_file=ROOT / "pyproject.toml")).get_current_head() == NEWEST_MIGRATION


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 500


def test_documents_link_to_what_exists() -> None:
    for document in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_migration_names_its_predecessor() -> None:
    script = ScriptDirectory.from_config(Config(toml_file=ROOT / "pyproject.toml"))

    assert len(list(script.walk_revisions())) == len(tracked("migrations/versions/*.py"))
