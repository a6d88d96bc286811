"""Sealing, rotation, digests and the bounded PIN worker."""

from __future__ import annotations

import asyncio

import pytest

from core.kernel.secrets import Busy, CannotOpen, PinHasher, Vault, random_code

OLD, NEW = "old-key-" + "x" * 32, "new-key-" + "y" * 32


def test_a_sealed_value_opens_only_in_its_context() -> None:
    vault = Vault([NEW])
    sealed = vault.seal(b"secret", context="member 1")

    assert vault.open(sealed, context="member 1") == b"secret"
    with pytest.raises(CannotOpen):
        vault.open(sealed, context="member 2")


def test_after_a_rotation_old_values_still_open() -> None:
    sealed = Vault([OLD]).seal(b"secret", context="x")

    assert Vault([NEW, OLD]).open(sealed, context="x") == b"secret"
    with pytest.raises(CannotOpen):
        Vault([NEW]).open(sealed, context="x")


@pytest.mark.parametrize("altered", ["", "not base64!", "AAAA", "a" * 200])
def test_an_altered_value_does_not_open(altered: str) -> None:
    with pytest.raises(CannotOpen):
        Vault([NEW]).open(altered, context="x")


def test_digests_need_the_key_and_survive_rotation() -> None:
    digest = Vault([OLD]).digest("value", context="x")

    assert Vault([NEW, OLD]).matches("value", digest, context="x")
    assert not Vault([NEW]).matches("value", digest, context="x")
    assert not Vault([OLD]).matches("other", digest, context="x")


def test_codes_are_six_digits() -> None:
    assert all(len(code) == 6 and code.isdigit() for code in (random_code() for _ in range(1000)))


async def test_a_pin_verifies_only_for_its_owner(vault: Vault) -> None:
    hasher = PinHasher(vault)
    sealed = await hasher.hash("248163", owner="a")

    assert "248163" not in sealed
    assert await hasher.verify("248163", sealed, owner="a")
    assert not await hasher.verify("248164", sealed, owner="a")
    with pytest.raises(CannotOpen):
        await hasher.verify("248163", sealed, owner="b")


async def test_an_unknown_member_is_refused_after_the_same_work(vault: Vault) -> None:
    assert not await PinHasher(vault).verify("248163", None, owner="nobody")


async def test_in_service_a_hash_costs_what_owasp_asks_at_least(dear_hashes: None, vault: Vault) -> None:
    sealed = await PinHasher(vault).hash("248163", owner="a")

    assert vault.open(sealed, context="pin a").startswith(b"$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.usefixtures("dear_hashes")
async def test_a_rush_is_turned_away_rather_than_queued_for_ever(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.kernel.secrets.PIN_PATIENCE_SECONDS", 0.05)
    hasher = PinHasher(vault)

    results = await asyncio.gather(*(hasher.hash("248163", owner="a") for _ in range(60)), return_exceptions=True)

    assert any(isinstance(result, Busy) for result in results)
    assert any(isinstance(result, str) for result in results)


@pytest.mark.usefixtures("dear_hashes")
async def test_a_rush_is_known_before_anybody_is_turned_away(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """U11: whoever would wait too long can be told before her PIN is asked for."""
    monkeypatch.setattr("core.kernel.secrets.PIN_QUEUE_SECONDS", 0.2)
    monkeypatch.setattr("core.kernel.secrets.PIN_PATIENCE_SECONDS", 0.2)
    hasher = PinHasher(vault)
    assert not hasher.is_crowded
    async with hasher.place(), hasher.place():
        waiting = [asyncio.create_task(hasher.verify("248163", None, owner="x")) for _ in range(20)]
        await asyncio.sleep(0)
        assert hasher.is_crowded
        turned_away = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, Busy) for one in turned_away)
    assert not hasher.is_crowded
