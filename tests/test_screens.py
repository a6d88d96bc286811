"""The screen book shows every text in every way, each page within its network; languages agree on options and placeholders."""

from __future__ import annotations

import itertools
import re
from typing import get_args

from fluent.syntax import ast

from core.kernel.db import Database
from core.kernel.secrets import Vault
from core.kernel.texts import LANGUAGES
from core.notifications.cards import ReceiptKind
from core.providers.redis_store import RedisStore
from tests import screens
from tests.cards import cards
from tests.extremes import UNBOUNDED, messages
from tests.screen_walk import Walked, as_a_stranger, find_ways, settle, without_a_pin
from tests.screens import PROFILES
from ussd.render import septets

OPTION = re.compile(r"^\s*(\d+)[ .)]", re.MULTILINE)


def test_every_text_is_in_the_book_in_each_way_and_every_page_fits_its_network() -> None:
    every = list(screens.shown())

    ways = set(itertools.product(messages("en"), LANGUAGES, screens.PROFILES, screens.VALUES))
    assert {(one.key, one.language, one.profile, one.values) for one in every} == ways
    assert [one for one in every if not one.is_whole] == []
    assert [one for one in every if len(one.pages) > 1 and one.key not in UNBOUNDED] == []


def test_the_book_is_one_page_that_needs_nothing_else() -> None:
    page = screens.page(Walked([], ["one.missed"], {}), dict(cards()))

    assert page.count("<h3>") == len(messages("en"))
    assert not re.search(r"https?://[^<\s]*\.(?:js|css)|<script|<link|src=\"(?!data:)", page)
    assert "Salio" in page
    assert "one.missed" in page


def test_every_kind_of_receipt_has_its_picture_in_each_language_and_length() -> None:
    pictures = dict(cards())

    assert len(pictures) == len(get_args(ReceiptKind)) * len(LANGUAGES) * 2
    assert all(content.startswith(b"\x89PNG") and len(content) < 20_000 for content in pictures.values())


async def test_whole_screens_are_walked_and_every_page_fits_its_network(db: Database, redis_url: str, vault: Vault) -> None:
    """In Swahili, with the longest names, which need the most room; the others are walked by `make screens`."""
    store = RedisStore(redis_url)
    usual, longest = [
        await settle(db, store, vault, "sw", values, place) for place, values in enumerate(("ordinary", "longest"))
    ]
    found = [*(await find_ways(usual)).values(), *await as_a_stranger(usual)]
    with_long_names = [*[await longest.go(one.way) for one in found[:-STRANGERS]], *await as_a_stranger(longest)]
    await store.aclose()

    for whole, budget in itertools.product([*found, *with_long_names], PROFILES.values()):
        for page in whole.pages(budget):
            assert septets(page.removeprefix("CON ").removeprefix("END ")) <= budget, whole.name
    missed = without_a_pin(usual.conversation) - {one.name for one in found}
    assert len(found) > 190
    assert sorted(missed - MISSED) == [], "a new screen is walked to, or stands among those that one member can't come to"


STRANGERS = 4
# Screens that a walk of one member without a PIN can't come to.
MISSED = frozenset(
    [
        "account.new_pin_again",
        "register.pin_again",
        "refund.confirm",
        "refund.one",
        "refund.reason",
        "refund.what",
        "refund.whom",
        "votes.turns",
        "changes.menu",
        "changes.stop",
        "contacts.officials",
        "email.code",
        "groups.join",
        "invite.confirm",
        "join.waiting",
        "kinds.amount",
        "kinds.confirm",
        "kinds.mode",
        "link.code",
        "link.contact",
        "link.share",
        "loans.amount",
        "loans.confirm",
        "loans.decide",
        "loans.deciding",
        "loans.guarantor",
        "loans.months",
        "loans.pay_amount",
        "loans.pay_confirm",
        "loans.plan",
        "loans.recover",
        "loans.vouch",
        "loans.vouching",
        "meet.agenda",
        "meet.call",
        "meet.code",
        "meet.correct",
        "meet.item",
        "meet.off",
        "meet.read",
        "meet.sure",
        "meet.unconfirmed",
        "meet.where",
        "merry.agree",
        "merry.cancel",
        "merry.close",
        "merry.half",
        "merry.half_confirm",
        "merry.how_much",
        "merry.join",
        "merry.number",
        "merry.pay",
        "merry.proof",
        "merry.swap_answer",
        "merry.swap_confirm",
        "merry.swap_mine",
        "merry.swap_with",
        "merry.swaps",
        "merry.take",
        "merry.type",
        "merry.type_confirm",
        "merry.whose",
        "office.leave",
        "office.offer",
        "paybill.other_amount",
        "paybill.other_confirm",
        "recovery.app",
        "recovery.cancel",
        "recovery.closed",
        "recovery.code",
        "recovery.explain",
        "recovery.new_number",
        "recovery.new_number_code",
        "recovery.new_pin",
        "recovery.new_pin_again",
        "recovery.number_code",
        "recovery.old_number",
        "recovery.old_pin",
        "recovery.status",
        "recurring.confirm",
        "recurring.count",
        "recurring.end",
        "recurring.one",
        "recurring.why",
        "request.one",
        "rules.ask",
        "rules.confirm",
        "rules.which",
        "security.app",
        "shares.confirm",
        "shares.how_many",
        "shares.out",
        "standing.mine",
        "standing.one",
        "standing.reply",
        "step_up.app",
        "terms.renew",
        "treasury.confirm",
        "treasury.details",
        "treasury.emergency",
        "treasury.find",
        "treasury.reason",
        "treasury.report",
        "treasury.request",
        "votes.mine",
        "votes.more",
        "votes.nominee",
        "votes.one",
        "votes.options",
        "votes.order",
        "votes.reason",
        "votes.result",
        "vouch.list",
        "vouch.recovery",
        "vouch.request",
        "welfare.one",
    ]
)


def test_languages_agree_on_variants_and_on_the_order_of_options_within_a_text() -> None:
    english, *others = (messages(language) for language in LANGUAGES)
    for other in others:
        for key, message in english.items():
            assert short_forms(other[key]) == short_forms(message), key
            assert options(other[key]) == options(message), key


def short_forms(message: ast.Message) -> set[str]:
    """
    register.pin_again
    Attributes, such as the short form for small screens."""
    return {attribute.id.name for attribute in message.attributes}


def options(message: ast.Message) -> list[str]:
    """Numbers that are written out as options in the text itself, in their order."""
    said = "".join(one.value for one in getattr(message.value, "elements", []) if isinstance(one, ast.TextElement))
    return OPTION.findall(said)
