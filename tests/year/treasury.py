"""The treasury: asked, approved by others, waited for and paid; rejected, stopped, expired, void, too much; petty and in need."""

from __future__ import annotations

from typing import Any

from core.daos.spending import Payee
from core.governance.matters import Spend
from core.kernel.ids import MemberId
from core.ledger.accounts import treasury
from core.treasury.approving import approve, reject
from core.treasury.asking import ask_payment, payee_of
from core.treasury.objecting import object_to, withdraw_request
from core.treasury.reading import dry_run, see_treasury, waits_for
from core.treasury.reporting import report_use
from core.treasury.requests import Request, find_request

from .chama import Chama, shillings

# One after another, each on a day of its own.
TURNS = (
    "a member",
    "outside",
    "rejected",
    "objected to",
    "left alone",
    "withdrawn",
    "petty cash",
    "emergency",
    "signers change",
    "over the day's limit",
    "own payment",
    "needs a vote",
)


async def day(chama: Chama) -> None:
    """Every second day another fate of a request; what was asked is reported when it was an emergency."""
    if chama.day >= 6 and chama.due(2, 0):
        held = await chama.money(treasury(chama.id))
        fate = TURNS[chama.turn("the treasury", first=3) % len(TURNS)]
        if held > shillings(500):
            await _turn(chama, fate)
    for request in list(chama.keep.get("emergencies", [])):
        if (await chama.ask(find_request, request=request.id)).status == "paid":
            given = {"member": request.proposer, "words": "medicine and a taxi"}
            await chama.act("report an emergency", report_use, request=request.id, **given)
            chama.keep["emergencies"].remove(request)


async def _turn(chama: Chama, fate: str) -> None:
    amount = 100 + chama.random.randrange(80)
    match fate:
        case "a member":
            await approved(chama, await ask(chama, fate, amount))
        case "outside" | "emergency":
            await _beyond(chama, fate, amount)
        case "rejected":
            await _reject(chama, await ask(chama, fate, amount))
        case "objected to":
            await _object(chama, await ask(chama, fate, amount))
        case "withdrawn" if (request := await ask(chama, fate, amount)) is not None:
            given = {"request": request.id, "member": request.proposer}
            await chama.act("take a request back", withdraw_request, **given)
        case "left alone":
            await ask(chama, fate, amount)
        case "petty cash":
            await ask(chama, fate, 60, by=chama.officer("treasurer"), path="petty")
        case "signers change":
            await _signers_change(chama, await ask(chama, fate, amount))
        case "over the day's limit":
            await ask(chama, fate, 2_500)
        case "own payment":
            await _own(chama, amount)
        case "needs a vote":
            await _needs_vote(chama)
    await chama.act("try what a payment would do", dry_run, group=chama.id, total=shillings(100))
    await chama.act("look at the treasury", see_treasury, viewer=chama.members[-1], group=chama.id)


async def ask(chama: Chama, what: str, amount: int, *, by: MemberId | None = None, **given: Any) -> Request | None:
    """A request by an official, to a member of the group unless told otherwise."""
    member = chama.random.choice(chama.ordinary)
    name = next(person.name for person in chama.people if person.id == member)
    wanted = {"payee": Payee(name[:30], member=member), "reason": "chairs for the meeting", "category": "supplies", **given}
    asker = by or chama.officer("treasurer")
    return await chama.act(
        f"ask the treasury: {what}",
        ask_payment,
        intent=chama.intent(),
        member=asker,
        group=chama.id,
        amount=shillings(amount),
        **wanted,
    )


async def approved(chama: Chama, request: Request | None) -> None:
    """Everybody whose word is needed approves exactly this."""
    if request is None:
        return
    for member in (*request.signers[: request.needed], *request.padlocks):
        await chama.act("approve a request", approve, request=request.id, member=member, digest=request.digest)


async def _beyond(chama: Chama, fate: str, amount: int) -> None:
    """To a shop's number, or to a member's own as an emergency."""
    phone = {"outside": f"+25479900{chama.number:04d}"}.get(fate, "+254798000001")
    payee = await chama.ask(payee_of, group=chama.id, phone=phone, name="Duka la Vitabu")
    request = await ask(chama, fate, amount, payee=payee, path="emergency" if fate == "emergency" else "usual")
    await approved(chama, request)
    if request is not None and fate == "emergency":
        chama.keep.setdefault("emergencies", []).append(request)


async def _reject(chama: Chama, request: Request | None) -> None:
    for member in request.signers if request else ():
        await chama.act("reject a request", reject, request=request.id, member=member, digest=request.digest)  # type: ignore[union-attr]


async def _object(chama: Chama, request: Request | None) -> None:
    await approved(chama, request)
    for member in chama.ordinary if request else ():
        if (await chama.ask(find_request, request=request.id)).status == "waiting":  # type: ignore[union-attr]
            await chama.act("object to a payment", object_to, request=request.id, member=member)  # type: ignore[union-attr]


async def _signers_change(chama: Chama, request: Request | None) -> None:
    """Approved, and before it is paid the secretary's office goes to somebody else."""
    await approved(chama, request)
    chama.keep["change the secretary"] = True


async def _own(chama: Chama, amount: int) -> None:
    """To an official herself, which leaves too few to approve; and by one who then approves what she asked for."""
    name = next(person.name for person in chama.people if person.id == chama.chair)
    await ask(chama, "own payment", amount, payee=Payee(name[:30], member=chama.chair))
    request = await ask(chama, "own request", amount)
    if request is not None:
        given = {"request": request.id, "member": request.proposer, "digest": request.digest}
        await chama.act("approve one's own", approve, **given)
    for official in chama.officials():
        chama.world.counts["read what waits for approval"] += len(await chama.ask(waits_for, member=official, group=chama.id))
    await approved(chama, request)


async def _needs_vote(chama: Chama) -> None:
    """More than officials may spend alone, as far as the money goes: by a vote."""
    held = await chama.money(treasury(chama.id))
    if held < shillings(1_600):
        return
    member = chama.random.choice(chama.ordinary)
    name = next(person.name for person in chama.people if person.id == member)
    request = await ask(chama, "needs a vote", 1_200, payee=Payee(name[:18], member=member), reason="a water tank")
    await approved(chama, request)
    chama.keep.setdefault("matters", []).append(Spend(shillings(1_200), name[:18], member=member))
