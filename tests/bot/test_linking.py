"""Linking on Telegram: only one's own contact, then the code; the same answers for members and strangers until then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bot.conftest import PIN, Member


async def test_start_when_nobody_is_linked_asks_for_the_contact(wanjiru: Member) -> None:
    said = await wanjiru.write("/start")

    chat = await wanjiru.played.chat(wanjiru.phone)
    assert "Share your phone number" in said
    assert [[key["text"] for key in row] for row in chat["keyboard"]["keyboard"]] == [["Share my number"]]


async def test_link_when_code_is_right_arrives_home_as_the_member(linked: Member, sql: Callable[..., Any]) -> None:
    assert "What would you like to do?" in await linked.screen()
    assert await sql("SELECT telegram_id FROM members") == [(linked.telegram,)]
    assert (await linked.played.chat(linked.phone))["keyboard"] is None


async def test_link_when_a_stranger_registers_on_the_spot_with_the_proven_number(
    wanjiru: Member, sql: Callable[..., Any]
) -> None:
    assert "language" in await wanjiru.link()
    await wanjiru.tap("English")
    await wanjiru.tap("Register: I agree")
    await wanjiru.write("Wanjiru <b>& Kamau")
    await wanjiru.write("Wanjiru Kamau")
    await wanjiru.enter(PIN)
    said = await wanjiru.enter(PIN)

    assert said.startswith("Welcome, Wanjiru Kamau!")
    assert await sql("SELECT phone, telegram_id, language FROM members") == [(wanjiru.phone, wanjiru.telegram, "en")]


async def test_contact_when_member_or_stranger_gets_the_same_answer(
    wanjiru: Member, otieno: Member, enrol: Callable[..., Any]
) -> None:
    await enrol(wanjiru.phone)
    for person in (wanjiru, otieno):
        await person.write("/start")
    ours, theirs = await wanjiru.share(), await otieno.share()

    assert ours.replace("+2547XX***001", "her number") == theirs.replace("+2547XX***002", "her number")
    assert "her number" in ours.replace("+2547XX***001", "her number")


async def test_contact_when_somebody_elses_is_refused_and_no_code_is_sent(wanjiru: Member, sql: Callable[..., Any]) -> None:
    await wanjiru.write("/start")
    for phone in ("+254722000002", "+254733000009"):
        said = await wanjiru.share(phone)
        assert "not your own number" in said
    assert await sql("SELECT count(*) FROM sms_delivery_log") == [(0,)]


async def test_contact_when_forwarded_is_refused(wanjiru: Member, sql: Callable[..., Any]) -> None:
    await wanjiru.write("/start")
    said = await wanjiru.share(forwarded=True)

    assert "not your own number" in said
    assert await sql("SELECT count(*) FROM sms_delivery_log") == [(0,)]


async def test_code_when_guessed_too_often_is_dead_even_for_the_right_one(wanjiru: Member, sql: Callable[..., Any]) -> None:
    await wanjiru.write("/start")
    await wanjiru.share()
    right = await wanjiru.code()
    wrong = [str((int(right) + n) % 1_000_000).zfill(6) for n in range(1, 6)]

    assert "4 tries left" in await wanjiru.write(wrong[0])
    for code in wrong[1:4]:
        await wanjiru.write(code)
    assert "Too many wrong codes" in await wanjiru.write(wrong[4])
    await wanjiru.write(right)

    assert await sql("SELECT count(*) FROM members WHERE telegram_id IS NOT NULL") == [(0,)]
    assert (await wanjiru.labels()) == []


async def test_code_when_expired_says_so(wanjiru: Member, clock: Any) -> None:
    await wanjiru.write("/start")
    await wanjiru.share()
    code = await wanjiru.code()
    clock.advance(minutes=6)

    assert "expired" in await wanjiru.write(code)


async def test_number_when_typed_instead_of_shared_is_not_accepted(wanjiru: Member, sql: Callable[..., Any]) -> None:
    await wanjiru.write("/start")
    said = await wanjiru.write("0712000001")

    assert "Use the button to share your own number" in said
    assert await sql("SELECT count(*) FROM sms_delivery_log") == [(0,)]
