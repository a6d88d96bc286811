"""What an operation of the API is: its path, who may use it, what it takes and answers, and the function that does it.

Routes and openapi.json are both made from these values, so the document can't say anything else than what is served.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from core.identity.access_tokens import AccessTokens
from core.identity.api_keys import ApiKey
from core.identity.pins import PinGate
from core.identity.sessions import Session
from core.kernel.clock import Clock
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.secrets import Vault
from core.kernel.settings import Settings
from core.kernel.texts import Texts
from core.providers.openid import OpenIdProvider

Schema = Mapping[str, Any]


class Access(Enum):
    """Who may use an operation. Keys may only use those that name a permission besides."""

    ANYONE = "anyone"
    SESSION = "session"  # signed in, however
    PROVEN = "proven"  # signed in with the PIN


class ApiServices(Protocol):
    """What the API works with."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def texts(self) -> Texts: ...
    @property
    def database(self) -> Database: ...
    @property
    def pins(self) -> PinGate: ...
    @property
    def access_tokens(self) -> AccessTokens: ...
    @property
    def openid(self) -> Mapping[str, OpenIdProvider]: ...


@dataclass(frozen=True)
class Call:
    """One request, read and checked. `key` is its idempotency key; `path` and `query` hold what its address holds."""

    services: ApiServices
    body: dict[str, Any] = field(repr=False)
    path: Mapping[str, str]
    query: Mapping[str, str]
    address: str
    agent: str
    language: str
    key: str = field(repr=False)
    session: Session | None = None
    api_key: ApiKey | None = None

    @property
    def me(self) -> MemberId:
        """Whose account it is."""
        if self.session is not None:
            return self.session.member
        if self.api_key is not None:
            return self.api_key.member
        raise LookupError("this operation needs somebody who is signed in")

    @property
    def signed_in(self) -> Session:
        """The session; only where the operation needs one."""
        if self.session is None:
            raise LookupError("this operation needs a session")
        return self.session


@dataclass(frozen=True)
class Answer:
    """What is sent back: JSON, or nothing with 204."""

    body: Any = field(repr=False)
    status: int = 200

    def as_json(self) -> str:
        """The body as it goes over the wire."""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))


NO_CONTENT = Answer(None, 204)
Handle = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Operation:
    """`answers` are the good answers by status; `refuses` the statuses of what it may refuse besides the usual."""

    name: str
    method: str
    path: str
    summary: str
    handle: Handle
    access: Access
    answers: Mapping[int, Schema | None]
    permission: str | None = None
    body: Schema | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)
    in_path: Mapping[str, Schema] = field(default_factory=dict)
    refuses: tuple[int, ...] = ()
    takes_key: bool = False
