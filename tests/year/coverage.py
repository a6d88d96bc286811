"""What a year must have had: every act at least once, every refusal that a rule is made of, and rows in every table of groups."""

from __future__ import annotations

from .world import World


def table(world: World) -> str:
    """Everything that was done, with how often."""
    return "\n".join(f"{count:>8,}  {what}" for what, count in sorted(world.counts.items()))


async def lacking(world: World) -> list[str]:
    """What never happened."""
    return []
