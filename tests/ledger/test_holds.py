"""Money set aside, and every way in which that ends; transfers taken back; shares and exchanges."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId, TransferId
from core.kernel.money import CUSD, Money
from core.ledger.accounts import FX, MPESA_UTILITY, PLATFORM_FEES, Account, Bucket, member_account, pot, treasury
from core.ledger.service import (
    AlreadyReversed,
    Balance,
    HoldResolved,
    InsufficientFunds,
    KeyReused,
    Posted,
    balance,
    entries,
    exchange,
    expire_due,
    find_hold,
    hold,
    recorded,
    release,
    reverse,
    settle,
    split,
)

from .books import deposit, new_id, picture, shillings

NOTHING = shillings(0)


@pytest.fixture
async def amina(db: Database) -> Account:
    account = member_account(MemberId(new_id()))
    await deposit(db, account, shillings(100))
    return account


def someone() -> Account:
    return member_account(MemberId(new_id()))


async def set_aside(
    db: Database, account: Account, amount: int, *, minutes: int | None = None, key: UUID | None = None
) -> Posted:
    async with db.unit() as uow:
        until = uow.clock.now() + timedelta(minutes=minutes) if minutes is not None else None
        return await hold(
            uow, intent=key or new_id(), kind="payout", account=account, amount=shillings(amount), expires_at=until
        )


async def has(db: Database, account: Account) -> Balance:
    async with db.unit() as uow:
        return await balance(uow, account)


async def test_hold_when_made_takes_the_money_from_what_is_free(db: Database, amina: Account) -> None:
    made = await set_aside(db, amina, 30, minutes=5)

    assert await has(db, amina) == Balance(shillings(70), NOTHING, shillings(30))
    async with db.unit() as uow:
        held = await find_hold(uow, made.transfer)
        assert (held.account, held.amount, held.bucket) == (amina, shillings(30), Bucket.LOCKED)
        assert held.expires_at == uow.clock.now() + timedelta(minutes=5)
        with pytest.raises(InsufficientFunds):
            await hold(uow, intent=new_id(), kind="payout", account=amina, amount=shillings(71))


async def test_hold_when_repeated_with_a_later_end_is_the_first(db: Database, amina: Account, clock) -> None:
    key = new_id()
    first = await set_aside(db, amina, 30, minutes=5, key=key)
    clock.advance(minutes=1)

    again = await set_aside(db, amina, 30, minutes=5, key=key)

    assert (again.transfer, again.repeated) == (first.transfer, True)
    assert (await has(db, amina)).locked == shillings(30)
    with pytest.raises(KeyReused):
        await set_aside(db, amina, 31, minutes=5, key=key)


@pytest.mark.parametrize(("paid", "left"), [(30, 70), (20, 80)])
async def test_settle_when_paid_gives_the_rest_back(db: Database, amina: Account, paid: int, left: int) -> None:
    juma = someone()
    made = await set_aside(db, amina, 30)

    async with db.unit() as uow:
        to = [(juma, shillings(paid - 1)), (PLATFORM_FEES, shillings(1))]
        await settle(uow, key=new_id(), hold=made.transfer, to=to, kind="paid")

    assert await has(db, amina) == Balance(shillings(left), NOTHING, NOTHING)
    assert (await has(db, juma)).available == shillings(paid - 1)


async def test_release_when_done_gives_everything_back(db: Database, amina: Account) -> None:
    made = await set_aside(db, amina, 30)

    async with db.unit() as uow:
        await release(uow, key=new_id(), hold=made.transfer, kind="let go")

    assert await has(db, amina) == Balance(shillings(100), NOTHING, NOTHING)


async def test_hold_when_ended_cannot_be_ended_again_by_another_key(db: Database, amina: Account) -> None:
    made, key, late = await set_aside(db, amina, 30), new_id(), new_id()
    async with db.unit() as uow:
        first = await release(uow, key=key, hold=made.transfer, kind="let go")
    before = await picture(db)

    for _ in range(2):
        async with db.unit() as uow:
            with pytest.raises(HoldResolved):
                await settle(uow, key=late, hold=made.transfer, to=[(MPESA_UTILITY, shillings(30))], kind="paid")
    async with db.unit() as uow:
        again = await release(uow, key=key, hold=made.transfer, kind="let go")

    assert again == Posted(first.transfer, repeated=True)
    assert await picture(db) == before


async def test_settle_when_the_payee_is_new_and_the_hold_is_over_says_so(db: Database, amina: Account) -> None:
    """The payee has no row yet, so the verdict comes before any row is made."""
    made = await set_aside(db, amina, 30)
    async with db.unit() as uow:
        await release(uow, key=new_id(), hold=made.transfer, kind="let go")
    before = await picture(db)

    async with db.unit() as uow:
        with pytest.raises(HoldResolved):
            await settle(uow, key=new_id(), hold=made.transfer, to=[(someone(), shillings(30))], kind="paid")

    assert await picture(db) == before


async def test_expire_due_when_time_is_up_gives_back_what_nobody_settled(db: Database, amina: Account, clock) -> None:
    juma = someone()
    settled, due = await set_aside(db, amina, 10, minutes=5), await set_aside(db, amina, 20, minutes=5)
    await set_aside(db, amina, 30, minutes=60)
    await set_aside(db, amina, 40)
    async with db.unit() as uow:
        await settle(uow, key=new_id(), hold=settled.transfer, to=[(juma, shillings(10))], kind="paid")

    async with db.unit() as uow:
        assert await expire_due(uow) == []
    clock.advance(minutes=5)
    async with db.unit() as uow:
        assert await expire_due(uow) == [due.transfer]
    async with db.unit() as uow:
        assert await expire_due(uow) == []

    assert await has(db, amina) == Balance(shillings(20), NOTHING, shillings(70))


async def test_expire_due_when_many_are_due_takes_the_oldest_first(db: Database, amina: Account, clock) -> None:
    made = [await set_aside(db, amina, 1, minutes=n) for n in (3, 1, 2)]
    clock.advance(minutes=9)

    async with db.unit() as uow:
        first = await expire_due(uow, at_most=2)
    async with db.unit() as uow:
        rest = await expire_due(uow, at_most=2)

    assert first + rest == [made[1].transfer, made[2].transfer, made[0].transfer]
    assert (await has(db, amina)).available == shillings(100)


@pytest.mark.parametrize("paid", [[], [31], [0], [-1, 2]])
async def test_settle_when_the_payments_make_no_sense_is_a_bug(db: Database, amina: Account, paid: list[int]) -> None:
    made = await set_aside(db, amina, 30)

    async with db.unit() as uow:
        with pytest.raises(ValueError, match="settled by paying"):
            await settle(uow, key=new_id(), hold=made.transfer, to=[(someone(), shillings(n)) for n in paid], kind="paid")


async def test_settle_when_the_transfer_is_no_hold_is_a_bug(db: Database, amina: Account) -> None:
    plain = await deposit(db, amina, shillings(1))

    async with db.unit() as uow:
        with pytest.raises(ValueError, match="holds nothing"):
            await release(uow, key=new_id(), hold=plain.transfer, kind="let go")
        with pytest.raises(LookupError):
            await release(uow, key=new_id(), hold=TransferId(new_id()), kind="let go")


@pytest.mark.parametrize(("amount", "bucket"), [(0, Bucket.LOCKED), (-1, Bucket.LOCKED), (1, Bucket.AVAILABLE)])
async def test_hold_when_it_sets_nothing_aside_is_a_bug(db: Database, amina: Account, amount: int, bucket: Bucket) -> None:
    async with db.unit() as uow:
        with pytest.raises(ValueError, match="sets something aside"):
            await hold(uow, intent=new_id(), kind="x", account=amina, amount=shillings(amount), bucket=bucket)


async def test_reverse_when_a_transfer_is_taken_back_restores_both_sides_once(db: Database, amina: Account) -> None:
    first, key = await deposit(db, amina, shillings(50), fee=Money(125)), new_id()

    async with db.unit() as uow:
        back = await reverse(uow, key=key, transfer=first.transfer, kind="mistake")
    async with db.unit() as uow:
        with pytest.raises(AlreadyReversed):
            await reverse(uow, key=new_id(), transfer=first.transfer, kind="mistake")
        assert await reverse(uow, key=key, transfer=first.transfer, kind="mistake") == Posted(back.transfer, repeated=True)

    assert (await has(db, amina)).available == shillings(100)
    assert (await has(db, PLATFORM_FEES)).available == NOTHING
    assert (await has(db, MPESA_UTILITY)).available == shillings(-100)


async def test_reverse_when_the_money_is_spent_is_refused(db: Database, amina: Account) -> None:
    first = await deposit(db, amina, shillings(50))
    await set_aside(db, amina, 120)

    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds) as refused:
            await reverse(uow, key=new_id(), transfer=first.transfer, kind="mistake")

    assert (refused.value.available, refused.value.needed) == (shillings(30), shillings(50))


async def test_reverse_when_a_settled_hold_is_taken_back_frees_the_money(db: Database, amina: Account) -> None:
    juma = someone()
    made = await set_aside(db, amina, 30)
    async with db.unit() as uow:
        paid = await settle(uow, key=new_id(), hold=made.transfer, to=[(juma, shillings(20))], kind="paid")
    async with db.unit() as uow:
        await reverse(uow, key=new_id(), transfer=paid.transfer, kind="mistake")

    assert await has(db, amina) == Balance(shillings(100), NOTHING, NOTHING)
    assert await has(db, juma) == Balance(NOTHING, NOTHING, NOTHING)


async def test_reverse_when_it_is_no_movement_on_its_own_is_a_bug(db: Database, amina: Account) -> None:
    first, held = await deposit(db, amina, shillings(5)), await set_aside(db, amina, 3)
    async with db.unit() as uow:
        freed = await release(uow, key=new_id(), hold=held.transfer, kind="let go")
    async with db.unit() as uow:
        back = await reverse(uow, key=new_id(), transfer=first.transfer, kind="mistake")

    async with db.unit() as uow:
        for wrong in (held, freed, back):
            with pytest.raises(ValueError, match="can't be taken back"):
                await reverse(uow, key=new_id(), transfer=wrong.transfer, kind="mistake")


async def test_split_when_it_does_not_come_out_even_gives_every_cent_away(db: Database, amina: Account) -> None:
    dao = DaoId(new_id())
    among = {treasury(dao): 1, pot(dao, "welfare"): 1, pot(dao, "loans"): 1, pot(dao, "reserve"): 0}

    async with db.unit() as uow:
        await split(uow, key=new_id(), kind="contribution", giver=amina, amount=shillings(100), among=among)

    assert [(await has(db, account)).available for account in among] == [Money(3334), Money(3333), Money(3333), NOTHING]
    assert (await has(db, amina)).available == NOTHING


async def test_exchange_when_done_sums_to_zero_in_each_currency_and_keeps_the_rate(db: Database, amina: Account) -> None:
    rate, tokens = Decimal("0.007712345678901234567"), Money(771234567890123456, CUSD)

    async with db.unit() as uow:
        made = await exchange(
            uow,
            key=new_id(),
            kind="swap",
            account=amina,
            given=shillings(100),
            taken=tokens,
            rate=rate,
            details={"quote": "Q1"},
        )

    async with db.unit() as uow:
        assert (await balance(uow, amina, CUSD)).available == tokens
        assert (await balance(uow, FX, CUSD)).available == -tokens
        assert (await balance(uow, FX)).available == shillings(100)
        line = (await entries(uow, amina, limit=1))[0]
        assert len((await recorded(uow, made.transfer)).legs) == 4
    assert line.details == {"quote": "Q1", "rate": "0.007712345678901234567", "rate_of": "cUSD for 1 KES"}


@pytest.mark.parametrize(
    ("given", "taken"), [(shillings(0), Money(1, CUSD)), (shillings(1), Money(-1, CUSD)), (shillings(1), shillings(1))]
)
async def test_exchange_when_it_is_none_is_a_bug(db: Database, amina: Account, given: Money, taken: Money) -> None:
    async with db.unit() as uow:
        with pytest.raises(ValueError, match="two currencies"):
            await exchange(uow, key=new_id(), kind="swap", account=amina, given=given, taken=taken, rate=Decimal(1))


@pytest.mark.parametrize("rate", ["NaN", "Infinity", "0", "-1"])
async def test_exchange_when_its_rate_is_none_is_a_bug(db: Database, amina: Account, rate: str) -> None:
    async with db.unit() as uow:
        with pytest.raises(ValueError, match="rate"):
            await exchange(
                uow, key=new_id(), kind="swap", account=amina, given=shillings(1), taken=Money(1, CUSD), rate=Decimal(rate)
            )


async def test_exchange_when_its_rate_is_small_is_written_as_people_write_it(db: Database, amina: Account) -> None:
    async with db.unit() as uow:
        rate = Decimal("0.0000001")
        await exchange(uow, key=new_id(), kind="swap", account=amina, given=shillings(1), taken=Money(1, CUSD), rate=rate)
        line = (await entries(uow, amina, limit=1))[0]

    assert line.details["rate"] == "0.0000001"
