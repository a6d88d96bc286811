"""What must be true at the end: M-Pesa's own book, our ledger, suspense and fees say the same, to the cent and receipt by receipt."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from core.kernel.money import Money
from core.ledger.accounts import (
    MPESA_CHARGES,
    MPESA_UTILITY,
    PLATFORM_FEES,
    SUSPENSE,
    Account,
    member_account,
    treasury,
)
from core.ledger.service import balances
from core.monitoring.audit import audit
from core.sandbox.daraja.book import Entry
from tests.simulation.people import Person
from tests.simulation.play import Play

OPEN = ("pending", "processing")
DEPOSITS = """
SELECT m.id, m.user_id, m.for_dao, m.amount, m.fee_amount, m.status, m.attention, m.next_check_at,
  m.account_reference AS reference, m.mpesa_receipt_number AS receipt, m.told, m.transaction_type AS kind
FROM mpesa_transactions m WHERE m.transaction_type IN ('stk_push', 'c2b')
"""
PAYOUTS = """
SELECT m.id, m.user_id, m.amount, m.fee_amount, m.status, m.attention, m.originator_conversation_id AS name,
  m.mpesa_receipt_number AS receipt, p.books, p.charge_amount, p.real_charge, p.withdrawal_id
FROM payouts p JOIN mpesa_transactions m USING (id)
"""


def shillings(amount: int | Decimal) -> Money:
    return Money.from_decimal(Decimal(amount))


@dataclass
class Verdict:
    """What was found wrong, in words; and figures of what there was."""

    wrong: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def expect(self, what: str, ours: Any, theirs: Any) -> None:
        if ours != theirs:
            self.wrong.append(f"{what}: {ours} here, {theirs} there")

    def never(self, what: str, found: Any) -> None:
        if found:
            self.wrong.append(f"{what}: {list(found)[:5]} ({len(found)})")


@dataclass
class Books:
    """Everything that is compared, read once."""

    entries: list[Entry]
    deposits: list[Any]
    payouts: list[Any]
    received: list[Any]
    ledger: dict[Account, Money]
    held: dict[Account, Money]

    @property
    def incoming(self) -> dict[str, Entry]:
        return {entry.receipt: entry for entry in self.entries if entry.kind in ("prompt", "paybill")}


async def judge(play: Play, *, audited: bool = True) -> Verdict:
    """Compare everything; `audited`: by `mtaa audit` too, which knows nothing of M-Pesa's book."""
    verdict, books = Verdict(), await _read(play)
    _receipts(verdict, books)
    _totals(verdict, play, books)
    _payouts(verdict, books)
    await _owners(verdict, play, books)
    _ends(verdict, play, books)
    await _nothing_forgotten(verdict, play)
    for finding in await audit(play.town.database) if audited else ():
        if not finding.ok:
            verdict.wrong.append(f"audit: {finding.name}: {finding.figure}")
    return verdict


async def _read(play: Play) -> Books:
    town = play.town
    groups = {group for person in play.people.everybody for group in person.groups}
    wanted = [MPESA_UTILITY, MPESA_CHARGES, PLATFORM_FEES, SUSPENSE]
    wanted += [member_account(person.id) for person in play.people.everybody] + [treasury(group) for group in groups]
    async with town.database.unit() as uow:
        found = await balances(uow, wanted)
    return Books(
        town.mpesa.book.entries,
        await town.fetch(DEPOSITS),
        await town.fetch(PAYOUTS),
        await town.fetch("SELECT * FROM payments_received"),
        {account: one.available for account, one in found.items()},
        {account: one.locked for account, one in found.items()},
    )


def _receipts(verdict: Verdict, books: Books) -> None:
    """Each receipt of M-Pesa's was taken in once with its amount, and none that it doesn't know."""
    ours = Counter((row["receipt"], row["amount"]) for row in books.received)
    theirs = Counter((entry.receipt, Decimal(entry.amount)) for entry in books.incoming.values())
    verdict.never("received here, unknown to M-Pesa", list((ours - theirs).elements()))
    verdict.never("paid to us, unknown here", list((theirs - ours).elements()))
    credited = Counter(row["receipt"] for row in books.deposits if row["receipt"])
    verdict.never("credited more than once", [receipt for receipt, times in credited.items() if times > 1])
    in_suspense = {row["receipt"] for row in books.received if row["transaction_id"] is None}
    verdict.never("neither credited nor in suspense", set(books.incoming) - set(credited) - in_suspense)
    verdict.never("credited without M-Pesa's receipt", set(credited) - set(books.incoming))
    verdict.never("credited and in suspense", set(credited) & in_suspense)
    verdict.figures.update({"receipts": len(theirs), "in suspense": len(in_suspense)})


def _totals(verdict: Verdict, play: Play, books: Books) -> None:
    """What Safaricom holds for us, suspense, fees and charges, each against M-Pesa's book or a sum made here anew."""
    book = play.town.mpesa.book
    waiting = sum((row["amount"] for row in books.received if row["transaction_id"] is None), Decimal(0))
    denied = sum((row["amount"] for row in books.payouts if row["books"] == "paid-after-release"), Decimal(0))
    paid = [row for row in books.deposits if row["status"] == "completed"]
    fees = sum((_fee(row["amount"]) for row in paid), Decimal(0))
    fees += sum((row["fee_amount"] for row in books.payouts if row["books"] == "paid"), Decimal(0))
    told = {row["receipt"]: row["real_charge"] for row in books.payouts if row["real_charge"] is not None}
    charged = sum(entry.charge for entry in book.entries if entry.receipt in told)
    verdict.expect("held at M-Pesa", -books.ledger[MPESA_UTILITY], shillings(book.balance))
    verdict.expect("suspense", books.ledger[SUSPENSE], shillings(waiting - denied))
    verdict.expect("fees", books.ledger[PLATFORM_FEES], shillings(fees))
    verdict.expect("charges", -books.ledger[MPESA_CHARGES], shillings(charged))
    untold = [entry for entry in book.entries if entry.charge and entry.receipt not in told]
    verdict.figures["charges that M-Pesa's answers never told"] = len(untold)


def _fee(amount: Decimal) -> Decimal:
    """2.5 % of a deposit, half-even to the cent."""
    return (amount * 25 / 1000).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def _payouts(verdict: Verdict, books: Books) -> None:
    """M-Pesa paid what we believe it paid, once each, and holds are there exactly for what has no end."""
    ours = Counter((row["name"], row["receipt"], row["amount"]) for row in books.payouts if row["status"] == "completed")
    theirs = Counter(
        (entry.originator, entry.receipt, Decimal(entry.amount)) for entry in books.entries if entry.kind == "payout"
    )
    verdict.never("paid out, unknown here", list((theirs - ours).elements()))
    verdict.never("believed to be paid out", list((ours - theirs).elements()))
    twice = [name for name, times in Counter(name for name, _, _ in theirs.elements()).items() if times > 1]
    verdict.never("paid out twice", twice)
    held = sum((_total(row) for row in books.payouts if row["books"] == "held"), Decimal(0))
    verdict.expect("held for payouts", sum(books.held.values(), Money(0)), shillings(held))
    verdict.never("paid after release", [row["id"] for row in books.payouts if row["books"] == "paid-after-release"])
    parts = Counter(row["withdrawal_id"] for row in books.payouts)
    verdict.figures.update({"payouts": theirs.total(), "split withdrawals": sum(many > 1 for many in parts.values())})


def _total(row: Any) -> Decimal:
    total: Decimal = row["amount"] + row["fee_amount"] + row["charge_amount"]
    return total


async def _owners(verdict: Verdict, play: Play, books: Books) -> None:
    """Each member has what M-Pesa's book says that she paid or was paid, and what she gave to groups is there."""
    own: defaultdict[Any, Decimal] = defaultdict(Decimal)
    references = {row["reference"]: row["user_id"] for row in books.deposits if row["kind"] == "stk_push"}
    credited = {row["receipt"]: row for row in books.deposits if row["status"] == "completed"}
    claimed = {entry.receipt: payer for payer, entry in play.notebook.mistyped}
    for receipt, entry in books.incoming.items():
        owner = _owner(play, references, claimed, entry)
        if (row := credited.get(receipt)) is None:
            if owner is not None and receipt not in claimed:
                verdict.wrong.append(f"{receipt} for account {entry.account} isn't credited")
            continue
        if owner is None or row["user_id"] != owner:
            verdict.wrong.append(f"{receipt} for account {entry.account} is credited to {row['user_id']}, not {owner}")
        own[row["user_id"]] += Decimal(entry.amount) - _fee(Decimal(entry.amount))
    for row in await play.town.fetch("SELECT user_id, dao_id, amount FROM contributions"):
        own[row["user_id"]] -= row["amount"]
        own[row["dao_id"]] += row["amount"]
    for row in books.payouts:
        if row["books"] == "paid":
            own[row["user_id"]] -= _total(row)
    for account, available in books.ledger.items():
        if account.member is not None or account.dao is not None:
            ours = available + books.held[account]
            verdict.expect(f"balance of {account}", ours, shillings(own[account.member or account.dao]))


def _owner(play: Play, references: dict[str, Any], claimed: dict[str, Person], entry: Entry) -> Any:
    """Whose money this is, as the one who paid it would say; None for nobody's."""
    if entry.kind == "prompt":
        return references.get(entry.account)
    if entry.receipt in claimed:
        return claimed[entry.receipt].id
    paid = play.notebook.paid.get(entry.receipt)
    return None if paid is None else paid.person.id


def _ends(verdict: Verdict, play: Play, books: Books) -> None:
    """Everything that was accepted is there, as it was accepted, and has its end or somebody who looks at it."""
    rows = {row["id"]: row for row in books.deposits}
    withdrawals = Counter(row["withdrawal_id"] for row in books.payouts)
    for intent, wish in play.notebook.accepted.items():
        if wish.kind.startswith("prompt"):
            row = rows.get(intent)
            found = None if row is None else (row["user_id"], row["amount"], row["for_dao"])
            verdict.expect(f"accepted {wish.kind} {intent}", found, (wish.person.id, wish.amount.as_decimal(), wish.group))
        elif wish.kind.endswith("withdrawal"):
            verdict.expect(f"accepted withdrawal {intent} is there", bool(withdrawals[intent]), True)
    waiting = [row for row in (*books.deposits, *books.payouts) if row["status"] in OPEN]
    verdict.never("open with nobody to look at it", [row["id"] for row in waiting if not row["attention"]])
    asked = Counter(one.account for one in play.town.mpesa.express.checkouts)
    verdict.never("asked twice for the same money", [account for account, times in asked.items() if times > 1])
    untold = [
        row["id"] for row in books.deposits if row["kind"] == "stk_push" and row["status"] == "completed" and not row["told"]
    ]
    verdict.figures["paid prompts told by their group"] = sum(1 for row in untold if rows[row]["for_dao"])
    verdict.figures["open, with an operator"] = len(waiting)


async def _nothing_forgotten(verdict: Verdict, play: Play) -> None:
    """No callback unread, no job given up or held, no deposit not passed on, no claim or withdrawal without an end."""
    for what, query in {
        "callbacks not read": "SELECT id, kind FROM payment_callbacks WHERE processed_at IS NULL",
        "jobs given up": "SELECT job, error FROM job_failures",
        "jobs held": "SELECT entrypoint FROM pgqueuer WHERE status = 'failed'",
        "not passed on": "SELECT id FROM mpesa_transactions WHERE for_dao IS NOT NULL AND passed_on_at IS NULL AND status = 'completed'",
        "claims without an end": "SELECT receipt FROM payment_claims WHERE outcome = 'asking'",
        "withdrawals not told": (
            "SELECT w.id FROM withdrawals w WHERE ended_at IS NULL AND NOT EXISTS"
            " (SELECT FROM payouts p WHERE p.withdrawal_id = w.id AND p.books = 'held')"
        ),
        "charges not booked": "SELECT id FROM payouts WHERE real_charge IS NOT NULL AND charge_booked_at IS NULL",
    }.items():
        verdict.never(what, [tuple(row) for row in await play.town.fetch(query)])
    rows = await play.town.fetch("SELECT event_type, count(*) AS n FROM security_events GROUP BY 1")
    verdict.figures.update({f"event {row['event_type']}": row["n"] for row in rows})
    rows = await play.town.fetch("SELECT transaction_type AS kind, status, count(*) AS n FROM mpesa_transactions GROUP BY 1, 2")
    verdict.figures.update({f"{row['kind']} {row['status']}": row["n"] for row in rows})
