"""Access tokens: ten minutes during which a program needn't show its refresh token.

A signed JWT (RFC 9068 in its claims, HS256 and nothing else) that names a session. It is no proof by itself: whoever reads
one looks whether the session still lives, so signing out works at once. Keys are derived from SECRET_KEYS; what the token's
own header says about keys is ignored.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from core.identity.sessions import NotSignedIn, Session
from core.kernel.clock import Clock
from core.kernel.secrets import Vault, random_token

LIFETIME = timedelta(minutes=10)
# Between machines whose clocks differ a little.
LEEWAY_SECONDS = 30
ALGORITHM, TYPE = "HS256", "at+jwt"
ISSUER, AUDIENCE = "mtaa", "mtaa-api"
LONGEST = 2_000


class AccessTokens:
    """Issues and reads them. Needs no database."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._clock = clock
        self._keys = [OctKey.import_key(key) for key in vault.derived("access tokens")]

    def issue(self, session: Session) -> str:
        """A token for this session, signed under the newest key."""
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(session.member),
            "sid": str(session.id),
            "iat": now,
            "nbf": now,
            "exp": now + int(LIFETIME.total_seconds()),
            "jti": random_token(),
            "auth_time": int(session.authenticated_at.timestamp()),
            "amr": list(session.methods),
        }
        return jwt.encode({"alg": ALGORITHM, "typ": TYPE}, claims, self._keys[0], algorithms=[ALGORITHM])

    def read(self, token: str) -> UUID:
        """The session that the token names. Raises NotSignedIn for anything but a good one of ours."""
        if len(token) > LONGEST:
            raise NotSignedIn
        for key in self._keys:
            try:
                found = jwt.decode(token, key, algorithms=[ALGORITHM])
            except (JoseError, ValueError):
                continue
            return self._session(found)
        raise NotSignedIn

    def _session(self, found: jwt.Token) -> UUID:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
            nbf={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )
        try:
            registry.validate(found.claims)
            session = UUID(found.claims["sid"])
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise NotSignedIn from None
        if found.header.get("typ") != TYPE:
            raise NotSignedIn
        return session
