"""One request of a treasury: amount and payee first, its arithmetic, and what she may do about it. Every deed takes her PIN."""

from __future__ import annotations

from datetime import timedelta

from core.daos.constitutions import rules_of
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Asks, Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.identity.approvals import Approval
from core.kernel.ids import IntentId
from core.kernel.texts import Text, text
from core.treasury.approving import approve, reject
from core.treasury.objecting import object_to, withdraw_request
from core.treasury.paying import try_again
from core.treasury.reading import DryRun, Standing, dry_run, see_numbered
from core.treasury.reasons import clean_reason
from core.treasury.reporting import report_use
from core.treasury.requests import SHORT_NAME
from core.treasury.voting import to_vote_on

DEEDS = ("approve", "reject", "object", "again", "report", "withdraw", "vote")


def approval(turn: Turn) -> Approval:
    """What an approver approves: this amount to this payee, by the digest that she was shown."""
    values = turn.values
    return Approval(
        "treasury",
        turn.intent,
        turn.money("amount"),
        payee=str(values["payee"]),
        payee_id=str(values["digest"]),
        by_role=bool(values["by_role"]),
    )


async def _standing(turn: Turn) -> Standing:
    return await see_numbered(turn.uow, viewer=turn.me.id, group=turn.group, number=int(turn.values["number"]))


AHEAD = {"details": go("treasury.details"), "approve": go("treasury.approve"), "vote": go("votes.confirm")}


@screen("treasury.request", leads=AHEAD)
async def ask_request(turn: Turn) -> Screen:
    """Amount and payee, for what, who has approved, what would remain, and what she may do."""
    standing = await _standing(turn)
    request = standing.request
    rules = await rules_of(turn.uow, group=request.group)
    turn.values.update(
        request=request.id,
        amount=request.amount,
        payee=request.payee.name,
        digest=request.digest,
        by_role=rules.officials_two_factor and turn.me.id in request.signers,
    )
    # Who decides about it may refuse; on a small screen that is enough.
    may = standing.may - {"object"} if "approve" in standing.may else standing.may
    deeds = (option(deed, text("treasury-deed", deed=deed)) for deed in DEEDS if deed in may)
    return Screen(
        text(
            "treasury-request",
            amount=request.amount,
            payee_short=request.payee_short,
            number=request.number,
            why_short=request.reason[:24],
        ),
        rows=await _rows(turn, standing),
        choices=(*deeds, option("details", text("treasury-details"))),
    )


async def _rows(turn: Turn, standing: Standing) -> tuple[Text, ...]:
    request = standing.request
    if standing.void is not None:
        return (text("treasury-is-void", because=standing.void),)
    match request.status:
        case "open":
            found = await dry_run(turn.uow, group=request.group, total=request.total)
            arithmetic = remains(found)
            mine = standing.cooling.get(turn.me.id)
            return (_counted(standing), arithmetic, *((text("treasury-you-cool", at=mine[1]),) if mine else ()))
        case "waiting":
            return (_window(turn, standing),)
        case "paid":
            if standing.receipt is None:
                return (text("treasury-was-paid", at=request.paid_at),)
            return (text("treasury-was-paid-out", at=request.paid_at, receipt=standing.receipt),)
        case _:
            return (text("treasury-stands", standing=text("treasury-state", status=request.status)),)


def remains(found: DryRun) -> Text:
    """What is left when it is paid."""
    figures = {"fund_before": found.before.figures(), "fund_takes": found.total.figures(), "fund_leaves": found.after.figures()}
    return text("treasury-remains", **figures)


def _window(turn: Turn, standing: Standing) -> Text:
    """How long members can still object, and how many do."""
    request, now = standing.request, turn.uow.clock.now()
    left = max((request.due_at or now) - now, timedelta(0))
    return text(
        "treasury-waits",
        at=request.due_at,
        hours_left=int(left.total_seconds()) // 3600,
        count=standing.objections,
        most=request.objectors,
    )


def _counted(standing: Standing) -> Text:
    request = standing.request
    vote = request.needs_vote and request.proposal is None
    return text(
        "treasury-counted",
        officials=standing.officials,
        needed_officials=request.needed,
        padlocks=standing.padlocks,
        needed_padlocks=len(request.padlocks),
        vote_needed="needed" if vote else "none",
    )


@ask_request.answered
async def take_request(turn: Turn, chosen: str) -> Step:
    """Each deed waits for her PIN."""
    if chosen == "vote":
        return await _to_vote(turn)
    deeds = {
        "details": go("treasury.details"),
        "approve": go("treasury.approve"),
        "reject": go("treasury.reject"),
        "object": go("treasury.object"),
        "again": go("treasury.again"),
        "withdraw": go("treasury.withdraw"),
        "report": go("treasury.report"),
    }
    return deeds[chosen]


async def _to_vote(turn: Turn) -> Step:
    """The last look at a proposal about exactly this, as if she had put it together."""
    matter, words = await to_vote_on(turn.uow, viewer=turn.me.id, request=_request(turn))
    return go(
        "votes.confirm",
        kind=matter.kind,
        amount=matter.amount,
        payee=matter.payee,
        payee_member=matter.member or "",
        payee_phone=matter.phone or "",
        words=words,
        intent=turn.uow.ids.new(),
    )


@screen("treasury.details", leads={"back": go("treasury.request")})
async def ask_details(turn: Turn) -> Screen:
    """Who asked, who said what, what it costs, until when, and what could no longer be paid."""
    standing = await _standing(turn)
    request = standing.request
    rows = [
        text("treasury-who", whose=request.payee.name, by_short=standing.by[:SHORT_NAME], code=request.code),
        text("treasury-approved-by", approvers=", ".join(standing.approved) or "-"),
    ]
    if standing.refused:
        rows.append(text("treasury-refused-by", approvers=", ".join(standing.refused)))
    if request.total != request.amount:
        rows.append(text("treasury-fees", fee=request.fee, charge=request.charge))
    if request.status == "open":
        found = await dry_run(turn.uow, group=request.group, total=request.total, but=request.id)
        if found.unpayable:
            rows.append(text("treasury-unpayable", request_numbers=", ".join(str(one) for one in found.unpayable[:9])))
        rows += [text("treasury-cools", by_short=name[:SHORT_NAME], at=at) for name, at in standing.cooling.values()]
        rows.append(text("treasury-until", until=request.expires_at))
    if request.report:
        rows.append(text("treasury-reported", report_words=request.report))
    head = text("treasury-details-of", number=request.number, expense=text("treasury-category", category=request.category))
    return Screen(head, rows=tuple(rows), choices=(option("back", text("treasury-back")),))


@ask_details.answered
async def take_details(_turn: Turn, _chosen: str) -> Step:
    """Back to the request."""
    return go("treasury.request")


def _request(turn: Turn) -> IntentId:
    return IntentId(turn.id("request"))


@action("treasury.approve", needs=Assurance.PIN, why="pin-why-treasury-approve", approves=approval, final=True)
async def do_approve(turn: Turn) -> Step:
    """Her word for exactly what she read; the last one needed sets the money aside."""
    done = await approve(turn.uow, request=_request(turn), member=turn.me.id, digest=str(turn.values["digest"]))
    if done.status == "waiting" and done.due_at is not None:
        return End(text("treasury-all-approved", number=done.number, at=done.due_at))
    return End(text("treasury-you-approved", number=done.number), rows=(_counted(await _standing(turn)),))


@action("treasury.reject", needs=Assurance.PIN, why="pin-why-treasury-reject")
async def do_reject(turn: Turn) -> Step:
    """Her word against it."""
    done = await reject(turn.uow, request=_request(turn), member=turn.me.id, digest=str(turn.values["digest"]))
    return End(text("treasury-you-rejected", number=done.number, status=done.status))


@action("treasury.object", needs=Assurance.PIN, why="pin-why-treasury-object")
async def do_object(turn: Turn) -> Step:
    """One of those who stop it."""
    done = await object_to(turn.uow, request=_request(turn), member=turn.me.id)
    count = (await _standing(turn)).objections
    return End(text("treasury-you-object", number=done.number, status=done.status, count=count, most=done.objectors))


@action("treasury.withdraw", needs=Assurance.PIN, why="pin-why-treasury-withdraw")
async def do_withdraw(turn: Turn) -> Step:
    """Her own request, taken back."""
    done = await withdraw_request(turn.uow, request=_request(turn), member=turn.me.id)
    return End(text("treasury-you-withdrew", number=done.number))


@action("treasury.again", needs=Assurance.PIN, why="pin-why-treasury-again", approves=approval)
async def do_again(turn: Turn) -> Step:
    """What M-PESA didn't pay, once more."""
    done = await try_again(turn.uow, request=_request(turn), member=turn.me.id)
    return End(text("treasury-tried-again", number=done.number, amount=done.amount))


@screen("treasury.report")
async def ask_report(turn: Turn) -> Screen:
    """What the emergency's money was used for."""
    return Screen(text("treasury-report", number=turn.values["number"]), asks=Asks.TEXT)


@ask_report.answered
async def take_report(_turn: Turn, typed: str) -> Step:
    """Every member gets these words."""
    return go("treasury.send_report", words=clean_reason(typed))


@action("treasury.send_report", needs=Assurance.PIN, why="pin-why-treasury-report")
async def send_report(turn: Turn) -> Step:
    """The report goes to everybody."""
    done = await report_use(turn.uow, request=_request(turn), member=turn.me.id, words=str(turn.values["words"]))
    return End(text("treasury-report-sent", number=done.number))
