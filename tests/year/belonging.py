"""Who comes and goes: by invitation or by code, suspended and taken back, leaving with notice, changing offices; and the meetings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.daos.amendments import what_changed
from core.daos.calendar import at_hour
from core.daos.constitutions import version_of
from core.daos.groups import create_group
from core.daos.invitations import accept_invitation, decline_invitation, invitations_for, invite, withdraw_invitation
from core.daos.leaving import close_group, give_notice, if_left_today, stay
from core.daos.meetings import add_item, apologise, attend, call_meeting, called_meeting, cancel_meeting, open_attendance
from core.daos.minutes import confirm_minutes, correct, freeze_minutes, minutes_document, minutes_list
from core.daos.offices import resign
from core.daos.requests import answer_join_request, enter, requests_of
from core.daos.standing import reinstate, reply, suspend
from core.dialogue.flows.minutes_sources import MINUTES_SOURCES
from core.governance.matters import Dissolution
from core.governance.proposing import propose, second
from core.governance.voting import cast
from core.kernel.ids import MemberId

from .chama import Chama

CALLED, HELD, WRITTEN = 1, 9, 10
EVERY = 28


async def day(chama: Chama) -> None:
    """What happens with people and offices on this day of the group."""
    if chama.keep.pop("change the secretary", False):
        await _change_the_secretary(chama)
    if chama.due(40, 16):
        await _come(chama)
    if chama.due(40, 21):
        await _come_by_code(chama)
    if chama.due(40, 23):
        await _suspend(chama)
    if chama.due(60, 19):
        await _leave(chama)
    if chama.on(28):
        await _a_group_that_is_closed(chama)
    if chama.on(40):
        await _a_group_that_ends(chama)
    for member in chama.members[-1:]:
        if chama.due(10, 0):
            await chama.act("see what one would get", if_left_today, group=chama.id, member=member)
            await chama.act("read what changed in the rules", what_changed, group=chama.id)


async def _change_the_secretary(chama: Chama) -> None:
    if "secretary" in chama.offices:
        await chama.act("give an office back", resign, group=chama.id, member=chama.offices["secretary"])
    await chama.look()
    await chama.appoint("secretary", chama.random.choice(chama.ordinary))
    if await _office_is_empty(chama):
        # An elected group chooses by votes alone; the office stays empty until then.
        chama.world.counts["an office waits for an election"] += 1


async def _office_is_empty(chama: Chama) -> bool:
    await chama.look()
    return "secretary" not in chama.offices


def _next_place(chama: Chama) -> int:
    chama.keep["place"] = chama.keep.get("place", chama.size) + 1
    return int(chama.keep["place"])


async def _come(chama: Chama) -> None:
    """A member and an observer come; one invitation is declined and one taken back."""
    await chama.enter(_next_place(chama))
    await chama.enter(_next_place(chama), role="observer")
    for declines in (True, False):
        phone = chama.phone(_next_place(chama))
        member = await chama.person("Somebody Else", phone)
        given = {"group": chama.id, "by": chama.chair, "phone": phone, "role": "member", "language": "en"}
        made = await chama.act("invite", invite, **given)
        if made is None:
            continue
        who = await chama.world.member(member)
        assert await chama.ask(invitations_for, member=who)
        if declines:
            await chama.act("decline an invitation", decline_invitation, invitation=made.id, member=member)
        else:
            await chama.act("take an invitation back", withdraw_invitation, invitation=made.id, group=chama.id, by=chama.chair)


async def _come_by_code(chama: Chama) -> None:
    """By the group's code: at once where the rules say so, otherwise an official answers; every second one is declined."""
    for accepts in (True, False):
        place = _next_place(chama)
        member = await chama.person(f"Guest {chama.number:02d} {place:02d}", chama.phone(place))
        read = await chama.ask(version_of, group=chama.id)
        way = await chama.act("come by code", enter, group=chama.id, member=member, rules_version=read)
        chama.world.counts[f"come by code: {way}"] += 1
        for waiting in await chama.ask(requests_of, group=chama.id, viewer=chama.chair) if way == "asked" else ():
            given = {"request": waiting.id, "group": chama.id, "by": chama.chair, "accepts": accepts}
            await chama.act("answer who asks to come", answer_join_request, **given)


async def _suspend(chama: Chama) -> None:
    member = chama.ordinary[-2]
    given: dict[str, Any] = {"group": chama.id, "member": member}
    await chama.act("suspend", suspend, by=chama.chair, reason="fought at the meeting", **given)
    await chama.act("reply to a suspension", reply, words="it was not me", **given)
    await chama.act("take back who was suspended", reinstate, by=chama.chair, **given)


async def _leave(chama: Chama) -> None:
    """One gives notice and stays, another one goes when hers is over; the chair can't."""
    free = [one for one in chama.ordinary if one not in _bound(chama)]
    going, staying = chama.random.sample(free, 2)
    await chama.act("give notice", give_notice, group=chama.id, member=chama.chair)
    await chama.act("give notice", give_notice, group=chama.id, member=staying)
    await chama.act("stay after all", stay, group=chama.id, member=staying)
    await chama.act("give notice", give_notice, group=chama.id, member=going)


def _bound(chama: Chama) -> set[MemberId]:
    """Those who act with their own phones stay the year, and whoever is to borrow and not to repay."""
    return {*chama.keep.get("with phones", {}).values(), chama.keep.get("silent borrower")}


async def _a_group_that_is_closed(chama: Chama) -> None:
    member = chama.members[0]
    given = {"founder": member, "name": f"Jirani {chama.number:02d}", "kind": "chama"}
    made = await chama.act("found a chama", create_group, intent=chama.intent(), **given)
    await chama.act("close a group", close_group, group=made.id, member=member)


async def _a_group_that_ends(chama: Chama) -> None:
    """Two and a friend vote to end what they began together; the vote itself is among the next days' votes."""
    founder, *others = chama.members[:3]
    given = {"founder": founder, "name": f"Mwisho {chama.number:02d}", "kind": "chama"}
    made = await chama.act("found a chama", create_group, intent=chama.intent(), **given)
    for member in others:
        who = await chama.world.member(member)
        await chama.act("invite", invite, group=made.id, by=founder, phone=who.phone, role="member", language="en")
        for found in await chama.ask(invitations_for, member=who):
            if found.group.id == made.id:
                read = await chama.ask(version_of, group=made.id)
                accept = {"invitation": found.id, "member": member, "rules_version": read}
                await chama.act("accept an invitation", accept_invitation, **accept)
    given = {"group": made.id, "proposer": founder, "matter": Dissolution(), "words": "We have reached our goal"}
    asked = await chama.act("propose, dissolution", propose, intent=chama.intent(), **given)
    for member in others[:1] if asked else ():
        await chama.act("second a proposal", second, proposal=asked.id, seconder=member)
    for member in (founder, *others) if asked else ():
        ballot = {"proposal": asked.id, "voter": member, "choice": "yes", "channel": "ussd"}
        await chama.act("vote on a dissolution", cast, intent=chama.intent(), **ballot)


def meets(number: int) -> bool:
    """Whether this is a day on which something about meetings is done."""
    return number % EVERY in (CALLED, HELD, WRITTEN)


async def meeting(chama: Chama, number: int) -> None:
    """Called with an agenda, attended by code (some late, some wrong, some excused), written down, confirmed, corrected."""
    secretary, place = chama.officer("secretary"), number % EVERY
    if place == CALLED:
        await _call(chama, secretary, number)
    if place == HELD:
        await _hold(chama, secretary)
    if place == WRITTEN:
        await _write_down(chama, secretary)


async def _call(chama: Chama, secretary: MemberId, number: int) -> None:
    starts = at_hour(chama.world.today + timedelta(days=HELD - CALLED), 14)
    given = {"group": chama.id, "by": secretary, "starts_at": starts, "place": "At the school"}
    if number == CALLED:
        await chama.act("call a meeting", call_meeting, **given)
        await chama.act("cancel a meeting", cancel_meeting, group=chama.id, by=secretary)
    await chama.act("call a meeting", call_meeting, **given)
    for words in ("Last month's minutes", "The harvest"):
        await chama.act("put on the agenda", add_item, group=chama.id, by=secretary, words=words)
    await chama.act("excuse oneself", apologise, group=chama.id, member=chama.ordinary[0])


async def _hold(chama: Chama, secretary: MemberId) -> None:
    code = await chama.act("announce the code", open_attendance, group=chama.id, by=secretary)
    if code is None:
        return
    wrong = "0000" if code != "0000" else "1111"
    for place, member in enumerate(chama.members):
        if place % 6 == 5:
            continue
        typed = [wrong, code] if place % 7 == 3 else [code]
        for one in typed:
            await chama.act("attend", attend, group=chama.id, member=member, code=one)
        if place == len(chama.members) // 2:
            chama.world.clock.moment += timedelta(minutes=20)


async def _write_down(chama: Chama, secretary: MemberId) -> None:
    given = {"group": chama.id, "by": secretary}
    made = await chama.act("write the minutes", freeze_minutes, sources=MINUTES_SOURCES, **given)
    if made is None:
        if await chama.ask(called_meeting, group=chama.id, viewer=secretary):
            await chama.act("cancel a meeting", cancel_meeting, **given)
        return
    await chama.act("confirm the minutes", confirm_minutes, meeting=made.meeting, group=chama.id, by=chama.chair)
    given = {"meeting": made.meeting, "group": chama.id, "by": secretary, "words": "Juma was there too"}
    await chama.act("correct the minutes", correct, **given)
    for language in ("en", "sw"):
        assert await chama.ask(minutes_list, group=chama.id, viewer=chama.chair, language=language)
        asked = {"meeting": made.meeting, "viewer": chama.chair, "language": language}
        assert await chama.act("read the minutes", minutes_document, **asked)
