"""The share-out: proposed by an official, approved by as many as the rules say, each of the same digest, and done once.

Whatever was bought, paid back or repaid between a proposal and its last approval would change the digest. So buying waits
meanwhile, and when anything else has changed the proposal is void and nobody's money moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.dues.credit import queue_credit
from core.daos.ending import is_ending, refuse_while_ending
from core.daos.groups import find_group, require_member
from core.daos.people import OFFICIALS, people_of, require_role
from core.daos.shares.cycles import ShareOutIsOpen, locked_cycle, next_cycle
from core.daos.shares.models import ShareCycleRow, ShareOutApprovalRow, ShareOutLineRow, ShareOutReturnRow, ShareOutRow
from core.daos.shares.reckoning import Reckoning, reckon
from core.daos.telling import tell_each, tell_group
from core.identity.signing import require_may_sign, words_that_count
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import text
from core.ledger.accounts import Account, member_account, pot, treasury
from core.ledger.service import Leg, balances, transfer

SHARE_OUT = "share_out"
# Under which a cycle's one share-out stands for ever.
SHARED_OUT = "shared out"
NEXT_CYCLE = "next cycle"
OPEN_FOR = timedelta(hours=72)
CODE_LENGTH = 8

Outcome = Literal["waiting", "done", "void"]


@dataclass
class NothingToShare(CoreError):
    """No shares were bought, or there is no whole shilling to share."""

    code = "nothing-to-share"
    kind = Kind.CONFLICT


@dataclass
class NoShareOut(CoreError):
    """There is no share-out that waits for approval, or not any more the one that was read."""

    code = "no-share-out"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class OpenShareOut:
    """A share-out that waits: its sums, the digest and a short code of it, and who of how many has approved."""

    id: UUID
    number: int
    digest: str
    distributable: Money
    shares: int
    approved: int
    needed: int
    approved_by_her: bool

    @property
    def code(self) -> str:
        """The beginning of the digest, as officials read it out to each other."""
        return self.digest[:CODE_LENGTH].upper()


async def propose_share_out(uow: UnitOfWork, *, intent: IntentId, official: MemberId, group: DaoId, digest: str) -> Outcome:
    """Propose to share out what she read under `digest`, once per intent; her PIN is her own approval. Officials are told.

    Raises NotAMember, NotYourRole, SignsLater, NoCycle, NothingToShare, ShareOutIsOpen, GroupEnds, NoShareOut (it changed
    since she read it). Locks the cycle.
    """
    await require_role(uow, member=official, group=group)
    known = await uow.session.scalar(select(ShareOutRow).where(ShareOutRow.intent == intent))
    if known is not None:
        return "done" if known.status == "done" else "waiting"
    await require_may_sign(uow, member=official)
    cycle = await locked_cycle(uow, group=group)
    await _end_expired(uow, cycle.id)
    if await _open(uow, cycle.id) is not None:
        raise ShareOutIsOpen
    await refuse_while_ending(uow, group=group)
    reckoning = await reckon(uow, group=group)
    if not reckoning.lines or not reckoning.distributable:
        raise NothingToShare
    if reckoning.digest != digest:
        raise NoShareOut
    row = await _propose(uow, cycle, reckoning, intent=intent, official=official)
    if row.needed > 1:
        found, code = await find_group(uow, group=group), row.digest[:CODE_LENGTH].upper()
        about = {"group": found.name, "amount": reckoning.distributable, "code": code}
        await tell_group(
            uow,
            group=group,
            what=text("sms-share-out-asked", dialled=dial_to(uow, found.code, "shares"), **about),
            template="shares_asked",
            roles=OFFICIALS,
            but=[official],
        )
    return await _approve(uow, cycle, row, official)


async def _propose(
    uow: UnitOfWork, cycle: ShareCycleRow, reckoning: Reckoning, *, intent: IntentId, official: MemberId
) -> ShareOutRow:
    group, now = DaoId(cycle.dao_id), uow.clock.now()
    officials = await people_of(uow, group=group, roles=OFFICIALS)
    row = ShareOutRow(
        id=uow.ids.new(),
        cycle_id=cycle.id,
        status="open",
        digest=reckoning.digest,
        distributable=reckoning.distributable.as_decimal(),
        shares=reckoning.shares,
        # A group that has fewer officials than its rules want can still share out, by all of them.
        needed=min((await rules_of(uow, group=group)).approvals, len(officials)),
        proposed_by=official,
        intent=intent,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def approve_share_out(uow: UnitOfWork, *, official: MemberId, group: DaoId, share_out: UUID, digest: str) -> Outcome:
    """Approve the digest that she read. With the last approval it is done, or void when something has changed meanwhile.

    Raises NotAMember, NotYourRole, SignsLater, NoCycle, NoShareOut. Locks the cycle. At most one ledger call, near the end.
    """
    await require_role(uow, member=official, group=group)
    done = await uow.session.get(ShareOutRow, share_out)
    if done is not None and done.status == "done" and done.digest == digest:
        return "done"
    await require_may_sign(uow, member=official)
    cycle = await locked_cycle(uow, group=group)
    row = await _open(uow, cycle.id)
    if row is None or (row.id, row.digest) != (share_out, digest):
        raise NoShareOut
    return await _approve(uow, cycle, row, official)


async def _approve(uow: UnitOfWork, cycle: ShareCycleRow, row: ShareOutRow, official: MemberId) -> Outcome:
    approved = await _approved(uow, row.id)
    if official not in approved:
        approved[official] = uow.clock.now()
        uow.session.add(
            ShareOutApprovalRow(share_out_id=row.id, user_id=official, digest=row.digest, created_at=approved[official])
        )
        await uow.session.flush()
    # Only who is an official now counts, with a word that counts now. Nobody renews one that was given before a recovery: when
    # the hold after it is over this proposal is, too (both take 72 hours), and she approves the next.
    officials = {person.id for person in await people_of(uow, group=DaoId(cycle.dao_id), roles=OFFICIALS)}
    if len(await words_that_count(uow, about=row.id, said=approved) & officials) < row.needed:
        return "waiting"
    reckoning = await reckon(uow, group=DaoId(cycle.dao_id))
    if reckoning.digest != row.digest or await is_ending(uow, group=DaoId(cycle.dao_id)):
        row.status, row.ended_at = "void", uow.clock.now()
        await uow.session.flush()
        return "void"
    await _share_out(uow, cycle, row, reckoning)
    return "done"


async def _share_out(uow: UnitOfWork, cycle: ShareCycleRow, row: ShareOutRow, reckoning: Reckoning) -> None:
    group = DaoId(cycle.dao_id)
    cycle.closed_at = uow.clock.now()
    await uow.session.flush()
    await next_cycle(uow, intent=uuid5(cycle.id, NEXT_CYCLE), group=group)
    await _announce(uow, cycle, reckoning)
    posted = await transfer(
        uow, key=uuid5(cycle.id, SHARED_OUT), kind=SHARE_OUT, legs=legs_of(group, reckoning), details={"digest": row.digest}
    )
    row.status, row.ended_at, row.transfer_id = "done", uow.clock.now(), posted.transfer
    for line in reckoning.lines:
        uow.session.add(
            ShareOutLineRow(
                share_out_id=row.id,
                user_id=line.member,
                shares=line.shares,
                amount=line.amount.as_decimal(),
                debts=line.owed.as_decimal(),
            )
        )
        if line.owed:
            await queue_credit(uow, group=group, member=line.member, at=uow.clock.now())
    for one in reckoning.returns:
        uow.session.add(ShareOutReturnRow(share_out_id=row.id, name=one.name, amount=one.amount.as_decimal()))
    await uow.session.flush()


def legs_of(group: DaoId, reckoning: Reckoning) -> list[Leg]:
    """What leaves the pot and the returns, and where it goes: to members, what they owe into their credit in the group."""
    sums: dict[Account, Money] = {}

    def add(account: Account, amount: Money) -> None:
        sums[account] = sums.get(account, Money(0)) + amount

    brought = sum((one.amount for one in reckoning.returns), Money(0))
    add(pot(group, "shares"), brought - reckoning.distributable)
    for source in reckoning.returns:
        add(source.account, -source.amount)
    for line in reckoning.lines:
        add(member_account(line.member), line.net)
        add(member_account(line.member, group), line.owed)
    return [Leg(account, amount) for account, amount in sums.items() if amount]


async def _announce(uow: UnitOfWork, cycle: ShareCycleRow, reckoning: Reckoning) -> None:
    """The closing balances to everybody, and to each who has shares her own part."""
    group = await find_group(uow, group=DaoId(cycle.dao_id))
    pots = [pot(group.id, "welfare"), pot(group.id, "loans"), treasury(group.id)]
    held = await balances(uow, pots)
    welfare, loans, rest = (held[account].total for account in pots)
    about = {"group": group.name, "number": cycle.number, "amount": reckoning.distributable, "shares": reckoning.shares}
    closing = text("sms-share-out", **about, price=reckoning.value, welfare=welfare, loans=loans, total=rest)
    people, own = await people_of(uow, group=group.id), []
    for person in people:
        line = reckoning.line_of(person.id)
        if line is not None:
            mine = {"shares": line.shares, "amount": line.amount, "debts": line.owed, "total": line.net}
            own.append((person, text("sms-share-out-mine", group=group.name, **mine)))
    await tell_each(uow, [(person, closing) for person in people], template="share_out")
    await tell_each(uow, own, template="share_out_mine")


WAITING = Selected(
    select(ShareOutRow, ShareCycleRow.number)
    .join(ShareCycleRow, ShareCycleRow.id == ShareOutRow.cycle_id)
    .where(ShareCycleRow.dao_id == given("group"), ShareOutRow.status == "open", ShareOutRow.expires_at > given("now"))
)


async def waiting_share_out(uow: UnitOfWork, *, viewer: MemberId, group: DaoId) -> OpenShareOut | None:
    """The share-out that waits for approvals, for a member of the group. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    waiting = await uow.rows(WAITING, group=group, now=uow.clock.now())
    if not waiting:
        return None
    row, number = waiting[0]
    approved = await _approved(uow, row.id)
    about = row.digest, Money.from_decimal(row.distributable), row.shares
    # When enough have approved and it waits all the same, somebody's word was in doubt: approving again counts all anew.
    approved_by_her = viewer in approved and len(approved) < row.needed
    return OpenShareOut(row.id, number, *about, len(approved), row.needed, approved_by_her)


async def _open(uow: UnitOfWork, cycle: UUID) -> ShareOutRow | None:
    waits = ShareOutRow.cycle_id == cycle, ShareOutRow.status == "open", ShareOutRow.expires_at > uow.clock.now()
    return await uow.session.scalar(select(ShareOutRow).where(*waits).execution_options(populate_existing=True))


async def _end_expired(uow: UnitOfWork, cycle: UUID) -> None:
    late = ShareOutRow.cycle_id == cycle, ShareOutRow.status == "open", ShareOutRow.expires_at <= uow.clock.now()
    for row in await uow.session.scalars(select(ShareOutRow).where(*late)):
        row.status, row.ended_at = "void", uow.clock.now()
    await uow.session.flush()


async def _approved(uow: UnitOfWork, share_out: UUID) -> dict[MemberId, datetime]:
    found = select(ShareOutApprovalRow).where(ShareOutApprovalRow.share_out_id == share_out)
    return {MemberId(row.user_id): row.created_at for row in await uow.session.scalars(found)}
