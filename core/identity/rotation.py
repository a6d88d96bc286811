"""A new key in SECRET_KEYS: what is sealed under an older one is sealed again under the newest, without any PIN.

Old and new keys are both in SECRET_KEYS while this runs; afterwards the old one may go. Only the wrapping changes: the hash
inside stays as it is, bound to the same member. A second run finds nothing to do, and a run that dies is simply run again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from core.identity.factor_models import TwoFactorAuth
from core.identity.models import MemberRow, PasswordHistory
from core.identity.oauth import token_context
from core.identity.oauth_models import OAuthConnection
from core.identity.two_factor import totp_context
from core.kernel.db import Base, Database, UnitOfWork
from core.kernel.secrets import CannotOpen

BATCH = 500
FIRST = UUID(int=0)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sealed:
    """A column that holds sealed secrets: its table by model, its name, and the context that each row's was sealed with."""

    model: type[Base]
    key: InstrumentedAttribute[UUID]
    column: str
    context: Callable[[Any], str]


@dataclass
class Rewrapped:
    """How many secrets were sealed anew, how many were up to date, and the rows whose secret no key opens."""

    renewed: int = 0
    current: int = 0
    lost: list[str] = field(default_factory=list)


# Everything that is kept sealed for longer than it takes to send a message. A new column of that sort is added here.
SEALED: tuple[Sealed, ...] = (
    Sealed(MemberRow, MemberRow.id, "sealed_pin", lambda row: f"pin {row.id}"),
    Sealed(PasswordHistory, PasswordHistory.id, "password_hash", lambda row: f"pin {row.user_id}"),
    Sealed(TwoFactorAuth, TwoFactorAuth.id, "secret", lambda row: totp_context(row.user_id)),
    Sealed(OAuthConnection, OAuthConnection.id, "access_token", lambda row: token_context(row.id, "access")),
    Sealed(OAuthConnection, OAuthConnection.id, "refresh_token", lambda row: token_context(row.id, "refresh")),
)


async def rewrap_all(database: Database, *, kinds: tuple[Sealed, ...] = SEALED, batch: int = BATCH) -> Rewrapped:
    """Seal everything under the newest key, a batch a transaction. Rows written meanwhile are under it already."""
    done = Rewrapped()
    for kind in kinds:
        last: UUID | None = FIRST
        while last is not None:
            async with database.unit() as uow:
                last = await _rewrap(uow, kind, after=last, batch=batch, done=done)
    return done


async def _rewrap(uow: UnitOfWork, kind: Sealed, *, after: UUID, batch: int, done: Rewrapped) -> UUID | None:
    """One batch of rows, in the order of their keys; the last key, or None when there are no more."""
    some = select(kind.model).where(kind.key > after).order_by(kind.key).limit(batch).with_for_update()
    rows = list(await uow.session.scalars(some))
    for row in rows:
        _rewrap_row(uow, kind, row, done)
    return getattr(rows[-1], kind.key.key) if rows else None


def _rewrap_row(uow: UnitOfWork, kind: Sealed, row: Base, done: Rewrapped) -> None:
    sealed = getattr(row, kind.column)
    if sealed is None:
        return
    try:
        renewed = uow.vault.reseal(sealed, context=kind.context(row))
    except CannotOpen:
        name = f"{kind.model.__tablename__} {getattr(row, kind.key.key)}"
        log.error("no key opens the secret of %s", name)  # noqa: TRY400 - the stack says nothing more
        done.lost.append(name)
        return
    if renewed is None:
        done.current += 1
        return
    setattr(row, kind.column, renewed)
    done.renewed += 1
