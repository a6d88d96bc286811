"""Attempts in the name of nobody: counted, slowed and answered exactly like those on a member's account from elsewhere.

Whoever tries numbers must not learn which of them are members, so a stranger has the same tries, the same lock and the same
end (`doors` counts them). What was claimed is kept as a keyed digest only: it may be a mistyped PIN or somebody else's number.
"""

from __future__ import annotations

from uuid import UUID

from core.kernel.ids import MemberId
from core.kernel.secrets import Vault

# Who is meant when no member is known; no account ever has this id.
NOBODY = MemberId(UUID(int=0))
DIGEST_LENGTH = 32
# The digest of a number that somebody invited is made in this context: the number needs to be nobody's yet.
INVITED_NUMBER = "invitation phone"


def hidden_identifier(vault: Vault, claimed: str) -> str:
    """What is written down of an identifier that is no member's: the same for the same, and nothing to search with."""
    return "unknown:" + vault.digest(claimed, context="login identifier")[:DIGEST_LENGTH]
