"""Groups: hers, joining one by its code, starting one, and what a group holds and who is in it."""

from __future__ import annotations

from uuid import UUID

from core.daos.articles import article, sentence
from core.daos.contributions import group_summary
from core.daos.dissolving import closed_for
from core.daos.ending import is_ending
from core.daos.groups import create_group, find_by_code, find_group, groups_of, join, members_of, suspended_groups
from core.daos.invitations import find_invitation, how_many_invite, is_invitation_code
from core.daos.names import clean_group_name
from core.daos.offices import how_many_offers
from core.daos.rules import DEFAULTS, GROUP_KINDS, GroupKind
from core.daos.sharing_out import what_waits
from core.dialogue.definitions import action, screen
from core.dialogue.flows.group_doors import Heading, behind
from core.dialogue.flows.joining import by_invitation
from core.dialogue.screens import Asks, Assurance, Choice, End, Go, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.texts import Text, text
from core.notifications.service import queue_sms

# What a founder should know before she starts: members, contribution, fine, loans, approvals and votes.
FIRST_RULES = (1, 5, 7, 14, 18, 24)
# A closing USSD screen shows about this many names; longer lists come by SMS as well.
NAMES_ON_A_SCREEN = 6
HEADINGS: tuple[tuple[Heading, Text, Go], ...] = (
    ("savings", text("group-savings"), go("groups.savings")),
    ("decisions", text("group-decisions"), go("groups.decisions")),
    ("more", text("group-more"), go("groups.more")),
)


@screen("groups.menu", leads={"waiting": go("join.waiting")}, each=(go("groups.one"), "group"))
async def ask_menu(turn: Turn) -> Screen:
    """Her groups, each by its place or its code, and the two ways to a new one, whose numbers never change."""
    groups = await groups_of(turn.uow, member=turn.me.id)
    waiting = await how_many_invite(turn.uow, member=turn.me) + await how_many_offers(turn.uow, member=turn.me.id)
    suspended = await suspended_groups(turn.uow, member=turn.me.id)
    closed = await closed_for(turn.uow, member=turn.me.id)
    return Screen(
        text("groups-menu", count=len(groups)),
        choices=(
            *(Choice(str(group.id), text("group-name", name=group.name), code=group.code) for group in groups),
            *(Choice(f"s:{group.id}", text("group-suspended", name=group.name), code=group.code) for group in suspended),
            *(Choice(f"c:{one.group}", text("group-is-closed", name=one.name)) for one in closed),
            *((option("waiting", text("groups-waiting", count=waiting), 7),) if waiting else ()),
            option("join", text("groups-join"), 8),
            option("create", text("groups-create"), 9),
        ),
    )


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen.startswith("c:"):
        closed = next(one for one in await closed_for(turn.uow, member=turn.me.id) if str(one.group) == chosen[2:])
        about = {"name": closed.name, "because": closed.because, "at": closed.at}
        return End(text("group-was-closed", **about, amount=closed.amount))
    if chosen in ("join", "waiting"):
        return go("groups.code") if chosen == "join" else go("join.waiting")
    if chosen.startswith("s:"):
        return go("standing.mine", group=UUID(chosen[2:]))
    return go("groups.name") if chosen == "create" else go("groups.one", group=UUID(chosen))


@screen("groups.one", leads={"contribute": go("contribute.due")})
async def ask_one(turn: Turn) -> Screen:
    """One group: its code to pass on, and what can be done."""
    group = await find_group(turn.uow, group=turn.group)
    return Screen(
        text("group-one", name=group.name, code=group.code),
        rows=await _ending(turn),
        choices=(
            option("contribute", text("home-contribute"), 1),
            option("total", text("group-see-total"), 2),
            option("members", text("group-see-members"), 3),
            option("paybill", text("group-paybill"), 4),
            *(option(heading, label, number) for number, (heading, label, _) in enumerate(HEADINGS, 5) if behind(heading)),
        ),
    )


async def _ending(turn: Turn) -> tuple[Text, ...]:
    """That its members have decided to end it, and what it still waits for."""
    if not await is_ending(turn.uow, group=turn.group):
        return ()
    return (await what_waits(turn.uow, group=turn.group) or text("ending-now"),)


@ask_one.answered
async def take_one(turn: Turn, chosen: str) -> Step:
    """Go where she chose, with this group."""
    if chosen == "contribute":
        return go("contribute.begin", group=turn.id("group"))
    doors = {"total": go("groups.total"), "members": go("groups.members"), "paybill": go("paybill.group")}
    return doors.get(chosen) or next(to for heading, _, to in HEADINGS if heading == chosen)


@action("groups.total", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_total(turn: Turn) -> Step:
    """What the group holds and what she has put in."""
    summary = await group_summary(turn.uow, viewer=turn.me.id, group=turn.group)
    return End(
        text(
            "group-total",
            name=summary.group.name,
            total=summary.total,
            mine=summary.contributed,
            members=summary.members,
        )
    )


@action("groups.members", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def show_members(turn: Turn) -> Step:
    """Who is in it. A long list comes by SMS, which a phone keeps and can search."""
    group = await find_group(turn.uow, group=turn.group)
    members = await members_of(turn.uow, viewer=turn.me.id, group=group.id)
    is_sent = len(members) > NAMES_ON_A_SCREEN and not turn.channel.can_push
    if is_sent:
        names = ", ".join(member.name for member in members)
        await queue_sms(
            turn.uow,
            to=turn.me.phone,
            what=text("sms-group-members", group=group.name, names=names),
            language=turn.language,
            template="group_members",
            member=turn.me.id,
        )
    rows = tuple(text("member-line", name=member.name, role=text(f"role-{member.role}")) for member in members)
    return End(text("group-members", name=group.name, count=len(members)), rows=rows, sent=is_sent)


@screen("groups.code")
async def ask_code(_turn: Turn) -> Screen:
    """The number that a group passes on, or that came with an invitation."""
    return Screen(text("join-code"), asks=Asks.DIGITS)


@ask_code.answered
async def take_code(turn: Turn, typed: str) -> Step:
    """Find the group before asking to join it. Its rules are read first; in the practice group nothing is at stake."""
    if is_invitation_code(typed):
        return by_invitation(await find_invitation(turn.uow, member=turn.me, secret=typed))
    group = await find_by_code(turn.uow, typed=typed)
    return go("groups.join" if group.kind == "practice" else "join.start", group=group.id)


@screen("groups.join")
async def ask_join(turn: Turn) -> Screen:
    """Which group it is, before joining."""
    group = await find_group(turn.uow, group=turn.group)
    return Screen(text("group-join", name=group.name, count=group.members), choices=(YES, NO))


@ask_join.answered
async def take_join(turn: Turn, chosen: str) -> Step:
    """Join when she confirms."""
    group = await find_group(turn.uow, group=turn.group)
    if chosen != "yes" or group.kind != "practice":
        return End(text("group-not-joined"))
    await join(turn.uow, member=turn.me.id, group=group.id)
    return End(text("group-joined", name=group.name))


@screen("groups.name")
async def ask_name(_turn: Turn) -> Screen:
    """What the new group is called."""
    return Screen(text("groups-name"), asks=Asks.TEXT)


@ask_name.answered
async def take_name(_turn: Turn, typed: str) -> Step:
    """A name that every screen can show."""
    return go("groups.kind", name=clean_group_name(typed))


@screen("groups.kind")
async def ask_kind(_turn: Turn) -> Screen:
    """What the group is for: it decides which rules it starts with."""
    return Screen(text("groups-kind"), choices=tuple(Choice(kind, Text(f"kind-{kind}")) for kind in GROUP_KINDS))


@ask_kind.answered
async def take_kind(turn: Turn, chosen: str) -> Step:
    """Another kind is another group."""
    return go("groups.create", kind=chosen, intent=turn.uow.ids.new())


@screen("groups.create")
async def ask_create(turn: Turn) -> Screen:
    """Name, kind and the rules that matter most, before it exists."""
    rules = DEFAULTS[str(turn.values["kind"])]
    return Screen(
        text("group-found", name=turn.values["name"], kind=Text(f"kind-{turn.values['kind']}")),
        rows=(*(sentence(article(number), rules) for number in FIRST_RULES), text("group-found-more")),
        choices=(YES, NO),
    )


@ask_create.answered
async def take_create(turn: Turn, chosen: str) -> Step:
    """Found the group and give its code."""
    if chosen != "yes":
        return End(text("group-not-created"))
    kind: GroupKind = next(kind for kind in GROUP_KINDS if kind == turn.values["kind"])
    group = await create_group(turn.uow, intent=turn.intent, founder=turn.me.id, name=str(turn.values["name"]), kind=kind)
    return End(text("group-created", name=group.name, code=group.code))
