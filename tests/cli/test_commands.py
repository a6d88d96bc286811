"""Every word that `mtaa` knows leads somewhere, and only what is asked for is brought in."""

from __future__ import annotations

import argparse
import inspect
import subprocess
import sys

import pytest

from core.cli import COMMANDS, PROCESSES, _command, _parser


def words() -> set[str]:
    (choices,) = (one.choices for one in _parser()._actions if isinstance(one, argparse._SubParsersAction))
    return set(choices)


def test_every_word_has_its_command_and_every_command_its_word() -> None:
    assert words() == set(COMMANDS) | set(PROCESSES)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_there_and_takes_the_settings(name: str) -> None:
    command = _command(name)

    assert inspect.iscoroutinefunction(command)
    assert next(iter(inspect.signature(command).parameters)) == "settings"


def test_the_practice_phone_is_there_without_everything_else() -> None:
    brought_in = "import sys; from core.cli import _command; _command('dial'); print('core.app' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", brought_in], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "False"
