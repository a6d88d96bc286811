"""What a menu offers can be taken, by whom it is offered to; a refusal is called one; and what is said afterwards is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.daos.constitutions import enact
from core.daos.dues.by_rule import start_from_constitution
from core.daos.loans.funding import propose_funding
from core.daos.meetings import call_meeting
from core.daos.rules import Rules
from core.dialogue.flows import home
from core.dialogue.unfinished import NEVER_KEPT
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.kernel.db import Database
from core.kernel.ids import DaoId
from core.ledger.accounts import MPESA_UTILITY, treasury
from core.ledger.service import Leg, transfer
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings
from tests.dialogue.conftest import Client, Handset
from tests.dialogue.test_loans import NUMBERS, PINS, members
from tests.dialogue.test_recovery import pick

__all__ = ["members"]

Sql = Callable[..., Any]
OPTION = re.compile(r"^(?:CON )?((?!98 )[1-9]\d*) (.+)$", re.MULTILINE)


@pytest.fixture
async def phones(client: Client, members: dict[str, Member], sql: Sql) -> dict[str, Handset]:
    """Umoja's chair Wanjiru, its treasurer Otieno, Akinyi and Kamau, each with a phone; nothing was sent to them yet."""
    await sql("DELETE FROM sms_delivery_log")
    return {name: Handset(client, NUMBERS[name]) for name in members}


async def umoja(sql: Sql) -> DaoId:
    [(group,)] = await sql("SELECT id FROM daos WHERE kind = 'chama'")
    return DaoId(group)


async def at(phone: Handset, *options: str) -> str:
    """The screen behind these options of Umoja."""
    return await pick(phone, await phone.dial("4", "1"), *options)


async def whole(phone: Handset, screen: str) -> str:
    """All pages of a screen."""
    said = screen
    while "98 " in screen:
        screen = await phone.type("98")
        said += "\n" + screen
    return said


def options(screen: str) -> list[str]:
    return [label for _, label in OPTION.findall(screen)]


async def test_only_officials_are_offered_to_begin_what_only_they_may_begin(phones: dict[str, Handset]) -> None:
    assert "Start one" in await at(phones["Wanjiru"], "Savings", "Merry")
    assert "Begin a cycle" in await at(phones["Otieno"], "Savings", "Shares")

    merry = await at(phones["Akinyi"], "Savings", "Merry")
    shares = await at(phones["Akinyi"], "Savings", "Shares")

    assert "no merry-go-round" in merry
    assert "no shares" in shares
    assert options(merry) == options(shares) == [], "nothing but the way back"


async def test_what_may_be_proposed_is_what_can_be(phones: dict[str, Handset]) -> None:
    chair = await whole(phones["Wanjiru"], await at(phones["Wanjiru"], "Decisions", "Votes", "Propose"))
    member = await whole(phones["Akinyi"], await at(phones["Akinyi"], "Decisions", "Votes", "Propose"))

    assert "7 To forgive a debt" in chair, "officials know who owes"
    assert "forgive" not in member
    assert "An order of turns" not in chair, "no merry-go-round waits for one"
    assert "9 To end the group" in chair
    assert "9 To end the group" in member, "and no number means something else for somebody else"


async def test_days_and_amount_of_what_the_rules_say_are_not_offered_to_be_changed(
    phones: dict[str, Handset], db: Database, members: dict[str, Member], sql: Sql
) -> None:
    group = await umoja(sql)
    async with db.unit() as uow:
        await start_from_constitution(
            uow, intent=new_intent(), official=members["Wanjiru"].id, group=group, rule="contribution"
        )

    kind = await at(phones["Wanjiru"], "Savings", "Contributions asked", "Contribution:")

    assert [(number, label) for number, label in OPTION.findall(kind)] == [("2", "One member's amount"), ("3", "End it")]
    assert "by a vote" in kind


async def test_attendance_is_offered_when_it_can_be_taken(
    phones: dict[str, Handset], db: Database, members: dict[str, Member], sql: Sql, clock: FakeClock
) -> None:
    group = await umoja(sql)
    async with db.unit() as uow:
        when = clock.now() + timedelta(days=3)
        await call_meeting(uow, group=group, by=members["Wanjiru"].id, starts_at=when, place="Shule")

    early = await at(phones["Wanjiru"], "Decisions", "Meetings", "Plan and lead")
    assert "Take attendance" not in early
    assert "2 Add to the agenda" in early
    clock.advance(days=3)
    assert "1 Take attendance" in await at(phones["Wanjiru"], "Decisions", "Meetings", "Plan and lead")


async def test_staying_is_offered_to_whoever_has_said_that_she_leaves(
    phones: dict[str, Handset], db: Database, sql: Sql, clock: FakeClock
) -> None:
    group, akinyi = await umoja(sql), phones["Akinyi"]
    async with db.unit() as uow:
        await enact(uow, group=group, rules=replace(Rules(), exit_notice_days=30), in_force_from=clock.now(), because="test")
    assert "I stay" not in await at(akinyi, "More", "Leave")

    await pick(akinyi, await at(akinyi, "More", "Leave"), "I want to leave", "Confirm")
    await akinyi.type(PINS["Akinyi"])
    again = await pick(akinyi, await at(akinyi, "More", "Leave"), "I want to leave")

    assert "You leave Umoja on" in again
    assert "Cancel" not in again, "it would sound as if leaving were cancelled"
    assert "You stay in Umoja" in await pick(akinyi, again, "I stay after all")
    assert await sql("SELECT count(*) FROM dao_memberships WHERE leaves_at IS NOT NULL") == [(0,)]


async def test_a_move_is_not_put_to_whoever_has_given_her_word(
    phones: dict[str, Handset], db: Database, members: dict[str, Member], sql: Sql
) -> None:
    group = await umoja(sql)
    async with db.unit() as uow:
        legs = [Leg(treasury(group), shillings(-1_000)), Leg(treasury(group), shillings(1_000))]
        assert legs
        official = members["Wanjiru"].id
        await propose_funding(
            uow, intent=new_intent(), group=group, official=official, amount=shillings(500), direction="out", fund="loans"
        )

    hers = await at(phones["Wanjiru"], "Decisions", "Treasury", "Move between")
    his = await at(phones["Otieno"], "Decisions", "Treasury", "Move between")

    assert "KES 500 out of the loan pot: 1 of 2 agree" in hers
    assert "Agree" not in options(hers)
    assert "waits for the others" in hers
    assert options(his) == ["Agree", "Refuse"]


async def test_a_refused_move_is_called_refused_and_the_officials_hear_of_it(
    phones: dict[str, Handset], db: Database, members: dict[str, Member], sql: Sql
) -> None:
    group = await umoja(sql)
    async with db.unit() as uow:
        official = members["Wanjiru"].id
        await propose_funding(
            uow, intent=new_intent(), group=group, official=official, amount=shillings(500), direction="out", fund="loans"
        )
    await sql("DELETE FROM sms_delivery_log")

    asked = await at(phones["Otieno"], "Decisions", "Treasury", "Move between", "Refuse")
    assert asked.startswith("CON Refuse KES 500 out of the loan pot")
    said = await phones["Otieno"].type(PINS["Otieno"])

    assert "refused" in said
    assert "agree" not in said
    told = await sql("SELECT to_phone, template FROM sms_delivery_log")
    assert told == [(NUMBERS["Wanjiru"], "pot_asked")], "who proposed it, and not who has just refused it"


async def test_whoever_says_no_to_ending_is_told_that_it_goes_on(phones: dict[str, Handset]) -> None:
    akinyi = phones["Akinyi"]
    await at(akinyi, "Savings", "Automatic", "Start one")
    await akinyi.type("200", "1", "1", "1", "N", "1", PINS["Akinyi"])

    end = await at(akinyi, "Savings", "Automatic", "KES 200", "End it")
    said = await pick(akinyi, end, "Cancel")

    assert "It goes on" in said
    assert "started" not in said


async def test_what_mpesa_asks_for_each_time_costs_a_fee_and_that_is_said_before_the_pin(phones: dict[str, Handset]) -> None:
    akinyi = phones["Akinyi"]
    await at(akinyi, "Savings", "Automatic", "Start one")
    confirm = await akinyi.type("200", "1", "1", "2", "N")

    assert "M-PESA asks for KES 206 each time" in confirm
    assert "fee" in confirm


@pytest.mark.parametrize("typed", ["000", "501"])
async def test_no_number_of_times_means_for_ever_by_accident(phones: dict[str, Handset], typed: str) -> None:
    akinyi = phones["Akinyi"]
    await at(akinyi, "Savings", "Automatic", "Start one")
    again = await akinyi.type("200", "1", "1", "1", typed)

    assert "number up to 500" in again, "what is wrong is said, not only asked again"


async def test_petty_cash_is_not_offered_to_oneself(
    phones: dict[str, Handset], db: Database, sql: Sql, clock: FakeClock
) -> None:
    group, otieno = await umoja(sql), phones["Otieno"]
    async with db.unit() as uow:
        await enact(
            uow, group=group, rules=replace(Rules(), petty_cash=shillings(500)), in_force_from=clock.now(), because="test"
        )

    await at(otieno, "Decisions", "Treasury", "Petty cash")
    whom = await otieno.type("100", "1")

    assert "Otieno" not in whom
    assert "Akinyi" in whom
    await at(otieno, "Decisions", "Treasury", "Petty cash")
    own = await otieno.type("100", "2", "0712000002")
    assert "For yourself, ask in the usual way" in own


async def test_a_group_of_one_has_nobody_to_choose_and_says_so(client: Client, wanjiru: Handset) -> None:
    await wanjiru.register()
    await wanjiru.dial("4")
    await wanjiru.type("9", "Peke Yangu", "1", "1")

    for way in (
        ("Decisions", "Votes", "Propose", "To remove"),
        ("Savings", "Contributions asked", "Give back", "Ask"),
    ):
        assert "nobody to choose" in (await at(wanjiru, *way)).lower()


async def test_the_pin_that_is_asked_for_a_new_one_is_the_old_one(phones: dict[str, Handset]) -> None:
    akinyi = phones["Akinyi"]
    assert "PIN that you have now" in await pick(akinyi, await akinyi.dial("5"), "Change PIN")
    assert "balance" not in await pick(akinyi, await akinyi.dial("5"), "Last movements")


async def test_five_movements_fit_the_screen_that_promises_them(phones: dict[str, Handset], db: Database, members: Any) -> None:
    from core.ledger.accounts import MPESA_UTILITY, member_account

    for amount in (1_000, 250, 30, 12_500):
        async with db.unit() as uow:
            legs = [Leg(MPESA_UTILITY, -shillings(amount)), Leg(member_account(members["Akinyi"].id), shillings(amount))]
            await transfer(uow, key=new_id(), kind="deposit", legs=legs)
    akinyi = phones["Akinyi"]
    await pick(akinyi, await akinyi.dial("5"), "Last movements")
    said = await akinyi.type(PINS["Akinyi"])

    assert said.count("left") == 5
    assert "more" not in said


async def test_what_leaving_would_bring_is_one_message(phones: dict[str, Handset], sql: Sql) -> None:
    akinyi = phones["Akinyi"]
    await pick(akinyi, await at(akinyi, "More", "Leave"), "If I left")
    await akinyi.type(PINS["Akinyi"])

    assert (await sql("SELECT count(*) FROM sms_delivery_log"))[0][0] <= 1


async def test_a_linked_chat_changes_no_number_of_the_account(
    phones: dict[str, Handset], db: Database, members: dict[str, Member]
) -> None:
    akinyi = phones["Akinyi"]
    before = OPTION.findall(await whole(akinyi, await akinyi.dial("5")))
    async with db.unit() as uow:
        await link_telegram(uow, member=members["Akinyi"].id, telegram_id=7001, chat=7001, name="A")
    after = OPTION.findall(await whole(akinyi, await akinyi.dial("5")))

    assert {one for one in before if one[0] != "98"} < set(after)
    assert ("14", "Unlink Telegram") in after


def test_whatever_can_be_left_unfinished_is_called_by_its_name() -> None:
    """Each flow that mints a command, and isn't one that is never kept, has the words of its menu."""
    flows = Path(home.__file__).parent
    minted = re.compile(r"go\(\"(\w+)\..*intent=turn\.uow\.ids\.new\(\)")
    begun = {name for file in flows.glob("*.py") for name in minted.findall(file.read_text(encoding="utf-8"))}

    assert begun >= {"deposit", "merry", "pots", "fine", "waive", "refund", "kinds"}, "they are found"
    assert {one for one in begun if not f"{one}.".startswith(NEVER_KEPT)} - home.TASKS.keys() - SHORT == set()


# What is done in the one hop after it, so that nothing of it is left to name.
SHORT = {"data", "devices"}


async def test_a_payment_for_ones_turn_that_was_left_is_offered_by_its_name(
    phones: dict[str, Handset], db: Database, members: dict[str, Member], sql: Sql
) -> None:
    otieno = phones["Otieno"]
    await pick(otieno, await at(otieno, "Decisions", "Treasury", "Move between"), "Loan pot")
    await otieno.type(PINS["Otieno"])
    await at(phones["Wanjiru"], "Savings", "Merry", "Start one")
    await phones["Wanjiru"].type("200")

    assert "KES 200: Merry-go-round, not finished" in await phones["Wanjiru"].dial()


async def test_a_proposal_is_offered_to_be_taken_back_until_somebody_has_voted(phones: dict[str, Handset]) -> None:
    chair, akinyi = phones["Wanjiru"], phones["Akinyi"]
    await at(chair, "Decisions", "Votes", "Propose", "A poll")
    await chair.type("Siku gani", "Jumamosi, Jumapili", "1", PINS["Wanjiru"])
    before = await whole(chair, await at(chair, "Decisions", "Votes", "Siku gani", "More"))

    await at(akinyi, "Decisions", "Votes", "Siku gani", "Jumamosi")
    assert "You voted" in await akinyi.type(PINS["Akinyi"])
    after = await whole(chair, await at(chair, "Decisions", "Votes", "Siku gani", "More"))

    assert "Take it back" in options(before)
    assert "Take it back" not in options(after)
    assert "Let somebody vote for me" in options(after), "the rest is still there"


@pytest.mark.parametrize(("language", "says"), [("en", "the treasury has too little"), ("sw", "pesa za hazina hazitoshi")])
async def test_more_than_the_treasury_has_is_said_and_not_offered_to_be_confirmed(
    phones: dict[str, Handset], db: Database, sql: Sql, language: str, says: str
) -> None:
    group, otieno = await umoja(sql), phones["Otieno"]
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, -shillings(500)), Leg(treasury(group), shillings(500))]
        await transfer(uow, key=new_id(), kind="deposit", legs=legs)
    [(held,)] = await sql("SELECT available_balance::int FROM dao_treasuries WHERE dao_id = :group", group=group)
    await sql("UPDATE members SET language = :language", language=language)

    async def asked(amount: int) -> str:
        await otieno.dial("4", "1", "6", "1", "3")
        return await otieno.type(str(amount), "1", "4", "1", "Hema mbili na viti vya mkutano")

    enough, short = await asked(held), await asked(held + 1)

    assert "= 0\n1 " in enough
    assert [number for number, _ in OPTION.findall(enough)] == ["1", "2", "3"]
    assert says in short
    assert "= -1\n" in short
    assert len(OPTION.findall(short)) == 2
    assert "PIN" not in await otieno.type("1"), "the first option asks for another amount"
    assert await sql("SELECT count(*) FROM treasury_requests") == [(0,)]


async def test_the_number_that_is_invited_can_be_checked_by_whoever_typed_it(phones: dict[str, Handset], sql: Sql) -> None:
    chair = phones["Wanjiru"]
    await at(chair, "More", "People", "Invite", "Member")
    confirm = await chair.type("0722 123 456")
    done = await chair.type("1", PINS["Wanjiru"])

    assert "Invite 0722123456 to Umoja" in confirm
    assert "0722123456" not in done
    assert "722123456" not in str(await sql("SELECT * FROM drafts")), "and it's kept nowhere"


async def test_a_number_outside_that_is_to_be_paid_can_be_checked_before_it_is_proposed(phones: dict[str, Handset]) -> None:
    chair = phones["Wanjiru"]
    await at(chair, "Decisions", "Votes", "Propose", "A payment")
    confirm = await chair.type("300", "0799 123 456", "Hema mpya")
    await chair.type("1", PINS["Wanjiru"])
    others = await at(phones["Akinyi"], "Decisions", "Votes", "KES 300")

    assert confirm.startswith("CON KES 300 to +2547XX***456: Hema mpya\nPropose it to Umoja?\nNumber: 0799123456\n")
    assert "0799123456" not in others
