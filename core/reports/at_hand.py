"""What most screens need of the member who dials and of her group, in one question to the database.

Each verb that they call would ask for itself; here all of it is asked at once and laid at hand, and the verbs find it
there (`foreseeable`). What the room asks that she is in comes with it (`core/reports/rooms`). Only for a unit that reads:
whoever writes looks anew, under locks of her own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.daos.calendar import day_of
from core.daos.constitutions import rules_of, version_of
from core.daos.dissolving import SHOWN_FOR, closed_for
from core.daos.dues.kinds import kinds_of
from core.daos.dues.standing import owes_in
from core.daos.ending import is_ending
from core.daos.groups import Group, Membership, find_group, groups_of, membership_of, suspended_groups
from core.daos.invitations import PHONE, how_many_invite
from core.daos.offices import how_many_offers
from core.daos.rules import DEFAULTS
from core.identity.device_list import is_idle
from core.identity.drafts import LASTS, Draft, draft_of
from core.identity.idle import idle
from core.identity.members import Member, find, find_by_phone, find_by_telegram
from core.identity.vouching import is_asked
from core.identity.waiting_changes import OF_HERS, WaitingChange, waiting_changes
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.phone import Phone
from core.kernel.questions import Question, Row
from core.payments.account_numbers import account_number
from core.reports.rooms import asked_in
from core.reports.rooms.here import Here

_AT_HAND = (
    """
    SELECT m.id, m.name, m.phone, m.language, m.telegram_id, m.telegram_chat, m.created_at, m.signed_out_at, m.consent_version,
      d.screen, d.state,
      (SELECT number FROM payment_accounts a WHERE a.user_id = m.id AND a.dao_id IS NULL) AS account,
      (SELECT max(coalesce(u.last_used_at, u.created_at)) FROM user_devices u
        WHERE u.user_id = m.id AND u.device_fingerprint = :device AND u.revoked_at IS NULL) AS used,
      EXISTS (SELECT FROM recovery_contacts c WHERE c.contact_id = m.id AND (c.status = 'asked'
        OR EXISTS (SELECT FROM account_recovery y WHERE y.user_id = c.user_id AND y.status = 'pending'))) AS vouches,
      (SELECT jsonb_agg(jsonb_build_object('what', w.what, 'at', w.at) ORDER BY w.at)
        FROM ("""
    + OF_HERS.format(member="m.id")
    + """) w) AS changes,
      (SELECT count(*) FROM dao_role_offers o
        WHERE o.user_id = m.id AND o.status = 'offered' AND o.expires_at > :now) AS offered,
      (SELECT count(*) FROM dao_invitations i JOIN daos g ON g.id = i.dao_id AND g.status = 'active'
        WHERE i.phone_digest = ANY(:digests) AND i.status = 'open' AND i.expires_at > :now) AS invited,
      EXISTS (SELECT FROM dissolution_parts p JOIN dissolutions e ON e.dao_id = p.dao_id
        WHERE p.user_id = m.id AND e.closed_at > :shown) AS closed,
      (SELECT jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name, 'code', g.code, 'kind', g.kind, 'status', s.status,
          'role', s.role, 'joined', s.joined_at,
          'ends', EXISTS (SELECT FROM dissolutions e WHERE e.dao_id = g.id),
          'members', (SELECT count(*) FROM dao_memberships n WHERE n.dao_id = g.id AND n.status = 'active'),
          'charged', EXISTS (SELECT FROM contribution_charges c
            WHERE c.dao_id = g.id AND c.user_id = m.id AND c.paid + c.waived < c.amount)
            OR EXISTS (SELECT FROM loans l WHERE l.dao_id = g.id AND l.user_id = m.id AND l.status = 'running'),
          'asks', EXISTS (SELECT FROM contribution_kinds k
            WHERE k.dao_id = g.id AND (k.ended_on IS NULL OR k.ended_on >= :today))) ORDER BY s.joined_at, s.id)
        FROM dao_memberships s JOIN daos g ON g.id = s.dao_id AND g.status = 'active'
        WHERE s.user_id = m.id AND s.status IN ('active', 'suspended')) AS groups,
      r.version, r.answers
    FROM members m LEFT JOIN drafts d ON d.user_id = m.id AND d.updated_at > :since
    LEFT JOIN LATERAL (SELECT c.version, c.answers FROM dao_constitutions c
      WHERE c.dao_id = CAST(:group AS uuid) AND c.in_force_from <= :now ORDER BY c.version DESC LIMIT 1) r ON true
    WHERE """
)
_OF_A_PHONE = Question(_AT_HAND + "m.phone = :phone")
_OF_A_CHAT = Question(_AT_HAND + "m.telegram_id = :telegram")
_WHO_DIALS = Question("SELECT id FROM members WHERE phone = :phone")
_WHO_CHATS = Question("SELECT id FROM members WHERE telegram_id = :telegram")
NOTHING: Mapping[str, Any] = {}


async def lay_at_hand(
    uow: UnitOfWork,
    *,
    device: str,
    phone: Phone | None = None,
    telegram: int | None = None,
    group: DaoId | None = None,
    place: str = "",
    values: Mapping[str, Any] = NOTHING,
    answer: object = None,
) -> None:
    """Lay at hand in the unit who speaks, what her menus ask for, and the rules of the group that she's busy with.

    By the account of a chat, or else by the number of a phone. Nothing of a group that isn't hers. With it comes what is
    asked in the room of this `place`, the name of a screen, about the `values` that are known there and what she has typed.
    """
    chats = telegram is not None
    who = (_WHO_CHATS if chats else _WHO_DIALS).about(phone=phone, telegram=telegram)
    about = _about(uow, device, phone, telegram, group)
    here = Here(who, group, uow.clock.now(), values, answer, about["digests"])
    asked = [(_OF_A_CHAT if chats else _OF_A_PHONE).about(**about), *asked_in(place, here)]
    found, *others = await uow.ask_together(asked)
    member = _member(found[0]) if found else None
    if telegram is not None:
        find_by_telegram.foresee(uow, member, telegram)
    elif phone is not None:
        find_by_phone.foresee(uow, member, phone)
    if member is None:
        return
    find.foresee(uow, member, member.id)
    answered = dict(zip(asked[1:], others, strict=True))
    known = {who: member.id} | {one: _only(rows) for one, rows in answered.items()}
    for one, rows in answered.items():
        uow.lay(one.question, rows, **one.knowing(known))
    row = found[0]
    _lay(uow, member, row)
    # Invitations are found by her number, which isn't known beforehand where a chat speaks.
    if not chats:
        how_many_invite.foresee(uow, row["invited"], member=member)
    for one in row["groups"] or []:
        _lay_group(uow, member, one)
        if one["id"] == str(group):
            _lay_rules(uow, one, row)
    if row["used"] is None or not is_idle(row["used"], uow.clock.now()):
        idle.foresee(uow, None, member=member.id, device=device)


def _only(rows: Sequence[Row]) -> Any:
    """What a question answers that others are asked with: the one value of its one row."""
    return next(iter(rows[0].values()), None) if rows else None


def _about(uow: UnitOfWork, device: str, phone: Phone | None, telegram: int | None, group: DaoId | None) -> dict[str, Any]:
    now = uow.clock.now()
    return {
        "phone": phone,
        "telegram": telegram,
        "device": device,
        "group": group,
        "now": now,
        "today": day_of(now),
        "since": now - LASTS,
        "shown": now - SHOWN_FOR,
        "digests": list(uow.vault.digests(phone, context=PHONE)) if phone is not None else [],
    }


def _member(row: Row) -> Member:
    return Member(
        id=MemberId(row["id"]),
        name=row["name"],
        phone=Phone(row["phone"]),
        language=row["language"],
        telegram=row["telegram_id"],
        chat=row["telegram_chat"],
        created_at=row["created_at"],
        signed_out_at=row["signed_out_at"],
        consent=row["consent_version"],
    )


def _lay(uow: UnitOfWork, member: Member, row: Row) -> None:
    """Lay out what is known for sure. Where something waits for her, the verb that tells what it is asks for itself."""
    groups = row["groups"] or []
    draft_of.foresee(uow, None if row["screen"] is None else Draft(row["screen"], row["state"]), member=member.id)
    groups_of.foresee(uow, [_group(one) for one in groups if one["status"] == "active"], member=member.id)
    suspended_groups.foresee(uow, [_group(one) for one in groups if one["status"] == "suspended"], member=member.id)
    if row["account"] is not None:
        account_number.foresee(uow, row["account"], member=member.id)
    if not row["vouches"]:
        is_asked.foresee(uow, False, contact=member.id)
    changes = [WaitingChange(one["what"], datetime.fromisoformat(one["at"])) for one in row["changes"] or []]
    waiting_changes.foresee(uow, changes, member=member.id)
    if not row["closed"]:
        closed_for.foresee(uow, [], member=member.id)
    how_many_offers.foresee(uow, row["offered"], member=member.id)


def _lay_group(uow: UnitOfWork, member: Member, one: dict[str, Any]) -> None:
    group = _group(one)
    belongs = Membership(group.id, member.id, one["role"], datetime.fromisoformat(one["joined"]))
    membership_of.foresee(uow, belongs if one["status"] == "active" else None, group=group.id, member=member.id)
    find_group.foresee(uow, group, group=group.id)
    is_ending.foresee(uow, one["ends"], group=group.id)
    if not one["asks"]:
        kinds_of.foresee(uow, [], group=group.id)
    if not one["charged"]:
        owes_in.foresee(uow, False, group=group.id, member=member.id)


def _lay_rules(uow: UnitOfWork, one: dict[str, Any], row: Row) -> None:
    group = DaoId(UUID(one["id"]))
    rules_of.foresee(uow, DEFAULTS[one["kind"]].changed(row["answers"] or {}), group=group)
    version_of.foresee(uow, row["version"] or 0, group=group)


def _group(one: dict[str, Any]) -> Group:
    return Group(DaoId(UUID(one["id"])), one["name"], one["code"], one["members"], one["kind"])
