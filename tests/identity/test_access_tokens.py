"""Access tokens: only ours, only now, only for this, whatever the token says about itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from core.identity.access_tokens import AccessTokens
from core.identity.sessions import NotSignedIn, Session
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.secrets import Vault
from tests.conftest import FakeClock

new_id = TimeOrderedIds().new
OLD, NEW = "an-older-key-that-is-long-enough-123456", "a-newer-key-that-is-long-enough-123456"
HEADER = {"alg": "HS256", "typ": "at+jwt"}


@pytest.fixture
def session(clock: FakeClock) -> Session:
    now = clock.now()
    return Session(new_id(), MemberId(new_id()), new_id(), ("pin",), now, now + timedelta(days=30))


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def by_hand(header: dict[str, object], claims: dict[str, object], *, key: bytes) -> str:
    """An HS256 token under any bytes, a public key's too, which the library refuses to use."""
    body = f"{encoded(header)}.{encoded(claims)}"
    mac = hmac.new(key, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def test_by_hand_makes_tokens_that_are_read(clock: FakeClock, session: Session) -> None:
    vault = Vault([OLD])
    claims = claims_of(AccessTokens(vault, clock).issue(session))
    token = by_hand(HEADER, claims, key=vault.derived("access tokens")[0])
    assert AccessTokens(vault, clock).read(token) == session.id


def claims_of(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def signed(clock: FakeClock, session: Session, *, header: dict[str, object] | None = None, **changed: object) -> str:
    """A token under the right key with some claims or header fields changed; None takes a claim away."""
    vault = Vault([OLD])
    claims = claims_of(AccessTokens(vault, clock).issue(session)) | changed
    kept = {name: value for name, value in claims.items() if value is not None}
    key = OctKey.import_key(vault.derived("access tokens")[0])
    return jwt.encode({**HEADER, **(header or {})}, kept, key, algorithms=["HS256", "HS512"])


def test_read_when_issued_then_session_and_no_secret_inside(clock: FakeClock, session: Session) -> None:
    tokens = AccessTokens(Vault([OLD]), clock)
    token = tokens.issue(session)
    assert tokens.read(token) == session.id
    assert set(claims_of(token)) == {"iss", "aud", "sub", "sid", "iat", "nbf", "exp", "jti", "auth_time", "amr"}


def test_read_when_ten_minutes_and_the_leeway_are_over_then_refused(clock: FakeClock, session: Session) -> None:
    tokens = AccessTokens(Vault([OLD]), clock)
    token = tokens.issue(session)
    clock.advance(minutes=10, seconds=29)
    assert tokens.read(token) == session.id
    clock.advance(seconds=2)
    with pytest.raises(NotSignedIn):
        tokens.read(token)


def test_read_when_keys_rotate_then_old_tokens_are_good_until_the_old_key_goes(clock: FakeClock, session: Session) -> None:
    token = AccessTokens(Vault([OLD]), clock).issue(session)
    assert AccessTokens(Vault([NEW, OLD]), clock).read(token) == session.id
    with pytest.raises(NotSignedIn):
        AccessTokens(Vault([NEW]), clock).read(token)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "elsewhere"}, {"aud": "other-api"}, {"aud": None}, {"iss": None}, {"exp": None}, {"nbf": None}, {"iat": None},
        {"jti": None}, {"sub": None}, {"sid": None}, {"sid": 7}, {"sid": "not-an-id"}, {"exp": "soon"}, {"nbf": 4_000_000_000},
        {"sid": ["a"]}, {"exp": 1},
    ],
)  # fmt: skip
def test_read_when_a_claim_is_wrong_then_refused(clock: FakeClock, session: Session, changed: dict[str, object]) -> None:
    with pytest.raises(NotSignedIn):
        AccessTokens(Vault([OLD]), clock).read(signed(clock, session, **changed))


@pytest.mark.parametrize("header", [{"alg": "HS512"}, {"typ": "JWT"}, {"typ": "refresh+jwt"}, {"crit": ["b64"], "b64": False}])
def test_read_when_the_header_is_another_then_refused(clock: FakeClock, session: Session, header: dict[str, object]) -> None:
    with pytest.raises(NotSignedIn):
        AccessTokens(Vault([OLD]), clock).read(signed(clock, session, header=header))


def test_read_when_alg_is_none_then_refused(clock: FakeClock, session: Session) -> None:
    claims = claims_of(AccessTokens(Vault([OLD]), clock).issue(session))
    for alg in ("none", "None", "NONE", ""):
        forged = f"{encoded({**HEADER, 'alg': alg})}.{encoded(claims)}."
        with pytest.raises(NotSignedIn):
            AccessTokens(Vault([OLD]), clock).read(forged)


def test_read_when_signed_with_somebodys_own_key_then_refused_whatever_the_header_names(
    clock: FakeClock, session: Session
) -> None:
    claims = claims_of(AccessTokens(Vault([OLD]), clock).issue(session))
    mine = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    rsa_key = RSAKey.import_key(mine)
    public = rsa_key.as_pem(private=False)
    forged = [
        jwt.encode({"alg": "RS256", "typ": "at+jwt", "jwk": rsa_key.as_dict(private=False)}, claims, rsa_key),
        jwt.encode({**HEADER, "kid": "../../dev/null"}, claims, OctKey.import_key(b"\0" * 32)),
        by_hand({**HEADER, "jku": "https://evil.example/keys"}, claims, key=public),
    ]
    for token in forged:
        with pytest.raises(NotSignedIn):
            AccessTokens(Vault([OLD]), clock).read(token)


@pytest.mark.parametrize("junk", ["", ".", "..", "a.b.c", "é" * 20, "x" * 100_000, "-" * 43, "\0", "e30.e30.e30"])
def test_read_when_it_is_no_token_then_refused(clock: FakeClock, junk: str) -> None:
    with pytest.raises(NotSignedIn):
        AccessTokens(Vault([OLD]), clock).read(junk)
