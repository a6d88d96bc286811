"""Programs that talk to the API over real HTTP; every answer is held against what openapi.json says of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft202012Validator

from core.identity.access_tokens import AccessTokens
from core.identity.members import Member
from core.identity.pins import PinGate
from core.kernel.clock import Clock
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings
from core.kernel.texts import Texts, catalogue
from core.providers.openid import OpenIdProvider
from core.web.api import routes as api
from core.web.api.document import BASE, document
from core.web.api.problems import problem_answers
from core.web.server import build_server
from tests.conftest import FakeClock
from tests.identity.people import PIN, WANJIRU, People
from tests.notifications.post_office import PostOffice

DOCUMENT = document(api.operations())


@dataclass(frozen=True)
class Services:
    settings: Settings
    clock: Clock
    vault: Vault
    texts: Texts
    database: Database
    pins: PinGate
    access_tokens: AccessTokens
    openid: Mapping[str, OpenIdProvider] = field(default_factory=dict)


@dataclass
class Got:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        return str(self.body["code"])


@dataclass
class Program:
    """One program: what it sends, what it keeps."""

    client: TestClient[web.Request, web.Application]
    office: PostOffice
    clock: FakeClock
    token: str = ""
    refresh_token: str = ""
    device_token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Got:
        """A request; what comes back must be what the document says."""
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        bearer = self.token if token is None else token
        if bearer:
            sent["Authorization"] = f"Bearer {bearer}"
        given = {} if body is None else {"json": body}
        async with self.client.request(method, BASE + path, headers=sent, **given) as answer:
            found = await answer.json() if await answer.read() else None
            got = Got(answer.status, found, dict(answer.headers))
        check_answer(method, path, got)
        return got

    async def login(self, phone: str = WANJIRU, pin: str = PIN, **more: Any) -> Got:
        """Sign in; with the code from the SMS when this program is new."""
        known = {"device_token": self.device_token} if self.device_token else {}
        # Between two codes to one number a minute has to pass.
        self.clock.advance(seconds=61)
        asked = {"phone": phone, "pin": pin, **known, **more}
        got = await self.call("POST", "/auth/login", asked, token="")
        if got.status == 401 and got.code == "second-factor-needed" and got.body["method"] == "sms" and "code" not in more:
            got = await self.call("POST", "/auth/login", asked | {"code": await self.code(phone)}, token="")
        if got.status == 200:
            self.keep(got)
        return got

    def another(self) -> Program:
        """A second program that knows nothing."""
        return Program(self.client, self.office, self.clock)

    def keep(self, got: Got) -> None:
        self.token, self.refresh_token = got.body["access_token"], got.body["refresh_token"]
        self.device_token = got.body.get("device_token", self.device_token)

    async def code(self, phone: str = WANJIRU) -> str:
        """The newest six-digit code in her SMS."""
        await self.office.work()
        found = [match[1] for message in self.office.sms.to(Phone(phone)) if (match := re.search(r"\b([0-9]{6})\b", message))]
        return str(found[-1])

    async def step_up(self) -> Got:
        """Prove herself again, with the code from the SMS."""
        self.clock.advance(seconds=61)
        got = await self.call("POST", "/auth/step-up", {"pin": PIN})
        if got.status == 401 and got.code == "second-factor-needed":
            got = await self.call("POST", "/auth/step-up", {"pin": PIN, "code": await self.code()})
        return got


def check_answer(method: str, path: str, got: Got) -> None:
    """Hold an answer against the document; a path that it doesn't have must be refused."""
    described = _described(path.partition("?")[0])
    if described is None or method.lower() not in described:
        assert got.status in (401, 404, 405), (method, path, got)
        return
    answers = described[method.lower()]["responses"]
    assert str(got.status) in answers, (method, path, got)
    content = answers[str(got.status)].get("content")
    if content is None:
        assert got.body is None
        return
    (kind, shape) = next(iter(content.items()))
    assert got.headers["Content-Type"].startswith(kind), got.headers
    assert got.headers["Cache-Control"] == "no-store"
    whole = {**shape["schema"], "components": DOCUMENT["components"]}
    Draft202012Validator(whole).validate(got.body)


def _described(path: str) -> dict[str, Any] | None:
    for template, found in DOCUMENT["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template.removeprefix(BASE)))
        if re.fullmatch(pattern, path):
            return dict(found)
    return None


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def services(settings: Settings, db: Database, vault: Vault, clock: FakeClock, hasher: PinHasher) -> Services:
    return Services(settings, clock, vault, catalogue(), db, PinGate(db, hasher), AccessTokens(vault, clock))


@pytest.fixture
async def client(services: Services) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    server = build_server(services.settings, api.routes(services), outermost=[problem_answers(services.texts)])
    async with TestClient(TestServer(server)) as client:
        yield client


@pytest.fixture
def people(db: Database, hasher: PinHasher) -> People:
    return People(db, hasher)


@pytest.fixture
async def wanjiru(people: People) -> Member:
    return await people.register()


@pytest.fixture
def office(db: Database) -> PostOffice:
    return PostOffice(db)


@pytest.fixture
def program(client: TestClient[web.Request, web.Application], office: PostOffice, clock: FakeClock) -> Program:
    return Program(client, office, clock)


@pytest.fixture
async def signed_in(program: Program, wanjiru: Member) -> Program:
    """A program that Wanjiru has signed in."""
    assert (await program.login()).status == 200
    return program
