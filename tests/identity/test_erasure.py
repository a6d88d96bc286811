"""Being forgotten: nothing that names her is left anywhere, also of a life with every feature, and no column is overlooked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.identity.api_keys import create_api_key
from core.identity.approvals import Approval
from core.identity.codes import CodeGate, issue_code
from core.identity.device_list import remember_program
from core.identity.devices import link_telegram
from core.identity.emails import start_email
from core.identity.erasure import erase, request_erasure
from core.identity.events import record_security_event
from core.identity.forgetting import FORGET
from core.identity.oauth import Account, begin_way, link_account
from core.identity.pins import PinGate
from core.identity.recovery import cancel_recovery
from core.identity.sessions import begin_session
from core.identity.step_up import require_step_up, set_limit
from core.identity.strangers import NOBODY
from core.identity.two_factor import begin_enrolment
from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.payments.account_numbers import account_number, find_destination

from .columns import NAMES_NOBODY, placed, staying
from .people import People, new_id
from .village import Village

# Columns that could hold what names somebody: words, JSON, bytes, and the numbers of chats; not those that hold one of a list
# of words by a constraint, nor what points to another row.
COULD_NAME = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
  AND format_type(a.atttypid, NULL) = ANY(ARRAY['text', 'character varying', 'jsonb', 'json', 'bytea', 'bigint', 'inet',
    'text[]', 'character varying[]'])
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND (
    k.contype = 'c' AND k.conkey = ARRAY[a.attnum] AND pg_get_constraintdef(k.oid) ~ '= ANY [(]'
    OR k.contype = 'f' AND a.attnum = ANY(k.conkey)))
"""
OLD, NEW, WRONG_NUMBER = Phone("+254712000001"), Phone("+254700000009"), Phone("+254701234567")
TELEGRAM, NAME, EMAIL = 77001122, "Nakhumicha Wekesa", "nakhumicha@example.org"
ADDRESS, AGENT, SUBJECT, PROFILE = "41.90.64.7", "Nakhu-Book/3.1", "google-subject-4711", "Nakhu W. Profile"


def forgotten() -> set[tuple[str, str]]:
    """Table and column of everything that is wiped; "*" for a row that goes."""
    found = set()
    for statement in FORGET:
        words = " ".join(statement.split())
        if (gone := re.match(r"DELETE FROM (\w+)", words)) is not None:
            found.add((gone[1], "*"))
        elif (wiped := re.match(r"UPDATE (\w+) SET (.*) WHERE", words)) is not None:
            found |= {(wiped[1], column) for column in re.findall(r"(\w+) = ", wiped[2])}
    return found


async def test_every_column_that_could_name_somebody_is_wiped_or_stays_for_a_reason(people: People) -> None:
    async with people.database.unit() as uow:
        columns = {(table, column) for table, column in await uow.session.execute(text(COULD_NAME))}
    wiped, stays, nobody = forgotten(), staying(), placed(NAMES_NOBODY)

    unplaced = sorted(".".join(one) for one in columns - wiped - stays - nobody if (one[0], "*") not in wiped)
    assert unplaced == [], "wipe these in core/identity/forgetting.py, or place them in tests/identity/columns.py"
    assert (stays | nobody) - columns == set(), "these are no columns any more, or can't name anybody"
    assert stays & nobody == set()
    assert {one for one in stays | nobody if one in wiped} == set()


@pytest.fixture
async def village(people: People, clock: Any) -> Village:
    village = Village(people, clock)
    await village.settle()
    return village


async def live(village: Village, clock: Any) -> str:
    """Everything that a member can do here, under two numbers; the account number that she paid to."""
    people, her = village.people, village.her.id
    async with people.database.unit() as uow:
        await uow.session.execute(text("UPDATE members SET name = :name WHERE id = :id"), {"name": NAME, "id": her})
        await link_telegram(uow, member=her, telegram_id=TELEGRAM, chat=TELEGRAM, name=NAME)
        await start_email(uow, member=her, address=EMAIL)
        await issue_code(uow, purpose="number", subject=f"number {WRONG_NUMBER} telegram:{TELEGRAM}", phone=WRONG_NUMBER,
                         language="en", requester=f"telegram:{TELEGRAM}")  # fmt: skip
    gate = CodeGate(people.database)
    await gate.check(purpose="telegram-link", subject=f"{TELEGRAM}:{OLD}", code="000000", event_id="never asked for")
    # She tried from her phone before she was a member, and from a program.
    pins = PinGate(people.database, people.hasher)
    for member, claimed in ((NOBODY, OLD), (her, OLD)):
        await pins.check(member=member, pin="604718", channel="api", event_id=str(new_id()), address=ADDRESS,
                         device=f"telegram:{TELEGRAM}", claimed=claimed)  # fmt: skip
    wrong = await village.start(new_phone=WRONG_NUMBER)
    async with people.database.unit() as uow:
        await cancel_recovery(uow, recovery=wrong.id, by="telegram")
    await village.recovered(device=f"phone:{NEW}", new_phone=NEW)
    async with people.database.unit() as uow:
        await link_telegram(uow, member=her, telegram_id=TELEGRAM, chat=TELEGRAM, name=NAME)
        device, _ = await remember_program(uow, member=her, secret="s", name=NAME, address=ADDRESS, agent=AGENT)
        signed_in = await begin_session(uow, member=her, device=device, methods=["pin"], address=ADDRESS, agent=AGENT)
        await begin_way(uow, provider="google", session=signed_in.session.id)
        account = Account("google", SUBJECT, email=EMAIL, username=NAME, access_token="t", profile={"name": PROFILE})
        await link_account(uow, member=her, account=account)
        await create_api_key(uow, member=her, name=NAME, permissions=["profile:read"], rate_limit=9, networks=[ADDRESS],
                             expires_at=clock.now() + timedelta(days=9))  # fmt: skip
        await set_limit(uow, member=her, limit=Money(900_00))
        payment = Approval("contribute", IntentId(new_id()), Money(100_00), payee=NAME)
        await require_step_up(uow, member=her, approval=payment)
        await begin_enrolment(uow, member=her)
        await record_security_event(uow, event_type="x", severity="low", member=her, address=ADDRESS, details={"of": NAME})
        await uow.session.execute(text("UPDATE security_events SET notes = :note WHERE user_id = :her"),
                                  {"note": f"called {NEW}", "her": her})  # fmt: skip
        await uow.session.execute(
            text(
                "INSERT INTO telegram_updates (bot_id, update_id, lane, received_at, handled_at) VALUES (1, 1, :lane, :n, :n)"
            ),
            {"lane": TELEGRAM, "n": clock.now()},
        )
        await uow.session.execute(
            text(
                "INSERT INTO live_messages (ref, chat, message_id, created_at, updated_at) VALUES (gen_random_uuid(), :chat, 1, :n, :n)"
            ),
            {"chat": TELEGRAM, "n": clock.now()},
        )
        return await account_number(uow, member=her)


async def named(people: People, *canaries: str) -> dict[str, list[str]]:
    """Where any of these still stands, but for the columns that stay for a reason."""
    found: dict[str, list[str]] = {}
    async with people.database.unit() as uow:
        tables = (await uow.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        for table in tables:
            for row in (await uow.session.execute(text(f'SELECT * FROM "{table}"'))).mappings():
                for column, value in row.items():
                    said = bytes(value).decode("latin-1") if isinstance(value, bytes) else str(value)
                    if (table, column) not in staying() or table == "members":
                        found.setdefault(f"{table}.{column}", []).extend(one for one in canaries if one in said)
    return {place: names for place, names in found.items() if names}


async def test_a_member_who_has_used_everything_is_forgotten_everywhere(village: Village, people: People, clock: Any) -> None:
    number = await live(village, clock)
    canaries = (OLD[4:], NEW[4:], WRONG_NUMBER[4:], str(TELEGRAM), NAME, EMAIL, ADDRESS, AGENT, SUBJECT, PROFILE, number)
    before = await named(people, *canaries)
    assert {one for names in before.values() for one in names} == set(canaries), "the search finds each of them"
    async with people.database.unit() as uow:
        await request_erasure(uow, member=village.her.id)
    clock.advance(days=7)
    async with people.database.unit() as uow:
        await erase(uow, member=village.her.id)

    assert await named(people, *canaries) == {}
    async with people.database.unit() as uow:
        assert await find_destination(uow, number) is None, "nobody can pay to an account that nobody can open"


async def test_what_others_say_of_their_own_safety_stays(village: Village, people: People, clock: Any) -> None:
    async with people.database.unit() as uow:
        await record_security_event(uow, event_type="x", severity="high", member=village.contacts[0].id, details={"kept": 1})
        await request_erasure(uow, member=village.her.id)
    clock.advance(days=7)
    async with people.database.unit() as uow:
        await erase(uow, member=village.her.id)
    (event,) = await people.rows("security_events", where="event_type = 'x'")
    assert event["details"] == {"kept": 1}


async def test_a_recovery_that_is_over_forgets_a_number_and_takes_no_other(village: Village, people: People) -> None:
    recovery = await village.start(new_phone=NEW)
    async with people.database.unit() as uow:
        await cancel_recovery(uow, recovery=recovery.id, by="ussd")
    for change in ("new_phone = '+254700000001'", "status = 'pending'", "used_at = now()", "user_agent = 'x'", "token = 'x'"):
        with pytest.raises(Exception, match="stays as it is"):
            async with people.database.unit() as uow:
                await uow.session.execute(text(f"UPDATE account_recovery SET {change}"))
