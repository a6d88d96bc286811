"""Checks a group's sealed book without any server: `python3 muhuri_check.py muhuri.txt`.

Needs nothing but Python. It hashes every seal's text again, follows the chain, adds up every entry, and prints each day's
code: compare them with the codes that the members were sent. muhuri.md describes the format. Exit status 1 when anything is
wrong.
"""

import hashlib
import sys
from decimal import Decimal, localcontext

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # pragma: allowlist secret - an alphabet


class Wrong(Exception):
    """The book isn't what its seals say."""


def code(digest):
    number = int.from_bytes(digest[:4], "big") >> 2
    characters = "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(6)))
    return f"{characters[:3]}-{characters[3:]}"


def blocks(lines):
    """Each seal's lines, and the hash that stands under them."""
    block = []
    for line in lines:
        if line.startswith("seal|"):
            yield block, bytes.fromhex(line.split("|")[1])
            block = []
        else:
            block.append(line)
    if block:
        raise Wrong("the last seal is missing")


def check_head(line, number, previous):
    words = line.split("|")
    if words[:2] != ["muhuri", "1"] or int(words[3]) != number:
        raise Wrong(f"seal {number} doesn't begin as it should")
    if words[5] != previous.hex():
        raise Wrong(f"seal {number} doesn't follow the one before it")
    return words[2], words[4]


class Accounts:
    """What each account holds, from its entries alone."""

    def __init__(self):
        self.held, self.newest = {}, {}

    def enter(self, words):
        _, name, currency, seq, bucket, amount, after, *_ = words
        key = name, currency
        if int(seq) != self.newest.get(key, 0) + 1:
            raise Wrong(f"an entry of {name} is missing before number {seq}")
        self.newest[key] = int(seq)
        total = self.held.get((*key, bucket), Decimal(0)) + Decimal(amount)
        if total != Decimal(after):
            raise Wrong(f"entry {seq} of {name} doesn't add up")
        self.held[(*key, bucket)] = total

    def close(self, words):
        _, name, currency, _, upto, *held = words
        key = name, currency
        if self.newest.get(key, 0) != int(upto):
            raise Wrong(f"{name} doesn't have the entries that it is said to have")
        for bucket, amount in zip(("available", "pending", "locked"), held, strict=True):
            if self.held.get((*key, bucket), Decimal(0)) != Decimal(amount):
                raise Wrong(f"{name} doesn't hold what it is said to hold")

    def total(self):
        return sum((held for (_, currency, _), held in self.held.items() if currency == "KES"), start=Decimal(0))


def check(lines):
    """The group's id and (day, code, total) of each seal. Raises Wrong at the first thing that is."""
    accounts, previous, group, found = Accounts(), b"", None, []
    for number, (block, sealed) in enumerate(blocks(lines), start=1):
        digest = hashlib.sha256("\n".join(block).encode()).digest()
        if digest != sealed:
            raise Wrong(f"seal {number} is not the seal of what stands above it")
        owner, day = check_head(block[0], number, previous)
        if group not in (None, owner):
            raise Wrong("two groups in one book")
        rows = [line.split("|") for line in block[1:]]
        for words in rows:
            if words[0] == "entry":
                accounts.enter(words)
        for words in rows:
            if words[0] == "account":
                accounts.close(words)
        previous, group = digest, owner
        found.append((day, code(digest), accounts.total()))
    return group, found


def main(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    try:
        with localcontext() as context:
            context.prec = 80
            group, found = check(lines)
    except (Wrong, ValueError, IndexError, ArithmeticError) as problem:
        print(f"WRONG: {problem}")
        return 1
    for day, seal, total in found:
        print(f"{day}  {seal}  {total:,.2f}")
    print(f"{len(found)} seals of group {group} hold." if found else "The book is empty.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else "usage: muhuri_check.py muhuri.txt")
