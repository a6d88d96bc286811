"""Attempts in the name of nobody: counted, slowed and answered exactly like those on an account, from what was written down.

Whoever tries numbers must not learn which of them are members, so a stranger has the same tries, the same lock and the same
end as a member. What was claimed is kept as a keyed digest only: it may be a mistyped PIN or somebody else's number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.secrets import Vault

# Who is meant when no member is known; no account ever has this id.
NOBODY = MemberId(UUID(int=0))
DIGEST_LENGTH = 32
# A lock on the digest stands for the lock on a member's row; the n-th failure is when the lock began.
_STANDING = text("""
WITH alone AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(:identifier, 0)))
SELECT count(*) AS failures, (array_agg(created_at ORDER BY created_at))[:locks_at] AS locked_at, max(created_at) AS latest
FROM login_attempts, alone WHERE identifier = :identifier AND attempt_result = 'failed_not_found'
""")


@dataclass(frozen=True)
class Stranger:
    """How it stands with an identifier that nobody has, in the words of a member's row."""

    phone: str
    pin_failures: int
    pin_locked_until: datetime | None
    disabled_at: datetime | None


def hidden_identifier(vault: Vault, claimed: str) -> str:
    """What is written down of an identifier that is no member's: the same for the same, and nothing to search with."""
    return "unknown:" + vault.digest(claimed, context="login identifier")[:DIGEST_LENGTH]


async def look_at_stranger(
    uow: UnitOfWork, claimed: str, *, locks_at: int, disables_at: int, locked_for: timedelta
) -> Stranger:
    """How many tries this identifier has had; others of the same name wait until the unit ends."""
    identifier = hidden_identifier(uow.vault, claimed)
    found = (await uow.session.execute(_STANDING, {"identifier": identifier, "locks_at": locks_at})).one()
    return Stranger(
        phone=identifier,
        pin_failures=found.failures,
        pin_locked_until=found.locked_at + locked_for if found.locked_at else None,
        disabled_at=found.latest if found.failures >= disables_at else None,
    )
