"""What a handset can show: septets, UCS-2 and the telco's own paging."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sandbox import gsm7
from core.sandbox.africastalking.screen import lay_out
from core.sandbox.networks import NETWORKS, likely_network


@pytest.mark.parametrize(
    ("text", "units", "encoding"),
    [
        ("", 0, "gsm7"),
        ("a" * 160, 160, "gsm7"),
        ("€[]{}|^~\\", 18, "gsm7"),
        ("café à Nairobi", 14, "gsm7"),
        ("fenêtre", 7, "ucs2"),
        ("…", 1, "ucs2"),
        ("😀", 2, "ucs2"),
    ],
)
def test_measure_when_letters_differ_counts_as_the_standard_says(text, units, encoding):
    assert gsm7.measure(text) == gsm7.Measured(units, encoding)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("ê" * 70, 1), ("ê" * 71, 2), ("ê" * 135, 3)],
)
def test_sms_parts_when_text_grows_counts_what_the_network_charges(text, parts):
    assert gsm7.sms_parts(text) == parts


def test_sms_parts_when_an_extension_pair_would_be_torn_moves_it_whole():
    # 152 septets, then a pair: it doesn't fit into the 153 of the first part.
    assert gsm7.chunks("a" * 152 + "€" + "b", "gsm7", 153) == ["a" * 152, "€b"]


def test_screen_when_it_fits_is_one_page():
    (page,) = lay_out("a" * 160, NETWORKS["safaricom"])

    assert (page.text, page.units, page.limit, page.pages) == ("a" * 160, 160, 160, 1)


def test_screen_when_one_septet_too_long_is_paged_by_the_telco():
    first, last = lay_out("a" * 161, NETWORKS["safaricom"])

    assert first.text == "a" * 152 + "\n98:More"
    assert (first.units, first.has_more, first.has_back) == (160, True, False)
    assert last.text == "a" * 9 + "\n00:Back"
    assert (last.has_more, last.has_back) == (False, True)


def test_screen_when_one_letter_is_not_gsm_holds_eighty_units():
    pages = lay_out("ê" + "a" * 80, NETWORKS["airtel"])

    assert [page.limit for page in pages] == [80, 80]
    assert pages[0].units == 80


def test_screen_when_on_the_simulator_is_never_paged():
    (page,) = lay_out("a" * 500, NETWORKS["sandbox"])

    assert page.units == 500


@given(st.text(st.sampled_from("ab1 \n€^ê😀"), max_size=700), st.sampled_from([*NETWORKS.values()]))
def test_pages_whatever_the_text_fit_the_limit_and_lose_nothing(text, network):
    pages = lay_out(text, network)

    texts = [page.text.removesuffix("\n00:Back").removesuffix("\n98:More") for page in pages] if len(pages) > 1 else [text]
    assert "".join(texts) == text
    if network.pages:
        assert all(page.units <= page.limit for page in pages)


@pytest.mark.parametrize(
    ("phone", "network"),
    [("+254712000001", "safaricom"), ("+254733000001", "airtel"), ("+254770000001", "telkom"), ("+254763000001", "equitel")],
)
def test_network_when_number_is_known_follows_its_range(phone, network):
    assert likely_network(phone) == network
