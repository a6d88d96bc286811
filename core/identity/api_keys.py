"""Keys for programs that read on their own: what they may see, how often, from where and until when.

A key never signs in, approves spending or changes how anybody proves herself: there is no permission for it, and the database
refuses to store one. It is shown once; only a keyed digest is kept.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from core.identity.addresses import tell_everywhere
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import MemberRow
from core.identity.names import display_name
from core.identity.session_models import PERMISSIONS, ApiKeyRow
from core.identity.sessions import NotSignedIn
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.secrets import random_token
from core.kernel.texts import text

START = "mtaa_"
PREFIX, SECRET_BYTES = 8, 32
SHAPE = re.compile(rf"{START}[A-Za-z0-9_-]{{43}}", re.ASCII)
CONTEXT = "api key"
MOST_KEYS = 10
LONGEST_LIFE = timedelta(days=365)
MOST_NETWORKS = 20
SHOWN_OF_A_NAME = 24


@dataclass
class BadKey(CoreError):
    """A key can't be made like this. `field` is name, permissions, rate_limit, ip_whitelist or expires_at."""

    code = "bad-api-key"
    kind = Kind.INVALID
    field: str


@dataclass
class TooManyKeys(CoreError):
    """She has `most` keys already."""

    code = "too-many-keys"
    kind = Kind.LIMITED
    most: int


@dataclass
class UnknownKey(CoreError):
    """She has no such key."""

    code = "unknown-key"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class ApiKey:
    """A key as its owner sees it. `prefix` is how it begins; `rate_limit` is requests an hour."""

    id: UUID
    member: MemberId
    name: str
    prefix: str
    permissions: tuple[str, ...]
    rate_limit: int
    networks: tuple[str, ...]
    enabled: bool
    last_used_at: datetime | None
    last_used_ip: str | None
    expires_at: datetime
    revoked_at: datetime | None
    created_at: datetime


async def create_api_key(
    uow: UnitOfWork,
    *,
    member: MemberId,
    name: str,
    permissions: Sequence[str],
    rate_limit: int,
    networks: Sequence[str],
    expires_at: datetime,
) -> tuple[ApiKey, str]:
    """A new key and, this once, the key itself. She is told by SMS and in her chat. Raises BadKey, TooManyKeys."""
    await locked(uow, member)
    kept = display_name(name)
    _check(kept, permissions, rate_limit, networks)
    now = uow.clock.now()
    if not now < expires_at <= now + LONGEST_LIFE:
        raise BadKey("expires_at")
    if len([key for key in await api_keys_of(uow, member=member) if key.expires_at > now]) >= MOST_KEYS:
        raise TooManyKeys(MOST_KEYS)
    secret = START + random_token(SECRET_BYTES)
    key = ApiKeyRow(
        id=uow.ids.new(),
        user_id=member,
        name=kept,
        key_hash=uow.vault.digest(secret, context=CONTEXT),
        key_prefix=secret.removeprefix(START)[:PREFIX],
        permissions=sorted(set(permissions)),
        rate_limit=rate_limit,
        ip_whitelist=[str(ipaddress.ip_network(network, strict=False)) for network in networks],
        enabled=True,
        expires_at=expires_at,
        created_at=now,
        updated_at=now,
    )
    uow.session.add(key)
    await uow.session.flush()
    await _tell(uow, member=member, key=key)
    return _as_key(key), secret


async def api_keys_of(uow: UnitOfWork, *, member: MemberId) -> list[ApiKey]:
    """Her keys that were not taken back, oldest first."""
    hers = ApiKeyRow.user_id == member, ApiKeyRow.revoked_at.is_(None)
    rows = await uow.session.scalars(select(ApiKeyRow).where(*hers).order_by(ApiKeyRow.created_at, ApiKeyRow.id))
    return [_as_key(row) for row in rows]


async def find_api_key(uow: UnitOfWork, *, member: MemberId, key: UUID) -> ApiKey:
    """One of her keys. Raises UnknownKey, also for somebody else's."""
    return _as_key(await _own(uow, member, key))


async def change_api_key(
    uow: UnitOfWork, *, member: MemberId, key: UUID, name: str | None = None, enabled: bool | None = None
) -> ApiKey:
    """Call it something else, or let it rest and work again. Raises UnknownKey, BadKey."""
    row = await _own(uow, member, key)
    if name is not None:
        row.name = display_name(name)
        if not row.name:
            raise BadKey("name")
    if enabled is not None:
        row.enabled = enabled
    row.updated_at = uow.clock.now()
    await uow.session.flush()
    return _as_key(row)


async def revoke_api_key(uow: UnitOfWork, *, member: MemberId, key: UUID) -> None:
    """Take a key back for good. Raises UnknownKey."""
    row = await _own(uow, member, key)
    row.revoked_at = row.updated_at = uow.clock.now()
    row.revoked_reason = "member"
    await record_security_event(uow, event_type="api_key_revoked", severity="low", member=member, details={"key": str(key)})


async def revoke_api_keys(uow: UnitOfWork, *, member: MemberId, reason: str) -> int:
    """Take all her keys back; how many that were."""
    now = uow.clock.now()
    live = ApiKeyRow.user_id == member, ApiKeyRow.revoked_at.is_(None)
    gone = update(ApiKeyRow).where(*live).values(revoked_at=now, revoked_reason=reason, updated_at=now)
    return len((await uow.session.scalars(gone.returning(ApiKeyRow.id))).all())


async def use_api_key(uow: UnitOfWork, *, secret: str, address: str) -> ApiKey:
    """The live key behind this secret, used from this address. Raises NotSignedIn, whatever is wrong with it."""
    if not SHAPE.fullmatch(secret):
        raise NotSignedIn
    digests = uow.vault.digests(secret, context=CONTEXT)
    open_account = MemberRow.disabled_at.is_(None)
    found = select(ApiKeyRow).join(MemberRow, MemberRow.id == ApiKeyRow.user_id)
    row = await uow.session.scalar(found.where(ApiKeyRow.key_hash.in_(digests), open_account))
    now = uow.clock.now()
    if row is None or row.revoked_at is not None or not row.enabled or row.expires_at <= now:
        raise NotSignedIn
    if not is_from(address, row.ip_whitelist):
        raise NotSignedIn
    row.last_used_at, row.last_used_ip = now, address
    # Written down under the newest of SECRET_KEYS by being used, so that the older ones can go.
    row.key_hash = digests[0]
    return _as_key(row)


def is_from(address: str, networks: Sequence[str]) -> bool:
    """Whether the address lies in one of the networks; none means any. An IPv4 address written as IPv6 counts as IPv4."""
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in ipaddress.ip_network(network) for network in networks)


def _check(name: str, permissions: Sequence[str], rate_limit: int, networks: Sequence[str]) -> None:
    if not name:
        raise BadKey("name")
    if not permissions or not set(permissions) <= set(PERMISSIONS):
        raise BadKey("permissions")
    if not 1 <= rate_limit <= 10_000:  # noqa: PLR2004 - as the database has it
        raise BadKey("rate_limit")
    if len(networks) > MOST_NETWORKS or not all(_is_network(network) for network in networks):
        raise BadKey("ip_whitelist")


def _is_network(written: str) -> bool:
    try:
        ipaddress.ip_network(written, strict=False)
    except ValueError:
        return False
    return True


async def _own(uow: UnitOfWork, member: MemberId, key: UUID) -> ApiKeyRow:
    hers = ApiKeyRow.id == key, ApiKeyRow.user_id == member, ApiKeyRow.revoked_at.is_(None)
    row = await uow.session.scalar(select(ApiKeyRow).where(*hers).with_for_update())
    if row is None:
        raise UnknownKey
    return row


async def _tell(uow: UnitOfWork, *, member: MemberId, key: ApiKeyRow) -> None:
    await record_security_event(
        uow, event_type="api_key_created", severity="medium", member=member, details={"key": str(key.id)}
    )
    what = text("sms-new-api-key", name=key.name[:SHOWN_OF_A_NAME])
    await tell_everywhere(uow, member=member, what=what)


def _as_key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        member=MemberId(row.user_id),
        name=row.name,
        prefix=START + row.key_prefix,
        permissions=tuple(row.permissions),
        rate_limit=row.rate_limit,
        networks=tuple(row.ip_whitelist),
        enabled=row.enabled,
        last_used_at=row.last_used_at,
        last_used_ip=row.last_used_ip,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        created_at=row.created_at,
    )
