"""What a group asks its members to contribute: everybody sees it; officials begin, change and end it with their PIN."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.daos.calendar import LAST_DAY, Schedule, day_of, next_due_day
from core.daos.dues.kinds import (
    COLLECTED,
    HIGHEST,
    LOWEST,
    ContributionKind,
    Follows,
    Version,
    change_kind,
    create_kind,
    day_month,
    earliest_change,
    end_kind,
    find_kind,
    from_constitution,
    kinds_of,
    set_member_amount,
    start_from_constitution,
)
from core.daos.dues.news import tell_ended, tell_kind
from core.daos.groups import find_group, require_member
from core.daos.names import clean_group_name
from core.daos.people import OFFICIALS, people_of
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Again, Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text

LONGEST_NAME = 20
MOST_DATES = 24
LAST_SHARED_DAY = 28


async def is_official(turn: Turn) -> bool:
    """Whether she acts for the group."""
    return (await require_member(turn.uow, member=turn.me.id, group=turn.group)).role in OFFICIALS


def when_of(schedule: Schedule) -> Text:
    """A schedule in words: "each Sunday"."""
    if schedule.frequency == "dates":
        return text("every-dates", number=len(schedule.dates))
    if schedule.frequency == "monthly":
        return text("every-monthly", number=schedule.day)
    return text(f"every-{schedule.frequency}", weekday=text(f"weekday-{schedule.day}"))


@screen("kinds.menu")
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
    return [*start, *welfare, option("new", text("kinds-new")), option("waive", text("kinds-waive"))]


def _kind_line(kind: ContributionKind, today: date) -> Text:
    now = kind.on(today)
    return text("kind-line", dues=kind.said, due_sum=now.amount, when=when_of(now.schedule))


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    if chosen in ("contribution", "welfare"):
        return go("kinds.rule", rule=chosen, intent=turn.uow.ids.new())
    if chosen == "waive":
        return go("waive.whom")
    return go("kinds.name") if chosen == "new" else go("kinds.one", kind=UUID(chosen))


@screen("kinds.rule")
async def ask_rule(turn: Turn) -> Screen:
    """What the constitution says, before it begins."""
    wanted = await from_constitution(turn.uow, group=turn.group, rule=_rule(turn))
    return Screen(
        text(
            "kind-confirm",
            dues=text(f"dues-name-{_rule(turn)}"),
            due_sum=wanted.amount,
            when=when_of(wanted.schedule),
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
    return await _begun(turn, kind)


async def _begun(turn: Turn, kind: ContributionKind) -> Step:
    now = kind.versions[-1]
    await tell_kind(turn.uow, kind=kind, when=when_of(now.schedule), official=turn.me.id)
    return End(text("kind-created", dues=kind.said))


@screen("kinds.one")
async def ask_one(turn: Turn) -> Screen:
    """One kind in full; officials may change or end it."""
    kind = await find_kind(turn.uow, group=turn.group, kind=turn.id("kind"))
    today = day_of(turn.uow.clock.now())
    now = kind.on(today)
    following = next_due_day(now.schedule, today)
    said = text(
        "kind-one",
        dues=kind.said,
        mode=now.mode,
        due_sum=now.amount,
        when=when_of(now.schedule),
        purpose=text(f"purpose-{kind.purpose}"),
        day=day_month(following) if following else "-",
    )
    doors = (
        option("change", text("kind-change")),
        option("own", text("kind-own")),
        option("end", text("kind-end")),
    )
    return Screen(said, choices=doors if await is_official(turn) else ())


@ask_one.answered
async def take_one(turn: Turn, chosen: str) -> Step:
    """What she does with it. The name stands above the PIN question."""
    kind = await find_kind(turn.uow, group=turn.group, kind=turn.id("kind"))
    doors = {"change": go("kinds.change", name=kind.name), "own": go("kinds.whom"), "end": go("kinds.end", name=kind.name)}
    return doors[chosen]


# A new kind, question by question.


@screen("kinds.name")
async def ask_name(_turn: Turn) -> Screen:
    """What it is for."""
    return Screen(text("kind-name"), asks=Asks.TEXT)


@ask_name.answered
async def take_name(turn: Turn, typed: str) -> Step:
    """A name that every phone shows."""
    name = clean_group_name(typed)
    return go("kinds.purpose", name=name, intent=turn.uow.ids.new()) if len(name) <= LONGEST_NAME else Again(text("kind-name"))


@screen("kinds.purpose")
async def ask_purpose(_turn: Turn) -> Screen:
    """Where its money goes."""
    return Screen(text("kind-purpose"), choices=tuple(option(one, text(f"purpose-{one}")) for one in COLLECTED))


@ask_purpose.answered
async def take_purpose(_turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return go("kinds.frequency", purpose=chosen)


@screen("kinds.frequency")
async def ask_frequency(_turn: Turn) -> Screen:
    """How often."""
    wanted = ("weekly", "biweekly", "monthly", "dates")
    return Screen(text("kind-frequency"), choices=tuple(option(one, text(f"frequency-{one}")) for one in wanted))


@ask_frequency.answered
async def take_frequency(_turn: Turn, chosen: str) -> Step:
    """Each has its own question about the day."""
    if chosen == "monthly":
        return go("kinds.month_day", frequency=chosen)
    return go("kinds.dates", frequency=chosen) if chosen == "dates" else go("kinds.weekday", frequency=chosen)


@screen("kinds.weekday")
async def ask_weekday(_turn: Turn) -> Screen:
    """On which day of the week."""
    return Screen(text("kind-weekday"), choices=tuple(option(str(day), text(f"weekday-{day}")) for day in range(1, 8)))


@ask_weekday.answered
async def take_weekday(_turn: Turn, chosen: str) -> Step:
    """Remember the day."""
    return go("kinds.mode", day=int(chosen))


@screen("kinds.month_day")
async def ask_month_day(_turn: Turn) -> Screen:
    """On which day of the month."""
    return Screen(text("kind-month-day"), asks=Asks.DIGITS)


@ask_month_day.answered
async def take_month_day(_turn: Turn, typed: str) -> Step:
    """Days that every month has, or its last."""
    day = int(typed)
    return go("kinds.mode", day=day) if 1 <= day <= LAST_SHARED_DAY or day == LAST_DAY else Again(text("kind-bad-day"))


@screen("kinds.dates")
async def ask_dates(_turn: Turn) -> Screen:
    """On which days."""
    return Screen(text("kind-dates"), asks=Asks.TEXT)


@ask_dates.answered
async def take_dates(turn: Turn, typed: str) -> Step:
    """Days to come."""
    days = read_days(typed, today=day_of(turn.uow.clock.now()))
    return go("kinds.mode", day=0, dates=[day.isoformat() for day in days]) if days else Again(text("kind-bad-dates"))


def read_days(typed: str, *, today: date) -> list[date]:
    """Days as people type them ("5/12, 24/12/26"): each the next one to come; nothing when one can't be read or is over."""
    found = [_read_day(one, today) for one in typed.replace(";", ",").split(",") if one.strip()]
    days = sorted({day for day in found if day is not None})
    return days if len(days) == len(found) <= MOST_DATES else []


def _read_day(typed: str, today: date) -> date | None:
    parts = [part for part in typed.strip().replace(".", "/").split("/") if part]
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    years = [2000 + numbers[2] % 100] if len(numbers) == 3 else [today.year, today.year + 1]  # noqa: PLR2004 - day, month, year
    for year in years:
        try:
            day = date(year, numbers[1], numbers[0])
        except ValueError:
            continue
        if day >= today:
            return day
    return None


@screen("kinds.mode")
async def ask_mode(_turn: Turn) -> Screen:
    """The same for all, at least so much, or each her own."""
    return Screen(
        text("kind-mode"), choices=tuple(option(one, text(f"mode-{one}")) for one in ("fixed", "minimum", "per_member"))
    )


@ask_mode.answered
async def take_mode(_turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return go("kinds.amount", mode=chosen)


@screen("kinds.amount")
async def ask_amount(_turn: Turn) -> Screen:
    """How much."""
    return Screen(text("kind-amount", low=LOWEST, high=HIGHEST), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(_turn: Turn, amount: Money) -> Step:
    """Within what can be asked for."""
    fits = LOWEST <= amount <= HIGHEST
    return go("kinds.confirm", amount=amount) if fits else Again(text("kind-amount", low=LOWEST, high=HIGHEST))


@screen("kinds.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """All of it once more, before members are told."""
    return Screen(
        text(
            "kind-confirm",
            dues=turn.values["name"],
            due_sum=turn.money("amount"),
            when=when_of(_schedule(turn)),
            purpose=text(f"purpose-{turn.values['purpose']}"),
        ),
        choices=(YES, NO),
    )


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("kinds.create") if chosen == "yes" else End(text("kind-cancelled"))


@action("kinds.create", needs=Assurance.PIN, why="pin-why-kind")
async def create(turn: Turn) -> Step:
    """Begin it, and tell everybody."""
    kind = await create_kind(
        turn.uow,
        intent=turn.intent,
        official=turn.me.id,
        group=turn.group,
        name=str(turn.values["name"]),
        purpose=turn.values["purpose"],
        schedule=_schedule(turn),
        amount=turn.money("amount"),
        mode=turn.values["mode"],
    )
    return await _begun(turn, kind)


def _schedule(turn: Turn) -> Schedule:
    frequency, day, today = turn.values["frequency"], int(turn.values["day"]), day_of(turn.uow.clock.now())
    if frequency == "dates":
        return Schedule("dates", dates=tuple(date.fromisoformat(one) for one in turn.values["dates"]))
    if frequency == "biweekly":
        return Schedule("biweekly", day, next_due_day(Schedule("weekly", day), today))
    return Schedule(frequency, day)


# Changing and ending.


async def _now(turn: Turn) -> tuple[ContributionKind, Version, date]:
    """The kind at hand, its newest version, and the first day on which a change can begin."""
    kind = await find_kind(turn.uow, group=turn.group, kind=turn.id("kind"))
    return kind, kind.versions[-1], await earliest_change(turn.uow, kind=kind.id)


@screen("kinds.change")
async def ask_change(turn: Turn) -> Screen:
    """Another amount, from the first day that isn't opened."""
    kind, _, day = await _now(turn)
    return Screen(text("kind-change-amount", dues=kind.said, day=day_month(day), low=LOWEST, high=HIGHEST), asks=Asks.AMOUNT)


@ask_change.answered
async def take_change(_turn: Turn, amount: Money) -> Step:
    """Within what can be asked for."""
    fits = LOWEST <= amount <= HIGHEST
    return go("kinds.apply", amount=amount) if fits else Again(text("kind-amount", low=LOWEST, high=HIGHEST))


@action("kinds.apply", needs=Assurance.PIN, why="pin-why-kind-change")
async def apply(turn: Turn) -> Step:
    """Change it, and tell everybody. The PIN typed twice changes it once: the amount is there already."""
    kind, newest, day = await _now(turn)
    amount = turn.money("amount")
    if newest.amount != amount:
        kind = await change_kind(
            turn.uow,
            official=turn.me.id,
            group=kind.group,
            kind=kind.id,
            amount=amount,
            schedule=newest.schedule,
            from_day=day,
            mode=newest.mode,
        )
        await tell_kind(turn.uow, kind=kind, when=when_of(newest.schedule), official=turn.me.id)
    return End(text("kind-changed", dues=kind.said, due_sum=amount, day=day_month(kind.versions[-1].from_day)))


@screen("kinds.whom")
async def ask_whom(turn: Turn) -> Screen:
    """Whose own amount."""
    kind, *_ = await _now(turn)
    people = await people_of(turn.uow, group=kind.group)
    choices = tuple(Choice(str(one.id), text("group-name", name=one.name)) for one in people)
    return Screen(text("kind-own-whom", dues=kind.said), choices=choices)


@ask_whom.answered
async def take_whom(turn: Turn, chosen: str) -> Step:
    """Remember her."""
    people = await people_of(turn.uow, group=turn.group)
    whom = next((one for one in people if str(one.id) == chosen), None)
    return go("kinds.whom") if whom is None else go("kinds.own", whom=whom.id, name=whom.name)


@screen("kinds.own")
async def ask_own(turn: Turn) -> Screen:
    """How much she pays."""
    kind, *_ = await _now(turn)
    return Screen(text("kind-own-amount", name=turn.values["name"], dues=kind.said, low=LOWEST, high=HIGHEST), asks=Asks.AMOUNT)


@ask_own.answered
async def take_own(_turn: Turn, amount: Money) -> Step:
    """Within what can be asked for."""
    fits = LOWEST <= amount <= HIGHEST
    return go("kinds.own_apply", amount=amount) if fits else Again(text("kind-amount", low=LOWEST, high=HIGHEST))


@action("kinds.own_apply", needs=Assurance.PIN, why="pin-why-kind-own")
async def apply_own(turn: Turn) -> Step:
    """Her own amount from the first day that isn't opened."""
    kind, _, day = await _now(turn)
    amount = turn.money("amount")
    await set_member_amount(
        turn.uow,
        official=turn.me.id,
        group=kind.group,
        kind=kind.id,
        member=MemberId(turn.id("whom")),
        amount=amount,
        from_day=day,
    )
    return End(text("kind-own-done", name=turn.values["name"], dues=kind.said, due_sum=amount, day=day_month(day)))


@screen("kinds.end")
async def ask_end(turn: Turn) -> Screen:
    """What ending means."""
    kind, *_ = await _now(turn)
    return Screen(text("kind-end-ask", dues=kind.said), choices=(YES, NO))


@ask_end.answered
async def take_end(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("kinds.finish") if chosen == "yes" else End(text("kind-cancelled"))


@action("kinds.finish", needs=Assurance.PIN, why="pin-why-kind-end")
async def finish(turn: Turn) -> Step:
    """End it, and tell everybody once."""
    kind, *_ = await _now(turn)
    last = await end_kind(turn.uow, official=turn.me.id, group=kind.group, kind=kind.id)
    if kind.ended_on is None:
        await tell_ended(turn.uow, kind=kind, official=turn.me.id)
    return End(text("kind-ended", dues=kind.said, day=day_month(last)))
