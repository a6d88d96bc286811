from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.identity.members import find, find_by_phone, find_by_telegram, set_language
from core.identity.registration import CONSENT_VERSION, AlreadyRegistered, register
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.phone import Phone

from .people import PIN, WANJIRU, People, new_id

OTIENO = Phone("+254722000002")


async def test_register_when_new_then_member_can_be_found_on_either_key(db: Database, people: People, clock: Any) -> None:
    member = await people.register(language="sw")
    async with db.unit() as uow:
        assert await find(uow, member.id) == await find_by_phone(uow, WANJIRU) == member
        assert await find_by_phone(uow, OTIENO) is None
        assert await find_by_telegram(uow, 42) is None
    assert (member.name, member.phone, member.language, member.telegram) == ("Wanjiru Kamau", WANJIRU, "sw", None)
    assert member.created_at == clock.now()


async def test_register_when_done_then_consent_pin_history_and_event_are_kept(people: People, clock: Any) -> None:
    member = await people.register()
    consent = await people.row("consents")
    assert (consent["version"], consent["language"], consent["channel"]) == (CONSENT_VERSION, "en", "ussd")
    assert (consent["user_id"], consent["accepted_at"]) == (member.id, clock.now())
    assert (await people.row("password_history"))["user_id"] == member.id
    assert (await people.row("security_events"))["event_type"] == "member_registered"


async def test_register_when_done_then_the_pin_is_nowhere(people: People) -> None:
    await people.register()
    assert PIN not in await people.everything()


async def test_register_when_same_member_again_then_unchanged_and_one_consent(people: People) -> None:
    first = await people.register()
    again = await people.register(member=first.id, name="Somebody Else", language="sw")
    assert again == first
    assert len(await people.rows("consents")) == len(await people.rows("password_history")) == 1


async def test_register_when_phone_is_taken_then_refused(people: People) -> None:
    await people.register()
    with pytest.raises(AlreadyRegistered):
        await people.register()
    assert len(await people.rows("members")) == 1


async def test_register_when_member_id_has_another_phone_then_refused(people: People) -> None:
    first = await people.register()
    with pytest.raises(AlreadyRegistered):
        await people.register(OTIENO, member=first.id)


async def test_register_when_twenty_try_one_number_at_once_then_one_wins(db: Database, people: People) -> None:
    async def attempt() -> bool:
        try:
            async with db.unit() as uow:
                await register(
                    uow,
                    member=MemberId(new_id()),
                    phone=WANJIRU,
                    name="Wanjiru",
                    language="en",
                    sealed_pin="sealed",
                    consent_version=CONSENT_VERSION,
                    channel="ussd",
                )
        except AlreadyRegistered:
            return False
        return True

    won = await asyncio.gather(*(attempt() for _ in range(20)))
    assert won.count(True) == 1
    assert len(await people.rows("members")) == len(await people.rows("consents")) == 1


async def test_set_language_when_changed_then_found_so(db: Database, people: People) -> None:
    member = await people.register()
    async with db.unit() as uow:
        await set_language(uow, member=member.id, language="sw")
    async with db.unit() as uow:
        found = await find(uow, member.id)
    assert found is not None
    assert found.language == "sw"
