"""HTML of the Bot API: what it means, and how it is drawn for a browser."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sandbox.telegram.answers import Refused
from core.sandbox.telegram.formatting import draw, read_text, units


def read(text):
    return read_text(text, "HTML", None, empty="empty")


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a<b>b</b>", "ab", [("bold", 1, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("😀<code>x</code>", "😀x", [("code", 2, 1)]),
        ("&lt;b&gt; &#65;&#x42; &nbsp; &", "<b> AB &nbsp; &", []),
        ('<a href="https://a.b/?c=1&amp;d">x</a>', "x", [("text_link", 0, 1)]),
        ('<a href="javascript:alert(1)">x</a>', "x", []),
        ('<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', "xy", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<B>x</B >", "x", [("bold", 0, 1)]),
        (" <b> x </b> ", "x", [("bold", 0, 1)]),
        ("<b></b>x", "x", []),
    ],
)
def test_html_when_well_formed_gives_text_and_entities(source, text, entities):
    plain, found = read(source)

    assert (plain, [(entity["type"], entity["offset"], entity["length"]) for entity in found]) == (text, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
    ],
)
def test_html_when_broken_is_refused(source, words):
    with pytest.raises(Refused) as refused:
        read(source)

    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_drawing_when_text_holds_html_escapes_it():
    text, entities = read('<b>&lt;script&gt;</b> <a href="https://a.b/?x=1&amp;y=\'">l</a>')

    assert draw(text, entities) == (
        '<b>&lt;script&gt;</b> <a href="https://a.b/?x=1&amp;y=&#x27;" target="_blank" rel="noopener noreferrer">l</a>'
    )


@given(st.text(st.sampled_from("a<>&/b \"='😀\n"), max_size=60))
def test_html_whatever_comes_is_read_or_refused_and_drawn_safely(source):
    try:
        text, entities = read(source)
    except Refused:
        return
    drawn = draw(text, entities)

    assert html.unescape(re.sub(r"</?b>", "", drawn)) == text
    assert all(0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(text) for entity in entities)
