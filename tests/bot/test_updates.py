"""What updates mean, one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from telegram import Bot, Update

from bot.updates import GroupGone, Heard, InGroup, NotUnderstood, Said, Spilt, StrangeTap, Tapped, hear, own_number
from core.dialogue.turn import Input, Kind

BOT = Bot("7000000001:a-token-that-is-never-used")
USER = {"id": 42, "is_bot": False, "first_name": "Wanjiru", "language_code": "sw-KE"}
PRIVATE = {"id": 42, "type": "private", "first_name": "Wanjiru"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Chama"}
OWN = {"phone_number": "254712000001", "first_name": "Wanjiru", "user_id": 42}


def message(**content: Any) -> Any:
    return {"message_id": 7, "date": 1_700_000_000, "chat": PRIVATE, "from": USER, **content}


def heard(**content: Any) -> Heard | InGroup | GroupGone | None:
    return hear(Update.de_json({"update_id": 1, **content}, BOT), bot_name="mtaa_bot")


def what(**content: Any) -> Any:
    found = heard(message=message(**content))
    assert isinstance(found, Heard)
    return found.what


def test_text_is_typed_and_never_a_pin() -> None:
    assert what(text=" 248163 ") == Said((Input(Kind.TYPED, "248163", dialled=True),), 7, looks_secret=True)
    assert what(text="500").looks_secret is False
    assert what(text="Umoja 2024").looks_secret is False


def test_person_is_known_by_her_id_and_the_language_of_her_app() -> None:
    found = heard(message=message(text="x"))
    assert isinstance(found, Heard)
    assert (found.who.id, found.who.chat, found.who.language) == (42, 42, "sw")


@pytest.mark.parametrize("code", ["fr", "", "swx", None])
def test_language_when_not_one_of_ours_is_left_open(code: str | None) -> None:
    found = heard(message=message(text="x", **{"from": {**USER, "language_code": code}}))
    assert isinstance(found, Heard)
    assert found.who.language == ""


def test_start_when_it_comes_from_an_invitations_link_opens_it_with_its_token() -> None:
    opened = what(text="/start join_Zm9vYmFyMTIzNDU2Nzg5MA")

    assert opened.inputs == (Input(Kind.COMMAND, "join.link", argument="Zm9vYmFyMTIzNDU2Nzg5MA"),)
    assert "Zm9v" not in repr(opened)


def test_start_when_it_carries_a_payload_is_a_start() -> None:
    assert what(text="/start ref_12345678").inputs == (Input(Kind.START),)


def test_command_when_meant_for_us_by_name_is_ours() -> None:
    assert what(text="/BALANCE@Mtaa_Bot").inputs == (Input(Kind.COMMAND, "balance.show"),)
    assert heard(message=message(text="/balance@other_bot")) is None


def test_command_when_unknown_or_attachment_is_not_understood() -> None:
    assert what(text="/dance") == NotUnderstood("bot-unknown-command")
    sticker = {
        "file_id": "a",
        "file_unique_id": "b",
        "type": "regular",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
    }
    assert what(sticker=sticker) == NotUnderstood("bot-text-only")


def test_service_messages_edits_and_unknown_kinds_mean_nothing() -> None:
    assert heard(message=message(group_chat_created=True)) is None
    assert heard(edited_message=message(text="248163", edit_date=1_700_000_001)) is None
    assert heard(poll_answer={"poll_id": "1", "option_ids": [], "option_persistent_ids": []}) is None
    assert heard(something_new={"x": 1}) is None
    assert heard(message=message(text="x", **{"from": {**USER, "is_bot": True}})) is None
    assert heard(channel_post={**message(text="x"), "chat": {"id": -1, "type": "channel", "title": "c"}}) is None


def origin(**more: Any) -> dict[str, Any]:
    return {"type": "user", "date": 1_700_000_000, "sender_user": USER, **more}


@pytest.mark.parametrize(
    ("content", "number"),
    [
        ({"contact": OWN}, "254712000001"),
        ({"contact": {**OWN, "user_id": 43}}, ""),
        ({"contact": {"phone_number": "254712000001", "first_name": "W"}}, ""),
        ({"contact": OWN, "forward_origin": origin()}, ""),
        ({"contact": OWN, "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}}, ""),
        ({"contact": OWN, "via_bot": {"id": 9, "is_bot": True, "first_name": "b"}}, ""),
        ({"contact": OWN, "chat": GROUP}, ""),
        ({"contact": {**OWN, "user_id": 43}, "from": {**USER, "id": 43}}, ""),
        ({"text": "0712000001"}, ""),
    ],
)
def test_contact_counts_only_when_she_shared_her_own_in_private(content: dict[str, Any], number: str) -> None:
    update = Update.de_json({"update_id": 1, "message": message(**content)}, BOT)
    assert update.message is not None
    assert own_number(update.message) == number


def test_group_gets_an_answer_only_when_it_speaks_to_us() -> None:
    spoken = {"chat": GROUP}
    assert heard(message=message(text="/balance", **spoken)) == InGroup(-1001, "sw")
    assert heard(message=message(text="/balance@mtaa_bot", **spoken)) == InGroup(-1001, "sw")
    assert heard(message=message(text="ask @Mtaa_Bot please", **spoken)) == InGroup(-1001, "sw")
    assert heard(message=message(text="/balance@other_bot", **spoken)) is None
    assert heard(message=message(text="hello", **spoken)) is None
    assert heard(message=message(contact=OWN, **spoken)) is None


def test_six_digits_alone_in_a_group_may_be_a_pin_and_nothing_else_is() -> None:
    spoken = {"chat": GROUP}
    for said in ("248163", " 248 163", "2-4-8-1-6-3", "@mtaa_bot 248163", "/pin 248163", "248163 @Mtaa_Bot"):
        found = heard(message=message(text=said, **spoken))
        assert isinstance(found, Spilt), said
        assert found.digits == "248163"
    for said in ("24816", "2481637", "KES 248163", "248163 please", "24a163", "٢٤٨١٦٣"):
        assert not isinstance(heard(message=message(text=said, **spoken)), Spilt), said
    assert isinstance(heard(message=message(text="@mtaa_bot 248163", **spoken)).otherwise, InGroup)
    assert "248163" not in repr(heard(message=message(text="248163", **spoken)))
    assert not isinstance(heard(message=message(text="248163")), Spilt), "in private it's another matter"


def membership(chat: Any, old: str, new: str) -> Any:
    us = {"id": 7000000001, "is_bot": True, "first_name": "Mtaa"}

    def state(status: str) -> Any:
        return {"status": status, "user": us, **({"until_date": 0} if status == "kicked" else {})}

    change = {"chat": chat, "from": USER, "date": 1, "old_chat_member": state(old), "new_chat_member": state(new)}
    return heard(my_chat_member=change)


def test_group_when_an_official_brings_us_in_carries_her_token_and_who_she_is() -> None:
    brought = heard(message=message(text="/start@mtaa_bot group_abc-DEF_123", chat=GROUP))
    assert brought == InGroup(-1001, "sw", "abc-DEF_123", USER["id"])
    assert "abc-DEF_123" not in repr(brought)
    assert heard(message=message(text="/start@other_bot group_abc", chat=GROUP)) is None
    assert heard(message=message(migrate_to_chat_id=-1002, chat=GROUP)) == GroupGone(-1001, -1002)


def test_membership_matters_only_when_we_come_into_a_group_or_leave_one() -> None:
    assert membership(GROUP, "left", "member") == InGroup(-1001, "sw")
    assert membership(GROUP, "member", "left") == GroupGone(-1001)
    assert membership(PRIVATE, "member", "kicked") is None
    assert membership(PRIVATE, "kicked", "member") is None


def tap(data: str, **message_content: Any) -> Any:
    query = {"id": "q", "from": USER, "chat_instance": "1", "data": data}
    found = heard(callback_query={**query, "message": message(text="x", **message_content)})
    assert isinstance(found, Heard)
    return found.what


def test_tap_carries_turn_and_choice() -> None:
    assert tap("12:yes") == Tapped("q", 7, 12, "yes")
    assert tap("3:<home") == Tapped("q", 7, 3, "<home")


@pytest.mark.parametrize("choice", ["vote yes", f"r:{UUID(int=7)}", f"i:{UUID(int=7)}", str(UUID(int=7)), "loans"])
def test_tap_carries_whatever_a_flow_calls_its_option(choice: str) -> None:
    """A ballot, the recovery that she is to vouch for, an invitation or an office that waits for her."""
    assert tap(f"12:{choice}") == Tapped("q", 7, 12, choice)


def test_tap_when_the_message_is_gone_is_still_a_tap() -> None:
    query = {"id": "q", "from": USER, "chat_instance": "1", "data": "1:yes"}
    gone = {"chat": PRIVATE, "message_id": 7, "date": 0}
    found = heard(callback_query={**query, "message": gone})

    assert isinstance(found, Heard)
    assert found.what == Tapped("q", 7, 1, "yes")


def test_tap_when_foreign_or_malformed_is_strange() -> None:
    assert tap("1:yes", chat=GROUP) == StrangeTap("q")
    assert tap("1:yes", chat={**PRIVATE, "id": 43}) == StrangeTap("q")
    assert tap("1234567:yes") == StrangeTap("q", is_forged=True)
    assert tap("\u0661:yes") == StrangeTap("q", is_forged=True)
    inline = heard(callback_query={"id": "q", "from": USER, "chat_instance": "1", "data": "1:yes", "inline_message_id": "x"})
    assert isinstance(inline, Heard)
    assert inline.what == StrangeTap("q")


def test_nothing_that_was_typed_is_in_a_repr() -> None:
    assert "248163" not in repr(heard(message=message(text="248163")))
