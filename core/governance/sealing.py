"""A secret ballot: sealed while the vote is open, counted without its voter, gone afterwards.

The seal binds the choice to its ballot, and every box has the same length, so that neither a copied row nor its size tells
anything (docs/decisions/0024).
"""

from __future__ import annotations

from uuid import UUID

from core.governance.models import BallotRow
from core.identity.rotation import Sealed
from core.kernel.db import UnitOfWork

BOX = 16


def seal_choice(uow: UnitOfWork, choice: str, *, ballot: UUID) -> str:
    """The choice as it is kept until the close."""
    return uow.vault.seal(choice.encode().ljust(BOX), context=f"ballot {ballot}")


def open_choice(uow: UnitOfWork, sealed: str, *, ballot: UUID) -> str:
    """The choice again. Raises CannotOpen."""
    return uow.vault.open(sealed, context=f"ballot {ballot}").decode().rstrip()


# For a change of keys while a vote is open.
SEALED: tuple[Sealed, ...] = (Sealed(BallotRow, BallotRow.id, "sealed", lambda row: f"ballot {row.id}"),)
