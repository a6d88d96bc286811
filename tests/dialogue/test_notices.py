"""Choosing how to be told, on a feature phone in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.dialogue.conftest import Handset
from tests.dialogue.test_recovery import pick


async def test_she_does_without_reminders_but_never_without_money(wanjiru: Handset, sql: Callable[..., Any]) -> None:
    await wanjiru.register()

    money = await pick(wanjiru, await wanjiru.dial(), "Account", "Notices", "Money")
    assert "Not at all" not in money
    reminders = await pick(wanjiru, await wanjiru.dial(), "Account", "Notices", "Reminders")
    done = await pick(wanjiru, reminders, "Not at all")

    assert done == "END Done. Reminders: not at all."
    assert await sql("SELECT topic, way FROM notification_preferences") == [("reminder", "none")]
    assert "Reminders: what is due" in await pick(wanjiru, await wanjiru.dial(), "Account", "Notices", "Reminders: not at all")


async def test_the_same_in_swahili(wanjiru: Handset) -> None:
    await wanjiru.dial()
    await wanjiru.type("2", "1", "Wanjiru Kamau", "248163", "248163")

    shown = await pick(wanjiru, await wanjiru.dial(), "Akaunti", "Arifa")

    assert "1 Usalama: kwenye chat, la sivyo SMS" in shown
