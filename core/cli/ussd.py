"""`mtaa ussd`: what sessions cost, by task and group, and where people drop off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.cli.audit import open_books
from core.kernel.settings import Settings
from core.monitoring.ussd_sessions import Cost, Step, costs, funnel

WAYS = ("status", "network", "task", "group")


async def ussd(settings: Settings, *, days: int, task: str) -> int:
    """Print the figures of the last days; with a task, its funnel alone."""
    async with open_books(settings) as database:
        since = database.now() - timedelta(days=days)
        async with database.unit() as uow:
            if task:
                print("\n".join(_funnel(await funnel(uow, task=task, since=since))))
                return 0
            for way in WAYS:
                print("\n".join(_costs(way, await costs(uow, by=way, since=since))))
    return 0


def _costs(way: str, found: Sequence[Cost]) -> list[str]:
    head = f"{way:<20} {'sessions':>9} {'KES':>12} {'KES each':>9} {'hops':>6} {'seconds':>8}"
    return [head, *(_line(one) for one in found), ""]


def _line(one: Cost) -> str:
    each = one.total / one.sessions
    return f"{one.name:<20} {one.sessions:>9} {one.total:>12.4f} {each:>9.4f} {one.hops:>6} {one.seconds:>8}"


def _funnel(steps: Sequence[Step]) -> list[str]:
    head = f"{'step':<32} {'reached':>8} {'left here':>10} {'share':>6}"
    return [head, *(f"{one.name:<32} {one.reached:>8} {one.left:>10} {one.left / one.reached:>6.0%}" for one in steps)]
