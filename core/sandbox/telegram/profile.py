"""How the bot presents itself: name, descriptions, menu button, and commands for each scope and language."""

import json
import re
from typing import Any

from core.sandbox.people import Person
from core.sandbox.telegram.answers import bad_request
from core.sandbox.telegram.arguments import Arguments
from core.sandbox.telegram.chats import Chats

_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_MOST_COMMANDS = 100
_LONGEST_COMMAND_DESCRIPTION = 256
_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_LONGEST = {"name": 64, "description": 512, "short_description": 120}


class Profile:
    """Everything is kept by language; an empty language is the fallback."""

    def __init__(self, chats: Chats, usual_name: str, remembered: dict[str, Any]) -> None:
        kept = remembered.get("profile", {})
        self._chats = chats
        self._usual_name = usual_name
        self._texts: dict[str, dict[str, str]] = kept.get("texts", {name: {} for name in _LONGEST})
        # Scope as text ("chat:5"), then language, then the commands.
        self._commands: dict[str, dict[str, list[dict[str, str]]]] = kept.get("commands", {})
        self._menu: dict[str, dict[str, Any]] = kept.get("menu", {})

    def dump(self) -> dict[str, Any]:
        return {"profile": {"texts": self._texts, "commands": self._commands, "menu": self._menu}}

    @property
    def name(self) -> str:
        return self._texts["name"].get("") or self._usual_name

    def set_text(self, what: str, arguments: Arguments) -> None:
        """setMyName, setMyDescription, setMyShortDescription. Raises Refused."""
        text, language = arguments.text(what).strip(), _language(arguments)
        if len(text) > _LONGEST[what]:
            raise bad_request(f"{what.replace('_', ' ')} is too long")
        if text:
            self._texts[what][language] = text
        else:
            self._texts[what].pop(language, None)

    def text(self, what: str, arguments: Arguments) -> dict[str, str]:
        language = _language(arguments)
        usual = self._usual_name if what == "name" else ""
        return {what: self._texts[what].get(language) or self._texts[what].get("") or usual}

    def set_commands(self, arguments: Arguments) -> None:
        """Raises Refused."""
        commands = arguments.parsed("commands", "can't parse commands JSON object") or []
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > _MOST_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        checked = [_command(command) for command in commands]
        self._commands.setdefault(self._scope(arguments), {})[_language(arguments)] = checked

    def delete_commands(self, arguments: Arguments) -> None:
        """Raises Refused."""
        self._commands.get(self._scope(arguments), {}).pop(_language(arguments), None)

    def commands(self, arguments: Arguments) -> list[dict[str, str]]:
        """What was set for exactly this scope and language. Raises Refused."""
        return self._commands.get(self._scope(arguments), {}).get(_language(arguments), [])

    def commands_for(self, person: Person) -> list[dict[str, str]]:
        """What this person sees in the menu: the narrowest scope first, her language before any."""
        for scope in (f"chat:{person.telegram.id}", "all_private_chats", "default"):
            for language in (person.telegram.language_code, ""):
                if found := self._commands.get(scope, {}).get(language):
                    return found
        return []

    def description_for(self, person: Person) -> str:
        texts = self._texts["description"]
        return texts.get(person.telegram.language_code) or texts.get("", "")

    def set_menu_button(self, arguments: Arguments) -> None:
        """Raises Refused."""
        button = arguments.parsed("menu_button", "can't parse menu button JSON object") or {"type": "default"}
        if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
            raise bad_request("can't parse menu button: MenuButton has unsupported type")
        self._menu[self._menu_key(arguments)] = button

    def menu_button(self, arguments: Arguments) -> dict[str, Any]:
        return self._menu.get(self._menu_key(arguments)) or self._menu.get("") or {"type": "commands"}

    def _menu_key(self, arguments: Arguments) -> str:
        chat_id = arguments.text("chat_id")
        return str(self._chats.resolve(chat_id)[0].telegram.id) if chat_id else ""

    def _scope(self, arguments: Arguments) -> str:
        scope = arguments.parsed("scope", "can't parse BotCommandScope JSON object") or {"type": "default"}
        if not isinstance(scope, dict):
            raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
        kind = scope.get("type")
        if kind in _SCOPES:
            return str(kind)
        if kind != "chat":
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
        person, _ = self._chats.resolve(str(scope.get("chat_id", "")))
        return f"chat:{person.telegram.id}"


def _language(arguments: Arguments) -> str:
    language = arguments.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _command(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = command.get("command"), command.get("description")
    if not isinstance(name, str) or not isinstance(description, str):
        raise bad_request(f"can't parse BotCommand: Can't find field in {json.dumps(command)[:100]}")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= _LONGEST_COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.lstrip("/"), "description": description.strip()}
