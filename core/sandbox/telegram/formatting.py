"""Text with entities: read from the Bot API's HTML, checked when given apart, and drawn as safe HTML for the phone page.

Offsets and lengths are UTF-16 code units, as everywhere in the Bot API. What is refused, and in which words, follows the
Bot API's own parser; Markdown isn't played, the product writes HTML.
"""

import html
import re
from typing import Any

from core.sandbox.telegram.answers import bad_request

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_MOST_BYTES = 1 << 15
_MOST_ENTITIES = 100
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_GIVEN_TYPES = {*_TAGS.values(), "expandable_blockquote", "text_mention", "bot_command", "url", "mention", "hashtag"}
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.\-]+))""")
_LINK = re.compile(r"(https?|tg|tel|mailto):", re.IGNORECASE)

Entity = dict[str, Any]


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def read_text(text: str, parse_mode: str, given: Any, *, empty: str) -> tuple[str, list[Entity]]:
    """A message's text with its entities, trimmed. Raises Refused; `empty` is what to say of a text without a word."""
    if len(text.encode()) > _MOST_BYTES:
        raise bad_request("text is too long")
    mode = parse_mode.lower()
    if mode not in ("", "none", "html"):
        raise bad_request("unsupported parse_mode")
    if mode == "html":
        plain, entities = _Parser(text).parse()
    else:
        plain, entities = text, _checked(given, units(text))
    plain, entities = _trimmed(plain, entities)
    if text and not plain:
        raise bad_request(empty)
    return plain, entities[:_MOST_ENTITIES]


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Telegram drops blanks at both ends; entities move along."""
    shift = units(text) - units(text.lstrip())
    stripped = text.strip()
    length, kept = units(stripped), []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        end = min(length, entity["offset"] + entity["length"] - shift)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return stripped, kept


def _checked(given: Any, length: int) -> list[Entity]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    for entity in given:
        if not isinstance(entity, dict) or entity.get("type") not in _GIVEN_TYPES:
            raise bad_request("can't parse MessageEntity: unsupported type specified")
        offset, size = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(size, int) or offset < 0 or size <= 0:
            raise bad_request("can't parse MessageEntity: invalid offset or length")
        if offset + size > length:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {length}"
            )
    return sorted(given, key=lambda entity: (entity["offset"], -entity["length"]))


class _Parser:
    """Reads the Bot API's HTML once from left to right."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._plain: list[str] = []
        self._offset = 0
        self._open: list[tuple[str, Entity]] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._source):
            if self._source[self._at] == "<":
                self._tag()
            else:
                self._character()
        if self._open:
            raise self._wrong(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._plain), self._entities

    def _wrong(self, what: str) -> Exception:
        return bad_request(f"can't parse entities: {what}")

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode())

    def _character(self) -> None:
        found = _CHARACTER.match(self._source, self._at)
        char = _decoded(found) if found else None
        if found is not None and char is not None:
            self._at = found.end()
        else:
            char = self._source[self._at]
            self._at += 1
        self._plain.append(char)
        self._offset += units(char)

    def _tag(self) -> None:
        begin = self._at
        end = self._source.find(">", begin)
        if self._source.startswith("</", begin):
            self._end_tag(begin, end)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        name = re.split(r"[\s>]", self._source[begin + 1 :], maxsplit=1)[0].lower()
        if begin + 1 + len(name) >= len(self._source):
            raise self._wrong(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if name not in _TAGS:
            raise self._wrong(f'Unsupported start tag "{name}" at byte offset {self._byte(begin)}')
        attributes, self._at = self._attributes(begin, begin + 1 + len(name), name)
        self._open.append((name, self._entity(begin, name, attributes)))

    def _attributes(self, begin: int, position: int, name: str) -> tuple[dict[str, str], int]:
        attributes: dict[str, str] = {}
        while not (closing := re.compile(r"\s*>").match(self._source, position)):
            found = _ATTRIBUTE.match(self._source, position)
            if found is None:
                raise self._attribute_problem(begin, position, name)
            value = next(group for group in found.groups()[1:] if group is not None)
            attributes[found.group(1).lower()] = html.unescape(value)
            position = found.end()
        return attributes, closing.end()

    def _attribute_problem(self, begin: int, position: int, name: str) -> Exception:
        rest = self._source[position:].strip()
        if re.match(r"""[^\s=>]+\s*=\s*("[^"]*|'[^']*)?$""", rest) or not rest:
            return self._wrong(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if rest.startswith("="):
            return self._wrong(f'Empty attribute name in the tag "{name}" at byte offset {self._byte(begin)}')
        return self._wrong(
            f'Expected equal sign in declaration of an attribute of the tag "{name}" at byte offset {self._byte(begin)}'
        )

    def _entity(self, begin: int, name: str, attributes: dict[str, str]) -> Entity:
        entity: Entity = {"type": _TAGS[name], "offset": self._offset, "length": 0}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        if name == "a":
            entity["url"] = attributes.get("href", "")
        if name == "tg-emoji":
            entity["custom_emoji_id"] = attributes.get("emoji-id", "")
        if name == "code" and attributes.get("class", "").startswith("language-"):
            entity["language"] = attributes["class"].removeprefix("language-")
        return entity

    def _end_tag(self, begin: int, end: int) -> None:
        if not self._open:
            raise self._wrong(f"Unexpected end tag at byte offset {self._byte(begin)}")
        if end < 0:
            raise self._wrong(f"Unclosed end tag at byte offset {self._byte(begin)}")
        found = self._source[begin + 2 : end].strip().lower()
        name, entity = self._open.pop()
        if found not in ("", name):
            raise self._wrong(f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{name}>", found "</{found}>"')
        self._at = end + 1
        self._close(name, entity)

    def _close(self, name: str, entity: Entity) -> None:
        entity["length"] = self._offset - entity["offset"]
        if entity["length"] == 0:
            return
        if name == "a" and not _LINK.match(entity["url"]):
            return  # what isn't a link stays plain text
        if name == "tg-emoji" and not entity["custom_emoji_id"].isdigit():
            raise self._wrong("Invalid custom emoji identifier specified")
        previous = self._entities[-1] if self._entities else None
        if name == "pre" and previous and previous["type"] == "code" and previous.get("language"):
            same = (previous["offset"], previous["length"]) == (entity["offset"], entity["length"])
            if same:
                entity["language"] = self._entities.pop()["language"]
        self._entities.append(entity)


def _decoded(found: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    is_character = 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - Unicode's end and its surrogates
    return chr(code) if is_character else None


_DRAWN = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}


def draw(text: str, entities: list[Entity]) -> str:
    """HTML for a browser: everything escaped, only the entities' own tags, links only to where Telegram would link."""
    raw = text.encode("utf-16-le")
    marks: list[tuple[int, int, str]] = []
    for number, entity in enumerate(entities):
        opening, closing = _tags(entity)
        start, end = entity["offset"], entity["offset"] + entity["length"]
        marks += [(start, number + 1, opening), (end, -(number + 1), closing)]
    drawn, last = [], 0
    # At one offset everything that ends closes first, inner before outer; then what begins opens, outer before inner.
    for offset, _, tag in sorted(marks, key=lambda mark: (mark[0], mark[1] > 0, mark[1])):
        drawn += [html.escape(raw[2 * last : 2 * offset].decode("utf-16-le", "replace")), tag]
        last = offset
    drawn.append(html.escape(raw[2 * last :].decode("utf-16-le", "replace")))
    return "".join(drawn)


def _tags(entity: Entity) -> tuple[str, str]:
    if entity["type"] == "text_link":
        url = html.escape(entity.get("url", "")) if _LINK.match(entity.get("url", "")) else ""
        return f'<a href="{url}" target="_blank" rel="noopener noreferrer">', "</a>"
    if entity["type"] == "spoiler":
        return '<span class="spoiler">', "</span>"
    tag = _DRAWN.get(entity["type"])
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
