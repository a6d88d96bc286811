"""A message as it is kept, as the Bot API sends it, and as the phone page draws it."""

from dataclasses import dataclass, field
from typing import Any

from core.sandbox.people import Person
from core.sandbox.telegram import formatting, markup
from core.sandbox.telegram.files import Files

DELETE_SECONDS = 48 * 3600


@dataclass
class Message:
    """One message in a private chat. `out` is true when the person wrote it; dates are Unix seconds."""

    id: int
    out: bool
    date: int
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    edited: int | None = None
    inline: dict[str, Any] | None = None
    # A message that came with a reply keyboard (or took one away) can't be edited later.
    had_keyboard: bool = False
    photo: str | None = None
    document: str | None = None
    contact: dict[str, Any] | None = None
    forwarded: bool = False
    reply_to: int | None = None
    protected: bool = False
    # Who wrote it in a group; in a private chat that is whose chat it is.
    sender: dict[str, Any] | None = None

    @property
    def has_media(self) -> bool:
        return self.photo is not None or self.document is not None

    def content(self) -> tuple[Any, ...]:
        """What an edit must change to be one."""
        return self.text, self.entities, self.inline

    def wire(self, person: Person, bot: dict[str, Any], files: Files) -> dict[str, Any]:
        """The Bot API's Message."""
        sender = (self.sender or user_wire(person)) if self.out else bot
        wire = {"message_id": self.id, "from": sender, "chat": chat_wire(person), "date": self.date}
        wire |= self._body(files)
        if self.edited is not None:
            wire["edit_date"] = self.edited
        if self.inline:
            wire["reply_markup"] = self.inline
        if self.contact is not None:
            wire["contact"] = self.contact
        if self.forwarded:
            wire["forward_origin"] = {"type": "user", "date": self.date, "sender_user": sender}
        if self.protected:
            wire["has_protected_content"] = True
        return wire

    def _body(self, files: Files) -> dict[str, Any]:
        photo = files.find(self.photo) if self.photo else None
        document = files.find(self.document) if self.document else None
        body: dict[str, Any] = {}
        if photo is not None:
            body["photo"] = photo.photo_wire()
        if document is not None:
            body["document"] = document.document_wire()
        text, entities = ("caption", "caption_entities") if self.has_media else ("text", "entities")
        if self.text:
            body[text] = self.text
        if self.entities:
            body[entities] = self.entities
        return body

    def shown(self, files: Files) -> dict[str, Any]:
        """For the phone page: `html` is safe to insert, `photo` and `document` say where the file is."""
        shown: dict[str, Any] = {
            "id": self.id,
            "out": self.out,
            "text": self.text,
            "entities": self.entities,
            "html": formatting.draw(self.text, self.entities),
            "at": self.date,
            "edited": self.edited is not None,
            "buttons": markup.shown_buttons(self.inline),
            "reply_to": self.reply_to,
        }
        for name, file_id in (("photo", self.photo), ("document", self.document)):
            if file_id and (kept := files.find(file_id)) is not None:
                about = {"url": f"/phone/api/files/{kept.id}", "name": kept.name, "size": kept.size}
                shown[name] = {**about, "width": kept.width, "height": kept.height}
        if self.contact is not None:
            shown["contact"] = self.contact
        return shown


def user_wire(person: Person) -> dict[str, Any]:
    user = person.telegram
    basic = {"id": user.id, "is_bot": False, "first_name": user.first_name}
    return {**basic, "username": user.username, "language_code": user.language_code}


def chat_wire(person: Person) -> dict[str, Any]:
    user = person.telegram
    if user.id < 0:
        return {"id": user.id, "type": "supergroup", "title": user.first_name}
    return {"id": user.id, "type": "private", "first_name": user.first_name, "username": user.username}


def command_entities(text: str) -> list[dict[str, Any]]:
    """Telegram marks a command at the start of what a person writes."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    is_command = first.startswith("/") and len(first) > 1
    return [{"type": "bot_command", "offset": 0, "length": formatting.units(first)}] if is_command else []
