"""`mtaa events`: what safety should see and nobody has resolved, and resolving it with a note."""

from __future__ import annotations

import json
import sys
from uuid import UUID

from core.cli.audit import open_books
from core.identity.events import SEVERITIES, open_events, resolve_event
from core.identity.members import find_by_phone
from core.identity.models import SecurityEvent
from core.kernel.clock import local_time
from core.kernel.phone import NotAPhone, parse_phone
from core.kernel.settings import Settings

MOST_SHOWN = 200


async def events(settings: Settings, severity: str) -> int:
    """Print the open events of this severity or worse, the gravest first; 1 when there are any."""
    wanted = SEVERITIES[SEVERITIES.index(severity) :]
    async with open_books(settings) as database, database.unit() as uow:
        found = await open_events(uow, severities=wanted, limit=MOST_SHOWN)
    for event in found:
        print(_line(event))
    print(f"{len(found)} open" + (f" (the first {MOST_SHOWN})" if len(found) == MOST_SHOWN else ""), file=sys.stderr)
    return 1 if found else 0


async def resolve(settings: Settings, event: str, by: str, note: str) -> int:
    """Close one event with a note; 1 when it isn't open, 2 when the words can't be used."""
    try:
        identifier, phone = UUID(event), parse_phone(by)
    except (ValueError, NotAPhone):
        print("give the id of an event, and by whom as that member's phone number", file=sys.stderr)
        return 2
    async with open_books(settings) as database, database.unit() as uow:
        operator = await find_by_phone(uow, phone)
        if operator is None:
            print("whoever resolves an event has an account, so that it is known who did", file=sys.stderr)
            return 2
        done = await resolve_event(uow, event=identifier, by=operator.id, note=note)
    print("resolved" if done else "no open event has this id")
    return 0 if done else 1


def _line(event: SecurityEvent) -> str:
    details = json.dumps(event.details or {}, sort_keys=True)
    about = f" member {event.user_id}" if event.user_id else ""
    return f"{event.id} {local_time(event.created_at)} {event.severity:8} {event.event_type}{about} {details}"
