"""A new kind of contribution, question by question, until an official's PIN begins it."""

from __future__ import annotations

from datetime import date

from core.daos.calendar import LAST_DAY, Schedule, day_of, next_due_day
from core.daos.dues.changing import COLLECTED, create_kind
from core.daos.dues.kinds import HIGHEST, LOWEST
from core.daos.names import clean_group_name
from core.dialogue.definitions import action, screen
from core.dialogue.flows.dues_kinds import asked, begun, when_of
from core.dialogue.screens import Again, Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.money import Money
from core.kernel.texts import text

LONGEST_NAME = 20
MOST_DATES = 24
LAST_SHARED_DAY = 28


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
    return Screen(text("kind-frequency"), choices=frequencies())


def frequencies() -> tuple[Choice, ...]:
    """How often something can be due."""
    return tuple(option(one, text(f"frequency-{one}")) for one in ("weekly", "biweekly", "monthly", "dates"))


@ask_frequency.answered
async def take_frequency(_turn: Turn, chosen: str) -> Step:
    """Each has its own question about the day."""
    if chosen == "monthly":
        return go("kinds.month_day", frequency=chosen)
    return go("kinds.dates", frequency=chosen) if chosen == "dates" else go("kinds.weekday", frequency=chosen)


@screen("kinds.weekday")
async def ask_weekday(_turn: Turn) -> Screen:
    """On which day of the week."""
    return Screen(text("kind-weekday"), choices=weekdays())


def weekdays() -> tuple[Choice, ...]:
    """Monday to Sunday, each by its number in a schedule."""
    return tuple(option(str(day), text(f"weekday-{day}")) for day in range(1, 8))


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
    return go("kinds.mode", day=int(typed)) if is_month_day(int(typed)) else Again(text("kind-bad-day"))


def is_month_day(day: int) -> bool:
    """Whether every month has this day, or it means the last one."""
    return 1 <= day <= LAST_SHARED_DAY or day == LAST_DAY


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
    return asked(amount, "kinds.confirm")


@screen("kinds.confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """All of it once more, before members are told."""
    return Screen(
        text(
            "kind-confirm",
            dues=turn.values["name"],
            due_sum=turn.money("amount"),
            when=when_of(_schedule(turn), day_of(turn.uow.clock.now())),
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
    return await begun(turn, kind)


def _schedule(turn: Turn) -> Schedule:
    frequency, day, today = turn.values["frequency"], int(turn.values["day"]), day_of(turn.uow.clock.now())
    if frequency == "dates":
        return Schedule("dates", dates=tuple(date.fromisoformat(one) for one in turn.values["dates"]))
    if frequency == "biweekly":
        return Schedule("biweekly", day, next_due_day(Schedule("weekly", day), today))
    return Schedule(frequency, day)
