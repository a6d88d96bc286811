"""Automatic contributions to a group: begin, see, pause with a reason, resume, end. Each with the PIN."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from core.daos.articles import NONE
from core.daos.calendar import Cadence, day_of
from core.daos.dues.kinds import day_month
from core.daos.dues.standing import next_due
from core.daos.groups import find_group
from core.daos.people import require_participant
from core.daos.recurring.plans import (
    HIGHEST,
    LOWEST,
    Method,
    WantedRecurring,
    begin_recurring,
    end_recurring,
    find_recurring,
    pause_recurring,
    recurring_of,
    resume_recurring,
)
from core.dialogue.definitions import action, screen
from core.dialogue.flows.dues_kinds_new import read_days
from core.dialogue.screens import Again, Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.identity.approvals import Approval
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.payments.grossing import deposit_that_credits

CADENCES: tuple[Cadence, ...] = ("weekly", "biweekly", "monthly", "daily", "quarterly", "yearly")
REASONS = ("money", "travel", "other")
MOST_TIMES = 500


def approval(turn: Turn) -> Approval:
    """What she approves, above her own limit, by more than her PIN: this amount to this group, again and again."""
    payee = str(turn.values["group_name"])
    return Approval("recurring", turn.intent, turn.money("amount"), payee=payee, payee_id=str(turn.id("group")))


@screen("recurring.menu", each=(go("recurring.one"), "recurring"))
async def ask_menu(turn: Turn) -> Screen:
    """Hers to this group, and the way to a new one."""
    group = await find_group(turn.uow, group=turn.group)
    found = await recurring_of(turn.uow, member=turn.me.id, group=group.id)
    choices = [Choice(str(one.id), _line(one.amount, one.cadence, one.state)) for one in found]
    return Screen(
        text("recurring-menu", group=group.name, count=len(found)),
        choices=(*choices, option("new", text("recurring-new"))),
    )


def _line(amount: Money, cadence: Cadence, state: str) -> Text:
    return text("recurring-line", due_sum=amount, cadence=text(f"cadence-{cadence}"), state=state)


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """A new one, or one of hers."""
    if chosen == "new":
        # An observer hears it before she has typed anything.
        await require_participant(turn.uow, member=turn.me.id, group=turn.group)
    return go("recurring.amount") if chosen == "new" else go("recurring.one", recurring=UUID(chosen))


@screen("recurring.amount")
async def ask_amount(_turn: Turn) -> Screen:
    """How much each time."""
    return Screen(text("recurring-amount", low=LOWEST, high=HIGHEST), asks=Asks.AMOUNT)


@ask_amount.answered
async def take_amount(_turn: Turn, amount: Money) -> Step:
    """Within what can be paid by itself."""
    fits = LOWEST <= amount <= HIGHEST
    return go("recurring.cadence", amount=amount) if fits else Again(text("recurring-amount", low=LOWEST, high=HIGHEST))


@screen("recurring.cadence")
async def ask_cadence(_turn: Turn) -> Screen:
    """How often."""
    choices = tuple(option(one, text(f"cadence-{one}")) for one in CADENCES)
    return Screen(text("recurring-cadence"), choices=choices)


@ask_cadence.answered
async def take_cadence(_turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return go("recurring.first", cadence=chosen)


@screen("recurring.first")
async def ask_first(turn: Turn) -> Screen:
    """From when on: the group's own next day, tomorrow, or any day."""
    due = await next_due(turn.uow, group=turn.group)
    own = (option("due", text("recurring-first-due", at=day_month(due))),) if due else ()
    others = option("tomorrow", text("recurring-first-tomorrow")), option("other", text("recurring-first-other"))
    return Screen(text("recurring-first"), choices=(*own, *others))


@ask_first.answered
async def take_first(turn: Turn, chosen: str) -> Step:
    """Remember the day itself, so that the confirm screen shows what happens."""
    if chosen == "other":
        return go("recurring.day")
    tomorrow = day_of(turn.uow.clock.now()) + timedelta(days=1)
    due = await next_due(turn.uow, group=turn.group) if chosen == "due" else None
    return go("recurring.method", first=(due or tomorrow).isoformat())


@screen("recurring.day")
async def ask_day(_turn: Turn) -> Screen:
    """On which day."""
    return Screen(text("recurring-first-day"), asks=Asks.TEXT)


@ask_day.answered
async def take_day(turn: Turn, typed: str) -> Step:
    """One day to come."""
    days = read_days(typed, today=day_of(turn.uow.clock.now()))
    return go("recurring.method", first=days[0].isoformat()) if len(days) == 1 else Again(text("recurring-bad-day"))


@screen("recurring.method")
async def ask_method(_turn: Turn) -> Screen:
    """Out of her balance, or M-Pesa asks each time."""
    return Screen(text("recurring-method"), choices=tuple(option(one, text(f"method-{one}")) for one in ("wallet", "mpesa")))


@ask_method.answered
async def take_method(_turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return go("recurring.count", method=chosen)


@screen("recurring.count")
async def ask_count(_turn: Turn) -> Screen:
    """How many times, or until when."""
    return Screen(text("recurring-count"), asks=Asks.TEXT)


@ask_count.answered
async def take_count(turn: Turn, typed: str) -> Step:
    """No end, so many times, or a last day; other answers are another standing payment."""
    words, first = typed.strip().lower(), _first(turn)
    most, last = 0, ""
    if words.isascii() and words.isdigit():
        most = int(words) if len(words) <= len(str(MOST_TIMES)) else 0
    elif words not in NONE:
        days = read_days(words, today=first)
        last = days[0].isoformat() if len(days) == 1 else ""
    # No number, no day, and not the word for no end. Nothing goes on for ever because of a slip such as 000.
    if not (0 < most <= MOST_TIMES or last or words in NONE):
        return Again(text("recurring-bad-end", first_day=day_month(first)))
    return go("recurring.confirm", most=most, last=last, intent=turn.uow.ids.new())


@screen("recurring.confirm", leads={"yes": go("recurring.begin")})
async def ask_confirm(turn: Turn) -> Screen:
    """All of it once more."""
    group = await find_group(turn.uow, group=turn.group)
    turn.values["group_name"] = group.name
    return Screen(
        text(
            "recurring-confirm",
            amount=turn.money("amount"),
            cadence=text(f"cadence-{turn.values['cadence']}"),
            group=group.name,
            first_day=day_month(_first(turn)),
            many=turn.values["most"],
            last_day=_written(last) if (last := _last(turn)) else "",
            ends="day" if last else "times" if turn.values["most"] else "never",
            method=await _method(turn),
        ),
        choices=(YES, NO),
    )


async def _method(turn: Turn) -> Text:
    """From where it comes, with what M-Pesa will ask for when she has to pay its fee as well."""
    if turn.values["method"] != "mpesa":
        return text("method-wallet")
    return text("method-mpesa-asks", total=await deposit_that_credits(turn.uow, credited=turn.money("amount")))


def _first(turn: Turn) -> date:
    return date.fromisoformat(str(turn.values["first"]))


def _last(turn: Turn) -> date | None:
    chosen = str(turn.values.get("last") or "")
    return date.fromisoformat(chosen) if chosen else None


def _written(day: date) -> str:
    """With its year: the last day may be far away."""
    return f"{day_month(day)}/{day:%y}"


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("recurring.begin") if chosen == "yes" else End(text("recurring-cancelled"))


@action("recurring.begin", needs=Assurance.PIN, why="pin-why-recurring", approves=approval)
async def begin(turn: Turn) -> Step:
    """Begin it."""
    cadence: Cadence = turn.values["cadence"]
    method: Method = turn.values["method"]
    most = int(turn.values["most"]) or None
    wanted = WantedRecurring(turn.money("amount"), cadence, _first(turn), method, last_day=_last(turn), most=most)
    made = await begin_recurring(turn.uow, intent=turn.intent, member=turn.me.id, group=turn.group, wanted=wanted)
    begun = text(
        "recurring-begun",
        amount=made.amount,
        cadence=text(f"cadence-{made.cadence}"),
        group=made.group_name,
        first_day=day_month(_first(turn)),
        reminded="no" if made.cadence == "daily" else "yes",
    )
    return End(begun, undo=go("recurring.finish", recurring=made.id))


@screen("recurring.one")
async def ask_one(turn: Turn) -> Screen:
    """One of hers, and what she can do with it."""
    found = await find_recurring(turn.uow, member=turn.me.id, recurring=turn.id("recurring"))
    said = text(
        "recurring-one",
        due_sum=found.amount,
        cadence=text(f"cadence-{found.cadence}"),
        group=found.group_name,
        state=found.state,
        at=found.next_at,
        done=found.done,
    )
    switch = option("resume", text("recurring-resume")) if found.state == "paused" else option("pause", text("recurring-pause"))
    return Screen(said, choices=(switch, option("end", text("recurring-end"))))


@ask_one.answered
async def take_one(_turn: Turn, chosen: str) -> Step:
    """What she does with it."""
    doors = {"pause": go("recurring.why"), "resume": go("recurring.resume"), "end": go("recurring.end")}
    return doors[chosen]


@screen("recurring.why")
async def ask_why(_turn: Turn) -> Screen:
    """Why she pauses."""
    return Screen(text("pause-reason"), choices=tuple(option(one, text(f"pause-reason-{one}")) for one in REASONS))


@ask_why.answered
async def take_why(_turn: Turn, chosen: str) -> Step:
    """Remember it."""
    return go("recurring.pause", why_paused=chosen)


@action("recurring.pause", needs=Assurance.PIN, why="pin-why-recurring-change")
async def pause(turn: Turn) -> Step:
    """Nothing is paid until she resumes it."""
    reason = str(turn.values["why_paused"])
    await pause_recurring(turn.uow, member=turn.me.id, recurring=turn.id("recurring"), reason=reason)
    return End(text("recurring-paused"), undo=go("recurring.resume", recurring=turn.id("recurring")))


@action("recurring.resume", needs=Assurance.PIN, why="pin-why-recurring-change")
async def resume(turn: Turn) -> Step:
    """It goes on with the next due date."""
    found = await resume_recurring(turn.uow, member=turn.me.id, recurring=turn.id("recurring"))
    return End(text("recurring-over") if found.state == "ended" else text("recurring-resumed", at=found.next_at))


@screen("recurring.end")
async def ask_end(_turn: Turn) -> Screen:
    """Whether she is sure."""
    return Screen(text("recurring-end-ask"), choices=(YES, NO))


@ask_end.answered
async def take_end(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("recurring.finish") if chosen == "yes" else End(text("recurring-stays"))


@action("recurring.finish", needs=Assurance.PIN, why="pin-why-recurring-change")
async def finish(turn: Turn) -> Step:
    """End it for good."""
    await end_recurring(turn.uow, member=turn.me.id, recurring=turn.id("recurring"), reason="member")
    return End(text("recurring-ended"))
