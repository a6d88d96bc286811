"""The rules of groups and how often the year has used each: by what people did, and by what stands in the books.

A rule that was never used fails the year. What takes longer than the short year (an instalment sixty days late, the end of a
round) is asked of the long one only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from .world import World

# How many days until everything has had its time.
LONG = 200
# A rule is an act by its name, or, after "rows:", a table and what is true of at least one of its rows.
ROWS = "rows: "


def _ends(table: str, column: str, *values: str) -> tuple[str, ...]:
    return tuple(f"{ROWS}{table} | {column} = '{value}'" for value in values)


def _some(*tables: str) -> tuple[str, ...]:
    return tuple(f"{ROWS}{table} | true" for table in tables)


RULES: dict[str, tuple[str, ...]] = {
    "1 groups": (
        *("found a chama", "found a savings", "answer the rules", "register", "close a group"),
        *("invite", "accept an invitation", "decline an invitation", "take an invitation back", "come by code: asked"),
        *("answer who asks to come", "offer an office", "take an office", "give an office back"),
        *("suspend", "reply to a suspension", "take back who was suspended", "give notice", "stay after all"),
        *("see what one would get", "read what changed in the rules"),
        *_ends("dao_membership_changes", "change", "left", "expelled", "stayed", "suspended", "reinstated"),
        ROWS + "dao_constitutions | because LIKE 'vote %' AND in_force_from > created_at",
        ROWS + "dao_departures | settled_at IS NOT NULL",
        ROWS + "contribution_charges | why ->> 'given' = 'joining' AND paid = amount",
    ),
    "2 contributions": (
        *("start the contribution of the rules", "start the welfare of the rules", "set a member's own amount"),
        *("ask for a contribution, weekly, fixed", "ask for a contribution, biweekly, minimum"),
        *("ask for a contribution, monthly, per_member", "ask for a contribution, dates, fixed"),
        *("contribute early", "contribute in time", "contribute late", "contribute in parts", "contribute too much"),
        *("contribute for another", "pay to the group's number at the paybill", "deposit by prompt"),
        *("contribute by dialling", "contribute in a chat", "change a contribution", "end a contribution"),
        *("fine a member by hand", "waive a fine", "waive a contribution", "waive a paid fine", "an outage is put on record"),
        *_some("due_reminders", "contribution_lines"),
        ROWS + "contribution_charges | sort = 'fine' AND fines_for IS NOT NULL",
        ROWS + "contribution_charges | sort = 'fine' AND paid > 0",
        ROWS + "contribution_charges | why ->> 'given' = 'absent' AND opened_by IS NULL",
        ROWS + "contribution_charges | waived > 0",
        ROWS + "contribution_payments | origin = 'credit' AND state = 'posted'",
        # Late by the calendar on a day when M-PESA was out, and not fined on it.
        ROWS + "mpesa_outages o JOIN contribution_charges c ON c.sort = 'contribution' AND c.due_at < o.ended_at"
        " AND c.due_at > o.began_at - interval '2 days' AND c.created_at < o.began_at"
        " | NOT EXISTS (SELECT FROM contribution_charges f WHERE f.fines_for = c.id"
        " AND f.due_at BETWEEN o.began_at AND o.ended_at)",
    ),
    "3 recurring payments": (
        *("begin a recurring payment, wallet, monthly", "begin a recurring payment, mpesa, weekly"),
        *("pause a recurring payment", "resume a recurring payment", "end a recurring payment"),
        *_ends("recurring_runs", "state", "paid", "missed"),
        ROWS + "recurring_payments | paused_reason = 'failures'",
        ROWS + "recurring_payments | cancelled_reason = 'completed'",
    ),
    "4 merry-go-round": (
        *("open a round", "cancel a round", "take a hand", "take a half hand", "take the other half", "give hands back"),
        *("close the hands", "propose an order", "agree to the order", "add a number to the draw", "pay into the round"),
        *("ask to swap turns", "a swap is done", "a swap is refused", "join a running round", "give a hand up"),
        *_ends("rotation_turns", "status", "paid"),
        *_ends("rotation_sendings", "status", "sent"),
        *_some("rotation_numbers", "rotation_consents", "rotation_swaps", "rotation_payments"),
    ),
    "5 welfare and shares": (
        *("pay into the kitty", "claim", "a claim is paid", "a claim is refused", "claim: refused, not-a-benefit"),
        *("start a cycle of shares", "buy shares", "preview the share-out", "propose a share-out", "a share-out is done"),
        *_some("welfare_payments", "welfare_decisions", "share_out_lines", "share_purchases"),
    ),
    "6 loans": (
        *("propose to move money in", "move money in", "read what one may borrow", "ask for a loan"),
        *("ask for a loan, vouched for", "vouch for a loan", "decline to vouch", "decide a loan", "refuse a loan"),
        *("take a loan request back", "repay a loan", "repay a loan for another", "ask for a loan: refused, loan-too-large"),
        *_ends("loans", "status", "repaid", "rejected", "withdrawn"),
        *_some("loan_pledges", "loan_repayments"),
    ),
    "7 treasury": (
        *("ask the treasury: a member", "ask the treasury: outside", "ask the treasury: petty cash"),
        *("ask the treasury: emergency", "approve a request", "reject a request", "object to a payment"),
        *("take a request back", "report an emergency", "ask the treasury: own payment: refused, too-few-approvers"),
        *("approve one's own: refused, own-treasury-request", "ask the treasury: needs a vote"),
        *("ask the treasury: over the day's limit: refused, treasury-limit",),
        *("try what a payment would do", "look at the treasury"),
        *_ends("treasury_requests", "status", "paid", "rejected", "stopped", "expired", "withdrawn", "void"),
        # An ordinary member drawn for the quarter has approved.
        ROWS + "treasury_approvals a JOIN treasury_requests r ON r.id = a.request_id | a.user_id = ANY (r.padlocks)",
        *(f"{ROWS}loan_fundings | pot = '{pot}' AND status = 'done'" for pot in ("project", "reserve")),
        *_some("padlock_draws", "payouts", "treasury_approvals", "treasury_objections", "treasury_steps"),
    ),
    "8 votes": (
        *("propose, motion", "propose, poll", "propose, rule", "propose, spend", "propose, election", "propose, expulsion"),
        *("propose, dissolution", "second a proposal", "take a proposal back", "object to what was passed"),
        *("foresee what follows", "vote on a motion", "vote on a poll", "vote on a rule", "vote on a spend"),
        *("vote on a election", "vote on a expulsion", "vote on a dissolution", "vote by dialling", "vote in a chat"),
        *("be represented, all", "be represented, category", "be represented in a circle: refused, cannot-delegate"),
        *("vote for oneself again", "stand for an office", "name somebody for an office", "decline to stand"),
        *(f"{ROWS}proposals | kind = '{kind}' AND state = 'executed'" for kind in ("spend", "rule", "election", "expulsion")),
        ROWS + "proposals | kind = 'motion' AND state = 'passed'",
        ROWS + "proposals | kind = 'motion' AND state = 'failed'",
        *_ends("proposals", "state", "cancelled", "objected"),
        *_some("ballots", "ballot_papers", "proposal_voters", "proposal_objections", "vote_delegations"),
    ),
    "9 meetings": (
        *("call a meeting", "cancel a meeting", "put on the agenda", "excuse oneself", "announce the code", "attend"),
        *("write the minutes", "confirm the minutes", "correct the minutes", "read the minutes"),
        ROWS + "dao_attendance | present_at IS NOT NULL",
        ROWS + "dao_attendance | apology_at IS NOT NULL",
        *_some("dao_minutes_corrections", "dao_agenda_items"),
    ),
    "10 muhuri": (
        *("read the seals by dialling", "read the seals in a chat", "a stranger checks a receipt by dialling"),
        *("a group's seals are checked by the members' script", "the whole audit is clean"),
        *_some("group_seals", "receipt_codes"),
        ROWS + "sms_delivery_log | template = 'muhuri'",
    ),
    "11 statements": (
        *("ask for the group's statement by dialling", "ask for the group's statement in a chat"),
        *_some("funds_proofs", "financial_reports"),
    ),
}
LATER: dict[str, tuple[str, ...]] = {
    "2 contributions": (ROWS + "due_reminders | stage = 'missed'",),
    "4 merry-go-round": _ends("rotations", "status", "finished"),
    "6 loans": (
        *("move money out", "a loan is taken from savings"),
        *_ends("loans", "status", "written_off"),
        *_ends("loan_repayments", "source", "savings"),
    ),
    "8 votes": (
        *("propose, write_off", "vote on a write_off"),
        ROWS + "proposals | kind = 'dissolution' AND state IN ('passed', 'executed')",
    ),
}


@dataclass(frozen=True)
class Used:
    """A rule of one part, and how often it was used."""

    part: str
    rule: str
    count: int


def wanted(days: int) -> Iterator[tuple[str, str]]:
    """Every rule that so many days must have used, by its part."""
    for part, rules in RULES.items():
        later = LATER.get(part, ()) if days >= LONG else ()
        yield from ((part, rule) for rule in (*rules, *later))


async def used(world: World, *, days: int) -> list[Used]:
    """How often each rule was used."""
    found = []
    async with world.unit() as uow:
        for part, rule in wanted(days):
            if rule.startswith(ROWS):
                where, _, true = rule.removeprefix(ROWS).partition(" | ")
                count = await uow.session.scalar(text(f"SELECT count(*) FROM {where} WHERE {true}"))
            else:
                count = world.counts[rule]
            found.append(Used(part, rule, count or 0))
    return found


def table(rules: Sequence[Used]) -> str:
    """Rule by rule, with how often each was used."""
    return "\n".join(f"{one.count:>9,}  {one.part:<22}  {one.rule}" for one in rules)


def everything(counts: Mapping[str, int]) -> str:
    """All that was done, refusals too, with how often."""
    return "\n".join(f"{count:>9,}  {what}" for what, count in sorted(counts.items()))


def never_used(rules: Sequence[Used]) -> list[str]:
    """The rules that were never used, in words."""
    return [f"never used: {one.part}: {one.rule}" for one in rules if not one.count]
