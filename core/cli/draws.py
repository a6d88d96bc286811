"""`mtaa verify-draw` recomputes a merry-go-round's order from what its members were shown. It needs no database."""

from __future__ import annotations

import re
import sys

from core.daos.rotation.draw import SEED_BYTES, commitment_of, draw
from core.kernel.settings import Settings

NUMBER = re.compile(r"(?P<label>[1-9][0-9]?b?)=(?P<number>[0-9]{1,12})")


async def verify_draw(settings: Settings, *, round: str, commitment: str, seed: str, hands: str, number: list[str]) -> int:  # noqa: A002, ARG001 - named as they are typed; every command is called alike
    """Print the order that follows; 1 when the seed isn't the one that was promised, 2 when something can't be read."""
    read = [NUMBER.fullmatch(one) for one in number]
    places = hands.replace(",", " ").split()
    if not re.fullmatch(rf"[0-9a-f]{{{2 * SEED_BYTES}}}", seed) or not all(read) or not all(map(str.isdigit, places)):
        print("the seed is 32 hex digits, hands are numbers, a number is written label=number", file=sys.stderr)
        return 2
    if commitment_of(seed) != commitment:
        print("NO: the hash of this seed isn't the code that was shown before")
        return 1
    numbers = {one["label"]: one["number"] for one in read if one}
    order = draw(round_name=round, seed=seed, numbers=numbers, hands=[int(place) for place in places])
    print("the seed is the one whose code was shown before")
    print("order of hands:", " ".join(str(place) for place in order))
    return 0
