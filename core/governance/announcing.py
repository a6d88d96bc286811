"""Telling the group about a proposal: when it is made, when it opens, on the last morning, its result and what came of it.

Each is told once, by a job, so that whoever proposes doesn't wait for hundreds of messages to be written.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.daos.dialling import dial_to
from core.daos.group_chats import tell_chat
from core.daos.groups import find_group
from core.daos.people import Person, people_of
from core.daos.telling import tell_each
from core.governance.calendar import REMINDED_BEFORE
from core.governance.models import BallotRow, NoticeRow, VoterRow
from core.governance.proposals import Proposal, find_proposal
from core.governance.results import arithmetic, outcome
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import Text, text

# What may leave by them is told like money that moves, to everybody; the rest like other news of the group.
GRAVE = ("spend", "expulsion", "dissolution", "welfare")
# What is also said in the group's chat; the rest concerns some of its members.
FOR_THE_CHAT = ("opened", "result")
# Of the group's name, as much as leaves room for the rest of one SMS.
LONGEST_GROUP = 19


async def tell_notice(uow: UnitOfWork, *, proposal: UUID, notice: str) -> bool:
    """Tell whom it concerns, unless that was done; whether it was done now."""
    found = await find_proposal(uow, proposal=proposal)
    if not _is_still_so(uow, found, notice):
        return False
    row = {"id": uow.ids.new(), "proposal_id": proposal, "notice": notice, "told_at": uow.clock.now()}
    first = insert(NoticeRow).values(row).on_conflict_do_nothing(index_elements=["proposal_id", "notice"])
    if await uow.session.scalar(first.returning(NoticeRow.id)) is None:
        return False
    group = await find_group(uow, group=found.group)
    what, template = _said(found, notice, dial_to(uow, group.code, "votes")), _template(found, notice)
    # How to vote is of no use afterwards; what came of it always is.
    until = found.closes_at if notice in ("opened", "reminder") else None
    await tell_each(uow, [(person, what) for person in await _whom(uow, found, notice)], template=template, until=until)
    if notice in FOR_THE_CHAT:
        await tell_chat(uow, group=found.group, what=what, template=template)
    return True


def _template(proposal: Proposal, notice: str) -> str:
    if notice == "reminder":
        return "vote_reminder"
    return "vote_on_money" if proposal.matter.kind in GRAVE else "proposal"


def _is_still_so(uow: UnitOfWork, proposal: Proposal, notice: str) -> bool:
    """A reminder of a vote that ended early, or a question to a seconder or candidate that comes too late, isn't told."""
    if notice in ("waiting", "gathering"):
        return proposal.state == notice
    if notice.startswith("asked"):
        return proposal.state == "gathering"
    if notice == "reminder":
        close = proposal.closes_at
        return proposal.state == "open" and close is not None and close - REMINDED_BEFORE <= uow.clock.now() < close
    return True


async def _whom(uow: UnitOfWork, proposal: Proposal, notice: str) -> list[Person]:
    people = await people_of(uow, group=proposal.group)
    if notice == "reminder":
        wanted = await _silent(uow, proposal)
        return [person for person in people if person.id in wanted]
    if notice.startswith("asked"):
        return [person for person in people if person.id == _asked(proposal, notice)]
    return people


def _asked(proposal: Proposal, notice: str) -> MemberId | None:
    number = int(notice.removeprefix("asked "))
    return next((option.member for option in proposal.options if option.number == number), None)


async def _silent(uow: UnitOfWork, proposal: Proposal) -> set[MemberId]:
    voted = select(BallotRow.voter_id).where(BallotRow.proposal_id == proposal.id)
    silent = VoterRow.proposal_id == proposal.id, VoterRow.voter_id.not_in(voted)
    return {MemberId(one) for one in await uow.session.scalars(select(VoterRow.voter_id).where(*silent))}


def _said(proposal: Proposal, notice: str, dialled: str) -> Text:
    about = {"chama": proposal.group_name[:LONGEST_GROUP], "number": proposal.number, "dialled": dialled}
    key = "asked" if notice.startswith("asked") else notice
    match key:
        case "result":
            return _result(proposal)
        case "opened" | "reminder":
            return Text(f"sms-vote-{key}", {**about, "what": proposal.what, "until": proposal.closes_at})
        case "waiting" | "gathering" | "asked":
            return Text(f"sms-vote-{key}", {**about, "what": proposal.what, "until": proposal.waits_until})
        case "refused":
            return text("sms-vote-refused", **about, what=proposal.what, cause=proposal.refusal or "")
        case _:
            return Text(f"sms-vote-{key}", {**about, "what": proposal.what})


def _result(proposal: Proposal) -> Text:
    said = {
        "chama": proposal.group_name[:LONGEST_GROUP],
        "number": proposal.number,
        "outcome": outcome(proposal),
        "sum": arithmetic(proposal),
    }
    if proposal.takes_effect_at is not None:
        return text("sms-vote-result-effect", **said, at=proposal.takes_effect_at)
    return text("sms-vote-result", **said)
