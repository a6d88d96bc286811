"""Files that the bot sent: kept beside the sandbox's memory, served to whoever has the id."""

import re
import struct
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.sandbox import identifiers
from core.sandbox.telegram.answers import Refused, bad_request
from core.sandbox.telegram.arguments import Arguments, Upload
from core.sandbox.world import World

LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOCUMENT = 50 * 1024 * 1024
LARGEST_DOWNLOAD = 20 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class SentFile:
    """One stored file. `path` is what getFile gives; `width` and `height` are 0 unless it is a photo."""

    id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    size: int
    width: int = 0
    height: int = 0

    def wire(self) -> dict[str, Any]:
        """The File object of getFile."""
        basic = {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}
        return {**basic, "file_path": self.path}

    def photo_wire(self) -> list[dict[str, Any]]:
        """One PhotoSize in a list, as a message carries it."""
        basic = {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}
        return [{**basic, "width": self.width, "height": self.height}]

    def document_wire(self) -> dict[str, Any]:
        basic = {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}
        return {**basic, "file_name": self.name, "mime_type": self.mime_type}


class Files:
    """All files by id."""

    def __init__(self, world: World) -> None:
        self._folder = world.store.folder / "files"
        self._by_id: dict[str, SentFile] = {}
        for item in world.store.load("files") or []:
            self._by_id[item["id"]] = SentFile(**item)
        self._section = world.store.section("files", lambda: [asdict(kept) for kept in self._by_id.values()])

    def find(self, file_id: str) -> SentFile | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> SentFile | None:
        return next((kept for kept in self._by_id.values() if kept.path == path), None)

    def place(self, kept: SentFile) -> Path:
        return self._folder / kept.unique_id

    def take(self, arguments: Arguments, name: str) -> SentFile:
        """The file of a send call: uploaded now, or sent before and named by its id. Raises Refused."""
        if (upload := arguments.upload(name)) is not None:
            return self._keep(upload, is_photo=name == "photo")
        reference = arguments.text(name)
        if not reference:
            raise bad_request(f"there is no {name} in the request")
        if (kept := self._by_id.get(reference)) is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return kept

    def _keep(self, upload: Upload, *, is_photo: bool) -> SentFile:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > (LARGEST_PHOTO if is_photo else LARGEST_DOCUMENT):
            raise Refused(413, "Request Entity Too Large")
        width, height = _image_size(upload.content) if is_photo else (0, 0)
        unique_id = identifiers.short_id()
        folder = "photos" if is_photo else "documents"
        name = _UNSAFE.sub("_", upload.name)[-64:] or "file"
        kept = SentFile(
            id=identifiers.file_id(),
            unique_id=unique_id,
            path=f"{folder}/{unique_id}_{name}",
            name=upload.name,
            mime_type=_picture_type(upload.content) if is_photo else upload.mime_type.partition(";")[0].strip(),
            size=len(upload.content),
            width=width,
            height=height,
        )
        self._folder.mkdir(exist_ok=True)
        self.place(kept).write_bytes(upload.content)
        self._by_id[kept.id] = kept
        self._section.changed()
        return kept


def _picture_type(content: bytes) -> str:
    return "image/png" if content.startswith(_PNG) else "image/jpeg"


def _image_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG. Raises Refused for anything else, as Telegram can't show it."""
    if content.startswith(_PNG) and len(content) >= 24:  # noqa: PLR2004 - signature, chunk head, two numbers
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith(b"\xff\xd8") and (size := _jpeg_size(content)) is not None:
        return size
    raise bad_request("IMAGE_PROCESS_FAILED")


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:  # noqa: PLR2004 - every JPEG marker begins so
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004 - the frame headers
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
