from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import CUSD, KES, Money
from core.ledger.accounts import MPESA_UTILITY, PLATFORM_FEES, Bucket, member_account, treasury
from core.ledger.service import (
    InsufficientFunds,
    KeyReused,
    Leg,
    balance,
    balances,
    entries,
    fingerprint,
    transfer,
)

from .books import deposit, new_id, picture, shillings

GROUP = treasury(DaoId(new_id()))
NOTHING = shillings(0)


def someone() -> MemberId:
    return MemberId(new_id())


async def test_transfer_when_posted_moves_both_sides(db: Database) -> None:
    amina = member_account(someone())

    await deposit(db, amina, shillings(500), fee=Money(1250))

    async with db.unit() as uow:
        held = await balances(uow, [amina, PLATFORM_FEES, MPESA_UTILITY])
    assert held[amina].total == Money(48750)
    assert held[PLATFORM_FEES].available == Money(1250)
    assert held[MPESA_UTILITY].available == shillings(-500)


async def test_balance_when_nothing_ever_happened_is_zero(db: Database) -> None:
    async with db.unit() as uow:
        held = await balance(uow, member_account(someone()))
        none = await balances(uow, [])
    assert (held.available, held.pending, held.locked, held.total) == (NOTHING,) * 4
    assert none == {}


async def test_balance_when_member_saves_inside_a_group_is_kept_apart(db: Database) -> None:
    member, dao = someone(), DaoId(new_id())

    await deposit(db, member_account(member), shillings(10))
    await deposit(db, member_account(member, dao), shillings(20))

    async with db.unit() as uow:
        held = await balances(uow, [member_account(member), member_account(member, dao), treasury(dao)])
    assert [held[a].available for a in held] == [shillings(10), shillings(20), NOTHING]


async def test_transfer_when_repeated_returns_the_first(db: Database) -> None:
    amina, key = member_account(someone()), new_id()

    first = await deposit(db, amina, shillings(500), key=key)
    again = await deposit(db, amina, shillings(500), key=key)

    assert (first.repeated, again.repeated) == (False, True)
    assert first.transfer == again.transfer
    async with db.unit() as uow:
        assert (await balance(uow, amina)).available == shillings(500)
        assert len(await entries(uow, amina, limit=10)) == 1


async def test_transfer_when_repeated_with_other_details_is_still_the_same(db: Database) -> None:
    amina, key = member_account(someone()), new_id()
    legs = [Leg(MPESA_UTILITY, shillings(-5)), Leg(amina, shillings(5))]

    async with db.unit() as uow:
        await transfer(uow, key=key, kind="deposit", legs=legs)
    async with db.unit() as uow:
        again = await transfer(uow, key=key, kind="deposit", legs=legs[::-1], details={"receipt": "SGL1"})

    assert again.repeated


@pytest.mark.parametrize("other", ["amount", "account", "kind", "bucket"])
async def test_transfer_when_key_stood_for_something_else_is_refused(db: Database, other: str) -> None:
    amina, key = member_account(someone()), new_id()
    amount, account, kind, bucket = shillings(5), amina, "deposit", Bucket.AVAILABLE
    await deposit(db, amina, amount, key=key)
    before = await picture(db)

    match other:
        case "amount":
            amount = shillings(6)
        case "account":
            account = member_account(someone())
        case "kind":
            kind = "gift"
        case "bucket":
            bucket = Bucket.LOCKED
    async with db.unit() as uow:
        with pytest.raises(KeyReused):
            await transfer(uow, key=key, kind=kind, legs=[Leg(MPESA_UTILITY, -amount), Leg(account, amount, bucket)])

    assert await picture(db) == before


async def test_transfer_when_repeated_after_the_money_is_gone_is_not_called_short(db: Database) -> None:
    amina, juma, key = member_account(someone()), member_account(someone()), new_id()
    await deposit(db, amina, shillings(100))
    gift = [Leg(amina, shillings(-100)), Leg(juma, shillings(100))]

    async with db.unit() as uow:
        first = await transfer(uow, key=key, kind="gift", legs=gift)
    async with db.unit() as uow:
        again = await transfer(uow, key=key, kind="gift", legs=gift)

    assert (again.transfer, again.repeated) == (first.transfer, True)


async def test_transfer_when_funds_are_short_says_what_is_there_and_writes_nothing(db: Database) -> None:
    amina = member_account(someone())
    await deposit(db, amina, Money(10050))
    before = await picture(db)

    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds) as refused:
            await transfer(uow, key=new_id(), kind="gift", legs=[Leg(amina, shillings(-101)), Leg(GROUP, shillings(101))])
        # The unit is still good: a refusal is an answer, not a broken transaction.
        assert (await balance(uow, amina)).available == Money(10050)

    assert refused.value.details() == {"available": Money(10050), "needed": shillings(101)}
    assert await picture(db) == before


async def test_transfer_when_both_are_known_and_one_is_short_moves_neither(db: Database) -> None:
    amina, juma = member_account(someone()), member_account(someone())
    for person in (amina, juma):
        await deposit(db, person, shillings(100))
    before = await picture(db)

    for giver, taker in ((amina, juma), (juma, amina)):
        async with db.unit() as uow:
            with pytest.raises(InsufficientFunds) as refused:
                await transfer(uow, key=new_id(), kind="gift", legs=[Leg(taker, shillings(101)), Leg(giver, shillings(-101))])
        assert (refused.value.available, refused.value.needed) == (shillings(100), shillings(101))

    assert await picture(db) == before


async def test_transfer_when_payer_never_had_anything_leaves_no_row(db: Database) -> None:
    before = await picture(db)

    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds) as refused:
            await transfer(
                uow,
                key=new_id(),
                kind="gift",
                legs=[Leg(member_account(someone()), shillings(-1)), Leg(GROUP, shillings(1))],
            )

    assert (refused.value.available, refused.value.needed) == (NOTHING, shillings(1))
    assert await picture(db) == before


async def test_transfer_when_two_newcomers_owe_does_not_take_them_for_one(db: Database) -> None:
    one, two = member_account(someone()), member_account(someone())
    before = await picture(db)

    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds) as refused:
            await transfer(
                uow,
                key=new_id(),
                kind="gift",
                legs=[Leg(one, shillings(10)), Leg(two, shillings(-4)), Leg(GROUP, shillings(-6))],
            )

    assert refused.value.needed == shillings(6)
    assert await picture(db) == before


async def test_transfer_when_refused_stays_refused_under_its_key_even_if_money_has_come(db: Database) -> None:
    amina, key = member_account(someone()), new_id()
    gift = [Leg(amina, shillings(-50)), Leg(GROUP, shillings(50))]

    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds):
            await transfer(uow, key=key, kind="gift", legs=gift)
    await deposit(db, amina, shillings(50))
    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds) as again:
            await transfer(uow, key=key, kind="gift", legs=gift)
        with pytest.raises(KeyReused):
            await transfer(uow, key=key, kind="other", legs=gift)
        posted = await transfer(uow, key=new_id(), kind="gift", legs=gift)

    assert (again.value.available, again.value.needed) == (NOTHING, shillings(50))
    assert not posted.repeated


async def test_transfer_when_the_unit_of_a_refusal_rolls_back_can_be_tried_again(db: Database) -> None:
    amina, key = member_account(someone()), new_id()
    gift = [Leg(amina, shillings(-50)), Leg(GROUP, shillings(50))]

    with pytest.raises(InsufficientFunds):
        async with db.unit() as uow:
            await transfer(uow, key=key, kind="gift", legs=gift)
    await deposit(db, amina, shillings(50))
    async with db.unit() as uow:
        posted = await transfer(uow, key=key, kind="gift", legs=gift)

    assert not posted.repeated


async def test_transfer_when_debits_come_before_the_credit_that_would_cover_them_is_refused(db: Database) -> None:
    amina = member_account(someone())
    await deposit(db, amina, shillings(10))
    legs = [Leg(amina, shillings(-30)), Leg(amina, shillings(40)), Leg(MPESA_UTILITY, shillings(-10))]

    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds) as refused:
            await transfer(uow, key=new_id(), kind="loop", legs=legs)
        covered = await transfer(uow, key=new_id(), kind="loop", legs=[legs[1], legs[0], legs[2]])

    assert (refused.value.available, refused.value.needed) == (shillings(10), shillings(30))
    assert not covered.repeated


async def test_transfer_when_two_debits_together_are_too_much_counts_both(db: Database) -> None:
    amina = member_account(someone())
    await deposit(db, amina, shillings(10))
    legs = [Leg(amina, shillings(-7)), Leg(amina, shillings(-4)), Leg(GROUP, shillings(7)), Leg(PLATFORM_FEES, shillings(4))]

    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds) as refused:
            await transfer(uow, key=new_id(), kind="gift", legs=legs)

    assert refused.value.needed == shillings(11)


@pytest.mark.parametrize("bucket", [Bucket.LOCKED, Bucket.PENDING])
async def test_transfer_when_it_reaches_for_what_only_holds_reach_is_refused(db: Database, bucket: Bucket) -> None:
    amina = member_account(someone())
    await deposit(db, amina, shillings(100))

    with pytest.raises(IntegrityError):
        async with db.unit() as uow:
            await transfer(uow, key=new_id(), kind="x", legs=[Leg(amina, shillings(-1)), Leg(amina, shillings(1), bucket)])


async def test_transfer_when_currencies_are_exchanged_sums_to_zero_in_each(db: Database) -> None:
    amina = member_account(someone())
    await deposit(db, amina, shillings(130))
    # One unit in the eighteenth decimal: 28 significant digits would lose it.
    tokens = Money(12345678901234567890_000000000000000001, CUSD)

    async with db.unit() as uow:
        await transfer(
            uow,
            key=new_id(),
            kind="swap",
            legs=[
                Leg(amina, shillings(-130)),
                Leg(MPESA_UTILITY, shillings(130)),
                Leg(MPESA_UTILITY, -tokens),
                Leg(amina, tokens),
            ],
        )

    async with db.unit() as uow:
        assert (await balance(uow, amina, CUSD)).available == tokens
        assert (await balance(uow, amina, KES)).available == NOTHING
        assert (await balance(uow, MPESA_UTILITY, CUSD)).available == -tokens
        shown = await uow.session.scalar(text("SELECT total_balance::text FROM user_balances WHERE currency = 'cUSD'"))
    assert shown == "12345678901234567890.000000000000000001"


async def test_transfer_when_unit_rolls_back_leaves_nothing(db: Database) -> None:
    amina, key = member_account(someone()), new_id()
    before = await picture(db)

    async def interrupted() -> None:
        async with db.unit() as uow:
            await transfer(uow, key=key, kind="d", legs=[Leg(MPESA_UTILITY, shillings(-5)), Leg(amina, shillings(5))])
            assert (await balance(uow, amina)).available == shillings(5)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await interrupted()

    assert await picture(db) == before
    assert not (await deposit(db, amina, shillings(5), key=key)).repeated


@pytest.mark.parametrize(
    "legs",
    [
        [],
        [Leg(MPESA_UTILITY, shillings(-5))],
        [Leg(MPESA_UTILITY, shillings(-5)), Leg(GROUP, shillings(6))],
        [Leg(MPESA_UTILITY, shillings(-5)), Leg(GROUP, Money(500, CUSD))],
        [Leg(MPESA_UTILITY, NOTHING), Leg(GROUP, NOTHING)],
    ],
)
async def test_transfer_when_legs_do_not_add_up_is_a_bug(db: Database, legs: list[Leg]) -> None:
    async with db.unit() as uow:
        with pytest.raises(ValueError, match="leg"):
            await transfer(uow, key=new_id(), kind="wrong", legs=legs)


async def test_entries_when_read_by_page_are_newest_first_and_without_overlap(db: Database, clock) -> None:
    amina = member_account(someone())
    moments = []
    for amount in range(1, 6):
        moments.append(clock.now())
        await deposit(db, amina, shillings(amount), details={"receipt": f"SGL{amount}"})
        clock.advance(minutes=1)

    async with db.unit() as uow:
        newest = await entries(uow, amina, limit=3)
        older = await entries(uow, amina, limit=3, before=newest[-1].seq)

    assert [line.amount for line in newest + older] == [shillings(n) for n in (5, 4, 3, 2, 1)]
    assert [line.after for line in newest + older] == [shillings(n) for n in (15, 10, 6, 3, 1)]
    assert [line.at for line in newest + older] == moments[::-1]
    assert {line.kind for line in newest} == {"deposit"}
    assert newest[0].details == {"receipt": "SGL5"}


def test_fingerprint_when_legs_are_turned_around_stays_and_otherwise_changes() -> None:
    here, there = Leg(GROUP, shillings(5)), Leg(MPESA_UTILITY, shillings(-5))
    same = fingerprint("k", [here, there])

    assert fingerprint("k", [there, here]) == same
    assert len(same) == 32
    others = [
        fingerprint("other", [here, there]),
        fingerprint("k", [here, there, here, there]),
        fingerprint("k", [Leg(GROUP, shillings(5), Bucket.PENDING), there]),
        fingerprint("k", [Leg(treasury(DaoId(UUID(int=1))), shillings(5)), there]),
        fingerprint("k", [Leg(GROUP, Money(500, CUSD)), there]),
    ]
    assert len({same, *others}) == len(others) + 1
