"""Where a task that she names in her own words begins, and which answers may be filled in from the same words.

Only questions of which group, how much and which number or code are filled in, and menus gone through that do nothing. Never a
confirmation: what is confirmed is read first. A PIN on the way is asked for, and what she said is filled in behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.dialogue.book import Book, BrokenBook
from core.dialogue.free_text import OF_A_GROUP, Understood
from core.dialogue.phrases import Phrases
from core.dialogue.screens import Go, go
from core.kernel.texts import Text, Texts, text

# The screens whose question an amount, a number of shares, a group's code or a receipt's answers.
AMOUNTS = frozenset(
    {
        "deposit.amount",
        "withdraw.amount",
        "contribute.amount",
        "loans.amount",
        "loans.pay_amount",
        "welfare.amount",
        "merry.how_much",
        "recurring.amount",
        "treasury.amount",
        "fees.amount",
    }
)
COUNTS, CODES, RECEIPTS = "shares.how_many", "groups.code", "receipt.code"
WHICH_GROUP = "which.group"
GROUPS = frozenset({WHICH_GROUP, "contribute.start"})
# What is chosen where an amount was said and another one is offered.
OTHER_AMOUNT = {"contribute.due": "other", "merry.pay": "other"}


@dataclass(frozen=True)
class Shortcut:
    """Where it begins, and the task in her language.

    in_group: it's about one of her groups, which is asked for where she has named none. asks: the screen that asks.
    chooses: what is chosen on the way, by the menu. by_amount: chosen only where an amount was said.
    takes: what of her words may be filled in.
    """

    go: Go
    label: Text
    in_group: bool = False
    asks: str = WHICH_GROUP
    chooses: Mapping[str, str] = field(default_factory=dict)
    by_amount: Mapping[str, str] = field(default_factory=dict)
    takes: str = ""

    @property
    def to(self) -> str:
        return self.go.to

    def plan(self, meant: Understood) -> dict[str, Any]:
        """What may be filled in on the way, as a session keeps it."""
        said = {"amount": meant.said.amount, "count": meant.said.count, "digits": meant.said.digits, "code": meant.code}
        plan: dict[str, Any] = {self.takes: said[self.takes]} if self.takes and said[self.takes] else {}
        chooses = {**self.chooses, **({**OTHER_AMOUNT, **self.by_amount} if "amount" in plan else {})}
        return {**plan, "chooses": chooses}


def _at(to: str, label: str, **rest: Any) -> Shortcut:
    return Shortcut(Go(to), Text(label), **rest)


def _in(to: str, label: str, *chosen: str, **rest: Any) -> Shortcut:
    """In a group: its menu, and what is chosen there."""
    return Shortcut(Go(to), Text(label), in_group=True, chooses=dict.fromkeys([to], chosen[0]) if chosen else {}, **rest)


SHORTCUTS: dict[str, Shortcut] = {
    "balance": _at("balance.show", "home-balance"),
    "deposit": _at("deposit.amount", "home-deposit", takes="amount"),
    "withdraw": _at("withdraw.amount", "home-withdraw", takes="amount"),
    "contribute": _in("contribute.begin", "home-contribute", asks="contribute.start", takes="amount"),
    "statement": _at("statement.show", "account-statement"),
    "chart": _at("chart.show", "own-chart-title"),
    "groups": _at("groups.menu", "home-groups"),
    "group": _in("groups.one", "task-group"),
    "account": _at("account.menu", "home-account"),
    "home": _at("home", "bot-home"),
    "help": _at("help", "account-help"),
    "language": _at("account.language", "account-language"),
    "fees": _at("fees.menu", "account-fees", by_amount={"fees.menu": "cost"}, takes="amount"),
    "funds": _at("funds.show", "funds-menu"),
    "loan": _in("loans.menu", "door-loans"),
    "loan_ask": _in("loans.menu", "loans-ask", "ask", takes="amount"),
    "loan_pay": Shortcut(go("loans.mine"), text("task-repay"), in_group=True, chooses={"loans.mine": "pay"}, takes="amount"),
    "loan_mine": _in("loans.mine", "loans-mine"),
    "loan_vouch": _in("loans.menu", "task-vouch", "vouch"),
    "merry": _in("merry.menu", "door-merry"),
    "merry_mine": _in("merry.menu", "merry-my-turn", "mine"),
    "merry_order": _in("merry.menu", "merry-order", "order"),
    "merry_pay": _in("merry.menu", "merry-pay", "pay", takes="amount"),
    "merry_paid": _in("merry.menu", "merry-paid", "paid"),
    "merry_swap": _in("merry.menu", "merry-swap", "swap"),
    "welfare": _in("welfare.menu", "door-welfare"),
    "welfare_pay": _in("welfare.menu", "welfare-pay", "pay", takes="amount"),
    "welfare_claim": _in("welfare.menu", "welfare-claim", "claim"),
    "shares": _in("shares.menu", "door-shares"),
    "shares_buy": _in("shares.menu", "shares-buy", "buy", takes="count"),
    "shares_mine": _in("shares.menu", "shares-mine", "mine"),
    "shares_today": _in("shares.menu", "shares-today", "today"),
    "treasury": _in("treasury.menu", "treasury-door"),
    "treasury_ask": _in("treasury.menu", "treasury-ask", "ask", takes="amount"),
    "treasury_approve": _in("treasury.mine", "treasury-to-approve"),
    "meetings": _in("meet.menu", "meet-door"),
    "minutes": _in("meet.menu", "meet-minutes", "minutes"),
    "agenda": _in("meet.menu", "meet-agenda", "agenda"),
    "attendance": _in("meet.menu", "meet-here", "here"),
    "dues": _in("dues.mine", "dues-door-mine"),
    "dues_pay": _in("contribute.begin", "task-pay-dues", takes="amount"),
    "board": _in("dues.board", "dues-door-board"),
    "fine_give": _in("kinds.menu", "kinds-fine", "fine"),
    "fine_waive": _in("kinds.menu", "kinds-waive", "waive"),
    "refund": _in("kinds.menu", "kinds-refund", "refund"),
    "kinds": _in("kinds.menu", "dues-door-kinds"),
    "recurring": _in("recurring.menu", "recurring-door", by_amount={"recurring.menu": "new"}, takes="amount"),
    "rules": _in("rules.menu", "rules-door"),
    "members": _in("groups.members", "group-see-members"),
    "offices": _in("office.holders", "people-roles"),
    "invite": _in("people.menu", "people-invite", "invite"),
    "invitations": _at("join.waiting", "task-invitations"),
    "join": _at("groups.code", "groups-join", takes="digits"),
    "create": _at("groups.name", "groups-create"),
    "leave": _in("leave.menu", "leave-door"),
    "group_total": _in("groups.total", "group-see-total"),
    "group_statement": _in("group_statement.span", "task-group-statement"),
    "group_chat": _in("group_chat.menu", "door-chat"),
    "group_votes": _in("votes.menu", "votes-door"),
    "muhuri": _in("muhuri.group", "door-muhuri"),
    "receipt": _at("receipt.code", "door-receipt", takes="code"),
    "votes": _at("votes.mine", "votes-door"),
    "propose": _in("votes.menu", "votes-new", "new"),
    "results": _in("votes.menu", "votes-results", "results"),
    "proxy": _in("votes.menu", "votes-proxy", "proxy"),
    "paybill": _at("paybill.menu", "account-paybill"),
    "claim": _at("paybill.code", "paybill-i-paid"),
    "pin": _at("account.new_pin", "account-new-pin"),
    "forgot": _at("recovery.start", "account-forgot-pin"),
    "security": _at("security.menu", "account-security"),
    "limit": _at("security.menu", "security-limit"),
    "devices": _at("devices.menu", "account-devices"),
    "contacts": _at("contacts.menu", "account-contacts"),
    "email": _at("email.menu", "account-email"),
    "notices": _at("notices.menu", "account-notices"),
    "data": _at("data.menu", "account-data"),
    "name": _at("data.name", "data-correct"),
    "number": _at("recovery.new_number", "account-new-number"),
    "changes": _at("changes.menu", "account-changes"),
}


def check_shortcuts(book: Book, words: Phrases, texts: Texts) -> None:
    """Prove that all that members write leads to a screen with a name. Raises BrokenBook with what doesn't."""
    problems = [f"no shortcut for {task}" for task in sorted(words.tasks - SHORTCUTS.keys())]
    called = words.tasks | set(OF_A_GROUP.values())
    problems += [f"nobody can write {task}" for task in sorted(SHORTCUTS.keys() - called)]
    labels = [(language, one.label.key) for language in texts.languages for one in SHORTCUTS.values()]
    problems += [f"{language} lacks the text {key}" for language, key in labels if not texts.has(language, key)]
    problems += [f"{name} leads nowhere" for name in sorted(_screens() - book.screens.keys() - book.actions.keys())]
    if problems:
        raise BrokenBook("; ".join(problems))


def _screens() -> set[str]:
    """Every screen and action that is named here."""
    menus = {menu for one in SHORTCUTS.values() for menu in (*one.chooses, *one.by_amount)}
    starts: Iterable[str] = (name for one in SHORTCUTS.values() for name in (one.to, one.asks))
    return menus | set(starts) | AMOUNTS | GROUPS | OTHER_AMOUNT.keys() | {COUNTS, CODES, RECEIPTS}


def said_back(shortcut: Shortcut, meant: Understood, *, group: str) -> Text:
    """What was understood, above the screen: the task, the group, and what is filled in."""
    plan = shortcut.plan(meant)
    filled = plan.get(shortcut.takes) or ""
    if isinstance(filled, str):
        filled = filled.upper()
    about = {"task": shortcut.label, "group": group, "filled": filled}
    key = {(False, False): "understood", (True, False): "understood-in", (False, True): "understood-filled"}
    said = Text(key.get((bool(group), bool(filled)), "understood-filled-in"), about)
    if shortcut.takes == "amount" and meant.said.unclear:
        return text("understood-also", understood=said, also=text("amount-unclear"))
    return said
