"""Sealing, hashing and comparing what must stay secret.

`Vault` seals values under SECRET_KEYS (newest first; older keys still open, so rotation needs no downtime) and makes keyed
digests. `PinHasher` runs Argon2id in a bounded worker, so that a rush of logins can't starve the event loop.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.kernel.errors import CoreError, Kind

CODE_DIGITS = 6
NONCE_BYTES = 12
# OWASP's floor for Argon2id: 19 MiB, two passes, one lane; about 25 ms here. Two workers saturate two cores.
ARGON2_MEMORY_KIB = 19 * 1024
ARGON2_PASSES = 2
PIN_WORKERS = 2
# A caller on USSD is answered within two seconds, so nobody is asked for a PIN who would wait longer than this for a worker.
PIN_QUEUE_SECONDS = 1.2
# Whoever has typed hers isn't turned away but waits: a phone is told that the outcome comes by SMS. This bounds what piles up.
PIN_PATIENCE_SECONDS = 30.0
# What one check takes until the first was measured.
USUAL_SECONDS = 0.05


@dataclass
class Busy(CoreError):
    """Too many are logging in at this moment; nothing was counted against the person."""

    code = "busy"
    kind = Kind.UNAVAILABLE


class CannotOpen(Exception):
    """The sealed value was made under another key or context, or was altered."""


def random_code() -> str:
    """Six decimal digits for an SMS."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def random_token(length: int = 16) -> str:
    """An unguessable URL-safe token of `length` random bytes."""
    return secrets.token_urlsafe(length)


def random_below(limit: int) -> int:
    """A uniformly random whole number from 0 to limit - 1."""
    return secrets.randbelow(limit)


def shuffled(items: Sequence[str]) -> list[str]:
    """The items in unpredictable order."""
    mixed = list(items)
    secrets.SystemRandom().shuffle(mixed)
    return mixed


def same(left: str, right: str) -> bool:
    """Compare secrets without telling by timing how much of them agrees."""
    return hmac.compare_digest(left.encode(), right.encode())


class Vault:
    """Seals under the newest of several master keys and opens under any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("a vault needs at least one key")
        self._keys = [hashlib.sha256(b"mtaa vault" + key.encode()).digest() for key in keys]

    def seal(self, secret: bytes, *, context: str) -> str:
        """Encrypt for storage. `context` (whose secret it is and what for) must be given again to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = AESGCM(self._keys[0]).encrypt(nonce, secret, context.encode())
        return base64.urlsafe_b64encode(nonce + box).decode()

    def open(self, sealed: str, *, context: str) -> bytes:
        """Decrypt. Raises CannotOpen when key, context or content don't fit."""
        return self._open(sealed, context, self._keys)

    @staticmethod
    def _open(sealed: str, context: str, keys: Sequence[bytes]) -> bytes:
        try:
            raw = base64.urlsafe_b64decode(sealed)
        except ValueError as problem:
            raise CannotOpen from problem
        for key in keys:
            # A box that is too short is refused as a ValueError before its tag is looked at.
            with suppress(InvalidTag, ValueError):
                return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
        raise CannotOpen

    def reseal(self, sealed: str, *, context: str) -> str | None:
        """The same secret sealed under the newest key; None when it is already. Raises CannotOpen."""
        with suppress(CannotOpen):
            self._open(sealed, context, self._keys[:1])
            return None
        return self.seal(self._open(sealed, context, self._keys[1:]), context=context)

    def digest(self, value: str, *, context: str) -> str:
        """A keyed fingerprint under the newest key: useless without SECRET_KEYS."""
        return self._mac(self._keys[0], value, context)

    def matches(self, value: str, digest: str, *, context: str) -> bool:
        """Whether `digest` was made from `value` under any of the keys."""
        return any(same(self._mac(key, value, context), digest) for key in self._keys)

    def digests(self, value: str, *, context: str) -> list[str]:
        """The fingerprints under every key, newest first: for finding what an older key has named."""
        return [self._mac(key, value, context) for key in self._keys]

    def derived(self, purpose: str) -> list[bytes]:
        """Keys of 32 bytes for one purpose alone, one from each master key, newest first."""
        return [hmac.new(key, b"derived key\0" + purpose.encode(), hashlib.sha256).digest() for key in self._keys]

    @staticmethod
    def _mac(key: bytes, value: str, context: str) -> str:
        return hmac.digest(key, context.encode() + b"\0" + value.encode(), "sha256").hex()


class PinHasher:
    """Argon2id, wrapped under the vault so that a copy of the database alone can't be searched for PINs.

    The member's id is bound into the wrapping: a hash moved to another member's row doesn't open.
    """

    def __init__(self, vault: Vault) -> None:
        self._hashing = Hashing(vault)
        self._places = asyncio.Semaphore(PIN_WORKERS)
        self._waiting, self._seconds = 0, USUAL_SECONDS

    @property
    def is_crowded(self) -> bool:
        """Whether so many wait that who came now would wait too long: to be asked before a PIN is asked for."""
        return self._waiting * self._seconds / PIN_WORKERS > PIN_QUEUE_SECONDS / 2

    @contextmanager
    def on_the_way(self) -> Iterator[None]:
        """Count somebody as waiting who will ask for a place in a moment: its room isn't promised to anybody else."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Hashing]:
        """Wait for a free worker and keep it for the block, so that what follows can't be turned away. Raises Busy."""
        await self._wait()
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            yield self._hashing
        finally:
            self._places.release()
            # How long one takes lately; a single slow one moves it by a fifth.
            self._seconds += (clock() - began - self._seconds) / 5

    async def _wait(self) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(PIN_PATIENCE_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1

    async def hash(self, pin: str, *, owner: str) -> str:
        """The sealed hash to store for `owner`. Raises Busy."""
        async with self.place() as hashing:
            return await hashing.hash(pin, owner=owner)

    async def verify(self, pin: str, sealed: str | None, *, owner: str) -> bool:
        """Whether `pin` is the one behind `sealed`; None does the work and says no. Raises Busy, CannotOpen."""
        async with self.place() as hashing:
            return await hashing.verify(pin, sealed, owner=owner)


class Hashing:
    """The work itself, in the place that PinHasher gave."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._argon2 = PasswordHasher(
            time_cost=ARGON2_PASSES, memory_cost=ARGON2_MEMORY_KIB, parallelism=1, hash_len=32, salt_len=16
        )
        self._workers = ThreadPoolExecutor(PIN_WORKERS, thread_name_prefix="pin")
        # An unknown caller costs the same work as a known one.
        self._nobody = self._argon2.hash("no such member")

    async def hash(self, pin: str, *, owner: str) -> str:
        """The sealed hash to store for `owner`."""
        hashed = await self._work(self._argon2.hash, pin)
        return self._vault.seal(str(hashed).encode(), context=f"pin {owner}")

    async def verify(self, pin: str, sealed: str | None, *, owner: str) -> bool:
        """Whether `pin` is the one behind `sealed`; None does the work and says no. Raises CannotOpen."""
        hashed = self._nobody if sealed is None else self._vault.open(sealed, context=f"pin {owner}").decode()
        matches = await self._work(self._matches, hashed, pin)
        return bool(matches) and sealed is not None

    def _matches(self, hashed: str, pin: str) -> bool:
        try:
            return self._argon2.verify(hashed, pin)
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _work(self, function: object, *arguments: str) -> object:
        return await asyncio.get_running_loop().run_in_executor(self._workers, function, *arguments)  # type: ignore[arg-type]
