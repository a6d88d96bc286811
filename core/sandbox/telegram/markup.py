"""Keyboards: what a bot may attach to a message, with Telegram's limits and its words for what breaks them."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from core.sandbox.telegram.answers import bad_request
from core.sandbox.telegram.arguments import Arguments

LONGEST_CALLBACK_BYTES = 64
LONGEST_COPIED = 256
MOST_BUTTONS = 100
_URL = re.compile(r"(https?://|tg://|tel:)?[^\s<>\"]+\.[^\s<>\"]+|tg://\S+|tel:\+?\d+", re.IGNORECASE)
_STYLES = ("", "primary", "success", "danger")
_OTHER_ACTIONS = (
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
)

Kind = Literal["inline", "keyboard", "remove", "force_reply"]


@dataclass(frozen=True)
class Markup:
    """A checked keyboard. `content` is in the Bot API's own form."""

    kind: Kind
    content: dict[str, Any] = field(default_factory=dict)


def read_markup(arguments: Arguments) -> Markup | None:
    """The reply markup of a call, None when there is none. Raises Refused."""
    value = arguments.parsed("reply_markup", "can't parse reply keyboard markup JSON object")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if rows := value.get("keyboard"):
        return Markup("keyboard", {**value, "keyboard": _keyboard(rows)})
    if rows := value.get("inline_keyboard"):
        return Markup("inline", {"inline_keyboard": _inline(rows)})
    if value.get("remove_keyboard"):
        return Markup("remove")
    return Markup("force_reply") if value.get("force_reply") else None


def read_inline_markup(arguments: Arguments) -> dict[str, Any] | None:
    """The inline keyboard for an edit. Raises Refused when another kind of keyboard is given."""
    markup = read_markup(arguments)
    if markup is None:
        return None
    if markup.kind != "inline":
        raise bad_request("inline keyboard expected")
    return markup.content


def _rows(rows: Any, problem: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(problem)
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return [row for row in rows if row]


def _keyboard(rows: Any) -> list[list[dict[str, Any]]]:
    checked = _rows(rows, 'field "keyboard" must be an Array of Arrays')
    return [[_key(button) for button in row] for row in checked]


def _key(button: Any) -> dict[str, Any]:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    return button


def _inline(rows: Any) -> list[list[dict[str, Any]]]:
    checked = _rows(rows, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    return [[_inline_button(button) for button in row] for row in checked]


def _inline_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if button.get("style", "") not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    _check_action(button)
    return button


def _check_action(button: dict[str, Any]) -> None:
    if url := button.get("url"):
        if not isinstance(url, str) or not _URL.fullmatch(url):
            raise bad_request("BUTTON_URL_INVALID")
    elif data := button.get("callback_data"):
        if not isinstance(data, str) or len(data.encode()) > LONGEST_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif "copy_text" in button:
        copied = button["copy_text"].get("text") if isinstance(button["copy_text"], dict) else None
        if not isinstance(copied, str) or not 1 <= len(copied) <= LONGEST_COPIED:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    elif not any(action in button for action in _OTHER_ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def shown_buttons(inline: dict[str, Any] | None) -> list[list[dict[str, str]]]:
    """The buttons as the phone page draws them: a text and what a tap does."""
    return [[_shown(button) for button in row] for row in (inline or {}).get("inline_keyboard", [])]


def _shown(button: dict[str, Any]) -> dict[str, str]:
    shown = {"text": button["text"]}
    if "url" in button:
        shown["url"] = button["url"]
    elif "callback_data" in button:
        shown["data"] = button["callback_data"]
    elif "copy_text" in button:
        shown["copy"] = button["copy_text"]["text"]
    if button.get("style"):
        shown["style"] = button["style"]
    return shown


def has_button(inline: dict[str, Any] | None, data: str) -> bool:
    buttons = (button for row in (inline or {}).get("inline_keyboard", []) for button in row)
    return any(button.get("callback_data") == data for button in buttons)
