"""Homes for the embedded servers.

Every test that gets a home is checked at its end: no process and no socket folder of it may be left.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .homes import UNUSUAL, Holder, Running, assert_nothing_left, copy_home


@pytest.fixture
def holder() -> Iterator[Callable[..., Holder]]:
    """Starts other processes; those that a test leaves are killed."""
    begun: list[Holder] = []

    def begin(home: Path, **options: object) -> Holder:
        begun.append(Holder(home, **options))
        return begun[-1]

    yield begin
    for one in begun:
        if one.process.poll() is None:
            one.kill()


def new_folder() -> Path:
    """A private folder, in memory where that is large enough: a test of its own cluster writes 40 MB."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    return Path(tempfile.mkdtemp(prefix="mtaa-test-", dir=memory if roomy else None))


@pytest.fixture(scope="session")
def finished_home() -> Iterator[Path]:
    """A stopped home with an empty database, to be copied: making one takes a second each time.

    Its path is as bad as paths get, so every run proves that a home can be made there.
    """
    folder = new_folder()
    home = folder.joinpath(*UNUSUAL)
    one = Holder(home)
    one.addresses()
    assert one.end() == 0
    yield home
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def running(finished_home: Path) -> Iterator[Running]:
    """Servers for tests that only look at them."""
    folder = new_folder()
    home = copy_home(finished_home, folder / "home")
    one = Holder(home)
    addresses = one.addresses()
    yield Running(home, addresses["DATABASE_URL"], addresses["REDIS_URL"])
    assert one.end() == 0
    assert_nothing_left(home)
    shutil.rmtree(folder)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a test may keep homes."""
    folder = new_folder()
    yield folder
    for home in folder.iterdir():
        assert_nothing_left(home)
    shutil.rmtree(folder)


@pytest.fixture
def empty_home(folder: Path) -> Iterator[Path]:
    """The path of a home that isn't there yet."""
    yield folder / "home"
    assert_nothing_left(folder / "home")


@pytest.fixture
def home(finished_home: Path, empty_home: Path) -> Path:
    """A stopped home with an empty database."""
    return copy_home(finished_home, empty_home)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A new folder that every user may enter."""
    folder = new_folder()
    folder.chmod(0o755)
    yield folder
    assert_nothing_left(folder / "home")
    shutil.rmtree(folder)
