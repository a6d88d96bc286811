"""The one conversation as the application opens it, on a test's own database, store and hasher."""

from __future__ import annotations

from typing import Any

from core.app import check_book
from core.dialogue.checks import IdentityChecks
from core.dialogue.engine import Conversation
from core.dialogue.session import SessionStore
from core.identity.codes import CodeGate
from core.identity.pins import PinGate
from core.kernel.db import Database
from core.kernel.secrets import PinHasher
from core.kernel.texts import catalogue

DIAL = "*384*77#"


def conversation_on(database: Database, store: SessionStore, hasher: PinHasher, **more: Any) -> Conversation:
    """more: what else the conversation is told, such as `paybill`."""
    gate = PinGate(database, hasher)
    checks = IdentityChecks(hasher, CodeGate(database), gate)
    told = {"dial": DIAL, **more}
    return Conversation(database=database, store=store, gate=gate, checks=checks, book=check_book(catalogue()), **told)
