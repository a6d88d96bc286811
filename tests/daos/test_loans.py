"""Loans from the first question to the last shilling, with real people, real savings and real concurrency."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.daos.constitutions import enact
from core.daos.contributions import contribute
from core.daos.groups import Role, create_group, join
from core.daos.loans.arrears import look_at
from core.daos.loans.asking import ask_for_loan, offer
from core.daos.loans.deciding import decide_loan, withdraw_request
from core.daos.loans.funding import (
    Direction,
    Fund,
    Funding,
    FundingOpen,
    TreasuryKeeps,
    decide_funding,
    open_funding,
    propose_funding,
)
from core.daos.loans.reading import find_loan, live_loan, standing_of
from core.daos.loans.refusals import (
    GuarantorsNeeded,
    HasLoan,
    LoanTooLarge,
    MoreThanOwed,
    NotDecidable,
    PotTooSmall,
    SavingsTooSmall,
    UnknownLoan,
)
from core.daos.loans.repaying import decide_recovery, repay, write_off
from core.daos.loans.savings import savings
from core.daos.loans.vouching import answer_pledge
from core.daos.offices import appoint
from core.daos.people import NotYourRole
from core.daos.rules import Rules
from core.identity.signing import SignsLater
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, member_account, pot, treasury
from core.ledger.service import InsufficientFunds, Leg, balance, transfer
from core.monitoring.audit import audit
from core.reports.own.figures import own_statement
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings, someone
from tests.identity.people import recovered, swapped

MORE_THAN_LENT = (
    "INSERT INTO loan_repayments SELECT gen_random_uuid(), loan_id, user_id, source, 5000, 0, 5000, paid_on, transfer_id,"
    " gen_random_uuid(), created_at FROM loan_repayments"
)
OFFICES: tuple[Role, ...] = ("secretary", "treasurer")
RULES = replace(Rules(), loan_waiting_days=0, loan_reserve=0, approvals=2)


@dataclass
class Village:
    """A group with three officials and members; each saved so much and has as much on her own account."""

    db: Database
    clock: FakeClock
    group: DaoId
    people: dict[str, MemberId]

    def __getattr__(self, name: str) -> MemberId:
        return self.people[name]

    async def ask(self, who: str, amount: int, *guarantors: str, months: int = 3) -> UUID:
        async with self.db.unit() as uow:
            loan = await ask_for_loan(
                uow,
                intent=new_intent(),
                group=self.group,
                member=self.people[who],
                amount=shillings(amount),
                months=months,
                guarantors=[self.people[name] for name in guarantors],
            )
        return loan.id

    async def vouch(self, loan: UUID, *guarantors: str, accepts: bool = True) -> None:
        for name in guarantors:
            async with self.db.unit() as uow:
                await answer_pledge(uow, loan=loan, guarantor=self.people[name], accepts=accepts)

    async def decide(self, loan: UUID, *officials: str, agrees: bool = True) -> bool:
        taken = False
        for name in officials:
            async with self.db.unit() as uow:
                taken = (await decide_loan(uow, loan=loan, official=self.people[name], agrees=agrees)).taken
        return taken

    async def lend(self, who: str, amount: int, *guarantors: str, months: int = 3) -> UUID:
        loan = await self.ask(who, amount, *guarantors, months=months)
        await self.vouch(loan, *guarantors)
        assert await self.decide(loan, *[name for name in ("chair", "secretary", "treasurer") if name != who][:2])
        return loan

    async def repay(self, loan: UUID, who: str, amount: int) -> Any:
        async with self.db.unit() as uow:
            return await repay(uow, intent=new_intent(), loan=loan, payer=self.people[who], amount=shillings(amount))

    async def status(self, loan: UUID) -> str:
        async with self.db.unit() as uow:
            return (await find_loan(uow, loan=loan)).status

    async def has(self, account: Any) -> Money:
        async with self.db.unit() as uow:
            return (await balance(uow, account)).available

    async def saved(self, who: str) -> Any:
        async with self.db.unit() as uow:
            return await savings(uow, group=self.group, member=self.people[who])


@pytest.fixture
async def village(db: Database, clock: FakeClock) -> Village:
    names = ("chair", "secretary", "treasurer", "amina", "baraka", "cherop", "dalmas")
    people = {name: await someone(db, name.title(), money=shillings(4_000)) for name in names}
    async with db.unit() as uow:
        group = (await create_group(uow, intent=new_intent(), founder=people["chair"], name="Umoja")).id
    for name in names[1:]:
        async with db.unit() as uow:
            await join(uow, member=people[name], group=group)
    async with db.unit() as uow:
        await enact(uow, group=group, rules=RULES, in_force_from=clock.now(), because="test")
    for role in OFFICES:
        async with db.unit() as uow:
            await appoint(uow, group=group, member=people[role], role=role)
    for name in names:
        async with db.unit() as uow:
            await contribute(uow, intent=new_intent(), member=people[name], group=group, amount=shillings(1_000))
    async with db.unit() as uow:
        moved = await propose_funding(
            uow, intent=new_intent(), group=group, official=people["chair"], amount=shillings(6_000), direction="in"
        )
    async with db.unit() as uow:
        assert (await decide_funding(uow, funding=moved.id, official=people["treasurer"], agrees=True)).done
    return Village(db, clock, group, people)


async def asked_out(village: Village, official: MemberId, amount: Money) -> Funding:
    """An official asks for money to be moved out of the loan pot."""
    async with village.db.unit() as uow:
        return await propose_funding(
            uow, intent=new_intent(), group=village.group, official=official, amount=amount, direction="out"
        )


async def test_a_loan_from_asking_to_the_last_shilling(village: Village) -> None:
    loan = await village.ask("amina", 3_000, "baraka", "cherop")
    with pytest.raises(NotDecidable):
        await village.decide(loan, "chair")
    await village.vouch(loan, "baraka", "cherop")
    assert not await village.decide(loan, "chair")
    assert await village.decide(loan, "secretary")

    assert await village.has(member_account(village.amina)) == shillings(6_000)
    assert await village.has(pot(village.group, "loans")) == shillings(3_000)
    assert (await village.saved("baraka")).pledged == shillings(1_000)
    assert (await village.saved("amina")).own_loan == shillings(1_000)

    first = await village.repay(loan, "amina", 1_030)
    assert (first.interest, first.left) == (shillings(30), shillings(2_000))
    assert (await village.saved("baraka")).pledged == Money(666_67), "two thirds are still out, rounded up"
    village.clock.advance(days=40)
    async with village.db.unit() as uow:
        stands = await standing_of(uow, await find_loan(uow, loan=loan))
    assert stands.payoff == shillings(2_020)
    assert not stands.arrears
    await village.repay(loan, "amina", 2_020)

    assert await village.status(loan) == "repaid"
    assert await village.has(pot(village.group, "loans")) == shillings(6_050)
    assert (await village.saved("baraka")).free == shillings(1_000)
    assert (await village.saved("amina")).free == shillings(1_000)


async def test_nobody_borrows_beyond_her_savings_her_guarantors_or_the_pot(village: Village) -> None:
    with pytest.raises(LoanTooLarge) as too_large:
        await village.ask("amina", 3_001, "baraka", "cherop")
    assert too_large.value.most == shillings(3_000)
    with pytest.raises(GuarantorsNeeded):
        await village.ask("amina", 3_000, "baraka")
    with pytest.raises(GuarantorsNeeded):
        await village.ask("amina", 3_000, "baraka", "baraka")
    with pytest.raises(GuarantorsNeeded):
        await village.ask("amina", 3_000, "amina", "baraka")

    covered = await village.ask("amina", 1_000)
    with pytest.raises(HasLoan):
        await village.ask("amina", 500)
    assert await village.decide(covered, "chair", "treasurer"), "her own savings cover it: nobody has to vouch"


async def test_the_pot_is_never_lent_twice(village: Village) -> None:
    for who, guarantors in (("amina", ("baraka", "cherop")), ("dalmas", ("secretary", "chair"))):
        await village.lend(who, 3_000, *guarantors)

    with pytest.raises(LoanTooLarge):
        await village.ask("treasurer", 500)


async def test_a_payout_is_checked_again_when_the_last_word_is_given(village: Village) -> None:
    waiting = [await village.ask(who, 1_000) for who in ("amina", "baraka", "cherop")]
    out = await asked_out(village, village.chair, shillings(4_500))
    async with village.db.unit() as uow:
        await decide_funding(uow, funding=out.id, official=village.secretary, agrees=True)
    assert await village.decide(waiting[0], "chair", "secretary")

    with pytest.raises(PotTooSmall):
        await village.decide(waiting[1], "chair", "secretary")
    assert await village.status(waiting[1]) == "asked"


async def test_savings_answer_for_one_loan_at_a_time(village: Village) -> None:
    loans = [await village.ask(who, 3_000, "baraka", "cherop") for who in ("amina", "dalmas")]

    answers = await asyncio.gather(*(village.vouch(loan, "baraka") for loan in loans), return_exceptions=True)

    assert sorted(type(one) for one in answers if one) == [SavingsTooSmall]
    assert (await village.saved("baraka")).free == Money(0)


async def test_the_last_words_at_once_pay_once(village: Village) -> None:
    loan = await village.ask("amina", 1_000)

    words = (village.decide(loan, official) for official in ("chair", "secretary", "treasurer"))
    answers = await asyncio.gather(*words, return_exceptions=True)

    assert all(isinstance(one, bool | NotDecidable) for one in answers)
    assert sum(one is True for one in answers) == 1
    assert await village.has(member_account(village.amina)) == shillings(4_000)


async def test_repaying_at_once_takes_no_more_than_is_owed(village: Village) -> None:
    loan = await village.lend("amina", 1_000)

    tries = await asyncio.gather(*(village.repay(loan, "amina", 600) for _ in range(5)), return_exceptions=True)

    assert sum(not isinstance(one, Exception) for one in tries) == 1
    assert all(isinstance(one, MoreThanOwed) for one in tries if isinstance(one, Exception))


async def test_a_repeated_intent_repays_once(village: Village) -> None:
    loan, intent = await village.lend("amina", 1_000), new_intent()
    for repeated in (False, True):
        async with village.db.unit() as uow:
            paid = await repay(uow, intent=intent, loan=loan, payer=village.amina, amount=shillings(300))
        assert paid.repeated is repeated
        assert paid.left == shillings(710)


async def test_the_borrower_never_decides_about_her_own_loan(village: Village) -> None:
    loan = await village.ask("chair", 1_000)

    with pytest.raises(UnknownLoan):
        await village.decide(loan, "chair")
    with pytest.raises(NotYourRole):
        await village.decide(loan, "amina")
    assert await village.decide(loan, "secretary", "treasurer")


async def test_u10_an_official_whose_sim_was_swapped_says_no_but_not_yes(village: Village) -> None:
    loan = await village.ask("amina", 1_000)
    out = await asked_out(village, village.secretary, shillings(10))
    await swapped(village.db, village.chair, ago=timedelta(hours=2))
    with pytest.raises(SignsLater):
        await village.decide(loan, "chair")
    with pytest.raises(SignsLater):
        async with village.db.unit() as uow:
            await decide_funding(uow, funding=out.id, official=village.chair, agrees=True)
    assert not await village.decide(loan, "chair", agrees=False)


async def test_u10_a_yes_does_not_count_while_the_sim_of_whoever_said_it_was_swapped_since(
    village: Village, clock: FakeClock
) -> None:
    loan = await village.ask("amina", 1_000)
    out = await asked_out(village, village.chair, shillings(10))
    await village.decide(loan, "chair")
    await swapped(village.db, village.chair, ago=timedelta(hours=2))

    assert not await village.decide(loan, "secretary")
    async with village.db.unit() as uow:
        assert not (await decide_funding(uow, funding=out.id, official=village.secretary, agrees=True)).done
    assert await village.status(loan) == "asked"
    clock.advance(hours=71)
    assert await village.decide(loan, "secretary")
    async with village.db.unit() as uow:
        assert (await decide_funding(uow, funding=out.id, official=village.secretary, agrees=True)).done
    assert await village.status(loan) == "running"


async def test_an_official_whose_account_was_recovered_since_says_yes_again_after_the_hold(
    village: Village, clock: FakeClock
) -> None:
    loan = await village.ask("amina", 1_000)
    out = await asked_out(village, village.chair, shillings(10))

    async def move(official: MemberId) -> bool:
        async with village.db.unit() as uow:
            return (await decide_funding(uow, funding=out.id, official=official, agrees=True)).done

    await village.decide(loan, "chair")
    clock.advance(minutes=1)
    await recovered(village.db, village.chair)
    with pytest.raises(SignsLater):
        await village.decide(loan, "chair")
    clock.advance(hours=72)
    for _ in range(3):
        assert not await village.decide(loan, "chair"), "hers is one word however often she says it"
    assert not await move(village.chair)
    with pytest.raises(NotDecidable):
        await move(village.chair)
    assert await village.decide(loan, "secretary")
    assert await move(village.secretary)


async def test_a_yes_to_taking_a_debt_from_savings_is_renewed_apart_from_one_to_paying_out(
    village: Village, clock: FakeClock
) -> None:
    loan = await village.lend("amina", 3_000, "baraka", "cherop", months=1)
    clock.advance(days=95)

    async def take(official: MemberId) -> bool:
        async with village.db.unit() as uow:
            return (await decide_recovery(uow, loan=loan, official=official, agrees=True)).taken

    assert not await take(village.chair)
    clock.advance(minutes=1)
    await recovered(village.db, village.chair)
    clock.advance(hours=72)
    assert not await take(village.chair)
    assert await take(village.secretary)


async def test_g5_the_yes_of_who_is_no_official_any_more_does_not_count(village: Village) -> None:
    loan = await village.ask("amina", 1_000)
    await village.decide(loan, "secretary")
    async with village.db.unit() as uow:
        await uow.session.execute(
            text("UPDATE dao_memberships SET role = 'member' WHERE user_id = :who"), {"who": village.secretary}
        )
    assert not await village.decide(loan, "treasurer")
    assert await village.decide(loan, "chair")


async def test_enough_refusals_end_a_request_and_a_word_stays(village: Village) -> None:
    loan = await village.ask("amina", 1_000)
    await village.decide(loan, "chair", agrees=False)
    with pytest.raises(NotDecidable):
        await village.decide(loan, "chair", agrees=True)
    await village.decide(loan, "secretary", agrees=False)

    assert await village.status(loan) == "rejected"
    assert (await village.saved("amina")).free == shillings(1_000)


async def test_a_refused_pledge_is_told_to_the_borrower_alone(village: Village) -> None:
    loan = await village.ask("amina", 3_000, "baraka", "cherop")
    await village.vouch(loan, "baraka", accepts=False)

    async with village.db.unit() as uow:
        told = await uow.session.execute(text("SELECT user_id FROM sms_delivery_log WHERE message LIKE '%does not vouch%'"))
        assert [row[0] for row in told] == [village.amina]
        await withdraw_request(uow, loan=loan, member=village.amina)
    assert await village.status(loan) == "withdrawn"


async def test_a_late_loan_is_told_in_stages_each_once(village: Village) -> None:
    loan = await village.lend("amina", 3_000, "baraka", "cherop", months=1)

    async def told(days: int) -> list[str]:
        village.clock.advance(days=days)
        counted = text("SELECT count(*) FROM sms_delivery_log WHERE template = 'loan_due' AND message LIKE :like")
        async with village.db.unit() as uow:
            await look_at(uow, loan=loan)
            await look_at(uow, loan=loan)
        async with village.db.unit() as uow:
            likes = ("%is due on%", "%You owe%", "%is late%")
            return [await uow.session.scalar(counted, {"like": like}) for like in likes]

    assert await told(20) == [0, 0, 0]
    assert await told(8) == [1, 0, 0]
    assert await told(4) == [1, 1, 0]
    assert await told(7) == [1, 1, 2], "both who vouch"
    assert await told(30) == [1, 1, 5], "and the three officials"


async def test_what_is_long_late_is_taken_from_the_savings_that_answer_for_it(village: Village) -> None:
    loan = await village.lend("amina", 3_000, "baraka", "cherop", months=1)
    with pytest.raises(NotDecidable):
        async with village.db.unit() as uow:
            await decide_recovery(uow, loan=loan, official=village.chair, agrees=True)
    village.clock.advance(days=95)
    before = await village.has(pot(village.group, "loans"))
    for official in ("chair", "treasurer"):
        async with village.db.unit() as uow:
            decided = await decide_recovery(uow, loan=loan, official=village.people[official], agrees=True)
    assert decided.taken

    assert await village.has(pot(village.group, "loans")) == before, "a debt is set against savings; no money moves"
    saved = {name: (await village.saved(name)).total for name in ("amina", "baraka", "cherop", "dalmas")}
    assert saved == {"amina": Money(0), "baraka": Money(0), "cherop": Money(0), "dalmas": shillings(1_000)}
    async with village.db.unit() as uow:
        months = (await own_statement(uow, member=village.baraka)).months
    assert [month.saved for month in months[-2:]] == [shillings(1_000), Money(0)], "and her statement says the same"
    async with village.db.unit() as uow:
        left = await standing_of(uow, await find_loan(uow, loan=loan))
    assert left.payoff == shillings(120), "four months' interest of 1 % was owed as well, and nobody vouched for that"


async def test_what_was_freed_by_a_repayment_is_not_taken_from_whoever_vouched(village: Village) -> None:
    """Principal came back, so a part of each pledge answers for this loan no more: it may answer for another by now."""
    loan = await village.lend("amina", 3_000, "baraka", "cherop", months=1)
    await village.repay(loan, "amina", 180)
    village.clock.advance(days=95)
    locked = {name: (await village.saved(name)).pledged for name in ("baraka", "cherop")}
    assert set(locked.values()) == {shillings(950)}
    for official in ("chair", "treasurer"):
        async with village.db.unit() as uow:
            await decide_recovery(uow, loan=loan, official=village.people[official], agrees=True)

    taken = {name: shillings(1_000) - (await village.saved(name)).total for name in ("baraka", "cherop")}
    assert taken == locked
    assert [finding.name for finding in await audit(village.db) if not finding.ok] == []


async def test_savings_that_answered_once_are_not_taken_again_for_what_is_left(village: Village) -> None:
    loan = await village.lend("amina", 3_000, "baraka", "cherop", months=1)
    village.clock.advance(days=95)
    for official in ("chair", "treasurer"):
        async with village.db.unit() as uow:
            await decide_recovery(uow, loan=loan, official=village.people[official], agrees=True)

    for official in ("chair", "secretary"):
        with pytest.raises(NotDecidable):
            async with village.db.unit() as uow:
                await decide_recovery(uow, loan=loan, official=village.people[official], agrees=True)
    async with village.db.unit() as uow:
        assert (await standing_of(uow, await find_loan(uow, loan=loan))).payoff == shillings(120)


async def test_written_off_is_over_and_no_money_moves(village: Village) -> None:
    loan = await village.lend("amina", 1_000)
    before = await village.has(pot(village.group, "loans"))
    async with village.db.unit() as uow:
        assert await write_off(uow, loan=loan, because="vote 9") == shillings(1_010)

    assert await village.status(loan) == "written_off"
    assert await village.has(pot(village.group, "loans")) == before
    with pytest.raises(UnknownLoan):
        await village.repay(loan, "amina", 100)


async def test_a_request_that_nobody_decides_expires_and_frees_the_savings(village: Village) -> None:
    loan = await village.ask("amina", 3_000, "baraka", "cherop")
    await village.vouch(loan, "baraka")
    village.clock.advance(days=14)
    async with village.db.unit() as uow:
        await look_at(uow, loan=loan)

    assert await village.status(loan) == "expired"
    assert (await village.saved("baraka")).free == shillings(1_000)


async def test_a_new_member_waits_as_long_as_the_rules_say(village: Village) -> None:
    async with village.db.unit() as uow:
        waiting = replace(RULES, loan_waiting_days=90)
        await enact(uow, group=village.group, rules=waiting, in_force_from=uow.clock.now(), because="test")
    with pytest.raises(Exception, match="too-new-for-loan"):
        await village.ask("amina", 500)
    village.clock.advance(days=91)
    assert await village.ask("amina", 500)


async def test_the_pot_moves_only_when_enough_officials_agree(village: Village) -> None:
    async with village.db.unit() as uow:
        moved = await propose_funding(
            uow, intent=new_intent(), group=village.group, official=village.chair, amount=shillings(1_001), direction="in"
        )
    assert not moved.done
    with pytest.raises(NotDecidable):
        async with village.db.unit() as uow:
            await decide_funding(uow, funding=moved.id, official=village.chair, agrees=True)
    with pytest.raises(InsufficientFunds):
        async with village.db.unit() as uow:
            await decide_funding(uow, funding=moved.id, official=village.secretary, agrees=True)


async def move(village: Village, fund: Fund, direction: Direction, amount: int, *others: str) -> Funding:
    """The chair proposes to move money, and these officials agree."""
    async with village.db.unit() as uow:
        about = {"group": village.group, "official": village.chair, "amount": shillings(amount), "direction": direction}
        moved = await propose_funding(uow, intent=new_intent(), fund=fund, **about)  # type: ignore[arg-type]
    for name in others:
        async with village.db.unit() as uow:
            moved = await decide_funding(uow, funding=moved.id, official=village.people[name], agrees=True)
    return moved


async def test_money_that_was_collected_for_a_project_comes_to_the_treasury_and_the_reserve_is_filled(
    village: Village,
) -> None:
    async with village.db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, -shillings(900)), Leg(pot(village.group, "project"), shillings(900))]
        await transfer(uow, key=new_id(), kind="test_funding", legs=legs)
    assert (await move(village, "project", "out", 600, "treasurer")).done
    assert (await move(village, "reserve", "in", 1_500, "secretary")).done
    with pytest.raises(InsufficientFunds):
        await move(village, "project", "out", 301, "treasurer")

    held = {name: await village.has(pot(village.group, name)) for name in ("project", "reserve")}
    assert held == {"project": shillings(300), "reserve": shillings(1_500)}
    assert await village.has(treasury(village.group)) == shillings(1_000 + 600 - 1_500)


async def test_what_the_rules_always_keep_stays_in_the_treasury(village: Village) -> None:
    async with village.db.unit() as uow:
        kept = replace(RULES, reserve=shillings(400))
        await enact(uow, group=village.group, rules=kept, in_force_from=uow.clock.now(), because="test")
    with pytest.raises(TreasuryKeeps):
        await move(village, "loans", "in", 601, "treasurer")
    village.clock.advance(days=14)
    assert (await move(village, "loans", "in", 600, "treasurer")).done
    assert await village.has(treasury(village.group)) == shillings(400)


async def test_a_move_that_nobody_decides_is_over_after_two_weeks_and_keeps_no_other_waiting(village: Village) -> None:
    waits = await move(village, "loans", "out", 100)
    with pytest.raises(FundingOpen):
        await move(village, "reserve", "in", 100)
    village.clock.advance(days=14)

    async with village.db.unit() as uow:
        assert await open_funding(uow, group=village.group) is None
    with pytest.raises(NotDecidable):
        async with village.db.unit() as uow:
            await decide_funding(uow, funding=waits.id, official=village.secretary, agrees=True)
    assert (await move(village, "reserve", "in", 100, "secretary")).done


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE loan_repayments SET interest = 0, principal = amount",
        "DELETE FROM loan_decisions",
        "UPDATE loans SET principal = principal + 1",
        "UPDATE loans SET status = 'asked'",
        MORE_THAN_LENT,
    ],
)
async def test_the_database_keeps_what_was_agreed_decided_and_paid(village: Village, statement: str) -> None:
    loan = await village.lend("amina", 1_000)
    await village.repay(loan, "amina", 500)

    with pytest.raises(IntegrityError):
        async with village.db.unit() as uow:
            await uow.session.execute(text(statement))


async def test_an_offer_says_what_a_member_may_borrow(village: Village) -> None:
    async with village.db.unit() as uow:
        found = await offer(uow, group=village.group, member=village.amina)

    assert (found.most, found.free, found.guarantors) == (shillings(3_000), shillings(1_000), 2)
    async with village.db.unit() as uow:
        assert await live_loan(uow, group=village.group, member=village.amina) is None


async def test_many_members_ask_and_repay_at_once_and_no_shilling_is_lost(village: Village) -> None:
    async def life(who: str) -> None:
        loan = await village.lend(who, 1_000)
        await village.repay(loan, who, 1_010)

    await asyncio.gather(*(life(who) for who in ("amina", "baraka", "cherop", "dalmas")))

    assert await village.has(pot(village.group, "loans")) == shillings(6_040)
    total = [await village.has(member_account(one)) for one in village.people.values()]
    assert sum(total, start=Money(0)) == shillings(7 * 3_000 - 40)


async def test_the_audit_sees_a_loan_that_the_books_do_not_know(village: Village) -> None:
    loan = await village.lend("amina", 1_000)
    await village.repay(loan, "amina", 500)
    assert [one.name for one in await audit(village.db) if not one.ok] == []

    async with village.db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("UPDATE loan_repayments SET amount = amount + 1, principal = principal + 1"))
        await uow.session.execute(text("UPDATE loans SET principal = principal + 1"))
        await uow.session.execute(text("INSERT INTO loan_decisions SELECT id, 'payout', user_id, true, asked_at FROM loans"))

    assert {one.name for one in await audit(village.db) if not one.ok} == {
        "loans paid out equal their transfers",
        "repayments of loans equal their transfers",
        "loans were decided by others than their borrowers",
    }
