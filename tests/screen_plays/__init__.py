"""Plays of several people for the screen book: they lead to the screens that one member alone can't come to."""

from __future__ import annotations

from tests.screen_plays import deciding, own, saving

# The last one waits so long that phones have been idle: nobody's PIN is enough after it.
PLAYS = (*deciding.PLAYS, *saving.PLAYS, *own.PLAYS, saving.a_late_loan)
