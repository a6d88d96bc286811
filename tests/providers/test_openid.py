"""OpenID Connect against a provider on a real port: who is vouched for, and everything that isn't enough."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from core.kernel.settings import OpenIdSettings
from core.providers.openid import OpenIdProvider, ProviderAway, ProviderRefused
from tests.conftest import FakeClock
from tests.providers.openid_company import CLIENT, SECRET, Company

VERIFIER = "v" * 64


@pytest.fixture
async def company(clock: FakeClock) -> AsyncIterator[Company]:
    company = Company(clock)
    server = await company.start()
    yield company
    await server.close()


@pytest.fixture
def provider(company: Company, clock: FakeClock) -> OpenIdProvider:
    ours = OpenIdSettings(company.issuer, "openid email", CLIENT, SECRET)
    return OpenIdProvider(ours, redirect_url="https://app.example/back", clock=clock)


async def come_back(provider: OpenIdProvider, company: Company, *, nonce: str = "n-1", verifier: str = VERIFIER) -> Any:
    url = await provider.authorization_url(state="s", nonce="n-1", verifier=VERIFIER)
    code = company.consent(url)["code"]
    return await provider.exchange(code=code, verifier=verifier, nonce=nonce)


async def test_exchange_when_all_is_right_then_claims_and_tokens(provider: OpenIdProvider, company: Company) -> None:
    vouched = await come_back(provider, company)
    assert (vouched.claims["sub"], vouched.claims["email"]) == ("google-7", "w@example.com")
    assert vouched.access_token is not None
    assert "rt-secret" not in repr(vouched)
    await come_back(provider, company)
    assert company.asked.count("about") == company.asked.count("keys") == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"}, {"aud": "another-client"}, {"aud": None}, {"nonce": "another"}, {"nonce": None},
        {"exp": 1}, {"exp": None}, {"sub": None}, {"iat": 4_000_000_000}, {"aud": [CLIENT, "another-client"]}, {"iss": None},
    ],
)  # fmt: skip
async def test_exchange_when_a_claim_is_wrong_then_refused(
    provider: OpenIdProvider, company: Company, claims: dict[str, Any]
) -> None:
    company.claims = claims
    with pytest.raises(ProviderRefused):
        await come_back(provider, company)


@pytest.mark.parametrize("alg", ["none", "HS256", "RS512"])
async def test_exchange_when_the_algorithm_is_not_ours_then_refused(
    provider: OpenIdProvider, company: Company, alg: str
) -> None:
    company.alg = alg
    with pytest.raises(ProviderRefused):
        await come_back(provider, company)


async def test_exchange_when_signed_by_somebody_else_then_refused(provider: OpenIdProvider, company: Company) -> None:
    company.signs_with = RSAKey.generate_key(2048, parameters={"kid": "one"})
    with pytest.raises(ProviderRefused):
        await come_back(provider, company)


async def test_exchange_when_the_provider_changed_its_keys_then_they_are_fetched_anew_but_not_all_the_time(
    provider: OpenIdProvider, company: Company, clock: FakeClock
) -> None:
    await come_back(provider, company)
    company.key = company.signs_with = RSAKey.generate_key(2048, parameters={"kid": "two"})
    clock.advance(minutes=2)
    assert (await come_back(provider, company)).claims["sub"] == "google-7"
    company.signs_with = RSAKey.generate_key(2048, parameters={"kid": "three"})
    for _ in range(3):
        with pytest.raises(ProviderRefused):
            await come_back(provider, company)
    assert company.asked.count("keys") == 2


async def test_exchange_when_verifier_or_code_do_not_fit_then_refused(provider: OpenIdProvider, company: Company) -> None:
    with pytest.raises(ProviderRefused):
        await come_back(provider, company, verifier="w" * 64)
    with pytest.raises(ProviderRefused):
        await provider.exchange(code="made-up", verifier=VERIFIER, nonce="n-1")


@pytest.mark.parametrize("discovery", [{"issuer": "https://evil.example"}, {"token_endpoint": "ftp://x"}, {"jwks_uri": None}])
async def test_discovery_when_it_is_not_the_issuers_own_then_away(
    provider: OpenIdProvider, company: Company, discovery: dict[str, Any]
) -> None:
    company.discovery = discovery
    with pytest.raises(ProviderAway):
        await provider.authorization_url(state="s", nonce="n", verifier=VERIFIER)


async def test_discovery_when_the_provider_is_down_then_away_and_later_back(provider: OpenIdProvider, company: Company) -> None:
    company.down = True
    with pytest.raises(ProviderAway):
        await provider.authorization_url(state="s", nonce="n", verifier=VERIFIER)
    company.down = False
    assert (await come_back(provider, company)).claims["sub"] == "google-7"
