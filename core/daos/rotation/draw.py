"""The draw of a merry-go-round's order: anybody can repeat it from what was published (docs/draw.md, decision 0019).

The group is shown the SHA-256 of a secret seed first. Then members add numbers. Then the seed is shown, and everything follows:

1. `start` = SHA-256 of these lines, each ended by a line feed, in UTF-8: "mtaa-draw-1"; the round's name (the group's code, a
   hyphen, the round's number); the seed as 32 hex digits; one line "label=number" for each member who added a number, sorted by
   label as text. Her label is the number of her first hand, with "b" behind it where she is the second owner.
2. A stream of 64-bit words: block i (from 0) is SHA-256(start followed by i as eight bytes, big-endian), read as four words.
3. A number below n: take words until one is less than the largest multiple of n below 2^64; it modulo n.
4. The hands' numbers in rising order are shuffled: for i from the last place down to the second, exchange place i with place
   "number below i + 1" (counted from 0). The result is the order of turns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

VERSION = "mtaa-draw-1"
SEED_BYTES = 16
WORD_BYTES = 8
WORDS = 2 ** (8 * WORD_BYTES)


def commitment_of(seed: str) -> str:
    """What is published before: the SHA-256 of the seed's bytes, both written in hex."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def draw(*, round_name: str, seed: str, numbers: Mapping[str, str], hands: Sequence[int]) -> list[int]:
    """The order of the hands that follows from the published values."""
    added = [f"{label}={numbers[label]}" for label in sorted(numbers)]
    said = "".join(f"{line}\n" for line in (VERSION, round_name, seed, *added))
    words = _words(hashlib.sha256(said.encode()).digest())
    order = sorted(hands)
    for place in range(len(order) - 1, 0, -1):
        other = _below(words, place + 1)
        order[place], order[other] = order[other], order[place]
    return order


def _words(start: bytes) -> Iterator[int]:
    block = 0
    while True:
        digest = hashlib.sha256(start + block.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(digest[at : at + WORD_BYTES], "big") for at in range(0, len(digest), WORD_BYTES))
        block += 1


def _below(words: Iterator[int], limit: int) -> int:
    fair = WORDS - WORDS % limit
    return next(word for word in words if word < fair) % limit
