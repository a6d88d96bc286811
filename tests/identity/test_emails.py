"""E-mail addresses: spelled by people, proven by a code that can't be guessed, bounded in what they send."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.identity.addresses import email_of
from core.identity.code_limits import TooManyCodes
from core.identity.email_words import BadEmail, clean_email, shown_email
from core.identity.emails import EmailGate, start_email
from core.identity.waiting_time import LOOK_AT_CHANGES
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from tests.conftest import FakeClock
from tests.dialogue.mail import code_by_mail, letters

from .people import People, new_id

ADDRESS = "wanjiru@example.org"


@pytest.mark.parametrize(
    "typed",
    ["wanjiru@example.org", " Wanjiru@Example.ORG ", "wanjiru at example dot org", "wanjiru @ example . org",
     "wanjiru kwa example nukta org", "wanjiru(at)example(dot)org"],
)  # fmt: skip
def test_an_address_is_understood_as_people_write_it(typed: str) -> None:
    assert clean_email(typed) == ADDRESS


@pytest.mark.parametrize(
    "typed",
    ["", "wanjiru", "wanjiru@", "@example.org", "w@example", "w@@example.org", "w@ex..org", "w*k@example.org", "w@example.org\n.x",
     "w@example.org, x@example.org", "wánjiru@example.org", "w@example.org\r\nBcc: x@y.org", "w" * 90 + "@example.org"],
)  # fmt: skip
def test_what_can_not_be_written_to_is_refused(typed: str) -> None:
    with pytest.raises(BadEmail):
        clean_email(typed)


def test_an_address_is_shown_so_that_its_owner_knows_it_and_others_do_not() -> None:
    assert shown_email("wanjiru.kamau@gmail.com") == "w***@gmail.com"


async def send(db: Database, member: MemberId, address: str = ADDRESS) -> str:
    async with db.unit() as uow:
        await start_email(uow, member=member, address=address)
    return await code_by_mail(db)


def wrong_for(code: str) -> str:
    return "000000" if code != "000000" else "000001"


async def guess(db: Database, member: MemberId, code: str) -> str:
    event = str(new_id())
    while True:
        # On a busy machine two hundred at once may find no connection free: nothing was counted, so they ask again.
        with suppress(PoolTimeout):
            return (await EmailGate(db).check(member=member, code=code, event_id=event)).verdict


async def test_a2_two_hundred_guesses_at_once_are_five(db: Database, people: People) -> None:
    member = (await people.register()).id
    code = await send(db, member)
    verdicts = await asyncio.gather(*(guess(db, member, wrong_for(code)) for _ in range(200)))
    assert (verdicts.count("wrong"), verdicts.count("right")) == (4, 0)
    assert await guess(db, member, code) == "locked"
    row = await people.row("email_addresses")
    assert (row["attempts"], row["failures"]) == (5, 5)


async def test_a2_another_code_buys_no_more_than_ten_guesses(db: Database, people: People, clock: FakeClock) -> None:
    member = (await people.register()).id
    for _ in range(2):
        code = await send(db, member)
        for _ in range(5):
            await guess(db, member, wrong_for(code))
        clock.advance(minutes=2)
    async with db.unit() as uow:
        with pytest.raises(TooManyCodes):
            await start_email(uow, member=member, address=ADDRESS)


async def test_a_right_code_is_good_once_and_not_after_a_day(db: Database, people: People, clock: FakeClock) -> None:
    member = (await people.register()).id
    code = await send(db, member)
    clock.advance(hours=24)
    assert await guess(db, member, code) == "expired"
    code = await send(db, member)
    assert [await guess(db, member, code) for _ in range(2)] == ["right", "expired"]


async def test_nobodys_mailbox_is_filled_whoever_asks(db: Database, people: People, clock: FakeClock) -> None:
    for n in range(4):
        member = (await people.register(Phone(f"+25471200000{n}"))).id
        async with db.unit() as uow:
            if n < 3:
                await start_email(uow, member=member, address=ADDRESS)
            else:
                with pytest.raises(TooManyCodes):
                    await start_email(uow, member=member, address=ADDRESS)
        clock.advance(minutes=2)
    assert len(await letters(db)) == 3


async def test_a_family_may_share_an_address_and_a_code_is_for_one_of_them(
    db: Database, people: People, clock: FakeClock
) -> None:
    one = (await people.register()).id
    other = (await people.register(Phone("+254722000002"))).id
    code = await send(db, one)
    clock.advance(minutes=2)
    await send(db, other)
    assert await guess(db, other, code) == "wrong"
    assert await guess(db, one, code) == "right"
    clock.advance(hours=72)
    await people.do_jobs(LOOK_AT_CHANGES)
    async with db.unit() as uow:
        assert (await email_of(uow, member=one), await email_of(uow, member=other)) == (ADDRESS, None)


async def test_the_code_is_nowhere_to_read(db: Database, people: People) -> None:
    member = (await people.register()).id
    async with db.unit() as uow:
        await start_email(uow, member=member, address=ADDRESS)
    kept = await people.everything()
    assert await code_by_mail(db) not in kept
