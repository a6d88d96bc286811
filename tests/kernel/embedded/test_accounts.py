"""Root and ordinary users.

Run as root these tests start processes of other accounts; run as an ordinary user, all other tests here already are that case.
"""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.kernel.embedded import launcher, start

from .homes import COMMAND, REDIS, Holder, as_user, ask, copy_home, processes_on, server_pid, server_programs

Begin = Callable[..., Holder]
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")
NAMELESS = 60999

CAP_SETUID = 7
# Root without some of root's rights, as in a container.
CONFINED = """
import ctypes, json, os, sys
lost, command = json.loads(sys.argv[1])
for capability in lost:
    assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0  # PR_CAPBSET_DROP
os.execv(command[0], command + sys.argv[2:])
"""


def confined(*lost: int) -> tuple[str, ...]:
    return (sys.executable, "-c", CONFINED, json.dumps([lost, COMMAND]))


@pytest.fixture
def user_home(public_folder: Path) -> Path:
    """A folder of the user nobody, where it may make a home."""
    nobody = pwd.getpwnam("nobody")
    os.chown(public_folder, nobody.pw_uid, nobody.pw_gid)
    return public_folder / "home"


def nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def namespaces_work() -> bool:
    """Whether this kernel lets a process have a user namespace of its own."""
    probe = "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x10000000) != 0)"
    return subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


@only_root
async def test_start_when_we_are_root_then_the_servers_are_not_and_share_an_account_with_nobody(home: Path) -> None:
    async with await start(home) as lease:
        assert await ask(lease.servers.database_url, "SELECT 1") == 1
        owners = {found.uid for found in processes_on(home)}
        assert len(owners) == 1
        assert 0 not in owners
        with pytest.raises(KeyError):
            pwd.getpwuid(owners.pop())


@only_root
async def test_start_when_root_keeps_all_in_private_folders_then_one_capability_is_left_and_no_folder_is_opened(
    home: Path,
) -> None:
    home.parent.chmod(0o700)
    async with await start(home):
        for program in ("postgres", REDIS):
            assert held(home, program) == 1 << launcher.CAP_DAC_READ_SEARCH
    assert home.parent.stat().st_mode & 0o777 == 0o700


@only_root
async def test_start_when_a_container_took_the_weaker_capability_then_the_other_one_serves(home: Path, holder: Begin) -> None:
    one = holder(home, command=confined(launcher.CAP_DAC_READ_SEARCH))
    one.addresses()
    assert held(home, "postgres") == 1 << launcher.CAP_DAC_OVERRIDE
    assert one.end() == 0


def held(home: Path, program: str) -> int:
    """Capabilities that this server may use, as a bit set."""
    status = Path(f"/proc/{server_pid(home, program)}/status").read_text()
    return int(re.search(r"CapPrm:\s*([0-9a-f]+)", status)[1], 16)


@only_root
async def test_start_when_root_keeps_all_in_open_folders_then_the_servers_have_no_capability(
    finished_home: Path, public_folder: Path, holder: Begin
) -> None:
    if any(not is_open(Path(program)) for program in server_programs()):
        pytest.skip("the wheels lie in a private folder here, so the servers need a capability")
    one = holder(copy_home(finished_home, public_folder / "home"))
    one.addresses()
    assert held(public_folder / "home", "postgres") == 0
    assert one.end() == 0


def is_open(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


@only_root
async def test_start_when_we_are_an_ordinary_user_then_the_servers_run_as_that_user(user_home: Path, holder: Begin) -> None:
    one = holder(user_home, command=as_user(*nobody()), env={**os.environ, "HOME": str(user_home.parent)})
    addresses = one.addresses()
    assert await ask(addresses["DATABASE_URL"], "SELECT 1") == 1
    assert {found.uid for found in processes_on(user_home)} == {nobody()[0]}
    assert one.end() == 0
    assert processes_on(user_home) == []


@only_root
async def test_start_when_root_uses_a_users_home_then_the_user_can_use_it_afterwards(
    finished_home: Path, user_home: Path, holder: Begin
) -> None:
    copy_home(finished_home, user_home)
    subprocess.run(["chown", "-R", "nobody", user_home], check=True)
    users = holder(user_home, command=as_user(*nobody()))
    addresses = users.addresses()
    await ask(addresses["DATABASE_URL"], "CREATE TABLE kept AS SELECT 7 AS value")
    users.end()
    roots = holder(user_home)
    roots.addresses()
    assert {found.uid for found in processes_on(user_home)} == {nobody()[0]}
    roots.kill()
    again = holder(user_home, command=as_user(*nobody()))
    assert await ask(again.addresses()["DATABASE_URL"], "SELECT value FROM kept") == 7
    assert again.end() == 0


@only_root
async def test_start_when_a_user_comes_to_roots_home_then_it_says_whose_it_is(
    home: Path, public_folder: Path, holder: Begin
) -> None:
    theirs = public_folder / "home"
    shutil.copytree(home, theirs, symlinks=True)
    os.chown(theirs / "postgres", 60706, 60706)
    for path in (theirs, *(theirs / "run").rglob("*"), theirs / "run", theirs / "logs"):
        os.chown(path, *nobody())
    one = holder(theirs, command=as_user(*nobody()))
    said = one.complaint()
    assert "belong to user 60706, not to nobody" in said
    assert f"sudo chown -R {nobody()[0]}:{nobody()[1]} {theirs}" in said


@only_root
async def test_start_when_the_home_cant_be_written_then_it_says_so(public_folder: Path, holder: Begin) -> None:
    one = holder(public_folder / "home", command=as_user(*nobody()))
    assert f"Can't write to {public_folder}/home: permission is missing" in one.complaint()


@only_root
async def test_start_when_the_user_has_no_name_then_a_namespace_lends_one_or_it_says_so(
    public_folder: Path, holder: Begin
) -> None:
    os.chown(public_folder, NAMELESS, NAMELESS)
    one = holder(public_folder / "home", command=as_user(NAMELESS, NAMELESS))
    if not namespaces_work():
        assert "no entry in /etc/passwd" in one.complaint()
        return
    assert await ask(one.addresses()["DATABASE_URL"], "SELECT 1") == 1
    assert (public_folder / "home" / "postgres").stat().st_uid == NAMELESS
    assert one.end() == 0


@only_root
@pytest.mark.parametrize(
    "lost", [[CAP_SETUID], [launcher.CAP_DAC_READ_SEARCH, launcher.CAP_DAC_OVERRIDE]], ids=["setuid", "reading"]
)
async def test_start_when_root_may_not_become_anybody_then_a_namespace_helps_or_it_says_so(
    empty_home: Path, holder: Begin, lost: list[int]
) -> None:
    one = holder(empty_home, command=confined(*lost))
    if not namespaces_work():
        assert "without the right to become somebody else" in one.complaint()
        return
    assert await ask(one.addresses()["DATABASE_URL"], "SELECT 1") == 1
    assert one.end() == 0


def test_launcher_when_a_library_call_fails_then_the_reason_is_told() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        launcher._call("prctl", ctypes.c_int(-1), 0, 0, 0, 0)
