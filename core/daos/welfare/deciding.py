"""Deciding claims on the welfare kitty: officials by PIN, or a vote of the members; and paying what was approved.

Nobody approves her own claim. At the payment everything is checked again: that she belongs, has waited, is within her year, and
that the kitty has it.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.groups import find_group
from core.daos.people import people_of, require_role, short_name
from core.daos.telling import SHORT_GROUP, tell, tell_group
from core.daos.welfare.claims import claim_seen, deciders_of, end_late_claims, lock_claims, require_payable, words_on
from core.daos.welfare.errors import KittyShort, NoClaim, OwnClaim
from core.daos.welfare.models import WelfareClaimRow, WelfareDecisionRow
from core.identity.signing import renew_word, require_may_sign, words_that_count
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import text
from core.ledger.accounts import member_account, pot
from core.ledger.service import InsufficientFunds, Leg, balances, transfer

CLAIM = "welfare_claim"
PAID_OUT = "paid"
# Names of approvers in the message to all.
NAMES_TOLD = 3

Outcome = Literal["waiting", "paid", "refused"]


async def decide(uow: UnitOfWork, *, official: MemberId, group: DaoId, claim: UUID, approves: bool) -> Outcome:
    """An official's word on a claim. The last approval pays; it's refused when it can't get enough approvals any more.

    All members are told of a payment, she herself of a refusal. Raises NotAMember, NotYourRole, NoClaim, OwnClaim, SignsLater
    (for a yes), and what `require_payable` finds at the payment; KittyShort. Locks the group. At most one ledger call, near the
    end.
    """
    await require_role(uow, member=official, group=group)
    row = await _open(uow, group, claim)
    if row.user_id == official:
        raise OwnClaim
    if approves:
        await require_may_sign(uow, member=official)
    if not row.needed:
        # It was put to the members, and isn't taken from them by an official who came later.
        raise NoClaim
    said = await words_on(uow, claim=row.id)
    if official not in said:
        said[official] = WelfareDecisionRow(claim_id=row.id, user_id=official, approves=approves, created_at=uow.clock.now())
        uow.session.add(said[official])
        await uow.session.flush()
    elif approves and said[official].approves:
        await renew_word(uow, about=row.id, member=official, said_at=said[official].created_at)
    others = await deciders_of(uow, group=group, member=MemberId(row.user_id))
    # Only who is an official now counts.
    yes = {who: word.created_at for who, word in said.items() if word.approves}
    counts = await words_that_count(uow, about=row.id, said=yes)
    approved = [person for person in others if person.id in said and said[person.id].approves and person.id in counts]
    refused = [person for person in others if person.id in said and not said[person.id].approves]
    if len(approved) >= row.needed:
        names = ", ".join(short_name(person.name) for person in approved[:NAMES_TOLD])
        await _pay(uow, row, because=names)
        return "paid"
    if len(others) - len(refused) < row.needed:
        await _refuse(uow, row, because="officials")
        return "refused"
    return "waiting"


async def decide_by_vote(
    uow: UnitOfWork, *, group: DaoId, claim: UUID, passed: bool, because: str, why: str = "vote"
) -> Outcome:
    """What the members' vote said to a claim; for governance. Raises and locks like `decide`.

    because: names the vote, and begins with that word. why: of a refusal, as she is told: vote (the members said no), or what
    became of the vote (cancelled, lapsed, or the code of what kept a claim that passed from being paid).
    """
    row = await _open(uow, group, claim)
    if not passed:
        await _refuse(uow, row, because=because, why=why)
        return "refused"
    await _pay(uow, row, because=because)
    return "paid"


async def refuse_all(uow: UnitOfWork, *, group: DaoId, because: str) -> None:
    """Refuse whatever waits: the group ends. Each who had claimed is told. Locks the group."""
    await lock_claims(uow, group=group)
    waits = WelfareClaimRow.dao_id == group, WelfareClaimRow.status == "open"
    for row in await uow.session.scalars(select(WelfareClaimRow).where(*waits).order_by(WelfareClaimRow.number)):
        await _refuse(uow, row, because=because, why="ended")


async def _open(uow: UnitOfWork, group: DaoId, claim: UUID) -> WelfareClaimRow:
    await lock_claims(uow, group=group)
    await end_late_claims(uow, group=group)
    found = select(WelfareClaimRow).where(
        WelfareClaimRow.id == claim, WelfareClaimRow.dao_id == group, WelfareClaimRow.status == "open"
    )
    row = await uow.session.scalar(found.execution_options(populate_existing=True))
    if row is None:
        raise NoClaim
    return row


async def _pay(uow: UnitOfWork, row: WelfareClaimRow, *, because: str) -> None:
    group, member, amount = DaoId(row.dao_id), MemberId(row.user_id), Money.from_decimal(row.amount)
    await require_payable(uow, member=member, group=group, benefit=row.kind, amount=amount)
    kitty = pot(group, "welfare")
    held = (await balances(uow, [kitty]))[kitty].available
    if held < amount:
        raise KittyShort(held)
    rules, seen = await rules_of(uow, group=group), await claim_seen(uow, row)
    found = await find_group(uow, group=group)
    about = {"in_group": found.name[:SHORT_GROUP], "person": seen.who, "amount": amount, "names": because}
    what = text("sms-welfare-paid", **about, benefit=text(f"welfare-{row.kind}"), total=held - amount)
    await tell_group(uow, group=group, what=what, template="welfare_paid")
    if held - amount < rules.welfare_floor:
        sums = {"total": held - amount, "floor": rules.welfare_floor, "regular": rules.welfare}
        low = text("sms-welfare-low", group=found.name, dialled=dial_to(uow, found.code, "welfare"), **sums)
        await tell_group(uow, group=group, what=low, template="welfare_low")
    legs = [Leg(kitty, -amount), Leg(member_account(member), amount)]
    try:
        posted = await transfer(uow, key=uuid5(row.id, PAID_OUT), kind=CLAIM, legs=legs, details={"claim": str(row.id)})
    except InsufficientFunds as short:
        raise KittyShort(short.available) from short
    row.status, row.ended_at, row.transfer_id, row.because = "paid", uow.clock.now(), posted.transfer, because
    await uow.session.flush()


async def _refuse(uow: UnitOfWork, row: WelfareClaimRow, *, because: str, why: str = "officials") -> None:
    row.status, row.ended_at, row.because = "refused", uow.clock.now(), because
    await uow.session.flush()
    group = DaoId(row.dao_id)
    name = (await find_group(uow, group=group)).name
    for person in await people_of(uow, group=group):
        if person.id == row.user_id:
            told = text("sms-welfare-refused", group=name, amount=Money.from_decimal(row.amount), cause=why)
            await tell(uow, person, told, template="welfare")
