"""A result with its arithmetic, as one sentence and as lines: how many voted, for what, which quorum, and what follows."""

from __future__ import annotations

from core.governance.counting import ABSTAIN, NO, YES, Verdict, decide
from core.governance.matters import Matter, TurnOrder, beginning
from core.governance.proposals import Proposal
from core.kernel.texts import Text, text

HANDS_IN_A_LINE = 10


def verdict_of(proposal: Proposal) -> Verdict:
    """How a closed vote ended. Raises LookupError while it isn't closed."""
    if proposal.counts is None:
        raise LookupError("this vote isn't closed")
    return decide(proposal.question, proposal.counts, quorum=proposal.quorum)


def outcome(proposal: Proposal) -> Text:
    """What it came to, in one word or with the winner's name."""
    verdict = verdict_of(proposal)
    if verdict.winner is not None:
        label = proposal.label_of(verdict.winner) or verdict.winner
        return text("vote-chosen", winner=label) if proposal.matter.kind == "poll" else text("vote-won", winner=label)
    if not verdict.passed:
        return Text(f"vote-{verdict.why.replace('_', '-')}")
    return text("vote-passed")


def arithmetic(proposal: Proposal) -> Text:
    """The counts and the quorum, in one sentence."""
    counts = proposal.counts or {}
    said = {"voted": proposal.voted, "eligible": proposal.eligible, "quorum": proposal.quorum, "abstain": counts[ABSTAIN]}
    reached = Text("vote-quorum-reached" if proposal.voted >= proposal.quorum else "vote-quorum-missed", said)
    if proposal.question.plural:
        best = max((counts[choice] for choice in proposal.question.choices), default=0)
        return text("vote-sum-options", **said, best=best, reached=reached)
    return text("vote-sum", **said, yes=counts[YES], no=counts[NO], reached=reached)


def option_lines(proposal: Proposal) -> tuple[Text, ...]:
    """Each option with its votes, where options compete."""
    counts = proposal.counts or {}
    if not proposal.question.plural:
        return ()
    lines = [text("vote-option-line", option=option.label, count=counts[str(option.number)]) for option in proposal.standing]
    nobody = [text("vote-nobody-line", count=counts[NO])] if NO in counts else []
    return (*lines, *nobody)


def in_full(matter: Matter) -> tuple[Text, ...]:
    """What doesn't fit the line that says what is proposed: an order of turns, so many hands in a line."""
    if not isinstance(matter, TurnOrder) or beginning(matter.order) == " ".join(map(str, matter.order)):
        return ()
    parts = [matter.order[place : place + HANDS_IN_A_LINE] for place in range(0, len(matter.order), HANDS_IN_A_LINE)]
    lines = [(place * HANDS_IN_A_LINE + 1, part) for place, part in enumerate(parts)]
    return tuple(
        text("vote-turns-part", first=first, last=first + len(part) - 1, order=" ".join(map(str, part)))
        for first, part in lines
    )


def what_follows(proposal: Proposal) -> Text | None:
    """What has happened by it, or will and when."""
    match proposal.state:
        case "passed" if proposal.takes_effect_at is not None:
            return text("vote-takes-effect", at=proposal.takes_effect_at)
        case "executed" if proposal.executed_at is not None:
            return text("vote-executed", at=proposal.executed_at)
        case "refused":
            return text("vote-refused", cause=proposal.refusal or "")
        case "objected":
            return text("vote-objected")
    return None
