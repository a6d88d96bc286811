"""What Python's collector of garbage looks at, in a process that has opened everything and stays."""

from __future__ import annotations

import gc


def never_collect_again() -> None:
    """What is here once everything is open stays: looking through it again and again would hold up whoever waits meanwhile."""
    gc.collect()
    gc.freeze()
