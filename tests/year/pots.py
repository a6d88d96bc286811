"""The welfare kitty and the shares: claims that are paid, refused and too high; shares at meetings, previewed and shared out."""

from __future__ import annotations

from core.daos.shares.cycles import buy_shares, start_cycle
from core.daos.shares.reckoning import reckon
from core.daos.shares.share_out import approve_share_out, propose_share_out, waiting_share_out
from core.daos.welfare.claims import claim, open_claims
from core.daos.welfare.deciding import decide
from core.daos.welfare.kitty import pay_welfare

from .chama import Chama, shillings

BENEFITS = ("hospital", "bereavement", "birth", "wedding")
# A share-out after a month, and again twice before the year is over.
SHARE_OUTS = (29, 180, 350)


async def day(chama: Chama) -> None:
    """What happens with the pots on this day of the group."""
    if chama.on(1):
        given = {"group": chama.id, "official": chama.chair}
        await chama.act("start a cycle of shares", start_cycle, intent=chama.intent(), **given)
    if chama.due(5, 2):
        await _give(chama)
    if chama.due(8, 5):
        await _claim(chama, chama.turn("claims"))
    if chama.due(7, 5) and chama.kind != "harambee":
        await _buy(chama)
    if any(map(chama.on, SHARE_OUTS)):
        await _share_out(chama)


async def _give(chama: Chama) -> None:
    member = chama.random.choice(chama.members)
    given = {"member": member, "group": chama.id, "amount": shillings(250)}
    await chama.act("pay into the kitty", pay_welfare, intent=chama.intent(), **given)


async def _claim(chama: Chama, turn: int) -> None:
    member = chama.ordinary[(5 + 8 * turn) % len(chama.ordinary)]
    benefit = BENEFITS[turn % len(BENEFITS)]
    asked = {"member": member, "group": chama.id, "benefit": benefit, "reason": "the family needs it"}
    if turn % 4 == 3:
        await chama.act("claim", claim, intent=chama.intent(), amount=shillings(60_000), **asked)
    made = await chama.act("claim", claim, intent=chama.intent(), amount=shillings(200), **asked)
    if made is None:
        return
    refuses = turn % 4 == 2
    for official in chama.officials(member):
        if any(one.id == made.id for one in await chama.ask(open_claims, official=official, group=chama.id)):
            word = {"official": official, "group": chama.id, "claim": made.id, "approves": not refuses}
            outcome = await chama.act("decide a claim", decide, **word)
            chama.world.counts[f"a claim is {outcome}"] += 1


async def _buy(chama: Chama) -> None:
    for place, member in enumerate(chama.members):
        if place % 3 != 2:
            shares = {"member": member, "group": chama.id, "shares": 1 + place % 5}
            await chama.act("buy shares", buy_shares, intent=chama.intent(), **shares)
    await chama.act("preview the share-out", reckon, group=chama.id)


async def _share_out(chama: Chama) -> None:
    """Proposed on what is read, changed by one who pays in between where the group is odd, and approved in the end."""
    for official in chama.officials():
        waiting = await chama.ask(waiting_share_out, viewer=official, group=chama.id)
        if waiting is None:
            digest = (await chama.ask(reckon, group=chama.id)).digest
            given = {"official": official, "group": chama.id, "digest": digest}
            outcome = await chama.act("propose a share-out", propose_share_out, intent=chama.intent(), **given)
        elif not waiting.approved_by_her:
            given = {"official": official, "group": chama.id, "share_out": waiting.id, "digest": waiting.digest}
            outcome = await chama.act("approve a share-out", approve_share_out, **given)
        else:
            continue
        chama.world.counts[f"a share-out is {outcome}"] += 1
        if outcome == "done":
            return
