"""What a group asks its members to contribute: everybody sees it; officials begin, change and end it with their PIN."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from core.daos.calendar import Schedule, day_of, due_days
from core.daos.dues.by_rule import from_constitution, start_from_constitution
from core.daos.dues.changing import check_changeable
from core.daos.dues.kinds import HIGHEST, LOWEST, ContributionKind, Follows, day_month, find_kind, kinds_of
from core.daos.dues.news import tell_kind
from core.daos.groups import find_group, require_member
from core.daos.people import OFFICIALS
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Again, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.money import Money
from core.kernel.texts import Text, text

# So many dates are named one by one; of more it is said how many they are, and they stand in rows.
MOST_NAMED = 4
DAYS_IN_A_ROW = 6

MENU = {
    "waive": go("waive.whom"),
    "fine": go("fine.why"),
    "refund": go("refund.menu"),
    "new": go("kinds.name"),
}


async def is_official(turn: Turn) -> bool:
    """Whether she acts for the group."""
    return (await require_member(turn.uow, member=turn.me.id, group=turn.group)).role in OFFICIALS


def when_of(schedule: Schedule, since: date) -> Text:
    """A schedule in words: "each Sunday"; of dates those from `since` on."""
    if schedule.frequency == "dates":
        coming = due_days(schedule, since, max(schedule.dates))
        if 0 < len(coming) <= MOST_NAMED:
            return text("every-on", dates=listed_days(coming))
        return text("every-dates", number=len(coming), day=day_month(coming[0]) if coming else "-")
    if schedule.frequency == "monthly":
        return text("every-monthly", number=schedule.day)
    return text(f"every-{schedule.frequency}", weekday=text(f"weekday-{schedule.day}"))


def listed_days(days: Iterable[date]) -> str:
    """Days as they are read and typed: "5/12, 24/12"."""
    return ", ".join(day_month(day) for day in days)


def date_rows(schedule: Schedule, since: date) -> tuple[Text, ...]:
    """Each of its dates from `since` on, where they are too many for its sentence."""
    days = due_days(schedule, since, max(schedule.dates)) if schedule.dates else []
    if len(days) <= MOST_NAMED:
        return ()
    rows = [days[place : place + DAYS_IN_A_ROW] for place in range(0, len(days), DAYS_IN_A_ROW)]
    return tuple(text("kind-dates-row", dates=listed_days(row)) for row in rows)


def asked(amount: Money, to: str) -> Step:
    """On to the next screen with an amount within what can be asked for; else the question again."""
    fits = LOWEST <= amount <= HIGHEST
    return go(to, amount=amount) if fits else Again(text("kind-amount", low=LOWEST, high=HIGHEST))


@screen("kinds.menu", leads=MENU, each=(go("kinds.one"), "kind"))
async def ask_menu(turn: Turn) -> Screen:
    """What is asked for, and for officials the ways to more."""
    group = await find_group(turn.uow, group=turn.group)
    kinds, today = await kinds_of(turn.uow, group=group.id), day_of(turn.uow.clock.now())
    choices = [Choice(str(kind.id), _kind_line(kind, today)) for kind in kinds]
    if await is_official(turn):
        choices += _official_choices({kind.follows for kind in kinds})
    return Screen(text("kinds-menu", group=group.name, count=len(kinds)), choices=tuple(choices))


def _official_choices(followed: set[str | None]) -> list[Choice]:
    start = [] if "contribution" in followed else [option("contribution", text("kinds-start"))]
    welfare = [] if "welfare" in followed else [option("welfare", text("kinds-start-welfare"))]
    deeds = [option(name, text(f"kinds-{name}")) for name in ("new", "waive", "fine", "refund")]
    return [*start, *welfare, *deeds]


def _kind_line(kind: ContributionKind, today: date) -> Text:
    now = kind.on(today)
    return text("kind-line", dues=kind.said, due_sum=now.amount, when=when_of(now.schedule, today))


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen in ("contribution", "welfare"):
        return go("kinds.rule", rule=chosen, intent=turn.uow.ids.new())
    return MENU[chosen] if chosen in MENU else go("kinds.one", kind=UUID(chosen))


@screen("kinds.rule")
async def ask_rule(turn: Turn) -> Screen:
    """What the constitution says, before it begins."""
    wanted = await from_constitution(turn.uow, group=turn.group, rule=_rule(turn))
    return Screen(
        text(
            "kind-confirm",
            dues=text(f"dues-name-{_rule(turn)}"),
            due_sum=wanted.amount,
            when=when_of(wanted.schedule, day_of(turn.uow.clock.now())),
            purpose=text(f"purpose-{wanted.purpose}"),
        ),
        choices=(YES, NO),
    )


@ask_rule.answered
async def take_rule(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("kinds.start") if chosen == "yes" else End(text("kind-cancelled"))


def _rule(turn: Turn) -> Follows:
    return "welfare" if turn.values["rule"] == "welfare" else "contribution"


@action("kinds.start", needs=Assurance.PIN, why="pin-why-kind-rule")
async def start(turn: Turn) -> Step:
    """Begin what the constitution says."""
    kind = await start_from_constitution(turn.uow, intent=turn.intent, official=turn.me.id, group=turn.group, rule=_rule(turn))
    return await begun(turn, kind)


async def begun(turn: Turn, kind: ContributionKind) -> Step:
    """Everybody is told that it has begun."""
    now = kind.versions[-1]
    await tell_kind(turn.uow, kind=kind, when=when_of(now.schedule, now.from_day), official=turn.me.id)
    return End(text("kind-created", dues=kind.said))


@screen("kinds.one", leads={"own": go("kinds.whom")})
async def ask_one(turn: Turn) -> Screen:
    """One kind in full; officials may change or end it."""
    kind = await find_kind(turn.uow, group=turn.group, kind=turn.id("kind"))
    today = day_of(turn.uow.clock.now())
    now, following = kind.on(today), kind.next_day(today)
    said = text(
        "kind-one",
        dues=kind.said,
        mode=now.mode,
        due_sum=now.amount,
        when=when_of(now.schedule, today),
        purpose=text(f"purpose-{kind.purpose}"),
        day=day_month(following) if following else "-",
    )
    doors = (
        option("change", text("kind-change"), 1),
        option("own", text("kind-own"), 2),
        option("end", text("kind-end"), 3),
        option("days", text("kind-days"), 4),
    )
    rows = tuple(_coming(kind, today))
    if not await is_official(turn):
        return Screen(said, rows=rows)
    if kind.follows is None:
        return Screen(said, rows=rows, choices=doors)
    # What the rules say is changed by a vote, so it isn't offered here.
    left = tuple(one for one in doors if one.id in ("own", "end"))
    return Screen(said, rows=(*rows, text("kind-follows")), choices=left)


def _coming(kind: ContributionKind, today: date) -> Iterable[Text]:
    """What doesn't fit its sentence: each of many dates, and changes that are decided and don't count yet."""
    yield from date_rows(kind.on(today).schedule, today)
    for version in kind.versions:
        if version.from_day > today:
            when = when_of(version.schedule, version.from_day)
            yield text("kind-coming", day=day_month(version.from_day), due_sum=version.amount, when=when)


@ask_one.answered
async def take_one(turn: Turn, chosen: str) -> Step:
    """What she does with it. The name stands above the PIN question. What the rules say isn't changed here."""
    kind = await find_kind(turn.uow, group=turn.group, kind=turn.id("kind"))
    if chosen in ("change", "days"):
        check_changeable(kind)
    doors = {
        "change": go("kinds.change", name=kind.name),
        "own": go("kinds.whom"),
        "end": go("kinds.end", name=kind.name),
        "days": go("kinds.days", name=kind.name),
    }
    return doors[chosen]
