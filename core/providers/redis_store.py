"""Live conversations and short-lived notes in Redis.

A conversation is held by one turn at a time: the claim is a key of its own that expires, so a process that died in the
middle of a turn blocks nobody for long, and what comes too late is not saved. Opening and closing are one round trip each; a
turn that only reads needs but one, which saves the session if it is still the one that the turn began with.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from core.kernel.errors import StoreUnavailable

# Shorter than a member's patience. A turn that takes longer renews its claim.
CLAIM_MILLISECONDS = 10_000
TIMEOUT_SECONDS = 1.0

Became = Literal["saved", "claimed", "another"]

OPEN = """
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {1, redis.call('GET', KEYS[1])}
end
return {0, false}
"""
CLOSE = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
"""
SWAP = """
if redis.call('EXISTS', KEYS[2]) == 1 then return {'claimed'} end
local now = redis.call('GET', KEYS[1])
if (now and redis.sha1hex(now) or '') ~= ARGV[1] then return {'another', now} end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return {'saved'}
"""
RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@asynccontextmanager
async def reaching() -> AsyncIterator[None]:
    """Turn Redis' and the network's errors into StoreUnavailable."""
    try:
        yield
    except (RedisError, OSError, TimeoutError) as problem:
        raise StoreUnavailable(type(problem).__name__) from problem


class Script:
    """A script in Redis, run over the pool's connections as they are: the client's own way takes twice the time."""

    def __init__(self, pool: ConnectionPool, source: str) -> None:
        self._pool, self._source = pool, source
        self._digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    async def run(self, keys: Sequence[str], *arguments: str | int) -> Any:
        """Its answer. Raises RedisError, OSError, TimeoutError."""
        try:
            return await self._send("EVALSHA", self._digest, len(keys), *keys, *arguments)
        except NoScriptError:
            # Redis has started anew, or was never told.
            return await self._send("EVAL", self._source, len(keys), *keys, *arguments)

    async def _send(self, *command: str | int) -> Any:
        connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        try:
            await connection.send_command(*command)
            return await connection.read_response()
        finally:
            await self._pool.release(connection)


class RedisStore:
    """Sessions under `session:<key>`, notes under `note:<key>`."""

    def __init__(self, url: str) -> None:
        # No retries inside: a member waits two seconds at most, and the claim makes a repeat by the gateway harmless.
        self._redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )
        pool = self._redis.connection_pool
        scripts = (Script(pool, one) for one in (OPEN, CLOSE, SWAP, RENEW, RELEASE))
        self._open, self._close, self._swap, self._renew, self._release = scripts

    async def open(self, key: str, *, claim: str) -> tuple[bool, str | None]:
        """Claim a session and read it; (False, None) when another turn holds it. Raises StoreUnavailable."""
        async with reaching():
            claimed, stored = await self._open.run(_keys(key), claim, CLAIM_MILLISECONDS)
        return bool(claimed), stored

    async def peek(self, key: str) -> str | None:
        """A session as it was last saved, whoever holds it. Raises StoreUnavailable."""
        async with reaching():
            found = await self._redis.get(_keys(key)[0])
        return None if found is None else str(found)

    async def swap(self, key: str, *, before: str | None, session: str, seconds: int) -> tuple[Became, str | None]:
        """Save a session over `before`, if that is stored now and no other turn has it; if not, why, and what is stored now.

        Raises StoreUnavailable.
        """
        expected = "" if before is None else hashlib.sha1(before.encode(), usedforsecurity=False).hexdigest()
        async with reaching():
            became, *now = await self._swap.run(_keys(key), expected, session, seconds)
        return became, (now[0] or None) if now else None

    async def close(self, key: str, *, claim: str, session: str, seconds: int) -> bool:
        """Save a session and give the claim back; False when the claim was lost. Raises StoreUnavailable."""
        async with reaching():
            return bool(await self._close.run(_keys(key), claim, session, seconds))

    async def renew(self, key: str, *, claim: str) -> bool:
        """Hold a session for as long again; False when the claim was lost. Raises StoreUnavailable."""
        async with reaching():
            return bool(await self._renew.run([_keys(key)[1]], claim, CLAIM_MILLISECONDS))

    async def release(self, key: str, *, claim: str) -> None:
        """Give the claim back without saving. Raises StoreUnavailable."""
        async with reaching():
            await self._release.run([_keys(key)[1]], claim)

    async def get(self, key: str) -> str | None:
        """A note, if it's still there. Raises StoreUnavailable."""
        async with reaching():
            found = await self._redis.get(f"note:{key}")
        return None if found is None else str(found)

    async def set(self, key: str, value: str, *, seconds: int) -> None:
        """Keep a note for `seconds`. Raises StoreUnavailable."""
        async with reaching():
            await self._redis.set(f"note:{key}", value, ex=seconds)

    async def delete(self, key: str) -> None:
        """Forget a note. Raises StoreUnavailable."""
        async with reaching():
            await self._redis.delete(f"note:{key}")

    async def ping(self) -> None:
        """Raises StoreUnavailable when Redis doesn't answer."""
        async with reaching():
            await self._redis.ping()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


def _keys(key: str) -> list[str]:
    return [f"session:{key}", f"claim:{key}"]
