"""What a year must have had: every act, every end that a request, a vote, a loan can come to, and rows in every table of groups.

What takes longer than the short year (an instalment sixty days late, a quarter's end) is asked of the long one only.
"""

from __future__ import annotations

from sqlalchemy import text

from .world import World

# How many days until everything has had its time.
LONG = 130
ACTS = (
    *("found a chama", "found a savings", "answer the rules", "register", "deposit by prompt", "close a group"),
    *("invite", "accept an invitation", "decline an invitation", "take an invitation back", "come by code: asked"),
    *("answer who asks to come", "offer an office", "take an office", "give an office back"),
    *("suspend", "reply to a suspension", "take back who was suspended", "give notice", "stay after all"),
    *("see what one would get", "read what changed in the rules"),
    *("start the contribution of the rules", "start the welfare of the rules", "set a member's own amount"),
    *("ask for a contribution, weekly, fixed", "ask for a contribution, biweekly, minimum"),
    *("ask for a contribution, monthly, per_member", "ask for a contribution, dates, fixed"),
    *("contribute early", "contribute in time", "contribute late", "contribute in parts", "contribute too much"),
    *("contribute for another", "pay to the group's number at the paybill", "contribute by dialling", "contribute in a chat"),
    *("change a contribution", "end a contribution", "fine a member by hand", "waive a fine", "waive a contribution"),
    *("waive a paid fine", "an outage is put on record"),
    *("begin a recurring payment, wallet, monthly", "begin a recurring payment, mpesa, weekly"),
    *("pause a recurring payment", "resume a recurring payment", "end a recurring payment"),
    *("open a round", "cancel a round", "take a hand", "take a half hand", "take the other half", "give hands back"),
    *("close the hands", "propose an order", "agree to the order", "add a number to the draw", "pay into the round"),
    *("ask to swap turns", "a swap is done", "a swap is refused", "join a running round", "give a hand up"),
    *("pay into the kitty", "claim", "a claim is paid", "a claim is refused", "claim: refused, not-a-benefit"),
    *("start a cycle of shares", "buy shares", "preview the share-out", "propose a share-out", "a share-out is done"),
    *("propose to move money in", "move money in", "read what one may borrow", "ask for a loan", "ask for a loan, vouched for"),
    *("vouch for a loan", "decline to vouch", "decide a loan", "refuse a loan", "take a loan request back", "repay a loan"),
    *("ask for a loan: refused, loan-too-large", "repay a loan for another"),
    *("ask the treasury: a member", "ask the treasury: outside", "ask the treasury: petty cash", "ask the treasury: emergency"),
    *("approve a request", "reject a request", "object to a payment", "take a request back", "report an emergency"),
    *(
        "ask the treasury: own payment: refused, too-few-approvers",
        "approve one's own: refused, own-treasury-request",
        "ask the treasury: over the day's limit: refused, treasury-limit",
    ),
    *("ask the treasury: needs a vote", "try what a payment would do", "look at the treasury"),
    *("propose, motion", "propose, poll", "propose, rule", "propose, spend", "propose, election", "propose, expulsion"),
    *("propose, dissolution", "second a proposal", "take a proposal back", "object to what was passed", "foresee what follows"),
    *("vote on a motion", "vote on a poll", "vote on a rule", "vote on a spend", "vote on a election", "vote on a expulsion"),
    *("vote on a dissolution", "vote by dialling", "vote in a chat", "be represented, all", "be represented, category"),
    *("be represented in a circle: refused, cannot-delegate", "vote for oneself again"),
    *("stand for an office", "name somebody for an office", "decline to stand"),
    *("call a meeting", "cancel a meeting", "put on the agenda", "excuse oneself", "announce the code", "attend"),
    *("write the minutes", "confirm the minutes", "correct the minutes", "read the minutes"),
    *("read the seals by dialling", "read the seals in a chat"),
)
LATER_ACTS = ("move money out", "take a loan from savings", "propose, write_off", "vote on a write_off")
# Each sentence is true of at least one row.
ENDS = {
    "treasury_requests": [f"status = '{end}'" for end in ("paid", "rejected", "stopped", "expired", "withdrawn", "void")],
    "proposals": [
        *(f"kind = '{kind}' AND state = 'executed'" for kind in ("spend", "rule", "election", "expulsion")),
        "kind = 'motion' AND state = 'passed'",
        "kind = 'motion' AND state = 'failed'",
        "state = 'cancelled'",
        "state = 'objected'",
    ],
    "loans": ["status = 'repaid'", "status = 'rejected'", "status = 'withdrawn'"],
    "recurring_runs": ["state = 'paid'", "state = 'missed'"],
    "recurring_payments": ["paused_reason = 'failures'", "cancelled_reason = 'completed'"],
    "rotation_turns": ["status = 'paid'"],
    "dao_membership_changes": [f"change = '{one}'" for one in ("left", "expelled", "stayed", "suspended", "reinstated")],
    "dao_constitutions": ["because LIKE 'vote %' AND in_force_from > created_at"],
    "contribution_charges": ["sort = 'fine' AND fines_for IS NOT NULL", "sort = 'fine' AND paid > 0", "waived > 0"],
    "dao_departures": ["settled_at IS NOT NULL"],
    "dao_attendance": ["present_at IS NOT NULL", "apology_at IS NOT NULL"],
}
LATER_ENDS = {
    "loans": ["status = 'written_off'"],
    "loan_repayments": ["source = 'savings'"],
    "rotations": ["status = 'finished'"],
}
TABLES = (
    *(
        "group_seals",
        "due_reminders",
        "contribution_lines",
        "padlock_draws",
        "payouts",
        "ballots",
        "ballot_papers",
        "proposal_voters",
    ),
    *(
        "proposal_objections",
        "vote_delegations",
        "rotation_numbers",
        "rotation_consents",
        "rotation_swaps",
        "rotation_payments",
    ),
    *("welfare_payments", "welfare_decisions", "share_out_lines", "share_purchases", "loan_pledges", "loan_repayments"),
    *(
        "treasury_approvals",
        "treasury_objections",
        "treasury_steps",
        "dao_minutes_corrections",
        "dao_agenda_items",
        "receipt_codes",
    ),
    *("funds_proofs", "financial_reports"),
)


def table(world: World) -> str:
    """Everything that was done, with how often."""
    return "\n".join(f"{count:>8,}  {what}" for what, count in sorted(world.counts.items()))


async def lacking(world: World, *, days: int) -> list[str]:
    """What never happened, of what so many days must have had."""
    acts = (*ACTS, *LATER_ACTS) if days >= LONG else ACTS
    missing = [f"never: {act}" for act in acts if not world.counts[act]]
    ends = [(where, one) for where, found in ENDS.items() for one in found]
    ends += [(where, one) for where, found in LATER_ENDS.items() for one in found] if days >= LONG else []
    ends += [(where, "true") for where in TABLES]
    async with world.unit() as uow:
        for where, one in ends:
            if not await uow.session.scalar(text(f"SELECT EXISTS (SELECT FROM {where} WHERE {one})")):
                missing.append(f"no row of {where} where {one}")
    return missing
