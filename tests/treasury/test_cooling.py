"""Officials who are new approve no payment for as long as the rules say; the screens say until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.daos.offices import appoint
from core.treasury.cooling import SignerCooling
from core.treasury.mandate import mandate_of
from core.treasury.reading import see_request
from core.treasury.requests import Request
from tests.treasury.chama import Chama, shillings


async def newly_treasurer(chama: Chama) -> None:
    """An ordinary member takes the treasurer's office now."""
    async with chama.database.unit() as uow:
        await appoint(uow, group=chama.group, member=chama.members[0].id, role="treasurer", way="elected", because="vote 1")


async def asked(chama: Chama) -> Request:
    return await chama.ask(shillings(500), by=chama.secretary, to=chama.members[1])


async def test_a_new_official_approves_after_three_days_and_is_told_when(chama: Chama) -> None:
    await chama.found(padlock=False)
    await newly_treasurer(chama)
    new, until = chama.members[0], chama.clock.now() + timedelta(hours=72)
    request = await asked(chama)

    with pytest.raises(SignerCooling) as refused:
        await chama.approve(request, new)
    assert refused.value.at == until
    async with chama.database.unit() as uow:
        standing = await see_request(uow, viewer=new.id, request=request.id)
    assert [at for _, at in standing.cooling.values()] == [until]
    assert "approve" not in standing.may
    assert "reject" in standing.may, "whoever is new may still refuse"
    assert (await chama.approve(request, chama.chair)).status == "open"
    chama.clock.advance(hours=71, minutes=59)
    with pytest.raises(SignerCooling):
        await chama.approve(await asked(chama), new)
    chama.clock.advance(minutes=1)

    assert (await chama.approve(await asked(chama), new)).status == "open"


async def test_founders_and_who_changes_the_office_are_not_new(chama: Chama) -> None:
    await chama.found(padlock=False, approvals=1)
    async with chama.database.unit() as uow:
        await appoint(uow, group=chama.group, member=chama.secretary.id, role="treasurer", way="elected", because="vote 1")
    request = await chama.ask(shillings(500), by=chama.chair, to=chama.members[1])

    assert (await chama.approve(request, chama.secretary)).status == "waiting"
    second = await chama.ask(shillings(400), by=chama.secretary, to=chama.members[1])
    assert (await chama.approve(second, chama.chair)).status == "waiting"


async def test_the_rule_says_for_how_long(chama: Chama) -> None:
    await chama.found(padlock=False, approvals=1, signer_wait_hours=0)
    await newly_treasurer(chama)
    assert (await chama.approve(await asked(chama), chama.members[0])).status == "waiting"


async def test_a_new_treasurer_has_no_petty_cash_yet(chama: Chama) -> None:
    await chama.found(padlock=False)
    await newly_treasurer(chama)
    with pytest.raises(SignerCooling):
        await chama.ask(shillings(100), by=chama.members[0], to=chama.members[1], path="petty")
    chama.clock.advance(hours=72)

    assert (await chama.ask(shillings(100), by=chama.members[0], to=chama.members[1], path="petty")).status == "waiting"


async def test_another_wait_is_another_mandate_but_the_usual_one_is_as_before(chama: Chama) -> None:
    await chama.found(padlock=False)
    request = await asked(chama)
    await chama.enact(signer_wait_hours=10)
    async with chama.database.unit() as uow:
        changed = await mandate_of(uow, group=chama.group)

    assert changed.version != request.mandate
