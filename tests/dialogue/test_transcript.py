"""Reading the gateway's cumulative text: what is new, what is a repeat, what was altered, what came late."""

from __future__ import annotations

from typing import Any

from core.dialogue.turn import Input, Kind
from core.kernel.secrets import Vault
from ussd.callback import Transcript


def read(vault: Vault, memory: dict[str, Any], typed: str, session: str = "ATUid_1") -> list[Input]:
    return list(Transcript(vault, session, typed).read(memory))


def test_a_first_hop_starts(vault: Vault) -> None:
    assert read(vault, {}, "") == [Input(Kind.START)]


def test_a_dialled_code_with_answers_starts_and_answers(vault: Vault) -> None:
    inputs = read(vault, {}, "2*500")

    assert [one.kind for one in inputs] == [Kind.START, Kind.TYPED, Kind.TYPED]
    assert [one.value for one in inputs] == ["", "2", "500"]
    assert [one.dialled for one in inputs] == [True, True, True]


def test_each_hop_yields_only_what_is_new(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "")

    assert [one.value for one in read(vault, memory, "1")] == ["1"]
    assert [one.value for one in read(vault, memory, "1*1")] == ["1"]
    assert [one.value for one in read(vault, memory, "1*1*")] == [""]


def test_a_star_that_she_types_stays_part_of_her_answer(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "")
    read(vault, memory, "1")

    assert [one.value for one in read(vault, memory, "1*Wanjiru*Kamau")] == ["Wanjiru*Kamau"]


def test_an_altered_history_is_refused(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "")
    read(vault, memory, "2")

    assert read(vault, memory, "3*500") == [Input(Kind.REFUSED)]
    assert read(vault, memory, "25") == [Input(Kind.REFUSED)]


def test_a_late_hop_of_an_earlier_session_is_refused(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "", "ATUid_1")
    read(vault, memory, "", "ATUid_2")

    assert read(vault, memory, "2*500*1", "ATUid_1") == [Input(Kind.REFUSED)]


def test_a_first_hop_that_was_given_up_begins_nothing(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "", "ATUid_2")
    kept = dict(memory)
    given_up = Transcript(vault, "ATUid_1", "2*500")
    given_up.give_up()

    assert given_up.read(memory) == [Input(Kind.REFUSED)]
    assert given_up.began_nothing
    assert memory == kept


def test_a_later_hop_that_was_given_up_is_read_all_the_same(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "")
    given_up = Transcript(vault, "ATUid_1", "2")
    given_up.give_up()

    assert [one.value for one in given_up.read(memory)] == ["2"]
    assert not given_up.began_nothing


def test_navigation_keys_are_told_from_answers(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "")
    kinds = [read(vault, memory, typed)[0].kind for typed in ("0", "0*00", "0*00*98", "0*00*98*5")]

    assert kinds == [Kind.BACK, Kind.HOME, Kind.MORE, Kind.TYPED]


def test_a_mangled_at_sign_is_mended(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "")

    assert read(vault, memory, "a¡b.co")[0].value == "a@b.co"


def test_nothing_of_what_was_typed_stays_in_memory(vault: Vault) -> None:
    memory: dict[str, Any] = {}
    read(vault, memory, "")
    read(vault, memory, "1*248163")

    assert "248163" not in str(memory)
