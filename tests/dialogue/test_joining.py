"""On a feature phone nobody joins before she has been shown what the group's rules cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.daos.articles import costs
from core.daos.constitutions import enact
from core.daos.rules import DEFAULTS, Rules
from core.dialogue.screens import Screen, option
from core.dialogue.turn import NO, Reply
from core.kernel.db import Database
from core.kernel.ids import DaoId
from core.kernel.money import Money
from core.kernel.texts import LANGUAGES, catalogue, text
from tests.conftest import FakeClock
from tests.dialogue.conftest import Handset
from tests.dialogue.owners import group_of
from tests.dialogue.stories import Sql
from ussd.networks import SAFARICOM_SEPTETS
from ussd.render import UssdRenderer

DEAREST = replace(
    Rules(),
    joining_fee=Money(100_000_00),
    contribution=Money(500_000_00),
    frequency="biweekly",
    fine=Money(10_000_00),
    fine_every="week",
    fine_cap=Money(100_000_00),
    welfare=Money(50_000_00),
    share_price=Money(50_000_00),
    loan_interest=1_999,
    exit_notice_days=90,
)
IN_PERCENT = replace(DEAREST, fine_percent=4_999)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rules", [DEAREST, IN_PERCENT, *DEFAULTS.values()])
def test_what_it_costs_is_two_screens_of_one_page_each(rules: Rules, language: str) -> None:
    """What 98 would have to be pressed for isn't shown, so nothing of it may be left for another page."""
    keys = {"join-costs-paying": "join-read-on", "join-costs-rest": "join-accept"}
    for said in costs(rules):
        choices = (option("yes", text(keys[said.key])), NO, option("decline", text("join-decline")))
        reply = Reply(Screen(said, choices=choices if said.key == "join-costs-rest" else choices[:2]), language, 1)
        pages = UssdRenderer(catalogue(), SAFARICOM_SEPTETS)(reply)
        assert len(pages) == 1, pages


async def test_the_key_that_accepts_comes_last(wanjiru: Handset, otieno: Handset, sql: Sql) -> None:
    await wanjiru.register()
    await otieno.register("Otieno Odhiambo")
    code = await group_of(wanjiru)
    await otieno.dial("4")
    asked = await otieno.type("8", code)
    assert "accept" not in asked
    cost = await otieno.type("1")
    assert "Joining is free. Then KES 500 a week. Late: no fine." in cost
    assert "accept" not in cost
    more = await otieno.type("1")
    assert "No welfare fund. A share: KES 100. No loans. Leaving: 30 days before." in more
    assert "1 I accept the rules" in more
    assert await sql("SELECT count(*) FROM dao_memberships m JOIN daos d ON d.id = m.dao_id WHERE d.kind <> 'practice'") == [
        (1,)
    ]

    assert (await otieno.type("1")).startswith("END")


async def test_all_rules_can_be_read_and_lead_on_to_what_they_cost(wanjiru: Handset, otieno: Handset) -> None:
    await wanjiru.register()
    await otieno.register("Otieno Odhiambo")
    code = await group_of(wanjiru)
    await otieno.dial("4")
    await otieno.type("8", code)
    shown = await otieno.type("2")
    assert "1. Up to 100 members." in shown

    assert "Joining is free" in await otieno.type("1")


async def test_rules_that_change_meanwhile_are_not_accepted_unread(
    wanjiru: Handset, otieno: Handset, db: Database, sql: Sql, clock: FakeClock
) -> None:
    await wanjiru.register()
    await otieno.register("Otieno Odhiambo")
    code = await group_of(wanjiru)
    await otieno.dial("4")
    await otieno.type("8", code, "1")
    [(group,)] = await sql("SELECT id FROM daos WHERE kind <> 'practice'")
    async with db.unit() as uow:
        dearer = replace(Rules(), contribution=Money(9_000_00))
        await enact(uow, group=DaoId(group), rules=dearer, in_force_from=clock.now(), because="a vote")

    assert "rules" in (await otieno.type("1")).casefold()
    assert await sql("SELECT count(*) FROM dao_memberships WHERE dao_id = :g", g=group) == [(1,)]
