"""`mtaa rotate`: after a new key was put in front of SECRET_KEYS, seal everything under it."""

from __future__ import annotations

from core.cli.audit import open_books
from core.governance.sealing import SEALED as BALLOTS
from core.identity.rotation import SEALED, rewrap_all
from core.kernel.settings import Settings


async def rotate(settings: Settings) -> int:
    """Print what was sealed anew; 1 when a secret is under none of the keys, so that no key may be taken out yet."""
    async with open_books(settings) as database:
        done = await rewrap_all(database, kinds=(*SEALED, *BALLOTS))
    print(f"{done.renewed:,} secrets sealed under the newest key, {done.current:,} were already")
    for name in done.lost:
        print(f"LOST {name}: none of SECRET_KEYS opens it")
    return 1 if done.lost else 0
